"""What the fields of the wire shapes mean, and the codes they take: words for the contract file.

The shapes themselves stand in schemas/conexus_companion and are not repeated. Codes follow the
screens and buttons of the municipal guide; `[*]` after a list says that it is open: a code that
is not on it is kept as it came and shown to a person. A field that is not here says itself.
"""

from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Codes:
    """The codes of a field. An open list may grow without a new contract."""

    values: tuple[str, ...]
    open: bool


def _codes(text: str) -> Codes:
    values = text.split()
    return Codes(tuple(value for value in values if value != "[*]"), values[-1] == "[*]")


CODES: Mapping[str, Codes] = {
    "Logg.status": _codes("OPPRETTET AKTIV PASSIV"),
    "Logg.passivAarsak": _codes(
        "MAAL_NAADD SAMTYKKE_TRUKKET KOORDINATOR FLYTTET OENSKE UBRUKT [*]"
    ),
    "Barn.type": _codes("BARN UNGDOM GRAVID UFOEDT"),
    "Virksomhet.type": _codes("SKOLE VIDEREGAAENDE BARNEHAGE HELSESTASJON PPT BARNEVERN [*]"),
    "Lesetilgang.omfang": _codes("HELE DELER"),
    "Samtykke.gjelder": _codes(
        "OPPRETTE DELE LESETILGANG OVERFORE_VIRKSOMHET OVERFORE_KOMMUNE GJENAPNE [*]"
    ),
    "Oppmerksomhet.kategori": _codes("SPRAAK MOTORIKK TRIVSEL FRAVAER ADFERD SKOLEMILJOE [*]"),
    "Oppmerksomhet.status": _codes("AKTIV AVSLUTTET"),
    "Tiltak.arena": _codes("TJENESTE HJEM BARN"),
    "Tiltak.status": _codes("AKTIV EVALUERT FEILREGISTRERT AVSLUTTET"),
    "Evaluering.farge": _codes("GRONN [*]"),
    "Evaluering.virket": _codes("JA DELVIS NEI UKJENT"),
    "Evaluering.veienVidere": _codes("AVSLUTT VIDEREFOR NYTT_NIVA"),
    "Mote.type": _codes("OPPSTART EVALUERING SAMARBEID ANNET [*]"),
    "Mote.form": _codes("FYSISK TELEFON"),
    "Lysglimt.forfatterRolle": _codes("STAFETTHOLDER AKTOR FORESATT BARN [*]"),
    "Overforing.type": _codes("SAMME_VIRKSOMHET ANNEN_VIRKSOMHET ANNEN_KOMMUNE"),
    "Kommune.rettigheter": _codes("les skriv import slett [*]"),
    "Loggrad.status": _codes("OPPRETTET AKTIV PASSIV SLETTET"),
}

