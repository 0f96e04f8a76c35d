"""The Noark 5 archive against its sandbox: made once, found again, read back, nothing leaked."""

import dataclasses
import hashlib
import json
import os
import threading
from typing import Any

import pytest

from connectors.noark5 import innhold
from connectors.noark5.arkiv import OPERATIONS
from connectors.noark5.lenker import Lenker
from connectors.noark5.profil import read
from connectors.noark5.sandbox.sample import PROFIL
from connectors.sandbox.app import Response
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
from schemas.noark5 import relasjoner
from schemas.noark5.arkivenheter import NYE
from tests.contract.archive_stand import Memory

WRITE = r"^(POST|PUT|DELETE) /n5"
READ = r"^(GET|HEAD) /n5"
WRITES_OF_ONE = 13
FULL = bool(os.environ.get("STAFETT_FULL"))


@pytest.fixture
def n5(proeve: Any) -> Any:
    """The sandbox, empty."""
    return proeve("noark5")


def test_what_is_deposited_is_found_and_read_back(n5: Any) -> None:
    """Every file comes back bit for bit, with ids and a number an archivist can look up."""
    archive, snapshot = n5.open(), n5.uttak()
    facts = archive.facts()
    assert facts.reads_back
    assert facts.contract.endswith("1.1")
    assert archive.find(snapshot) is None
    answer = archive.deposit(snapshot, None)
    assert answer.levering is Levering.LEVERT
    found = n5.holds(archive, snapshot)
    assert found.journalpost == answer.ref
    assert found.nummer.count("/") == 1
    assert archive.progress(snapshot, answer.ref).levering is Levering.LEVERT


def test_the_same_deposit_makes_nothing_twice(n5: Any) -> None:
    """Also when it is told that nothing, or less than is there, was found."""
    archive, snapshot = n5.open(), n5.uttak()
    archive.deposit(snapshot, None)
    stale = archive.find(snapshot)
    for found in (None, stale, stale and type(stale)(stale.mappe, stale.journalpost, "", ())):
        archive.deposit(snapshot, found)
    n5.holds(archive, snapshot)
    journal = n5.running.journal()
    assert set(journal["dokumenter"].values()) == {1}
    assert journal["klasser"] == 1


def test_a_second_snapshot_goes_into_the_same_folder(n5: Any) -> None:
    """One folder per log, one record per snapshot, also from a restarted archive."""
    archive = n5.open()
    first, second = n5.uttak(1, logg=7), n5.uttak(2, logg=7)
    archive.deposit(first, None)
    n5.start()
    archive = n5.open()
    archive.deposit(second, None)
    journal = n5.running.journal()
    assert list(journal["mapper"].values()) == [1]
    assert journal["journalposter"] == {first.key: 1, second.key: 1}


@pytest.mark.parametrize("kind", ["cut_after", "reset", "server500", "short_body"])
def test_a_lost_answer_at_any_step_ends_in_one_record(n5: Any, kind: str) -> None:
    """Each write of a deposit in turn loses its answer; going on leaves everything once."""
    handled = {"handled": True} if kind in {"reset", "server500"} else {}
    unknown = 0
    archive = n5.open()
    turns = range(0, WRITES_OF_ONE, 1 if kind == "cut_after" or FULL else 5)
    for turn in turns:
        snapshot = n5.uttak(turn + 1)
        n5.fault(kind, WRITE, skip=turn, **handled)
        unknown += n5.settle(archive, snapshot)[1]
        n5.calm()
        found = archive.find(snapshot)
        assert found is not None and len(found.filer) == len(snapshot.filer)
    journal = n5.running.journal()
    assert set(journal["journalposter"].values()) == {1}
    assert set(journal["mapper"].values()) == {1}
    assert set(journal["dokumenter"].values()) == {1}
    # The child has one class, and a log of its own each time.
    assert journal["klasser"] == 1
    assert unknown >= len(turns) - 1


