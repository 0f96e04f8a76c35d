"""The first page: the band, the four cards, and the log's own facts and presentations."""

from gateway.snapshot.blokker import Blokk, Par, cards, facts, heading, paragraph
from gateway.snapshot.leser import Leser, Punkt
from gateway.snapshot.ramme import Ramme
from gateway.snapshot.vist import Vist, around, join, same
from schemas.stafettlogg.kodeverk import Rolle
from schemas.stafettlogg.person import Deltakelse, Person


def child(les: Leser) -> Person | None:
    """The main person, when the log names one."""
    wanted = les.logg.hovedperson.person
    return next((p for p in les.logg.personer if p.id == wanted), None)


def band(les: Leser, ramme: Ramme) -> Blokk:
    """Municipality, unit, whose log it is and its status."""
    person = child(les)
    return {
        "kommune": les.safe(ramme.kommune),
        "enhet": les.called(les.logg, "ansvarlig_virksomhet"),
        "tittel": les.words["stafettlogg"],
        "navn": les.text(person, "navn") if person else "",
        "status": les.code(les.logg, "status", "loggstatus"),
    }


def about(les: Leser, ramme: Ramme) -> list[Blokk]:
    """The cards and what the log says of itself."""
    logg, words = les.logg, les.words
    found: list[Blokk] = [
        heading(1, words["om_barnet"]),
        cards(
            (words["hovedperson"], _child(les)),
            (words["stafettholder"], _holder(les)),
            (words["foresatte"], _guardians(les)),
            (words["loggen"], _log(les, ramme)),
        ),
        *facts(_more(les)),
    ]
    for field in ("om_meg", "utfordring", "hovedmaal", "initiativtaker"):
        found += paragraph(words[field], les.text(logg, field))
    return found


def _child(les: Leser) -> list[Par]:
    person = child(les)
    main = les.within(les.logg, "hovedperson")
    if person is None:
        return les.labelled(("navn", les.called(main, "person")))
    return les.labelled(
        ("navn", same(les.text(person, "navn"), les.called(main, "person"))),
        ("foedt", les.day(person, "foedselsdato")),
        *(("identifikator", _identifier(les, p)) for p in les.inside(person, "identifikatorer")),
        ("hvem", les.code(main, "type", "hovedpersontype")),
        ("logger_inn", les.answer(main, "logger_inn")),
    )  # fmt: skip


def _identifier(les: Leser, point: Punkt) -> Vist:
    """The child's number with its kind; nobody else's number is shown (C-6)."""
    kind = les.code(point, "type", "identtype")
    state = around(", ", les.text(point, "status"))
    return join("", (les.text(point, "verdi"), around(" (", join("", (kind, state)), ")")))


def _participation(les: Leser) -> Deltakelse | None:
    return next((d for d in les.logg.deltakelser if d.id == les.logg.stafettholder), None)


def _holder(les: Leser) -> list[Par]:
    found = _participation(les)
    name = les.called(les.logg, "stafettholder")
    if found is None:
        return les.labelled(("navn", name or les.words["ingen_stafettholder"]))
    person = next((p for p in les.logg.personer if p.id == found.person), None)
    return les.labelled(
        ("navn", name),
        ("enhet", les.called(found, "virksomhet")),
        ("fra_dato", les.moment(found, "fra")),
        ("kontakt", contact(les, person) if person else ""),
    )


def _guardians(les: Leser) -> list[Par]:
    people = {p.id: p for p in les.logg.personer}
    found: list[Par] = []
    for part in les.logg.deltakelser:
        if part.rolle != Rolle.FORESATT:
            continue
        person = people.get(part.person)
        told = (
            les.called(part, "person"),
            les.code(part, "foreldreansvar", "foreldreansvar"),
            contact(les, person) if person else "",
        )
        found.append((les.words["foresatt"], join("\n", told)))
    return found or les.labelled(("foresatt", les.words["ingen_registrert"]))


def contact(les: Leser, person: Person) -> Vist:
    """Telephone and e-mail."""
    return join(" · ", (les.text(person, "mobil"), les.text(person, "epost")))


def _log(les: Leser, ramme: Ramme) -> list[Par]:
    logg = les.logg
    return les.labelled(
        ("status", join(": ", (les.code(logg, "status", "loggstatus"),
                               les.code(logg, "status_aarsak", "statusaarsak")))),
        ("nivaa", level(les, ramme, les.number(logg, "nivaa"))),
        ("nivaa_avsender", les.text(logg, "nivaa_tekst")),
        ("enhet", les.called(logg, "ansvarlig_virksomhet")),
        ("sist_oppdatert", les.moment(logg, "sist_oppdatert")),
        ("neste_moete", les.day(logg, "neste_moete")),
    )  # fmt: skip


def level(les: Leser, ramme: Ramme, shown: Vist) -> Vist:
    """A level with the municipality's own definition of it (B-04)."""
    if not shown:
        return Vist(les.words["ukjent"])
    own = ramme.nivaa_tekster[int(shown) - 1] if shown in ("1", "2", "3") else ""
    return join(" – ", (shown, les.safe(own)))


def _more(les: Leser) -> list[Par]:
    logg = les.logg
    return les.labelled(
        ("plantype", les.code(logg, "plantype", "plantype")),
        ("kortnavn", les.text(logg, "kortnavn")),
        ("planmal", les.text(logg, "planmal")),
        ("kommune", les.text(logg, "ansvarlig_kommune")),
        ("ip_forhold", join(", ", (les.code(logg, "ip_forhold", "ip_forhold"),
                                   les.day(logg, "ip_dato")))),
        ("svangerskap", les.flag(logg, "gravid_ufoedt", "ja")),
        ("maalform", les.code(logg, "maalform", "maalform")),
        ("bilde", les.called(logg, "bilde")),
        ("kildesystem", les.code(logg, "kildesystem", "kildesystem")),
        *_traced(les),
    )  # fmt: skip


def _traced(les: Leser) -> list[tuple[str, str]]:
    by = around(les.words["av"] + " ", les.called(les.logg, "opprettet_av"))
    return [
        ("registrert", join(" ", (les.moment(les.logg, "opprettet"), by))),
        ("endret", les.moment(les.logg, "endret")),
    ]
