"""The key ring: AES-256-GCM, the first key seals and every key opens, so that keys can rotate.

A key file is lines of `<key id>:<32 bytes in base64>`. A wrong ring is found by a sealed canary
before anything else is read (`check_canary`). Keys are never logged and never in errors.
"""

import base64
import binascii
import hashlib
import os
import secrets
import zlib
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.errors import LocalFault

_CANARY = b"stafett-canary-1"


@dataclass(frozen=True)
class KeyRing:
    """Named 256-bit keys in order; the first seals."""

    keys: dict[str, bytes] = field(repr=False)

    def __post_init__(self) -> None:
        if not self.keys or any(len(key) != 32 for key in self.keys.values()):
            raise LocalFault("NOEKKEL_UGYLDIG")

    @property
    def first(self) -> str:
        """The id of the key that seals."""
        return next(iter(self.keys))

    def seal(self, data: bytes, label: str) -> bytes:
        """Compressed and sealed: `kid, 0, nonce, ciphertext`, bound to `label`."""
        kid = self.first
        nonce = os.urandom(12)
        sealed = AESGCM(self.keys[kid]).encrypt(nonce, zlib.compress(data, 1), label.encode())
        return kid.encode() + b"\0" + nonce + sealed

    def open(self, blob: bytes, label: str) -> bytes:
        """The opposite of `seal`. Raises LocalFault when no key opens it or it was changed."""
        kid, _, rest = bytes(blob).partition(b"\0")
        key = self.keys.get(kid.decode("ascii", "replace"))
        if key is None:
            raise LocalFault("NOEKKEL_FEIL", place=label.split(":")[0])
        try:
            return zlib.decompress(AESGCM(key).decrypt(rest[:12], rest[12:], label.encode()))
        except (InvalidTag, zlib.error):
            raise LocalFault("NOEKKEL_FEIL", place=label.split(":")[0]) from None

    def pseudonym(self, value: str) -> str:
        """A keyed pseudonym, 24 hex digits: equal values give equal pseudonyms, nothing leaks."""
        last = self.keys[list(self.keys)[-1]]
        return hashlib.blake2b(value.encode(), key=last, digest_size=12).hexdigest()


def seal_canary(ring: KeyRing) -> bytes:
    """A sealed known text, stored once in the ledger."""
    return ring.seal(_CANARY, "canary")


def check_canary(ring: KeyRing, blob: bytes) -> None:
    """Raise LocalFault("NOEKKEL_FEIL") unless the ring opens the ledger's canary."""
    if ring.open(blob, "canary") != _CANARY:
        raise LocalFault("NOEKKEL_FEIL", place="canary")


def parse(text: str) -> KeyRing:
    """A ring from key-file text. Raises LocalFault, never quoting the text."""
    keys: dict[str, bytes] = {}
    for line in text.split():
        kid, _, value = line.partition(":")
        try:
            keys[kid] = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            raise LocalFault("NOEKKEL_UGYLDIG", place=f"key {kid[:16]}") from None
    return KeyRing(keys)


def load(path: Path | None, variable: str) -> KeyRing:
    """The ring from the environment variable, else the file. Raises LocalFault if neither is."""
    if variable and os.environ.get(variable):
        return parse(os.environ[variable])
    if path is not None and path.exists():
        return parse(path.read_text(encoding="ascii"))
    raise LocalFault("NOEKKEL_MANGLER", place=str(path.name) if path else variable)


def generate(path: Path) -> None:
    """Write a new key file, readable by its owner only; an existing one is kept."""
    if path.exists():
        return
    path.parent.mkdir(parents=True, exist_ok=True)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "w", encoding="ascii") as file:
        file.write(f"k1:{base64.b64encode(secrets.token_bytes(32)).decode()}\n")
