"""The GI Arkiv archive against its sandbox: three steps that go on, once each, read back."""

import hashlib
import os
import time
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from lxml import etree

from connectors.gi_arkiv import innhold
from connectors.gi_arkiv.arkiv import OPERATIONS
from connectors.gi_arkiv.feil import meaning
from connectors.gi_arkiv.profil import read
from connectors.gi_arkiv.sandbox.sample import PROFIL
from connectors.gi_arkiv.sandbox.svar import fault
from connectors.gi_arkiv.tre import Unparsable, content, parse
from gateway.errors import (
    Conflict,
    GatewayError,
    LocalFault,
    Rejected,
    RemoteFault,
    Transient,
    UnknownOutcome,
)
from gateway.ports.archive import Levering
from gateway.ports.connector import Provenance
from schemas.gi_arkiv.navnerom import XSD

UPDATE = "^POST /ArkivOppdatering"
READ = "^POST /ArkivInnsyn"
WRITES_OF_ONE = 5
FULL = bool(os.environ.get("STAFETT_FULL"))


@pytest.fixture
def gi(proeve: Any) -> Any:
    """The sandbox, empty."""
    return proeve("gi_arkiv")


def writes(gi: Any) -> list[Any]:
    """The calls that could change the archive."""
    return [seen for seen in gi.seen if "Oppdatering" in seen.path]


@pytest.mark.parametrize(
    "options",
    [
        {},
        {"innlogging": "apikey"},
        {"innlogging": "wsse"},
        {"innlogging": "wsse", "wsse_passord": "digest"},
        {"barnet": "sakspart", "sakspartrolle": "BARN", "personidentifikatortype": "F"},
        {"skjermet_tittel": "false", "mappetype": "", "journalenhet": "", "dokumenttype": ""},
    ],
    ids=str,
)
def test_what_is_deposited_is_found_and_read_back(gi: Any, options: dict[str, str]) -> None:
    """Every file comes back bit for bit, with each way of signing in and of placing the child."""
    archive, snapshot = gi.open(options), gi.uttak()
    assert archive.facts().reads_back
    assert archive.find(snapshot) is None
    answer = archive.deposit(snapshot, None)
    assert answer.levering is Levering.LEVERT
    found = gi.holds(archive, snapshot)
    assert found.journalpost == answer.ref
    assert found.nummer.count("/") == 1
    assert archive.progress(snapshot, answer.ref).levering is Levering.LEVERT


@pytest.mark.parametrize("innlogging", ["basic", "apikey", "wsse"])
def test_a_wrong_secret_is_our_own_fault(gi: Any, innlogging: str) -> None:
    """Whether the answer is a 401 or a fault, the run stops, and the secret is not repeated."""
    archive = gi.open({"innlogging": innlogging}, client_secret="feil-hemmelighet")
    with pytest.raises(LocalFault) as caught:
        archive.facts()
    assert caught.value.code == "IKKE_INNLOGGET"
    assert "feil-hemmelighet" not in str(caught.value)


def test_the_same_deposit_makes_nothing_twice(gi: Any) -> None:
    """Also when it is told that nothing, or less than is there, was found."""
    archive, snapshot = gi.open(), gi.uttak()
    archive.deposit(snapshot, None)
    stale = archive.find(snapshot)
    assert stale is not None
    for found in (None, stale, type(stale)(stale.mappe, stale.journalpost, "", ())):
        archive.deposit(snapshot, found)
    gi.holds(archive, snapshot)
    assert set(gi.running.journal()["dokumenter"].values()) == {1}


def test_a_second_snapshot_goes_into_the_same_folder(gi: Any) -> None:
    """One folder per log, one record per snapshot, also after the archive was restarted."""
    first, second = gi.uttak(1, logg=7), gi.uttak(2, logg=7)
    gi.open().deposit(first, None)
    gi.start()
    gi.open().deposit(second, None)
    journal = gi.running.journal()
    assert journal["mapper"] == {first.mappe_key: 1}
    assert journal["journalposter"] == {first.key: 1, second.key: 1}


