"""The line between two gateways under somebody who means harm: who waits, and who is held up.

A stranger costs seconds, a counterpart its own share, and rubbish in the box stands in front of
nothing. Real sockets, real certificates.
"""

import contextlib
import socket
import ssl
import threading
import time

import pytest

from connectors.forsegling.oevingsnoekler import make as make_keys
from connectors.stafett_https import gjester, lytter, turn
from connectors.stafett_https.innboks import Innboks
from connectors.stafett_https.kanal import HttpsKanal, open_kanal
from gateway.errors import Transient
from gateway.ports.connector import ConnectorSettings

PATH = "/overfoering/v1/meldinger"
OWN, OTHER, THIRD = "899100107", "899200209", "899300301"
HEAD = f"POST {PATH} HTTP/1.1\r\nhost: x\r\ncontent-type: application/pkcs7-mime\r\n"


@pytest.fixture
def folder(tmp_path):
    """Keys of three organisations."""
    for who in (OWN, OTHER, THIRD):
        make_keys(tmp_path / who, who)
    return tmp_path


@pytest.fixture
def kanal(folder):
    """Makes our end, listening; closed at the end."""
    made = []

    def make(**options) -> HttpsKanal:
        key, cert = make_keys(folder / OWN, OWN)
        trusted = ",".join(str(make_keys(folder / who, who)[1]) for who in (OTHER, THIRD))
        told = {"noekkel": str(key), "sertifikat": str(cert), "tillit": trusted,
                "innboks": str(folder / "boks"), "lytt": "127.0.0.1:0", **options}  # fmt: skip
        made.append(open_kanal(ConnectorSettings("stafett_https", "", "", "", "", OWN,
                                                 options=told)))  # fmt: skip
        return made[-1]

    yield make
    for one in made:
        one.close()


def line(folder, port, who=OTHER):
    """A connection with a certificate."""
    key, cert = make_keys(folder / who, who)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(make_keys(folder / OWN, OWN)[1])
    context.verify_flags |= ssl.VERIFY_X509_PARTIAL_CHAIN
    context.load_cert_chain(cert, key)
    return context.wrap_socket(
        socket.create_connection(("127.0.0.1", port), timeout=5), server_hostname="localhost"
    )


def status(one, text, body=b""):
    """Say something and read the first line of the answer; 0 when there is none."""
    one.sendall(text.encode() + body)
    try:
        first = one.recv(4096).split(b"\r\n")[0].split()
    except OSError:
        return 0
    return int(first[1]) if first else 0


def post(one, body=b"package"):
    """A package as it should be."""
    return status(one, f"{HEAD}content-length: {len(body)}\r\n\r\n", body)


def is_over(one):
    """Whether the other end has closed."""
    one.settimeout(5)
    try:
        return one.recv(1) == b""
    except TimeoutError:
        return False
    except OSError:
        return True


def test_one_counterpart_cannot_take_the_whole_room(folder, kanal, monkeypatch):
    """However many lines one of them opens, another is answered."""
    monkeypatch.setattr(gjester, "EACH", 3)
    port = kanal().port
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(line(folder, port)) for _ in range(6)]
        answers = []
        for one in held:
            with contextlib.suppress(OSError):
                answers.append(post(one))
        assert answers.count(202) == 3
        assert post(stack.enter_context(line(folder, port, THIRD))) == 202
        for one in held:
            one.close()
    time.sleep(0.3)
    with line(folder, port) as again:
        assert post(again) == 202


def test_who_drips_is_sent_home(folder, kanal, monkeypatch):
    """A package that comes byte by byte ends, and so does a head that never does."""
    monkeypatch.setattr(gjester, "LIFE", 1.0)
    port = kanal().port
    for start in (f"{HEAD}content-length: 100000\r\n\r\nx", "POST "):
        with line(folder, port) as one:
            one.sendall(start.encode())
            began = time.monotonic()
            assert is_over(one)
            assert time.monotonic() - began < 4


