"""Commands that only look: systems, mapping, sandbox."""

import importlib
import sys
from pathlib import Path

from gateway import app, app_overfoering
from gateway.cli.console import Speaker, config_folder
from gateway.errors import GatewayError, LocalFault
from gateway.ports.connector import Provenance
from gateway.settings.load import load


def systems(config: Path | None, kommune: str, as_json: bool) -> None:
    """Every system, kind of archive and kind of channel: its operations and their provenance."""
    speaker = Speaker(as_json=as_json)
    try:
        settings = load(config_folder(config), kommune)
        configured = set(settings.gateway.systems)
        configured |= {one.kobling for one in settings.gateway.archives.values()}
        configured |= {one.kobling for one in settings.gateway.kanaler.values()}
        configured |= {app.REGISTER} if settings.gateway.folkeregister else set()
    except GatewayError:
        configured = set()
    offered = {name: app.operations(name) for name in app.systems()}
    offered |= {kind: app.archive_operations(kind) for kind in app.archive_kinds()}
    offered[app.REGISTER] = app.register_operations()
    for kind in app_overfoering.channel_kinds():
        # A service may be an archive and a channel; what both use stands once.
        both = (*offered.get(kind, ()), *app_overfoering.channel_operations(kind))
        offered[kind] = tuple(dict.fromkeys(both))
    rows = [
        (name, op.name, op.provenance.value, op.call, op.source, op.effects)
        for name, operations in offered.items()
        for op in operations
    ]
    for name in offered:
        mine = [row for row in rows if row[0] == name]
        counts = {p: sum(1 for row in mine if row[2] == p.value) for p in Provenance}
        state = "satt opp" if name in configured else "ikke satt opp"
        speaker.say(f"{name} ({state}): " + ", ".join(f"{n} {p.value}" for p, n in counts.items()))
    speaker.say()
    speaker.table(
        ("system", "operasjon", "kilde", "kall", "hvorfra", "virkning"), rows, "operations"
    )
    speaker.end()


def mapping(system: str, as_json: bool) -> None:
    """The coverage table of one system."""
    speaker = Speaker(as_json=as_json)
    rows = [(r.wire, r.canonical, r.codec, r.reason) for r in app.mapping(system).coverage()]
    without = sum(1 for row in rows if row[3])
    speaker.table(
        ("felt hos systemet", "felt hos oss", "oversettelse", "begrunnelse"), rows, "rows"
    )
    speaker.say(f"\n{len(rows) - without} felt oversettes, {without} har en begrunnelse.")
    speaker.end()


def sandbox(
    system: str,
    port: int | None,
    data: Path,
    fill: int,
    corpus: bool,
    seed: int,
    tenant: str,
    register: Path | None,
) -> None:
    """Run a sandbox in this process until it is stopped: a system of logs, or any other we have."""
    if system not in app.sandboxes():
        raise LocalFault("UKJENT_SYSTEM", place=system[:40])
    module = importlib.import_module(f"connectors.{system}.sandbox.__main__")
    words = ["--data", str(data)]
    if system in app.systems():
        port = port or 0
        words += ["--fill", str(fill), "--seed", str(seed)]
        words += ["--corpus"] if corpus else []
        words += ["--tenant", tenant] if tenant else []
    words += [] if port is None else ["--port", str(port)]
    words += ["--register", str(register)] if register else []
    sys.argv = [system, *words]
    module.main()
