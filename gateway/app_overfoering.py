"""The wiring of hand-overs: the part of `app` that looks channels and keys up by name.

A channel is a folder: `connectors/<name>/kanal.py` gives `open_kanal`. Nothing else in the gateway
may import one.
"""

import importlib
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import cast

from gateway.app import (
    House,
    close_verk,
    open_register,
    open_staff,
    open_verk,
    reach,
    systems,
)
from gateway.effects.transferring.intern import InternKanal
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import LocalFault
from gateway.nettregister import Nettregister, Registre
from gateway.places import data_folder
from gateway.ports.connector import Operation
from gateway.ports.ekko import Ekkokanal
from gateway.ports.forsegling import Forsegler, Motpartsfiler
from gateway.ports.kanal import Kanal
from gateway.ports.paths import joined, several
from gateway.settings.load import Settings


def channel_kinds() -> list[str]:
    """Names of every kind of channel between municipalities, sorted."""
    connectors = importlib.import_module("connectors")
    root = Path(connectors.__path__[0])
    return sorted(folder.parent.name for folder in root.glob("*/kanal.py") if _is_channel(folder))


def _is_channel(path: Path) -> bool:
    """Some connectors have a `kanal.py` of their own that is no channel between municipalities."""
    return "def open_kanal(" in path.read_text(encoding="utf-8")


def channel_operations(kind: str) -> Sequence[Operation]:
    """What a kind of channel offers, each operation with its provenance."""
    if kind not in channel_kinds():
        raise LocalFault("UKJENT_KANAL", place=kind[:40])
    module = importlib.import_module(f"connectors.{kind}.kanal")
    return cast(Sequence[Operation], module.OPERATIONS)


def open_channel(settings: Settings, name: str, *, listening: bool) -> Kanal:
    """A configured channel. One that can listen does so only in the process that serves."""
    config = settings.gateway.kanaler.get(name)
    if config is None:
        raise LocalFault("KANAL_IKKE_KONFIGURERT", place=name[:40])
    if config.kobling not in channel_kinds():
        raise LocalFault("UKJENT_KANAL", place=config.kobling[:40])
    module = importlib.import_module(f"connectors.{config.kobling}.kanal")
    options = dict(config.options)
    if not listening and "lytt" in options:
        options["lytt"] = ""
    for option in getattr(module, "STIER", ()):
        if options.get(option):
            options[option] = str(settings.path(Path(options[option])))
    for option in getattr(module, "STILISTER", ()):
        options[option] = joined(settings.path(path) for path in several(options.get(option, "")))
    if getattr(module, "TILLIT", ""):
        _readable(settings, name)
        # What vouches for a signature vouches for nobody on the line: no authorities here.
        options[module.TILLIT] = "".join(
            f"{orgnr}={settings.path(path)}\n"
            for orgnr, one in settings.motparter.items()
            if one.kanal == name
            for path in one.tls or one.sertifikater
        )
    made = replace(reach(settings, config.kobling, config), options=options)
    return cast(Kanal, module.open_kanal(made))


def open_sealer(settings: Settings) -> Forsegler:
    """Our keys and everybody's certificates. Raises LocalFault("OVERFOERING_IKKE_SATT_OPP")."""
    own = settings.kommune.overfoering
    if own.noekkel is None or own.sertifikat is None:
        raise LocalFault("OVERFOERING_IKKE_SATT_OPP", place="overfoering.noekkel")
    certificate = settings.path(own.sertifikat)
    _readable(settings)
    known = {
        orgnr: Motpartsfiler(
            *(
                [settings.path(path) for path in paths]
                for paths in (one.sertifikater, one.utstedere, one.signerer, one.aapner)
            )
        )
        for orgnr, one in settings.motparter.items()
    }
    # Within one municipality the packages are sealed to ourselves.
    given = own.dekrypteringssertifikat
    opens = settings.path(given) if given is not None else None
    known[settings.kommune.orgnr] = Motpartsfiler(
        [certificate], aapner=[opens] if opens is not None else []
    )
    module = importlib.import_module("connectors.forsegling.forsegler")
    return cast(
        Forsegler,
        module.open_forsegler(
            settings.path(own.noekkel),
            certificate,
            [settings.path(path) for path in own.dekryptering],
            known,
            dekrypteringssertifikat=opens,
        ),
    )


