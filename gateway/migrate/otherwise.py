"""What was written and read back otherwise than promised, and has not been agreed on since.

A plan the same way offers these again. Asked of the ledger alone: what a system has come to show
after it was read back is for the reconciliation to find.
"""

import sqlalchemy as sa

from gateway.effects.route import Route
from gateway.ledger import tables as t
from gateway.migrate.steps import Broken
from gateway.run.agreed import Agreed


def read_otherwise(
    connection: sa.Connection, route: Route, agreed: dict[str, Agreed]
) -> dict[str, Broken]:
    """Source ref -> what the run that agreed last on a log was to write, where it was read back
    otherwise and nothing has been agreed since."""
    last = {(one.run_id, one.logg): ref for ref, one in agreed.items()}
    if not last:
        return {}
    own = t.effect.c
    rows = connection.execute(
        sa.select(own.run_id, own.logg, own.target_ref, own.sent).where(
            own.outcome == "drifted",
            own.state == "ferdig",
            own.logg.in_([logg for _run, logg in last]),
            own.run_id.in_({run for run, _logg in last}),
        )
    ).all()
    # The run may have gone the other way: then what stands otherwise stands in our source.
    return {
        last[row.run_id, row.logg]: Broken(row.target_ref, row.sent)
        for row in rows
        if (row.run_id, row.logg) in last
        and agreed[last[row.run_id, row.logg]].of(route.target_name).ref == row.target_ref
    }
