"""One SOAP 1.1 call: envelope, sign-in, answer, fault.

A read that finds nothing gives None. A write is never repeated from here. The file of a document
travels as base64 inside the envelope, so sizes grow by a third.
"""

import base64
import hashlib
import secrets
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

import httpx
from lxml import etree

from connectors.gi_arkiv.feil import NotFound, fault_in, meaning
from connectors.gi_arkiv.operasjoner import soap_name
from connectors.gi_arkiv.profil import Profil
from connectors.gi_arkiv.tre import Element, Unparsable, parse
from connectors.http.reply import Reply
from connectors.http.session import Session
from gateway.errors import GatewayError
from gateway.ports.connector import ConnectorSettings
from schemas.gi_arkiv.navnerom import (
    INNSYN,
    OPPDATERING,
    SOAP,
    WSS_BASE64,
    WSS_DIGEST,
    WSS_TEXT,
    WSSE,
    WSU,
)

_XML = "text/xml; charset=utf-8"


class ApiKey(httpx.Auth):
    """The header `apikey`, as some customers' gateways want it."""

    def __init__(self, key: str) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response, None]:
        """Puts the key on a request."""
        request.headers["apikey"] = self._key
        yield request


def sign_in(settings: ConnectorSettings, profil: Profil) -> httpx.Auth | None:
    """What a request carries in its headers; None when the envelope carries it."""
    if profil.innlogging == "basic":
        return httpx.BasicAuth(settings.client_id, settings.client_secret)
    return ApiKey(settings.client_secret) if profil.innlogging == "apikey" else None


@dataclass(frozen=True, slots=True)
class Svarkropp:
    """The Response element of an answer, and the base64 texts cut out of it."""

    element: Element = field(repr=False)
    innhold: list[bytes] = field(repr=False)


class Soap:
    """Calls to the two services of one archive; thread-safe."""

    def __init__(
        self,
        session: Session,
        settings: ConnectorSettings,
        profil: Profil,
        now: Callable[[], datetime] = lambda: datetime.now(UTC),
    ) -> None:
        self._session = session
        self._settings = settings
        self._profil = profil
        self._now = now

    def close(self) -> None:
        """Close connections."""
        self._session.close()

    def read(self, operation: str, body: Element, place: str) -> Svarkropp | None:
        """An answer of ArkivInnsyn; None when the archive says that there is no such thing."""
        try:
            return self._call(operation, body, place, write=False)
        except NotFound:
            return None

    def write(self, operation: str, body: Element, place: str) -> Svarkropp:
        """An answer of ArkivOppdatering. Raises UnknownOutcome when it does not come."""
        return self._call(operation, body, place, write=True)

    def _call(self, operation: str, body: Element, place: str, *, write: bool) -> Svarkropp:
        namespace = OPPDATERING if write else INNSYN
        wanted = f"{{{namespace}}}{soap_name(operation)}Response"

        def refused(status: int, headers: Mapping[str, str], data: bytes) -> GatewayError | None:
            fault = fault_in(data) if status == 500 else None
            return None if fault is None else meaning(fault, write=write, place=place)

        def check(reply: Reply) -> str | None:
            found = _body(reply.content)
            return None if found and found.element.tag in {wanted, _FAULT} else "UGYLDIG_SVAR"

        reply = self._session.call(
            operation,
            "POST",
            self._profil.oppdatering_sti if write else self._profil.innsyn_sti,
            content=self._envelope(body),
            headers={
                "content-type": _XML,
                "accept": "text/xml",
                "soapaction": f'"{namespace}/#{soap_name(operation)}"',
            },
            write=write,
            single=write,
            place=place,
            raw=True,
            check=check,
            refused=refused,
        )
        found = _body(reply.content)
        if found is None or found.element.tag == _FAULT:
            # Some servers send a fault with status 200.
            raise meaning(found.element if found else etree.Element("x"), write=write, place=place)
        return found

    def _envelope(self, body: Element) -> bytes:
        envelope = etree.Element(f"{{{SOAP}}}Envelope", nsmap={"soap": SOAP})
        if self._profil.innlogging == "wsse":
            etree.SubElement(envelope, f"{{{SOAP}}}Header").append(self._security())
        etree.SubElement(envelope, f"{{{SOAP}}}Body").append(body)
        return etree.tostring(envelope, xml_declaration=True, encoding="UTF-8")

    def _security(self) -> Element:
        security = etree.Element(f"{{{WSSE}}}Security", nsmap={"wsse": WSSE, "wsu": WSU})
        security.set(f"{{{SOAP}}}mustUnderstand", "1")
        token = etree.SubElement(security, f"{{{WSSE}}}UsernameToken")
        etree.SubElement(token, f"{{{WSSE}}}Username").text = self._settings.client_id
        nonce = secrets.token_bytes(16)
        created = self._now().strftime("%Y-%m-%dT%H:%M:%SZ")
        digest = self._profil.wsse_passord == "digest"
        secret = self._settings.client_secret
        password = etree.SubElement(token, f"{{{WSSE}}}Password")
        password.set("Type", WSS_DIGEST if digest else WSS_TEXT)
        password.text = password_digest(nonce, created, secret) if digest else secret
        given = etree.SubElement(token, f"{{{WSSE}}}Nonce")
        given.set("EncodingType", WSS_BASE64)
        given.text = base64.b64encode(nonce).decode()
        etree.SubElement(token, f"{{{WSU}}}Created").text = created
        return security


_FAULT = f"{{{SOAP}}}Fault"


def password_digest(nonce: bytes, created: str, secret: str) -> str:
    """Base64(SHA-1(nonce + created + password)), as the UsernameToken profile 1.0 says it."""
    # SHA-1 is the profile's, not ours; it keeps the password out of the envelope, no more.
    made = hashlib.sha1(nonce + created.encode() + secret.encode(), usedforsecurity=False)
    return base64.b64encode(made.digest()).decode()


def _body(data: bytes) -> Svarkropp | None:
    """The one element in the Body of an envelope; None when it is not one."""
    try:
        root, cut = parse(data)
    except Unparsable:
        return None
    body = root.find(f"{{{SOAP}}}Body")
    if root.tag != f"{{{SOAP}}}Envelope" or body is None or len(body) != 1:
        return None
    return Svarkropp(body[0], cut)