_LISTS = ("sertifikater", "utstedere", "signerer", "aapner", "tls")


def _readable(settings: Settings, channel: str = "") -> None:
    """Every certificate of a counterpart (of those on this channel, when one is named) can be read.

    Raises LocalFault with the counterpart's number, the list and the place in it: whoever mends it
    finds the file by that, and the error tells nobody whom we talk to.
    """
    read = importlib.import_module("connectors.fiks.noekler").read_certificates
    for nr, one in enumerate(settings.motparter.values(), 1):
        if channel and one.kanal != channel:
            continue
        for field in _LISTS:
            for place, path in enumerate(getattr(one, field), 1):
                where, file = f"motpart {nr}: {field} nr. {place}", settings.path(path)
                code = "" if file.is_file() else "SERTIFIKATFIL_MANGLER"
                try:
                    code = code or (read(file) and "")
                except LocalFault as error:
                    code = error.code
                if code:
                    raise LocalFault(code, place=where)


def holder_by_number(system: str) -> bool:
    """Whether a system takes no relay holder without a number: its connector says so."""
    if system not in systems():
        raise LocalFault("UKJENT_SYSTEM", place=system[:40])
    module = importlib.import_module(f"connectors.{system}.connector")
    return bool(getattr(module, "HOLDERNUMMER", False))


def open_transfers(house: House, *, listening: bool = False) -> Overfoeringsverk:
    """The hand-over works of this municipality. Close it with `close_transfers`."""
    settings = house.settings
    own = settings.kommune.overfoering
    if not own.system:
        raise LocalFault("OVERFOERING_IKKE_SATT_OPP", place="overfoering.system")
    sealer = open_sealer(settings)
    verk = open_verk(house, own.system)
    registre = None
    wanted = {*own.kanaler, *(one.kanal for one in settings.motparter.values())} - {"manuell"}
    kanaler: dict[str, Kanal] = {"intern": InternKanal(data_folder(settings) / "intern")}
    try:
        if settings.gateway.folkeregister is not None:
            registre = Registre(verk.register, Nettregister(open_register(settings)))
            verk = replace(verk, register=registre)
        for name in sorted(wanted):
            kanaler[name] = open_channel(settings, name, listening=listening)
            if listening:
                _answer_echoes(kanaler[name], sealer, settings.kommune.orgnr)
    except BaseException:
        close_verk(verk.source, verk.archives)
        if registre is not None:
            registre.online.close()
        for kanal in kanaler.values():
            kanal.close()
        raise
    return Overfoeringsverk(
        verk,
        sealer,
        kanaler,
        settings.motparter,
        open_staff(house),
        registre=registre,
        holder_med_nummer=holder_by_number(own.system),
    )


def _answer_echoes(kanal: Kanal, sealer: Forsegler, orgnr: str) -> None:
    """Where a channel has an echo, the process that listens answers it."""
    if isinstance(kanal, Ekkokanal):
        module = importlib.import_module("connectors.forsegling.ekko")
        kanal.svar_ekko(module.Ekkosvarer(sealer, orgnr).svar)


def close_transfers(verk: Overfoeringsverk) -> None:
    """Close every connection of the hand-over works."""
    for kanal in verk.kanaler.values():
        kanal.close()
    if verk.registre is not None:
        verk.registre.online.close()
    close_verk(verk.arkiv.source, verk.arkiv.archives)


def practice_keys(folder: Path, orgnr: str) -> tuple[Path, Path]:
    """A key and a certificate for practice on this machine, made at first use."""
    module = importlib.import_module("connectors.forsegling.oevingsnoekler")
    return cast(tuple[Path, Path], module.make(folder, orgnr))


def practice_number(born: date) -> str:
    """An invented person's number for that birth date: month + 80, the same every time."""
    module = importlib.import_module("connectors.sandbox.synthetic")
    return cast(str, module.national_id(born, module.seeded("oeving", born.isoformat())))
