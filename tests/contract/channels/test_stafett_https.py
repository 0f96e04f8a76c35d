"""What only the line between two gateways can do wrong: who gets in, what 202 means, a full box.

The laws every channel keeps are in `test_every_channel`. Here the listener is asked by sockets and
other clients, so that an answer is seen as another vendor sees it (specification, chapter 7).
"""

import contextlib
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
import uuid
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pytest

from connectors.forsegling.oevingsnoekler import make as make_keys
from connectors.stafett_https.kanal import HttpsKanal, open_kanal
from gateway.errors import GatewayError, LocalFault, Rejected, Transient
from gateway.ports.connector import ConnectorSettings
from gateway.ports.kanal import Forsendelse, Motpart
from tests.contract.channels.stand import as_json

ROOT = Path(__file__).parents[3]
PATH = "/overfoering/v1/meldinger"
PACKAGE = b"\x30\x80forseglet" + bytes(range(256)) * 40
A, B, C = "899100107", "899100115", "899100123"

LISTENER = """
import importlib, sys, threading
from tests.contract.channels.stand import from_json
kanal = importlib.import_module("connectors.stafett_https.kanal").open_kanal(
    from_json(sys.stdin.read()))
print(kanal.port, flush=True)
threading.Event().wait()
"""


@dataclass
class Linje:
    """Two organisations with keys, and a stranger."""

    folder: Path
    boxes: Path

    def keys(self, who: str) -> tuple[Path, Path]:
        """Key and certificate."""
        return make_keys(self.folder / who, who)

    def settings(self, who: str, trusts: str, **options: str) -> ConnectorSettings:
        """What one organisation would write."""
        key, cert = self.keys(who)
        return ConnectorSettings(
            "stafett_https", "", "", "", "", who, timeout=5.0, deadline=10.0, attempts=1,
            breaker_pause=0.05, breaker_failures=1000,
            options={
                "noekkel": str(key), "sertifikat": str(cert), "tillit": str(self.keys(trusts)[1]),
                "innboks": str(self.boxes / who), **options,
            },
        )  # fmt: skip

    def context(self, who: str | None, trusts: str = B) -> ssl.SSLContext:
        """As another client would connect, with the certificate of `who` or none."""
        made = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        made.load_verify_locations(self.keys(trusts)[1])
        made.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
        if who is not None:
            key, cert = self.keys(who)
            made.load_cert_chain(cert, key)
        return made


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Keys, made once."""
    return tmp_path_factory.mktemp("linje")


@pytest.fixture
def linje(keys: Path, tmp_path: Path) -> Linje:
    """The organisations, with empty boxes."""
    return Linje(keys, tmp_path)


@pytest.fixture
def b(linje: Linje) -> Iterator[HttpsKanal]:
    """B listens."""
    kanal = open_kanal(linje.settings(B, A, lytt="127.0.0.1:0", maks_pakke="20000"))
    yield kanal
    kanal.close()


@pytest.fixture
def a(linje: Linje) -> Iterator[HttpsKanal]:
    """A only sends."""
    kanal = open_kanal(linje.settings(A, B))
    yield kanal
    kanal.close()


def message(port: int, package: bytes = PACKAGE, host: str = "127.0.0.1") -> Forsendelse:
    """One package on its way to a port of this machine."""
    own = str(uuid.uuid4())
    to = Motpart(B, {"url": f"https://{host}:{port}"})
    return Forsendelse(own, str(uuid.uuid4()), "tilbud", to, package)


def said(context: ssl.SSLContext | None, port: int, request: bytes) -> bytes:
    """What the listener answers to these bytes; nothing when it hangs up."""
    with socket.create_connection(("127.0.0.1", port), 5) as raw:
        raw.settimeout(5)
        with contextlib.ExitStack() as stack:
            line: socket.socket = raw
            if context is not None:
                line = stack.enter_context(context.wrap_socket(raw, server_hostname="127.0.0.1"))
            line.sendall(request)
            answer = b""
            with contextlib.suppress(OSError):
                while part := line.recv(4096):
                    answer += part
                    if b"\r\n\r\n" in answer and b"content-length: 0" in answer:
                        break
            return answer


def request(method: str = "POST", path: str = PATH, body: bytes = PACKAGE, **headers: str) -> bytes:
    """A request, written out. A header of None's text is left out."""
    told = {"content-type": "application/pkcs7-mime", "content-length": str(len(body))}
    told |= {name.replace("_", "-"): value for name, value in headers.items()}
    lines = [f"{method} {path} HTTP/1.1", "host: x", *(f"{k}: {v}" for k, v in told.items() if v)]
    return "\r\n".join([*lines, "", ""]).encode() + body


