"""What is too large is told in time, and of which limit: before anything is sent, and at the door.

There are two limits, the envelope on the wire and the container unpacked, and the text, the
settings' own README and the defaults of both ends say the same of them.
"""

import json
import re
import socket
import ssl
from pathlib import Path

import pytest

from connectors.fiks.asice import MOST_FILES, read_package
from connectors.fiks.konvolutt import decrypt
from connectors.fiks.noekler import read_certificates, read_private
from connectors.forsegling import forsegler as module
from connectors.forsegling.forsegler import CmsForsegler, Nokler
from connectors.forsegling.motparter import Motparter, Sertifikater
from connectors.forsegling.oevingsnoekler import make as make_keys
from connectors.stafett_https.kanal import open_kanal
from connectors.stafett_https.profil import Profil
from gateway.errors import Rejected
from gateway.ports.connector import ConnectorSettings
from gateway.ports.forsegling import Pakkefil
from gateway.ports.kanal import Forsendelse, Motpart
from schemas.overfoering import grenser

OWN, OTHER = "899100107", "899200209"
PATH = "/overfoering/v1/meldinger"
HEAD = f"POST {PATH} HTTP/1.1\r\nhost: x\r\ncontent-type: application/pkcs7-mime\r\n"
ROOT = Path(__file__).parents[3]
MIB = 1024 * 1024


# -- one figure for each ---------------------------------------------------------------------------
@pytest.mark.parametrize(
    "name", ["schemas/overfoering/SPECIFICATION.md", "schemas/overfoering/SPESIFIKASJON.md",
             "config/README.md", "connectors/stafett_https/README.md"],
)  # fmt: skip
def test_the_figures_are_the_same_everywhere(name):
    """Every number of MiB in the text is one of the two, and both are there."""
    text = (ROOT / name).read_text("utf-8")
    told = {int(n) * MIB for n in re.findall(r"(\d+) MiB", text)}
    assert told == {grenser.KONVOLUTT, grenser.UTPAKKET}


def test_the_defaults_are_the_figures(tmp_path):
    """A listener takes, and a reader opens, what the text says everybody does."""
    told = Profil(noekkel=tmp_path, sertifikat=tmp_path, innboks=tmp_path)
    assert told.maks_pakke == grenser.KONVOLUTT
    assert module.CAP == grenser.UTPAKKET and MOST_FILES == grenser.POSTER


# -- before anything is sent -----------------------------------------------------------------------
@pytest.fixture(scope="module")
def keys(tmp_path_factory):
    """Paths of key and certificate by organisation."""
    folder = tmp_path_factory.mktemp("noekler")
    return {who: make_keys(folder / who, who) for who in (OWN, OTHER)}


def sealer(keys, **limits):
    """Ours, with smaller limits."""
    certs = {who: read_certificates(pair[1])[0] for who, pair in keys.items()}
    key = read_private(keys[OWN][0])
    known = Motparter({who: Sertifikater((cert,)) for who, cert in certs.items()})
    return CmsForsegler(Nokler(key, certs[OWN], (key,)), known, **limits)


def files(count, size, media="application/pdf"):
    """So many files of that size with the longest names there are."""
    return [Pakkefil(f"{n:03d}{'x' * 77}", media, bytes(size)) for n in range(count)]


def test_what_is_too_large_says_which_limit(keys):
    """Unpacked, on the wire, or too many files; each with a code of its own."""
    ours = sealer(keys, cap=2 * MIB, most=MIB)
    for given, code in (
        (files(2, MIB), "FOR_STOR_UTPAKKET"),
        (files(1, MIB), "FOR_STOR_KONVOLUTT"),
        (files(grenser.FILER + 1, 1), "FOR_MANGE_FILER"),
    ):
        with pytest.raises(Rejected) as caught:
            ours.pakk(given, OTHER)
        assert caught.value.code == code
    assert ours.pakk(files(1, MIB, "text/plain"), OTHER)


def test_the_most_that_is_made_is_opened(keys):
    """As many files as may be, as large as may be: a reader with the same limits reads it all."""
    cap = 4 * MIB
    each = (cap - grenser.BESIDES) // grenser.FILER
    made = sealer(keys, cap=cap, most=cap).pakk(files(grenser.FILER, each), OTHER)
    inside = decrypt(made, [read_private(keys[OTHER][0])])
    assert len(read_package(inside, cap=cap).filer) == grenser.FILER


