"""A snapshot for practice: small files, an invented child, keys that follow a number.

What an archive's sandbox is tried with. The same number gives the same snapshot in every process.
This module must not know any archive.
"""

import hashlib
import uuid
from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager, nullcontext

from connectors.sandbox import synthetic
from gateway.ports.archive import Part, Uttak, Uttaksfil, Variant

_SPACE = uuid.UUID("6a1f9e0e-6f0b-4c57-9c2f-2a8a1c6f7d10")


def contents(number: int, *, size: int = 400) -> dict[int, tuple[str, str, str, Variant, bytes]]:
    """(file name, media type, PRONOM code, form, bytes) of each file of snapshot `number`."""
    return {
        1: (
            "stafettlogg.pdf",
            "application/pdf",
            "fmt/476",
            Variant.ARKIV,
            synthetic.tiny_pdf(f"uttak {number}", size),
        ),
        2: (
            "stafettlogg.json",
            "application/json",
            "fmt/817",
            Variant.PRODUKSJON,
            b'{"uttak":%d}' % number,
        ),
        3: (
            "manifest.json",
            "application/json",
            "fmt/817",
            Variant.PRODUKSJON,
            b'{"filer":%d}' % number,
        ),
    }


def forgetful(_what: str) -> AbstractContextManager[None]:
    """A client without a memory of what it sent: every look is believed."""
    return nullcontext()


def uttak(
    number: int,
    barn: Part,
    *,
    logg: int | None = None,
    size: int = 400,
    once: Callable[[str], AbstractContextManager[None]] = forgetful,
) -> Uttak:
    """Snapshot `number` of log `logg` (its own when left out)."""
    held = contents(number, size=size)
    files: Mapping[int, bytes] = {nr: row[4] for nr, row in held.items()}
    return Uttak(
        key=str(uuid.uuid5(_SPACE, f"uttak-{number}")),
        mappe_key=str(uuid.uuid5(_SPACE, f"logg-{number if logg is None else logg}")),
        utloeser="aarlig",
        dato="2026-11-21",
        tittel="Stafettlogg, uttak 2026-11-21",
        mappe_tittel="Stafettlogg",
        mappetype="barnemappe",
        enhet_orgnr="899100107",
        hovedperson=barn,
        filer=tuple(
            Uttaksfil(
                nr=nr,
                filnavn=name,
                tittel=("Stafettlogg", "Strukturert kopi", "Innholdsliste")[nr - 1],
                media_type=media,
                format=pronom,
                variant=variant,
                sha256=hashlib.sha256(data).hexdigest(),
                size=len(data),
            )
            for nr, (name, media, pronom, variant, data) in held.items()
        ),
        read_file=files.__getitem__,
        once=once,
    )
