"""Write the notices that are due into the folders of the municipality's own systems.

A notice is a row of its own for each receiver, first a row and a file after: a crash between the
two loses none, a folder that is away is another's no concern, and the same notice is the same file
name. A protected family is told of to nobody (C-4): that is asked as the file is written, and what
is held is asked about again at the next look.
"""

import hashlib
from collections import defaultdict
from collections.abc import Iterable

import sqlalchemy as sa

from gateway import log
from gateway.arkiv.utloeser import Sett
from gateway.arkiv.varsel import AAPNET, FINNES, events, stands
from gateway.effects import gate
from gateway.effects.archiving.receivers import Varselmottaker
from gateway.effects.archiving.verk import Verk
from gateway.effects.one_log import of_one_log
from gateway.errors import LocalFault
from gateway.ledger import archive_tables as a
from gateway.ledger.chain import Fact, append
from gateway.ledger.upsert import insert_new
from gateway.texts.catalogue import Catalogue
from schemas.stafettlogg.identifikator import NUMBERED, classify
from schemas.stafettlogg.kodeverk import Hovedpersontype, Identtype, Loggstatus
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.person import Person

_ORDER = (Identtype.FNR, Identtype.SYNTETISK, Identtype.DNR)
_BORN = frozenset({Hovedpersontype.BARN, Hovedpersontype.UNGDOM})
_OPEN = ("planlagt", "holdt")


def told(connection: sa.Connection, verk: Verk, loggs: Iterable[str]) -> set[tuple[str, str]]:
    """(log, receiver) of those that have been told, or are about to be, that a log is there."""
    if not verk.receivers:
        return set()
    rows = connection.execute(
        sa.select(a.notice.c.logg, a.notice.c.receiver).where(
            a.notice.c.tenant == verk.tenant,
            a.notice.c.system == verk.system,
            a.notice.c.logg.in_(list(loggs)),
            a.notice.c.hendelse.in_((AAPNET, FINNES)),
        )
    )
    return {(row.logg, row.receiver) for row in rows}


def plan(
    connection: sa.Connection,
    verk: Verk,
    logg: Stafettlogg,
    looks: tuple[Sett, Sett],
    known: set[tuple[str, str]],
    *,
    first_look: bool,
) -> None:
    """Write down what is to be told, in the transaction that remembers the look. `looks` are the
    one before and this one; `known` is what `told` gave."""
    before, after = looks
    happened = events(before, after, first_look=first_look)
    for to in verk.receivers:
        was_told = not to.fra_foer or (logg.id, to.navn) in known
        for one in (*happened, *stands(after, happened, told=was_told)):
            text = "\x1f".join((verk.tenant, verk.system, logg.id, one.hendelse, str(one.number)))
            row = {
                "notice_id": _of(_hash(text), to),
                "tenant": verk.tenant,
                "system": verk.system,
                "logg": logg.id,
                "hendelse": one.hendelse,
                "dato": verk.today().isoformat(),
                "state": "planlagt",
                "receiver": to.navn,
            }
            insert_new(connection, a.notice, row)


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:32]


def _of(event: str, to: Varselmottaker) -> str:
    return _hash(f"{event}\x1f{to.navn}")


def tell(verk: Verk, loggs: dict[str, Stafettlogg]) -> int:
    """Write the files of open notices about these logs. Returns how many were written."""
    receivers = {to.navn: to for to in verk.receivers}
    with verk.database.begin() as connection:
        _shared_out(connection, verk, loggs)
        rows = connection.execute(
            sa.select(a.notice)
            .where(
                a.notice.c.tenant == verk.tenant,
                a.notice.c.system == verk.system,
                a.notice.c.state.in_(_OPEN),
                a.notice.c.logg.in_(list(loggs)),
                a.notice.c.receiver.in_(list(receivers)),
            )
            .order_by(a.notice.c.dato, a.notice.c.notice_id)
        ).all()
    became: dict[tuple[str, str], list[sa.Row[tuple[str, ...]]]] = defaultdict(list)
    for row in rows:
        outcome = _told(verk, row, loggs[row.logg], receivers[row.receiver])
        if outcome is not None and outcome != (row.state, row.code or ""):
            became[outcome].append(row)
    if became:
        _remember(verk, became)
    return sum(len(found) for (state, _code), found in became.items() if state == "skrevet")


