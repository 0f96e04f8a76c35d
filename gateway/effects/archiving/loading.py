"""A frozen snapshot as the archive port wants it: from the ledger's rows and the sealed files.

What the archive's folder needs of the child is read from the snapshot's own JSON at the moment it
is sent, so that no table holds it in clear.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import sqlalchemy as sa

from gateway.effects.archiving.verk import Verk
from gateway.errors import LocalFault, Rejected
from gateway.ledger import archive_tables as a
from gateway.ports.archive import Part, Uttak, Uttaksfil, Variant
from gateway.texts.catalogue import Catalogue
from schemas.stafettlogg.identifikator import NUMBERED
from schemas.stafettlogg.logg import Stafettlogg

JSON_NR = 2


def snapshot_row(verk: Verk, snapshot_id: str) -> dict[str, Any]:
    """The snapshot's row. Raises LocalFault when there is none."""
    with verk.database.begin() as connection:
        row = connection.execute(
            sa.select(a.snapshot).where(a.snapshot.c.snapshot_id == snapshot_id)
        ).first()
    if row is None:
        raise LocalFault("UKJENT_UTTAK", place=snapshot_id[:40])
    return dict(row._mapping)


def load(verk: Verk, snapshot_id: str) -> tuple[Uttak, Stafettlogg]:
    """The snapshot ready to send, and the log as it was frozen.

    Raises Rejected("UTTAK_SLETTET") when the log was deleted and our copies with it.
    """
    row = snapshot_row(verk, snapshot_id)
    if row["erased"]:
        raise Rejected("UTTAK_SLETTET", place=snapshot_id)
    with verk.database.begin() as connection:
        files = connection.execute(
            sa.select(a.snapshot_file)
            .where(a.snapshot_file.c.snapshot_id == snapshot_id)
            .order_by(a.snapshot_file.c.nr)
        ).all()
    payloads = {file.nr: file.payload for file in files}
    logg = Stafettlogg.model_validate(json.loads(verk.store.get(payloads[JSON_NR])))
    return (
        Uttak(
            key=snapshot_id,
            mappe_key=row["logg"],
            utloeser=row["utloeser"],
            dato=row["frozen_at"][:10],
            tittel=_title(verk, row),
            mappe_tittel=Catalogue(verk.kommune.maalform).label("stafettlogg"),
            mappetype=verk.kommune.arkiv.mappetype,
            enhet_orgnr=_unit(logg, verk.tenant),
            hovedperson=_child(logg),
            filer=tuple(
                Uttaksfil(
                    nr=file.nr,
                    filnavn=file.filnavn,
                    tittel=file.tittel,
                    media_type=file.media_type,
                    format=file.format,
                    variant=Variant(file.variant),
                    sha256=file.sha,
                    size=file.size,
                )
                for file in files
            ),
            read_file=_reader(verk, payloads),
        ),
        logg,
    )


def addressed(loaded: tuple[Uttak, Stafettlogg], row: dict[str, Any]) -> tuple[Uttak, Stafettlogg]:
    """The snapshot under the key its delivery (`row`) is known by in its archive."""
    uttak, logg = loaded
    return (replace(uttak, key=row["key"]) if row["key"] else uttak), logg


def _reader(verk: Verk, payloads: dict[int, str]) -> Callable[[int], bytes]:
    def read(nr: int) -> bytes:
        return verk.store.get(payloads[nr])

    return read


def _title(verk: Verk, row: dict[str, Any]) -> str:
    """Content-free: what it is, why, and when. Never who (R-102)."""
    texts = Catalogue(verk.kommune.maalform)
    why = texts.label("utloeser_" + row["utloeser"])
    return f"{texts.label('stafettlogg')}, {why}, {row['frozen_at'][:10]}"


def _unit(logg: Stafettlogg, tenant: str) -> str:
    for unit in logg.virksomheter:
        if unit.id == logg.ansvarlig_virksomhet and unit.orgnr:
            return unit.orgnr
    return tenant


def _child(logg: Stafettlogg) -> Part:
    """What an archive may file the child under; a DUF number or a vendor's own id is none."""
    for person in logg.personer:
        if person.id == logg.hovedperson.person:
            number = next((i.verdi for i in person.identifikatorer if i.type in NUMBERED), "")
            return Part(person.navn or "", number, person.foedselsdato or "")
    return Part("", "")