def test_the_envelope_round_the_largest_content_is_within_the_limit(keys):
    """Content of the largest size that is locked, with a message of the largest size beside."""
    most = 3 * MIB
    locked = Pakkefil("innhold.laast", "application/octet-stream", bytes(most - grenser.BESIDES))
    message = Pakkefil("melding.json", "application/octet-stream", bytes(64 * 1024))
    assert len(sealer(keys, cap=2 * most, most=most).pakk([message, locked], OTHER)) <= most


# -- at the door -----------------------------------------------------------------------------------
@pytest.fixture
def port(keys, tmp_path):
    """A listener that takes 20 kB."""
    kanal = open_kanal(settings(keys, tmp_path, OWN, OTHER, lytt="127.0.0.1:0"))
    yield kanal.port
    kanal.close()


def settings(keys, folder, who, other, **options):
    """One end of a line."""
    key, cert = keys[who]
    told = {"noekkel": str(key), "sertifikat": str(cert), "tillit": str(keys[other][1]),
            "innboks": str(folder / who), "maks_pakke": "20000", **options}  # fmt: skip
    return ConnectorSettings("stafett_https", "", "", "", "", who, timeout=5.0, deadline=10.0,
                             attempts=1, options=told)  # fmt: skip


def line(keys, port):
    """Another vendor's client."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(keys[OWN][1])
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_cert_chain(keys[OTHER][1], keys[OTHER][0])
    raw = socket.create_connection(("127.0.0.1", port), timeout=5)
    return context.wrap_socket(raw, server_hostname="127.0.0.1")


def answer(one):
    """All that is said until the end."""
    return b"".join(iter(lambda: one.recv(4096), b""))


@pytest.mark.parametrize("size", [20_001, 24 * MIB])
def test_a_client_that_is_still_sending_can_read_the_answer(keys, port, size):
    """It sends all of it before it looks; the line is not torn from under it, and the answer says
    which limit, and what it is."""
    with line(keys, port) as one:
        one.sendall(f"{HEAD}content-length: {size}\r\n\r\n".encode())
        one.sendall(bytes(size))
        head, _, body = answer(one).partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 413 ") and b"connection: close" in head
    assert json.loads(body) == {"kode": "FOR_STOR_KONVOLUTT", "mest": 20_000}


def test_a_client_that_asks_first_is_told_before_it_sends(keys, port):
    """Expect: 100-continue, as curl says it of large packages: the answer, and no 100."""
    with line(keys, port) as one:
        one.sendall(f"{HEAD}expect: 100-continue\r\ncontent-length: 20001\r\n\r\n".encode())
        assert answer(one).startswith(b"HTTP/1.1 413 ")
    with line(keys, port) as one:
        one.sendall(f"{HEAD}expect: 100-continue\r\ncontent-length: 3\r\n\r\n".encode())
        assert one.recv(4096).startswith(b"HTTP/1.1 100 ")
        one.sendall(b"abc")
        assert one.recv(4096).startswith(b"HTTP/1.1 202 ")


@pytest.mark.parametrize(
    ("head", "status"),
    [
        (HEAD.replace("pkcs7-mime", "json") + "content-length: 4000000\r\n", 415),
        (HEAD.replace("meldinger", "annet") + "content-length: 4000000\r\n", 404),
        (HEAD + "content-length: 4000000\r\ntransfer-encoding: chunked\r\n", 411),
        (HEAD + "content-length: 0\r\n", 411),
    ],
)
def test_every_refusal_can_be_read_so(keys, port, head, status):
    """Not the large ones alone."""
    with line(keys, port) as one:
        one.sendall(f"{head}\r\n".encode())
        one.sendall(bytes(4_000_000))
        assert answer(one).startswith(f"HTTP/1.1 {status} ".encode())


def test_our_own_channel_says_which_limit_the_other_has(keys, port, tmp_path):
    """Ours is larger than theirs: what they answer is told as theirs, and it is not tried again."""
    a = open_kanal(settings(keys, tmp_path, OTHER, OWN, maks_pakke="9000000"))
    to = Motpart(OWN, {"url": f"https://127.0.0.1:{port}"})
    with pytest.raises(Rejected, match="FOR_STOR_KONVOLUTT"):
        a.send(Forsendelse("m", "s", "pakke", to, bytes(8_000_000)))
    with pytest.raises(Rejected, match="FOR_STOR_KONVOLUTT"):
        a.send(Forsendelse("m", "s", "pakke", to, bytes(9_000_001)))
    a.close()
