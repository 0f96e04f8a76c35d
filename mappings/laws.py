"""The laws every mapping keeps, as functions over one document, so that each test and each planted
fault is judged by the same words.

A law that is broken raises LawBroken with codes and places, never a value. No vendor is known
here.
"""

from typing import Any

from gateway.ports.mapping import Account, Decoded
from mappings.books import settle
from mappings.canonical_fields import KINDS
from mappings.restore import restore
from mappings.table_mapping import TableMapping
from schemas.stafettlogg.entitet import Entitet
from schemas.stafettlogg.flat import PROVENANCE, compare, leaves, parts
from schemas.stafettlogg.logg import Stafettlogg

Wire = dict[str, Any]


class LawBroken(AssertionError):
    """A law and the places where it does not hold."""

    def __init__(self, law: str, *places: str) -> None:
        super().__init__(f"{law}: {', '.join(sorted(set(places))[:12])}")


def native(system: TableMapping, wire: Wire, tenant: str) -> None:
    """System to canonical and back is identity, byte for byte."""
    again = system.encode(system.decode(wire, tenant).logg, tenant).wire
    if system.dump(again) != system.dump(wire):
        raise LawBroken("native", *differences(wire, again))


def round_trip(source: TableMapping, target: TableMapping, wire: Wire, tenant: str) -> None:
    """A to B and home again with the complement is identity, byte for byte."""
    ours = source.decode(wire, tenant).logg
    body = target.dump(target.encode(ours, tenant).wire)
    base = target.decode(target.parse(body), tenant).logg
    theirs = target.decode(target.parse(body), tenant).logg
    home = source.encode(restore(base, theirs, ours), tenant).wire
    if source.dump(home) != source.dump(wire):
        raise LawBroken("round trip", *differences(wire, home))


def deterministic(source: TableMapping, target: TableMapping, wire: Wire, tenant: str) -> None:
    """The same log is written as the same bytes, and its keys really stand sorted."""
    logg = source.decode(wire, tenant).logg
    first, second = target.encode(logg, tenant).wire, target.encode(logg, tenant).wire
    plain = target.dump(dict(first))
    if not target.dump(first) == target.dump(second) == plain:
        raise LawBroken("deterministic", *differences(first, second))


def held(source: TableMapping, target: TableMapping, wire: Wire, tenant: str) -> None:
    """Without the complement: what B has a row for is read back as it was, with its id.

    Places with a remark are excepted: the remark is the promise that a person was told.
    """
    decoded = source.decode(wire, tenant)
    encoded = target.encode(decoded.logg, tenant)
    there = target.decode(target.parse(target.dump(encoded.wire)), tenant).logg
    told = {(r.entity, r.field) for r in encoded.remarks}
    absent = {r.entity for r in encoded.remarks if not r.field}
    have = {(e, kind, field): value for e, kind, field, value in leaves(there)}
    broken = []
    for entity, kind, field, value in leaves(decoded.logg):
        name = f"{kind}.{field}"
        account, _code = target.accounts[name]
        if account is not Account.MAPPED or entity in absent or (entity, field) in told:
            continue
        if field in ("kilde_id", "raa"):
            continue
        if (entity, kind, field) not in have:
            broken.append(f"{name} (mangler)")
        elif field in _lists(kind):
            if not _in_order(value, have[(entity, kind, field)], absent):
                broken.append(name)
        elif _held(target, have[(entity, kind, field)]) != _held(target, value):
            broken.append(name)
    if broken:
        raise LawBroken("held", *broken)


def _lists(kind: str) -> frozenset[str]:
    return parts(KINDS[kind])[0] if issubclass(KINDS[kind], Entitet) else frozenset()


def _in_order(want: tuple[str, ...], have: tuple[str, ...], absent: set[str]) -> bool:
    """All of ours, in our order; the target may have more, and less where a person was told."""
    ours = [entity for entity in want if entity not in absent]
    return [entity for entity in have if entity in set(ours)] == ours


def _held(target: TableMapping, value: Any) -> Any:
    """A value without the fields the target has no place for."""
    if isinstance(value, tuple):
        return tuple(_held(target, v) for v in value)
    if hasattr(value, "model_fields_set") and not isinstance(value, Entitet):
        kind = type(value).__name__
        return {
            name: getattr(value, name)
            for name in type(value).model_fields
            if target.accounts[f"{kind}.{name}"][0] is Account.MAPPED
        }
    return value


def balanced(
    source: TableMapping,
    target: TableMapping,
    wire: Wire,
    tenant: str,
    withheld: dict[tuple[str, str], str] | None = None,
) -> None:
    """Every leaf in exactly one account, none lost."""
    decoded = source.decode(wire, tenant)
    encoded = target.encode(decoded.logg, tenant)
    books = settle(source, target, wire, decoded, encoded, withheld or {})
    if not books.balanced:
        raise LawBroken("books", f"{books.leaves - sum(x.count for x in books.lines)} uten konto")
    bad = [x.place for x in books.lines if x.account is Account.LOST or x.count < 0]
    if bad:
        raise LawBroken("books", *bad)


def edit_survives(
    source: TableMapping, target: TableMapping, ours: Decoded, edited: Wire, base: Wire, tenant: str
) -> Stafettlogg:
    """The log at home after an edit in B; all that B did not touch is as it was.

    Returns it, so that the caller can look for the edit.
    """
    before = target.decode(target.parse(target.dump(base)), tenant).logg
    after = target.decode(target.parse(target.dump(edited)), tenant).logg
    home = restore(before, after, ours.logg)
    touched = {(d.entity, d.kind) for d in compare(before, after, frozenset({"kilde_id"}))}
    strays = [
        f"{d.kind}.{d.field}"
        for d in compare(ours.logg, home, PROVENANCE)
        if (d.entity, d.kind) not in touched
    ]
    if strays:
        raise LawBroken("edit", *strays)
    return home


def differences(one: Any, other: Any, place: str = "") -> list[str]:
    """The places where two documents differ, without indexes."""
    if isinstance(one, dict) and isinstance(other, dict):
        return [
            found
            for key in sorted(one.keys() | other.keys())
            for found in differences(one.get(key), other.get(key), f"{place}.{key}".lstrip("."))
        ]
    if isinstance(one, list) and isinstance(other, list) and len(one) == len(other):
        return [d for a, b in zip(one, other, strict=True) for d in differences(a, b, place)]
    return [] if one == other else [place]
