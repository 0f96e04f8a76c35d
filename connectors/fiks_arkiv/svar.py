"""What a reply is, and what it says. Nothing of its free text is kept.

A reply is read for what it must hold; more than we know of is left unread. `mottatt` is a promise
and a receipt can be partial or empty, so neither is more than a reason to read back.
"""

import re
from dataclasses import dataclass
from enum import StrEnum

from lxml import etree

from connectors.fiks.asice import Pakke
from connectors.fiks.meldinger import SERVERFEIL, TIDSAVBRUDD, UGYLDIG, safe_id
from connectors.fiks.trygg_xml import parse_xml
from connectors.fiks_arkiv.navn import (
    FEIL,
    FEIL_ROOT,
    FEILSTAVET,
    HENT_DOKUMENTFIL,
    HENT_REGISTRERING,
    KVITTERING,
    METADATA,
    MINIMUM,
    OPPRETT,
    PREFIKS,
    REGISTRERING_RESULTAT,
    RIKTIG,
    SOK_RESULTAT,
    SOK_SVAR,
    STRUKTUR,
)
from connectors.keyed import same_key
from gateway.errors import GatewayError, Rejected, RemoteFault, Transient
from gateway.ports.archive import Funnetfil

_PLACE = "svar"


class Slag(StrEnum):
    """The kinds of reply there are, whatever their spelling."""

    MOTTATT = "mottatt"
    KVITTERING = "kvittering"
    RESULTAT = "resultat"
    IKKEFUNNET = "ikkefunnet"
    UGYLDIG = "ugyldigforespoersel"
    SERVERFEIL = "serverfeil"
    TIDSAVBRUDD = "tidsavbrudd"
    UKJENT = "ukjent"


_SLAG = {
    OPPRETT + ".mottatt": Slag.MOTTATT,
    OPPRETT + ".kvittering": Slag.KVITTERING,
    HENT_REGISTRERING + ".resultat": Slag.RESULTAT,
    HENT_DOKUMENTFIL + ".resultat": Slag.RESULTAT,
    SOK_SVAR: Slag.RESULTAT,
    PREFIKS + "feilmelding.ikkefunnet": Slag.IKKEFUNNET,
    PREFIKS + "feilmelding.ugyldigforespoersel": Slag.UGYLDIG,
    PREFIKS + "feilmelding.serverfeil": Slag.SERVERFEIL,
    TIDSAVBRUDD: Slag.TIDSAVBRUDD,
    **dict.fromkeys(SERVERFEIL, Slag.SERVERFEIL),
    **dict.fromkeys(UGYLDIG, Slag.UGYLDIG),
}


def slag(meldingstype: str) -> Slag:
    """The kind of a reply by its type, the misspelt one included; UKJENT for any other."""
    if meldingstype.startswith(FEILSTAVET):
        meldingstype = RIKTIG + meldingstype.removeprefix(FEILSTAVET)
    return _SLAG.get(meldingstype, Slag.UKJENT)


def refusal(kind: Slag, pakke: Pakke) -> GatewayError | None:
    """The error a kind of reply means, with the archive's error id when it is safe to repeat."""
    place = _error_id(pakke)
    if kind is Slag.UGYLDIG:
        return Rejected("ARKIV_UGYLDIG_FORESPOERSEL", place=place)
    if kind is Slag.SERVERFEIL:
        return Transient("ARKIV_SERVERFEIL", place=place)
    if kind is Slag.TIDSAVBRUDD:
        return Transient("ARKIV_TIDSAVBRUDD", place=place)
    return None


def _error_id(pakke: Pakke) -> str:
    for name in ("ugyldigforespoersel", "serverfeil", "ikkefunnet"):
        root = _root(pakke, f"{FEIL_ROOT}{name}/v1", name)
        if root is not None:
            return safe_id(root.findtext(f"{{{FEIL}}}feilId") or "")
    return ""


def _root(pakke: Pakke, namespace: str, name: str) -> etree._Element | None:
    """The file whose document element it is. File names differ between archives, roots do not."""
    for fil in pakke.filer:
        if not fil.data.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(b"<"):
            continue
        root = parse_xml(fil.data, _PLACE)
        if root.tag == f"{{{namespace}}}{name}":
            return root
    return None


def _required(pakke: Pakke, namespace: str, name: str) -> etree._Element:
    root = _root(pakke, namespace, name)
    if root is None:
        raise RemoteFault("SVAR_UTEN_INNHOLD", place=name)
    return root


@dataclass(frozen=True, slots=True)
class Kvittering:
    """A whole receipt: what the archive says it made. Still only its word."""

    mappe: str
    journalpost: str
    eksisterende: bool


