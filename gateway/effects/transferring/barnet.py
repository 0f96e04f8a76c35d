"""Does a child have another active log here? Answered from our own system's logs, whenever asked.

The logs are taken in as every other job does, so an unchanged log costs its place in the listing.
Each is read once in each version, and what is kept of it is its id and, while it is active, one
keyed pseudonym for each number of the child; this file alone writes them. A passive log is history
and stands in nobody's way. A source that cannot be asked is no answer: what it raises is raised.
Without a number in common nothing is said of anybody.
"""

import sqlalchemy as sa

from gateway import log
from gateway.effects.one_log import of_one_log
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import Conflict, GatewayError, Transient
from gateway.exit.creations import Creations, of_number
from gateway.ledger import tables as t
from gateway.ledger import transfer_tables as x
from gateway.ledger.upsert import insert_new
from gateway.nettregister import numbers
from schemas.stafettlogg.kodeverk import Loggstatus
from schemas.stafettlogg.logg import Stafettlogg

BATCH = 50
_OF_LOG = ""
"""The pseudonym of the row that every log has, with a number in it or not."""


def another(verk: Overfoeringsverk, logg: Stafettlogg) -> bool:
    """Whether the child of a log has another active log in our system.

    Raises Transient when that cannot be asked now; nothing has been decided then.
    """
    own = _numbers(logg)
    if not own:
        return False
    try:
        if verk.registre is not None:
            # What was a D-number in our log may be another number in the one that comes.
            own |= verk.registre.online.others(tuple(sorted(own)))
        look_over(verk)
        persons = sorted(of_number(verk.arkiv.ring, number) for number in own)
        return _indexed(verk, persons, logg.id) or _made(verk, persons, logg.id)
    except GatewayError as error:
        raise Transient(error.code, place=error.place) from None


def _numbers(logg: Stafettlogg) -> frozenset[str]:
    child = next((p for p in logg.personer if p.id == logg.hovedperson.person), None)
    return frozenset(numbers(child)) if child is not None else frozenset()


def _indexed(verk: Overfoeringsverk, persons: list[str], logg: str) -> bool:
    with verk.arkiv.database.look() as connection:
        found = connection.execute(
            sa.select(x.kjent.c.logg)
            .where(*_ours(verk), x.kjent.c.person.in_(persons), x.kjent.c.logg != logg)
            .limit(1)
        ).first()
    return found is not None


def _made(verk: Overfoeringsverk, persons: list[str], logg: str) -> bool:
    """What was made here and seen since, and no listing shows yet."""
    arkiv = verk.arkiv
    for ref in Creations(arkiv.database, arkiv.clock, arkiv.system, verk.tenant).seen_of(
        persons, logg
    ):
        try:
            arkiv.source.document(ref)
        except Conflict as error:
            if error.code != "BORTE":
                raise
        else:
            return True
    return False


def look_over(verk: Overfoeringsverk) -> None:
    """Take in what changed and note whose it is. Raises what the source raises."""
    owner = f"overfoering:{verk.arkiv.system}"[:40]
    verk.arkiv.puller().run(owner)
    for part in _changed(verk, owner):
        bodies = verk.arkiv.store.get_many(payload for _, _, payload in part)
        for ref, version, payload in part:
            _note(verk, ref, version, bodies[payload])
    _forget(verk, owner)


def _changed(verk: Overfoeringsverk, owner: str) -> list[list[tuple[str, str, str]]]:
    """(ref, version, payload) of every listed log that is not noted as it stands, in batches."""
    noted = sa.and_(
        *_ours(verk), x.kjent.c.ref == t.record.c.ref, x.kjent.c.person == _OF_LOG,
        x.kjent.c.version == t.record.c.version,
    )  # fmt: skip
    with verk.arkiv.database.look() as connection:
        rows = connection.execute(
            sa.select(t.record.c.ref, t.record.c.version, t.record.c.payload, t.record.c.code)
            .join(t.manifest, t.manifest.c.ref == t.record.c.ref)
            .outerjoin(x.kjent, noted)
            .where(
                t.manifest.c.owner == owner,
                t.manifest.c.phase == "foer",
                t.record.c.system == verk.arkiv.system,
                t.record.c.tenant == verk.tenant,
                x.kjent.c.ref.is_(None),
            )
            .order_by(t.manifest.c.nr)
        ).all()
    for row in rows:
        if row.code or not row.payload:
            # One log nobody can read is that log's, and keeps nobody else's from being set up.
            log.get("barnet").warning("unread", code=row.code or "KILDE_BORTE", place=row.ref)
    readable = [(r.ref, r.version, r.payload) for r in rows if r.payload and not r.code]
    return [readable[start : start + BATCH] for start in range(0, len(readable), BATCH)]


def _note(verk: Overfoeringsverk, ref: str, version: str, body: bytes) -> None:
    try:
        logg = verk.arkiv.decode(body)
    except Exception as error:
        own = of_one_log(error)
        if own is None:
            raise
        log.get("barnet").warning("unread", code=own.code, place=ref)
        return
    found = _numbers(logg) if logg.status is Loggstatus.AKTIV else frozenset()
    people = [of_number(verk.arkiv.ring, number) for number in sorted(found)]
    with verk.arkiv.database.begin() as connection:
        connection.execute(x.kjent.delete().where(*_ours(verk), x.kjent.c.ref == ref))
        for person in (*people, _OF_LOG):
            insert_new(
                connection,
                x.kjent,
                {"tenant": verk.tenant, "system": verk.arkiv.system, "ref": ref, "person": person,
                 "version": version, "logg": logg.id},
            )  # fmt: skip


def _forget(verk: Overfoeringsverk, owner: str) -> None:
    """A log that is in no listing is nobody's log here."""
    listed = sa.select(t.manifest.c.ref).where(
        t.manifest.c.owner == owner, t.manifest.c.phase == "foer"
    )
    with verk.arkiv.database.begin() as connection:
        connection.execute(x.kjent.delete().where(*_ours(verk), x.kjent.c.ref.not_in(listed)))


def _ours(verk: Overfoeringsverk) -> tuple[sa.ColumnElement[bool], ...]:
    return x.kjent.c.tenant == verk.tenant, x.kjent.c.system == verk.arkiv.system
