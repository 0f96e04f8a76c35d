"""One step of one row: look the table up, change the row, write the messages, all or nothing.

Everything a step needs from outside (the log, the register, a package) is read before it; here
is one transaction. What must happen afterwards (making the log, closing it, destroying bytes) is
left in the row for the round to do, as often as it takes.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta
from typing import Any

import sqlalchemy as sa

from gateway.effects import failpoint
from gateway.effects.archiving.verk import stamp
from gateway.effects.transferring import rader
from gateway.effects.transferring.frister import deadline_of
from gateway.effects.transferring.post import Utkast, enqueue
from gateway.effects.transferring.rader import Lukket, Rad
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import Rejected
from gateway.ledger.chain import Fact, append
from gateway.overfoering.avgiver import AVGIVER
from gateway.overfoering.mottaker import MOTTAKER
from gateway.overfoering.tabell import Steg, Svar, Tabell, steg
from gateway.overfoering.tilstand import AVBRUTT, ENDT, OVERTATT, Effekt, Hendelse, Side, Tilstand
from schemas.overfoering.koder import Meldingstype
from schemas.stafettlogg.kodeverk import Rolle

LEDER = "leder"
"""Who is to be told of where a row stands (`varsle`); an empty string is nobody."""
SKRIVES, SKREVET = "skrives", "skrevet"
"""The letter to the family (`brev`): to be written, and written; empty while there is none."""

TABELLER: Mapping[Side, Tabell] = {Side.AVGIVER: AVGIVER, Side.MOTTAKER: MOTTAKER}

_SENDER = {e: Meldingstype(e.value.removeprefix("send:")) for e in Effekt if "send:" in e.value}
Lager = Callable[[Rad, Meldingstype], Utkast]
"""Makes the content of a message from the row as it will stand."""


@dataclass(frozen=True, slots=True)
class Skritt:
    """What happens, and what is known of it.

    `av` is a role, never a name. `endringer` and `lukket` are what the event itself tells the
    row (a chosen person, an acceptance's id). `ved` is what only a rule with that effect may put
    in the row: a key that came is kept by the rule that unlocks, and by no other. `med` runs in
    the same transaction.
    """

    hendelse: Hendelse
    vakt: Svar
    av: str = ""
    endringer: Mapping[str, Any] = field(default_factory=dict, repr=False)
    lukket: Mapping[str, str] = field(default_factory=dict, repr=False)
    ved: Mapping[Effekt, Mapping[str, Any]] = field(default_factory=dict, repr=False)
    fakta: Mapping[str, Any] = field(default_factory=dict, repr=False)
    kode: str = ""
    """What the row says afterwards, where the rule says nothing."""
    dager: int = 0
    """At least so long what is to be destroyed is kept."""
    med: Callable[[sa.Connection, Rad], None] | None = None


def take(verk: Overfoeringsverk, rad: Rad, skritt: Skritt, lag: Lager) -> tuple[Rad, Steg]:
    """Take a step from the row as it was read. Raises Conflict when it has moved since."""
    with verk.arkiv.database.begin() as connection:
        return take_in(connection, verk, rad, skritt, lag)


def take_in(
    connection: sa.Connection, verk: Overfoeringsverk, rad: Rad, skritt: Skritt, lag: Lager
) -> tuple[Rad, Steg]:
    """As `take`, in a transaction of the caller's."""
    failpoint.reach("overfoering.steg")
    found = steg(TABELLER[rad.side], rad.tilstand, skritt.hendelse, skritt.vakt)
    if found.regel is None:
        if skritt.med is not None:
            skritt.med(connection, rad)
        return rad, found
    values = _values(verk, rad, found, skritt)
    lukket = replace(rad.lukket, **_closed(verk, rad, found, skritt))
    new = rader.change(connection, verk, rad, values, lukket)
    for effect in found.regel.effekter:
        kind = _SENDER.get(effect)
        # What a person carries by hand is on no channel.
        if kind is not None and rad.verdi["kanal"] != "manuell":
            new = enqueue(connection, verk, new, kind, lag(new, kind))
    if skritt.med is not None:
        skritt.med(connection, new)
    rader.close_for(connection, verk, new)
    append(connection, verk.stamp(), [_fact(rad, new, found, skritt)])
    failpoint.reach("overfoering.foer")
    return new, found


def _values(verk: Overfoeringsverk, rad: Rad, found: Steg, skritt: Skritt) -> dict[str, Any]:
    assert found.regel is not None
    til, effects = found.regel.til, set(found.regel.effekter)
    values: dict[str, Any] = dict(skritt.endringer)
    for effect in found.regel.effekter:
        values |= skritt.ved.get(effect, {})
    values |= {"tilstand": til.value, "kode": _code(found.regel.kode, skritt)}
    if til is not rad.tilstand or found.hendelse is Hendelse.FRIST:
        values["frist"] = deadline_of(verk, rad, til, values)
        values["paaminnet"] = 0
    values["neste"] = values.get("neste", verk.stamp())
    if Effekt.IMPORTER in effects:
        values |= {"etterarbeid": "importer", "forsoekt": 0}
    if til is Tilstand.IKKE_FORSTAATT:
        values["etterarbeid"] = ""  # there is nothing to write from
    if Effekt.STENG_LOGG in effects:
        values |= {"etterarbeid": "steng", "forsoekt": 0}
    if Effekt.OEDELEGG_NYTTELAST in effects:
        # What was handed over may be kept a while (C-3); what was not, is destroyed at once.
        kept = verk.arkiv.kommune.overfoering.nyttelast_dager if til is Tilstand.FULLFOERT else 0
        values["oedelegges"] = stamp(verk.now() + timedelta(days=max(kept, skritt.dager)))
    if til is not rad.tilstand:
        values["varsle"] = ""  # told of where it stood; it stands elsewhere now
    if Effekt.VARSLE_LEDER in effects:
        values["varsle"] = LEDER
    if Effekt.VARSLE_FAMILIE in effects:
        values["brev"] = SKRIVES
    if til in AVBRUTT or (til is Tilstand.FULLFOERT and rad.side is Side.MOTTAKER):
        values.setdefault("etterarbeid", "")
    return values


def _code(kode: str, skritt: Skritt) -> str:
    """The rule's code, or why it came: a log that is gone or closed is no family's withdrawal."""
    why = str(skritt.fakta.get("aarsak", ""))
    return why if why in ("LOGG_BORTE", "LOGG_IKKE_AKTIV") else kode or skritt.kode


def _closed(verk: Overfoeringsverk, rad: Rad, found: Steg, skritt: Skritt) -> dict[str, str]:
    told = {name: value for name, value in skritt.lukket.items() if name in _FIELDS}
    if found.til in OVERTATT and not rad.lukket.byttet and "byttet" not in told:
        told["byttet"] = verk.stamp()
    return told


_FIELDS = frozenset(Lukket.__dataclass_fields__)
_AV = frozenset(
    {"leder", "gateway", "gruppe", "klokken", "motpart", "superbruker", "enhetsadministrator",
     *(one.value for one in Rolle)}
)  # fmt: skip


def _fact(before: Rad, after: Rad, found: Steg, skritt: Skritt) -> Fact:
    """What the chain keeps: ids, states, roles and codes. Never who the counterpart is (C-4)."""
    body: dict[str, Any] = {
        "side": before.side.value,
        "forsoek": before.forsoek,
        "hendelse": found.hendelse.value,
        "fra": found.fra.value,
        "til": found.til.value,
    }
    body |= {k: v for k, v in skritt.fakta.items() if v}
    for name, value in (
        ("kode", after.verdi["kode"]),
        ("av", role(skritt.av)),
        ("aksept", after.verdi["aksept_id"]),
        ("samtykke", after.verdi["samtykke"]),
    ):
        if value:
            body[name] = value
    return Fact("overfoering", run_id=before.id, logg=after.verdi["logg"], body=body)


def role(av: str) -> str:
    """The role as the chain may hold it: a word of ours, never what somebody wrote."""
    return av if av in _AV or not av else "annen"


def must(found: Steg, rad: Rad) -> None:
    """A person's wish that the table did not grant is told as such. Raises Rejected."""
    if found.regel is None:
        raise Rejected(found.kode, place=f"{rad.id}:{rad.tilstand.value}")


def ended(tilstand: Tilstand) -> bool:
    """Whether nothing of this attempt goes on."""
    return tilstand in ENDT
