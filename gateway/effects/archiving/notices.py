"""Write the notices that are due into the folders of the municipality's own systems.

A notice is a row first and a file after, so that a crash between the two loses none; the same
notice is the same file name. A protected family is told of to nobody (C-4).
"""

import hashlib

import sqlalchemy as sa

from gateway import log
from gateway.arkiv.utloeser import Sett
from gateway.arkiv.varsel import events
from gateway.effects import gate
from gateway.effects.archiving.verk import Verk
from gateway.effects.one_log import of_one_log
from gateway.errors import LocalFault
from gateway.ledger import archive_tables as a
from gateway.ledger.chain import Fact, append
from gateway.ledger.upsert import insert_new
from gateway.texts.catalogue import Catalogue
from schemas.stafettlogg.logg import Stafettlogg


def plan(
    connection: sa.Connection,
    verk: Verk,
    logg: Stafettlogg,
    before: Sett,
    after: Sett,
    *,
    first_look: bool,
) -> None:
    """Write down what is to be told, in the transaction that remembers the look."""
    if not verk.kommune.varsler:
        return
    for one in events(before, after, first_look=first_look):
        text = "\x1f".join((verk.tenant, verk.system, logg.id, one.hendelse, str(one.number)))
        row = {
            "notice_id": hashlib.sha256(text.encode()).hexdigest()[:32],
            "tenant": verk.tenant,
            "system": verk.system,
            "logg": logg.id,
            "hendelse": one.hendelse,
            "dato": verk.today().isoformat(),
            "state": "planlagt",
        }
        insert_new(connection, a.notice, row)


def tell(verk: Verk, loggs: dict[str, Stafettlogg]) -> int:
    """Write the files of planned notices about these logs. Returns how many were written."""
    with verk.database.begin() as connection:
        rows = connection.execute(
            sa.select(a.notice).where(
                a.notice.c.tenant == verk.tenant,
                a.notice.c.state == "planlagt",
                a.notice.c.logg.in_(list(loggs)),
            )
        ).all()
    written = 0
    for row in rows:
        logg = loggs[row.logg]
        name = f"{row.dato}-{row.hendelse}-{row.logg}.txt"
        try:
            code = gate.notify(verk, logg, name, _text(verk, row, logg))
        except Exception as error:
            # Another system's folder that is away never stops the archive, nor does one log that
            # cannot be told of; told at the next look.
            fault = error if isinstance(error, LocalFault) else of_one_log(error)
            if fault is None:
                raise
            log.get("notices").error("notice", code=fault.code, place=f"{row.logg}: {fault.place}")
            continue
        written += not code
        state = "holdt" if code else "skrevet"
        with verk.database.begin() as connection:
            connection.execute(
                a.notice.update()
                .where(a.notice.c.notice_id == row.notice_id)
                .values(state=state, code=code or None)
            )
            body = {"hendelse": row.hendelse, "kode": code}
            append(connection, verk.now(), [Fact("varsel", logg=row.logg, body=body)])
    return written


def _text(verk: Verk, row: sa.Row[tuple[str, ...]], logg: Stafettlogg) -> str:
    """Four lines a person can copy: what, when, which unit, which log."""
    texts = Catalogue(verk.kommune.maalform)
    unit = next((u.navn or "" for u in logg.virksomheter if u.id == logg.ansvarlig_virksomhet), "")
    return "\n".join(
        (
            texts.label("varsel_" + row.hendelse),
            f"{texts.label('varsel_dato')}: {row.dato}",
            f"{texts.label('varsel_enhet')}: {unit}",
            f"{texts.label('varsel_logg')}: {row.logg}",
            "",
        )
    )
