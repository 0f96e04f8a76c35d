"""Wiring: the only file that looks systems up by name.

A system is a folder: `connectors/<name>/connector.py` gives `open_connector` and
`mappings/<name>/mapping.py` gives `MAPPING`. Nothing else in the gateway may import either.
"""

import hashlib
import importlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Any, cast

from gateway.adresseregister import FileRegister
from gateway.clock import Clock, SystemClock
from gateway.effects.archiving.receivers import Varselmottaker
from gateway.effects.archiving.unopened import Unopened
from gateway.effects.archiving.verk import Arkivmaal, Verk
from gateway.effects.route import Limits, Route
from gateway.errors import GatewayError, LocalFault
from gateway.ledger import room
from gateway.ledger.database import Database
from gateway.ledger.keys import KeyRing
from gateway.ledger.presence import Presence, enter
from gateway.ledger.schema import prepare
from gateway.ledger.store import PayloadStore
from gateway.places import anchor_file, data_folder, key_ring, retired_key
from gateway.plan.draft import Pair, Restore, Settle
from gateway.policy.context import Minimering, Policyramme, Samtykkeregler, Signatar
from gateway.ports.archive import Archive
from gateway.ports.connector import Confirmation, Connector, ConnectorSettings, Operation
from gateway.ports.folkeregister import Folkeregister
from gateway.ports.forsegling import Konvolutt
from gateway.ports.mapping import SystemMapping
from gateway.settings.load import Settings, secret
from gateway.settings.models import Kommune, System, Tjeneste, Varselmappe
from gateway.settings.ran_under import ran_under
from gateway.staff.staff import Staff
from gateway.stated import state_all


def systems() -> list[str]:
    """Names of every system with both a connector and a mapping, sorted."""
    connectors = importlib.import_module("connectors")
    root = Path(connectors.__path__[0])
    return sorted(folder.parent.name for folder in root.glob("*/connector.py"))


def sandboxes() -> list[str]:
    """Names of every connector whose sandbox can be started alone, sorted."""
    root = Path(importlib.import_module("connectors").__path__[0])
    return sorted(main.parents[1].name for main in root.glob("*/sandbox/__main__.py"))


def _named(name: str) -> str:
    if name not in systems():
        raise LocalFault("UKJENT_SYSTEM", place=name[:40])
    return name


def mapping(name: str) -> SystemMapping:
    """The mapping of a system. Raises LocalFault("UKJENT_SYSTEM")."""
    module = importlib.import_module(f"mappings.{_named(name)}.mapping")
    return cast(SystemMapping, module.MAPPING)


def operations(name: str) -> Sequence[Operation]:
    """What a system offers, each operation with its provenance."""
    module = importlib.import_module(f"connectors.{_named(name)}.connector")
    return cast(Sequence[Operation], module.OPERATIONS)


@dataclass(frozen=True)
class House:
    """An opened gateway: settings, ledger and keys. Close it when done."""

    settings: Settings
    database: Database
    store: PayloadStore
    ring: KeyRing
    clock: Clock
    presence: Presence

    def require_room(self) -> None:
        """Raise LocalFault("DISK_FULL") unless as much is free as the configuration wants before
        a piece of work (`min_free_mb`)."""
        room.require(self.database.folder, self.settings.gateway.min_free_mb * 1024 * 1024)

    def close(self) -> None:
        """Close the database, and leave."""
        self.database.close()
        self.presence.leave()


def open_house(
    settings: Settings, clock: Clock | None = None, *, alone: bool = False, stating: bool = True
) -> House:
    """Open ledger and keys; with `alone`, only when nobody else has them open on this machine.
    Without `stating` what a ledger from before lacks is not written: who proves it changes nothing.

    Raises LocalFault with a wrong key, a missing one or no room, and "HOVEDBOK_I_BRUK" for
    somebody else at work.
    """
    own = clock or SystemClock()
    gateway = settings.gateway
    presence = enter(data_folder(settings), alone=alone)
    try:
        # Read once we are in: who is alone may be changing it.
        ring = key_ring(settings)
        database = Database(gateway.database, data_folder(settings), anchor_file(settings))
        try:
            try:
                ring = prepare(database, ring)
            except LocalFault as error:
                lies = retired_key(settings, database) if error.code == "NOEKKEL_FEIL" else ""
                raise LocalFault("NOEKKEL_UTGAATT", place=lies) if lies else error from None
            patience = {name: system.seen_within for name, system in gateway.systems.items()}
            if stating and not (database.anchored.doubt or database.anchored.stopped):
                # A target that is not set up any more has what is usual.
                orgnr = settings.kommune.orgnr
                state_all(database, ring, own, orgnr, lambda t: patience.get(t, 120.0))
        except BaseException:
            database.close()
            raise
    except BaseException:
        presence.leave()
        raise
    store = PayloadStore(database, ring, own)
    return House(settings, database, store, ring, own, presence)


