"""What a message tells its row: the columns it fills, and whether a package is what was offered.

A row believes the other side about the other side only: what it offers, when it switched, why it
says no. Deadlines and moments are held within what can be.
"""

from dataclasses import dataclass, field
from typing import Any

from gateway.effects.transferring.frister import offered_deadline, switched_at
from gateway.effects.transferring.rader import Rad
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.snapshot.sjekksum import sha
from schemas.overfoering import meldinger as m
from schemas.overfoering.hode import Hode, Verdi

UKJENT = "ulik"
"""In place of the digest of a package that said another than its file has: equal to none."""


@dataclass(frozen=True, slots=True)
class Lest:
    """A message that was opened: what it says, as it was signed, and what lay beside."""

    hode: Hode
    innhold: Verdi = field(repr=False)
    body: bytes = field(repr=False)
    laast: bytes | None = field(default=None, repr=False)


def told_by(
    verk: Overfoeringsverk, rad: Rad, read: Lest, kept: dict[str, str]
) -> tuple[dict[str, Any], dict[str, str]]:
    """What a message tells its row."""
    content = read.innhold
    if isinstance(content, m.Tilbud):
        return {
            "maaltype": content.maaltype.value,
            "begrunnelse": content.begrunnelse.value,
            "antall": content.antall_oppmerksomheter,
            "samtykke": content.grunnlag.samtykke_id or "",
            "frist": offered_deadline(verk, content.frist),
            "gruppe": content.gruppe or "",
            "content_sha": content.innhold_sha256,
        }, {
            "virksomhet": content.virksomhet,
            "rettet": content.rettet.value,
            "person": content.person or "",
            "tilbudsfrist": offered_deadline(verk, content.frist),
        }
    if isinstance(content, m.Pakke):
        if "nyttelast" not in kept:  # nobody wanted it: what is here is what is to be destroyed
            return {}, {}
        came = sha(read.laast or b"")
        # One that does not know its own file is nobody's promise, now or when the offer comes.
        known = came if content.innhold_sha256 == came else UKJENT
        return {"nyttelast": kept["nyttelast"], "nyttelast_sha": known}, {}
    if isinstance(content, m.Aksept):
        if rad.verdi["aksept_id"]:
            return {}, {}
        return {"aksept_id": content.aksept_id}, {
            "akseptert": content.akseptert,
            "innlogging": content.innlogging.value,
        }
    if isinstance(content, m.Akseptbekreftelse):
        if "noekkel" not in kept:  # said again, or a key that opens nothing
            return {}, {}
        return {}, {"byttet": switched_at(verk, rad.lukket.akseptert, content.byttet)}
    if isinstance(content, m.Avvisning):
        return {}, {"grunn": content.grunn.value}
    if isinstance(content, m.Fullfoert):
        return {}, {"rapport": content.model_dump_json(by_alias=True, exclude_none=True)}
    return {}, {}


def whole(rad: Rad, changes: dict[str, Any], read: Lest) -> str:
    """Is the package the one the offer promised, byte for byte?"""
    promised = changes.get("content_sha") or rad.verdi["content_sha"]
    came = changes.get("nyttelast_sha") or rad.verdi["nyttelast_sha"]
    return "" if promised == came else "PAKKE_STEMMER_IKKE"
