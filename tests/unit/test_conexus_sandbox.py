"""The Conexus sandbox as an application: strict input, versions, files, feed, rules and counts."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.conexus_companion.sandbox.app import ConexusSandbox, open_sandbox
from connectors.conexus_companion.sandbox.generator import generate
from connectors.conexus_companion.sandbox.sample import sample_order
from connectors.sandbox.app import Request, Response
from schemas.conexus_companion.logg import LOGG

API = "/api/v1"
NEW = f"{API}/import/stafettlogger"


@pytest.fixture
def app(tmp_path: Path) -> Iterator[ConexusSandbox]:
    """An empty sandbox."""
    opened = open_sandbox(
        tmp_path, tenant="899100107", now=lambda: datetime(2026, 3, 5, tzinfo=UTC)
    )
    yield opened
    opened.close()


def ask(
    app: ConexusSandbox,
    method: str,
    path: str,
    data: Any = None,
    *,
    query: dict[str, str] | None = None,
    **headers: str,
) -> Response:
    """One request; header names with underscores."""
    body = data if isinstance(data, bytes) else b"" if data is None else json.dumps(data).encode()
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.handle(Request(method, path, query or {}, sent, body))


def said(response: Response) -> Any:
    """The parsed answer."""
    return json.loads(response.body)


def sample(key: str = "k", **changes: Any) -> dict[str, Any]:
    """A log without files, so that one request creates it."""
    logg: dict[str, Any] = json.loads(sample_order(key, "tekst")[0])
    logg["filer"], logg["notater"] = [], []
    return {**logg, **changes}


def create(
    app: ConexusSandbox, logg: dict[str, Any], *known: tuple[str, str], **kw: Any
) -> Response:
    """Import a new log."""
    declared = [{"regel": rule, "enhet": entity} for rule, entity in known]
    sent = {"logg": logg, "kjenteAvvik": declared}
    headers = {"idempotency_key": logg["loggId"], "varsling": "undertrykk"}
    return ask(app, "POST", NEW, sent, **{**headers, **kw})


def test_what_is_not_in_the_contract_is_refused(app: ConexusSandbox) -> None:
    """Unknown paths, methods, parameters and values each have their status and code."""
    for method, path, query, status, code in (
        ("GET", "/api/v1/ukjent", {}, 404, "UKJENT_STI"),
        ("PATCH", f"{API}/stafettlogger", {}, 405, "UKJENT_METODE"),
        ("GET", f"{API}/stafettlogger", {"side": "2"}, 400, "UKJENT_PARAMETER"),
        ("GET", f"{API}/stafettlogger", {"storrelse": "0"}, 400, "UGYLDIG_STORRELSE"),
        ("GET", f"{API}/stafettlogger", {"storrelse": "mange"}, 400, "UGYLDIG_STORRELSE"),
        ("GET", f"{API}/stafettlogger", {"markor": "x"}, 400, "UGYLDIG_MARKOR"),
        ("GET", f"{API}/stafettlogger/ukjent", {}, 404, "BORTE"),
    ):
        answer = ask(app, method, path, query=query)
        assert (answer.status, said(answer)["kode"]) == (status, code)


@pytest.mark.parametrize(
    ("change", "code", "place"),
    [
        ({"nivaa": 4}, "UGYLDIG_DOKUMENT", "logg.nivaa"),
        ({"nivaa": "1"}, "UGYLDIG_DOKUMENT", "logg.nivaa"),
        ({"status": "AVSLUTTET"}, "UGYLDIG_DOKUMENT", "logg.status"),
        ({"sistOppdatert": "i går"}, "UGYLDIG_DOKUMENT", "logg.sistOppdatert"),
        ({"barn": None}, "UGYLDIG_DOKUMENT", "logg.barn"),
        ({"ekstra": 1}, "UKJENT_FELT", "ekstra"),
        ({"foresatte": [{"personId": "p"}]}, "UGYLDIG_DOKUMENT", "logg.foresatte.0.fodselsnummer"),
    ],
)
def test_a_log_of_the_wrong_shape_is_refused(
    app: ConexusSandbox, change: dict[str, Any], code: str, place: str
) -> None:
    """422 with the place and never the value; nothing is stored."""
    answer = create(app, sample(**change))
    assert answer.status == 422
    assert said(answer) == {"kode": code, "sted": place}
    assert app.journal()["opprettet"] == {}


def test_malformed_json_and_envelopes_are_refused(app: ConexusSandbox) -> None:
    """Cut, nested without end, not UTF-8, or with keys of its own."""
    for body in (b"{", b"[" * 99_999, b'{"logg":"\xe6"}'):
        assert ask(app, "POST", NEW, body).status == 400
    extra = {"logg": sample(), "kjenteAvvik": [], "mer": 1}
    assert ask(app, "POST", NEW, extra).status == 422
    assert ask(app, "POST", NEW, {"logg": sample()}).status == 422
    half = {"logg": sample(passivAarsak="\ud800"), "kjenteAvvik": []}
    assert said(ask(app, "POST", NEW, half, idempotency_key="x"))["kode"] in {
        "UGYLDIG_TEKST",
        "UGYLDIG_DOKUMENT",
    }


def test_unknown_fields_are_kept_when_asked(app: ConexusSandbox) -> None:
    """`bevarUkjente=ja` takes a field of another version, also deep inside."""
    logg = sample(ekstra={"a": 1})
    logg["barn"]["farge"] = "blå"
    assert said(create(app, logg))["sted"] == "barn.farge"
    assert create(app, logg, query={"bevarUkjente": "ja"}).status == 201
    answer = ask(app, "GET", f"{API}/stafettlogger/logg-k")
    assert said(answer) == logg


def test_repeated_ids_are_refused(app: ConexusSandbox) -> None:
    """Two measures with one id are not two measures."""
    logg = sample()
    tiltak = logg["oppmerksomheter"][0]["tiltak"]
    tiltak.append({**tiltak[0], "aktor": "ansatt-2"})
    assert said(create(app, logg)) == {"kode": "DUPLISERT_ID", "sted": "oppmerksomheter.tiltak"}


def test_ids_are_kept_and_taken_once(app: ConexusSandbox) -> None:
    """The log keeps the id it came with; a taken id or external key is 409."""
    answer = create(app, sample())
    assert answer.status == 201
    assert said(answer)["loggId"] == "logg-k"
    taken = create(app, sample(eksternNokkel="annen"), idempotency_key="2")
    assert (taken.status, said(taken)["kode"]) == (409, "ID_OPPTATT")
    same = create(app, sample(loggId="annen"), idempotency_key="3")
    assert (same.status, said(same)["kode"]) == (409, "NOKKEL_OPPTATT")


def test_an_idempotency_key_is_remembered(app: ConexusSandbox) -> None:
    """The same request again is the same log; the key with another body, or none, is refused."""
    first = create(app, sample())
    again = create(app, sample())
    assert (first.status, again.status) == (201, 200)
    assert said(first) == said(again)
    other = create(app, sample(nivaa=2))
    assert (other.status, said(other)["kode"]) == (409, "NOKKEL_BRUKT")
    assert said(ask(app, "POST", NEW, {"logg": sample("z"), "kjenteAvvik": []}))["kode"] == (
        "MANGLER_NOKKEL"
    )
    assert app.journal()["opprettet"] == {"logg-k": 1}


def test_a_version_is_needed_and_must_be_the_newest(app: ConexusSandbox) -> None:
    """428 without, 412 with an old one, 200 with the right one and then a new version."""
    etag = said(create(app, sample()))["etag"]
    path, sent = f"{NEW}/logg-k", {"logg": sample(nivaa=2), "kjenteAvvik": []}
    assert ask(app, "PUT", path, sent).status == 428
    assert ask(app, "PUT", path, sent, if_match='"gammel"').status == 412
    answer = ask(app, "PUT", path, sent, if_match=f'"{etag}"')
    assert answer.status == 200
    assert said(answer)["etag"] != etag
    assert ask(app, "PUT", f"{NEW}/borte", sent, if_match='"x"').status == 404
    wrong = {"logg": sample(loggId="annen"), "kjenteAvvik": []}
    newest = answer.headers["etag"]
    assert said(ask(app, "PUT", path, wrong, if_match=newest))["kode"] == "FEIL_ID"


def test_a_breach_must_be_declared(app: ConexusSandbox) -> None:
    """History that breaks a rule of entry is taken when the sender says so, and only then."""
    logg = sample()
    tiltak = logg["oppmerksomheter"][0]["tiltak"]
    tiltak.append({**tiltak[0], "tiltakId": "t2"})
    assert said(create(app, logg)) == {"kode": "R-071", "sted": "tiltak-k"}
    assert create(app, logg, ("R-071", "annen")).status == 422
    assert create(app, logg, ("R-071", "t2")).status == 201


def test_import_keeps_times_and_ordinary_edit_sets_them(app: ConexusSandbox) -> None:
    """`sistOppdatert` is history in an import, and now in an edit."""
    etag = said(create(app, sample()))["etag"]
    assert next(app.documents())["sistOppdatert"] == "2026-03-09T12:30:00+01:00"
    sent = {"logg": sample(nivaa=2)}
    answer = ask(app, "PUT", f"{API}/stafettlogger/logg-k", sent, if_match=f'"{etag}"')
    assert answer.status == 200
    assert next(app.documents())["sistOppdatert"] == "2026-03-05T00:00:00+00:00"


def test_ordinary_edits_obey_the_rules_of_editing(app: ConexusSandbox) -> None:
    """R-077 over HTTP, by the sandbox's clock."""
    etag = said(create(app, sample()))["etag"]
    logg = sample()
    logg["oppmerksomheter"][0]["tiltak"][0]["tekst"] = "annen"
    path = f"{API}/stafettlogger/logg-k"
    answer = ask(app, "PUT", path, {"logg": logg}, if_match=f'"{etag}"')
    assert said(answer) == {"kode": "R-077", "sted": "tiltak-k"}
    app.set_now(datetime(2026, 3, 2, 10, tzinfo=UTC))
    assert ask(app, "PUT", path, {"logg": logg}, if_match=f'"{etag}"').status == 200


