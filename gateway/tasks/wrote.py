"""Which run a command is to name: the one that wrote a log last, or that began it and did not end.

Looked up in the ledger when somebody is told what to do; nothing is decided by it.
"""

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa

from gateway.ledger import tables as t
from gateway.run.rows import DONE, written_in

_GONE = frozenset({"MAAL_BORTE", "ANNEN_LOGG"})


def run_for(connection: sa.Connection, code: str, plan: Mapping[str, Any], logg: str) -> str:
    """The run that a remedy of this code names, or an empty string when there is none."""
    if code in _GONE:
        return _newest(connection, plan, logg, plan["source"], plan["target"], ended=True)
    if code == "HALVSKREVET_HER":
        return _newest(connection, plan, logg, plan["target"], plan["source"], ended=False)
    return ""


def run_of_creation(connection: sa.Connection, target: str, tenant: str, logg: str) -> str:
    """The newest run that parked a log that may have been made, or the one that sent it; empty
    when it was a hand-over that did."""
    parked = connection.execute(
        sa.select(t.run.c.run_id)
        .select_from(DONE)
        .where(
            *written_in(target, tenant),
            t.effect.c.logg == logg,
            t.effect.c.code == "KANSKJE_OPPRETTET",
        )
        .order_by(t.run.c.started.desc())
        .limit(1)
    ).scalar()
    sent = connection.execute(
        sa.select(t.run.c.run_id)
        .join(t.creation, t.creation.c.run_id == t.run.c.run_id)
        .where(
            t.creation.c.target == target,
            t.creation.c.tenant == tenant,
            t.creation.c.logg == logg,
        )
        .limit(1)
    ).scalar()
    return str(parked or sent or "")


def _newest(
    connection: sa.Connection,
    plan: Mapping[str, Any],
    logg: str,
    source: str,
    target: str,
    *,
    ended: bool,
) -> str:
    done = t.effect.c.state == "ferdig"
    found = connection.execute(
        sa.select(t.run.c.run_id)
        .select_from(DONE)
        .where(
            *written_in(target, plan["tenant"]),
            t.plan.c.source == source,
            t.effect.c.logg == logg,
            done if ended else sa.not_(done),
        )
        .order_by(t.run.c.started.desc())
        .limit(1)
    ).scalar()
    return str(found or "")
