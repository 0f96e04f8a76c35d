"""Rows of hand-overs: read, made, and changed by compare-and-set. Who it concerns is sealed.

A row's `versjon` goes up by one at every change; a change that was decided on an older one is not
made. So two processes, or a message and a person, never both win.
"""

import json
from dataclasses import dataclass, field, fields
from typing import Any

import sqlalchemy as sa

from gateway.effects.transferring import waits
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import Conflict, LocalFault, Rejected
from gateway.ledger import transfer_tables as x
from gateway.ledger.keys import KeyRing
from gateway.ledger.resealing import SealedColumn
from gateway.ledger.upsert import insert_new
from gateway.overfoering.grunnlag import Enhet, Grunnlag
from gateway.overfoering.tilstand import ENDT, Side, Tilstand
from gateway.overfoering.utvalg import Tillegg
from schemas.overfoering.koder import Begrunnelse, Maaltype, Rettet
from schemas.overfoering.meldinger import GENESIS


@dataclass(frozen=True, slots=True)
class Lukket:
    """The guarded part of a row. Nothing of it stands anywhere else."""

    motpart: str = field(default="", repr=False)
    virksomhet: str = field(default="", repr=False)
    virksomhet_navn: str = field(default="", repr=False)
    rettet: str = "leder"
    person: str = field(default="", repr=False)
    lest_av: str = field(default="", repr=False)
    informert: str = ""
    hoert: str = ""
    ord: str = field(default="", repr=False)
    startet_av: str = field(default="", repr=False)
    enhet: str = field(default="", repr=False)
    """The unit of ours it was started in."""
    rolle: str = ""
    paa_vegne_av: str = field(default="", repr=False)
    holder: str = field(default="", repr=False)
    innlogging: str = ""
    akseptert: str = ""
    byttet: str = ""
    tilbudsfrist: str = ""
    grunn: str = ""
    grunnlag: str = ""
    rapport: str = ""
    uforstaatt: str = ""
    """Why our gateway cannot read the package (`schemas.overfoering.koder.Uforstaatt`)."""
    leser: str = ""
    """Which reader could not read it last (`unread.reader`)."""
    vern: str = ""


@dataclass(frozen=True, slots=True)
class Rad:
    """One attempt of one hand-over at one side."""

    verdi: dict[str, Any] = field(repr=False)
    lukket: Lukket = field(repr=False)

    @property
    def id(self) -> str:
        """The hand-over's id, the same at both sides and in every attempt."""
        return str(self.verdi["overfoering_id"])

    @property
    def side(self) -> Side:
        """Ours in this hand-over."""
        return Side(self.verdi["side"])

    @property
    def tilstand(self) -> Tilstand:
        """Where it stands."""
        return Tilstand(self.verdi["tilstand"])

    @property
    def forsoek(self) -> int:
        """The attempt, from 1."""
        return int(self.verdi["forsoek"])

    @property
    def merke(self) -> str:
        """What the lock of the package is bound to."""
        return f"{self.id}:{self.forsoek}"

    def grunnlag(self) -> Grunnlag:
        """What it stands on, put together from both halves."""
        chosen = json.loads(self.verdi["utvalg"])
        lukket = self.lukket
        return Grunnlag(
            maaltype=Maaltype(self.verdi["maaltype"]),
            begrunnelse=Begrunnelse(self.verdi["begrunnelse"]),
            mottaker=lukket.motpart,
            enhet=Enhet(lukket.virksomhet, lukket.virksomhet_navn),
            rettet=Rettet(lukket.rettet),
            person=lukket.person,
            utvalg=tuple(chosen["oppmerksomheter"]),
            tillegg=tuple(Tillegg(one) for one in chosen["tillegg"]),
            samtykke=self.verdi["samtykke"],
            lest_av=lukket.lest_av,
            informert=lukket.informert,
            hoert=lukket.hoert,
            ord=lukket.ord,
        )


_NAMES = frozenset(f.name for f in fields(Lukket))


def _label(overfoering_id: str, forsoek: int, side: str) -> str:
    return f"overfoering:{overfoering_id}:{forsoek}:{side}"


SEALED = (
    SealedColumn(x.overfoering.c.lukket, lambda r: _label(r.overfoering_id, r.forsoek, r.side)),
)
"""What the ring itself seals here."""


def seal(ring: KeyRing, lukket: Lukket, overfoering_id: str, forsoek: int, side: str) -> bytes:
    """The guarded part, sealed."""
    told = {f.name: getattr(lukket, f.name) for f in fields(lukket)}
    body = json.dumps(told, sort_keys=True).encode()
    return ring.seal(body, _label(overfoering_id, forsoek, side))


