"""Plant the mapping faults that matter; each turns a law or the books red."""

import copy
from collections.abc import Callable
from importlib import import_module
from random import Random
from typing import Any

import pytest

from gateway.ports.mapping import Account
from mappings import laws, leftovers
from mappings.books import settle
from mappings.reading import Reading
from mappings.restore import restore
from mappings.table_mapping import TableMapping
from schemas.stafettlogg.innhold import Maal
from schemas.stafettlogg.kodeverk import Virket
from schemas.stafettlogg.logg import Stafettlogg
from tests.laws import planting

TENANT = "899100107"
SOURCE, TARGET = "conexus_companion", "visma_samspill"

Change = Callable[[Stafettlogg], Stafettlogg]


class Faulty(TableMapping):
    """A mapping as it is, with something done to every log it reads."""

    def __init__(self, whole: TableMapping, change: Change) -> None:
        self.__dict__.update(whole.__dict__)
        self._change = change

    def decode(self, wire: Any, tenant: str) -> Any:
        """The right log, spoiled."""
        decoded = super().decode(wire, tenant)
        logg = self._change(decoded.logg)
        return type(decoded)(logg, decoded.remarks, decoded.trace, decoded.counts)


def mapping(system: str) -> TableMapping:
    """The mapping of a system."""
    found: TableMapping = import_module(f"mappings.{system}.mapping").MAPPING
    return found


def wires() -> list[dict[str, Any]]:
    """Sixty generated logs of the source."""
    generator = import_module(f"connectors.{SOURCE}.sandbox.generator")
    return [document for document, _files in generator.generate(3, 60)]


def each_goal(logg: Stafettlogg, change: Callable[[Maal], Maal]) -> Stafettlogg:
    """The log with every goal changed."""
    concerns = tuple(
        c.model_copy(update={"maal": tuple(change(g) for g in c.maal)})
        for c in logg.oppmerksomheter
    )
    return logg.model_copy(update={"oppmerksomheter": concerns})


def lose_a_field(logg: Stafettlogg) -> Stafettlogg:
    """Measures lose their deadline."""
    return each_goal(
        logg,
        lambda g: g.model_copy(
            update={"tiltak": tuple(t.model_copy(update={"frist": None}) for t in g.tiltak)}
        ),
    )


def swap_two_codes(logg: Stafettlogg) -> Stafettlogg:
    """Yes is read as no and no as yes."""
    swapped = {Virket.JA: Virket.NEI, Virket.NEI: Virket.JA}

    def change(goal: Maal) -> Maal:
        measures = [
            t
            if t.evaluering is None
            else t.model_copy(
                update={
                    "evaluering": t.evaluering.model_copy(
                        update={"virket": swapped.get(t.evaluering.virket, t.evaluering.virket)}
                    )
                }
            )
            for t in goal.tiltak
        ]
        return goal.model_copy(update={"tiltak": tuple(measures)})

    return each_goal(logg, change)


def lose_the_order(logg: Stafettlogg) -> Stafettlogg:
    """Measures come in another order."""
    return each_goal(logg, lambda g: g.model_copy(update={"tiltak": g.tiltak[::-1]}))


def merge_equals(logg: Stafettlogg) -> Stafettlogg:
    """Measures with equal words become one, which R-072 forbids."""

    def change(goal: Maal) -> Maal:
        one = {t.tittel: t for t in reversed(goal.tiltak)}
        kept = tuple(t for t in goal.tiltak if one[t.tittel] is t)
        return goal.model_copy(update={"tiltak": kept})

    return each_goal(logg, change)


FAULTS = (lose_a_field, swap_two_codes, lose_the_order, merge_equals)


def red(source: TableMapping, target: TableMapping, law: Any) -> bool:
    """True when the law breaks for at least one log."""
    for wire in wires():
        try:
            law(source, target, wire, TENANT)
        except AssertionError:
            return True
    return False


def on_its_own(source: TableMapping, _target: TableMapping, wire: Any, tenant: str) -> None:
    """The first law, with the others' arguments."""
    laws.native(source, wire, tenant)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.__name__)
def test_a_fault_in_the_source_is_seen(fault: Change) -> None:
    """A fault in reading the source breaks the identity of the source."""
    whole = mapping(SOURCE)
    assert not red(whole, mapping(TARGET), on_its_own)
    assert red(Faulty(whole, fault), mapping(TARGET), on_its_own)


@pytest.mark.parametrize("fault", FAULTS, ids=lambda f: f.__name__)
def test_a_fault_in_the_target_is_seen(fault: Change) -> None:
    """A fault in reading the target breaks what the target is said to hold."""
    whole = mapping(TARGET)
    assert not red(mapping(SOURCE), whole, laws.held)
    assert red(mapping(SOURCE), Faulty(whole, fault), laws.held)


def test_a_walk_that_passes_records_by_is_seen_in_the_books() -> None:
    """A record no section has accounted for leaves leaves without an account."""

    class Forgetful(Faulty):
        def decode(self, wire: Any, tenant: str) -> Any:
            concerns = [c | {"tiltak": c["tiltak"][1:]} for c in wire["oppmerksomheter"]]
            return TableMapping.decode(self, wire | {"oppmerksomheter": concerns}, tenant)

    whole = mapping(SOURCE)
    assert not red(whole, mapping(TARGET), laws.balanced)
    assert red(Forgetful(whole, lambda logg: logg), mapping(TARGET), laws.balanced)