def test_a_cut_before_the_write_is_settled_too(n5: Any) -> None:
    """A line cut before anything was done looks the same from here, and ends the same."""
    archive = n5.open()
    for turn in range(0, WRITES_OF_ONE, 1 if FULL else 3):
        snapshot = n5.uttak(turn + 1)
        n5.fault("cut_before", WRITE, skip=turn)
        n5.settle(archive, snapshot)
        n5.calm()
    assert set(n5.running.journal()["journalposter"].values()) == {1}


def test_half_a_record_is_not_found_whole(n5: Any) -> None:
    """A record whose second file never came is found with one file, and then gone on with."""
    archive, snapshot = n5.open(), n5.uttak()
    n5.fault("cut_before", r"^POST /n5/fil/", skip=1)
    with pytest.raises(UnknownOutcome):
        archive.deposit(snapshot, None)
    found = archive.find(snapshot)
    assert found is not None
    assert [fil.nr for fil in found.filer] == [1]
    assert archive.progress(snapshot, found.journalpost).levering is Levering.MENNESKE
    archive.deposit(snapshot, found)
    n5.holds(archive, snapshot)


def test_busy_is_transient_and_says_when(n5: Any) -> None:
    """503 with Retry-After reaches the caller when patience ends, and nothing is made."""
    archive, snapshot = n5.open(attempts=1), n5.uttak()
    archive.facts()
    n5.fault("busy503", WRITE, times=0, retry_after=7)
    with pytest.raises(Transient) as caught:
        archive.deposit(snapshot, None)
    assert caught.value.retry_after == 7
    assert n5.running.journal()["mapper"] == {}


@pytest.mark.parametrize(
    "switches",
    [
        {"uten_egne_felt": True},
        {"nekter": ["beskrivelse"]},
        {"uten_egne_felt": True, "nekter": ["eksternReferanse", "sjekksum"]},
        {"gamle_lenker": True},
        {"uten_head": True},
        {"bulkgrense": 0},
        {"konflikt": 409, "endres": 2},
        {"konflikt": 412, "endres": 2},
    ],
    ids=str,
)
def test_archives_differ_and_all_are_served(n5: Any, switches: dict[str, Any]) -> None:
    """Filters that are refused, links as a list, no HEAD, somebody who edits meanwhile."""
    n5.app.switch(switches)
    archive, snapshot = n5.open(), n5.uttak()
    n5.settle(archive, snapshot)
    n5.settle(n5.open(), snapshot)
    n5.holds(archive, snapshot)


def test_an_update_that_is_always_overtaken_is_a_conflict(n5: Any) -> None:
    """Four times is enough; the files are in all the same, and the next deposit ends it."""
    n5.app.switch({"endres": 20})
    archive, snapshot = n5.open(), n5.uttak()
    with pytest.raises(Conflict) as caught:
        archive.deposit(snapshot, None)
    assert caught.value.code == "ENDRET_I_MAAL"
    n5.app.switch({})
    archive.deposit(snapshot, archive.find(snapshot))
    n5.holds(archive, snapshot)


def test_what_was_made_is_read_behind_its_address(n5: Any) -> None:
    """201 with a Location and no body (6.1), for everything that is made: one deposit, one of each,
    and nothing was in doubt."""
    n5.app.switch({"tomt_svar": True})
    archive, snapshot = n5.open(), n5.uttak()
    assert n5.settle(archive, snapshot)[1] == 0
    n5.holds(archive, snapshot)
    journal = n5.running.journal()
    assert journal["mapper"] == {snapshot.mappe_key: 1}
    assert set(journal["dokumenter"].values()) == {1}


def test_what_cannot_be_read_behind_its_address_is_looked_for(n5: Any) -> None:
    """It was made: that the address does not answer now makes nothing a second time."""
    n5.app.switch({"tomt_svar": True})
    archive, snapshot = n5.open(attempts=1), n5.uttak()
    n5.fault("busy503", "^GET /n5/o/", retry_after=0)
    assert n5.settle(archive, snapshot)[1] == 0
    n5.calm()
    n5.holds(archive, snapshot)
    assert n5.running.journal()["mapper"] == {snapshot.mappe_key: 1}


