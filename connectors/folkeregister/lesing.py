"""From the register's words to the port's: events, changes and persons.

What cannot be read never passes as harmless: an entry without a readable person has no number, a
grade we do not know is a grade, and a person that does not hold is not known.
"""

from collections.abc import Mapping
from typing import Any

from pydantic import ValidationError

from gateway.ports.folkeregister import (
    Bosted,
    Endring,
    Gradering,
    Hendelse,
    Hendelseslag,
    Personstand,
)
from schemas.folkeregister import hendelse as h
from schemas.folkeregister import person as p
from schemas.tid import day

_T = h.Hendelsestype
SLAG: dict[str, Hendelseslag] = {
    _T.BOSTED: Hendelseslag.BOSTED,
    _T.BOSTED_UTEN_FLYTTING: Hendelseslag.UTENFLYTTING,
    _T.DELT_BOSTED: Hendelseslag.DELT_BOSTED,
    _T.ADRESSEBESKYTTELSE: Hendelseslag.BESKYTTELSE,
    _T.OPPDATERT: Hendelseslag.OPPDATERT,
    _T.UTFLYTTING: Hendelseslag.OPPDATERT,
    _T.UTFLYTTET: Hendelseslag.OPPDATERT,
    _T.INNFLYTTING: Hendelseslag.OPPDATERT,
    _T.BOSATT: Hendelseslag.OPPDATERT,
    # A new number must be known before its events come, and a person may go on under another.
    _T.IDENTIFIKASJONSNUMMER: Hendelseslag.OPPDATERT,
    _T.DUBLETT: Hendelseslag.OPPDATERT,
    "personErOpphoert": Hendelseslag.OPPDATERT,
    "personErReaktivert": Hendelseslag.OPPDATERT,
    "personErEndretVedSplitting": Hendelseslag.OPPDATERT,
    "personErGjenopprettetVedSplitting": Hendelseslag.OPPDATERT,
    "personErViderefoertSomGjeldendeVedSammenslaaing": Hendelseslag.OPPDATERT,
}
"""The types that may say something of where a person lives."""
UVEDKOMMENDE = frozenset(
    {
        "endringIBrukAvSamiskSpraak",
        "endringIDoedsfall",
        "endringIFalskIdentitet",
        "endringIFamilierelasjon",
        "endringIForeldreansvar",
        "endringIFratattRettsligHandleevne",
        "endringIRettsligHandleevne",
        "endringIFoedsel",
        "endringIFoedselINorge",
        "endringIIdentitetsgrunnlag",
        "endringIKjoenn",
        "endringIKontaktinformasjon",
        "endringIKontaktopplysningerForDoedsbo",
        "endringILegitimasjonsdokument",
        "endringINavn",
        "endringIOpphold",
        "endringIOppholdPaaSvalbard",
        "endringIOppholdsadresse",
        "endringISametingetsValgmanntall",
        "endringISivilstand",
        "endringIStatsborgerskap",
        "endringIStatus",
        "endringIUtenlandskPersonidentifikasjon",
        "endringIUtlendingsmyndighetenesIdentifikasjonsnummer",
        "endringIVergemaal",
        "personErDoed",
        "personErOpprettet",
    }
)
"""Types that say nothing of it. Any other is unknown, and an unknown one is looked into."""

_ENDRING = {
    h.Entitetsendring.REGISTRERE_NY: Endring.NY,
    h.Entitetsendring.KORRIGERE: Endring.KORRIGERT,
    h.Entitetsendring.ANNULLERE: Endring.ANNULLERT,
    # History only: what is true now is not touched.
    h.Entitetsendring.KORRIGERE_HISTORISK: None,
}


def event(entry: Mapping[str, Any]) -> Hendelse:
    """One entry of the feed."""
    seq = int(entry["sekvensnummer"])
    # Flat in some versions of the documentation, nested in others.
    inner = entry.get("hendelse", entry)
    try:
        told = h.FEEDHENDELSE.validate_python(inner)
    except ValidationError:
        told = None
    if told is None:
        return Hendelse(seq, Hendelseslag.UKJENT)
    kind = h.type_of(told)
    slag = SLAG.get(kind)
    if slag is None:
        slag = Hendelseslag.UVEDKOMMENDE if kind in UVEDKOMMENDE else Hendelseslag.UKJENT
    number = told["folkeregisteridentifikator"]
    return Hendelse(seq, slag, number, told.get("hendelsesdokument", ""))


def changes(document: h.Hendelsesdokument, number: str) -> frozenset[Endring]:
    """What an event document says was done to the residence; unknown when it is about another."""
    if document["hendelse"]["folkeregisteridentifikator"] != number:
        return frozenset({Endring.UKJENT})
    found: set[Endring] = set()
    for one in document["hendelse"].get("egenskapshendelse", []):
        if one["entitet"] != p.Part.BOSTEDSADRESSE:
            continue
        change = _ENDRING.get(one["entitetsendring"], Endring.UKJENT)  # type: ignore[call-overload]
        if change is not None:
            found.add(change)
    return frozenset(found)


def person(raw: Mapping[str, Any], number: str, *, bosted: bool) -> Personstand | None:
    """A person as the port knows one; None when what came does not hold, or is another's."""
    try:
        told = p.PERSON.validate_python(raw)
    except ValidationError:
        told = None
    if told is None:
        return None
    numbers = [
        one["foedselsEllerDNummer"]
        for one in told.get("identifikasjonsnummer", [])
        if one.get("erGjeldende", True) or one["foedselsEllerDNummer"] == number
    ]
    if told.get("identifikasjonsnummer") and number not in {
        one["foedselsEllerDNummer"] for one in told["identifikasjonsnummer"]
    }:
        return None
    grades = [
        one.get("graderingsnivaa", "")
        for one in told.get("adressebeskyttelse", [])
        if one.get("erGjeldende", True)
    ]
    homes = [one for one in told.get("bostedsadresse", []) if one.get("erGjeldende", True)]
    grades += [one["adressegradering"] for one in homes if "adressegradering" in one]
    gradering = Gradering.INGEN if all(map(_open, grades)) else Gradering.GRADERT
    home = _home(homes[0]) if bosted and len(homes) == 1 else None
    return Personstand(tuple({number: None} | dict.fromkeys(numbers)), gradering, home)


def _open(grade: str) -> bool:
    # Written in capitals in some of the register's own examples.
    return grade.lower() == p.Gradering.UGRADERT


def _home(home: p.Bostedsadresse) -> Bosted:
    kommune = (
        home.get("vegadresse", {}).get("kommunenummer")
        or home.get("matrikkeladresse", {}).get("matrikkelnummer", {}).get("kommunenummer")
        or home.get("ukjentBosted", {}).get("bostedskommune")
        or ""
    )
    return Bosted(kommune, day(home.get("flyttedato", "")[:10]))