def test_strangers_wait_outside(folder, kanal, monkeypatch):
    """Who shows no certificate is let go after seconds, and is in nobody's way meanwhile."""
    monkeypatch.setattr(lytter, "_HANDSHAKE", 1.0)
    port = kanal().port
    with contextlib.ExitStack() as stack:
        silent = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port)))
            for _ in range(gjester.INSIDE + 20)
        ]
        silent[0].sendall(b"GET / HTTP/1.1\r\n\r\n")
        assert post(stack.enter_context(line(folder, port))) == 202
        assert all(is_over(one) for one in silent)


@pytest.mark.parametrize(
    "lengths",
    ["transfer-encoding: chunked\r\ncontent-length: 7\r\n", "transfer-encoding: chunked\r\n",
     "content-length: 7\r\ncontent-length: 1\r\n", "content-length: 7, 7\r\n",
     "content-length: +7\r\n", "content-length: -7\r\n", "content-length: \u00b2\r\n"],
)  # fmt: skip
def test_where_a_request_ends_is_said_once(folder, kanal, lengths):
    """Two ways to read one request are two requests to somebody: none is taken, the line ends."""
    made = kanal()
    with line(folder, made.port) as one:
        one.sendall((HEAD + lengths + "\r\n").encode("latin-1") + b"package")
        answer = b"".join(iter(lambda: one.recv(4096), b""))
        assert answer.count(b"HTTP/1.1 ") == 1
        assert b" 411 " in answer.split(b"\r\n")[0]
    assert made.hent(5) == []


def test_a_question_with_a_body_is_not_two_requests(folder, kanal):
    """What lies behind a GET is not read as the next request."""
    made = kanal()
    inner = f"{HEAD}content-length: 1\r\n\r\nx"
    with line(folder, made.port) as one:
        one.sendall(f"GET {PATH} HTTP/1.1\r\nhost: x\r\ncontent-length: {len(inner)}\r\n\r\n{inner}"
                    .encode())  # fmt: skip
        answer = b"".join(iter(lambda: one.recv(4096), b""))
        assert answer.count(b"HTTP/1.1 ") == 1
    assert made.hent(5) == []


def test_memory_holds_a_few_packages_and_no_more(folder, kanal):
    """Each may be of the largest size; the next is asked to come again."""
    largest = 1 << 20
    port = kanal(maks_pakke=str(largest)).port
    with contextlib.ExitStack() as stack:
        for number in range(gjester.PACKAGES):
            one = stack.enter_context(line(folder, port, (OTHER, THIRD)[number % 2]))
            one.sendall(f"{HEAD}content-length: {largest}\r\n\r\nx".encode())
        time.sleep(0.5)
        late = stack.enter_context(line(folder, port, THIRD))
        assert status(late, f"{HEAD}content-length: {largest}\r\n\r\n") == 503
    time.sleep(0.5)
    with line(folder, port) as one:
        assert post(one, b"x" * largest) == 202


def test_nothing_is_served_after_the_stop(folder, kanal):
    """A line that was kept open ends with the listener, and its thread too."""
    made = kanal()
    with line(folder, made.port) as one:
        assert post(one) == 202
        made.close()
        assert is_over(one)
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and any(
        "process_request_thread" in thread.name for thread in threading.enumerate()
    ):
        time.sleep(0.05)
    assert not any("process_request_thread" in t.name for t in threading.enumerate())


def test_rubbish_in_front_is_not_in_the_way(kanal):
    """What was given out and is still here comes after what was not."""
    made = kanal()
    for n in range(7):
        made._innboks.keep(b"%d" % n)
    first = [one.pakke for one in made.hent(3)]
    assert first == [b"0", b"1", b"2"]
    assert [one.pakke for one in made.hent(3)] == [b"3", b"4", b"5"]
    made._innboks.keep(b"new")
    assert [one.pakke for one in made.hent(3)] == [b"6", b"new", b"0"]
    assert sorted(one.pakke for one in made.hent(10)) == sorted([b"%d" % n for n in range(7)]
                                                                + [b"new"])  # fmt: skip


def test_what_is_given_out_at_once_fits_in_memory(kanal, monkeypatch):
    """Large packages come a few at a time; one that is larger than that comes alone."""
    from connectors.stafett_https import kanal as module

    monkeypatch.setattr(module, "_AT_ONCE", 250)
    made = kanal()
    for _ in range(3):
        made._innboks.keep(b"x" * 100)
    made._innboks.keep(b"y" * 900)
    sizes = []
    while found := made.hent(10):
        sizes.append([len(one.pakke) for one in found])
        for one in found:
            made.kvitter(one.ref)
    assert sizes == [[100, 100], [100], [900]]