def open_staff(house: House) -> Staff:
    """Our staff, as the municipality's file has them; a municipality without one has nobody."""
    kommune = house.settings.kommune
    path = kommune.ansatte.fil or kommune.overfoering.ansattfil
    return Staff(house.settings.path(path) if path else None, house.clock)


def reach(settings: Settings, name: str, config: Tjeneste) -> ConnectorSettings:
    """What a connector needs to reach its service, secret included."""
    base = config.base_url.rstrip("/")
    return ConnectorSettings(
        system=name,
        # An archive's one main address is its own to spell: a slash at the end may matter.
        base_url=base if isinstance(config, System) else config.base_url,
        token_url=config.token_url or base + "/connect/token",
        client_id=config.client_id,
        client_secret=secret(name, config, settings) if config.client_id else "",
        tenant=settings.kommune.orgnr,
        scope=config.scope,
        options=config.options,
        confirmed={op: Confirmation(c.av, c.dato) for op, c in config.confirmed.items()},
        timeout=config.timeout,
        deadline=config.deadline,
        attempts=config.attempts,
        retry_budget=config.retry_budget,
        breaker_failures=config.breaker_failures,
        breaker_pause=config.breaker_pause,
        page_size=config.page_size,
    )


def connect(settings: Settings, name: str) -> Connector:
    """A connector to a configured system. Nothing that is not configured is ever called."""
    config = settings.gateway.systems.get(_named(name))
    if config is None:
        raise LocalFault("SYSTEM_IKKE_KONFIGURERT", place=name)
    made = reach(settings, name, config)
    module = importlib.import_module(f"connectors.{name}.connector")
    return cast(Connector, module.open_connector(made))


def archive_kinds() -> list[str]:
    """Names of every kind of archive a connector speaks, sorted."""
    connectors = importlib.import_module("connectors")
    root = Path(connectors.__path__[0])
    return sorted(folder.parent.name for folder in root.glob("*/arkiv.py"))


def archive_operations(kind: str) -> Sequence[Operation]:
    """What a kind of archive offers, each operation with its provenance."""
    if kind not in archive_kinds():
        raise LocalFault("UKJENT_ARKIV", place=kind[:40])
    module = importlib.import_module(f"connectors.{kind}.arkiv")
    return cast(Sequence[Operation], module.OPERATIONS)


_UNOPENED_PACE = 600
"""Refusals a minute; nothing is sent, so nobody is spared by fewer."""


def open_archive(settings: Settings, name: str) -> Arkivmaal:
    """A configured archive by its name. Nothing that is not configured is ever called."""
    config = settings.gateway.archives.get(name)
    if config is None:
        raise LocalFault("ARKIV_IKKE_KONFIGURERT", place=name[:40])
    if config.kobling not in archive_kinds():
        raise LocalFault("UKJENT_ARKIV", place=config.kobling[:40])
    module = importlib.import_module(f"connectors.{config.kobling}.arkiv")
    archive = cast(Archive, module.open_archive(reach(settings, config.kobling, config)))
    return Arkivmaal(name, archive, config.per_minutt, config.ro_sekunder)


def _named_archive(settings: Settings, name: str) -> Arkivmaal:
    """An archive the municipality names; one that cannot be opened stands there and refuses."""
    try:
        return open_archive(settings, name)
    except GatewayError as error:
        return Arkivmaal(name, Unopened(error), per_minutt=_UNOPENED_PACE)


def open_verk(house: House, system: str) -> Verk:
    """The archive works of one source: every archive the municipality names is opened."""
    settings = house.settings
    kommune = settings.kommune
    register = kommune.adressesperre.registerfil
    source = connect(settings, system)
    archives: dict[str, Arkivmaal] = {}
    try:
        for name in kommune.arkiv.maal:
            archives[name] = _named_archive(settings, name)
    except BaseException:
        close_verk(source, archives)
        raise
    return Verk(
        system=system,
        source=source,
        mapping=mapping(system),
        kommune=kommune,
        archives=archives,
        database=house.database,
        store=house.store,
        ring=house.ring,
        clock=house.clock,
        register=FileRegister(settings.path(register) if register else None, house.clock),
        frame=frame(settings, system, house.clock),
        receivers=tuple(_receiver(settings, *one) for one in kommune.varsler.items()),
    )


def _receiver(settings: Settings, name: str, config: Varselmappe) -> Varselmottaker:
    """One of the municipality's own systems that are told of logs."""
    envelope = None
    if config.sertifikat is not None:
        module = importlib.import_module("connectors.forsegling.konvolutter")
        envelope = cast(Konvolutt, module.open_konvolutt(settings.path(config.sertifikat)))
    return Varselmottaker(name, settings.path(config.mappe), config.fra_foer, envelope)