def _told(
    verk: Verk, row: sa.Row[tuple[str, ...]], logg: Stafettlogg, to: Varselmottaker
) -> tuple[str, str] | None:
    """What became of one notice: its state and code; None while its receiver cannot be told."""
    if row.hendelse == FINNES and logg.status is not Loggstatus.AKTIV:
        return "utgaatt", ""  # it is not so any more
    name = f"{row.dato}-{row.hendelse}-{row.logg}"
    try:
        notice = gate.Notice(name, _text(verk, row, logg), _number(verk, logg))
        code = gate.notify(verk, logg, to, notice)
    except Exception as error:
        # Another system's folder that is away never stops the archive, nor does one log that
        # cannot be told of; told at the next look.
        fault = error if isinstance(error, LocalFault) else of_one_log(error)
        if fault is None:
            raise
        log.get("notices").error("notice", code=fault.code, place=f"{row.logg}: {fault.place}")
        return None
    return ("holdt", code) if code else ("skrevet", "")


def _remember(verk: Verk, became: dict[tuple[str, str], list[sa.Row[tuple[str, ...]]]]) -> None:
    with verk.database.begin() as connection:
        facts = []
        for (state, code), rows in became.items():
            connection.execute(
                a.notice.update()
                .where(a.notice.c.notice_id.in_([row.notice_id for row in rows]))
                .values(state=state, code=code or None)
            )
            for row in rows:
                body = {"hendelse": row.hendelse, "kode": code, "mottaker": row.receiver}
                if state == "utgaatt":
                    body["utgaatt"] = True
                facts.append(Fact("varsel", logg=row.logg, body=body))
        append(connection, verk.now(), facts)


def _shared_out(connection: sa.Connection, verk: Verk, loggs: Iterable[str]) -> None:
    """A row from before was every folder's: each receiver gets its own of it."""
    rows = connection.execute(
        sa.select(a.notice).where(
            a.notice.c.tenant == verk.tenant,
            a.notice.c.state == "planlagt",
            a.notice.c.receiver == "",
            a.notice.c.logg.in_(list(loggs)),
        )
    ).all()
    for row in rows:
        for to in verk.receivers:
            own = {"notice_id": _of(row.notice_id, to), "receiver": to.navn}
            insert_new(connection, a.notice, dict(row._mapping) | own)
        connection.execute(a.notice.delete().where(a.notice.c.notice_id == row.notice_id))


def _text(verk: Verk, row: sa.Row[tuple[str, ...]], logg: Stafettlogg) -> str:
    """Lines a person can copy: what, when, which unit, and where the log is found."""
    texts = Catalogue(verk.kommune.maalform)
    unit = next((u.navn or "" for u in logg.virksomheter if u.id == logg.ansvarlig_virksomhet), "")
    unit = "" if _is_a_number(unit, logg) else unit
    person = _main(logg)
    lines = [
        texts.label("varsel_" + row.hendelse),
        f"{texts.label('varsel_dato')}: {row.dato}",
        f"{texts.label('varsel_enhet')}: {unit}",
        f"{texts.label('varsel_system')}: {verk.system}",
    ]
    for name, value in (
        ("varsel_kilde", logg.kilde_id),
        ("varsel_barn", person.kilde_id if person else None),
    ):
        if value and not _is_a_number(value, logg):
            lines.append(f"{texts.label(name)}: {value}")
    return "\n".join((*lines, f"{texts.label('varsel_logg')}: {row.logg}", ""))


def _number(verk: Verk, logg: Stafettlogg) -> str:
    """The line with the child's number; empty where there is none, and of nobody unborn."""
    person = _main(logg)
    numbers = [i for i in person.identifikatorer if i.type in NUMBERED] if person else []
    if not numbers:
        return ""
    chosen = min(numbers, key=lambda one: _ORDER.index(one.type))
    return f"{Catalogue(verk.kommune.maalform).label('varsel_nummer')}: {chosen.verdi}\n"


def _main(logg: Stafettlogg) -> Person | None:
    """The child, where the log is about one that is born."""
    if logg.hovedperson.type not in _BORN:
        return None
    return next((p for p in logg.personer if p.id == logg.hovedperson.person), None)


def _is_a_number(value: str, logg: Stafettlogg) -> bool:
    """Whether a vendor's id or name is, or holds, what must not stand in the clear."""
    own = {i.verdi for p in logg.personer for i in p.identifikatorer}
    return classify(value) is not None or gate.is_number(value, own)
