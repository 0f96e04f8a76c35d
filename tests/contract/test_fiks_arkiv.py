"""The archive port over Fiks Arkiv: a real broker, a strict archive, and every misbehaviour."""

import contextlib
import dataclasses
import hashlib
import logging
import shutil
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from random import Random

import pytest

from connectors.fiks.mottak import Mottak
from connectors.fiks.oppsett import Fiksoppsett
from connectors.fiks.sandbox.noekkelring import Noekkelring
from connectors.fiks_arkiv.arkiv import OPERATIONS
from connectors.fiks_arkiv.navn import OPPRETT
from connectors.fiks_arkiv.sandbox import sample
from connectors.sandbox import snapshot, synthetic
from gateway.errors import (
    Conflict,
    GatewayError,
    LocalFault,
    Rejected,
    RemoteFault,
    Transient,
    UnknownOutcome,
)
from gateway.ports.archive import Levering, Part, Svar
from gateway.ports.connector import Provenance
from tests.contract.fiks_stand import Stand

NAVN = "Kanarifugl Prøvesen"
NUMMER = synthetic.national_id(date(2014, 3, 4), Random(11))


@pytest.fixture(scope="session")
def keys(tmp_path_factory):
    """A data folder with keys only; making them is the slow part."""
    folder = tmp_path_factory.mktemp("fiks")
    Noekkelring(folder)
    return folder


@pytest.fixture
def stand(amqp, keys, tmp_path):
    """A fresh sandbox with keys made before."""
    shutil.copytree(keys, tmp_path / "data")
    made = Stand(tmp_path / "data", amqp)
    yield made
    made.close()


@pytest.fixture
def uttak():
    """A snapshot about somebody who does not exist."""
    return snapshot.uttak(1, Part(NAVN, NUMMER))


def whole(archive, uttak, found):
    """Whether every file is there and its bytes are the snapshot's, by reading them."""
    return {fil.nr: hashlib.sha256(archive.fetch(fil)).hexdigest() for fil in found.filer} == {
        fil.nr: fil.sha256 for fil in uttak.filer
    }


def test_every_operation_is_documented():
    """No part of this contract is assumed, and each source is named."""
    assert {operation.provenance for operation in OPERATIONS} == {Provenance.DOCUMENTED}
    assert all(operation.source for operation in OPERATIONS)


def test_deposit_find_fetch_and_nothing_twice(stand, uttak):
    """In, found, the same bytes; and again in every way without a second record or folder."""
    archive = stand.open()
    assert archive.facts().reads_back
    assert archive.find(uttak) is None
    answer = archive.deposit(uttak, None)
    assert (answer.levering, answer.kode) == (Levering.LEVERT, "OPPRETTET")
    found = archive.find(uttak)
    assert found.nummer == "2026/1-1"
    assert [fil.sha256 for fil in found.filer] == [fil.sha256 for fil in uttak.filer]
    assert whole(archive, uttak, found)
    assert archive.deposit(uttak, found).kode == "EKSISTERENDE"
    assert archive.deposit(uttak, None).levering is Levering.LEVERT
    # Another message about the same snapshot: the archive knows the key, not the message.
    archive.close()
    other = stand.open(utgave="2")
    assert other.deposit(uttak, None).kode == "EKSISTERENDE"
    assert stand.count(uttak) == (1, 1, 3)


def test_two_snapshots_of_one_log_share_a_folder(stand, uttak):
    """The folder is made once, a record for each snapshot."""
    archive = stand.open()
    second = snapshot.uttak(2, uttak.hovedperson, logg=1)
    for one in (uttak, second):
        archive.deposit(one, None)
    assert archive.find(uttak).mappe == archive.find(second).mappe
    assert stand.count(uttak) == (1, 1, 3)
    assert stand.count(second) == (1, 1, 3)


REFUSALS = [
    ("mappe_feilet", Rejected, "ARKIV_DELVIS_KVITTERING", (0, 0, 0)),
    ("registrering_feilet", Rejected, "ARKIV_DELVIS_KVITTERING", (1, 0, 0)),
    ("tom_kvittering", Rejected, "ARKIV_TOM_KVITTERING", (0, 0, 0)),
    ("avvis", Rejected, "ARKIV_UGYLDIG_FORESPOERSEL", (0, 0, 0)),
    ("serverfeil", Transient, "ARKIV_SERVERFEIL", (0, 0, 0)),
    ("plattformfeil", Transient, "ARKIV_SERVERFEIL", (0, 0, 0)),
    ("tidsavbrudd", Transient, "ARKIV_TIDSAVBRUDD", (0, 0, 0)),
]