WORDS: Mapping[str, str] = {
    # the log
    "Logg.loggId": "The log's id in this system. On import it is the id the log shall have, kept "
    "when it is free; by ordinary creation the server gives one and what was sent is not used.",
    "Logg.eksternNokkel": "The sender's own key, unique among the logs of the municipality; null "
    "for a log that was made here. Stored as it is, and found with `stafettlogg.finn`. The "
    "gateway's are UUIDs; one over 80 characters need not be taken (`UGYLDIG_DOKUMENT`).",
    "Logg.status": "OPPRETTET: made, and consent is missing. AKTIV: in use. PASSIV: closed.",
    "Logg.passivAarsak": "Why the log was made passive; null while it is not.",
    "Logg.nivaa": "The level of the work, 1 to 3.",
    "Logg.opprettetAv": "The `personId` of whoever made the log, kept also when that person is "
    "not among `ansatte`.",
    "Logg.sistOppdatert": "When the log was last changed by its own account. An import keeps it; "
    "an ordinary edit sets it.",
    "Logg.virksomhetId": "The unit responsible: one of `virksomheter`.",
    "Logg.stafettholder": "The relay holder's `personId`, one of `ansatte`. Exactly one; null in "
    "a log that has none.",
    "Logg.overforinger": "Hand-overs of the log, oldest first.",
    "Logg.filer": "Every binary the log names; the bytes have their own address.",
    # persons and units
    "Barn.fodselsnummer": "Eleven digits (fødselsnummer, D-number) or another number the product "
    "has for the person, null where none is known. Kept as it came; its control digits are not "
    "asked about. It stands in documents only, and never in an address, a header or an error.",
    "Barn.fodselsdag": "The date of birth (the column where the screen shows eleven digits).",
    "Barn.loggerInn": "True for a main person who has a login of their own.",
    "Virksomhet.lederPersonId": "The unit leader's `personId`, also one outside the log.",
    "Ansatt.virksomhetId": "The unit the person works in: one of `virksomheter`.",
    "Ansatt.ekstern": "True for staff of another organisation, registered with the unit.",
    "Ansatt.fodselsnummer": "As the main person's.",
    "Foresatt.fodselsnummer": "As the main person's.",
    # access and consent
    "Lesetilgang.personId": "Who may read: one of `ansatte`.",
    "Lesetilgang.omfang": "HELE: the whole log. DELER: the concerns named in `oppmerksomheter`.",
    "Lesetilgang.samtykkeId": "The consent it rests on: one of `samtykker`.",
    "Samtykke.skjema": "The name of the form that was signed.",
    "Samtykke.filId": "The signed form: one of `filer`.",
    "Samtykke.signertAv": "`personId` of each who signed: guardians or the main person.",
    "Samtykke.utloper": "The last day it is in force; null when it has none.",
    "Samtykke.mottakere": "`virksomhetId` of each unit it names, or its organisation number.",
    "Samtykke.oppmerksomheter": "The concerns it is limited to; empty for all.",
    "Samtykke.erstattetAv": "`samtykkeId` of the consent that took its place.",
    # content
    "Oppmerksomhet.maal": "A concern has exactly one goal, without an id of its own.",
    "Tiltak.aktor": "`personId` of who does it; may be null, and often is where `arena` is HJEM "
    "(the guardians do it).",
    "Tiltak.vistAnsvarlig": "`personId` the screen shows as responsible: the relay holder for a "
    "measure at HJEM.",
    "Tiltak.erstattetAv": "`tiltakId` of the measure that took its place.",
    "Tiltak.evaluering": "One, written once; null until then.",
    "Tiltak.startdato": "The first day of the measure.",
    "Tiltak.frist": "The day it is to be evaluated.",
    "Evaluering.moteId": "The meeting where it was agreed: one of `moter`.",
    "Maal.kjennetegn": "The sign that the goal is reached.",
    "Maal.delmaal": "Steps towards it, in their order.",
    "Mote.deltakere": "`personId` of each who took part.",
    "Lysglimt.forfatter": "The writer's `personId`.",
    "Notat.forfatter": "The writer's `personId`.",
    "Notat.oppmerksomhetId": "The concern the note is about; null for the whole log.",
    "Notat.filId": "One file, which must be a PDF (R-091): one of `filer`.",
    "Fil.filId": "Unique in the log. With `loggId` it is the address of the bytes.",
    "Fil.medietype": "The media type the bytes are given back with; application/octet-stream for "
    "a text that cannot stand in a header (other than visible ASCII).",
    "Fil.storrelse": "The number of bytes.",
    "Fil.sha256": "SHA-256 of the bytes, lower-case hex. A new digest names new bytes: the old "
    "ones are dropped when a log that no longer names them is stored.",
    # short answers
    "Kommune.organisasjonsnummer": "The municipality the token is valid for.",
    "Kommune.kontrakt": "Which contract is served: `info.version` of this file. A municipality "
    "that has configured one stops the work where another is served.",
    "Kommune.miljo": "`sandkasse`, `test` or `produksjon`.",
    "Kommune.rettigheter": "What the token may do. `les` is needed to read, and `import` or "
    "`skriv` to write; `slett` to delete passive logs.",
    "Kommune.antallLogger": "How many logs there are now.",
    "Kommune.ledigPlass": "Free bytes for files; null when the system does not say.",
    "Loggrad.etag": "The log's version: the value of its `ETag` without the quotes. For a deleted "
    "log any text, for it is never compared.",
    "Loggrad.sistOppdatert": "As in the log; null for a deleted one.",
    "Treff.etag": "The version the log has now: the value of `ETag` without the quotes.",
    "Liste.antall": "How many logs there are in all, on every page.",
    "Liste.nesteMarkor": "What to send as `markor` for the next page; null on the last page.",
    "Endringer.antall": "How many entries are left from this page on, this page's with them. Not "
    "read by the gateway.",
    "Endringer.nesteMarkor": "What to send as `markor` next. Never null.",
    "Avvik.regel": "The rule that is broken: R-003, R-071, R-076 or R-091.",
    "Avvik.enhet": "The id of what breaks it: which ones cover a breach stands in the guide.",
    "Innsending.logg": "The whole log. The body has the two members here and no other, also with "
    "`bevarUkjente`, which is about the log.",
    "Innsending.kjenteAvvik": "Rules of entry the history breaks, known to the sender. Empty when "
    "there are none.",
    "Feil.kode": "A public code; which ones stands with each operation.",
    "Feil.sted": "For people: an id, or the place in the body in dots (`logg.moter.0.dato`); may "
    "be empty. Never a value from the document.",
}
