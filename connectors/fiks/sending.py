"""Sends one encrypted message over Fiks IO: a form of two parts, answered 202.

Accepted is not received, and sending is not idempotent: a lost 202 of a message that changes
something is an unknown outcome, never a second try. Nothing personal is in the metadata.
Source: ks-no/fiks-io-send-klient (5ff0b557).
"""

import json
import re
import uuid
from collections.abc import Mapping

from connectors.fiks.meldinger import Sendt
from connectors.http.reply import Reply
from connectors.http.session import Refused, Session
from gateway.errors import LocalFault

PATH = "/fiks-io/api/v1/send"
_ACCEPTED = frozenset({202})
_ELEVEN = re.compile(r"(?<![0-9A-Za-z])\d{11}(?![0-9A-Za-z])")


def send(
    session: Session,
    operation: str,
    *,
    avsender: str,
    mottaker: str,
    meldingstype: str,
    ttl_ms: int,
    headere: Mapping[str, str],
    data: bytes | None,
    write: bool,
    svar_paa: str = "",
    refused: Refused | None = None,
) -> Sendt:
    """Send `data` (encrypted, None for a message without payload). Raises only GatewayErrors.

    `write` is True for what changes something at the receiver; a question may be asked again.
    """
    metadata: dict[str, object] = {
        "avsenderKontoId": avsender,
        "mottakerKontoId": mottaker,
        "meldingType": meldingstype,
        "ttl": ttl_ms,
        "headere": dict(headere),
    }
    if svar_paa:
        metadata["svarPaMelding"] = svar_paa
    text = json.dumps(metadata, separators=(",", ":"))
    if _ELEVEN.search(text):
        raise LocalFault("NUMMER_I_METADATA", place=operation)
    boundary = uuid.uuid4().hex
    reply = session.call(
        operation,
        "POST",
        PATH,
        content=_form(boundary, text, data),
        headers={"content-type": f"multipart/form-data; boundary={boundary}"},
        expect=_ACCEPTED,
        write=write,
        check=_is_receipt,
        refused=refused,
    )
    return Sendt(str(uuid.UUID(reply.data()["meldingId"])))


def _form(boundary: str, metadata: str, data: bytes | None) -> bytes:
    # The file name is a random id: the platform stores it in the clear.
    parts = [
        f"--{boundary}\r\n"
        'Content-Disposition: form-data; name="metadata"\r\n'
        f"Content-Type: application/json\r\n\r\n{metadata}\r\n".encode()
    ]
    if data is not None:
        parts.append(
            f"--{boundary}\r\n"
            f'Content-Disposition: form-data; name="data"; filename="{uuid.uuid4()}"\r\n'
            "Content-Type: application/octet-stream\r\n\r\n".encode()
        )
        parts += [data, b"\r\n"]
    return b"".join([*parts, f"--{boundary}--\r\n".encode()])


def _is_receipt(reply: Reply) -> str | None:
    data = reply.data()
    given = data.get("meldingId") if isinstance(data, dict) else None
    if isinstance(given, str):
        try:
            uuid.UUID(given)
        except ValueError:
            return "UGYLDIG_SVAR"
        return None
    return "UGYLDIG_SVAR"