@pytest.mark.parametrize("tag", ['W/"0"', '"0-gzip"', 'W/"0-gzip"', '"0;gzip"', '"0--gzip"'])
@pytest.mark.parametrize("konflikt", [409, 412])
def test_a_tag_a_proxy_has_written_on_still_guards(n5: Any, tag: str, konflikt: int) -> None:
    """The version is the archive's; an update under it goes through, and one that was overtaken
    does not, by either status."""
    handle = n5.app.handle

    def proxied(request: Any) -> Any:
        answer = handle(request)
        own = answer.headers.get("etag")
        if own is None:
            return answer
        told = tag.replace("0", own.strip('"'), 1)
        return type(answer)(answer.status, answer.body, {**answer.headers, "etag": told})

    n5.app.handle = proxied
    n5.app.switch({"endres": 2, "konflikt": konflikt})
    archive, snapshot = n5.open(), n5.uttak()
    archive.deposit(snapshot, None)
    n5.holds(archive, snapshot)
    updates = [one.headers["if-match"] for one in n5.seen if one.method == "PUT"]
    assert (updates[0], updates[2], len(updates)) == ('"0"', '"2"', 3)


def test_an_archive_whose_own_tags_are_weak_is_updated(n5: Any) -> None:
    """OData's are, and are given back as they came: what a proxy did and what the archive does
    look the same, so both are tried."""
    handle = n5.app.handle

    def weak(request: Any) -> Any:
        if request.method == "PUT":
            own = {
                k: v.removeprefix("W/") if v.startswith("W/") else '"ukjent"'
                for k, v in request.headers.items()
                if k in {"if-match", "etag"}
            }
            request = dataclasses.replace(request, headers={**request.headers, **own})
        answer = handle(request)
        told = answer.headers.get("etag")
        if told is None:
            return answer
        return type(answer)(answer.status, answer.body, {**answer.headers, "etag": f"W/{told}"})

    n5.app.handle = weak
    archive, snapshot = n5.open(), n5.uttak()
    archive.deposit(snapshot, None)
    n5.holds(archive, snapshot)


def test_a_record_left_with_its_first_status_is_gone_on_with(n5: Any) -> None:
    """Cut between the last file and the status: not whole yet, or nobody would ever set it. A
    status somebody else has set since is left alone."""
    archive, snapshot = n5.open(), n5.uttak()
    n5.fault("cut_before", r"^PUT ", times=0)
    with pytest.raises(UnknownOutcome):
        archive.deposit(snapshot, None)
    n5.calm()
    found = archive.find(snapshot)
    assert found is not None and len(found.filer) == len(snapshot.filer) - 1
    archive.deposit(snapshot, found)
    n5.holds(archive, snapshot)
    puts = [json.loads(seen.body) for seen in n5.seen if seen.method == "PUT"]
    assert puts[-1]["journalstatus"] == {"kode": "J"}
    other = n5.open({"journalstatus": "R", "journalstatus_ferdig": "A"})
    n5.holds(other, snapshot)


def test_a_change_by_another_hand_survives_our_update(n5: Any) -> None:
    """What somebody set between our reading and our writing still stands afterwards."""
    n5.app.switch({"endres": 1})
    archive, snapshot = n5.open(), n5.uttak()
    archive.deposit(snapshot, None)
    puts = [json.loads(seen.body) for seen in n5.seen if seen.method == "PUT"]
    assert "dokumentmedium" not in puts[0]
    assert puts[-1]["dokumentmedium"] == {"kode": "E"}
    assert puts[-1]["journalstatus"] == {"kode": "J"}


def test_an_archive_that_cannot_be_asked_is_not_used(n5: Any) -> None:
    """Where no key of ours can be filtered on, nothing is made: it could be made twice."""
    n5.app.switch({"uten_egne_felt": True, "nekter": ["beskrivelse"]})
    archive, snapshot = n5.open(), n5.uttak()
    with pytest.raises(LocalFault) as caught:
        archive.deposit(snapshot, None)
    assert caught.value.code == "ARKIV_KAN_IKKE_SOEKES"
    assert not [seen for seen in n5.seen if seen.method == "POST"]


