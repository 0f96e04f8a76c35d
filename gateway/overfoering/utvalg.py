"""What goes along: the chosen concerns whole, what belongs to them, and nothing else. Pure.

The selection is explicit and its default is nothing (R-132). Within a chosen concern nothing is
left out, least of all a measure that did not work (R-093). Everything that stays behind is
counted by kind, with a code, so that nothing is missing in silence. Staff go along by name only,
for a measure must say whose it was; their numbers, e-mail and telephone stay.
"""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from gateway.policy.adressebeskyttelse import family
from schemas.stafettlogg.entitet import Entitet
from schemas.stafettlogg.kodeverk import Adressebeskyttelse, Deltakerstatus, Rolle, Samtykkestatus
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.samtykke import Samtykke


class Tillegg(StrEnum):
    """What of the log as a whole may be chosen besides the concerns."""

    PRESENTASJON = "presentasjon"
    LYSGLIMT = "lysglimt"
    NOTATER = "notater"
    MOETER = "moeter"
    MELDINGER = "meldinger"


IKKE_VALGT = "IKKE_VALGT"
"""Not chosen by the person who hands over."""
MINIMERT = "MINIMERT"
"""The receiver does not need it to help the child (C-3)."""

_PRESENTASJON = ("initiativtaker", "om_meg", "utfordring", "hovedmaal", "neste_moete")
_ALDRI = ("lesetilganger", "innkallinger", "kalender", "fagplaner", "livsomraader", "arkivuttak")
_FAMILIE = frozenset({Rolle.FORESATT.value, Rolle.HOVEDPERSON.value})


_UNMARKED = {"adressebeskyttelse": Adressebeskyttelse.UKJENT}


@dataclass(frozen=True, slots=True)
class Utvalg:
    """The part of a log that goes along, and the count of what does not, by (kind, code)."""

    logg: Stafettlogg = field(repr=False)
    utelatt: tuple[tuple[str, int, str], ...]


def select(
    logg: Stafettlogg, oppmerksomheter: Iterable[str], tillegg: Iterable[Tillegg] = ()
) -> Utvalg:
    """The log as it is handed over. Ids that are not concerns of the log choose nothing."""
    chosen, extra = frozenset(oppmerksomheter), frozenset(tillegg)
    left: Counter[tuple[str, str]] = Counter()
    changes: dict[str, Any] = {"raa": None}

    def keep(name: str, wanted: Any, code: str = IKKE_VALGT) -> None:
        there = getattr(logg, name)
        changes[name] = tuple(one for one in there if wanted(one))
        left[(name, code)] += len(there) - len(changes[name])

    keep("oppmerksomheter", lambda one: one.id in chosen)
    inside = {e.id for c in changes["oppmerksomheter"] for e in _tree(c)}
    keep("notater", lambda n: n.oppmerksomhet in chosen or Tillegg.NOTATER in extra)
    keep("kommentarer", lambda k: k.paa in inside)
    keep("lysglimt", lambda _: Tillegg.LYSGLIMT in extra)
    keep("referater", lambda _: Tillegg.MOETER in extra)
    keep("meldinger", lambda _: Tillegg.MELDINGER in extra)
    named = {
        t.evaluering.moete
        for c in changes["oppmerksomheter"]
        for m in c.maal
        for t in m.tiltak
        if t.evaluering and t.evaluering.moete
    }
    keep("moeter", lambda m: m.id in named or Tillegg.MOETER in extra)
    keep("samtykker", _gaar_med, MINIMERT)
    for name in _ALDRI:
        keep(name, lambda _: False, MINIMERT)
    for name in _PRESENTASJON:
        if getattr(logg, name) is not None and Tillegg.PRESENTASJON not in extra:
            changes[name] = None
            left[(name, IKKE_VALGT)] += 1
    if logg.bilde is not None:
        changes["bilde"] = None
        left[("bilde", MINIMERT)] += 1
    changes["samtykker"] = tuple(_narrowed(s, chosen) for s in changes["samtykker"])
    changes["overfoeringer"] = tuple(
        o.model_copy(
            update={
                "begrunnelse": None,
                "oppmerksomheter": tuple(r for r in o.oppmerksomheter if r in chosen),
                "samtykke": None,
            }
        )
        for o in logg.overfoeringer
    )
    made = _without_residue(logg.model_copy(update=changes), left)
    made = _people(made, left)
    made = _documents(made, left)
    counted = tuple((kind, count, code) for (kind, code), count in sorted(left.items()) if count)
    return Utvalg(made, counted)


def _tree(concern: Any) -> Iterable[Entitet]:
    yield concern
    for goal in concern.maal:
        yield goal
        yield from goal.tiltak


