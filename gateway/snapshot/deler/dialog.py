"""What was said: bright moments, notes, comments, meetings with calls and minutes, messages."""

from collections.abc import Iterable, Sequence

from gateway.snapshot.blokker import Blokk, entry, heading, paragraph, table
from gateway.snapshot.deler.oppmerksomheter import comment
from gateway.snapshot.leser import Leser
from gateway.snapshot.vist import join
from schemas.stafettlogg.dialog import Innkalling, Melding, Moete, Moetereferat


def moments(les: Leser) -> list[Blokk]:
    """Lysglimt; they reach the child (R-090)."""
    found = [
        entry(
            title=join(" · ", (les.called(one, "forfatter"), les.code(one, "rolle", "rolle"),
                               les.moment(one, "tid"))),
            tone="lysglimt",
            found=les.trace(one),
            inside=paragraph("", les.text(one, "tekst")),
        )
        for one in les.logg.lysglimt
    ]  # fmt: skip
    return _section(les, "lysglimt", found)


def notes(les: Leser) -> list[Blokk]:
    """Notes with their attachments (R-091)."""
    found = [
        entry(
            title=join(" · ", (les.navn[one.id], les.called(one, "forfatter"),
                               les.moment(one, "dato"))),
            found=[*les.labelled(("gjelder", les.called(one, "oppmerksomhet")),
                                 ("vedlegg", les.all_called(one, "vedlegg"))), *les.trace(one)],
            inside=paragraph("", les.text(one, "tekst")),
        )
        for one in les.logg.notater
    ]  # fmt: skip
    return _section(les, "notater", found)


def stray_comments(les: Leser) -> list[Blokk]:
    """Comments on something that is not a measure of this log."""
    measures = {
        m.id for c in les.logg.oppmerksomheter for goal in c.maal for m in goal.tiltak
    }  # fmt: skip
    found = [comment(les, one) for one in les.logg.kommentarer if one.paa not in measures]
    return _section(les, "kommentarer", found)


def meetings(les: Leser) -> list[Blokk]:
    """Meetings, each followed by its calls and minutes; then those without a meeting."""
    known = {one.id for one in les.logg.moeter}
    found: list[Blokk] = []
    for one in les.logg.moeter:
        found.append(_meeting(les, one))
        found += [_call(les, c) for c in les.logg.innkallinger if c.moete == one.id]
        found += [_minutes(les, m) for m in les.logg.referater if m.moete == one.id]
    found += [_call(les, c) for c in les.logg.innkallinger if c.moete not in known]
    found += [_minutes(les, m) for m in les.logg.referater if m.moete not in known]
    return _section(les, "moeter", found)


def _meeting(les: Leser, one: Moete) -> Blokk:
    return entry(
        title=join(": ", (les.navn[one.id], les.text(one, "tittel"))),
        badge=les.code(one, "type", "moetetype"),
        tone="moete",
        found=[
            *les.labelled(
                ("naar", les.event(one, "dato", "slutt")),
                ("sted", les.text(one, "sted")),
                ("form", les.code(one, "form", "moeteform")),
                ("nivaa", les.number(one, "nivaa")),
                ("deltakere", les.all_called(one, "deltakere")),
            ),
            *les.trace(one),
        ],
    )


def _post(les: Leser, one: Innkalling | Melding | Moetereferat) -> list[tuple[str, str]]:
    """Sender, receivers, time, template and attachments of something that was sent."""
    return les.labelled(
        ("avsender", les.called(one, "avsender")),
        ("mottakere", les.all_called(one, "mottakere")),
        ("sendt", les.moment(one, "tid")),
        ("malnummer", les.text(one, "mal_id")),
        ("vedlegg", les.all_called(one, "vedlegg")),
    )


def _call(les: Leser, one: Innkalling) -> Blokk:
    facts = [*les.labelled(("moete", les.called(one, "moete"))), *_post(les, one), *les.trace(one)]
    return entry(
        title=join(": ", (les.words["innkalling"], les.text(one, "emne"))),
        found=facts,
        inside=paragraph("", les.text(one, "tekst")),
    )


def _minutes(les: Leser, one: Moetereferat) -> Blokk:
    facts = [
        *les.labelled(("moete", les.called(one, "moete")), ("nivaa", les.number(one, "nivaa"))),
        *_post(les, one),
        *les.trace(one),
    ]
    return entry(
        title=join(": ", (les.words["referat"], les.text(one, "tittel"))),
        tone="referat",
        found=facts,
        inside=[
            *paragraph("", les.text(one, "tekst")),
            *paragraph(les.words["barnets_synspunkt"], les.text(one, "barnets_synspunkt")),
        ],
    )


def messages(les: Leser) -> list[Blokk]:
    """Messages between those in the log."""
    found = [
        entry(
            title=join(": ", (les.code(one, "type", "meldingstype"), les.text(one, "emne"))),
            found=[*_post(les, one), *les.trace(one)],
            inside=paragraph("", les.text(one, "tekst")),
        )
        for one in les.logg.meldinger
    ]
    return _section(les, "meldinger", found)


def calendar(les: Leser) -> list[Blokk]:
    """Calendar entries, subject plans and life areas."""
    words, logg = les.words, les.logg
    events = [
        entry(
            title=les.text(one, "tittel") or words["uten_tekst"],
            found=[*les.labelled(("naar", les.event(one, "tid", "slutt")),
                                 ("sted", les.text(one, "sted")),
                                 ("deltakere", les.all_called(one, "deltakere"))), *les.trace(one)],
        )
        for one in logg.kalender
    ]  # fmt: skip
    plans = [
        (les.text(one, "tittel"), les.code(one, "type", "fagplantype"), les.text(one, "ref"),
         _told(les.trace(one)))
        for one in logg.fagplaner
    ]  # fmt: skip
    areas = [
        (les.code(one, "kode", "livsomraade"), _told(les.trace(one))) for one in logg.livsomraader
    ]
    head = (words["tittel"], words["type"], words["finnes_i"], words["merknad"])
    return [
        *_section(les, "kalender", events),
        *_table(les, "fagplaner", head, (4, 3, 3, 3), plans),
        *_table(les, "livsomraader", (words["livsomraade"], words["merknad"]), (1, 1), areas),
    ]


def _told(found: Sequence[tuple[str, str]]) -> str:
    return join("; ", (join(": ", pair) for pair in found))


def _table(
    les: Leser,
    label: str,
    head: Sequence[str],
    widths: Sequence[float],
    rows: Sequence[Sequence[str]],
) -> list[Blokk]:
    return [heading(1, les.words[label]), table(head, widths, rows)] if rows else []


def _section(les: Leser, label: str, found: Iterable[Blokk]) -> list[Blokk]:
    kept = list(found)
    return [heading(1, les.words[label]), *kept] if kept else []