def test_a_record_is_found_by_document_and_by_checksum(n5: Any) -> None:
    """When the keys on the record are gone, the document's reference and the bytes lead to it."""
    archive, snapshot = n5.open(), n5.uttak()
    archive.deposit(snapshot, None)
    lager = n5.app._lager
    row = lager.rows("journalpost", None, None, 0, 1)[0]
    bare = {k: v for k, v in row.items() if k not in {"virksomhetsspesifikkeMetadata"}}
    with lager.writing():
        lager.put(row["systemID"], {**bare, "beskrivelse": "noe annet"})
    assert n5.open().find(snapshot) is not None
    n5.app.switch({"nekter": ["eksternReferanse"]})
    assert n5.open().find(snapshot) is not None
    n5.app.switch({"nekter": ["eksternReferanse", "sjekksum"]})
    assert n5.open().find(snapshot) is None


def test_the_same_bytes_from_another_hand_are_not_ours(n5: Any) -> None:
    """Another snapshot with the same main file is another record, not this one found."""
    archive, mine = n5.open(), n5.uttak(1)
    other = n5.uttak(2)
    same = type(other)(
        **{
            **{name: getattr(other, name) for name in other.__slots__},
            "filer": mine.filer,
            "read_file": mine.read_file,
        }
    )
    archive.deposit(mine, None)
    assert archive.find(same) is None
    archive.deposit(same, None)
    assert n5.running.journal()["journalposter"] == {mine.key: 1, same.key: 1}


def test_two_folders_with_our_key_stop(n5: Any) -> None:
    """A person must look; nothing is put into either."""
    n5.app.switch({"to_mapper": True})
    archive, snapshot = n5.open(), n5.uttak()
    n5.fault("cut_after", r"^POST /n5/ny/saksmappe")
    with pytest.raises(UnknownOutcome):
        archive.deposit(snapshot, None)
    for call in (archive.find, lambda one: archive.deposit(one, None)):
        with pytest.raises(Conflict) as caught:
            call(snapshot)
        assert caught.value.code == "FLERE_TREFF"
    assert n5.running.journal()["journalposter"] == {}


def test_a_closed_folder_is_said_to_be_closed(n5: Any) -> None:
    """A new record is refused with a code of its own; what is whole already stays whole."""
    archive, first, second = n5.open(), n5.uttak(1, logg=7), n5.uttak(2, logg=7)
    archive.deposit(first, None)
    n5.app.avslutt(first.mappe_key)
    assert archive.deposit(first, None).levering is Levering.LEVERT
    with pytest.raises(Rejected) as caught:
        archive.deposit(second, None)
    assert caught.value.code == "MAPPE_AVSLUTTET"


def test_bytes_the_archive_spoilt_are_seen(n5: Any) -> None:
    """What is fetched is what is stored: one turned bit shows in the hash."""
    archive, snapshot = n5.open(), n5.uttak()
    archive.deposit(snapshot, None)
    n5.app.switch({"skader": True})
    found = archive.find(snapshot)
    assert found is not None
    got = hashlib.sha256(archive.fetch(found.filer[0])).hexdigest()
    assert got != snapshot.filer[0].sha256


@pytest.mark.parametrize("bulkgrense", [0, 100])
def test_a_hash_the_archive_refuses_leaves_a_half_that_goes_on(n5: Any, bulkgrense: int) -> None:
    """The place stands and the bytes do not: refused now, whole when the archive takes them."""
    n5.app.switch({"avviser": 1, "bulkgrense": bulkgrense})
    archive, snapshot = n5.open({"del_stoerrelse": "64"}), n5.uttak()
    with pytest.raises(Rejected) as caught:
        archive.deposit(snapshot, None)
    assert caught.value.code == "FIL_AVVIST"
    assert n5.running.journal()["opplastinger"] == 0
    found = archive.find(snapshot)
    assert found is not None and found.filer == ()
    archive.deposit(snapshot, found)
    n5.holds(archive, snapshot)
    assert set(n5.running.journal()["dokumenter"].values()) == {1}