@pytest.mark.parametrize("kind", ["cut_after", "cut_before", "reset", "server500", "short_body"])
@pytest.mark.parametrize("switches", [{}, {"uten_fil": True, "tom_liste": True}], ids=str)
def test_a_lost_answer_at_any_step_ends_in_one_record(
    gi: Any, kind: str, switches: dict[str, Any]
) -> None:
    """Each of the three steps in turn loses its answer; going on leaves everything once."""
    gi.app.switch(switches)
    archive = gi.open()
    handled = {"handled": True} if kind in {"reset", "server500"} else {}
    for turn in range(0, WRITES_OF_ONE, 1 if kind == "cut_after" or FULL else 2):
        snapshot = gi.uttak(turn + 1)
        gi.fault(kind, UPDATE, skip=turn, **handled)
        assert gi.settle(archive, snapshot)[1] == 1
        gi.calm()
        found = archive.find(snapshot)
        assert found is not None and len(found.filer) == len(snapshot.filer)
    journal = gi.running.journal()
    for counted in ("journalposter", "mapper", "dokumenter"):
        assert set(journal[counted].values()) == {1}, counted


def test_a_record_without_documents_is_half_a_deposit(gi: Any) -> None:
    """Folder and record stand, no document does: found, not whole, and gone on with."""
    archive, snapshot = gi.open(), gi.uttak()
    gi.fault("cut_before", UPDATE, skip=2)
    with pytest.raises(UnknownOutcome):
        archive.deposit(snapshot, None)
    found = archive.find(snapshot)
    assert found is not None and found.filer == ()
    assert archive.progress(snapshot, found.journalpost).levering is Levering.MENNESKE
    archive.deposit(snapshot, found)
    gi.holds(archive, snapshot)


@pytest.mark.parametrize(
    ("kind", "error", "code"),
    [
        ("ValidationFault", Rejected, "AVVIST"),
        ("ApplicationFault", Rejected, "AVVIST"),
        ("FinderFault", Rejected, "AVVIST"),
        ("Client", Rejected, "AVVIST"),
        ("OperationalFault", UnknownOutcome, "UVISST_UTFALL"),
        ("SystemFault", UnknownOutcome, "UVISST_UTFALL"),
        ("ImplementationFault", UnknownOutcome, "UVISST_UTFALL"),
        ("Server", UnknownOutcome, "UVISST_UTFALL"),
        ("FailedAuthentication", LocalFault, "IKKE_INNLOGGET"),
    ],
)
@pytest.mark.parametrize("with_200", [False, True])
def test_a_fault_of_a_write_has_its_meaning(
    gi: Any, kind: str, error: type[GatewayError], code: str, with_200: bool, everything_said: Any
) -> None:
    """The kind decides; the sentence, which quotes the child, is in no error."""
    gi.app.switch({"feil": kind, "feil_med_200": with_200})
    archive, snapshot = gi.open(), gi.uttak()
    with pytest.raises(error) as caught:
        archive.deposit(snapshot, None)
    assert caught.value.code == code
    gi.refuse_child_in([everything_said(caught.value)])
    # The archive's own code is told where the standard has a place for one.
    assert ("GI-500" in str(caught.value)) is kind.endswith("Fault")
    gi.settle(archive, snapshot)
    gi.holds(archive, snapshot)


@pytest.mark.parametrize("code", ["Kari Nordlys", "123456", "GI-1234567", "a" * 41, "<x/>", ""])
def test_a_code_that_may_be_content_is_not_told(code: str) -> None:
    """A code with a space, a long number or at great length is left out; the kind still counts."""
    told = meaning(fault("ApplicationFault", code, "sitat"), write=True, place="her")
    assert (str(told), type(told)) == ("AVVIST (her)", Rejected)


