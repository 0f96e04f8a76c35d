"""The books of a document: every leaf of the log is visible, or is left out for a named reason.

The leaves are counted on the log itself, not on what the parts say they have shown. What is on the
page in the end is proved on the PDF's text layer by the tests.
"""

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

from gateway.errors import LocalFault
from gateway.snapshot.grunner import Grunn, reason
from gateway.snapshot.vist import Sted, Vist, texts
from schemas.stafettlogg.entitet import Verdi
from schemas.stafettlogg.flat import leaves, parts
from schemas.stafettlogg.logg import Stafettlogg


@dataclass(frozen=True, slots=True)
class Regnskap:
    """Shown leaves with what stands on the page, and the others with their reason."""

    shown: Mapping[Sted, tuple[str, ...]]
    left_out: Mapping[Sted, Grunn]

    def counts(self) -> dict[str, int]:
        """How many leaves each reason holds, by the reason's name, sorted."""
        return dict(sorted(Counter(str(grunn) for grunn in self.left_out.values()).items()))


def places(logg: Stafettlogg) -> Iterator[tuple[Sted, Any]]:
    """Every leaf of the log with its value; values inside an entity are opened field by field."""
    lists = _lists()
    for key, kind, field, value in leaves(logg):
        # A text or nothing, as most are, has nothing inside it to open.
        if value is None or type(value) is str or (kind, field) in lists:
            yield (kind, key, field), value
        else:
            yield from _opened(kind, key, field, value)


def _opened(kind: str, key: str, path: str, value: Any) -> Iterator[tuple[Sted, Any]]:
    if isinstance(value, Verdi):
        for field in type(value).model_fields:
            yield from _opened(kind, key, f"{path}.{field}", getattr(value, field))
    elif isinstance(value, tuple) and value:
        for index, one in enumerate(value):
            yield from _opened(kind, key, f"{path}.{index}", one)
    else:
        yield (kind, key, path), value


@cache
def _lists() -> frozenset[tuple[str, str]]:
    """(kind, field) of every field that holds entities."""
    from schemas.stafettlogg.entitet import Entitet

    found: set[tuple[str, str]] = set()
    waiting = [Entitet]
    while waiting:
        cls = waiting.pop()
        waiting += cls.__subclasses__()
        many, single = parts(cls)
        found |= {(cls.__name__, field) for field in many | single}
    return frozenset(found)


def balance(logg: Stafettlogg, document: Any) -> Regnskap:
    """The books. Raises LocalFault("UTTAK_UFULLSTENDIG") with the kind and field of a lost leaf."""
    on_page: dict[Sted, list[str]] = {}
    for text in texts(document):
        if isinstance(text, Vist) and text:
            for sted in text.steder:
                on_page.setdefault(sted, []).append(text)
    shown: dict[Sted, tuple[str, ...]] = {}
    left_out: dict[Sted, Grunn] = {}
    for sted, value in places(logg):
        if sted in on_page:
            shown[sted] = tuple(on_page[sted])
            continue
        why = reason(sted, value, logg)
        if why is None:
            raise LocalFault("UTTAK_UFULLSTENDIG", place=f"{sted[0]}.{sted[2]}")
        left_out[sted] = why
    return Regnskap(shown, left_out)
