"""Reads an arkivmelding the way a strict archive does: against the contract and its own files.

Raises Avvist with a reason of the archive's own; it must not store anything.
"""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass

from lxml import etree

from connectors.fiks_arkiv.kontrakt import fault_in
from connectors.fiks_arkiv.navn import ARKIVMELDING, METADATA
from connectors.fiks_arkiv.sandbox.lager import Dokument

_A = f"{{{ARKIVMELDING}}}"
_M = f"{{{METADATA}}}"


class Avvist(Exception):
    """ugyldigforespoersel: the text is the archive's reason, an element's name."""


@dataclass(frozen=True, slots=True)
class Innhold:
    """What is to be made."""

    fagsystem: str
    mappe_key: str
    mappe_tittel: str
    klasser: str
    key: str
    post: Mapping[str, str]
    dokumenter: tuple[Dokument, ...]


def read_message(root: etree._Element, files: Mapping[str, bytes]) -> Innhold:
    """The folder, the record and the files of a message. Raises Avvist."""
    wrong = fault_in(root, "arkivmelding")
    if wrong:
        raise Avvist(wrong)
    folder, post = root.find(f"{_A}mappe"), root.find(f"{_A}registrering")
    assert folder is not None
    assert post is not None
    if _text(root, "antallFiler") != str(len(files)):
        raise Avvist("antallFiler")
    key = f"{_A}referanseEksternNoekkel/{_M}"
    parent = post.findtext(f"{_A}referanseForelderMappe/{_M}referanseEksternNoekkel/{_M}noekkel")
    if parent != folder.findtext(f"{key}noekkel"):
        raise Avvist("referanseForelderMappe")
    documents = tuple(_document(e, files) for e in post.findall(f"{_A}dokumentbeskrivelse"))
    if {one.filnavn for one in documents} != set(files):
        raise Avvist("referanseDokumentfil")
    if len({one.nummer for one in documents}) != len(documents):
        raise Avvist("dokumentnummer")
    return Innhold(
        fagsystem=folder.findtext(f"{key}fagsystem", ""),
        mappe_key=folder.findtext(f"{key}noekkel", ""),
        mappe_tittel=_text(folder, "tittel"),
        klasser="\n".join(
            f"{_text(e, 'klassifikasjonssystemID')}={_text(e, 'klasseID')}"
            for e in folder.findall(f"{_A}klassifikasjon")
        ),
        key=post.findtext(f"{key}noekkel", ""),
        post={
            "tittel": _text(post, "tittel"),
            "type": _code(post, "journalposttype"),
            "status": _code(post, "journalstatus"),
            "dato": _text(post, "dokumentetsDato"),
        },
        dokumenter=documents,
    )


def _text(parent: etree._Element, name: str) -> str:
    return parent.findtext(f"{_A}{name}", "")


def _code(parent: etree._Element, name: str) -> str:
    return parent.findtext(f"{_A}{name}/{_M}kode", "")


def _document(element: etree._Element, files: Mapping[str, bytes]) -> Dokument:
    thing = element.find(f"{_A}dokumentobjekt")
    assert thing is not None
    data = files.get(_text(thing, "referanseDokumentfil"))
    if data is None:
        raise Avvist("referanseDokumentfil")
    if hashlib.sha256(data).hexdigest() != _text(thing, "sjekksum"):
        raise Avvist("sjekksum")
    if str(len(data)) != _text(thing, "filstoerrelse"):
        raise Avvist("filstoerrelse")
    return Dokument(
        nummer=int(_text(element, "dokumentnummer")),
        tittel=_text(element, "tittel"),
        rolle=_code(element, "tilknyttetRegistreringSom"),
        filnavn=_text(thing, "filnavn"),
        format=_code(thing, "format"),
        mime=_text(thing, "mimeType"),
        variant=_code(thing, "variantformat"),
        data=data,
    )