def test_a_fault_after_the_work_was_done_leaves_one(gi: Any) -> None:
    """The archive did it and said SystemFault: looked for, not done again."""
    archive = gi.open()
    for number, kind in enumerate(("SystemFault", "OperationalFault", "Server")):
        gi.app.switch({"feil": kind, "utfoert": True, "ganger": 5})
        gi.settle(archive, gi.uttak(number), tries=8)
    assert set(gi.running.journal()["dokumenter"].values()) == {1}


def test_an_empty_answer_is_not_success(gi: Any) -> None:
    """A Response with nothing in it says neither yes nor no."""
    gi.app.switch({"tomt_svar": True})
    archive, snapshot = gi.open(), gi.uttak()
    with pytest.raises(UnknownOutcome):
        archive.deposit(snapshot, None)
    assert gi.settle(archive, snapshot, tries=8)[1] == 4
    gi.holds(archive, snapshot)


def test_busy_is_transient_and_says_when(gi: Any) -> None:
    """503 with Retry-After reaches the caller when patience ends, and nothing is made."""
    archive, snapshot = gi.open(attempts=1), gi.uttak()
    for match in (READ, UPDATE):
        gi.fault("busy503", match, times=0, retry_after=7)
        with pytest.raises(Transient) as caught:
            archive.deposit(snapshot, None)
        assert caught.value.retry_after == 7
    assert gi.running.journal()["mapper"] == {}


@pytest.mark.parametrize("kind", ["html200", "cut_json", "wrong_encoding"])
def test_garbage_is_the_archives_fault(gi: Any, kind: str) -> None:
    """An answer that is not the one asked for is tried again, and then stops the connector."""
    archive, snapshot = gi.open(), gi.uttak()
    archive.deposit(snapshot, None)
    gi.fault(kind, READ, times=1)
    assert archive.find(snapshot) is not None
    if kind != "wrong_encoding":
        gi.fault(kind, READ, times=0)
        with pytest.raises(RemoteFault) as caught:
            archive.find(snapshot)
        assert caught.value.code == "UGYLDIG_SVAR"


def test_an_answer_with_a_dtd_is_not_read(gi: Any) -> None:
    """Entities are not expanded, and an answer that brings some is refused."""
    archive, snapshot = gi.open(), gi.uttak()
    archive.deposit(snapshot, None)
    gi.app.switch({"dtd": True})
    with pytest.raises(RemoteFault):
        archive.find(snapshot)


def test_two_folders_with_our_key_stop(gi: Any) -> None:
    """A person must look; nothing is put into either."""
    gi.app.switch({"to_mapper": True})
    archive, snapshot = gi.open(), gi.uttak()
    gi.fault("cut_after", UPDATE)
    with pytest.raises(UnknownOutcome):
        archive.deposit(snapshot, None)
    for call in (archive.find, lambda one: archive.deposit(one, None)):
        with pytest.raises(Conflict) as caught:
            call(snapshot)
        assert caught.value.code == "FLERE_TREFF"
    assert gi.running.journal()["journalposter"] == {}


def test_a_closed_folder_is_said_to_be_closed(gi: Any) -> None:
    """A new record and a missing document are refused; what is whole stays whole."""
    archive, first, second = gi.open(), gi.uttak(1, logg=7), gi.uttak(2, logg=7)
    archive.deposit(first, None)
    gi.app.avslutt(first.mappe_key)
    before = len(writes(gi))
    assert archive.deposit(first, None).levering is Levering.LEVERT
    with pytest.raises(Rejected) as caught:
        archive.deposit(second, None)
    assert caught.value.code == "MAPPE_AVSLUTTET"
    assert len(writes(gi)) == before
    # Where the closed status is not configured, the archive's own refusal comes through.
    with pytest.raises(Rejected) as caught:
        gi.open({"saksstatus_avsluttet": ""}).deposit(second, None)
    assert caught.value.code == "AVVIST"


