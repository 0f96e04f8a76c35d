"""Catalogue, sending, headers, trust and waiting: what holds without any broker."""

import threading
import time
from datetime import UTC, datetime, timedelta

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.serialization import Encoding
from cryptography.x509.oid import NameOID
from pika import exceptions

from connectors.fiks.katalog import Katalog
from connectors.fiks.meldinger import Mottatt, safe_id
from connectors.fiks.mottak import Mottak, read_message
from connectors.fiks.operasjoner import TRANSPORT
from connectors.fiks.oppsett import Fiksoppsett, read_options
from connectors.fiks.sandbox.noekkelring import client_options
from connectors.fiks.sandbox.skjema import read_form
from connectors.fiks.sending import send
from connectors.fiks.svarkasse import MOST, Svarkasse
from connectors.fiks.tillit import Tillit
from connectors.http.session import Session
from connectors.sandbox.app import Request
from gateway.errors import LocalFault, RemoteFault, Transient, UnknownOutcome
from gateway.ports.connector import ConnectorSettings

KONTO = "0d4a3b9e-1c22-4b0d-8a65-7f6ec2b1d7a4"
MELDING = "5b6a2a0e-1f57-4c8e-9d3d-2b0c9a7e6f11"
BY_NAME = {operation.name: operation for operation in TRANSPORT}


def session(answer):
    """A session whose every request is answered by `answer`."""
    settings = ConnectorSettings("fiks", "https://api.example", "", "k", "p", "", attempts=2)
    return Session(
        settings, BY_NAME, transport=httpx.MockTransport(answer), sleep=lambda seconds: None
    )


# -- catalogue ---------------------------------------------------------------------------------
def catalogue(ring, calls, now, status=200, name="konto"):
    """A catalogue that gives one certificate, and a clock to turn."""

    def answer(request):
        calls.append(request.url.path)
        pem = ring.certificates[name].public_bytes(Encoding.PEM).decode()
        return httpx.Response(status, json={"nokkel": pem})

    return Katalog(session(answer), clock=lambda: now[0])


def test_a_key_is_kept_ten_minutes(ring):
    """Asked for once, and again when it has grown old."""
    calls, now = [], [0.0]
    katalog = catalogue(ring, calls, now)
    assert katalog.public_key(KONTO) == ring.certificates["konto"]
    now[0] = 599.0
    katalog.public_key(KONTO)
    assert len(calls) == 1
    now[0] = 601.0
    katalog.public_key(KONTO)
    assert calls == [f"/fiks-io/katalog/api/v1/kontoer/{KONTO}/offentligNokkel"] * 2


def test_an_account_without_a_key_is_our_fault_to_mend(ring):
    """404 from the catalogue names the account and says what is missing."""
    with pytest.raises(LocalFault, match="KONTO_UTEN_NOEKKEL"):
        catalogue(ring, [], [0.0], status=404).public_key(KONTO)


def test_a_key_that_has_ended_is_not_used(ring):
    """Nothing is encrypted with a certificate from yesterday."""
    model = ring.certificates["konto"]
    old = (
        x509.CertificateBuilder()
        .subject_name(model.subject)
        .issuer_name(model.issuer)
        .public_key(model.public_key())
        .serial_number(2)
        .not_valid_before(datetime.now(UTC) - timedelta(days=9))
        .not_valid_after(datetime.now(UTC) - timedelta(days=1))
        .sign(ring.keys["konto"], hashes.SHA256())
    )
    pem = old.public_bytes(Encoding.PEM).decode()
    katalog = Katalog(session(lambda request: httpx.Response(200, json={"nokkel": pem})))
    with pytest.raises(RemoteFault, match="UTLOEPT_NOEKKEL"):
        katalog.public_key(KONTO)


# -- sending -----------------------------------------------------------------------------------
def sent(answer, *, write=True, headere=None, data=b"\r\n--sealed--\r\n"):
    """One message through `answer`."""
    return send(
        session(answer),
        "fiksio.send",
        avsender=KONTO,
        mottaker=MELDING,
        meldingstype="no.ks.fiks.arkiv.v1.innsyn.sok",
        ttl_ms=5000,
        headere={"klientMeldingId": MELDING} if headere is None else headere,
        data=data,
        write=write,
    )


def test_the_form_is_what_the_platform_reads():
    """Metadata as JSON, the payload byte for byte, a random file name."""
    seen = []

    def answer(request):
        headers = {name.lower(): value for name, value in request.headers.items()}
        seen.append(read_form(Request("POST", request.url.path, {}, headers, request.read())))
        return httpx.Response(202, json={"meldingId": MELDING})

    assert sent(answer).melding_id == MELDING
    assert seen[0].data == b"\r\n--sealed--\r\n"
    assert seen[0].headere == {"klientMeldingId": MELDING}
    assert seen[0].ttl_ms == 5000


def test_a_write_without_an_answer_is_not_sent_again():
    """A lost 202 of a write is an unknown outcome; a question is asked again."""
    calls = []

    def answer(request):
        calls.append(1)
        raise httpx.ReadError("lost")

    with pytest.raises(UnknownOutcome):
        sent(answer)
    assert len(calls) == 1
    with pytest.raises(Transient):
        sent(answer, write=False)
    assert len(calls) == 3


