"""Change the key of the ring: what the old one sealed is sealed by a new one, and then it is gone.

The new key is in the key file, first, before it seals anything; the old one leaves the file when
nothing is left that only it opens. Stopped anywhere between, whoever begins again goes on. Nobody
else may work in the house meanwhile: they would seal with a key that is leaving. The old key is
laid beside the key file, for copies of the ledger from before; nothing that stands opens with it.
"""

from dataclasses import dataclass
from pathlib import Path

from gateway import app, places
from gateway.clock import Clock
from gateway.effects.moving import sealed as moves
from gateway.effects.transferring import etterspoersler, rader
from gateway.engine import resealing as engine
from gateway.engine.durable import open_engine
from gateway.errors import LocalFault
from gateway.ledger import form, keys, resealing
from gateway.ledger.chain import Fact, append
from gateway.ledger.database import translated
from gateway.ledger.keys import KeyRing
from gateway.settings.load import Settings

COLUMNS = (resealing.SETTINGS, *rader.SEALED, *etterspoersler.SEALED, *moves.SEALED)
"""Everywhere the ring seals a value itself; payloads have their owners' keys, the engine its own
rows."""


@dataclass(frozen=True, slots=True)
class Rotated:
    """What a rotation did. `values` were sealed anew, `retired` are the ids of keys that left."""

    key: str
    retired: tuple[str, ...]
    values: int
    resumed: bool
    laid: tuple[Path, ...]


def rotate(settings: Settings, clock: Clock | None = None) -> Rotated:
    """Make a new key and retire the old one, or go on where one that was stopped got to.

    A ring that stands in the environment is its owner's to change: with two keys or more there,
    all is sealed by the first, and the others may be taken away. Raises LocalFault: as
    `open_house` and `keys.replace_file`, "NOEKKEL_I_MILJOE" for a ring in the environment with one
    key, "HOVEDBOK_FORM_ENDRET" for a ledger with something in it that is not ours, and
    "NOEKKEL_IKKE_ALT" should anything be left that the new key does not open.
    """
    path = places.key_file(settings)
    ring = places.key_ring(settings)
    if keys.in_environment(settings.gateway.key_env):
        path = None
    resumed = len(ring.keys) > 1
    if not resumed:
        if path is None:
            raise LocalFault("NOEKKEL_I_MILJOE", place=settings.gateway.key_env)
        # A ring that opens the ledger, and nobody else in the house: then it may be added to.
        house = app.open_house(settings, clock, alone=True)
        try:
            _whole(house)
            keys.replace_file(path, keys.with_new_first(ring))
        finally:
            house.close()
    return _seal_anew(settings, clock, path, resumed=resumed)


def _seal_anew(
    settings: Settings, clock: Clock | None, path: Path | None, *, resumed: bool
) -> Rotated:
    house = app.open_house(settings, clock, alone=True)
    try:
        _whole(house)
        ring = house.ring
        old = tuple(list(ring.keys)[1:])
        values = sum(resealing.column(house.database, ring, one) for one in COLUMNS)
        values += resealing.payloads(house.database, house.store)
        rows = open_engine(settings.gateway.database, places.data_folder(settings))
        try:
            with translated():
                values += engine.reseal(rows, ring)
                left = engine.reseal(rows, ring)
        finally:
            rows.dispose()
        if left or resealing.sealed_otherwise(house.database, ring, COLUMNS):
            raise LocalFault("NOEKKEL_IKKE_ALT", place="ledger")
        laid = tuple(_laid(path, ring, kid) for kid in old) if path else ()
        with house.database.begin() as connection:
            fact = Fact("noekkel", body={"to": ring.first, "retired": list(old), "values": values})
            append(connection, house.clock.now().isoformat(), [fact])
        if path is not None:
            keys.replace_file(path, KeyRing({ring.first: ring.keys[ring.first]}))
        return Rotated(ring.first, old, values, resumed, laid)
    finally:
        house.close()


def _whole(house: app.House) -> None:
    """Raise LocalFault, before any seal is changed, for a ledger that may not be written or has
    another form than ours: a key that is retired would live on in what is laid aside there."""
    house.database.anchored.require()
    with house.database.look() as connection:
        found = next(form.wrong(connection, form.LEDGER), None)
    if found is None and house.database.sqlite:
        with house.database.look_bulk() as connection:
            found = next(form.wrong(connection, form.PAYLOAD), None)
    if found is not None:
        raise LocalFault(found.code, place=found.table)


def _laid(path: Path, ring: KeyRing, kid: str) -> Path:
    """The retired key in a file of its own."""
    own = keys.laid(path, kid)
    keys.replace_file(own, KeyRing({kid: ring.keys[kid]}))
    return own