REGISTER = "folkeregister"
"""The population register's folder in connectors/."""


def register_operations() -> Sequence[Operation]:
    """What the population register offers, each operation with its provenance."""
    module = importlib.import_module(f"connectors.{REGISTER}.register")
    return cast(Sequence[Operation], module.OPERATIONS)


def open_register(settings: Settings) -> Folkeregister:
    """The population register. Raises LocalFault when it is not configured."""
    config = settings.gateway.folkeregister
    if config is None:
        raise LocalFault("FOLKEREGISTER_IKKE_SATT_OPP", place=REGISTER)
    # Maskinporten takes a signed grant: there is a key and no secret, so none is looked for.
    made = reach(settings, REGISTER, config.model_copy(update={"client_id": ""}))
    paths = {
        name: str(settings.path(Path(value)))
        for name, value in config.options.items()
        if name in {"noekkel", "sertifikat"}
    }
    made = replace(made, client_id=config.client_id, options={**config.options, **paths})
    module = importlib.import_module(f"connectors.{REGISTER}.register")
    return cast(Folkeregister, module.open_register(made))


def close_verk(source: Connector, archives: Mapping[str, Arkivmaal]) -> None:
    """Close every connection of an archive works."""
    source.close()
    for maal in archives.values():
        maal.archive.close()


def frame(settings: Settings, target: str, clock: Clock) -> Policyramme:
    """The policy frame of this municipality towards a target."""
    kommune: Kommune = settings.kommune
    return Policyramme(
        now=clock.now(),
        kommunenummer=kommune.nummer,
        production=settings.gateway.environment == "production",
        samtykke=Samtykkeregler(
            egen_alder=kommune.samtykke.egen_alder,
            under=Signatar(kommune.samtykke.under),
            fra=Signatar(kommune.samtykke.fra),
            alle_foresatte=kommune.samtykke.felles_foreldreansvar == "alleSignerer",
        ),
        minimering=Minimering(
            med_bilde=kommune.overfoering.med_bilde,
            med_presentasjon=kommune.overfoering.med_presentasjon,
        ),
        redigering_timer=kommune.redigering_timer,
        target_reads_whole_log=settings.gateway.systems[target].reads_whole_log,
    )


def pair(source: str, target: str, tenant: str) -> Pair:
    """Two mappings and the laws between them."""
    books: Any = importlib.import_module("mappings.books")
    restore: Any = importlib.import_module("mappings.restore")
    return Pair(
        mapping(source),
        mapping(target),
        cast(Settle, books.settle),
        cast(Restore, restore.restore),
        tenant,
    )


def open_route(house: House, source: str, target: str, *, back: bool = False) -> Route:
    """A route between two configured systems; with `back`, from a system to itself, for a version
    that is brought back there. Raises LocalFault when one is not configured."""
    if (source == target) is not back:
        raise LocalFault("SAMME_SYSTEM", place=source[:40])
    settings = house.settings
    register = settings.kommune.adressesperre.registerfil
    return Route(
        source_name=source,
        target_name=target,
        source=connect(settings, source),
        target=connect(settings, target),
        pair=pair(source, target, settings.kommune.orgnr),
        database=house.database,
        store=house.store,
        ring=house.ring,
        clock=house.clock,
        register=FileRegister(settings.path(register) if register else None, house.clock),
        frame=frame(settings, target, house.clock),
        limits=Limits(
            chunk=settings.gateway.chunk,
            max_shrink_percent=settings.gateway.max_shrink_percent,
            min_free_mb=settings.gateway.min_free_mb,
            snapshot_first=bool(settings.kommune.arkiv.maal),
            seen_within=settings.gateway.systems[target].seen_within,
            source_contract=settings.gateway.systems[source].contract,
            target_contract=settings.gateway.systems[target].contract,
        ),
        staff=open_staff(house),
        under=under(settings, source, target),
    )


def under(settings: Settings, source: str, target: str) -> dict[str, str]:
    """What a run between two systems is carried out under: settings, mappings and the model."""
    code = {f"mappings.{name}": _code_of(f"mappings.{name}") for name in (source, target)}
    code |= {"mappings": _code_of("mappings"), "modell": _code_of("schemas.stafettlogg")}
    return ran_under(settings, source, target, code)


@cache
def _code_of(package: str) -> str:
    """SHA-256 of a package's own modules, in the order of their names."""
    made = hashlib.sha256()
    for folder in importlib.import_module(package).__path__:
        for path in sorted(Path(folder).glob("*.py")):
            made.update(path.name.encode() + b"\0" + path.read_bytes())
    return made.hexdigest()