def opened(ring: KeyRing, row: Any) -> Rad:
    """A row with its guarded part open. A field of a newer version of us is passed over."""
    value = dict(row._mapping)
    label = _label(value["overfoering_id"], value["forsoek"], value["side"])
    told = json.loads(ring.open(bytes(value["lukket"]), label))
    return Rad(value, Lukket(**{k: v for k, v in told.items() if k in _NAMES}))


def state_all(connection: sa.Connection, ring: KeyRing, tenant: str) -> None:
    """State what waits of the newest attempt of every hand-over, each from its last change. One
    whose guarded part does not open waits all the same, for a leader: the rest is not lost for it.
    """
    rows = connection.execute(
        sa.select(x.overfoering)
        .where(x.overfoering.c.tenant == tenant)
        .order_by(x.overfoering.c.forsoek)
    ).all()
    for row in {(row.side, row.overfoering_id): row for row in rows}.values():
        try:
            rad = opened(ring, row)
        except LocalFault:
            rad = Rad(dict(row._mapping), Lukket())
        waits.state(connection, rad, row.endret)


def blank(tenant: str, side: Side, overfoering_id: str, forsoek: int, now: str) -> dict[str, Any]:
    """Every column of a new row."""
    return {
        "tenant": tenant, "side": side.value, "overfoering_id": overfoering_id,
        "forsoek": forsoek, "tilstand": Tilstand.INGEN.value, "versjon": 0, "kode": "",
        "logg": "", "system": "", "ref": "", "maaltype": "", "begrunnelse": "", "kanal": "",
        "antall": 0, "utvalg": '{"oppmerksomheter": [], "tillegg": []}', "samtykke": "",
        "aksept_id": "", "gruppe": "", "lukket": b"", "noekkel": "", "nyttelast": "",
        "nyttelast_sha": "", "content_sha": "", "frist": "", "neste": "", "paaminnet": 0,
        "etterarbeid": "", "forsoekt": 0, "nr_ut": 0, "hode_ut": GENESIS, "nr_inn": 0,
        "opprettet": now, "endret": now, "oedelegges": "", "varsle": "", "brev": "",
    }  # fmt: skip


def where(tenant: str, side: Side, overfoering_id: str, forsoek: int) -> sa.ColumnElement[bool]:
    """The one row."""
    return sa.and_(
        x.overfoering.c.tenant == tenant,
        x.overfoering.c.side == side.value,
        x.overfoering.c.overfoering_id == overfoering_id,
        x.overfoering.c.forsoek == forsoek,
    )


def load(verk: Overfoeringsverk, side: Side, overfoering_id: str, forsoek: int = 0) -> Rad | None:
    """A row; the newest attempt when none is named."""
    with verk.arkiv.database.look() as connection:
        return load_in(connection, verk, side, overfoering_id, forsoek)


def load_in(
    connection: sa.Connection,
    verk: Overfoeringsverk,
    side: Side,
    overfoering_id: str,
    forsoek: int = 0,
    *,
    lock: bool = False,
) -> Rad | None:
    """As `load`, in a transaction of the caller's."""
    wanted = sa.select(x.overfoering).where(
        x.overfoering.c.tenant == verk.tenant,
        x.overfoering.c.side == side.value,
        x.overfoering.c.overfoering_id == overfoering_id,
    )
    if forsoek:
        wanted = wanted.where(x.overfoering.c.forsoek == forsoek)
    wanted = wanted.order_by(x.overfoering.c.forsoek.desc()).limit(1)
    row = connection.execute(wanted.with_for_update() if lock else wanted).first()
    return opened(verk.arkiv.ring, row) if row else None


def existing(verk: Overfoeringsverk, side: Side, overfoering_id: str) -> Rad:
    """The newest attempt. Raises Rejected("UKJENT_OVERFOERING"), or OVERFOERING_ANNEN_SIDE for one
    that we have, on the other side: the place says which, and where it stands."""
    found = load(verk, side, overfoering_id)
    if found is None:
        other = Side.AVGIVER if side is Side.MOTTAKER else Side.MOTTAKER
        known = load(verk, other, overfoering_id)
        if known is not None:
            place = f"{overfoering_id[:40]}:{other.value} {known.tilstand.value}"
            raise Rejected("OVERFOERING_ANNEN_SIDE", place=place)
        raise Rejected("UKJENT_OVERFOERING", place=overfoering_id[:40])
    return found


