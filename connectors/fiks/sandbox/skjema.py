"""Reads the form a message is sent with, strictly. It must not look into the encrypted part."""

import json
import re
import uuid
from dataclasses import dataclass, field
from typing import Any

from connectors.sandbox.app import Request

_BOUNDARY = re.compile(r'boundary="?([0-9A-Za-z\'()+_,./:=?-]{1,70})"?')
_NAME = re.compile(r'name="(\w+)"')
_FILE = re.compile(r'filename="([^"]*)"')
_KEYS = {"avsenderKontoId", "mottakerKontoId", "meldingType", "svarPaMelding", "ttl", "headere"}


class BadForm(ValueError):
    """A form the platform would answer 400."""


@dataclass(frozen=True, slots=True)
class Skjema:
    """A send request: the platform's metadata in the clear, and the sealed payload."""

    avsender: str
    mottaker: str
    type: str
    ttl_ms: int
    headere: dict[str, str]
    data: bytes = field(repr=False)
    clear: str = field(repr=False)
    svar_paa: str = ""


def read_form(request: Request) -> Skjema:
    """The request's parts. Raises BadForm."""
    kind = request.headers.get("content-type", "")
    boundary = _BOUNDARY.search(kind)
    if not kind.startswith("multipart/form-data") or boundary is None:
        raise BadForm("content-type")
    mark = b"--" + boundary.group(1).encode()
    pieces = request.body.split(b"\r\n" + mark) if request.body.startswith(mark) else []
    if len(pieces) < 2 or not pieces[-1].startswith(b"--"):
        raise BadForm("boundary")
    parts: dict[str, tuple[str, bytes]] = {}
    for piece in (pieces[0].removeprefix(mark), *pieces[1:-1]):
        head, found, content = piece.removeprefix(b"\r\n").partition(b"\r\n\r\n")
        name = _NAME.search(head.decode("ascii", "strict"))
        if not found or name is None or name.group(1) in parts:
            raise BadForm("part")
        parts[name.group(1)] = (head.decode("ascii"), content)
    if set(parts) - {"metadata", "data"} or "metadata" not in parts:
        raise BadForm("parts")
    data_head, data = parts.get("data", ("", b""))
    if data_head:
        named = _FILE.search(data_head)
        uuid.UUID(named.group(1) if named else "")
    return _read(parts["metadata"][1], data, parts["metadata"][0] + data_head)


def _read(metadata: bytes, data: bytes, heads: str) -> Skjema:
    given: dict[str, Any] = json.loads(metadata)
    if not isinstance(given, dict) or set(given) - _KEYS:
        raise BadForm("metadata")
    headere = given.get("headere", {})
    ttl = given.get("ttl")
    if not isinstance(ttl, int) or ttl < 1000 or not isinstance(headere, dict):
        raise BadForm("metadata")
    if not all(isinstance(value, str) for value in headere.values()):
        raise BadForm("headere")
    return Skjema(
        avsender=str(uuid.UUID(given["avsenderKontoId"])),
        mottaker=str(uuid.UUID(given["mottakerKontoId"])),
        type=str(given["meldingType"]),
        ttl_ms=ttl,
        headere=headere,
        data=data,
        clear=metadata.decode() + heads,
        svar_paa=str(uuid.UUID(given["svarPaMelding"])) if given.get("svarPaMelding") else "",
    )
