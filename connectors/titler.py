"""What of a snapshot is shown outside the child's folder, and that nothing of the child is in it.

Titles, file names and keys reach lists, addresses and logs of an archive. Whoever makes them
makes them free of content (R-102); this is the last look before they leave. It must not change
anything.
"""

import re

from gateway.errors import Rejected
from gateway.ports.archive import Uttak

_NUMBER = re.compile(r"\d{9,}")
_FILNAVN = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,119}")
_KEY = re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}")
_SHORT = 3
"""Letters: shorter words of a name hit by chance."""


def refuse_content(uttak: Uttak) -> None:
    """Raises Rejected: INNHOLD_I_TITTEL, UGYLDIG_FILNAVN, UGYLDIG_ID (a key that is no UUID)."""
    if not (_KEY.fullmatch(uttak.key) and _KEY.fullmatch(uttak.mappe_key)):
        raise Rejected("UGYLDIG_ID")
    names = [fil.filnavn for fil in uttak.filer]
    if not names or len({name.casefold() for name in names}) != len(names):
        raise Rejected("UGYLDIG_FILNAVN", place=uttak.key)
    if not all(map(_FILNAVN.fullmatch, names)):
        raise Rejected("UGYLDIG_FILNAVN", place=uttak.key)
    words = {uttak.hovedperson.navn.casefold(), uttak.hovedperson.nummer} - {""}
    # A surname alone in a title is as bad as the whole name.
    words |= {word for word in uttak.hovedperson.navn.casefold().split() if len(word) > _SHORT}
    for text in (uttak.tittel, uttak.mappe_tittel, *names, *(fil.tittel for fil in uttak.filer)):
        plain = text.casefold()
        told = any(re.search(rf"(?<!\w){re.escape(word)}(?!\w)", plain) for word in words)
        if told or _NUMBER.search(plain):
            raise Rejected("INNHOLD_I_TITTEL", place=uttak.key)
