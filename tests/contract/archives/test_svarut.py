"""SvarUt against its sandbox: sent once, followed until fetched, never called archived."""

import json
import shutil
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from connectors.sandbox.tokens import PATH as CONNECT
from connectors.svarut import forsendelse as shipping
from connectors.svarut.arkiv import OPERATIONS, open_archive
from connectors.svarut.profil import read
from connectors.svarut.sandbox.flerdelt import NotMultipart, parts
from connectors.svarut.sandbox.noekkelring import Noekkelring
from connectors.svarut.sandbox.sample import settings
from connectors.svarut.status import MEANING, meaning
from gateway.errors import (
    Conflict,
    GatewayError,
    LocalFault,
    Rejected,
    RemoteFault,
    Transient,
    UnknownOutcome,
)
from gateway.ports.archive import Funnetfil, Levering
from gateway.ports.connector import Provenance
from schemas.svarut.svar import Status

SEND = r"^POST /v2/kontoer/[^/]+/forsendelser$"
API = r"^[A-Z]+ /v2/"
WAITING = {"MOTTATT", "AKSEPTERT", "VARSLET", "SENDT_DIGITALT", "KLAR_FOR_MOTTAK"}


@pytest.fixture(scope="session")
def keys(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Practice keys, made once: it takes longer than all else a test does."""
    folder = tmp_path_factory.mktemp("svarut")
    Noekkelring(folder, "hemmelig")
    return folder / "klient"


@pytest.fixture
def su(proeve: Any, tmp_path: Path, keys: Path) -> Any:
    """The sandbox, empty."""
    shutil.copytree(keys, tmp_path / "svarut" / "klient")
    return proeve("svarut")


def form_of(seen: Any) -> dict[str, Any]:
    """The JSON part of a shipment that reached the sandbox."""
    first = parts(seen.body, seen.headers["content-type"])[0]
    form: dict[str, Any] = json.loads(first.data)
    return form


def sent(su: Any) -> list[Any]:
    """The shipments that reached the sandbox."""
    return [one for one in su.seen if one.method == "POST" and one.path.endswith("/forsendelser")]


def holds_once(su: Any, snapshot: Any) -> None:
    """Asserts that the snapshot was sent once, with every file as it is."""
    assert su.running.journal()["journalposter"] == {snapshot.key: 1}
    assert su.app.lager.files(snapshot.key) == {f.filnavn: f.sha256 for f in snapshot.filer}


def test_what_is_sent_is_followed_until_it_is_fetched(su: Any) -> None:
    """Waiting while it waits; fetched is a person's task, and nothing is ever "delivered"."""
    archive, snapshot = su.open(), su.uttak()
    assert not archive.facts().reads_back
    assert archive.find(snapshot) is None
    answer = archive.deposit(snapshot, None)
    assert (answer.levering, answer.kode) == (Levering.VENTER, "")
    holds_once(su, snapshot)
    found = archive.find(snapshot)
    assert found is not None
    assert (found.journalpost, found.filer) == (answer.ref, ())
    told = [archive.progress(snapshot, answer.ref) for _ in range(5)]
    assert [one.levering for one in told[:3]] == [Levering.VENTER] * 3
    assert {(one.levering, one.kode) for one in told[3:]} == {
        (Levering.MENNESKE, "HENTET_AV_MOTTAKER")
    }
    with pytest.raises(Rejected) as caught:
        archive.fetch(Funnetfil(1, answer.ref))
    assert caught.value.code == "ARKIV_LESER_IKKE"


def test_files_are_encrypted_to_the_platform_and_never_printed(su: Any) -> None:
    """The bytes on the wire are not the snapshot's, and print is switched off everywhere."""
    archive, snapshot = su.open(), su.uttak()
    archive.deposit(snapshot, None)
    assert su.running.journal()["krypterte"] == 1
    [seen] = sent(su)
    form = form_of(seen)
    assert form["kunDigitalLevering"] is True
    assert form["krevNiva4Innlogging"] is form["kryptert"] is form["taushetsbelagtPost"] is True
    assert all(one["skalEkskluderesFraUtskrift"] for one in form["dokumenter"])
    assert [one["filnavn"] for one in form["dokumenter"]] == [f.filnavn for f in snapshot.filer]
    assert snapshot.read_file(2) not in seen.body
    assert form["metadataForImport"]["journalposttype"] == "X"
    pairs = {pair["key"]: pair["value"] for pair in form["dokumenter"][0]["ekstraMetadata"]}
    assert pairs["nin"] == su.barn.nummer
    assert pairs["sha256"] == snapshot.filer[0].sha256


def test_without_encryption_level_four_is_not_asked_for(su: Any) -> None:
    """SvarUt refuses level 4 for files in the clear, so the two go together."""
    archive = su.open({"kryptert": "false", "svarut_sertifikat": ""})
    snapshot = su.uttak()
    archive.deposit(snapshot, None)
    holds_once(su, snapshot)
    form = form_of(sent(su)[0])
    assert (form["kryptert"], form["krevNiva4Innlogging"]) == (False, False)


def test_the_same_deposit_sends_nothing_twice(su: Any) -> None:
    """Also when it is told that nothing was found, and from a restarted gateway."""
    archive, snapshot = su.open(), su.uttak()
    first = archive.deposit(snapshot, None)
    for found in (None, archive.find(snapshot)):
        assert archive.deposit(snapshot, found).ref == first.ref
    su.start()
    assert su.open().deposit(snapshot, None).ref == first.ref
    holds_once(su, snapshot)
    assert len(sent(su)) == 1


@pytest.mark.parametrize("kind", ["cut_after", "cut_before", "reset", "server500", "short_body"])
def test_a_lost_answer_is_settled_by_the_reference(su: Any, kind: str) -> None:
    """Whether the shipment was taken or not, there is one in the end."""
    archive, snapshot = su.open(), su.uttak()
    handled = {"handled": True} if kind in {"reset", "server500"} else {}
    su.fault(kind, SEND, **handled)
    answer, unknown = su.settle(archive, snapshot)
    assert unknown == 1
    assert answer.levering is Levering.VENTER
    holds_once(su, snapshot)


@pytest.mark.parametrize("status", list(Status))
def test_every_status_has_its_meaning(su: Any, status: Status) -> None:
    """Five wait; every other is a person's task with a code of its own; none is "delivered"."""
    su.app.switch({"steg": [status.value]})
    archive, snapshot = su.open(), su.uttak()
    answer = archive.progress(snapshot, archive.deposit(snapshot, None).ref)
    if status.value in WAITING:
        assert answer.levering is Levering.VENTER
    else:
        assert answer.levering is Levering.MENNESKE
        assert answer.kode


def test_the_table_of_statuses_is_whole() -> None:
    """All are mapped, an unknown one is a person's task, and no status says "delivered"."""
    assert set(MEANING) == set(Status)
    assert meaning("HELT_NY_STATUS") == (Levering.MENNESKE, "UKJENT_STATUS")
    assert Levering.LEVERT not in {levering for levering, _ in MEANING.values()}
    assert MEANING[Status.PRINTET][1] == "SENDT_TIL_UTSKRIFT"


def test_past_the_deadline_a_person_is_asked(su: Any) -> None:
    """Nobody tells when a digital shipment is never fetched, so the clock does."""
    su.app.switch({"steg": ["MOTTATT", "KLAR_FOR_MOTTAK", "VARSLET", "KLAR_FOR_MOTTAK"]})
    start = datetime(2026, 11, 21, 3, 0, tzinfo=UTC)
    su.app.set_now(start)
    now = start
    archive = later(su, lambda: now)
    snapshot = su.uttak()
    ref = archive.deposit(snapshot, None).ref
    now = start + timedelta(hours=71)
    # A status that changes does not move the deadline.
    su.app.set_now(now)
    assert archive.progress(snapshot, ref).levering is Levering.VENTER
    now = start + timedelta(hours=73)
    answer = archive.progress(snapshot, ref)
    assert (answer.levering, answer.kode) == (Levering.MENNESKE, "FRIST_UTLOEPT")
    su.app.switch({"steg": ["LEST"]})
    assert archive.progress(snapshot, ref).kode == "HENTET_AV_MOTTAKER"
    assert archive.deposit(snapshot, None).kode == "HENTET_AV_MOTTAKER"
    archive.close()


def later(su: Any, now: Callable[[], datetime]) -> Any:
    """An archive whose clock the test holds."""
    return open_archive(settings(su.running.url, su.folder), now)


def test_a_receiver_without_a_system_gets_nothing(su: Any) -> None:
    """Checked before anything is sent, and told before the night."""
    su.app.switch({"uten_mottaker": True})
    archive, snapshot = su.open(), su.uttak()
    with pytest.raises(Rejected) as caught:
        archive.deposit(snapshot, None)
    assert caught.value.code == "INGEN_MOTTAKER"
    with pytest.raises(LocalFault) as told:
        archive.facts()
    assert told.value.code == "INGEN_MOTTAKER"
    assert sent(su) == []
    for wrong in ({"forsendelsestype": "Annen"}, {"mottaker_orgnr": "899100107"}):
        with pytest.raises(Rejected, match="INGEN_MOTTAKER"):
            su.open(wrong).deposit(snapshot, None)


def test_two_shipments_with_our_reference_stop(su: Any) -> None:
    """A person must look; nothing more is sent."""
    su.app.switch({"to_ganger": True})
    archive, snapshot = su.open(), su.uttak()
    archive.deposit(snapshot, None)
    for call in (archive.find, lambda one: archive.deposit(one, None)):
        with pytest.raises(Conflict) as caught:
            call(snapshot)
        assert caught.value.code == "FLERE_TREFF"
    assert len(sent(su)) == 1


def test_a_shipment_that_is_gone_is_not_sent_again(su: Any) -> None:
    """Found before and not now: to send it again would be a guess."""
    archive, snapshot = su.open(), su.uttak()
    archive.deposit(snapshot, None)
    found = archive.find(snapshot)
    with pytest.raises(Conflict, match="BORTE"):
        archive.deposit(su.uttak(2), found)
    su.app.switch({"ukjent_id": True})
    answer = archive.progress(snapshot, found.journalpost)
    assert (answer.levering, answer.kode) == (Levering.MENNESKE, "UKJENT_STATUS")


def test_a_refusal_tells_its_code_and_quotes_nothing(su: Any, everything_said: Any) -> None:
    """The message quotes the whole shipment; the error has the code alone."""
    su.app.switch({"avvis": True})
    archive, snapshot = su.open(), su.uttak()
    with pytest.raises(Rejected) as caught:
        archive.deposit(snapshot, None)
    assert str(caught.value) == f"AVVIST ({snapshot.key} forsendelse.ugyldig)"
    su.refuse_child_in([everything_said(caught.value)])


def test_busy_is_transient_and_says_when(su: Any) -> None:
    """503 with Retry-After reaches the caller when patience ends, and nothing is sent."""
    archive, snapshot = su.open(attempts=1), su.uttak()
    su.fault("busy503", API, times=0, retry_after=7)
    with pytest.raises(Transient) as caught:
        archive.deposit(snapshot, None)
    assert caught.value.retry_after == 7
    su.fault("busy503", SEND, times=0, retry_after=7)
    with pytest.raises(Transient):
        archive.deposit(snapshot, None)
    assert su.running.journal()["journalposter"] == {}


@pytest.mark.parametrize("kind", ["html200", "cut_json"])
def test_garbage_is_the_systems_fault_and_unknown_for_a_shipment(su: Any, kind: str) -> None:
    """A reading is tried again; a shipment with such an answer is looked for."""
    archive, snapshot = su.open(), su.uttak()
    su.fault(kind, r"^GET /v2/kontoer", times=0)
    with pytest.raises(RemoteFault):
        archive.find(snapshot)
    su.fault(kind, SEND)
    with pytest.raises(UnknownOutcome):
        archive.deposit(snapshot, None)
    assert su.settle(archive, snapshot)[1] == 0
    holds_once(su, snapshot)


def test_the_municipalitys_own_platform_may_hold_the_client(su: Any) -> None:
    """A token from its token service, IntegrasjonPassord from a file; a wrong one is ours."""
    klient = su.folder / "klient"
    options = {
        "innlogging": "token",
        "integrasjon_passord_fil": str(klient / "passord.txt"),
        "noekkel": "",
        "sertifikat": "",
    }
    archive, snapshot = su.open(options, token_url=su.running.url + CONNECT), su.uttak()
    archive.deposit(snapshot, None)
    holds_once(su, snapshot)
    journal = su.running.journal()
    assert (journal["maskinporten"], journal["tokens"]) == (0, 1)
    (klient / "passord.txt").write_text("feil-hemmelighet", encoding="utf-8")
    with pytest.raises(LocalFault) as caught:
        su.open(options, token_url=su.running.url + CONNECT).facts()
    assert caught.value.code == "IKKE_INNLOGGET"
    (klient / "passord.txt").unlink()
    with pytest.raises(LocalFault) as caught:
        su.open(options, token_url=su.running.url + CONNECT)
    assert caught.value.code == "HEMMELIGHET_MANGLER"


@pytest.mark.parametrize(
    ("change", "place"),
    [
        ({"mottaker_orgnr": "12"}, "svarut.mottaker_orgnr"),
        ({"ukjent": "x"}, "svarut.ukjent"),
        ({"svarut_sertifikat": ""}, "svarut.svarut_sertifikat"),
        ({"noekkel": ""}, "svarut.noekkel"),
        ({"innlogging": "token"}, "svarut.integrasjon_passord_fil"),
        ({"forsendelsestype": "to ord"}, "svarut.forsendelsestype"),
    ],
    ids=str,
)
def test_a_wrong_profile_names_the_field_only(su: Any, change: dict[str, str], place: str) -> None:
    """A set-up that cannot work is told at once, without its values."""
    options = {**settings(su.running.url, su.folder).options, **change}
    with pytest.raises(LocalFault) as caught:
        read({key: value for key, value in options.items() if value})
    assert str(caught.value) == f"UGYLDIG_PROFIL ({place})"


def test_bytes_that_are_not_the_snapshots_are_never_sent(su: Any) -> None:
    """A store that gives other bytes than the snapshot names is our own fault, found before."""
    archive, snapshot = su.open(), su.uttak()
    values = {name: getattr(snapshot, name) for name in snapshot.__slots__}
    with pytest.raises(LocalFault, match="FIL_STEMMER_IKKE"):
        archive.deposit(type(snapshot)(**{**values, "read_file": lambda nr: b"annet"}), None)
    assert sent(su) == []


def test_the_child_stands_in_the_body_and_nowhere_else(su: Any, everything_said: Any) -> None:
    """The number is a pair of the documents; the name is sent nowhere at all."""
    errors: list[GatewayError] = []
    archive = su.open()
    for turn, kind in enumerate(("cut_after", "server500", "html200", "unauthorized")):
        snapshot = su.uttak(turn + 1)
        su.fault(kind, SEND, times=1)
        try:
            archive.deposit(snapshot, None)
        except GatewayError as exc:
            errors.append(exc)
        su.calm()
        su.settle(archive, snapshot)
    assert errors
    su.refuse_child_in([everything_said(exc) for exc in errors])
    su.refuse_child_in(su.addresses_and_headers())
    assert sent(su)
    for seen in sent(su):
        assert su.barn.navn.encode() not in seen.body
        form = form_of(seen)
        for one in form["dokumenter"]:
            one["ekstraMetadata"] = [p for p in one["ekstraMetadata"] if p["key"] != "nin"]
        su.refuse_child_in([json.dumps(form, ensure_ascii=False)])
    others = [seen for seen in su.seen if seen not in sent(su)]
    assert not [seen for seen in others if su.barn.nummer.encode() in seen.body]
    assert su.running.journal()["numre_i_adresser"] == 0


def test_the_multipart_reader_is_strict() -> None:
    """Parts in order, nothing around them, a boundary of at most seventy characters."""
    head = b'--b\r\nContent-Disposition: form-data; name="a"\r\nContent-Type: x/y\r\n\r\n'
    body = head + b"z\r\n--b--\r\n"
    [one] = parts(body, "multipart/form-data; boundary=b")
    assert (one.name, one.filename, one.media, one.data) == ("a", "", "x/y", b"z")
    bad = [
        (body, "multipart/form-data"),
        (body, "multipart/form-data; boundary=" + "b" * 71),
        (b"x" + body, "multipart/form-data; boundary=b"),
        (body[:-4], "multipart/form-data; boundary=b"),
        (body.replace(b"Content-Type", b"Annet"), "multipart/form-data; boundary=b"),
        (body.replace(b"\r\n\r\n", b"\r\n"), "multipart/form-data; boundary=b"),
    ]
    for data, kind in bad:
        with pytest.raises(NotMultipart):
            parts(data, kind)


def conforms(value: Any, schema: dict[str, Any], root: dict[str, Any], place: str = "") -> None:
    """As much of OpenAPI 3.0 as KS' files use; every property must be known to them."""
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return conforms(value, root["components"]["schemas"][name], root, place)
    kinds = {"object": dict, "array": list, "string": str, "boolean": bool, "integer": int}
    assert isinstance(value, kinds[schema["type"]]), place
    assert value in schema.get("enum", [value]), place
    if isinstance(value, dict):
        properties = schema.get("properties", {})
        assert set(schema.get("required", ())) <= set(value), place
        assert set(value) <= set(properties), place
        for key, one in value.items():
            conforms(one, properties[key], root, f"{place}.{key}")
    elif isinstance(value, list):
        for one in value:
            conforms(one, schema["items"], root, f"{place}[]")
    elif isinstance(value, str):
        assert len(value) <= schema.get("maxLength", len(value)), place
    return None


def test_requests_and_answers_are_those_of_the_openapi_files(su: Any, standards: Any) -> None:
    """Every JSON that crossed, both ways, is valid against KS' own files; so are the statuses."""
    files = {
        name: json.loads(standards(f"fiks-svarut-klient/openapi/{name}-api-v2.json").read_text())
        for name in ("forsendelse-send", "forsendelse-status", "forsendelse-eksternref",
                     "mottakersystem")
    }  # fmt: skip
    eksternref = "forsendelse-eksternref"
    named = {
        "status-sok": ("forsendelse-status", "StatusSok", "ForsendelseStatuser"),
        "mottakersystem": ("mottakersystem", "", "Mottakersystemer"),
        "metadata": (eksternref, "", "EksternRefOppslagMetadataResponse"),
        "forsendelser": (eksternref, "", "EksternRefOppslagResponse"),
    }
    crossed: list[tuple[Any, bytes]] = []
    handle = su.app.handle

    def keeping(request: Any) -> Any:
        answer = handle(request)
        crossed.append((request, answer.body))
        return answer

    su.app.handle = keeping
    archive, snapshot = su.open(), su.uttak()
    archive.facts()
    archive.deposit(snapshot, None)
    archive.deposit(snapshot, archive.find(snapshot))
    seen: set[str] = set()
    for request, answer in crossed:
        last = request.path.rpartition("/")[2]
        if last == "token":
            continue
        name, asked, told = named[last]
        if last == "forsendelser" and request.method == "POST":
            name, told = "forsendelse-send", "SendForsendelseResponse"
            root = files[name]
            conforms(form_of(request), {"$ref": "#/Forsendelse"}, root)
        if asked:
            conforms(json.loads(request.body), {"$ref": f"#/{asked}"}, files[name])
        conforms(json.loads(answer), {"$ref": f"#/{told}"}, files[name])
        words = request.path.split("/")
        template = "/".join("{kontoId}" if len(word) == 36 else word for word in words)
        assert request.method.lower() in files[name]["paths"][template]
        seen.add(name)
    assert seen == set(files)
    schema = files["forsendelse-status"]["components"]["schemas"]["ForsendelseStatus"]
    assert {status.value for status in Status} == set(schema["properties"]["status"]["enum"])
    with pytest.raises(AssertionError):
        conforms({"tittel": "uten mottaker"}, {"$ref": "#/Forsendelse"}, files["forsendelse-send"])


def test_every_operation_is_in_the_readme() -> None:
    """The table of provenance names each, and only the archivist's step is done by hand."""
    readme = Path(shipping.__file__).with_name("README.md").read_text(encoding="utf-8")
    assert all(f"`{one.name}`" in readme for one in OPERATIONS)
    by_hand = [one.name for one in OPERATIONS if one.provenance is Provenance.MANUAL]
    assert by_hand == ["arkiv.bekreft"]