def insert(connection: sa.Connection, verk: Overfoeringsverk, rad: Rad) -> bool:
    """A new row; False when it was there."""
    sealed = seal(verk.arkiv.ring, rad.lukket, rad.id, rad.forsoek, rad.side.value)
    new = insert_new(connection, x.overfoering, rad.verdi | {"lukket": sealed})
    if new:
        waits.state(connection, rad, verk.stamp())
    return new


def change(
    connection: sa.Connection,
    verk: Overfoeringsverk,
    rad: Rad,
    values: dict[str, Any],
    lukket: Lukket | None = None,
) -> Rad:
    """Change exactly the row that was read. Raises Conflict("OVERFOERING_ENDRET")."""
    new = dict(values) | {"versjon": rad.verdi["versjon"] + 1, "endret": verk.stamp()}
    if (
        rad.verdi["varsle"] == waits.SETT
        and new.get("kode", rad.verdi["kode"]) != rad.verdi["kode"]
    ):
        new.setdefault("varsle", "")  # what was seen was another code
    guarded = rad.lukket if lukket is None else lukket
    if lukket is not None:
        new["lukket"] = seal(verk.arkiv.ring, lukket, rad.id, rad.forsoek, rad.side.value)
    changed = connection.execute(
        x.overfoering.update()
        .where(
            where(verk.tenant, rad.side, rad.id, rad.forsoek),
            x.overfoering.c.versjon == rad.verdi["versjon"],
        )
        .values(**new)
    ).rowcount
    if not changed:
        raise Conflict("OVERFOERING_ENDRET", place=rad.id)
    made = Rad(rad.verdi | new, guarded)
    waits.state(connection, made, verk.stamp())
    return made


MANY, EACH = 1500, 500
"""Open rows at the receiver before anybody counts, and of one counterpart then."""


def too_many(connection: sa.Connection, verk: Overfoeringsverk, motpart: str) -> bool:
    """Whether one counterpart has so much open here that a person could not see the others'.

    Who a row is with stands sealed, so it is counted first when there are many in all.
    """
    is_open = (
        x.overfoering.c.tenant == verk.tenant,
        x.overfoering.c.side == Side.MOTTAKER.value,
        x.overfoering.c.tilstand.not_in([one.value for one in ENDT]),
    )
    counted = sa.select(sa.func.count()).select_from(x.overfoering).where(*is_open)
    if connection.execute(counted).scalar_one() < MANY:
        return False
    rows = connection.execute(sa.select(x.overfoering).where(*is_open)).all()
    return sum(opened(verk.arkiv.ring, row).lukket.motpart == motpart for row in rows) >= EACH


def open_for(connection: sa.Connection, verk: Overfoeringsverk, rad: Rad) -> None:
    """This log has an open hand-over, and no other (E-2). Raises Conflict."""
    key = {"tenant": verk.tenant, "side": rad.side.value, "logg": rad.verdi["logg"]}
    made = insert_new(connection, x.aapen, key | {"overfoering_id": rad.id, "forsoek": rad.forsoek})
    if made:
        return
    row = connection.execute(
        sa.select(x.aapen).where(*(x.aapen.c[name] == value for name, value in key.items()))
    ).first()
    if row is None:  # it ended at this very moment
        raise Conflict("OVERFOERING_ENDRET", place=rad.id)
    if row.overfoering_id != rad.id:
        raise Conflict("OVERFOERING_PAAGAAR", place=rad.verdi["logg"])
    connection.execute(
        x.aapen.update()
        .where(*(x.aapen.c[name] == value for name, value in key.items()))
        .values(forsoek=rad.forsoek)
    )


def close_for(connection: sa.Connection, verk: Overfoeringsverk, rad: Rad) -> None:
    """The hand-over is over; a new one may begin. What is SPERRET keeps its place."""
    if rad.tilstand in ENDT and rad.tilstand is not Tilstand.SPERRET:
        connection.execute(
            x.aapen.delete().where(
                x.aapen.c.tenant == verk.tenant,
                x.aapen.c.side == rad.side.value,
                x.aapen.c.logg == rad.verdi["logg"],
                x.aapen.c.overfoering_id == rad.id,
            )
        )


def refs_of(verk: Overfoeringsverk, logg: str) -> set[str]:
    """Where in our system a log has stood, by the hand-overs it has been in."""
    with verk.arkiv.database.look() as connection:
        found = connection.execute(
            sa.select(x.overfoering.c.ref).where(
                x.overfoering.c.tenant == verk.tenant,
                x.overfoering.c.system == verk.arkiv.system,
                x.overfoering.c.logg == logg,
                x.overfoering.c.ref != "",
            )
        ).scalars()
        return {str(ref) for ref in found}