def test_creation_mails_the_guardians_unless_suppressed(app: ConexusSandbox) -> None:
    """R-103: one mail per guardian, counted."""
    create(app, sample())
    assert app.journal()["epost"] == 0
    assert create(app, sample("l"), varsling="tja").status == 400
    answer = ask(app, "POST", f"{API}/stafettlogger", {"logg": sample("m")})
    assert answer.status == 201
    assert said(answer)["loggId"] != "logg-m"
    assert app.journal()["epost"] == 1


def test_files_come_first_and_are_held_to_their_digest(app: ConexusSandbox) -> None:
    """A log whose file is missing is refused; a file with the wrong digest too."""
    body, files = sample_order("k", "tekst")
    logg = json.loads(body)
    missing = create(app, logg)
    assert said(missing) == {"kode": "FIL_MANGLER", "sted": "fil-k"}
    path = f"{API}/stafettlogger/logg-k/filer/fil-k"
    assert ask(app, "PUT", path, files["fil-k"], innhold_sha256="0" * 64).status == 422
    digest = hashlib.sha256(files["fil-k"]).hexdigest()
    assert ask(app, "PUT", path, files["fil-k"], innhold_sha256=digest).status == 204
    assert ask(app, "GET", path).status == 404
    assert create(app, logg).status == 201
    got = ask(app, "GET", path)
    assert (got.body, got.headers["content-type"]) == (files["fil-k"], "application/pdf")
    assert got.headers["innhold-sha256"] == digest


