"""Whom the line between two gateways trusts: the directory, and nothing beside it (chapter 7).

Host names are not asked, for enterprise certificates have none; so it must be the counterpart's own
certificate, and neither another counterpart's nor one that a common authority has issued.
"""

import contextlib
import socket
import ssl
from pathlib import Path
from typing import Any

import pytest

from connectors.stafett_https.kanal import HttpsKanal
from gateway.app_overfoering import open_channel
from gateway.errors import GatewayError, LocalFault
from gateway.ports.kanal import Forsendelse, Motpart
from gateway.settings import models
from gateway.settings.load import Settings
from tests.contract.channels.pki import CLIENT, SERVER, certificate, key, put

A, B, C = "899100107", "899100115", "899100123"
SIGN, OPEN = ("digital_signature",), ("key_encipherment", "data_encipherment")
PACKAGE = b"\x30\x80forseglet"


class Ende:
    """One organisation's end of the line, as its configuration says it."""

    def __init__(self, folder: Path, orgnr: str, cert: Any, kind: str = "rsa2048") -> None:
        self.folder, self.orgnr = folder / orgnr, orgnr
        self.folder.mkdir()
        self.key = put(self.folder, "key", key(orgnr, kind))
        self.cert = put(self.folder, "cert", cert)

    def open(self, *known: models.Motpart, listens: bool = False) -> HttpsKanal:
        """The channel, wired by the gateway."""
        line = models.Kanaloppsett(
            kobling="stafett_https", timeout=3, deadline=6, attempts=1,
            options={"noekkel": str(self.key), "sertifikat": str(self.cert),
                     "innboks": str(self.folder / "innboks"),
                     "lytt": "127.0.0.1:0" if listens else ""},
        )  # fmt: skip
        settings = Settings(
            models.Gateway(systems={}, kanaler={"https": line}),
            models.Kommune(nummer="9901", navn="Her", orgnr=self.orgnr),
            self.folder,
            {one.orgnr: one for one in known},
        )
        made = open_channel(settings, "https", listening=listens)
        assert isinstance(made, HttpsKanal)
        return made


def motpart(orgnr: str, *certificates: Path, **more: Any) -> models.Motpart:
    """An entry of the directory."""
    return models.Motpart(orgnr=orgnr, navn="Der", kommunenummer="9902", kanal="https",
                          sertifikater=certificates, **more)  # fmt: skip


@pytest.fixture
def kanal() -> Any:
    """Opens channels that are closed at the end."""
    with contextlib.ExitStack() as stack:

        def opened(*told: Any, **more: Any) -> HttpsKanal:
            made = told[0].open(*told[1:], **more)
            stack.callback(made.close)
            return made

        yield opened


def sends(kanal: HttpsKanal, to: str, port: int, host: str = "127.0.0.1") -> bool:
    """Whether a package comes through."""
    where = Motpart(to, {"url": f"https://{host}:{port}"})
    try:
        kanal.send(Forsendelse("m", "s", "tilbud", where, PACKAGE))
    except GatewayError as error:
        assert to not in str(error)
        return False
    return True


@pytest.mark.parametrize("kind", ["rsa2048", "p256", "p384"])
@pytest.mark.parametrize("host", ["", "annet.example"], ids=["no name", "another name"])
def test_a_certificate_of_the_directory_is_taken_whatever_it_is_called(
    tmp_path: Path, kanal: Any, kind: str, host: str
) -> None:
    """Without a host name, and with another than the address has; both kinds of key."""
    a = Ende(tmp_path, A, certificate(key(A, kind), A, SIGN, (CLIENT,)), kind)
    b = Ende(tmp_path, B, certificate(key(B, kind), B, SIGN, (SERVER,), host=host), kind)
    there = kanal(b, motpart(A, a.cert), listens=True)
    here = kanal(a, motpart(B, b.cert))
    for name in ("127.0.0.1", "localhost"):
        assert sends(here, B, there.port, name)
    assert len(there.hent(5)) == 2