def receipt(pakke: Pakke, key: str) -> Kvittering:
    """The receipt for the record `key`.

    Raises Rejected("ARKIV_DELVIS_KVITTERING") when a part failed or is missing,
    Rejected("ARKIV_TOM_KVITTERING") when both are missing (which is valid XML), and
    RemoteFault("FEIL_KVITTERING") when it is for another record.
    """
    root = _required(pakke, KVITTERING, "arkivmeldingKvittering")
    for name in ("mappeFeilet", "registreringFeilet"):
        failed = root.find(f"{{{KVITTERING}}}{name}")
        if failed is not None:
            place = safe_id(failed.findtext(f"{{{FEIL}}}feilId") or "")
            raise Rejected("ARKIV_DELVIS_KVITTERING", place=f"{name} {place}".strip())
    folder = root.find(f"{{{KVITTERING}}}mappeKvittering")
    record = root.find(f"{{{KVITTERING}}}registreringKvittering")
    if folder is None and record is None:
        raise Rejected("ARKIV_TOM_KVITTERING")
    record_id = _id(record, KVITTERING)
    if record is None or not record_id:
        raise Rejected("ARKIV_DELVIS_KVITTERING", place="registreringKvittering")
    said = record.findtext(f"{{{KVITTERING}}}referanseEksternNoekkel/{{{METADATA}}}noekkel")
    if said is not None and not same_key(said, key):
        raise RemoteFault("FEIL_KVITTERING", place=key)
    how = record.findtext(f"{{{KVITTERING}}}opprettetEllerEksisterende")
    return Kvittering(_id(folder, KVITTERING), record_id, how == "Eksisterende")


def _id(element: etree._Element | None, namespace: str) -> str:
    text = None if element is None else element.findtext(f"{{{namespace}}}systemID")
    return safe_id(text or "")


@dataclass(frozen=True, slots=True)
class Registrering:
    """A record as the archive holds it."""

    system_id: str
    mappe: str
    nummer: str
    filer: tuple[tuple[Funnetfil, ...], ...]
    """For each document the files it has, the newest version first; its number as it is told, 0
    where none is."""


def record(pakke: Pakke, key: str) -> Registrering:
    """The record in a registrering.hent.resultat, asked for by `key`.

    Raises RemoteFault (SVAR_UTEN_INNHOLD, FEIL_REGISTRERING).
    """
    root = _required(pakke, REGISTRERING_RESULTAT, "registreringHentResultat")
    found = [e for n in ("journalpost", "registrering") for e in root.findall(f"{{*}}{n}")]
    if len(found) != 1 or not _id(found[0], STRUKTUR):
        raise RemoteFault("SVAR_UTEN_INNHOLD", place="registreringHentResultat")
    element = found[0]
    said = element.findtext(f"{{{STRUKTUR}}}referanseEksternNoekkel/{{{METADATA}}}noekkel")
    if said is not None and not same_key(said, key):
        raise RemoteFault("FEIL_REGISTRERING", place=key)
    parent = element.find(f"{{{STRUKTUR}}}referanseForelderMappe")
    return Registrering(
        _id(element, STRUKTUR), _id(parent, METADATA), _number(element), _files(element)
    )


_NUMMER = re.compile(r"[0-9]{4}/[0-9]{1,8}(-[0-9]{1,6})?")


def _number(element: etree._Element) -> str:
    """What an archivist looks up: registreringsID, or the journal's year and sequence."""
    own = (element.findtext(f"{{{STRUKTUR}}}registreringsID") or "").strip()
    if _NUMMER.fullmatch(own):
        return own
    year = (element.findtext(f"{{{STRUKTUR}}}journalaar") or "").strip()
    sequence = (element.findtext(f"{{{STRUKTUR}}}journalsekvensnummer") or "").strip()
    whole = f"{year}/{sequence}"
    return whole if _NUMMER.fullmatch(whole) else ""


def _files(element: etree._Element) -> tuple[tuple[Funnetfil, ...], ...]:
    """The files of each document, the newest version first; documents without a file are missing.
    An archive may hold another form beside ours, and call and number it what it will. Documents of
    one number are one: an archive may tell of each form by itself."""
    files: dict[tuple[int, int], list[tuple[int, Funnetfil]]] = {}
    for place, document in enumerate(element.findall(f"{{{STRUKTUR}}}dokumentbeskrivelse")):
        nr = _int(document.findtext(f"{{{STRUKTUR}}}dokumentnummer")) or 0
        for thing in document.findall(f"{{{STRUKTUR}}}dokumentobjekt"):
            ref = _id(thing, STRUKTUR)
            if not ref:
                continue
            version = _int(thing.findtext(f"{{{STRUKTUR}}}versjonsnummer")) or 0
            size = _int(thing.findtext(f"{{{STRUKTUR}}}filstoerrelse"))
            own = files.setdefault((nr, 0 if nr else place), [])
            own.append((version, Funnetfil(nr, ref, _sha256(thing), size)))
    for forms in files.values():
        forms.sort(key=lambda one: -one[0])
    return tuple(tuple(found for _, found in files[key]) for key in sorted(files))


def _int(text: str | None) -> int | None:
    plain = (text or "").strip()
    return int(plain) if plain.isascii() and plain.isdigit() and len(plain) <= 10 else None


def _sha256(thing: etree._Element) -> str | None:
    text = (thing.findtext(f"{{{STRUKTUR}}}sjekksum") or "").strip().lower()
    return text if re.fullmatch(r"[0-9a-f]{64}", text) else None


def folders(pakke: Pakke) -> tuple[str, ...]:
    """The ids of the folders in a search's answer. Raises RemoteFault("SVAR_UTEN_INNHOLD")."""
    root = _required(pakke, SOK_RESULTAT, "sokeresultatMinimum")
    hits = root.findall(f"{{{SOK_RESULTAT}}}resultatListe/{{{SOK_RESULTAT}}}resultatMinimum/*")
    return tuple(_id(hit, MINIMUM) for hit in hits)