def test_only_a_passive_log_is_deleted(app: ConexusSandbox) -> None:
    """R-157, with a version; then it is gone, and the feed says so."""
    etag = said(create(app, sample()))["etag"]
    path = f"{API}/stafettlogger/logg-k"
    start = said(ask(app, "GET", f"{API}/endringer"))["nesteMarkor"]
    assert said(ask(app, "DELETE", path, if_match=f'"{etag}"'))["kode"] == "IKKE_PASSIV"
    sent = {"logg": sample(status="PASSIV"), "kjenteAvvik": []}
    passive = said(ask(app, "PUT", f"{NEW}/logg-k", sent, if_match=f'"{etag}"'))["etag"]
    assert ask(app, "DELETE", path).status == 428
    assert ask(app, "DELETE", path, if_match=f'"{passive}"').status == 204
    assert ask(app, "GET", path).status == 404
    feed = said(ask(app, "GET", f"{API}/endringer", query={"markor": start}))
    assert [row["status"] for row in feed["logger"]] == ["SLETTET"]


def test_transfers_have_their_own_list(app: ConexusSandbox) -> None:
    """The hand-overs of a log."""
    create(app, sample())
    answer = ask(app, "GET", f"{API}/stafettlogger/logg-k/overforinger")
    assert said(answer) == {"overforinger": []}


def test_generated_logs_are_loaded_as_history(app: ConexusSandbox) -> None:
    """The vendor's own stock: valid, unmailed, not counted as written, files and all."""
    loaded = {logg["loggId"]: (logg, files) for logg, files in generate(3, 25)}
    for logg, files in loaded.values():
        app.load(logg, files)
    for document in app.documents():
        LOGG.validate_python(document)
        logg, files = loaded[document["loggId"]]
        assert document == logg
        for file_id, data in files.items():
            path = f"{API}/stafettlogger/{logg['loggId']}/filer/{file_id}"
            assert ask(app, "GET", path).body == data
    assert said(ask(app, "GET", f"{API}/kommune"))["antallLogger"] == 25
    assert app.journal() == {"opprettet": {}, "eksternNokkel": {}, "epost": 0, "skrivinger": 0}


def test_generated_logs_can_be_imported(app: ConexusSandbox, tmp_path: Path) -> None:
    """A log that the product could hold goes in again without a declaration."""
    target = open_sandbox(tmp_path / "maal", tenant="899100107")
    refused: dict[str, int] = {}
    for logg, files in generate(5, 40):
        for fil in logg["filer"]:
            path = f"{API}/stafettlogger/{logg['loggId']}/filer/{fil['filId']}"
            ask(target, "PUT", path, files[fil["filId"]], innhold_sha256=fil["sha256"])
        answer = create(target, logg)
        if answer.status != 201:
            code = said(answer)["kode"]
            refused[code] = refused.get(code, 0) + 1
    target.close()
    assert refused == {}