@pytest.mark.parametrize(
    ("switch", "kind", "code", "stored"), REFUSALS, ids=[r[0] for r in REFUSALS]
)
def test_a_refusal_is_the_right_kind_and_the_way_on_works(stand, uttak, switch, kind, code, stored):
    """No for this one, or again later; what was stored is seen, and a new try makes one record."""
    archive = stand.open()
    stand.app.switch({switch: 1})
    with pytest.raises(kind) as caught:
        archive.deposit(uttak, None)
    assert caught.value.code == code
    assert stand.count(uttak) == stored
    assert archive.find(uttak) is None
    archive.close()
    # A partial answer is repeated to the same message, so the mended archive is asked anew.
    mended = stand.open(utgave="2")
    assert mended.deposit(uttak, None).levering is Levering.LEVERT
    assert whole(mended, uttak, mended.find(uttak))
    assert stand.count(uttak) == (1, 1, 3)


def test_an_archive_repeats_its_answer_to_the_same_message(stand, uttak):
    """A resend of the same message is the same message: the partial receipt comes again."""
    archive = stand.open()
    stand.app.switch({"registrering_feilet": 1})
    for _ in range(2):
        with pytest.raises(Rejected, match="ARKIV_DELVIS_KVITTERING"):
            archive.deposit(uttak, None)
    assert stand.count(uttak) == (1, 0, 0)


@pytest.mark.parametrize("switch", ["omvendt", "dobbelt", "bom"])
def test_odd_but_whole_answers_are_taken(stand, uttak, switch):
    """The receipt before mottatt, every reply twice, a byte order mark under another file name."""
    archive = stand.open()
    stand.app.switch({switch: -1})
    assert archive.find(uttak) is None
    assert archive.deposit(uttak, None).levering is Levering.LEVERT
    assert whole(archive, uttak, archive.find(uttak))
    assert stand.count(uttak) == (1, 1, 3)


def test_mottatt_alone_is_waiting_and_not_stored(stand, uttak):
    """Accepted for processing is not stored: it waits, and progress does not make it more."""
    archive = stand.open(deadline=1.0)
    stand.app.switch({"bare_mottatt": 1})
    answer = archive.deposit(uttak, None)
    assert (answer.levering, answer.kode) == (Levering.VENTER, "ARKIV_BEHANDLER")
    assert archive.progress(uttak, answer.ref).levering is Levering.VENTER
    assert stand.count(uttak) == (0, 0, 0)


def test_stored_without_a_receipt_is_found_by_reading_back(stand, uttak):
    """No receipt ever comes; the record is there all the same."""
    archive = stand.open(deadline=1.0)
    stand.app.switch({"uten_kvittering": 1})
    answer = archive.deposit(uttak, None)
    assert answer.levering is Levering.VENTER
    assert archive.progress(uttak, answer.ref).levering is Levering.LEVERT
    assert whole(archive, uttak, archive.find(uttak))
    assert stand.count(uttak) == (1, 1, 3)


def test_a_receipt_that_comes_late_is_taken_by_progress(stand, uttak):
    """Past the deadline it waits; when the receipt has come, progress says so."""
    archive = stand.open(deadline=0.5)
    stand.app.switch({"treg": 1.0})
    answer = archive.deposit(uttak, None)
    assert answer.levering is Levering.VENTER
    stand.app.switch({})
    until = time.monotonic() + 10
    while answer.levering is Levering.VENTER and time.monotonic() < until:
        with contextlib.suppress(Transient):
            answer = archive.progress(uttak, answer.ref)
    assert answer.levering is Levering.LEVERT


def test_a_type_nobody_knows_goes_to_a_person(stand, uttak):
    """Never a crash, never success."""
    archive = stand.open(deadline=1.0)
    stand.app.switch({"ukjent_type": 1})
    answer = archive.deposit(uttak, None)
    assert (answer.levering, answer.kode) == (Levering.MENNESKE, "ARKIV_UKJENT_SVAR")


def test_a_lost_answer_is_unknown_and_settled_by_reading_back(stand, uttak):
    """The 202 is lost after the message was taken: unknown, then found, one record."""
    archive = stand.open()
    stand.server.faults([{"kind": "cut_after", "match": "POST /fiks-io/api/v1/send", "times": 1}])
    with pytest.raises(UnknownOutcome):
        archive.deposit(uttak, None)
    stand.server.faults([])
    until = time.monotonic() + 5
    while (found := archive.find(uttak)) is None and time.monotonic() < until:
        time.sleep(0.05)
    assert whole(archive, uttak, found)
    assert stand.count(uttak) == (1, 1, 3)


