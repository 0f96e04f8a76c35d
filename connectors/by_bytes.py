"""Which of several files an archive tells of is ours: the one whose bytes are.

An archive may hold another beside ours under the same name and number: a converted form, a place
that was made and never filled, the half of a deposit that was cut. A name, a size and a checksum it
was told say the same of all of them, so the content is fetched and compared (SHA-256 of what was
frozen). This module must not know any archive, and keeps no content.
"""

import hashlib
from collections.abc import Callable, Sequence

from gateway.ports.archive import Funnetfil, Uttaksfil

Fetch = Callable[[Funnetfil], bytes | None]
"""The content of a file the archive tells of; None when it has none."""


def by_bytes(
    told: Sequence[Funnetfil], fil: Uttaksfil, fetch: Fetch
) -> tuple[list[Funnetfil], list[Funnetfil]]:
    """(those that hold the bytes of `fil`, those that hold others), each in the order told of; one
    that holds none is in neither."""
    ours: list[Funnetfil] = []
    others: list[Funnetfil] = []
    for one in told:
        data = fetch(one)
        if data is not None:
            (ours if _is(data, fil) else others).append(one)
    return ours, others


def first_by_bytes(told: Sequence[Funnetfil], fil: Uttaksfil, fetch: Fetch) -> Funnetfil | None:
    """The first that holds our bytes, else the first that holds others: whoever reads it back sees
    that it is not ours. None when none of them holds anything."""
    other: Funnetfil | None = None
    for one in told:
        data = fetch(one)
        if _is(data, fil):
            return one
        if data is not None and other is None:
            other = one
    return other


def _is(data: bytes | None, fil: Uttaksfil) -> bool:
    return data is not None and hashlib.sha256(data).hexdigest() == fil.sha256
