"""An entity tag as the version it names, whatever a proxy has written around it.

A tag is opaque (RFC 9110 8.8.3). A proxy that compresses makes it weak, or writes `-gzip` behind it
(Apache's mod_deflate, `DeflateAlterETag`), and the version is the same for all that. It must not
say anything of what a version means.
"""

import re

_SUFFIX = re.compile(r"(?:--?|;)(?:gzip|br|deflate|zstd)$")


def opaque(header: str) -> str:
    """The version in an `ETag` header or a tag written elsewhere; "" when there is none."""
    return _SUFFIX.sub("", header.strip().removeprefix("W/").strip('"'))
