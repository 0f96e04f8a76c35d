"""Open the house for a command, and close it again whatever happens."""

import os
import sys
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

from gateway import app, log, places
from gateway.app import House
from gateway.cli import exits
from gateway.cli.console import Speaker, config_folder
from gateway.cli.doubting import first_doubt, refuse
from gateway.effects.route import Route
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import GatewayError, Rejected
from gateway.ledger import trust
from gateway.ledger.presence import too_open
from gateway.settings.load import Settings, load
from gateway.staff.member import Acting
from gateway.staff.roles import Act
from gateway.texts.catalogue import Catalogue


@contextmanager
def house(config: Path | None, kommune: str, *, stating: bool = True) -> Iterator[House]:
    """Settings, ledger and keys; `stating` as `app.open_house`."""
    log.set_up(os.environ.get("STAFETT_LOG", "WARNING"))
    opened = app.open_house(load(config_folder(config), kommune), stating=stating)
    try:
        warn(opened.settings)
        yield opened
    except GatewayError as error:
        wrong = trust.of_anchor(opened.database)
        unknown = error.code.startswith("UKJENT_") or error.code in exits.CODES
        if wrong is not None and unknown:
            # What is not here may stand in the ledger that is newer than this one.
            refuse(wrong)
        raise
    finally:
        opened.close()


def warn(settings: Settings) -> None:
    """Say on stderr what others on this machine may read of ours, and the command that mends it."""
    wide = too_open(places.data_folder(settings), places.key_file(settings))
    if not wide:
        return
    told = Catalogue(settings.gateway.language).code("FOR_AAPEN")
    print(f"FOR_AAPEN: {told.what} {told.do}", file=sys.stderr)
    for path in wide:
        print(f"  chmod {'700' if path.is_dir() else '600'} {path}", file=sys.stderr)


def warn_of_counterparts(opened: House, verk: Overfoeringsverk) -> None:
    """Say on stderr whom nothing can be sealed to, before a hand-over to them is wanted."""
    texts = Catalogue(opened.settings.gateway.language)
    for place, lacks in verk.unreachable():
        told = texts.code(lacks)
        print(f"{lacks} ({place}): {told.what} {told.do}", file=sys.stderr)


@contextmanager
def route(opened: House, source: str, target: str, *, back: bool = False) -> Iterator[Route]:
    """A route between two systems; with `back`, from one to itself."""
    made = app.open_route(opened, source, target, back=back)
    try:
        yield made
    finally:
        made.source.close()
        made.target.close()


def acting(opened: House, ref: str, act: Act, only: Iterable[str] = ()) -> Acting:
    """Who acts, as the staff file has them. Raises LocalFault and Rejected, as `Staff.acting`."""
    return app.open_staff(opened).acting(ref, act, only=only)


def may_see(opened: House, ref: str, act: Act) -> Acting | None:
    """Who looks at a list that has something sealed in it, or None for whoever does not say who
    they are or has none of the roles: they see the rest. Raises as `acting` for anything else."""
    if not ref.strip():
        return None
    try:
        return acting(opened, ref, act)
    except Rejected as error:
        if error.code != "FEIL_ROLLE":
            raise
        return None


def speaker(opened: House, *, as_json: bool) -> Speaker:
    """Speaks the configured language; of a ledger that does not pass through its anchor it says
    that before anything else, whatever it is to say."""
    told = Speaker(as_json=as_json, language=opened.settings.gateway.language)
    wrong = trust.of_anchor(opened.database)
    if wrong is not None:
        told.first = lambda: first_doubt(told, wrong)
    return told