def test_another_counterparts_certificate_is_not_this_ones(tmp_path: Path, kanal: Any) -> None:
    """C is in the directory too, and answers at B's address: nothing is handed to it."""
    a, b, c = (Ende(tmp_path, who, certificate(key(who), who)) for who in (A, B, C))
    there = kanal(c, motpart(A, a.cert), listens=True)
    here = kanal(a, motpart(B, b.cert), motpart(C, c.cert))
    assert not sends(here, B, there.port)
    assert there.hent(5) == []
    assert sends(here, C, there.port)
    assert not sends(here, B, there.port), "nor on the line that is open to C"


AUTHORITY = certificate(key("ca"), "999999999", ("key_cert_sign", "digital_signature"), ca=True)
ISSUED = (key("ca"), AUTHORITY)


@pytest.mark.parametrize("how", ["utstedere", "bundle"])
def test_an_authority_vouches_for_nobody_on_the_line(tmp_path: Path, kanal: Any, how: str) -> None:
    """Everybody has a certificate of it. It is among the counterpart's `utstedere`, or in the same
    file as its certificate, as files with a chain have it: a stranger's is refused in the
    handshake, at both ends, and the counterpart's own is taken."""
    ends = {
        who: Ende(tmp_path, who, certificate(key(who), who, issuer=ISSUED)) for who in (A, B, C)
    }
    chain = put(tmp_path, "ca", AUTHORITY)
    listed = {}
    for who in (A, B):
        if how == "bundle":
            both = tmp_path / f"bundle-{who}.pem"
            both.write_bytes(ends[who].cert.read_bytes() + chain.read_bytes())
            listed[who] = motpart(who, both)
        else:
            listed[who] = motpart(who, ends[who].cert, utstedere=(chain,))
    there = kanal(ends[B], listed[A], listens=True)
    assert not sends(kanal(ends[C], listed[B]), B, there.port)
    assert b"HTTP/1.1" not in asked(there.port, ends[C])
    assert there.hent(5) == []
    assert sends(kanal(ends[A], listed[B]), B, there.port)
    false = kanal(ends[C], listed[A], listens=True)
    assert not sends(kanal(ends[A], listed[B]), B, false.port) and false.hent(5) == []


def asked(port: int, who: Ende) -> bytes:
    """What the listener answers a client that takes any certificate; nothing when it hangs up."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.check_hostname, context.verify_mode = False, ssl.CERT_NONE
    context.load_cert_chain(who.cert, who.key)
    with (
        contextlib.suppress(OSError),
        socket.create_connection(("127.0.0.1", port), 5) as raw,
        context.wrap_socket(raw) as line,
    ):
        line.sendall(b"GET /overfoering/v1/meldinger HTTP/1.1\r\nhost: x\r\n\r\n")
        return line.recv(4096)
    return b""


def test_only_the_certificate_for_the_line_is_taken_on_it(tmp_path: Path, kanal: Any) -> None:
    """The one that opens packages is not; and where the directory has a list for the line, it is
    the list."""
    a = Ende(tmp_path, A, certificate(key(A), A, SIGN))
    b = Ende(tmp_path, B, certificate(key(B), B))
    seals = put(tmp_path, "seals", certificate(key("a opens"), A, OPEN))
    for known, right in (
        (motpart(A, a.cert, seals), True),
        (motpart(A, seals), False),
        (motpart(A, seals, tls=(a.cert,)), True),
        (motpart(A, a.cert, tls=(seals,)), False),
    ):
        there = kanal(b, known, listens=True)
        assert (b"HTTP/1.1 200" in asked(there.port, a)) is right


def test_a_file_of_the_directory_that_cannot_be_read_does_not_tell_whose(
    tmp_path: Path, kanal: Any
) -> None:
    """Its name may be whom we talk to."""
    b = Ende(tmp_path, B, certificate(key(B), B))
    path = tmp_path / f"{A}.pem"
    with pytest.raises(LocalFault, match="SERTIFIKATFIL_MANGLER") as gone:
        kanal(b, motpart(A, path))
    path.write_text("not a certificate")
    with pytest.raises(LocalFault, match="UGYLDIG_SERTIFIKAT") as unread:
        kanal(b, motpart(A, path))
    assert A not in str(gone.value) + str(unread.value)
