"""Two toy systems in dictionaries, and a toy mapping: the oracle of the machine.

A toy log is `{"id", "text", "consent"}`. The toy target can lose its answer after a write, as a
cut line does. Nothing here is a vendor; the real ones run in the story tests.
"""

import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.errors import Conflict, UnknownOutcome
from gateway.ports.connector import Document, Entry, Facts, Order, Page, Written
from gateway.ports.mapping import Account, BookLine, Books, Decoded, Encoded, Sheet
from schemas.stafettlogg.kodeverk import (
    Hovedpersontype,
    Kildesystem,
    Loggstatus,
    Rolle,
    Samtykkestatus,
    Signaturstatus,
)
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.person import Deltakelse, Hovedperson, Person
from schemas.stafettlogg.samtykke import Samtykke, Signatar

TENANT = "899100107"
CX = Kildesystem.CONEXUS


def sha(data: Any) -> str:
    """A version of a toy document."""
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()[:16]


@dataclass
class Toy:
    """A connector over a dictionary of documents. `cuts` writes lose their answer."""

    name: str
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    cuts: int = 0
    writes: list[str] = field(default_factory=list)
    before_write: Callable[[Order], None] | None = None
    size: int = 3
    seen: list[dict[str, str]] = field(default_factory=list)

    def facts(self) -> Facts:
        """Everything allowed."""
        rights = frozenset({"les", "skriv", "import"})
        return Facts(TENANT, self.name, "toy", "sandbox", rights, len(self.documents))

    def page(self, cursor: str | None) -> Page:
        """Pages of three."""
        start = int(cursor or 0)
        refs = sorted(self.documents)
        some = refs[start : start + self.size]
        nxt = str(start + self.size) if start + self.size < len(refs) else None
        return Page(tuple(Entry(r, sha(self.documents[r])) for r in some), nxt, len(refs))

    def changes(self, cursor: str | None) -> Page:
        """What differs from the state that the cursor numbers."""
        now = {ref: sha(data) for ref, data in self.documents.items()}
        self.seen.append(now)
        then = self.seen[int(cursor)] if cursor is not None else now
        changed = tuple(Entry(r, v) for r, v in sorted(now.items()) if then.get(r) != v)
        last = next(n for n, state in enumerate(self.seen) if state == now)
        return Page(changed, str(last), len(now))

    def document(self, ref: str) -> Document:
        """One document."""
        if ref not in self.documents:
            raise Conflict("BORTE", place=ref)
        data = self.documents[ref]
        return Document(ref, sha(data), json.dumps(data, sort_keys=True).encode())

    def file(self, ref: str, file_id: str) -> bytes:
        """Toys have no files."""
        raise Conflict("BORTE", place=file_id)

    def find(self, key: str, body: bytes) -> tuple[Written, ...]:
        """By our key."""
        found = [ref for ref, own in self.keys.items() if own == key and ref in self.documents]
        return tuple(Written(ref, sha(self.documents[ref])) for ref in found)

    def put(self, order: Order) -> Written:
        """Create or update; finds what landed before creating."""
        data = json.loads(order.body)
        if order.ref is None:
            there = self.find(order.key, order.body)
            if there:
                return replace(there[0], found=True)
            ref = f"{self.name}-{len(self.keys) + 1:04}"
            self.keys[ref] = order.key
        else:
            ref = order.ref
            if ref not in self.documents or sha(self.documents[ref]) != order.base_version:
                raise Conflict("ENDRET_I_MAAL", place=ref)
        if self.before_write:
            self.before_write(order)
        self.documents[ref] = data
        self.writes.append(order.key)
        if self.cuts:
            self.cuts -= 1
            raise UnknownOutcome("UVISST_UTFALL", place=ref)
        return Written(ref, sha(data))

    def delete(self, ref: str, version: str) -> None:
        """Gone."""
        del self.documents[ref]

    def close(self) -> None:
        """Nothing to close."""


@dataclass(frozen=True)
class ToyMapping:
    """Toy documents to canonical logs and back; the text is the level's text field."""

    system: str
    assigned: frozenset[str] = frozenset()

    def parse(self, body: bytes) -> dict[str, Any]:
        """JSON."""
        return dict(json.loads(body))

    def decode(self, wire: Any, tenant: str) -> Decoded:
        """A canonical log with one holder, one guardian and perhaps a consent."""
        key = wire["id"]
        signers = (Signatar(person=f"{key}-mor", status=Signaturstatus.SIGNERT),)
        consent = Samtykke(
            id=f"{key}-s", kildesystem=CX, omfang=("opprette", "dele"), signatarer=signers,
            status=Samtykkestatus.GYLDIG if wire["consent"] else Samtykkestatus.TRUKKET,
            gyldig_fra="2026-01-01", fil="f",
        )  # fmt: skip
        logg = Stafettlogg(
            id=key, kildesystem=CX, status=Loggstatus.AKTIV, nivaa_tekst=wire["text"],
            stafettholder=f"{key}-d",
            hovedperson=Hovedperson(person=f"{key}-b", type=Hovedpersontype.BARN),
            personer=(Person(id=f"{key}-b", kildesystem=CX, foedselsdato="2018-01-01"),),
            deltakelser=(
                Deltakelse(id=f"{key}-d", kildesystem=CX, person=f"{key}-h",
                           rolle=Rolle.STAFETTHOLDER),
                Deltakelse(id=f"{key}-f", kildesystem=CX, person=f"{key}-mor",
                           rolle=Rolle.FORESATT),
            ),
            samtykker=(consent,),
        )  # fmt: skip
        return Decoded(logg)

    def encode(self, logg: Stafettlogg, tenant: str) -> Encoded:
        """Back again."""
        valid = logg.samtykker[0].status is Samtykkestatus.GYLDIG
        return Encoded({"id": logg.id, "text": logg.nivaa_tekst, "consent": valid})

    def dump(self, wire: Any) -> bytes:
        """Canonical JSON."""
        return json.dumps(wire, sort_keys=True).encode()

    def coverage(self) -> tuple[()]:
        """A toy has no table."""
        return ()


def settle(_s: Any, _t: Any, wire: Any, _d: Any, _e: Any, _w: Any) -> Books:
    """Every leaf is mapped."""
    return Books(len(wire), (Sheet(BookLine(name, Account.MAPPED, "", 1) for name in wire),))


def restore(base: Stafettlogg, theirs: Stafettlogg, ours: Stafettlogg) -> Stafettlogg:
    """Edited there: theirs; else ours."""
    return theirs if theirs != base else ours