def test_bytes_the_archive_spoilt_are_seen(gi: Any) -> None:
    """What is fetched is what is stored: one turned bit shows in the hash."""
    archive, snapshot = gi.open(), gi.uttak()
    archive.deposit(snapshot, None)
    gi.app.switch({"skader": True})
    found = archive.find(snapshot)
    assert found is not None
    got = hashlib.sha256(archive.fetch(found.filer[0])).hexdigest()
    assert got != snapshot.filer[0].sha256
    with pytest.raises(Conflict, match="BORTE"):
        archive.fetch(type(found.filer[0])(nr=1, ref="finnes-ikke"))


def test_bytes_that_are_not_the_snapshots_are_never_sent(gi: Any) -> None:
    """A store that gives other bytes than the snapshot names is our own fault, found before."""
    archive, snapshot = gi.open(), gi.uttak()
    values = {name: getattr(snapshot, name) for name in snapshot.__slots__}
    wrong = type(snapshot)(**{**values, "read_file": lambda nr: b"noe annet"})
    with pytest.raises(LocalFault) as caught:
        archive.deposit(wrong, None)
    assert caught.value.code == "FIL_STEMMER_IKKE"
    assert gi.running.journal()["dokumenter"] == {}


def test_a_file_larger_than_the_parsers_limit_comes_through(gi: Any) -> None:
    """Twelve megabytes: its base64 is cut out before parsing, so no limit is switched off."""
    archive = gi.open(timeout=20.0, deadline=40.0)
    snapshot = gi.uttak(1, size=12_000_000)
    archive.deposit(snapshot, None)
    gi.holds(archive, snapshot)


@pytest.mark.parametrize("form", ["plain", "referanser", "cdata", "brutt", "utf16"])
def test_a_files_base64_is_read_however_xml_writes_it(gi: Any, form: str) -> None:
    """Signs as character references, CDATA, lines broken by either, another encoding of the whole:
    the same text to a reader of XML (XML 1.0, 2.7 and 4.1), and the same bytes here."""
    archive, snapshot = gi.open(), gi.uttak()
    archive.deposit(snapshot, None)
    gi.app.switch({"form": form})
    gi.holds(archive, snapshot)


@pytest.mark.parametrize("form", ["referanser", "cdata", "brutt"])
def test_a_large_file_is_read_however_xml_writes_it(gi: Any, form: str) -> None:
    """Above the parser's limit on one text, which stays: it is cut out in every form."""
    archive, snapshot = gi.open(timeout=20.0, deadline=40.0), gi.uttak(size=11_000_000)
    archive.deposit(snapshot, None)
    gi.app.switch({"form": form})
    gi.holds(archive, snapshot)


def test_reading_base64_that_never_ends_well_is_quick() -> None:
    """What is almost a file's text, and much of it, is refused as soon as it is seen."""
    text = b"A" * 200_000
    for end in (b"!</base64>", b"&#65", b"<![CDATA[" + text, b"<x/>", b""):
        began = time.monotonic()
        with suppress(Unparsable):
            parse(b"<a><base64>" + text + b"&#65;" * 1000 + text + end + b"</a>")
        assert time.monotonic() - began < 2
    for told in (b"&#1;", b"&#x110000;", b"QQ==QQ==", b"&#0;", b"<![CDATA[&#65;]]>"):
        assert content(told) is None


def test_the_parser_is_closed() -> None:
    """No DTD, no entity, no endless text; base64 that is none gives nothing."""
    for bad in (
        b'<!DOCTYPE a [<!ENTITY x "y">]><a>&x;</a>',
        b'<!DOCTYPE a SYSTEM "file:///etc/hostname"><a/>',
        b"<a>",
        b"",
        b"<a>" + b"x" * 10_000_001 + b"</a>",
    ):
        with pytest.raises(Unparsable):
            parse(bad)
    root, cut = parse(b"<a><d:base64 xmlns:d='x'>QUJD\nRA==</d:base64></a>")
    assert (len(root), [content(one) for one in cut]) == (1, [b"ABCD"])
    assert content(b"Q") is None


