"""The way home: what was changed in the target, laid on the log as it was before it went there.

Three logs: `base` is the target's document as it was when we wrote it, `theirs` is the target's
document now, `ours` is the original. A field that differs between base and theirs was changed in
the target, and theirs is taken; every other field is ours, also where the target has no place for
it. So nothing on the way home depends on parsing a text back, but a note that transcribes something
of ours and was edited by somebody (see `avskrift_hjem`). Pure; knows no vendor.
"""

from typing import Any, TypeVar

from mappings.avskrift_hjem import Avskrifter
from mappings.restore_values import changed, merged, order
from schemas.stafettlogg.entitet import Entitet, Verdi
from schemas.stafettlogg.flat import PROVENANCE, indexed, parts
from schemas.stafettlogg.kodeverk import Rolle
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.tider import by_contract

E = TypeVar("E", bound=Entitet)
Index = dict[tuple[str, str], Entitet]

_KEPT = (PROVENANCE | {"id"}) - {"endret", "sist_oppdatert"}
_NO_TASK = frozenset(
    {
        Rolle.UKJENT.value,
        Rolle.LESETILGANG.value,
        Rolle.VIRKSOMHETSLEDER.value,
        Rolle.KOMMUNEADMINISTRATOR.value,
        Rolle.SUPERBRUKER.value,
        Rolle.SEKRETAER.value,
    }
)


def restore(base: Stafettlogg, theirs: Stafettlogg, ours: Stafettlogg) -> Stafettlogg:
    """Ours with the target's changes. `restore(b, b, ours)` is ours, exactly."""
    if base == theirs:
        return ours
    # What is theirs goes to another system than it was written in.
    base, theirs = by_contract(base), by_contract(theirs)
    notes = Avskrifter(base, theirs, ours)
    if not notes.changed:
        return _Merge(base, theirs, ours).entity(base, theirs, ours)
    base, theirs = notes.without(base), notes.without(theirs)
    return notes.laid(_Merge(base, theirs, ours).entity(base, theirs, ours))


class _Merge:
    def __init__(self, base: Stafettlogg, theirs: Stafettlogg, ours: Stafettlogg) -> None:
        self.base = indexed(base)
        self.theirs = indexed(theirs)
        self.ours = indexed(ours)

    def entity(self, base: E, theirs: E, ours: E) -> E:
        """One entity that all three have."""
        if base == theirs:
            return ours
        many, single = parts(type(ours))
        guessed = theirs.avledet and not base.avledet
        changes: dict[str, Any] = {}
        for name in type(ours).model_fields:
            was, now, mine = getattr(base, name), getattr(theirs, name), getattr(ours, name)
            if was == now or name in _KEPT:
                continue
            if name in many:
                changes[name] = self.many(was, now, mine)
            elif name in single:
                changes[name] = self.one(was, now, mine)
            elif not guessed:
                changes[name] = _value(name, was, now, mine)
        return ours.model_copy(update=changes) if changes else ours

    def one(self, was: Any, now: Any, mine: Any) -> Any:
        """A single entity in a field."""
        if now is None:
            return None if was is not None else mine
        return self.found(now) if mine is None or mine.id != now.id else self.entity(was, now, mine)

    def found(self, now: Entitet) -> Entitet:
        """An entity of theirs: merged with ours wherever ours is, else new as it is."""
        key = _key(now)
        was, mine = self.base.get(key), self.ours.get(key)
        if mine is None:
            return now
        return self.entity(was, now, mine) if was is not None else mine

    def many(
        self, was: tuple[Entitet, ...], now: tuple[Entitet, ...], mine: tuple[Entitet, ...]
    ) -> tuple[Entitet, ...]:
        """A list of entities: deletions, edits, additions and moves of theirs; order as said."""
        here, there = {_key(e) for e in mine}, {_key(e) for e in now}
        kept: dict[tuple[str, str], Entitet] = {}
        for e in mine:
            key = _key(e)
            if key not in self.base:
                kept[key] = e
            elif key in there:
                kept[key] = self.found(self.theirs[key])
        added: list[Entitet] = []
        for e in now:
            key = _key(e)
            if key in here:
                continue
            before = self.base.get(key)
            if key in self.ours or before is None or before != e:
                added.append(self.found(e))
        keys = order([_key(e) for e in was], [_key(e) for e in now], list(kept))
        return (*(kept[key] for key in keys), *added)


def _value(name: str, was: Any, now: Any, mine: Any) -> Any:
    """A field that holds no entity."""
    if isinstance(mine, tuple):
        return merged(was, now, mine)
    if isinstance(mine, Verdi) and isinstance(was, Verdi) and isinstance(now, Verdi):
        return changed(mine, was, now)
    if name == "rolle" and now in _NO_TASK:
        # Where the role follows from the tasks, losing them says nothing of the role at home; but
        # who no longer holds the baton takes part without it.
        return Rolle.AKTOER.value if mine == Rolle.STAFETTHOLDER else mine
    return now


def _key(entity: Entitet) -> tuple[str, str]:
    return type(entity).__name__, entity.id