def _gaar_med(samtykke: Samtykke) -> bool:
    """Evidence of what still holds; what was withdrawn or refused is the sender's history."""
    return samtykke.status is Samtykkestatus.GYLDIG and not samtykke.trukket


def _narrowed(samtykke: Samtykke, chosen: frozenset[str]) -> Samtykke:
    kept = tuple(r for r in samtykke.oppmerksomheter if r in chosen)
    return samtykke.model_copy(update={"oppmerksomheter": kept, "arkivert_i": None})


def _without_residue(logg: Stafettlogg, left: Counter[tuple[str, str]]) -> Stafettlogg:
    """Fields only the sender's vendor understands (`raa`) stay: they could hold anything."""

    def bare(value: Any) -> Any:
        if isinstance(value, tuple):
            return tuple(bare(one) for one in value)
        if not isinstance(value, Entitet):
            return value
        changes: dict[str, Any] = {}
        for name in type(value).model_fields:
            old = getattr(value, name)
            if name == "raa" and old is not None:
                left[("raa", MINIMERT)] += 1
                changes["raa"] = None
            elif isinstance(old, tuple | Entitet) and (new := bare(old)) != old:
                changes[name] = new
        return value.model_copy(update=changes) if changes else value

    made = bare(logg)
    assert isinstance(made, Stafettlogg)
    return made


def _people(logg: Stafettlogg, left: Counter[tuple[str, str]]) -> Stafettlogg:
    """The family whole; staff whom something kept points at, by name; nobody else."""
    inner = family(logg)
    known = {p.id for p in logg.personer}
    pointed = _refs(logg, known) | inner
    persons = []
    for person in logg.personer:
        if person.id not in pointed:
            left[("personer", MINIMERT)] += 1
        elif person.id in inner:
            # The marking is the register's and secret: each side asks for itself (C-4).
            persons.append(person.model_copy(update=_UNMARKED))
        else:
            left[("identifikatorer", MINIMERT)] += len(person.identifikatorer)
            persons.append(
                person.model_copy(
                    update={"identifikatorer": (), "foedselsdato": None, "epost": None,
                            "mobil": None, **_UNMARKED}
                )
            )  # fmt: skip
    kept = {p.id for p in persons}
    parts = []
    for one in logg.deltakelser:
        if one.person not in kept:
            left[("deltakelser", MINIMERT)] += 1
        elif one.rolle in _FAMILIE:
            parts.append(one)
        else:
            # What the person was is history; the sender's people have no access at the receiver.
            parts.append(one.model_copy(update={"status": Deltakerstatus.AVSLUTTET}))
    units = {d.virksomhet for d in parts} | {h.virksomhet for h in logg.stafettholder_historikk}
    units |= {logg.ansvarlig_virksomhet}
    virksomheter = tuple(
        v.model_copy(update={"leder": v.leder if v.leder in kept else None})
        for v in logg.virksomheter
        if v.id in units
    )
    left[("virksomheter", MINIMERT)] += len(logg.virksomheter) - len(virksomheter)
    moeter = tuple(
        m.model_copy(update={"deltakere": tuple(p for p in m.deltakere if p in kept)})
        for m in logg.moeter
    )
    return logg.model_copy(
        update={
            "personer": tuple(persons),
            "deltakelser": tuple(parts),
            "virksomheter": virksomheter,
            "moeter": moeter,
        }
    )


def _refs(logg: Stafettlogg, known: set[str]) -> set[str]:
    """Persons that something kept points at; a participation or a meeting alone is not enough."""
    told = logg.model_dump(mode="python", exclude={"personer", "deltakelser", "virksomheter",
                                                   "moeter"})  # fmt: skip
    found: set[str] = set()
    stack: list[Any] = [told]
    while stack:
        one = stack.pop()
        if isinstance(one, dict):
            stack.extend(one.values())
        elif isinstance(one, list | tuple):
            stack.extend(one)
        elif isinstance(one, str) and one in known:
            found.add(one)
    holder = next((d.person for d in logg.deltakelser if d.id == logg.stafettholder), None)
    return found | ({holder} if holder else set())


def _documents(logg: Stafettlogg, left: Counter[tuple[str, str]]) -> Stafettlogg:
    """Files that something kept names; the others stay."""
    named = {ref for n in logg.notater for ref in n.vedlegg}
    named |= {ref for r in logg.referater for ref in r.vedlegg}
    named |= {ref for m in logg.meldinger for ref in m.vedlegg}
    named |= {s.fil for s in logg.samtykker if s.fil}
    kept = tuple(d for d in logg.dokumenter if d.id in named)
    left[("dokumenter", IKKE_VALGT)] += len(logg.dokumenter) - len(kept)
    return logg.model_copy(update={"dokumenter": kept})
