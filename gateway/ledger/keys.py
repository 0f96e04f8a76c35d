"""The key ring: AES-256-GCM, the first key seals and every key opens, so that keys can rotate.

A key file is lines of `<key id>:<32 bytes in base64>`. A wrong ring is found by a sealed canary
before anything else is read (`check_canary`). What a number is found by is made with a key of its
own that the ledger keeps, sealed by the ring (`find_key`), so that a ring whose keys change finds
what it found before. Keys are never logged and never in errors.
"""

import base64
import binascii
import errno
import hashlib
import os
import secrets
import zlib
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from gateway.errors import LocalFault

_RETIRED = ".utgaatt"
_CANARY = b"stafett-canary-1"


@dataclass(frozen=True)
class KeyRing:
    """Named 256-bit keys in order; the first seals. `finds` makes pseudonyms: a ledger's own key,
    or, in a ring that has opened no ledger, the last of the ring."""

    keys: dict[str, bytes] = field(repr=False)
    finds: bytes = field(default=b"", repr=False)

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
        return kid.encode() + b"\0" + sealed_under(self.keys[kid], data, label)

    def open(self, blob: bytes, label: str) -> bytes:
        """The opposite of `seal`. Raises LocalFault when no key opens it or it was changed."""
        kid, _, rest = bytes(blob).partition(b"\0")
        key = self.keys.get(kid.decode("ascii", "replace"))
        if key is None:
            raise LocalFault("NOEKKEL_FEIL", place=label.split(":")[0])
        return opened_under(key, rest, label)

    def is_newest(self, blob: bytes) -> bool:
        """True when what `seal` gave was sealed by the key that seals now."""
        return bytes(blob).partition(b"\0")[0] == self.first.encode()

    def pseudonym(self, value: str) -> str:
        """A keyed pseudonym, 24 hex digits: equal values give equal pseudonyms, nothing leaks."""
        own = self.finds or self.keys[list(self.keys)[-1]]
        return hashlib.blake2b(value.encode(), key=own, digest_size=12).hexdigest()


def sealed_under(key: bytes, data: bytes, label: str) -> bytes:
    """Compressed and sealed under one key, bound to `label`: nonce and ciphertext."""
    nonce = os.urandom(12)
    return nonce + AESGCM(key).encrypt(nonce, zlib.compress(data, 1), label.encode())


def opened_under(key: bytes, sealed: bytes, label: str) -> bytes:
    """The opposite. Raises LocalFault("NOEKKEL_FEIL") when it was changed or is another key's."""
    try:
        return zlib.decompress(AESGCM(key).decrypt(sealed[:12], sealed[12:], label.encode()))
    except (InvalidTag, ValueError, zlib.error):
        raise LocalFault("NOEKKEL_FEIL", place=label.split(":")[0]) from None


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
        if not (kid.isascii() and kid.isprintable()):
            raise LocalFault("NOEKKEL_UGYLDIG", place="key")
        try:
            keys[kid] = base64.b64decode(value, validate=True)
        except (binascii.Error, ValueError):
            raise LocalFault("NOEKKEL_UGYLDIG", place=f"key {kid[:16]}") from None
    return KeyRing(keys)


def in_environment(variable: str) -> bool:
    """True when a ring stands in the environment: then no file is read."""
    return bool(variable and os.environ.get(variable))


def load(path: Path | None, variable: str) -> KeyRing:
    """The ring from the environment variable, else the file. Raises LocalFault if neither is, or
    what stands there is no key file."""
    if in_environment(variable):
        return parse(os.environ[variable])
    text, code = None, "NOEKKEL_MANGLER"
    if path is not None:
        with suppress(FileNotFoundError):
            try:
                text = path.read_text(encoding="ascii")
            except (IsADirectoryError, PermissionError, UnicodeDecodeError):
                code = "NOEKKEL_UGYLDIG"
    if text is None:  # outside the handler: what it caught may hold the file
        raise LocalFault(code, place=path.name if path else variable)
    if path is not None and not text.strip():
        raise LocalFault("NOEKKEL_TOM", place=path.name)
    return parse(text)


def find_key(ring: KeyRing, *, new: bool) -> bytes:
    """What a ledger's pseudonyms are to be made with: its own in a new one; in one from before
    there were such keys, what they were made with."""
    return secrets.token_bytes(32) if new else ring.keys[list(ring.keys)[-1]]


def text_of(ring: KeyRing) -> str:
    """A ring as key-file text."""
    return "".join(f"{kid}:{base64.b64encode(key).decode()}\n" for kid, key in ring.keys.items())


def with_new_first(ring: KeyRing) -> KeyRing:
    """The ring with one more key, which seals from now on. Its id is the next number not taken."""
    number = len(ring.keys) + 1
    while f"k{number}" in ring.keys:
        number += 1
    return KeyRing({f"k{number}": secrets.token_bytes(32)} | ring.keys, ring.finds)


def laid(path: Path, kid: str) -> Path:
    """Where a key that leaves a key file is laid, for copies of the ledger from before."""
    return path.with_name(f"{path.name}.{kid}{_RETIRED}")


def retired(path: Path) -> list[Path]:
    """The keys that lie beside a key file."""
    return sorted(path.parent.glob(f"{path.name}.*{_RETIRED}"))


def generate(path: Path) -> None:
    """Write a new key file, readable by its owner only; an existing one is kept. Raises LocalFault
    as `replace_file`."""
    if path.exists():
        return
    with _told(path):
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        _write(path, KeyRing({"k1": secrets.token_bytes(32)}))


def replace_file(path: Path, ring: KeyRing) -> None:
    """Put a ring in the place of a key file: the whole old one or the whole new one stands there,
    whatever happens meanwhile. Raises LocalFault: "DISK_FULL", or "DATAMAPPE_UTILGJENGELIG" where
    it cannot be written for another reason."""
    own = path.with_name(path.name + ".ny")
    with _told(path):
        own.unlink(missing_ok=True)
        _write(own, ring)
        own.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)


def _write(path: Path, ring: KeyRing) -> None:
    """The whole of a new file, for its owner only, or none of it."""
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "w", encoding="ascii") as file:
            file.write(text_of(ring))
            file.flush()
            os.fsync(file.fileno())
    except OSError:
        path.unlink(missing_ok=True)
        raise


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        full = error.errno in (errno.ENOSPC, errno.EDQUOT)
        code = "DISK_FULL" if full else "DATAMAPPE_UTILGJENGELIG"
        raise LocalFault(code, place=path.name) from None