def test_an_answer_that_cannot_be_verified_leaves_the_outcome_unknown(stand, uttak):
    """A receipt signed by somebody else is no receipt; a question answered so is a remote fault."""
    archive = stand.open()
    stand.app.switch({"fremmed_signatar": -1})
    with pytest.raises(UnknownOutcome):
        archive.deposit(uttak, None)
    with pytest.raises(RemoteFault, match="FEIL_SIGNATAR"):
        archive.find(uttak)
    stand.app.switch({})
    assert whole(archive, uttak, archive.find(uttak))


def test_bytes_that_rotted_are_seen_by_reading_them(stand, uttak):
    """The receipt is whole and the record's checksum right; the bytes are not."""
    archive = stand.open()
    stand.app.switch({"skader": 1})
    assert archive.deposit(uttak, None).levering is Levering.LEVERT
    found = archive.find(uttak)
    assert [fil.sha256 for fil in found.filer] == [fil.sha256 for fil in uttak.filer]
    assert not whole(archive, uttak, found)


def test_a_record_without_its_files_is_never_complete(stand, uttak):
    """Receipted, found, and empty: not whole, and a person must look."""
    archive = stand.open()
    stand.app.switch({"uten_dokument": 1})
    assert archive.deposit(uttak, None).levering is Levering.LEVERT
    found = archive.find(uttak)
    assert found.filer == ()
    answer = archive.deposit(uttak, found)
    assert answer == Svar(Levering.MENNESKE, "ARKIV_MANGLER_FIL", found.journalpost)
    assert stand.count(uttak) == (1, 1, 0)


def test_two_folders_with_one_key_stop_it(stand, uttak):
    """The archive would have to choose; a person does."""
    archive = stand.open()
    stand.app.switch({"to_mapper": 1})
    archive.deposit(uttak, None)
    assert stand.count(uttak)[0] == 2
    second = snapshot.uttak(2, uttak.hovedperson, logg=1)
    with pytest.raises(Conflict) as caught:
        archive.find(second)
    assert str(caught.value) == f"FLERE_TREFF ({uttak.mappe_key})"


def test_a_large_answer_comes_through_the_document_store(stand, uttak):
    """The body is empty and the content fetched with its id."""
    archive = stand.open()
    stand.app.switch({"dokumentlager": 1})
    assert archive.deposit(uttak, None).levering is Levering.LEVERT
    assert whole(archive, uttak, archive.find(uttak))
    assert stand.app.journal()["meldinger"]["dokumentlager"] == 5


def test_megabytes_go_both_ways_and_more_than_agreed_does_not(stand, uttak):
    """Above five megabytes the platform itself uses the store; above the agreed size we refuse."""
    big = snapshot.uttak(3, uttak.hovedperson, size=6 * 1024 * 1024)
    archive = stand.open()
    assert archive.deposit(big, None).levering is Levering.LEVERT
    assert whole(archive, big, archive.find(big))
    assert stand.app.journal()["meldinger"]["dokumentlager"] == 1
    archive.close()
    with pytest.raises(Rejected, match="FOR_STOR"):
        stand.open(maks_pakke=str(1024 * 1024)).deposit(big, None)


def test_junk_in_the_queue_is_refused_and_stops_nothing(stand, uttak):
    """Messages without headers, answering nothing, or from a stranger: gone, and work goes on."""
    megler, ids = stand.app.plattform.megler, stand.app.plattform.ring.ids
    stranger = {"avsender-id": uttak.key, "melding-id": uttak.key, "type": OPPRETT + ".kvittering"}
    for headers in ({}, {"type": "x"}, stranger, {**stranger, "svar-til": uttak.mappe_key}):
        megler.publish(ids["konto_id"], headers, b"soeppel", 60_000)
    archive = stand.open()
    assert archive.deposit(uttak, None).levering is Levering.LEVERT
    assert megler.waiting() == 0
    # A reply to our own message, but from somebody who is not the archive.
    stand.app.switch({"bare_mottatt": 1})
    other = snapshot.uttak(4, uttak.hovedperson)
    archive.close()
    patient = stand.open(deadline=0.5)
    ref = patient.deposit(other, None).ref
    megler.publish(ids["konto_id"], {**stranger, "svar-til": ref}, b"soeppel", 60_000)
    assert patient.progress(other, ref).levering is Levering.VENTER


