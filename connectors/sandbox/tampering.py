"""What happens to a system's bytes behind its back, while all that it says of them stands.

A test asks a sandbox for it (`app.tamper(key, how)`), and then whether anybody still takes the
bytes for ours. It must not know any system.
"""

from collections.abc import Callable

Tampering = Callable[[bytes], bytes | None]
"""From the bytes that are held to those that shall be; None for no bytes at all."""


def dropped(_data: bytes) -> bytes | None:
    """The content is gone."""
    return None


def swapped(data: bytes) -> bytes | None:
    """Other content, of the same length."""
    return bytes(byte ^ 0x5A for byte in data)
