"""Two toy systems that both hold a child's log, each with what the other has no place for.

A document is `{"id", "consent", "text", "more", "own", "goals", "version"}` and unknown keys. `own`
is a field the other system cannot hold; `goals` get their ids from the system, and a system that
was emptied gives new ones. The version counts every write. A mapping and a connector for each, and
nothing of a real vendor; people write straight into the dictionaries.
"""

import copy
import json
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Any

from gateway.errors import Conflict, UnknownOutcome
from gateway.ports.connector import Document, Entry, Facts, Order, Page, Written
from gateway.ports.mapping import Account, BookLine, Books, Decoded, Encoded, Sheet
from mappings.identitet import derived
from schemas.stafettlogg.innhold import Maal, Oppmerksomhet
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
NATIVE = {"a": Kildesystem.CONEXUS, "b": Kildesystem.SAMSPILL}
KNOWN = frozenset({"id", "consent", "text", "more", "own", "goals", "version", "passive"})
OWN = {"a": "utfordring", "b": "hovedmaal"}
"""The canonical field each system alone has."""


def key_of(logg: str) -> str:
    """The one concern of a log."""
    return derived(logg, "o")


@dataclass
class Side:
    """One system: a connector over a dictionary. `cuts` writes lose their answer; `lag` is how
    many searches pass before what was made is found.

    As in a real one a log is made empty and then filled, and a write is of several pieces: a new
    log's answer may be lost before it is filled (`cut_empty`), and a person may write between two
    pieces (`meanwhile`, once).
    """

    name: str
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    keys: dict[str, str] = field(default_factory=dict)
    made: list[str] = field(default_factory=list)
    cuts: int = 0
    cut_empty: bool = False
    meanwhile: Callable[[str], None] | None = None
    lag: int = 0
    hidden: dict[str, int] = field(default_factory=dict)
    saw: Callable[[Order, dict[str, Any] | None, dict[str, Any]], None] | None = None
    serial: int = 0
    history: list[dict[str, int]] = field(default_factory=list)

    def next_id(self) -> str:
        """An id nobody has had."""
        self.serial += 1
        return f"{self.name}{self.serial}"

    def person_writes(self, ref: str, **changes: Any) -> None:
        """Somebody edits a log in the product."""
        self.documents[ref] |= changes
        self.documents[ref]["version"] += 1

    # -- the port ---------------------------------------------------------------------------
    def facts(self) -> Facts:
        """Everything allowed."""
        rights = frozenset({"les", "skriv", "import"})
        return Facts(TENANT, self.name, "toy", "sandbox", rights, len(self.documents))

    def _version(self, ref: str) -> str:
        return str(self.documents[ref]["version"])

    def page(self, cursor: str | None) -> Page:
        """All on one page."""
        entries = tuple(Entry(ref, self._version(ref)) for ref in sorted(self.documents))
        return Page(entries, None, len(entries))

    def changes(self, cursor: str | None) -> Page:
        """What differs from the state the cursor numbers."""
        now = {ref: data["version"] for ref, data in self.documents.items()}
        if not self.history or self.history[-1] != now:
            self.history.append(now)
        then = self.history[int(cursor)] if cursor is not None else now
        changed = tuple(Entry(r, str(v)) for r, v in sorted(now.items()) if then.get(r) != v)
        return Page(changed, str(len(self.history) - 1), len(changed))

    def document(self, ref: str) -> Document:
        """One document."""
        if ref not in self.documents:
            raise Conflict("BORTE", place=ref)
        data = self.documents[ref]
        return Document(ref, str(data["version"]), json.dumps(data, sort_keys=True).encode())

    def file(self, ref: str, file_id: str) -> bytes:
        """Toys have no files."""
        raise Conflict("BORTE", place=file_id)

    def find(self, key: str, body: bytes) -> tuple[Written, ...]:
        """By our key, or by the id the document itself has; what was just made may lag."""
        found = []
        for ref, own in self.keys.items():
            if own != key or ref not in self.documents:
                continue
            if self.hidden.get(ref, 0) > 0:
                self.hidden[ref] -= 1
                continue
            found.append(Written(ref, self._version(ref)))
        return tuple(found)

    def put(self, order: Order) -> Written:
        """Create or update; finds what landed before creating, and creates once."""
        wanted = json.loads(order.body)
        ref = order.ref
        if ref is None:
            there = self.find(order.key, order.body)
            if there and self.documents[there[0].ref] != _empty(wanted["id"]):
                return replace(there[0], found=True)
            ref = there[0].ref if there else self._made(order, wanted["id"])
        elif ref not in self.documents or self._version(ref) != order.base_version:
            raise Conflict("ENDRET_I_MAAL", place=ref)
        elif self.documents[ref]["id"] != wanted["id"]:
            raise Conflict("ANNEN_LOGG", place=ref)
        alone = self._write(order, ref, wanted)
        if self.cuts:
            self.cuts -= 1
            raise UnknownOutcome("UVISST_UTFALL", place=ref)
        return Written(ref, self._version(ref), alone=alone)

    def _made(self, order: Order, logg: str) -> str:
        """An empty log, which anybody may write in before it is filled."""
        order.once()
        ref = self.next_id()
        self.keys[ref] = order.key
        self.made.append(order.key)
        self.hidden[ref] = self.lag
        self.documents[ref] = _empty(logg)
        if self.cut_empty:
            self.cut_empty = False
            raise UnknownOutcome("KANSKJE_OPPRETTET", place=order.key)
        return ref

    def _write(self, order: Order, ref: str, wanted: dict[str, Any]) -> bool:
        """Write what differs, piece by piece; False when somebody else wrote between two. What they
        wrote stands, and where it is what we were to write ourselves the write ends there."""
        before = copy.deepcopy(self.documents[ref])
        stored = self._stored(wanted, before)
        ours = {k for k in stored if stored[k] != before.get(k, stored)} - {"version"}
        gone = before.keys() - stored.keys()
        if self.meanwhile is not None:
            act, self.meanwhile = self.meanwhile, None
            act(ref)
        now = self.documents[ref]
        theirs = {k for k in now if now[k] != before.get(k, now)} - {"version"}
        both = (ours | gone) & theirs
        pieces = {k: stored[k] for k in ours - theirs}
        made = {k: v for k, v in now.items() if k not in gone - theirs} | pieces
        made["version"] = now["version"] + 1
        if self.saw:
            self.saw(order, copy.deepcopy(now), made)
        self.documents[ref] = made
        if both:
            raise Conflict("ENDRET_I_MAAL", place=ref)
        return not theirs

    def _stored(self, wanted: dict[str, Any], before: dict[str, Any]) -> dict[str, Any]:
        """As the system keeps it: goals that are new there get ids of its own."""
        known = {goal["gid"] for goal in before.get("goals", ())}
        by_key = {g["key"]: g["gid"] for g in before.get("goals", ()) if g["key"]}
        goals = []
        for goal in wanted["goals"]:
            gid = goal["gid"] if goal["gid"] in known else by_key.get(goal["key"])
            goals.append(goal | {"gid": gid or self.next_id()})
        return wanted | {"goals": goals}

    def delete(self, ref: str, version: str) -> None:
        """Gone."""
        del self.documents[ref]

    def close(self) -> None:
        """Nothing to close."""


