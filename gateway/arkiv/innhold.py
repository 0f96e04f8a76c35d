"""What a log says, as one hash: the thing a snapshot is a snapshot of."""

import hashlib

from gateway.snapshot.strukturert import archivable, canonical
from schemas.stafettlogg.logg import Stafettlogg


def content_sha(logg: Stafettlogg) -> str:
    """SHA-256 of the log's canonical JSON.

    The checksums of its files are among its fields, so that a changed file is a changed log.
    """
    return hashlib.sha256(canonical(archivable(logg))).hexdigest()
