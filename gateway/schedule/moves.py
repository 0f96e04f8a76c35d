"""One round of move hints for whoever decides when: open, work, close, and tell in counts."""

from collections.abc import Iterator
from contextlib import ExitStack, contextmanager

from gateway import app
from gateway.app import House
from gateway.effects.moving import runde
from gateway.effects.moving.flytteverk import Flytteverk, Kilde, Runde
from gateway.errors import LocalFault
from gateway.kommuneliste import called, load


def wanted(house: House) -> bool:
    """Whether the municipality has switched move hints on, and the register is set up."""
    settings = house.settings
    return bool(settings.kommune.flyttehint.kilder) and settings.gateway.folkeregister is not None


@contextmanager
def works(house: House) -> Iterator[Flytteverk]:
    """The works of move hints, closed again whatever happens.

    Raises LocalFault when they are not switched on or not set up.
    """
    settings = house.settings
    kommune = settings.kommune
    config = settings.gateway.folkeregister
    if not kommune.flyttehint.kilder:
        raise LocalFault("FLYTTING_IKKE_SATT_OPP", place="flyttehint.kilder")
    if config is None:
        raise LocalFault("FOLKEREGISTER_IKKE_SATT_OPP", place="folkeregister")
    liste = load(settings.path(config.kommuneliste))
    hjem = called(liste, kommune.nummer, house.clock.now().date())
    with ExitStack() as stack:
        register = app.open_register(settings)
        stack.callback(register.close)
        kilder: dict[str, Kilde] = {}
        for name in kommune.flyttehint.kilder:
            source = app.connect(settings, name)
            stack.callback(source.close)
            kilder[name] = Kilde(source, app.mapping(name))
        yield Flytteverk(
            kilder=kilder,
            register=register,
            liste=liste,
            hjem=hjem,
            kommune=kommune,
            database=house.database,
            store=house.store,
            ring=house.ring,
            clock=house.clock,
        )


def run(house: House, *, everybody: bool = False, look_over: bool = False) -> Runde:
    """A round. `everybody` at the first of a process: a restart may have missed something (E-3).

    Raises GatewayError; nothing is lost by it, and the next round goes on.
    """
    with works(house) as verk:
        return runde.run(verk, everybody=everybody, look_over=look_over)
