"""For every leaf of generated logs and every hostile value: a named refusal, a named hold or a
clean draft, never another exception, and no text that holds the value (the pure half).

What goes to another system keeps its contract; what goes home is as it was written.
"""

import json
import re
from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime
from functools import cache
from typing import Any, get_type_hints

import pytest

from connectors.sandbox import synthetic
from gateway import app
from gateway.arkiv.innhold import content_sha
from gateway.arkiv.stand import last_change, stand
from gateway.arkiv.utloeser import STANDARD, Sett, due, see
from gateway.effects.archiving.provisional import at_rest
from gateway.errors import GatewayError, Rejected
from gateway.plan.draft import Pair, draft, read
from gateway.plan.facts import facts_of
from gateway.plan.step import Step, StepKind
from gateway.policy.adressebeskyttelse import family
from gateway.policy.context import Policyramme
from gateway.policy.rules import ARCHIVE_RULES, judge
from gateway.snapshot.foreloepig import editable
from gateway.snapshot.ramme import Ramme
from gateway.snapshot.tidspunkt import date_text, instant_text
from schemas.stafettlogg.flat import compare, leaves
from schemas.stafettlogg.kodeverk import Adressebeskyttelse
from schemas.stafettlogg.logg import Stafettlogg
from tests.laws import hostile
from tests.laws.conftest import FULL, SYSTEMS, TENANT, documents

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
FRAME = Policyramme(now=NOW, kommunenummer="9901", production=False)
DRAWN = 24
SAID = b"zqxj"
"""Stands in every hostile text that says something."""
_CODE = re.compile(r"[A-ZÆØÅ][A-Z0-9_-]+")
_STRICT = re.compile(
    r"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}(\.[0-9]{1,6})?(Z|[+-][0-9]{2}:[0-9]{2})"
)
_WIRE_TIMES = {
    "conexus_companion": {"opprettet", "endret", "sistOppdatert", "fra", "til", "lastetOpp",
                          "trukket", "sendt", "akseptert", "tid"},
    "visma_samspill": {"createdAt", "updatedAt", "since", "until", "invitedAt", "activatedAt",
                       "signedAt", "withdrawnAt", "at", "sentAt", "startsAt", "endsAt",
                       "uploadedAt"},
}  # fmt: skip
_WIRE_DAYS = {
    "fodselsdag",
    "signertDato",
    "utloper",
    "startdato",
    "frist",
    "accessUntil",
    "dueDate",
}
_DAY = re.compile("[0-9]{4}-[0-9]{2}-[0-9]{2}")
_ALSO = {"notater.dato", "moter.dato"}


def frame(logg: Stafettlogg) -> Policyramme:
    """Nobody is protected, and the register knows when everybody was born."""
    born = {p.id: _born(i.verdi) for p in logg.personer for i in p.identifikatorer}
    return replace(
        FRAME,
        protection=dict.fromkeys(family(logg), Adressebeskyttelse.INGEN),
        born={person: day for person, day in born.items() if day is not None},
    )


def _born(number: str) -> date | None:
    whole = len(number) == 11 and number.isascii() and number.isdecimal()
    return synthetic.birth_date(number) if whole else None


def outcome(pair: Pair, body: bytes) -> str:
    """`refused`, `held` or `clean`, with everything the product asks of one log on the way."""
    try:
        reading = read(pair, body)
    except Rejected as error:
        return named(error)
    logg = reading.logg
    made = draft(pair, reading, frame(logg))
    archived(logg)
    goes_home(pair, body, logg)
    for found in made.verdict.holds:
        if found.code == "UKJENT_TIDSPUNKT":
            assert found.entity and found.field
    step = Step(1, 1, StepKind.PUT, logg.id, "ref", "1", facts=facts_of(made))
    assert quiet(step.line() + repr(made.verdict).encode())
    if made.verdict.held:
        return "held"
    try:
        read(replace(pair, source=pair.target, target=pair.source), made.body)
    except Rejected as error:  # longer than the other has room for: it says so itself
        return named(error)
    for where in stray(pair.target.system, pair.target.parse(made.body)):
        raise AssertionError(f"written against the contract: {where}")
    return "clean"


def quiet(said: bytes) -> bool:
    """Whether nothing of a hostile value is in it."""
    return SAID not in said and hostile.NUMBER.encode() not in said


def named(error: Rejected) -> str:
    """A refusal has a code and a place, and nothing of the document in it."""
    assert _CODE.fullmatch(error.code)
    assert error.place
    assert quiet(f"{error} {error.args} {error.place} {error.action}".encode())
    assert error.__cause__ is None and error.__context__ is None
    return "refused"