def test_a_receipt_without_an_id_is_no_receipt():
    """202 with anything else than a message id leaves the outcome unknown."""
    with pytest.raises(UnknownOutcome):
        sent(lambda request: httpx.Response(202, json={"meldingId": "ja"}))


def test_a_number_never_stands_in_the_metadata():
    """Eleven digits in a header stop the message before it is sent."""
    with pytest.raises(LocalFault, match="NUMMER_I_METADATA"):
        sent(lambda request: httpx.Response(500), headere={"x": "12345678901"})


# -- receiving ---------------------------------------------------------------------------------
def test_header_values_are_bytes():
    """UTF-8 bytes and texts alike, the sender's own headers without their prefix."""
    message = read_message(
        {
            "avsender-id": KONTO.encode(),
            "melding-id": MELDING,
            "type": "no.ks.fiks.kvittering.ugyldigforespørsel.v1".encode(),
            "egendefinert-header.klientMeldingId": b"k",
            "svar-til": MELDING.encode(),
            "x-death": [{"count": 1}],
        },
        b"sealed",
    )
    assert message == Mottatt(
        melding_id=MELDING,
        type="no.ks.fiks.kvittering.ugyldigforespørsel.v1",
        avsender=KONTO,
        svar_til=MELDING,
        egne={"klientMeldingId": "k"},
        body=b"sealed",
    )
    assert "sealed" not in repr(message)


@pytest.mark.parametrize("missing", ["avsender-id", "melding-id", "type"])
def test_a_mandatory_header_is_mandatory(missing):
    """Without it there is no message."""
    headers = {"avsender-id": b"a", "melding-id": b"m", "type": b"t"}
    assert read_message(headers, b"") is not None
    assert read_message({k: v for k, v in headers.items() if k != missing}, b"") is None
    assert read_message({**headers, missing: b""}, b"") is None


def test_an_id_told_in_capitals_is_the_same_id():
    """A reply is known by the message it answers and by who sent it, however either is written."""
    ident = "0FB6C1A2-7C1E-4E5A-9B7D-2C4B3A1D9E8F"
    headers = {"avsender-id": ident, "melding-id": ident, "type": b"t", "svar-til": ident}
    read = read_message(headers, b"")
    assert {read.avsender, read.melding_id, read.svar_til} == {ident.lower()}
    odd = {**headers, "melding-id": "IKKE-en-UUID"}
    assert read_message(odd, b"").melding_id == "IKKE-en-UUID"


def test_plain_amqp_is_for_this_machine_only(ring):
    """Anywhere else it is refused before a connection is tried."""
    options = client_options(ring.folder.parent, "amqp://io.example:5672")
    with pytest.raises(LocalFault, match="IKKE_KRYPTERT"):
        Mottak(Fiksoppsett.model_validate(options), lambda: "", lambda message: True)


REFUSED = "ACCESS_REFUSED - Provided JWT token has expired at timestamp 1795000000"


class Broker(Mottak):
    """A consumer whose broker says what it is told to, connection after connection."""

    def __init__(self, ring, says):
        options = client_options(ring.folder.parent, "amqp://127.0.0.1:5672")
        self.says, self.passwords = list(says), []
        super().__init__(
            Fiksoppsett.model_validate(options), self._fresh, lambda message: True, patience=2.0
        )

    def _fresh(self):
        self.passwords.append(f"token-{len(self.passwords)}")
        return self.passwords[-1]

    def _consume(self):
        self._password()
        admitted, exc = self.says.pop(0) if self.says else (True, None)
        if admitted:
            self.epoch += 1
            self._connected = True
            self._ready.set()
        if exc is not None:
            raise exc
        self._stopping.wait(10)


@pytest.mark.parametrize(
    "ended",
    [
        exceptions.ChannelClosedByBroker(403, REFUSED),
        exceptions.ConnectionClosedByBroker(403, REFUSED),
        exceptions.ConnectionClosedByBroker(320, "CONNECTION_FORCED - credentials expired"),
    ],
    ids=["the channel", "the connection", "forced"],
)
def test_a_token_that_ends_under_a_consumer_is_fetched_anew(ring, ended):
    """A broker that let us in has not taken our right away when it says 403 later: the token has
    ended. The next connection has a new one, and nobody is told of a missing right."""
    broker = Broker(ring, [(True, ended), (True, None)])
    broker.start()
    until = time.monotonic() + 5
    while len(broker.passwords) < 2 and time.monotonic() < until:
        time.sleep(0.01)
    broker.start()
    assert broker.alive
    assert broker.passwords == ["token-0", "token-1"]
    broker.stop()


def test_a_right_that_was_never_there_is_ours_to_mend(ring):
    """403 to the first question, or to the first one after a new token, is not an ended token."""
    refused = exceptions.ChannelClosedByBroker(403, "ACCESS_REFUSED - access to queue refused")
    broker = Broker(ring, [(False, refused)])
    with pytest.raises(LocalFault, match="MANGLER_RETTIGHET"):
        broker.start()
    again = Broker(ring, [(True, refused), (False, refused)])
    again.start()
    until = time.monotonic() + 5
    while again.alive and time.monotonic() < until:
        time.sleep(0.01)
    assert len(again.passwords) == 2