# -- who gets in -----------------------------------------------------------------------------------
def test_a_certificate_that_is_not_in_the_directory_does_not_get_in(
    linje: Linje, b: HttpsKanal
) -> None:
    """A valid key of somebody else, and none at all: refused before a byte of HTTP is read."""
    for who in (C, None):
        answer = b""
        with contextlib.suppress(OSError):
            answer = said(linje.context(who), b.port, request())
        assert b"HTTP/1.1" not in answer
    assert b.hent(10) == []
    assert said(linje.context(A), b.port, request()).startswith(b"HTTP/1.1 202")
    assert len(b.hent(10)) == 1


def test_a_stranger_is_told_of_as_our_kind_of_fault(linje: Linje, b: HttpsKanal) -> None:
    """Through the channel: one of our errors, and nothing is stored at the other end."""
    stranger = open_kanal(linje.settings(C, B))
    with pytest.raises(GatewayError) as caught:
        stranger.send(message(b.port))
    stranger.close()
    assert B not in str(caught.value) and b.hent(10) == []


def test_a_sender_does_not_hand_a_package_to_whom_it_does_not_know(
    linje: Linje, b: HttpsKanal
) -> None:
    """The listener's certificate is not in the sender's directory: nothing is sent."""
    wary = open_kanal(linje.settings(A, C))
    with pytest.raises(GatewayError):
        wary.send(message(b.port))
    wary.close()
    assert b.hent(10) == []


def test_there_is_no_way_in_without_encryption(linje: Linje, a: HttpsKanal, b: HttpsKanal) -> None:
    """Plain HTTP is hung up on, and an address without TLS is refused before anything is sent."""
    answer = b""
    with contextlib.suppress(OSError):
        answer = said(None, b.port, request())
    assert b"HTTP/1.1" not in answer and b.hent(10) == []
    plain = message(b.port)
    for url in (f"http://127.0.0.1:{b.port}", f"127.0.0.1:{b.port}"):
        to = Motpart(B, {"url": url})
        with pytest.raises(LocalFault, match="MOTPART_IKKE_HTTPS"):
            a.send(Forsendelse(plain.melding_id, plain.samtale_id, "tilbud", to, PACKAGE))
    with pytest.raises(Rejected, match="UKJENT_MOTTAKER"):
        a.send(Forsendelse(plain.melding_id, plain.samtale_id, "tilbud", Motpart(B), PACKAGE))


@pytest.mark.filterwarnings("ignore:ssl.TLSVersion.TLSv1_1:DeprecationWarning")
def test_old_versions_of_tls_are_refused(linje: Linje, b: HttpsKanal) -> None:
    """1.1 does not get in; 1.2 does."""
    old = linje.context(A)
    with contextlib.suppress(ValueError):
        old.minimum_version = old.maximum_version = ssl.TLSVersion.TLSv1_1
    answer = b""
    with contextlib.suppress(OSError, ssl.SSLError):
        answer = said(old, b.port, request())
    assert b"202" not in answer and b.hent(10) == []
    fine = linje.context(A)
    fine.maximum_version = ssl.TLSVersion.TLSv1_2
    assert said(fine, b.port, request()).startswith(b"HTTP/1.1 202")


