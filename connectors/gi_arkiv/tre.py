"""Builds and reads XML trees: no entities, no DTD, nothing fetched, nothing huge.

A file's base64 is cut out of an answer before it is parsed, so that the parser's limit on one
text (ten million characters) can stay and a large file still come through; one that stands in
another encoding is left to the parser. Nothing of a text is
in any error; lxml's own messages quote it.
"""

import base64
import binascii
import re
from collections.abc import Iterator

from lxml import etree

from schemas.gi_arkiv.navnerom import PREFIXES

Element = etree._Element
# Text of an element as XML may write it: itself, character references, CDATA sections. Possessive,
# so that a text of a hundred megabytes that ends otherwise is given up at once.
_BASE64 = re.compile(
    rb"(<(?:[\w.-]+:)?base64(?:\s[^<>]*)?>)"
    rb"((?:[A-Za-z0-9+/=\s]++|&#(?:x[0-9A-Fa-f]{1,6}|[0-9]{1,7});"
    rb"|<!\[CDATA\[[A-Za-z0-9+/=\s]*+\]\]>)*+)(?=</)"
)
_WRITTEN = re.compile(rb"&#(?:x([0-9A-Fa-f]+)|([0-9]+));|<!\[CDATA\[([^\]]*)\]\]>")
_CUT = "Cg=="


class Unparsable(Exception):
    """The bytes are not XML we read; says nothing of them."""


def name(prefix: str, tag: str) -> str:
    """The full name of a tag."""
    return f"{{{PREFIXES[prefix]}}}{tag}"


def make(prefix: str, tag: str, *children: Element | None, text: str | None = None) -> Element:
    """An element with what it holds; children that are None are left out."""
    made = etree.Element(name(prefix, tag), nsmap=PREFIXES)
    made.text = text
    made.extend([child for child in children if child is not None])
    return made


def leaf(prefix: str, tag: str, text: str) -> Element | None:
    """An element with a text; None when there is none."""
    return make(prefix, tag, text=text) if text else None


def code(prefix: str, tag: str, value: str) -> Element | None:
    """An element that is a code; None when there is none."""
    return make(prefix, tag, leaf("kod", "kodeverdi", value)) if value else None


def typed(element: Element, prefix: str, kind: str) -> Element:
    """The same element, said to be of a derived type."""
    element.set(name("xsi", "type"), f"{prefix}:{kind}")
    return element


def parse(data: bytes) -> tuple[Element, list[bytes]]:
    """The root, and the text of every base64 element in order, as `content` reads it; nothing of
    it is left in the tree. Raises Unparsable."""
    cut: list[bytes] = []

    def keep(match: re.Match[bytes]) -> bytes:
        cut.append(match[2])
        return match[1] + _CUT.encode()

    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
    )
    root: Element | None
    try:
        root = etree.fromstring(_BASE64.sub(keep, data), parser)
    except (etree.XMLSyntaxError, ValueError):
        root = None
    if root is None or root.getroottree().docinfo.doctype:
        raise Unparsable
    return root, _texts(root, cut)


def _texts(root: Element, cut: list[bytes]) -> list[bytes]:
    """What was cut out, where it was, and what the parser was left to read."""
    left = iter(cut)
    found: list[bytes] = []
    for one in root.iter("{*}base64"):
        text = one.text or ""
        given = next(left, None) if text == _CUT else None
        found.append(text.encode() if given is None else given)
        one.text = _CUT
    if next(left, None) is not None:
        raise Unparsable  # cut out of something that is no element
    return found


def content(cut: bytes) -> bytes | None:
    """The bytes of a base64 text; None when it is none."""
    try:
        plain = _WRITTEN.sub(_sign, cut) if b"&" in cut or b"<" in cut else cut
        return base64.b64decode(b"".join(plain.split()), validate=True)
    except (binascii.Error, ValueError, OverflowError):
        return None


def _sign(written: re.Match[bytes]) -> bytes:
    """What a character reference or a CDATA section stands for. Raises ValueError."""
    if written[3] is not None:
        return written[3]
    code = int(written[1], 16) if written[1] else int(written[2])
    return chr(code).encode("ascii")


def text(element: Element | None, *path: str) -> str:
    """The text at a path of `prefix:tag`; empty when it is not there."""
    for step in path:
        if element is None:
            return ""
        prefix, _, tag = step.partition(":")
        element = element.find(name(prefix, tag))
    return (element.text or "").strip() if element is not None else ""


def rows(answer: Element, prefix: str) -> Iterator[Element]:
    """The entries of the list in an answer's `return`."""
    for child in answer:
        yield from child.iterfind(name(prefix, "liste"))
