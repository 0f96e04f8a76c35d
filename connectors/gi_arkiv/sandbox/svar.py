"""Answers as XML: stored things with the ids and numbers the archive gives, and faults.

A fault's sentence quotes everything that was sent, as bad archives do, so that a leak would show.
"""

import base64
import re
from collections.abc import Callable
from datetime import UTC, datetime

from lxml import etree

from connectors.gi_arkiv.sandbox.lager import Rad
from connectors.gi_arkiv.tre import Element, leaf, make, name, typed
from schemas.gi_arkiv.navnerom import SOAP, TEKNISK

_ORDER = {
    "mappe": "systemID saksnr mappetype saksdato tittel",
    "journalpost": (
        "systemID journalnummer journalpostnummer journaldato journalposttype dokumentetsDato "
        "journalstatus tittel skjermetTittel skjerming referanseArkivdel antallVedlegg "
        "offentligTittel saksnr tilgangsgruppeNavn referanseSakSystemID"
    ),
    "dokument": "systemID dokumentnummer",
}


class Avslag(Exception):
    """A refusal: the kind of fault and its code."""

    def __init__(self, kind: str, code: str) -> None:
        super().__init__(kind, code)
        self.kind = kind
        self.code = code


def given(kind: str, rad: Rad, sak: Rad | None, tag: tuple[str, str]) -> Element:
    """A stored thing as the archive gives it: with systemID and its numbers."""
    year = datetime.now(UTC).year
    made = make(*tag)
    made.extend(list(etree.fromstring(rad.xml)))
    prefix = "dok" if kind == "dokument" else "kje"
    added: list[Element | None] = [leaf(prefix, "systemID", rad.ident)]
    if kind == "journalpost":
        made_at = datetime.now(UTC).isoformat(timespec="seconds")
        added += [
            leaf("kje", "journalpostnummer", str(rad.number)),
            leaf("kje", "journaldato", made_at),
        ]
    if sak is not None:
        numbers = (
            leaf("fel", "saksaar", str(year)),
            leaf("fel", "sakssekvensnummer", str(sak.number)),
        )
        added.append(make("kje", "saksnr", *numbers))
    for child in added:
        if child is not None:
            for old in made.findall(str(child.tag)):
                made.remove(old)
            made.append(child)
    order = {word: place for place, word in enumerate(_ORDER[kind].split())}
    made[:] = sorted(made, key=lambda child: order.get(etree.QName(child).localname, 99))
    return made


def renamed(element: Element) -> Element:
    """A document as an archive tells it that numbers and names them anew."""
    number = element.find(name("dok", "dokumentnummer"))
    called = element.find(f"{name('dok', 'Fil')}/{name('dok', 'filnavn')}")
    ident = element.findtext(name("dok", "systemID"), "")
    if number is not None:
        number.text = str(1000 + int(number.text or 0))
    if called is not None:
        called.text = f"DOK-{ident}.bin"
    return element


def without_file(element: Element, *, name_too: bool) -> Element:
    """A document as a listing gives it: the file's name and type, never its bytes."""
    for fil in element.findall(name("dok", "Fil")):
        for data in fil.findall(name("dok", "base64")):
            fil.remove(data)
        fil.attrib.pop(name("xsi", "type"), None)
        if name_too:
            element.remove(fil)
    return element


def with_bytes(rad: Rad, data: bytes) -> Element:
    """A file with its bytes."""
    fil = etree.fromstring(rad.xml).find(name("dok", "Fil"))
    made = make("inn", "return")
    if fil is not None:
        kept = [child for child in fil if child.tag != name("dok", "base64")]
        made.extend(kept)
    made.append(make("dok", "base64", text=base64.b64encode(data).decode()))
    return typed(made, "dok", "Filinnhold")


def envelope(body: Element, *, dtd: bool = False) -> bytes:
    """A whole answer."""
    made = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"s": SOAP})
    etree.SubElement(made, f"{{{SOAP}}}Body").append(body)
    if not dtd:
        return etree.tostring(made, xml_declaration=True, encoding="UTF-8")
    text = etree.tostring(made)
    return b'<!DOCTYPE x [<!ENTITY e "utvidet">]>' + text.replace(b"</s:Body>", b"&e;</s:Body>")


def written(told: bytes, form: str) -> bytes:
    """The same XML with the base64 of its file written another way, as XML allows (XML 1.0, 2.7
    and 4.1). What is not understood is a KeyError."""
    if form == "utf16":
        return etree.tostring(etree.fromstring(told), xml_declaration=True, encoding="UTF-16")
    return _BASE64.sub(lambda found: found[1] + _FORMS[form](found[2]), told)


def _references(data: bytes) -> bytes:
    return data.replace(b"+", b"&#43;").replace(b"/", b"&#x2F;").replace(b"=", b"&#61;")


def _broken(data: bytes) -> bytes:
    lines = [data[start : start + 76] for start in range(0, len(data), 76)]
    middle = len(lines) // 2
    lines[middle] = b"<![CDATA[" + lines[middle] + b"]]>"
    return b"&#13;&#10;".join(lines)


_BASE64 = re.compile(rb"(<(?:\w+:)?base64>)([^<]*)")
_FORMS: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "referanser": _references,
    "cdata": lambda data: b"<![CDATA[" + data + b"]]>",
    "brutt": _broken,
}


def fault(kind: str, code: str, quoted: str) -> Element:
    """A fault with the standard's detail, or without one for `Client`, `Server` and sign-in."""
    made = etree.Element(f"{{{SOAP}}}Fault", nsmap={"s": SOAP})
    standard = kind.endswith("Fault")
    client = standard and kind in {"ValidationFault", "ApplicationFault", "FinderFault"}
    told = ("s:Client" if client else "s:Server") if standard else f"s:{kind}"
    etree.SubElement(made, "faultcode").text = told
    etree.SubElement(made, "faultstring").text = f"Feil i: {quoted}"
    if standard:
        detail = etree.SubElement(made, "detail")
        one = etree.SubElement(detail, f"{{{TEKNISK}}}{kind}", nsmap={"tek": TEKNISK})
        etree.SubElement(one, f"{{{TEKNISK}}}feilKode").text = code
        etree.SubElement(one, f"{{{TEKNISK}}}feilBeskrivelse").text = f"Feil i: {quoted}"
    return made