@pytest.mark.parametrize("switch", ["taus", "innsyn_feil"])
def test_a_question_without_an_answer_can_be_asked_again(stand, uttak, switch):
    """Silence and serverfeil are both for later, and nothing is concluded from them."""
    archive = stand.open(deadline=1.0)
    archive.deposit(uttak, None)
    stand.app.switch({switch: 1})
    with pytest.raises(Transient):
        archive.find(uttak)
    assert archive.find(uttak) is not None


def test_a_file_that_is_gone_is_told(stand, uttak):
    """An id the archive does not know."""
    archive = stand.open()
    archive.deposit(uttak, None)
    fil = dataclasses.replace(archive.find(uttak).filer[0], ref=uttak.key)
    with pytest.raises(Rejected, match="ARKIV_FIL_BORTE"):
        archive.fetch(fil)


def another_process(stand, **more):
    """A consumer of the account that shares nothing with ours, as another process has one."""
    settings = sample.settings(stand.server.url)
    oppsett = Fiksoppsett.model_validate(
        {key: settings.options[key] for key in Fiksoppsett.model_fields if key in settings.options}
    )
    # The broker lets in the newest token; asking for one is the other process' own affair.
    token = "den andres"
    stand.app.plattform.megler.token(token)
    return Mottak(oppsett, lambda: f"hemmelig {token}", lambda message: True, **more)


def test_one_process_at_a_time_has_the_account(stand, uttak):
    """The second is told to wait; when the first lets go, it gets in."""
    archive = stand.open()
    assert archive.find(uttak) is None
    other = another_process(stand)
    with pytest.raises(Transient) as caught:
        other.start()
    assert caught.value.code == "KONTO_I_BRUK"
    archive.close()
    other.start()
    with pytest.raises(Transient, match="KONTO_I_BRUK"):
        stand.open().find(uttak)
    other.stop()


def test_one_process_shares_its_consumer(stand, uttak):
    """Two archives on one account in one process get each their answers; the last one lets go."""
    first, second = stand.open(), stand.open()
    snapshots = [snapshot.uttak(number, uttak.hovedperson) for number in range(2, 6)]
    with ThreadPoolExecutor(4) as pool:
        archives = (first, second, first, second)
        done = list(pool.map(lambda a, u: a.deposit(u, None).levering, archives, snapshots))
    assert done == [Levering.LEVERT] * 4
    first.close()
    first.close()
    assert all(whole(second, one, second.find(one)) for one in snapshots)
    second.close()
    other = another_process(stand)
    other.start()
    other.stop()


def test_an_account_nobody_asks_for_is_given_up(stand, uttak):
    """Idle, the consumer goes, so that another process gets its turn; asked again, it is back."""
    idle = another_process(stand, idle=0.3)
    idle.start()
    until = time.monotonic() + 10
    while idle.alive and time.monotonic() < until:
        time.sleep(0.05)
    assert not idle.alive
    archive = stand.open()
    assert archive.find(uttak) is None
    archive.close()
    stand.app.plattform.megler.token("den andres")
    idle.start()
    assert idle.alive
    idle.stop()


def test_a_new_connection_has_a_new_token(stand, uttak, keys):
    """The broker lets in the newest token only; a lost connection comes back with one."""
    archive = stand.open()
    assert archive.find(uttak) is None
    before = stand.app.journal()["tokens"]
    stand.app.plattform.megler.token("en annen")
    drop_connections(stand)
    until = time.monotonic() + 15
    while time.monotonic() < until:
        with contextlib.suppress(Transient):
            assert archive.find(uttak) is None
            break
    assert stand.app.journal()["tokens"] > before


def drop_connections(stand):
    """Close every connection of the integration from the broker's side."""
    admin = stand.app.plattform.megler._admin
    user = stand.app.plattform.ring.ids["integrasjon_id"]
    until = time.monotonic() + 15
    while time.monotonic() < until:
        names = [c["name"] for c in admin.get("connections").json() if c.get("user") == user]
        for name in names:
            admin.delete(f"connections/{name.replace(' ', '%20').replace('>', '%3E')}")
        if names:
            return
        time.sleep(0.2)
    raise AssertionError("no connection seen")


def test_wrong_keys_and_passwords_are_ours_to_mend(stand, uttak):
    """A key that does not open what is sent to us; a password the platform refuses."""
    wrong = stand.open(konto_noekler=str(stand.folder / "klient" / "fremmed.pem"))
    with pytest.raises(LocalFault, match="FEIL_NOEKKEL"):
        wrong.facts()
    with pytest.raises(LocalFault, match="IKKE_INNLOGGET"):
        stand.open(client_secret="feil").facts()
    both = f"{stand.folder}/klient/fremmed.pem, {stand.folder}/klient/konto.pem"
    assert stand.open(konto_noekler=both).facts().reads_back


