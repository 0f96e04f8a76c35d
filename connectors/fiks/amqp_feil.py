"""What an exception of the AMQP library means, in one place. Its text is never kept."""

import socket
import ssl

from pika import exceptions

from gateway.errors import GatewayError, LocalFault, RemoteFault, Transient

FOREIGN: tuple[type[Exception], ...] = (
    exceptions.AMQPError,
    OSError,  # sockets, TLS and name look-ups
)

_ACCESS_REFUSED = 403
_NOT_FOUND = 404


def account_taken(exc: Exception) -> bool:
    """Is this the broker's answer to a second exclusive consumer?"""
    return (
        isinstance(exc, exceptions.ChannelClosedByBroker)
        and exc.reply_code == _ACCESS_REFUSED
        and "exclusive" in exc.reply_text
    )


def translate(exc: Exception, place: str, *, admitted: bool = False) -> GatewayError:
    """The gateway's error for a foreign one.

    `admitted`: this connection was let in and consumed. A 403 to it then is its token that has
    ended, not a right that is missing: the next one has a new token.
    """
    if isinstance(exc, exceptions.AuthenticationError | exceptions.ProbableAuthenticationError):
        return LocalFault("AMQP_INNLOGGING", place=place)
    if isinstance(exc, exceptions.ProbableAccessDeniedError):
        return LocalFault("MANGLER_RETTIGHET", place=place)
    if isinstance(exc, exceptions.ChannelClosedByBroker | exceptions.ConnectionClosedByBroker):
        if exc.reply_code == _NOT_FOUND:
            return LocalFault("UKJENT_KONTO", place=place)
        if exc.reply_code == _ACCESS_REFUSED and not admitted:
            return LocalFault("MANGLER_RETTIGHET", place=place)
        return Transient("AMQP_BRUTT", place=place)
    if isinstance(exc, ssl.SSLCertVerificationError):
        return LocalFault("UKJENT_SERTIFIKAT", place=place)
    if isinstance(exc, socket.gaierror):
        return Transient("INGEN_FORBINDELSE", place=place)
    if isinstance(exc, exceptions.ProtocolSyntaxError | exceptions.ProtocolVersionMismatch):
        return RemoteFault("UGYLDIG_SVAR", place=place)
    return Transient("AMQP_BRUTT", place=place)
