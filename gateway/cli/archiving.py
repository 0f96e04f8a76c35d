"""Commands of archiving: what is due, a night, what waits, confirming, deleting."""

import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path
from typing import Any, NoReturn

from gateway import app, places
from gateway.app import House
from gateway.arkiv.utloeser import Utloeser, Utloest
from gateway.cli.archivestatus import statuses, waits_of
from gateway.cli.console import Speaker
from gateway.cli.doubting import telling
from gateway.cli.exits import OK, REMOTE, TO_DO
from gateway.cli.flagged import unmade_of
from gateway.cli.opening import house, speaker
from gateway.effects.archiving import deleting, overview, rechecking, unmade
from gateway.effects.archiving import stopped as stopping
from gateway.effects.archiving.collect import Collected, collect, hasten, order
from gateway.effects.archiving.verk import Verk, stamp
from gateway.engine import archiving
from gateway.errors import GatewayError, LocalFault
from gateway.ledger import naming, trust
from gateway.ledger.sweep import sweep
from gateway.ports.archive import ArchiveFacts, Proevd, Rehearsed
from gateway.texts.catalogue import Catalogue

_POLL = 0.2


@contextmanager
def works(opened: House, system: str) -> Iterator[Verk]:
    """The archive works of one source, closed again whatever happens."""
    verk = app.open_verk(opened, system)
    try:
        yield verk
    finally:
        app.close_verk(verk.source, verk.archives)


def check(config: Path | None, kommune: str, as_json: bool) -> None:
    """Ask each archive the municipality names what it is, and try what a night will need."""
    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        texts = Catalogue(told.language)
        rows: list[tuple[str, ...]] = []
        tried: list[tuple[str, str, str, str]] = []
        wrong: list[tuple[str, str]] = []
        well: set[str] = set()
        for name in opened.settings.kommune.arkiv.maal:
            try:
                facts, trials = _asked(opened, name)
            except GatewayError as error:
                rows.append((name, "", "", "", error.code))
                wrong.append((error.code, error.place))
                continue
            back = texts.label("ja" if facts.reads_back else "nei")
            rows.append((name, facts.product, facts.contract, back, ""))
            tried += [(name, one.hva, one.sted, one.kode) for one in trials]
            wrong += [(one.kode, f"{name} {one.sted}".strip()) for one in trials if one.kode]
            if not any(one.kode for one in trials):
                well.add(name)
        told.table(("arkiv", "produkt", "kontrakt", "kan leses tilbake", "kode"), rows, "archives")
        told.say()
        words = [(name, texts.label(f"proeve_{hva}"), *rest) for name, hva, *rest in tried]
        told.table(("arkiv", "prøvd", "sted", "kode"), tried, "tried", words)
        for code, place in dict.fromkeys(wrong):
            text = texts.code(code)
            told.say(f"\n{code} [{place}]: {text.what}\n  Gjør dette: {text.do}")
        now = stamp(opened.clock.now())
        stopping.goes(opened.database, opened.settings.kommune.orgnr, now, well)
        told.end(REMOTE if wrong else OK)


def _asked(opened: House, name: str) -> tuple[ArchiveFacts, tuple[Proevd, ...]]:
    """What an archive says it is, and each thing that was tried. Raises GatewayError."""
    maal = app.open_archive(opened.settings, name)
    try:
        facts = maal.archive.facts()
        tries = maal.archive.rehearse() if isinstance(maal.archive, Rehearsed) else ()
        return facts, tries
    finally:
        maal.archive.close()


