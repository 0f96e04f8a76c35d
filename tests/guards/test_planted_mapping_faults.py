"""Plant the mapping faults that matter; each turns a law or the books red."""

from collections.abc import Callable
from importlib import import_module
from typing import Any

import pytest

from mappings import laws
from mappings.table_mapping import TableMapping
from schemas.stafettlogg.innhold import Maal
from schemas.stafettlogg.kodeverk import Virket
from schemas.stafettlogg.logg import Stafettlogg

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
