"""The content: each concern with its goals, the measures by arena, and their evaluations (D-2)."""

from collections.abc import Iterator
from datetime import datetime

from gateway.snapshot import tidspunkt
from gateway.snapshot.blokker import Blokk, entry, evaluation, heading, lead, line, paragraph
from gateway.snapshot.deler import skolemiljoe
from gateway.snapshot.leser import Leser
from gateway.snapshot.navngiving import by_arena
from gateway.snapshot.vist import around, join
from schemas.stafettlogg.innhold import Evaluering, Kommentar, Maal, Oppmerksomhet, Tiltak
from schemas.stafettlogg.kodeverk import Tiltakstatus

_TONES = {Tiltakstatus.AKTIV: "aktiv", Tiltakstatus.FEILREGISTRERT: "roed"}


def concerns(les: Leser, open_until: dict[str, datetime]) -> list[Blokk]:
    """Every concern of the log, in the log's order."""
    found: list[Blokk] = [heading(1, les.words["oppmerksomheter"])]
    if not les.logg.oppmerksomheter:
        found += paragraph("", les.words["ingen_oppmerksomheter"])
    thread = comments_by_measure(les)
    for concern in les.logg.oppmerksomheter:
        found += _concern(les, concern, open_until, thread)
    return found


def comments_by_measure(les: Leser) -> dict[str, list[Kommentar]]:
    """The comments of each thing that is commented on."""
    thread: dict[str, list[Kommentar]] = {}
    for comment in les.logg.kommentarer:
        thread.setdefault(comment.paa, []).append(comment)
    return thread


def _concern(
    les: Leser,
    concern: Oppmerksomhet,
    open_until: dict[str, datetime],
    thread: dict[str, list[Kommentar]],
) -> Iterator[Blokk]:
    yield heading(2, les.navn[concern.id])
    yield lead(les.text(concern, "tekst") or les.words["uten_tekst"])
    yield from line(
        [
            *les.labelled(
                ("status", les.code(concern, "status", "oppmerksomhetsstatus")),
                ("kategori", les.code(concern, "kategori", "kategori")),
                ("hjemmel", les.text(concern, "hjemmel_ved_opprettelse")),
            ),
            *les.trace(concern),
        ]
    )
    yield from paragraph(
        les.words["opprettholdende"], les.text(concern, "opprettholdende_faktorer")
    )
    yield from skolemiljoe.activity_plan(les, concern)
    for goal in concern.maal:
        yield from _goal(les, goal, open_until, thread)


def _goal(
    les: Leser,
    goal: Maal,
    open_until: dict[str, datetime],
    thread: dict[str, list[Kommentar]],
) -> Iterator[Blokk]:
    yield heading(3, les.navn[goal.id])
    yield lead(les.text(goal, "tittel") or les.words["uten_tekst"])
    yield from line(
        [
            *les.labelled(
                ("status", les.code(goal, "status", "oppmerksomhetsstatus")),
                ("frist", les.day(goal, "frist")),
                ("ansvarlig", les.called(goal, "ansvarlig")),
                ("arena", les.code(goal, "arena", "maalarena")),
                ("livsomraade", les.code(goal, "livsomraade", "livsomraade")),
                ("malnummer", les.text(goal, "mal_id")),
            ),
            *les.trace(goal),
        ]
    )
    yield from paragraph("", les.text(goal, "beskrivelse"))
    steps = les.texts(goal, "delmaal")
    if steps:
        yield {"k": "liste", "navn": les.words["delmaal"], "punkter": steps}
    for arena, group in by_arena(goal):
        yield heading(4, les.words[f"arena_{arena or 'uten'}"])
        for measure in group:
            yield _measure(les, measure, open_until.get(measure.id), thread.get(measure.id, []))


def _measure(les: Leser, measure: Tiltak, until: datetime | None, thread: list[Kommentar]) -> Blokk:
    words = les.words
    inside = paragraph("", les.text(measure, "beskrivelse"))
    if until is not None:
        told = f"{words['kan_endres_til']} {tidspunkt.moment_text(until)}."
        inside.append({"k": "foreloepig", "navn": words["foreloepig"], "tekst": told})
    if measure.evaluering is not None:
        inside.append(_evaluated(les, measure.evaluering))
    inside += [comment(les, one) for one in thread]
    title = les.text(measure, "tittel") or words["uten_tekst"]
    return entry(
        title=join(": ", (les.navn[measure.id], title)),
        badge=les.code(measure, "status", "tiltakstatus"),
        badge_tone=_TONES.get(measure.status, ""),
        tone="foreloepig" if until is not None else "tiltak",
        found=[*_facts(les, measure), *les.trace(measure)],
        inside=inside,
    )  # fmt: skip


def _facts(les: Leser, measure: Tiltak) -> list[tuple[str, str]]:
    return les.labelled(
        ("hvem_gjoer", les.called(measure, "aktoer")),
        ("arena", les.code(measure, "arena", "tiltaksarena")),
        ("start", les.day(measure, "startdato")),
        ("frist", les.day(measure, "frist")),
        ("naar", les.text(measure, "naar")),
        ("feilregistrert", les.flag(measure, "feilregistrert", "ja")),
        ("erstattet_av", les.called(measure, "erstattet_av")),
        ("laast", les.moment(measure, "tekst_laast_fra")),
        ("delt", les.flag(measure, "del_av", "delt_tiltak")),
        ("malnummer", les.text(measure, "aktivitetsmal")),
    )


def _evaluated(les: Leser, one: Evaluering) -> Blokk:
    words = les.words
    facts = les.labelled(
        ("virket", les.code(one, "virket", "virket")),
        ("dato", les.day(one, "dato")),
        ("i_moete", les.called(one, "moete")),
        ("veien_videre", les.code(one, "utfall", "utfall")),
        ("familien_enig", les.answer(one, "familien_enig")),
    )
    colour = les.code(one, "farge", "farge")
    return evaluation(
        one.farge or "",
        join(": ", (words["evaluering"], colour or words["uten_farge"])),
        [*facts, *les.trace(one)],
        les.text(one, "tekst"),
    )


def comment(les: Leser, one: Kommentar) -> Blokk:
    """A comment, under what it is on."""
    who = join(" · ", (les.called(one, "forfatter"), les.moment(one, "tid")))
    return entry(
        title=join(": ", (around(les.words["kommentar_til"] + " ", les.called(one, "paa")), who)),
        tone="kommentar",
        found=les.trace(one),
        inside=paragraph("", les.text(one, "tekst")),
    )