def recheck(
    system: str, snapshot_id: str, sample: int, config: Path | None, kommune: str, as_json: bool
) -> None:
    """Look at some receipts again: fetch the bytes once more, and compare."""
    with house(config, kommune) as opened, works(opened, system) as verk:
        told = speaker(opened, as_json=as_json)
        found = rechecking.recheck(verk, sample, snapshot_id, rested=timedelta(0))
        told.say(
            f"{found.looked} kvitteringer sett på igjen: {found.right} er hele og rette"
            f" ({found.proved} av dem var bare bekreftet før), {found.unseen} kan arkivet ikke"
            f" vise, {len(found.wrong)} er ikke lenger det som ble fryst"
        )
        told.give(looked=found.looked, right=found.right, proved=found.proved, unseen=found.unseen)
        if found.wrong:
            told.table(("uttak", "arkiv", "kode"), found.wrong, "wrong")
            told.say("De venter på et menneske: stafett archive show --waiting")
        else:
            told.give(wrong=[])
        if found.stopped:
            _shut(found.stopped, told)
            told.end(REMOTE)
        told.end(TO_DO if found.wrong else OK)


def due(system: str, config: Path | None, kommune: str, as_json: bool) -> None:
    """Look at the source and make the jobs that are due; nothing is frozen or sent."""
    with house(config, kommune) as opened, works(opened, system) as verk:
        told = speaker(opened, as_json=as_json)
        tick_id = overview.LOOK + opened.clock.new_id()[:16]
        archiving.open_tick(opened, verk, tick_id)
        try:
            found = collect(verk, tick_id, spread=True)
            archiving.keep_found(opened, tick_id, found)
        finally:
            archiving.close_tick(opened, verk, tick_id)
        _found(found, told)
        statuses(opened, verk, told)
        told.end(TO_DO if found.named else OK)


def _found(found: Collected, told: Speaker) -> None:
    texts = Catalogue(told.language)
    told.say(
        f"{found.listed} logger sett, {found.fetched} hentet på nytt, {found.unread} kan ikke leses"
    )
    rows = [(texts.label("utloeser_" + name), count) for name, count in sorted(found.due.items())]
    told.table(("utløser", "logger"), rows, "due")
    told.say(f"{found.made} nye jobber")
    told.give(listed=found.listed, unread=found.unread, made=found.made)
    named(told, found.named)


def named(told: Speaker, logs: Mapping[str, tuple[str, str]]) -> None:
    """The logs that could not be looked at, each by ref with its code and place, and what to do."""
    if not logs:
        return
    texts = Catalogue(told.language)
    rows = [(ref, code, place) for ref, (code, place) in sorted(logs.items())]
    told.say()
    told.table(("logg", "kode", "sted"), rows, "named")
    for code in sorted({code for _, code, _ in rows}):
        text = texts.code(code)
        told.say(f"{code}: {text.what}\n  Gjør dette: {text.do}")


def unread_of(looks: list[dict[str, Any]], told: Speaker) -> int:
    """Say which logs could not be looked at in the newest look at each source, and what to do.
    Returns how many."""
    rows = [(one["system"], one["ref"], one["kode"], one["sted"], one["tid"][:10]) for one in looks]
    texts = Catalogue(told.language)
    told.give(unread=[dict(zip(_UNREAD, row, strict=True)) for row in rows])
    if rows:
        told.say(f"\n{texts.label('archive_unread')}:")
        told.table(_UNREAD, rows, "unread")
    for code in sorted({row[2] for row in rows}):
        text = texts.code(code)
        told.say(f"\n{code}: {text.what}\n  Gjør dette: {text.do}")
    return len(rows)


_UNREAD = ("system", "i kilden", "kode", "sted", "sett")


def run(
    system: str,
    logg: str,
    why: str,
    slot: str,
    config: Path | None,
    kommune: str,
    as_json: bool,
) -> None:
    """One round of archiving now: look, freeze, deliver, read back."""
    with house(config, kommune) as opened:
        opened.require_room()
        told = speaker(opened, as_json=as_json)
        tick_id = "haand:" + opened.clock.new_id()[:24]
        with works(opened, system) as verk:
            if not verk.archives:
                raise LocalFault("ARKIV_IKKE_SATT_OPP", place="arkiv.maal")
            archiving.open_tick(opened, verk, tick_id)
            if logg:
                found = _ordered(opened, verk, logg, why, tick_id)
            else:
                sweep(opened.database, opened.store, opened.clock.now())
                found = collect(verk, tick_id, spread=False)
                archiving.keep_found(opened, tick_id, found)
                hasten(verk)
            _found(found, told)
        _worked(opened, system, tick_id, slot, told, f"stafett archive run {system}")
        with works(opened, system) as verk:
            told.give(tick=tick_id)
            told.end(_outcome(opened, verk, told, tick_id))