def test_a_dropped_row_stops_the_import() -> None:
    """A wire key without a row, a structure or a reason refuses to be declared."""
    section = mapping(SOURCE).sections["tiltak"]
    with pytest.raises(ValueError, match="frist"):
        type(section)(
            section.name,
            section.place,
            section.wire,
            section.entity,
            tuple(row for row in section.rows if row.wire != "frist"),
            section.structures,
            section.children,
        )


def test_a_double_code_stops_the_import() -> None:
    """A code table with the same value twice refuses to be built."""
    from mappings.codec import one_to_one

    with pytest.raises(ValueError, match="to ganger"):
        one_to_one("farge", (("GRONN", "groenn"), ("LYSEGRONN", "groenn")))


# -- what a record holds beside the model -----------------------------------------------------


def full(plant: Callable[[dict[str, Any], Random], Any]) -> list[dict[str, Any]]:
    """Thirty generated plans with something planted in each."""
    generator = import_module(f"connectors.{TARGET}.sandbox.generator")
    found = []
    for number, (wire, _files) in enumerate(generator.generate(7, 30, tenant=TENANT)):
        found.append(copy.deepcopy(wire))
        plant(found[-1], Random(number))
    return found


def broken(law: Callable[..., None], wires: list[dict[str, Any]]) -> bool:
    """True when the law breaks for at least one plan on its way to Conexus and home."""
    for wire in wires:
        try:
            law(mapping(TARGET), mapping(SOURCE), wire, TENANT)
        except AssertionError:
            return True
    return False


def lose_orders_and_rows(self: Reading, record: dict[str, Any], keys: frozenset[str]) -> str | None:
    """As it was: a record with a key of its own keeps neither orders nor what its rows left."""
    kept = self.residue_of(record, keys)
    if self.orders:
        kept, self.orders = kept or {"#": self.orders}, {}
    if self.inner:
        kept, self.inner = kept or {"@": self.inner}, {}
    return leftovers.canonical(kept) if kept else None


def tie_by_index(records: list[Any], row: dict[str, Any]) -> int | None:
    """As it was: what a row left is put on whatever stands in its place."""
    return row["index"] if row["index"] < len(records) else None


def indexed(records: Any, own: Any, *_: Any) -> list[dict[str, Any]]:
    """What rows left, by their index alone."""
    return [{"index": index, "own": kept} for index, kept in own.items()]


def a_signer_less(source: TableMapping, target: TableMapping, wire: Any, tenant: str) -> None:
    """The first who signed is taken off in the other system: no key of theirs is on another."""
    ours = source.decode(wire, tenant).logg
    base = target.encode(ours, tenant).wire
    edited = copy.deepcopy(dict(base))
    for consent in edited["samtykker"]:
        del consent["signertAv"][:1]
    was, now = (target.decode(w, tenant).logg for w in (base, edited))
    home = source.encode(restore(was, now, ours), tenant).wire
    for before, after in zip(wire["consents"], home["consents"], strict=True):
        own = {s["participantId"]: s for s in before["signers"]}
        if any(own[s["participantId"]] != s for s in after["signers"]):
            raise laws.LawBroken("rows", "consents.signers")


def raw_is_carried(source: TableMapping, target: TableMapping, wire: Any, tenant: str) -> None:
    """A state nobody knows is not told of as mapped."""
    decoded = source.decode(wire, tenant)
    encoded = target.encode(decoded.logg, tenant)
    lines = settle(source, target, wire, decoded, encoded, {}).lines
    unknown = sum(a["state"] not in ("active", "ended") for a in wire["activities"])
    stands = sum(
        line.count
        for line in lines
        if line.place == "activities.state" and line.account is not Account.CARRIED
    )
    if stands > len(wire["activities"]) - unknown:
        raise laws.LawBroken("books", "activities.state")


_leave = Reading.leave


def leave_without_a_word(self: Reading, key: str, ruled: Any, raw: Any, _why: str = "") -> None:
    """As it was: what is kept raw is not told to the books."""
    _leave(self, key, ruled, raw)


def _odd(wire: dict[str, Any], rng: Random) -> None:
    planting.odd(wire, rng, TARGET)


def _mixed_with_keys(wire: dict[str, Any], rng: Random) -> None:
    planting.unknown(planting.mixed(wire, rng), rng)


BESIDE = [
    ("orders and rows lost beside a key", _mixed_with_keys, on_its_own,
     [(Reading, "residue", lose_orders_and_rows)]),
    ("the order lost", planting.mixed, laws.round_trip,
     [(leftovers, "ordered", lambda records, _name, _order: records)]),
    ("rows tied by index", planting.unknown, a_signer_less,
     [(leftovers, "tied", indexed), (leftovers, "_row", tie_by_index)]),
    ("what is kept raw booked as mapped", _odd, raw_is_carried,
     [(Reading, "leave", leave_without_a_word)]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("plant", "law", "faults"), [row[1:] for row in BESIDE], ids=[row[0] for row in BESIDE]
)
def test_a_fault_beside_the_model_is_seen(
    monkeypatch: pytest.MonkeyPatch, plant: Any, law: Any, faults: Any
) -> None:
    """Keys without a row, orders, rows without an id and raw codes: each fault breaks a law."""
    wires = full(plant)
    assert not broken(law, wires)
    for owner, name, fault in faults:
        monkeypatch.setattr(owner, name, fault)
    assert broken(law, wires)