def test_the_child_stands_in_class_or_party_and_nowhere_else(gi: Any, everything_said: Any) -> None:
    """No address, header, title, file name or error holds the child's name or number."""
    errors: list[GatewayError] = []
    faults = ("cut_after", "server500", "html200", "cut_json", "unauthorized")
    archive = gi.open()
    for turn, kind in enumerate(faults):
        snapshot = gi.uttak(turn + 1)
        gi.fault(kind, READ if turn % 2 else UPDATE, skip=turn // 2, times=3)
        try:
            archive.deposit(snapshot, None)
        except GatewayError as exc:
            errors.append(exc)
        gi.calm()
        gi.settle(archive, snapshot)
    assert errors
    gi.refuse_child_in([everything_said(exc) for exc in errors])
    gi.refuse_child_in(gi.addresses_and_headers())
    for seen in gi.seen:
        root, _ = parse(seen.body)
        holding = [one for one in root.iter() if gi.barn.nummer in (one.text or "")]
        naming = [one for one in root.iter() if gi.barn.navn in (one.text or "")]
        assert all(etree.QName(one).localname == "klasseID" for one in holding)
        for one in naming:
            above = one.getparent()
            assert above is not None
            assert etree.QName(one).localname == "tittel"
            assert above.find("{*}klasseID") is not None
            assert above.findtext("{*}skjermetKlasse") == "true"
    assert gi.running.journal()["numre_i_adresser"] == 0


@pytest.mark.parametrize(
    "change", [{"arkivdel": ""}, {"ukjent": "x"}, {"klassifikasjonssystem": ""},
               {"barnet": "sakspart"}, {"innsyn_sti": "ikke en sti"}], ids=str
)  # fmt: skip
def test_a_wrong_profile_names_the_field_only(change: dict[str, str]) -> None:
    """A set-up that cannot work is told at once, without its values."""
    options = {key: value for key, value in {**PROFIL, **change}.items() if value}
    with pytest.raises(LocalFault) as caught:
        read(options)
    assert caught.value.code == "UGYLDIG_PROFIL"
    assert caught.value.place.startswith("gi_arkiv.")


def test_what_is_sent_and_answered_is_valid(gi: Any) -> None:
    """Both ways, every body keeps our contract; one with an element out of order does not."""
    schema = etree.XMLSchema(etree.parse(str(XSD)))
    answers: list[bytes] = []
    handle = gi.app.handle

    def keeping(request: Any) -> Any:
        answer = handle(request)
        answers.append(answer.body)
        return answer

    gi.app.handle = keeping
    archive, snapshot = gi.open(), gi.uttak()
    archive.deposit(snapshot, None)
    gi.holds(archive, snapshot)
    bodies = [parse(data)[0].find("{*}Body") for data in (*answers, *(s.body for s in gi.seen))]
    valid = 0
    for body in bodies:
        assert body is not None
        if not str(body[0].tag).endswith("}Fault"):
            schema.assertValid(body[0])
            valid += 1
    assert valid > 10
    folder = innhold.ny_saksmappe(snapshot, read(PROFIL))
    assert schema.validate(folder)
    folder[0].append(folder[0][0])
    assert not schema.validate(folder)


def test_there_is_no_way_to_delete() -> None:
    """Nothing in the table removes anything, and every operation names where it is known from."""
    assert not [one for one in OPERATIONS if "Slett" in one.call or "slett" in one.name]
    assert {one.provenance for one in OPERATIONS} == {Provenance.DOCUMENTED}
    readme = Path(innhold.__file__).with_name("README.md").read_text(encoding="utf-8")
    assert all(f"`{one.name}`" in readme for one in OPERATIONS)
