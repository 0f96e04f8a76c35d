"""Bad logs among good ones in a sandbox: one hostile leaf each, put in behind the vendor's back.

`spoil` writes JSON text straight into the store of a sandbox, so that what no writer would make
(`1e400`, half a surrogate) is served too.
"""

import importlib
import json
import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from itertools import cycle
from typing import Any

from connectors.sandbox import synthetic
from schemas.stafettlogg.kodeverk import Adressebeskyttelse
from schemas.stafettlogg.person import Person
from tests.laws import hostile
from tests.story.conftest import CONEXUS, SAMSPILL, TENANT, Generated, System

_TIMES = frozenset({*hostile.NO_TIMES, *hostile.LENIENT})
_DATED = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}(T|$)")
_ITEM_KEYS = {
    "participants": "participantId", "consents": "consentId", "goals": "goalId",
    "activities": "activityId", "messages": "messageId", "calendar": "eventId",
    "documents": "documentId",
}  # fmt: skip


class OpenRegister:
    """Protects nobody, and knows the birth of everybody whose number is one."""

    def check(self, persons: tuple[Person, ...]) -> Mapping[str, Adressebeskyttelse]:
        """Person id -> grade."""
        return {person.id: Adressebeskyttelse.INGEN for person in persons}

    def born(self, persons: tuple[Person, ...]) -> Mapping[str, date]:
        """Person id -> birth date."""
        found = {p.id: _born(i.verdi) for p in persons for i in p.identifikatorer}
        return {person: day for person, day in found.items() if day is not None}


def _born(number: str) -> date | None:
    whole = len(number) == 11 and number.isascii() and number.isdecimal()
    return synthetic.birth_date(number) if whole else None


@dataclass(frozen=True, slots=True)
class Spoilt:
    """A log with one hostile leaf: its ref, the place and the value. `timed` says that what stood
    there was written as a time of the value's kind."""

    ref: str
    place: str
    value: hostile.Hostile
    timed: bool


def ref_of(document: dict[str, Any]) -> str:
    """The vendor's id of a document."""
    return str(document["plan"]["planId"] if "plan" in document else document["loggId"])


def clean(
    system: str, seed: int, wanted: int, good: Callable[[bytes], bool], tenant: str = TENANT
) -> list[Generated]:
    """Generated logs that would be delivered as they are."""
    found: list[Generated] = []
    module = importlib.import_module(f"connectors.{system}.sandbox.generator")
    for document, files in module.generate(seed, wanted * 4, tenant=tenant):
        if good(json.dumps(document).encode()):
            found.append((document, files))
        if len(found) == wanted:
            return found
    raise AssertionError(f"only {len(found)} logs are delivered as they are")


def chosen(
    stock: list[Generated], values: tuple[hostile.Hostile, ...], first: int = 0
) -> Iterator[tuple[dict[str, Any], hostile.Path, hostile.Hostile]]:
    """One hostile leaf for each log: values in turn, places in turn among those it has. What looks
    like a time stands where there was one."""
    turn = cycle(values[first % len(values) :] + values[: first % len(values)])
    for number, ((document, _files), value) in enumerate(zip(stock, turn, strict=False)):
        paths = {hostile.name(p): p for p in hostile.leaves(document)}
        kind = _kind(json.loads(value.text)) if value in _TIMES else None
        fit = {n: p for n, p in paths.items() if kind and _kind(hostile.at(document, p)) == kind}
        names = sorted(fit or paths)
        place = names[((first + number) * 7) % len(names)]
        yield document, paths[place], value


def _kind(value: Any) -> str:
    """Whether a text is written as a date or as an instant."""
    if not isinstance(value, str) or not _DATED.match(value):
        return ""
    return "instant" if "T" in value else "day"


def spoil(system: System, document: dict[str, Any], path: hostile.Path, value: Any) -> Spoilt:
    """Serve the document with the value at the path, under the id it had."""
    ref = ref_of(document)
    kind = _kind(json.loads(value.text)) if value in _TIMES else ""
    made = Spoilt(
        ref, hostile.name(path), value, kind != "" and _kind(hostile.at(document, path)) == kind
    )
    if system.name == CONEXUS:
        text = hostile.body(document, path, value).decode()
        with system.app._store.writing():
            system.app._store._db.execute(
                "UPDATE logg SET dokument=?, etag=? WHERE logg_id=?", (text.encode(), "w1", ref)
            )
        return made
    assert system.name == SAMSPILL
    part, *inner = path
    store = system.app._store
    with store.writing():
        if part == "plan":
            text = hostile.body(document["plan"], tuple(inner), value).decode()
            store._db.execute("UPDATE plan SET body=? WHERE plan_id=?", (text, ref))
        elif len(inner) > 1:
            index = inner[0]
            item = document[part][index]
            text = hostile.body(item, tuple(inner[1:]), value).decode()
            store._db.execute(
                "UPDATE item SET body=? WHERE plan_id=? AND part=? AND item_id=?",
                (text, ref, part, item[_ITEM_KEYS[str(part)]]),
            )
    return made


def serve(system: System, ref: str, body: bytes) -> None:
    """Serve these very bytes as a log of Conexus'."""
    assert system.name == CONEXUS
    with system.app._store.writing():
        system.app._store._db.execute("UPDATE logg SET dokument=? WHERE logg_id=?", (body, ref))