def _worked(
    opened: House, system: str, tick_id: str, slot: str, told: Speaker, command: str
) -> None:
    """Work a tick's lanes to their end, and those a killed round left; then close them all.
    `command` goes on with what is left when somebody stops it."""
    from gateway.cli import interrupt

    with interrupt.working(opened, slot, told, command) as worker:
        worker.submit_tick(tick_id)
        going = archiving.open_ticks(opened, system)
        while any(worker.tick_alive(name) for name in going):
            worker.check()
            time.sleep(_POLL)
    with works(opened, system) as verk:
        for name in going:
            archiving.close_tick(opened, verk, name)


def migration(
    opened: House, system: str, plan_id: str, refs: list[str], slot: str, told: Speaker
) -> dict[str, int]:
    """Freeze what a plan will send and start it towards the archive; counts of job states."""
    tick_id = "flytt:" + opened.clock.new_id()[:24]
    with works(opened, system) as verk:
        archiving.open_tick(opened, verk, tick_id)
        order(verk, refs, Utloest(Utloeser.MIGRERING, plan_id))
    _worked(opened, system, tick_id, slot, told, f"stafett migrate {plan_id}")
    if archiving.code_of(opened, tick_id) == "DISK_FULL":
        # What is not frozen would be held by the gate, and the plan be spent.
        raise LocalFault("DISK_FULL", place="min_free_mb")
    return dict(overview.of_period(opened.database, verk.tenant, plan_id))


def _ordered(opened: House, verk: Verk, logg: str, why: str, tick_id: str) -> Collected:
    """The job of one log, for a reason a person gives."""
    if why not in {one.value for one in Utloeser}:
        raise LocalFault("UKJENT_UTLOESER", place=why[:40])
    pulled = verk.puller().run(tick_id)
    ref = deleting.ref_of(verk, naming.named(opened.database, verk.tenant, logg, verk.system))
    found = Collected(listed=pulled.listed, fetched=pulled.fetched)
    return order(verk, [ref], Utloest(Utloeser(why), tick_id), found)


def _outcome(opened: House, verk: Verk, told: Speaker, tick_id: str) -> int:
    texts = Catalogue(told.language)
    counts = overview.deliveries(opened.database, verk.tenant)
    rows = [
        (archive, texts.label("levering_" + state), count)
        for archive, states in sorted(counts.items())
        for state, count in sorted(states.items())
    ]
    told.say()
    told.table(("arkiv", "tilstand", "uttak"), rows, "deliveries")
    statuses(opened, verk, told)
    stopped = archiving.code_of(opened, tick_id)
    if stopped:
        text = texts.code(stopped)
        told.say(f"{stopped}: {text.what}\n  Gjør dette: {text.do}")
        told.give(stopped=stopped)
    left = overview.waiting(opened.database, verk.tenant, verk.now())
    if left:
        made_of = waits_of(left, texts)
        told.say(f"{len(left)} venter på et menneske ({made_of}): stafett archive show --waiting")
    told.give(waiting=len(left))
    if shut := stopping.stopped(opened.database, verk.tenant):
        _shut(shut, told)
        return REMOTE
    return TO_DO if left or stopped else OK


def _shut(shut: Mapping[str, str], told: Speaker) -> None:
    """Say which archives nothing goes to as they are set up, and what to do."""
    texts = Catalogue(told.language)
    told.say()
    told.table(("arkiv", "kode"), sorted(shut.items()), "shut")
    for code in sorted(set(shut.values())):
        text = texts.code(code)
        told.say(f"{code}: {text.what}\n  Gjør dette: {text.do}")
    told.say("Ingenting går dit før det er rettet. Prøv med: stafett archive check")


