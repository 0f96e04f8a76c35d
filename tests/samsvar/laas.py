"""The lock round the content package (chapter 6.2): a key of its own, given at the switch."""

import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from tests.samsvar.feil import Feil


def lock(data: bytes, merke: str) -> tuple[bytes, bytes]:
    """`innhold.laast`, and its key."""
    key, nonce = os.urandom(32), os.urandom(12)
    return nonce + AESGCM(key).encrypt(nonce, data, merke.encode()), key


def unlock(laast: bytes, key: bytes, merke: str) -> bytes:
    """What was locked. Raises Feil."""
    try:
        return AESGCM(key).decrypt(laast[:12], laast[12:], merke.encode())
    except (InvalidTag, ValueError):
        pass
    raise Feil("laas")
