"""Reads fields of the log as text for the page, each with its place.

One `Leser` per snapshot: it knows the log's persons, units and numbering, the words, and the safe
text. Every value of the log that reaches a page passes here. It decides nothing about layout.
"""

from collections.abc import Iterable, Iterator
from typing import Any, NamedTuple

from gateway.snapshot import tidspunkt
from gateway.snapshot.blokker import Par, pairs
from gateway.snapshot.navngiving import names
from gateway.snapshot.ordliste import Ordliste
from gateway.snapshot.safetext import SafeText
from gateway.snapshot.vist import Sted, Vist, around, join
from schemas.stafettlogg.entitet import Entitet, Verdi
from schemas.stafettlogg.logg import Stafettlogg


class Punkt(NamedTuple):
    """A value inside an entity, such as one signer of a consent, and the path to it."""

    entity: Entitet
    value: Verdi
    path: str


Kilde = Entitet | Punkt


class Leser:
    """Fields as text. `navn` knows what each id is called in this document."""

    def __init__(self, logg: Stafettlogg, words: Ordliste, safe: SafeText) -> None:
        self.logg = logg
        self.words = words
        self._safe = safe
        # On one line: a name stands in titles, tables and running text.
        self.navn = {key: " ".join(safe(n).split()) for key, n in names(logg, words).items()}

    def inside(self, entity: Entitet, field: str) -> Iterator[Punkt]:
        """The values in a field that holds a list of them."""
        for index, value in enumerate(getattr(entity, field)):
            yield Punkt(entity, value, f"{field}.{index}.")

    def within(self, entity: Entitet, field: str) -> Punkt:
        """The one value in a field that holds a single one."""
        return Punkt(entity, getattr(entity, field), f"{field}.")

    def safe(self, text: str) -> str:
        """Text that is not from the log, such as the municipality's own words."""
        return self._safe(text)

    def text(self, kilde: Kilde, field: str) -> Vist:
        """A free text, made safe."""
        value, sted = _at(kilde, field)
        return Vist(self._safe(value), sted) if value and value.strip() else Vist("")

    def number(self, kilde: Kilde, field: str) -> Vist:
        """A whole number."""
        value, sted = _at(kilde, field)
        return Vist("" if value is None else str(value), sted)

    def day(self, kilde: Kilde, field: str) -> Vist:
        """A calendar date in words."""
        value, sted = _at(kilde, field)
        return Vist(self._safe(tidspunkt.date_text(value)), sted) if value else Vist("")

    def moment(self, kilde: Kilde, field: str) -> Vist:
        """An instant on a Norwegian clock."""
        value, sted = _at(kilde, field)
        return Vist(self._safe(tidspunkt.instant_text(value)), sted) if value else Vist("")

    def code(self, kilde: Kilde, field: str, codelist: str) -> Vist:
        """The word of a code, or the code itself where it has none."""
        value, sted = _at(kilde, field)
        return Vist(self._safe(self.words.code(codelist, str(value))), sted) if value else Vist("")

    def codes(self, kilde: Kilde, field: str, codelist: str) -> Vist:
        """The words of a list of codes."""
        values, (kind, key, path) = _at(kilde, field)
        return join(", ", (
            Vist(self._safe(self.words.code(codelist, str(v))), (kind, key, f"{path}.{i}"))
            for i, v in enumerate(values)
        ))  # fmt: skip

    def texts(self, kilde: Kilde, field: str) -> list[Vist]:
        """A list of free texts."""
        values, (kind, key, path) = _at(kilde, field)
        return [
            Vist(self._safe(v), (kind, key, f"{path}.{i}"))
            for i, v in enumerate(values)
            if v.strip()
        ]

    def answer(self, kilde: Kilde, field: str) -> Vist:
        """Yes or no; empty when nobody has answered."""
        value, sted = _at(kilde, field)
        return Vist("" if value is None else self.words["ja" if value else "nei"], sted)

    def flag(self, kilde: Kilde, field: str, label: str) -> Vist:
        """The label's words when the flag is set, else nothing."""
        value, sted = _at(kilde, field)
        return Vist(self.words[label], sted) if value else Vist("")

    def called(self, kilde: Kilde, field: str) -> Vist:
        """What the thing a reference points at is called in this document."""
        value, sted = _at(kilde, field)
        return Vist(self._name(value), sted) if value else Vist("")

    def all_called(self, kilde: Kilde, field: str) -> Vist:
        """The same for a list of references."""
        values, (kind, key, path) = _at(kilde, field)
        found = (Vist(self._name(v), (kind, key, f"{path}.{i}")) for i, v in enumerate(values))
        return join(", ", found)

    def label(self, name: str, value: str) -> Par:
        """A labelled value."""
        return self.words[name], value

    def labelled(self, *found: tuple[str, str]) -> list[Par]:
        """(label name, value) pairs in words, without the empty ones."""
        return pairs(*((self.words[name], value) for name, value in found))

    def event(self, kilde: Kilde, start: str, end: str) -> Vist:
        """When something was, with its end where there is one."""
        return join(" – ", (self.moment(kilde, start), self.moment(kilde, end)))

    def span(self, kilde: Kilde, first: str, last: str, *, days: bool = False) -> Vist:
        """An interval; one end may be missing."""
        read = self.day if days else self.moment
        start, end = read(kilde, first), read(kilde, last)
        if start and end:
            return join(" – ", (start, end))
        return around(self.words["fra"] + " ", start) or around(self.words["til"] + " ", end)

    def trace(self, entity: Entitet) -> list[Par]:
        """Who wrote it and when, when it was changed, and where it comes from if not as the log."""
        by = around(self.words["av"] + " ", self.called(entity, "opprettet_av"))
        written = join(" ", (self.moment(entity, "opprettet"), by))
        rule = around(self.words["etter_regel"] + " ", self.text(entity, "avledet_regel"))
        derived = join(" ", (self.flag(entity, "avledet", "ja_avledet"), rule))
        foreign = entity.kildesystem != self.logg.kildesystem
        source = self.code(entity, "kildesystem", "kildesystem") if foreign else ""
        return self.labelled(
            ("registrert", written), ("endret", self.moment(entity, "endret")),
            ("avledet", derived), ("kildesystem", source),
        )  # fmt: skip

    def _name(self, key: str) -> str:
        found = self.navn.get(key)
        return found if found is not None else self._safe(f"{self.words['uten_treff']} {key}")


def _at(kilde: Kilde, field: str) -> tuple[Any, Sted]:
    """A field's value and place."""
    if isinstance(kilde, Punkt):
        entity = kilde.entity
        return getattr(kilde.value, field), (type(entity).__name__, entity.id, kilde.path + field)
    return getattr(kilde, field), (type(kilde).__name__, kilde.id, field)


def first(found: Iterable[Vist]) -> Vist:
    """The first that is not empty."""
    return next((one for one in found if one), Vist(""))
