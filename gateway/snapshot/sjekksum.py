"""The one checksum of a snapshot."""

import hashlib


def sha(body: bytes) -> str:
    """SHA-256 in lower-case hex."""
    return hashlib.sha256(body).hexdigest()
