"""Small words for building XML in the order a sequence demands. It must not know any message."""

from lxml import etree

from connectors.fiks_arkiv.navn import METADATA, XSI
from gateway.errors import Rejected


def root(namespace: str, name: str) -> etree._Element:
    """A document element with the prefixes the messages use."""
    return etree.Element(
        f"{{{namespace}}}{name}", nsmap={None: namespace, "m": METADATA, "xsi": XSI}
    )


def child(
    parent: etree._Element, name: str, text: str | None = None, *, namespace: str = ""
) -> etree._Element:
    """A child in the parent's namespace (or `namespace`), with text when given.

    Raises Rejected("UGYLDIG_TEKST") for characters XML has no place for.
    """
    own = namespace or etree.QName(parent).namespace
    element = etree.SubElement(parent, f"{{{own}}}{name}")
    if text is not None:
        try:
            element.text = text
        except ValueError:
            text = None
        if text is None:
            raise Rejected("UGYLDIG_TEKST", place=name)
    return element


def kode(parent: etree._Element, name: str, value: str) -> None:
    """A code element; nothing when the archive wants none. Its child is in metadatakatalog."""
    if value:
        child(child(parent, name), "kode", value, namespace=METADATA)


def noekkel(
    parent: etree._Element, fagsystem: str, key: str, *, namespace: str = "", inner: str = METADATA
) -> None:
    """referanseEksternNoekkel."""
    element = child(parent, "referanseEksternNoekkel", namespace=namespace)
    child(element, "fagsystem", fagsystem, namespace=inner)
    child(element, "noekkel", key, namespace=inner)


def xsi_type(element: etree._Element, name: str) -> None:
    """Say which type of the message's own namespace the element is."""
    element.set(f"{{{XSI}}}type", name)