def test_the_box_is_full_by_bytes_too(tmp_path):
    """A disk is filled by a few large packages as well as by many small."""
    box = Innboks(tmp_path / "boks", 100, 1000)
    box.keep(b"x" * 600)
    with pytest.raises(Transient, match="INNBOKS_FULL"):
        box.keep(b"x" * 600)
    box.keep(b"x" * 300)


def test_what_was_refused_is_not_kept_for_ever(tmp_path, monkeypatch):
    """A refused package is sealed content all the same: it goes after a month."""
    box = Innboks(tmp_path / "boks", 100)
    box.keep(b"x")
    (ref,) = box.refs(5)
    box.refuse(ref)
    half = tmp_path / "boks" / f".{ref}"
    half.write_bytes(b"half")
    Innboks(tmp_path / "boks", 100)
    assert half.exists()
    assert len(list((tmp_path / "boks" / "avvist").iterdir())) == 1
    later = time.time() + 31 * 86_400
    monkeypatch.setattr(time, "time", lambda: later)
    Innboks(tmp_path / "boks", 100)
    assert list((tmp_path / "boks" / "avvist").iterdir()) == []
    assert not half.exists()


def test_no_sender_fills_the_box_for_the_others(folder, kanal, monkeypatch):
    """Rubbish without end from one, that nobody can open: another's package has its place."""
    monkeypatch.setattr(turn, "_SMALL", 3)
    port = kanal(maks_innboks="12").port
    with line(folder, port) as one, line(folder, port, THIRD) as other:
        assert [post(one) for _ in range(5)] == [202, 202, 202, 503, 503]
        assert [post(other) for _ in range(4)] == [202, 202, 202, 503]


def test_a_share_is_of_bytes_too(tmp_path, monkeypatch):
    """A few large packages of one sender leave room for another's."""
    monkeypatch.setattr(turn, "_SMALL_BYTES", 100)
    box = Innboks(tmp_path / "boks", 1000, 4000)
    box.keep(b"x" * 900, "en")
    with pytest.raises(Transient, match="INNBOKS_FULL"):
        box.keep(b"x" * 900, "en")
    box.keep(b"x" * 900, "to")
    for ref in box.refs(5):
        box.drop(ref)
    box.keep(b"x" * 900, "en")


def test_however_many_strangers_stand_there_a_known_one_gets_in(folder, kanal, monkeypatch):
    """As many silent ones as may stand there, and more: who has a certificate shows it, every
    time, and strangers go on losing their place to those who come."""
    monkeypatch.setattr(gjester, "KNOCKING", 20)
    port = kanal().port
    with contextlib.ExitStack() as stack:
        silent = [
            stack.enter_context(socket.create_connection(("127.0.0.1", port))) for _ in range(30)
        ]
        for _ in range(5):
            with line(folder, port) as one:
                assert post(one) == 202
            silent.append(stack.enter_context(socket.create_connection(("127.0.0.1", port))))
        assert is_over(silent[0])


def test_a_full_room_makes_room_for_who_has_least(folder, kanal, monkeypatch):
    """Who has most lines gives one up, the oldest; nobody with one line is turned away for it."""
    monkeypatch.setattr(gjester, "INSIDE", 4)
    port = kanal().port
    with contextlib.ExitStack() as stack:
        held = [stack.enter_context(line(folder, port)) for _ in range(4)]
        for one in held:
            assert post(one) == 202
        assert post(stack.enter_context(line(folder, port, THIRD))) == 202
        assert is_over(held[0])
        assert post(held[1]) == 202


def test_nobody_has_more_than_half_of_the_memory():
    """Two of the largest under way from one: the third waits, another's does not."""
    guests = gjester.Gjester(100)
    with contextlib.ExitStack() as stack:
        rooms = [stack.enter_context(guests.room_for(100, who)) for who in (b"x", b"x", b"x", b"y")]
        assert rooms == [True, True, False, True]
    with guests.room_for(100, b"x") as again:
        assert again
