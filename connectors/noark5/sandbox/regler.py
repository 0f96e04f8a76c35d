"""The rules of the interface that a shape cannot say: where things may be made, and numbering.

It must not know of sockets or of misbehaving.
"""

import re
from datetime import UTC, datetime
from typing import Any

from pydantic import ValidationError

from connectors.noark5.sandbox.lager import Enhet, Lager
from schemas.noark5.arkivenheter import NYE

_FILTER = re.compile(r"([A-Za-z0-9:-]+) eq '([^']{0,200})'")
_NUMBER = re.compile(r"(?<![0-9A-Za-z])\d{11}(?![0-9A-Za-z])")
DIREKTE = {
    "klasse": ("beskrivelse", "klasseID"),
    "saksmappe": ("beskrivelse", "tittel"),
    "journalpost": ("beskrivelse", "tittel"),
    "dokumentbeskrivelse": ("eksternReferanse", "tittel"),
    "dokumentobjekt": ("sjekksum", "filnavn"),
}
"""Fields every server must filter on (level basis), besides systemID."""


class Avslag(Exception):
    """A refusal: the status, and what the answer's `beskrivelse` says."""

    def __init__(self, status: int, why: str) -> None:
        super().__init__(why)
        self.status = status
        self.why = why


def now() -> str:
    """This instant, with time zone."""
    return datetime.now(UTC).isoformat(timespec="seconds")


def has_number(text: str) -> bool:
    """True when eleven digits stand alone in an address."""
    return _NUMBER.search(text) is not None


def where(kind: str, text: str, *, refused: tuple[str, ...], own: bool) -> tuple[str, str] | None:
    """The one condition understood: a direct field, or a field of one's own where `own`."""
    if not text:
        return None
    match = _FILTER.fullmatch(text)
    if match is None:
        raise Avslag(400, "filter")
    field, value = match[1], match[2]
    allowed = field == "systemID" or field in DIREKTE.get(kind, ()) or (own and ":" in field)
    if not allowed or field in refused:
        raise Avslag(400, "filter")
    return field, value


def index(kind: str, body: Enhet) -> dict[str, str]:
    """What of a body may be filtered on."""
    own = body.get("virksomhetsspesifikkeMetadata", {})
    return {f: str(body[f]) for f in DIREKTE.get(kind, ()) if f in body} | dict(own)


def checked(kind: str, body: Any) -> Enhet:
    """A body that has the shape of a new one. Raises Avslag(400)."""
    try:
        made: Enhet = NYE[kind].validate_python(body)
    except ValidationError as exc:
        found = exc.errors(include_input=False, include_url=False)
        raise Avslag(400, ".".join(map(str, found[0]["loc"])) or "form") from None
    return made


def may_be_made(lager: Lager, kind: str, parent: str, body: Enhet) -> None:
    """Raises Avslag when this may not be made there."""
    if kind == "klasse":
        same = lager.rows("klasse", parent, ("klasseID", body["klasseID"]), 0, 1)
        if same:
            raise Avslag(409, "klasseID")
    above = lager.get(parent)
    if kind == "journalpost" and above is not None and above[3].get("avsluttetDato"):
        raise Avslag(400, "avsluttetDato")
    own = body.get("virksomhetsspesifikkeMetadata", {})
    known = {row["navn"] for row in lager.rows("egetfelt", None, None, 0, 1000)}
    if set(own) - known:
        raise Avslag(400, "virksomhetsspesifikkeMetadata")


def numbered(lager: Lager, kind: str, parent: str, body: Enhet) -> Enhet:
    """What the server adds to a new one."""
    year = datetime.now(UTC).year
    added: Enhet = {"opprettetDato": now(), "opprettetAv": "sandkasse"}
    if kind == "saksmappe":
        number = lager.next(f"sak-{year}")
        added |= {"saksaar": year, "sakssekvensnummer": number, "mappeID": f"{year}/{number}"}
    elif kind == "journalpost":
        added |= {
            "journalaar": year,
            "journalsekvensnummer": lager.next(f"journal-{year}"),
            "journalpostnummer": lager.count("journalpost", parent) + 1,
            "journaldato": now(),
        }
    elif kind == "dokumentobjekt":
        added |= {"versjonsnummer": lager.count("dokumentobjekt", parent)}
    return body | added