# -- what is answered ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("given", "status"),
    [
        (request(), 202),
        (request(content_type="application/pkcs7-mime; smime-type=enveloped-data"), 202),
        (request(path="/"), 404),
        (request(path=PATH + "/../x"), 404),
        (request(content_length=""), 411),
        (request(content_length="x"), 411),
        (request(content_length="-1"), 411),
        (request(content_length="9" * 20), 411),
        (request(body=b""), 411),
        (request(content_length="20001"), 413),
        (request(content_type=""), 415),
        (request(content_type="application/json"), 415),
        (request("GET", body=b""), 200),
        (request("GET", path="/annet", body=b""), 404),
        (request("PUT"), 405),
        (request("DELETE"), 405),
        (request("PUT", path="/annet"), 404),
        (request(content_type="application/pkcs7-mime\r\ncontent-type: text/plain"), 415),
        (request(content_type="text/plain", content_length="20001"), 415),
    ],
)
def test_each_answer_is_the_specifications(
    linje: Linje, b: HttpsKanal, given: bytes, status: int
) -> None:
    """Chapter 7's table; only 202 has stored anything, and no answer quotes what came."""
    answer = said(linje.context(A), b.port, given)
    assert answer.startswith(f"HTTP/1.1 {status} ".encode()), answer[:60]
    assert b"forseglet" not in answer
    assert len(b.hent(10)) == int(status == 202)


def test_a_package_that_is_cut_is_not_stored(linje: Linje, b: HttpsKanal) -> None:
    """Fewer bytes than were promised, and the line closed."""
    with socket.create_connection(("127.0.0.1", b.port), 5) as raw:
        line = linje.context(A).wrap_socket(raw, server_hostname="127.0.0.1")
        line.sendall(request()[:-200])
        line.close()
    for _ in range(20):
        assert b.hent(10) == []
        time.sleep(0.02)
    assert said(linje.context(A), b.port, request()).startswith(b"HTTP/1.1 202")


def test_a_full_box_asks_for_the_same_later(linje: Linje, a: HttpsKanal) -> None:
    """503 with Retry-After, which the sender's channel tells as Transient; with room, taken."""
    small = open_kanal(linje.settings(B, A, lytt="127.0.0.1:0", maks_innboks="2"))
    first, second, third = (message(small.port, PACKAGE + bytes([n])) for n in range(3))
    a.send(first)
    a.send(second)
    answer = said(linje.context(A), small.port, request())
    assert answer.startswith(b"HTTP/1.1 503 ") and b"retry-after: 60" in answer
    with pytest.raises(Transient) as caught:
        a.send(third)
    assert caught.value.retry_after == 60
    small.kvitter(small.hent(1)[0].ref)
    a.send(third)
    assert [one.pakke for one in small.hent(10)] == [second.pakke, third.pakke]
    small.close()


def test_a_slow_stranger_keeps_nobody_out(linje: Linje, a: HttpsKanal, b: HttpsKanal) -> None:
    """Connections that say nothing do not stop one that does."""
    idle = [socket.create_connection(("127.0.0.1", b.port), 5) for _ in range(20)]
    a.send(message(b.port))
    for one in idle:
        one.close()
    assert len(b.hent(10)) == 1


# -- what 202 means --------------------------------------------------------------------------------
@contextlib.contextmanager
def listening(settings: ConnectorSettings) -> Iterator[int]:
    """The listener as a process of its own; its port. Killed with -9 at the end."""
    process = subprocess.Popen(
        [sys.executable, "-c", LISTENER], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        cwd=ROOT, env={**os.environ, "PYTHONPATH": str(ROOT)}, text=True,
    )  # fmt: skip
    assert process.stdin and process.stdout
    process.stdin.write(as_json(settings))
    process.stdin.close()
    try:
        yield int(process.stdout.readline())
    finally:
        process.send_signal(signal.SIGKILL)
        process.wait(20)
        process.stdout.close()