def _empty(logg: str) -> dict[str, Any]:
    """A log that was made and not filled."""
    return {"id": logg, "consent": True, "text": "", "more": None, "own": None, "goals": [],
            "version": 1, "passive": False}  # fmt: skip


@dataclass(frozen=True)
class SideMapping:
    """A toy document to a canonical log and back."""

    system: str
    assigned: frozenset[str] = frozenset({"version"})

    def parse(self, body: bytes) -> dict[str, Any]:
        """JSON."""
        return dict(json.loads(body))

    def decode(self, wire: Any, tenant: str) -> Decoded:
        """One concern with the goals; the rest is what the rules need."""
        native, logg = NATIVE[self.system], wire["id"]
        unknown = {k: v for k, v in wire.items() if k not in KNOWN}
        goals = tuple(
            Maal(id=goal["key"] or derived(logg, self.system, goal["gid"]), kildesystem=native,
                 kilde_id=goal["gid"], tittel=goal["t"])
            for goal in wire["goals"]
        )  # fmt: skip
        signers = (Signatar(person=f"{logg}-mor", status=Signaturstatus.SIGNERT),)
        consent = Samtykke(
            id=f"{logg}-s", kildesystem=native, omfang=("opprette", "dele"), signatarer=signers,
            status=Samtykkestatus.GYLDIG if wire["consent"] else Samtykkestatus.TRUKKET,
            gyldig_fra="2026-01-01", fil="f",
        )  # fmt: skip
        made = Stafettlogg(
            id=logg, kildesystem=native, nivaa_tekst=wire["text"],
            status=Loggstatus.PASSIV if wire.get("passive") else Loggstatus.AKTIV,
            om_meg=wire["more"], stafettholder=f"{logg}-d",
            hovedperson=Hovedperson(person=f"{logg}-b", type=Hovedpersontype.BARN),
            personer=(Person(id=f"{logg}-b", kildesystem=native, foedselsdato="2018-01-01"),),
            deltakelser=(
                Deltakelse(id=f"{logg}-d", kildesystem=native, person=f"{logg}-h",
                           rolle=Rolle.STAFETTHOLDER),
                Deltakelse(id=f"{logg}-f", kildesystem=native, person=f"{logg}-mor",
                           rolle=Rolle.FORESATT),
            ),
            samtykker=(consent,),
            oppmerksomheter=(
                Oppmerksomhet(id=key_of(logg), kildesystem=native, maal=goals),
            ),
            raa=json.dumps(unknown, sort_keys=True) if unknown else None,
            **{OWN[self.system]: wire["own"]},
        )  # fmt: skip
        return Decoded(made)

    def encode(self, logg: Stafettlogg, tenant: str) -> Encoded:
        """Back again; a goal new here has our id as its key, a native one its own id."""
        native = NATIVE[self.system]
        goals = []
        for goal in logg.oppmerksomheter[0].maal if logg.oppmerksomheter else ():
            mine = goal.kildesystem is native and goal.kilde_id is not None
            follows = mine and goal.id == derived(logg.id, self.system, goal.kilde_id or "")
            goals.append({"gid": goal.kilde_id if mine else "", "t": goal.tittel,
                          "key": None if follows else goal.id})  # fmt: skip
        wire: dict[str, Any] = {
            "id": logg.id, "text": logg.nivaa_tekst, "more": logg.om_meg,
            "own": getattr(logg, OWN[self.system]), "goals": goals, "version": 0,
            "consent": logg.samtykker[0].status is Samtykkestatus.GYLDIG,
            "passive": logg.status is Loggstatus.PASSIV,
        }  # fmt: skip
        if logg.raa is not None and logg.kildesystem is native:
            wire |= json.loads(logg.raa)
        return Encoded(wire)

    def dump(self, wire: Any) -> bytes:
        """Canonical JSON."""
        return json.dumps(wire, sort_keys=True).encode()

    def coverage(self) -> tuple[()]:
        """A toy has no table."""
        return ()


def settle(_s: Any, _t: Any, wire: Any, _d: Any, _e: Any, _w: Any) -> Books:
    """Every leaf is mapped."""
    return Books(len(wire), (Sheet(BookLine(name, Account.MAPPED, "", 1) for name in wire),))
