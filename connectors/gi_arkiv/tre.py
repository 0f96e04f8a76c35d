"""Builds and reads XML trees: no entities, no DTD, nothing fetched, nothing huge.

A file's base64 is cut out of an answer before it is parsed, so that the parser's limit on one
text (ten million characters) can stay and a large file still come through. Nothing of a text is
in any error; lxml's own messages quote it.
"""

import base64
import binascii
import re
from collections.abc import Iterator

from lxml import etree

from schemas.gi_arkiv.navnerom import PREFIXES

Element = etree._Element
_BASE64 = re.compile(rb"(<(?:[\w.-]+:)?base64(?:\s[^<>]*)?>)([A-Za-z0-9+/=\s]*)(?=</)")
_CUT = b"Cg=="


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
    """The root, and the base64 texts that were cut out, in order. Raises Unparsable."""
    cut: list[bytes] = []

    def keep(match: re.Match[bytes]) -> bytes:
        cut.append(match[2])
        return match[1] + _CUT

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
    return root, cut


def content(cut: bytes) -> bytes | None:
    """The bytes of a base64 text; None when it is none."""
    try:
        return base64.b64decode(b"".join(cut.split()), validate=True)
    except (binascii.Error, ValueError):
        return None


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