def test_what_was_answered_202_survives_the_process(linje: Linje, a: HttpsKanal) -> None:
    """Killed at once after each answer: every package is there, whole, in order."""
    settings = linje.settings(B, A, lytt="127.0.0.1:0")
    sent = []
    for number in range(3):
        with listening(settings) as port:
            one = message(port, PACKAGE + bytes([number]) * 3000)
            a.send(one)
        sent.append(one.pakke)
    after = open_kanal(linje.settings(B, A))
    found = after.hent(50)
    assert [one.pakke for one in found] == sent
    after.close()


def test_killed_in_the_middle_leaves_whole_packages_or_none(linje: Linje, a: HttpsKanal) -> None:
    """Packages sent without rest while the listener is killed: all that were answered are there,
    and nothing that is there is a part of one."""
    settings = linje.settings(B, A, lytt="127.0.0.1:0")
    answered: list[bytes] = []
    tried: set[bytes] = set()
    for turn in range(3):
        stop = threading.Event()
        with listening(settings) as port:

            def send(turn: int = turn, port: int = port, stop: threading.Event = stop) -> None:
                number = 0
                while not stop.is_set():
                    number += 1
                    one = message(port, f"{turn}:{number}:".encode() + os.urandom(200_000))
                    tried.add(one.pakke)
                    try:
                        a.send(one)
                    except GatewayError:
                        return
                    answered.append(one.pakke)

            thread = threading.Thread(target=send)
            thread.start()
            time.sleep(0.15 + 0.1 * turn)
        stop.set()
        thread.join(20)
    after = open_kanal(linje.settings(B, A))
    found = {one.pakke for one in after.hent(10_000)}
    assert answered and set(answered) <= found <= tried
    after.close()


def test_two_processes_share_a_box(linje: Linje, a: HttpsKanal) -> None:
    """One listens, two take: each package is seen, what one has taken is gone for the other, and
    taking the same twice does no harm. A second listener on the port is told so."""
    with listening(linje.settings(B, A, lytt="127.0.0.1:0")) as port:
        first, second = (open_kanal(linje.settings(B, A)) for _ in range(2))
        sent = [message(port, PACKAGE + bytes([n])) for n in range(6)]
        with ThreadPoolExecutor(3) as pool:
            list(pool.map(a.send, sent))
        seen = {one.ref: one.pakke for one in first.hent(50)}
        assert seen == {one.ref: one.pakke for one in second.hent(50)}
        assert sorted(seen.values()) == sorted(one.pakke for one in sent)
        for ref in list(seen)[:3]:
            first.kvitter(ref)
            second.kvitter(ref)
        assert {one.ref for one in second.hent(50)} == set(list(seen)[3:])
        with pytest.raises(LocalFault, match="PORT_OPPTATT"):
            open_kanal(linje.settings(B, A, lytt=f"127.0.0.1:{port}"))
        for one in second.hent(50):
            second.avvis(one.ref, "KAN_IKKE_AAPNES")
        assert first.hent(50) == []
    for kanal in (first, second):
        kanal.close()


@pytest.mark.parametrize(
    ("options", "code"),
    [
        ({"lytt": "alle"}, "UGYLDIG_PROFIL"),
        ({"ukjent": "x"}, "UGYLDIG_PROFIL"),
        ({"maks_pakke": "1"}, "UGYLDIG_PROFIL"),
        ({"noekkel": "/finnes/ikke.pem"}, "KANAL_NOEKLER_PASSER_IKKE"),
        ({"tillit": "/finnes/ikke.pem"}, "UGYLDIG_SERTIFIKAT"),
    ],
)
def test_a_wrong_set_up_is_told_at_once(linje: Linje, options: dict[str, str], code: str) -> None:
    """With a code and the option's name, before anything is listened on."""
    with pytest.raises(LocalFault, match=code):
        open_kanal(linje.settings(B, A, **options))