def show(what: str, waiting: bool, config: Path | None, kommune: str, as_json: bool) -> None:
    """What waits, one snapshot, or one log's timeline."""
    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        tenant = opened.settings.kommune.orgnr
        if waiting or not what:
            _waiting(opened, tenant, told)
        if show_snapshot(opened, what, told):
            told.end(OK)
        _timeline(opened, tenant, what, told)


def _waiting(opened: House, tenant: str, told: Speaker) -> NoReturn:
    """What waits for a person, and what could not be looked at."""
    texts = Catalogue(told.language)
    with telling(told, trust.of_archive(opened.database, tenant)):
        left = overview.waiting(opened.database, tenant, stamp(opened.clock.now()))
        rows = [tuple(one.values()) for one in left]
        columns = ("uttak", "logg", "arkiv", "tilstand", "kode", "sted", "frist")
        words = [(*row[:3], texts.label(f"levering_{row[3]}"), *row[4:]) for row in rows]
        told.table(columns, rows, "waiting", words)
        for code in sorted({one["kode"] for one in left if one["kode"]}):
            text = texts.code(code)
            told.say(f"\n{code}: {text.what}\n  Gjør dette: {text.do}")
        unread = unread_of(overview.unread(opened.database, tenant), told)
        if shut := stopping.stopped(opened.database, tenant):
            _shut(shut, told)
        told.end(TO_DO if left or unread or shut else OK)
    told.end(OK)


def _timeline(opened: House, tenant: str, logg: str, told: Speaker) -> NoReturn:
    """What happened to one log's archiving."""
    texts = Catalogue(told.language)
    logg = naming.named(opened.database, tenant, logg)
    with telling(told, trust.doubt(opened.database, (), logg=logg)):
        rows = [tuple(one.values()) for one in overview.timeline(opened.database, tenant, logg)]
        if not rows:
            told.say(texts.label("nothing"))
        named = [(nr, at, texts.label("hendelse_" + kind), *rest) for nr, at, kind, *rest in rows]
        told.table(("nr", "tid", "hva", "uttak", "arkiv", "kode", "nummer"), named, "timeline")
        told.end(OK)
    told.end(OK)


def show_snapshot(opened: House, what: str, told: Speaker) -> bool:
    """A snapshot's hashes, files and deliveries; False when the id is something else's."""
    if overview.snapshot(opened.database, what) is None:
        return False
    with telling(told, trust.doubt(opened.database, (what,))):
        _snapshot(opened, what, told)
        told.end(OK)
    return True


def _snapshot(opened: House, what: str, told: Speaker) -> None:
    found = overview.snapshot(opened.database, what) or {}
    texts = Catalogue(told.language)
    told.say(
        f"Uttak {what} av logg {found['logg']}, versjon {found['version']}, "
        f"fryst {found['frozen_at']} ({texts.label('utloeser_' + found['utloeser'])})"
    )
    files = [(f["nr"], f["filnavn"], f["format"], f["size"], f["sha"]) for f in found["files"]]
    told.table(("nr", "fil", "format", "bytes", "sha256"), files, "files")
    told.say()
    unmade_of(unmade.files_of(found), told)
    sent = [
        (d["archive"], texts.label("levering_" + d["state"]), d["nummer"] or d["journalpost"] or "",
         (d["verified_at"] or "") if d["state"] == "arkivert" else "", d["code"] or "")
        for d in found["deliveries"]
    ]  # fmt: skip
    told.table(("arkiv", "tilstand", "nummer", "lest tilbake", "kode"), sent, "deliveries")
    told.give(snapshot=what, logg=found["logg"], version=found["version"])


def report(
    language: str, out: Path | None, system: str, config: Path | None, kommune: str, as_json: bool
) -> None:
    """The night's report."""
    from gateway.report.archive import build, write

    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        kom = opened.settings.kommune
        with telling(told, trust.of_archive(opened.database, kom.orgnr, (system,))):
            facts = build(opened.database, kom.orgnr, system, kom.arkiv.maal)
            folder = out or places.data_folder(opened.settings) / "reports"
            html, data = write(facts, folder, language or opened.settings.gateway.language)
            told.give(html=str(html), json=str(data))
            told.say(f"{html}\n{data}")
            told.end(OK)