def test_the_archive_refuses_what_breaks_the_contract(stand, uttak, monkeypatch):
    """Planted: a message changed after our own check is refused by the strict archive."""
    from connectors.fiks_arkiv import arkivmelding

    archive = stand.open()
    build = arkivmelding.build
    for old, new in ((b"<antallFiler>3", b"<antallFiler>2"), (b'"saksmappe"', b'"mappe"')):
        monkeypatch.setattr(
            arkivmelding, "build", lambda u, p, old=old, new=new: build(u, p).replace(old, new)
        )
        with pytest.raises(Rejected, match="ARKIV_UGYLDIG_FORESPOERSEL"):
            archive.deposit(uttak, None)
    assert stand.count(uttak) == (0, 0, 0)


def test_the_canary_is_seen_by_nobody_on_the_way(stand, uttak, caplog, capfd):
    """Name and number: not in addresses, metadata, headers, logs, output or errors."""
    caplog.set_level(logging.DEBUG)
    archive = stand.open(deadline=1.0)
    errors = []
    for switches in [{r[0]: 1} for r in REFUSALS] + [{"fremmed_signatar": 1}, {"dobbelt": -1}]:
        stand.app.switch(switches)
        try:
            archive.deposit(uttak, None)
        except GatewayError as exc:
            errors.append(f"{exc!r} {exc} {exc.place} {exc.__cause__} {exc.__context__}")
    stand.app.switch({})
    other = dataclasses.replace(uttak, key=snapshot.uttak(7, uttak.hovedperson).key)
    errors.append(repr(archive.deposit(other, None)))
    found = archive.find(other)
    errors += [repr(found), repr(other), repr(archive.fetch(found.filer[1]))]
    clear = stand.app.clear_text()
    assert len(clear) > 30
    seen = "\n".join([*clear, *errors, caplog.text, *capfd.readouterr()])
    for canary in (NAVN, NAVN.split()[0], NAVN.split()[1], NUMMER):
        assert canary not in seen
    # The archive itself has it, in the one place where it belongs.
    assert NUMMER in stand.app.lager.folders("Stafettlogg", uttak.mappe_key)[0]["klasser"]


V1 = "no.ks.fiks.arkiv.v1."
LITERAL = [
    (
        "arkivmelding-kvittering.opprettet",
        "arkivering.arkivmelding.opprett.kvittering",
        "OPPRETTET",
    ),
    (
        "arkivmelding-kvittering.eksisterende",
        "arkivering.arkivmelding.opprett.kvittering",
        "EKSISTERENDE",
    ),
    (
        "arkivmelding-kvittering.registrering-feilet",
        "arkivering.arkivmelding.opprett.kvittering",
        "ARKIV_DELVIS_KVITTERING",
    ),
    ("feilmelding.ikkefunnet", "feilmelding.ikkefunnet", "ARKIV_MAPPE_BORTE"),
    ("feilmelding.serverfeil", "feilmelding.serverfeil", "ARKIV_SERVERFEIL"),
    (
        "feilmelding.ugyldigforespoersel",
        "feilmelding.ugyldigforespoersel",
        "ARKIV_UGYLDIG_FORESPOERSEL",
    ),
    ("sok.resultat.minimum.empty", "innsyn.sok.resultat.minimum", "UVISST_UTFALL"),
    ("sok.resultat.minimum.one", "innsyn.sok.resultat.minimum", "UVISST_UTFALL"),
]


@pytest.mark.parametrize(("name", "kind", "code"), LITERAL, ids=[row[0] for row in LITERAL])
def test_the_written_replies_lead_to_the_right_state(
    stand, uttak, standards, monkeypatch, name, kind, code
):
    """Each reply of the synthetic set, over the broker, as the answer to a deposit."""
    data = (standards / "synthetic-fiks-arkiv" / f"reply.{name}.xml").read_bytes()
    ours = dataclasses.replace(uttak, key="c2b1d7a4-7f6e-4b0d-8a65-0d4a3b9e1c22")
    monkeypatch.setattr(
        stand.app._arkivar, "answer", lambda *_: [(V1 + kind, "hva_som_helst.xml", data)]
    )
    archive = stand.open(deadline=2.0)
    try:
        said = archive.deposit(ours, None).kode
    except GatewayError as exc:
        said = exc.code
    assert said == code