def test_replies_wait_for_whoever_asked():
    """By the message they answer, each once, whichever thread asks, and never without end."""
    kasse = Svarkasse(clock=lambda: 0.0)
    for nr in range(3):
        kasse.put(Mottatt(f"m{nr}", "t", "a", svar_til=f"q{nr % 2}"))
    kasse.put(Mottatt("m0", "t", "a", svar_til="q0"))
    assert [kasse.take("q0", 0.0).melding_id for _ in range(2)] == ["m0", "m2"]
    assert kasse.take("q0", 0.0) is None
    assert kasse.take("q0", 9.0, lambda: True) is None
    for nr in range(MOST + 10):
        kasse.put(Mottatt(f"x{nr}", "t", "a", svar_til="q"))
    assert kasse.take("q", 0.0).melding_id == "x10"
    assert kasse.take("q1", 0.0) is None


def test_a_reply_wakes_the_one_who_waits():
    """No polling: the waiter gets it when it comes."""
    kasse = Svarkasse()
    got = []
    waiter = threading.Thread(target=lambda: got.append(kasse.take("q", 1e12)))
    waiter.start()
    kasse.put(Mottatt("m", "t", "a", svar_til="q"))
    waiter.join(10)
    assert got[0].melding_id == "m"


# -- trust -------------------------------------------------------------------------------------
def issued(ring, orgnr, *, by="mottaker", ca=True, days=9):
    """A certificate for a new name under an authority; (authority, certificate)."""
    now = datetime.now(UTC)

    def certificate(name, key, issuer, signer, extension):
        builder = (
            x509.CertificateBuilder()
            .subject_name(name)
            .issuer_name(issuer)
            .public_key(key.public_key())
            .serial_number(x509.random_serial_number())
            .not_valid_before(now - timedelta(days=20))
            .not_valid_after(now + timedelta(days=days))
        )
        if extension is not None:
            builder = builder.add_extension(extension, critical=True)
        return builder.sign(signer, hashes.SHA256())

    root = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "rot")])
    subject = x509.Name([x509.NameAttribute(NameOID.ORGANIZATION_IDENTIFIER, f"NTRNO-{orgnr}")])
    authority = certificate(
        root, ring.keys[by], root, ring.keys[by], x509.BasicConstraints(ca, None) if ca else None
    )
    return authority, certificate(subject, ring.keys["fremmed"], root, ring.keys[by], None)


def test_only_the_receiver_counts_as_signer(ring):
    """Its account's own key or a pinned one; nobody else's, and never nobody's."""
    konto, other = ring.certificates["mottaker"], ring.certificates["fremmed"]
    assert Tillit().accepts([konto], konto)
    assert not Tillit().accepts([other], konto)
    assert not Tillit().accepts([konto, other], konto)
    assert not Tillit().accepts([], konto)
    assert Tillit(pinned=[other]).accepts([other], konto)


def test_an_authority_vouches_for_the_right_organisation_only(ring):
    """The right number under the right authority, in time, and the authority is one."""
    konto = ring.certificates["konto"]
    authority, signer = issued(ring, "899100107")
    assert Tillit((), [authority], "899100107").accepts([signer], konto)
    assert not Tillit((), [authority], "899100115").accepts([signer], konto)
    assert not Tillit((), [ring.certificates["gateway"]], "899100107").accepts([signer], konto)
    fake, other = issued(ring, "899100107", ca=False)
    assert not Tillit((), [fake], "899100107").accepts([other], konto)
    late, ended = issued(ring, "899100107", days=-1)
    assert not Tillit((), [late], "899100107").accepts([ended], konto)


# -- configuration and ids ---------------------------------------------------------------------
def test_a_wrong_option_is_named_and_not_shown(ring):
    """The key that is wrong, never its value."""
    options = {**client_options(ring.folder.parent, "amqps://x"), "konto_id": "hemmelig-verdi"}
    settings = ConnectorSettings("fiks", "https://x", "", "", "", "", options=options)
    with pytest.raises(LocalFault) as caught:
        read_options(Fiksoppsett, settings)
    assert str(caught.value) == "UGYLDIG_OPPSETT (fiks konto_id)"
    unknown = {**client_options(ring.folder.parent, "amqps://x"), "ukjent": "1"}
    with pytest.raises(LocalFault, match="ukjent"):
        read_options(Fiksoppsett, ConnectorSettings("f", "", "", "", "", "", options=unknown))


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        (MELDING, MELDING),
        ("e1", "e1"),
        (" feil-42 ", "feil-42"),
        ("12345678901", ""),
        ("123456-78901", ""),
        ("Kari Nordmann", ""),
        ("<xml>", ""),
        ("x" * 60, ""),
    ],
)
def test_only_what_can_only_be_an_id_is_repeated(text, kept):
    """An archive's error id goes into our errors when it cannot be anything else."""
    assert safe_id(text) == kept