def test_a_large_file_goes_in_pieces(n5: Any) -> None:
    """Above the limit every piece goes to the address the last answer gave."""
    n5.app.switch({"bulkgrense": 400})
    archive, snapshot = n5.open({"del_stoerrelse": "300"}), n5.uttak()
    archive.deposit(snapshot, None)
    n5.holds(archive, snapshot)
    puts = [seen for seen in n5.seen if seen.method == "PUT" and "/opp/" in seen.path]
    assert len(puts) == -(-snapshot.filer[0].size // 300)
    assert len({seen.path for seen in puts}) == len(puts)
    assert puts[0].headers["content-range"] == f"bytes 0-299/{snapshot.filer[0].size}"


def test_a_cut_between_pieces_begins_the_file_anew(n5: Any) -> None:
    """Half an upload is no file; the next deposit sends it whole, and it stands there once."""
    n5.app.switch({"bulkgrense": 400})
    for turn, kind in enumerate(("cut_after", "cut_before", "stall")):
        archive = n5.open({"del_stoerrelse": "300"}, timeout=0.3, deadline=0.6)
        snapshot = n5.uttak(turn + 1)
        n5.fault(kind, r"^PUT /n5/opp/", skip=turn, **({"seconds": 1} if kind == "stall" else {}))
        assert n5.settle(archive, snapshot)[1] == 1
        n5.calm()
    assert set(n5.running.journal()["journalposter"].values()) == {1}


def test_bytes_that_are_not_the_snapshots_are_never_sent(n5: Any) -> None:
    """A store that gives other bytes than the snapshot names is our own fault, found before."""
    archive, snapshot = n5.open(), n5.uttak()
    wrong = type(snapshot)(
        **{
            **{name: getattr(snapshot, name) for name in snapshot.__slots__},
            "read_file": lambda nr: b"noe annet",
        }
    )
    with pytest.raises(LocalFault) as caught:
        archive.deposit(wrong, None)
    assert caught.value.code == "FIL_STEMMER_IKKE"
    assert not [seen for seen in n5.seen if "/fil/" in seen.path and seen.method == "POST"]


def test_another_systems_class_is_used_without_a_number_in_an_address(n5: Any) -> None:
    """The child has a class already: found by reading pages, with no filter on the child."""
    n5.start(page=1)
    archive = n5.open()
    strangers = n5.uttak(9, logg=9)
    archive.deposit(
        type(strangers)(
            **{
                **{name: getattr(strangers, name) for name in strangers.__slots__},
                "hovedperson": type(n5.barn)(navn="En annen", nummer="00000000000"),
            }
        ),
        None,
    )
    archive.deposit(n5.uttak(1, logg=1), None)
    archive.deposit(n5.uttak(2, logg=2), None)
    journal = n5.running.journal()
    assert journal["klasser"] == 2
    assert journal["numre_i_adresser"] == 0
    with pytest.raises(Conflict) as caught:
        n5.open({"klasse_sider": "1"}).deposit(n5.uttak(3, logg=3), None)
    assert caught.value.code == "KLASSE_IKKE_FUNNET"


def test_an_archive_part_without_classes_has_the_child_as_party(n5: Any) -> None:
    """The folder lies in the archive part, and a lost answer leaves one party."""
    options = {"arkivdel": "Elevmapper", "klassifikasjonssystem": "", "partrolle": "K"}
    archive, snapshot = n5.open(options), n5.uttak()
    n5.fault("cut_after", r"^POST /n5/ny/part")
    n5.settle(archive, snapshot)
    n5.holds(archive, snapshot)
    journal = n5.running.journal()
    assert (journal["parter"], journal["klasser"]) == (1, 0)


def test_basic_sign_in(n5: Any) -> None:
    """Some archives take HTTP Basic; no token is asked for, and a wrong secret is ours."""
    archive, snapshot = n5.open({"innlogging": "basic"}), n5.uttak()
    archive.deposit(snapshot, None)
    n5.holds(archive, snapshot)
    assert n5.running.journal()["tokens"] == 0
    with pytest.raises(LocalFault) as caught:
        n5.open({"innlogging": "basic"}, client_secret="feil").find(snapshot)
    assert caught.value.code == "IKKE_INNLOGGET"


def test_a_link_to_another_host_is_not_followed(n5: Any) -> None:
    """The token goes to the archive alone."""
    archive, snapshot = n5.open(), n5.uttak()
    archive.deposit(snapshot, None)
    n5.app.switch({"fremmed": True})
    with pytest.raises(RemoteFault) as caught:
        archive.find(snapshot)
    assert caught.value.code == "FREMMED_LENKE"


def test_a_template_is_cut_and_a_relative_address_read() -> None:
    """Addresses are opaque: the template goes, a path stays on the archive's host."""
    lenker = Lenker("https://arkiv.example/n5/api")
    data = {"_links": {"x": {"href": "/n5/l/1{?$filter,$top}", "templated": True}}}
    assert lenker.find(data, "x", "her") == "/n5/l/1"
    assert lenker.find(
        {"_links": [{"rel": "x", "href": "https://arkiv.example/a?b=c"}]}, "x", ""
    ) == ("/a?b=c")
    assert lenker.find(data, "y", "her") is None
    with pytest.raises(LocalFault, match="MANGLER_LENKE"):
        lenker.need(data, "y", "her")
    for href in ("https://annet.example/a", "http://arkiv.example/a", "//annet.example/a"):
        with pytest.raises(RemoteFault):
            lenker.path(href, "her")
    for href in (None, "", 7, "http://[", "{?$top}"):
        with pytest.raises(RemoteFault):
            lenker.path(href, "her")


def test_the_child_stands_in_class_and_nowhere_else(n5: Any, everything_said: Any) -> None:
    """No address, header, title, file name or error holds the child's name or number."""
    errors: list[GatewayError] = []
    archive = n5.open()
    for turn, kind in enumerate(("cut_after", "server500", "html200", "cut_json", "unauthorized")):
        snapshot = n5.uttak(turn + 1)
        n5.fault(kind, READ if turn % 2 else WRITE, skip=turn, times=3)
        try:
            archive.deposit(snapshot, None)
        except GatewayError as exc:
            errors.append(exc)
        n5.calm()
        n5.settle(archive, snapshot)
    assert errors
    n5.refuse_child_in([everything_said(exc) for exc in errors])
    n5.refuse_child_in(n5.addresses_and_headers())
    holding = [seen for seen in n5.seen if n5.barn.nummer.encode() in seen.body]
    assert holding
    assert all("/ny/klasse/" in seen.path for seen in holding)
    assert n5.running.journal()["numre_i_adresser"] == 0


def test_the_sandbox_counts_a_number_in_an_address(n5: Any) -> None:
    """Planted: the guard the tests above lean on sees an address with a number."""
    archive = n5.open()
    archive.facts()
    call = archive._klient.call  # type: ignore[attr-defined]
    with pytest.raises(Rejected, match="NUMMER_I_ADRESSE"):
        call("klasse.list", "GET", f"/n5/l/klasse/-?$filter=klasseID%20eq%20'{n5.barn.nummer}'")
    call("klasse.list", "GET", "/n5/l/klasse/-", headers={"x-proeve": n5.barn.nummer}, raw=True)
    assert n5.running.journal()["numre_i_adresser"] == 1


def test_unregistered_fields_are_told_before_the_night(n5: Any) -> None:
    """`facts` names the field the archive's keeper has not registered."""
    with pytest.raises(LocalFault) as caught:
        n5.open({"egne_felt": "vnd-annet-v1"}).facts()
    assert caught.value.code == "METADATA_IKKE_REGISTRERT"
    with pytest.raises(LocalFault) as caught:
        n5.open({"arkivdel": "Finnes ikke"}).facts()
    assert caught.value.code == "UGYLDIG_PROFIL"


@pytest.mark.parametrize(
    "change", [{"arkivdel": ""}, {"ukjent": "x"}, {"klassifikasjonssystem": ""}], ids=str
)
def test_a_wrong_profile_names_the_field_only(change: dict[str, str]) -> None:
    """A set-up that cannot work is told at once, without its values."""
    options = {key: value for key, value in {**PROFIL, **change}.items() if value}
    with pytest.raises(LocalFault) as caught:
        read(options)
    assert caught.value.code == "UGYLDIG_PROFIL"
    assert caught.value.place.startswith("noark5.")


def test_many_at_once_make_one_folder_each(n5: Any) -> None:
    """Eight threads through one archive: every snapshot once, no file lost."""
    archive = n5.open(timeout=10.0, deadline=20.0)
    archive.deposit(n5.uttak(0), None)  # the child's class is there first
    snapshots = [n5.uttak(n) for n in range(1, 9)]
    threads = [threading.Thread(target=archive.deposit, args=(one, None)) for one in snapshots]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    journal = n5.running.journal()
    assert set(journal["journalposter"].values()) == {1}
    assert len(journal["journalposter"]) == 9


def test_every_operation_has_its_chapter() -> None:
    """All is documented by the standard, and says where."""
    assert {operation.provenance for operation in OPERATIONS} == {Provenance.DOCUMENTED}
    assert all(operation.source.startswith("Noark 5") for operation in OPERATIONS)


def test_relation_keys_and_attributes_are_the_standards(n5: Any, standards: Any) -> None:
    """Every key we follow and every field we send is in the tables of chapter 7."""
    path = standards(
        "noark5-tjenestegrensesnitt/derived/relasjonsnoekler-attributter-kodelister.json"
    )
    rows = json.loads(path.read_text(encoding="utf-8"))
    keys = {key for row in rows for key in row.get("relasjonsnoekler", ())}
    assert keys >= relasjoner.BRUKTE
    fields = {
        row["klasse"]: {one["navn"] for one in row.get("attributter", ())} | {row.get("arver")}
        for row in rows
        if "klasse" in row
    }
    profil, snapshot = read(PROFIL), n5.uttak()
    sent = {
        "Klasse": innhold.klasse(snapshot, profil),
        "Saksmappe": innhold.saksmappe(snapshot, profil),
        "Journalpost": innhold.journalpost(snapshot, profil),
        "Dokumentbeskrivelse": innhold.dokumentbeskrivelse(snapshot, snapshot.filer[0], profil),
        "Dokumentobjekt": innhold.dokumentobjekt(snapshot.filer[0], profil),
        "Skjerming": innhold.klasse(snapshot, profil)["skjerming"],
        "PartPerson": innhold.part(snapshot, profil),
    }
    above = {"Saksmappe": "Mappe", "Journalpost": "Registrering", "PartPerson": "Part"}
    for name, body in sent.items():
        known = fields[name] | fields.get(above.get(name, ""), set())
        assert set(body) <= known, name
    for kind, body in zip(
        ("klasse", "saksmappe", "journalpost"), list(sent.values())[:3], strict=True
    ):
        NYE[kind].validate_python(body)


@pytest.mark.parametrize("answer", [(200, ""), (202, "adresse"), (204, "intet"), (200, "intet")])
def test_all_is_made_in_one_deposit_whatever_made_is_answered_with(
    n5: Any, answer: tuple[int, str]
) -> None:
    """Made is looked for where it leads, and else by its key: once each, in the same turn."""
    n5.app.switch({"ny_status": answer[0], "ny_svar": answer[1]})
    archive, snapshot = n5.open(), dataclasses.replace(n5.uttak(), once=Memory().once)
    assert archive.deposit(snapshot, None).levering is Levering.LEVERT
    n5.holds(archive, snapshot)
    assert set(n5.running.journal()["dokumenter"].values()) == {1}


def test_a_class_system_that_answers_404_is_the_set_ups_fault(n5: Any) -> None:
    """It stops every delivery, and is no one snapshot's: an archive that is closed, and exit 4."""
    handle = n5.app.handle
    gone = Response(404)
    n5.app.handle = lambda one: gone if "/klassifikasjonssystem/" in one.target else handle(one)
    archive, snapshot = n5.open(), n5.uttak()
    with pytest.raises(LocalFault, match="MANGLER_LENKE"):
        archive.deposit(snapshot, None)
