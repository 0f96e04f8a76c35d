"""Where somebody has changed a log in a target since the two systems agreed: asked when shown.

A clash is decided by versions alone, so its step holds no place. Reads the one document that stands
now and holds it against what was agreed; places only, nothing is kept and nothing is written.
"""

from gateway.effects.route import Route
from gateway.plan.draft import held
from gateway.run.agreed import PairKey, by_logg, ids_of
from gateway.run.rules.edits import edits


def edited(route: Route, logg: str) -> tuple[str, ...]:
    """The places, by the names they are signed by; sorted. Raises the target's GatewayError."""
    pair = PairKey.of(route.source_name, route.target_name, route.tenant)
    with route.database.look() as connection:
        agreed = by_logg(connection, pair, logg)
    if agreed is None:
        return ()
    side, mapping = agreed.of(route.target_name), route.pair.target
    ids = ids_of(route.store, side.ids)
    was = held(mapping, route.store.get(side.doc), route.tenant, ids)
    now = held(mapping, route.target.document(side.ref).body, route.tenant, ids)
    return tuple(place.name for place in sorted(edits(was, now, mapping.assigned)))