def stray(system: str, wire: dict[str, Any]) -> list[str]:
    """The places of times that are not written as the contract says."""
    found = []
    for path in hostile.leaves(wire):
        value = hostile.at(wire, path)
        timed = path[-1] in _WIRE_TIMES[system] or hostile.name(path) in _ALSO
        shape = _STRICT if timed else _DAY if path[-1] in _WIRE_DAYS else None
        if shape and isinstance(value, str) and not (shape.fullmatch(value) and _there_is(value)):
            found.append(hostile.name(path))
    return found


def _there_is(text: str) -> bool:
    """Whether the calendar of Python's own library has it."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True


def archived(logg: Stafettlogg) -> None:
    """What a night in the archive asks of a log before it is set in type."""
    judge(logg, frame(logg), ARCHIVE_RULES)
    sett = see(logg, Sett(), NOW.date())
    due(logg, sett, NOW.date(), frozenset(STANDARD))
    stand(logg, NOW, 8)
    last_change(logg, NOW)
    at_rest(logg, NOW, 8)
    editable(logg, _ramme())
    content_sha(logg)
    for _entity, _kind, _name, value in leaves(logg):
        if isinstance(value, str):
            date_text(value)
            instant_text(value)
    assert compare(logg, logg, moments=True) == ()


@cache
def _ramme() -> Ramme:
    made = object.__new__(Ramme)
    for name in get_type_hints(Ramme):
        object.__setattr__(made, name, None)
    object.__setattr__(made, "frosset", NOW)
    object.__setattr__(made, "redigering_timer", 8)
    return made


def goes_home(pair: Pair, body: bytes, logg: Stafettlogg) -> None:
    """What came from a system is written there again as it was."""
    source = pair.source
    wire = source.parse(body)
    assert source.dump(source.encode(logg, TENANT).wire) == source.dump(wire)


def drawn(pair: Pair) -> list[dict[str, Any]]:
    """Generated logs, each thing of the first with a field nobody knows; first those that are
    delivered as they are."""
    found = list(documents(pair.source.system, 7, DRAWN))
    good = [one for one in found if _delivered(pair, one)]
    assert len(good) > DRAWN / 3
    for key, value in good[0].items():
        for one in value if isinstance(value, list) else [value]:
            if isinstance(one, dict):
                one["zUkjent" if key != "plan" else "#"] = "x"
    return [*good, *(one for one in found if one not in good)]


def _delivered(pair: Pair, document: dict[str, Any]) -> bool:
    made = outcome(pair, json.dumps(document).encode())
    return made == "clean"


PAIRS = [(a, b) for a in SYSTEMS for b in SYSTEMS if a != b]


@pytest.mark.parametrize(("source", "target"), PAIRS, ids=lambda s: s)
def test_every_leaf_with_every_hostile_value(source: str, target: str) -> None:
    """One bad log is refused or held by name, or it is delivered whole; nothing else happens."""
    pair = app.pair(source, target, TENANT)
    asked = drawn(pair)
    tried: Counter[str] = Counter()
    wrong: Counter[str] = Counter()
    where: dict[str, set[str]] = {}
    chosen = hostile.places(asked)
    if FULL:
        chosen = [(one, path) for one in asked[:6] for path in hostile.leaves(one)]
    for nr, (document, path) in enumerate(chosen):
        before, after = hostile.standing(document, path)
        # In the short form every value meets every other leaf, and every leaf every other value.
        for value in hostile.VALUES if FULL else hostile.VALUES[nr % 2 :: 2]:
            body = f"{before}{value.text}{after}".encode()
            try:
                tried[outcome(pair, body)] += 1
            except Exception as error:
                kind = _kind(error)
                wrong[kind] += 1
                where.setdefault(kind, set()).add(f"{hostile.name(path)}={value.name}")
    told = [f"{kind} x{n}: {sorted(where[kind])[:3]}" for kind, n in wrong.most_common()]
    print(f"{source}->{target}: {len(chosen)} leaves x {len(hostile.VALUES)} values: {dict(tried)}")
    assert not told, "\n".join(told)
    assert len(hostile.VALUES) >= 40
    assert len(chosen) > 100
    assert min(tried["refused"], tried["held"], tried["clean"]) > 100


def _kind(error: Exception) -> str:
    trace, line = error.__traceback__, ""
    while trace is not None:
        line = f"{trace.tb_frame.f_globals.get('__name__')}:{trace.tb_lineno}"
        trace = trace.tb_next
    code = f" {error.code}" if isinstance(error, GatewayError) else ""
    return f"{type(error).__name__}{code} {line}"
