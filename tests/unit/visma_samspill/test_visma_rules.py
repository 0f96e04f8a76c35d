"""The sandbox keeps the vendor's rules as the routines describe them, and is strict about input."""

import hashlib
import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from connectors.sandbox.app import Request
from connectors.visma_samspill.sandbox.app import SamspillSandbox, open_sandbox
from connectors.visma_samspill.sandbox.generator import TENANT, generate
from connectors.visma_samspill.sandbox.sample import sample_order

PLANS = "/content/v1/plans"
IMPORT = {"x-import": "historical", "x-notify": "none"}


class Product:
    """The sandbox with short ways to ask it; a person by default, an import with `IMPORT`."""

    def __init__(self, app: SamspillSandbox) -> None:
        self.app = app

    def ask(
        self, method: str, path: str, body: Any = None, query: Any = None, **headers: str
    ) -> tuple[int, Any]:
        """(status, answer or code)."""
        heads = {k.replace("_", "-"): v for k, v in headers.items()}
        raw = b""
        if body is not None:
            heads.setdefault("content-type", "application/json")
            raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        answer = self.app.handle(Request(method, path, query or {}, heads, raw, "stafett"))
        data = json.loads(answer.body) if answer.body else None
        if answer.status >= 400:
            assert set(data) == {"code", "place"}
            return answer.status, data["code"]
        return answer.status, data

    def shell(self, **changes: Any) -> str:
        """A plan made with the form; gives its id."""
        assert self.ask("POST", "/external/v1/plans", form(**changes)) == (200, {"status": "OK"})
        return str(list(self.app.bundles())[-1]["plan"]["planId"])

    def bundle(self) -> dict[str, Any]:
        """The last plan."""
        return list(self.app.bundles())[-1]

    def new(self, part: str) -> dict[str, Any]:
        """A resource of the sample order, as a POST body without history or references."""
        item = dict(json.loads(sample_order("k", "tekst")[0])[part][0])
        own = {"participants": "participantId", "goals": "goalId", "consents": "consentId",
               "documents": "documentId", "calendar": "eventId", "messages": "messageId",
               "activities": "activityId"}[part]  # fmt: skip
        for key in (own, "version", "personId"):
            item.pop(key, None)
        for key in ("createdAt", "createdBy", "uploadedAt", "uploadedBy", "sentAt", "invitedAt",
                    "evidenceDocumentId", "responsibleParticipantId"):  # fmt: skip
            if key in item:
                item[key] = None
        for key in ("roleHistory", "signers", "participantIds", "comments"):
            if key in item:
                item[key] = []
        return item


def form(**changes: Any) -> dict[str, Any]:
    """A right form."""
    bundle = json.loads(sample_order("k", "tekst")[0])
    main, (lead, guardian, _) = bundle["plan"]["mainPerson"], bundle["participants"]

    def person(row: dict[str, Any]) -> dict[str, str]:
        return {"name": row["name"], "nationalId": row["nationalId"]}

    made = {
        "organisationNumber": TENANT,
        "planTypeId": "pt-stafettlogg",
        "mainPerson": person(main),
        "planLead": person(lead),
        "participants": [{**person(guardian), "roleId": "role-foresatt"}],
        "affiliationId": "aff-skule",
    }
    return {**made, **changes}


@pytest.fixture
def product(tmp_path: Path) -> Iterator[Product]:
    """An empty sandbox at a fixed time."""
    app = open_sandbox(tmp_path, tenant=TENANT, now=datetime(2026, 11, 2, 8, tzinfo=UTC))
    yield Product(app)
    app.close()


@pytest.fixture
def consented(product: Product) -> str:
    """A plan with a consent in force; gives its id."""
    plan_id = product.shell()
    guardian = product.bundle()["participants"][1]["participantId"]
    signer = {"participantId": guardian, "status": "signed", "signedAt": None, "method": None}
    consent = {**product.new("consents"), "signers": [signer]}
    status, _ = product.ask("POST", f"{PLANS}/{plan_id}/consents", consent, **IMPORT)
    assert status == 201
    return plan_id


def test_the_three_lists_are_given_in_three_languages(product: Product) -> None:
    """The same ids in EN, NB and NN; another language or another municipality is refused."""
    for name in ("planTypes", "roles", "affiliations"):
        path, seen = f"/external/v1/{name}", []
        for language in ("EN", "NB", "NN"):
            query = {"language": language, "organisationNumber": TENANT}
            status, rows = product.ask("GET", path, query=query)
            assert status == 200
            seen.append([row["id"] for row in rows])
        assert seen[0] == seen[1] == seen[2]
        assert product.ask("GET", path, query={"language": "SE"})[0] == 400
        query = {"language": "NN", "organisationNumber": "899100107"}
        assert product.ask("GET", path, query=query) == (403, "WRONG_ORGANISATION")


def test_the_form_makes_a_new_plan_every_time_and_gives_no_id(product: Product) -> None:
    """Not idempotent; everybody named gets mail and an account, the same for the same number."""
    first, second = product.shell(), product.shell()
    assert first != second
    one, two = product.app.bundles()
    assert one["plan"]["status"] == "awaitingConsent"
    assert one["plan"]["createdBy"] == "stafett"
    assert one["plan"]["mainPerson"]["personId"] == two["plan"]["mainPerson"]["personId"]
    assert [p["status"] for p in one["participants"]] == ["invited", "invited"]
    assert product.app.journal()["epost"] == 4
    product.ask("POST", "/external/v1/plans", form(), x_notify="none")
    assert product.app.journal()["epost"] == 4
    assert list(product.app.journal()["planerPerHovedperson"].values()) == [3]


@pytest.mark.parametrize(
    ("changes", "answer"),
    [
        ({"extra": 1}, (422, "UNKNOWN_FIELD")),
        ({"planTypeId": "pt-x"}, (422, "UNKNOWN_PLAN_TYPE")),
        ({"affiliationId": "aff-x"}, (422, "UNKNOWN_AFFILIATION")),
        ({"organisationNumber": "899100107"}, (403, "WRONG_ORGANISATION")),
        ({"mainPerson": None}, (422, "MISSING_FIELD")),
        ({"mainPerson": {"name": "A"}}, (422, "INVALID_FIELD")),
        ({"planLead": {"name": "A", "nationalId": "1"}}, (422, "INVALID_NATIONAL_ID")),
        ({"participants": {}}, (422, "INVALID_FIELD")),
    ],
)
def test_the_form_is_checked_for_completeness(
    product: Product, changes: dict[str, Any], answer: tuple[int, str]
) -> None:
    """A wrong form makes nothing."""
    assert product.ask("POST", "/external/v1/plans", form(**changes)) == answer
    assert list(product.app.bundles()) == []


def test_before_consent_only_guardians_and_no_content(product: Product) -> None:
    """R-039: in the form and after it; guardians may be added."""
    others = [{**form()["planLead"], "roleId": "role-tenesteytar"}]
    refused = product.ask("POST", "/external/v1/plans", form(participants=others))
    assert refused == (409, "CONSENT_REQUIRED")
    plan_id = product.shell()
    for part in ("goals", "calendar", "documents"):
        path = f"{PLANS}/{plan_id}/{part}"
        assert product.ask("POST", path, product.new(part)) == (409, "CONSENT_REQUIRED")
    provider = {**product.new("participants"), "roleId": "role-tenesteytar"}
    path = f"{PLANS}/{plan_id}/participants"
    assert product.ask("POST", path, provider) == (409, "CONSENT_REQUIRED")
    guardian = {**product.new("participants"), "roleId": "role-foresatt"}
    assert product.ask("POST", path, guardian)[0] == 201


def test_an_import_brings_no_content_without_consent_either(product: Product) -> None:
    """History may come into an inactive plan, but not into one that waits for consent."""
    plan_id = product.shell()
    path = f"{PLANS}/{plan_id}"
    goals = f"{path}/goals"
    assert product.ask("POST", goals, product.new("goals"), **IMPORT) == (409, "CONSENT_REQUIRED")
    active = {"status": "active"}
    refused = product.ask("PATCH", path, active, if_match='"1"', **IMPORT)
    assert refused == (409, "CONSENT_REQUIRED")
    assert product.ask("PATCH", path, {"status": "inactive"}, if_match='"1"', **IMPORT)[0] == 200
    assert product.ask("POST", goals, product.new("goals"), **IMPORT)[0] == 201
    assert product.ask("POST", goals, product.new("goals")) == (409, "PLAN_INACTIVE")


def test_an_invited_participant_is_not_made_responsible(product: Product, consented: str) -> None:
    """R-041: not by a person; an import may, because it tells what was."""
    who = product.bundle()["participants"][0]["participantId"]
    goal = {**product.new("goals"), "responsibleParticipantId": who}
    path = f"{PLANS}/{consented}/goals"
    assert product.ask("POST", path, goal) == (422, "PARTICIPANT_NOT_ACTIVE")
    assert product.ask("POST", path, goal, **IMPORT)[0] == 201


def test_nobody_becomes_active_by_being_written(product: Product, consented: str) -> None:
    """R-041: `active` is the first login here; an import of an active person stores `invited`."""
    row = {**product.new("participants"), "roleId": "role-deltakar", "status": "active"}
    path = f"{PLANS}/{consented}/participants"
    assert product.ask("POST", path, row, **IMPORT)[1]["status"] == "invited"
    ended = {**row, "status": "ended"}
    assert product.ask("POST", path, ended, **IMPORT)[1]["status"] == "ended"


def test_an_active_participant_stays_active_in_an_import(product: Product) -> None:
    """Who has logged in here has logged in."""
    bundle, files = next(generate(5, 1))
    product.app.load(bundle, files)
    person = next(p for p in bundle["participants"] if p["status"] == "active")
    path = f"{PLANS}/{bundle['plan']['planId']}/participants/{person['participantId']}"
    match = {"if_match": f'"{person["version"]}"'}
    status, stored = product.ask("PATCH", path, {"status": "invited"}, **match, **IMPORT)
    assert (status, stored["status"]) == (200, "active")


def test_there_is_always_exactly_one_plan_lead(product: Product, consented: str) -> None:
    """Giving the role takes it from the other; it cannot be dropped or deleted."""
    path = f"{PLANS}/{consented}/participants"
    lead = product.bundle()["participants"][0]
    one = f"{path}/{lead['participantId']}"
    change = {"roleId": "role-deltakar"}
    assert product.ask("PATCH", one, change, if_match='"1"') == (409, "LEAD_REQUIRED")
    assert product.ask("DELETE", one, if_match='"1"') == (409, "LEAD_REQUIRED")
    guardian = product.bundle()["participants"][1]["participantId"]
    taken = {"roleId": "role-planansvarleg"}
    assert product.ask("PATCH", f"{path}/{guardian}", taken, if_match='"1"')[0] == 200
    roles = [p["roleId"] for p in product.bundle()["participants"]]
    assert roles == ["role-tenesteytar", "role-planansvarleg"]
    history = product.bundle()["participants"][0]["roleHistory"]
    assert [row["until"] is None for row in history] == [False, True]


def test_a_consent_is_valid_by_signing_or_by_evidence(product: Product) -> None:
    """A person cannot type a valid consent; an import shows all signatures and the evidence."""
    plan_id = product.shell()
    path = f"{PLANS}/{plan_id}/consents"
    guardian = product.bundle()["participants"][1]["participantId"]
    signed = {"participantId": guardian, "status": "signed", "signedAt": None, "method": None}
    good = {**product.new("consents"), "signers": [signed]}
    assert product.ask("POST", path, good) == (422, "CONSENT_NEEDS_SIGNING")
    waits = {**good, "signers": [{**signed, "status": "sent"}]}
    assert product.ask("POST", path, waits, **IMPORT) == (422, "CONSENT_NOT_SIGNED")
    nobody = {**good, "signers": []}
    assert product.ask("POST", path, nobody, **IMPORT) == (422, "CONSENT_NOT_SIGNED")
    empty = {**good, "text": " "}
    assert product.ask("POST", path, empty, **IMPORT) == (422, "CONSENT_WITHOUT_EVIDENCE")
    assert product.ask("POST", path, good, **IMPORT)[0] == 201


def test_history_is_the_server_s_but_for_an_import(product: Product, consented: str) -> None:
    """Times and authors are stamped for a person and kept as they come in an import."""
    path = f"{PLANS}/{consented}/goals"
    told = {**product.new("goals"), "createdAt": "2024-05-01T10:00:00+02:00", "createdBy": "ref-1"}
    assert product.ask("POST", path, told) == (422, "HISTORY_NEEDS_IMPORT")
    stored = product.ask("POST", path, told, **IMPORT)[1]
    assert (stored["createdAt"], stored["createdBy"]) == (told["createdAt"], "ref-1")
    stamped = product.ask("POST", path, product.new("goals"))[1]
    assert (stamped["createdAt"], stamped["createdBy"]) == ("2026-11-02T08:00:00Z", "stafett")


def test_input_is_strict(product: Product, consented: str) -> None:
    """Unknown, missing, server-owned and wrongly typed fields, and references to nothing."""
    path, goal = f"{PLANS}/{consented}/goals", product.new("goals")
    assert product.ask("POST", path, {**goal, "x": 1}) == (422, "UNKNOWN_FIELD")
    assert product.ask("POST", path, {**goal, "goalId": "mine"}) == (422, "UNKNOWN_FIELD")
    assert product.ask("POST", path, {**goal, "x": 1}, **IMPORT) == (422, "UNKNOWN_FIELD")
    keep = {**IMPORT, "x-keep-unknown": "yes"}
    assert product.ask("POST", path, {**goal, "x": 1}, **keep)[1]["x"] == 1
    less = {k: v for k, v in goal.items() if k != "title"}
    assert product.ask("POST", path, less) == (422, "MISSING_FIELD")
    assert product.ask("POST", path, {**goal, "title": 7}) == (422, "INVALID_FIELD")
    gone = {**goal, "responsibleParticipantId": "part-x"}
    assert product.ask("POST", path, gone, **IMPORT) == (422, "UNKNOWN_REFERENCE")
    assert product.ask("POST", path, b"{") == (400, "INVALID_JSON")
    assert product.ask("POST", path, b"[]") == (400, "INVALID_JSON")
    assert product.ask("POST", path, goal, content_type="text/plain") == (415, "NOT_JSON")
    assert product.ask("GET", PLANS, query={"pageSize": "0"}) == (400, "INVALID_QUERY")
    assert product.ask("GET", PLANS, query={"side": "1"}) == (400, "INVALID_QUERY")
    assert product.ask("GET", PLANS, x_import="x") == (400, "INVALID_HEADER")
    assert product.ask("GET", f"{PLANS}/plan-x") == (404, "NOT_FOUND")
    assert product.ask("GET", "/nowhere") == (404, "NOT_FOUND")
    assert product.ask("PUT", f"{PLANS}/{consented}", {}) == (405, "METHOD_NOT_ALLOWED")


def test_writes_name_the_version_they_saw(product: Product, consented: str) -> None:
    """Missing If-Match is 428, a stale one 412, and nothing changes."""
    path = f"{PLANS}/{consented}"
    assert product.ask("PATCH", path, {"initiator": "a"}) == (428, "IF_MATCH_REQUIRED")
    stale = product.ask("PATCH", path, {"initiator": "a"}, if_match='"9"')
    assert stale == (412, "VERSION_CONFLICT")
    assert product.bundle()["plan"]["initiator"] is None


def test_only_an_inactive_plan_is_deleted(product: Product, consented: str) -> None:
    """R-156, R-157; a tombstone stays in the change feed."""
    path = f"{PLANS}/{consented}"
    version = product.ask("GET", PLANS)[1]["plans"][0]["contentVersion"]
    match = {"if_match": f'"{version}"'}
    assert product.ask("DELETE", path, **match) == (409, "PLAN_ACTIVE")
    product.ask("PATCH", path, {"status": "inactive"}, if_match='"1"')
    assert product.ask("DELETE", path, if_match=f'"{version + 1}"')[0] == 204
    assert product.ask("GET", PLANS)[1]["totalCount"] == 0
    (row,) = product.ask("GET", "/content/v1/changes", query={"pageToken": "0"})[1]["plans"]
    assert (row["planId"], row["status"]) == (consented, "deleted")


def test_bytes_must_be_the_ones_the_metadata_names(product: Product, consented: str) -> None:
    """A document waits for its bytes, and takes no others."""
    data = b"%PDF-1.4 abc"
    digest = hashlib.sha256(data).hexdigest()
    meta = {**product.new("documents"), "size": len(data), "sha256": digest}
    path = f"{PLANS}/{consented}/documents"
    document = product.ask("POST", path, meta)[1]["documentId"]
    content = f"{path}/{document}/content"
    assert product.ask("GET", content) == (404, "NO_CONTENT")
    assert product.ask("PUT", content, b"other") == (422, "HASH_MISMATCH")
    assert product.ask("PUT", content, data)[0] == 200
    product.ask("PATCH", f"{path}/{document}", {"sha256": "0" * 64}, if_match='"1"')
    assert product.ask("GET", content) == (404, "NO_CONTENT")
    # They are dropped, and do not come back with their hash.
    product.ask("PATCH", f"{path}/{document}", {"sha256": digest}, if_match='"2"')
    assert product.ask("GET", content) == (404, "NO_CONTENT")


def test_what_is_referred_to_is_not_deleted(product: Product, consented: str) -> None:
    """A guardian who signed cannot vanish from the consent."""
    guardian = product.bundle()["participants"][1]["participantId"]
    path = f"{PLANS}/{consented}/participants/{guardian}"
    assert product.ask("DELETE", path, if_match='"1"') == (409, "IN_USE")


def test_who_the_plan_is_about_is_fixed(product: Product, consented: str) -> None:
    """A plan is never given to another child."""
    other = {
        **product.bundle()["plan"]["mainPerson"],
        "nationalId": form()["planLead"]["nationalId"],
    }
    refused = product.ask("PATCH", f"{PLANS}/{consented}", {"mainPerson": other}, if_match='"1"')
    assert refused == (422, "MAIN_PERSON_FIXED")


def test_an_order_takes_exactly_the_resources_there_are(product: Product, consented: str) -> None:
    """Reordering can neither add, drop nor double."""
    path = f"{PLANS}/{consented}/participants/order"
    ids = [p["participantId"] for p in product.bundle()["participants"]]
    assert product.ask("PUT", path, {"ids": ids[:1]}) == (409, "NOT_THE_SAME_SET")
    assert product.ask("PUT", path, {"ids": [ids[0], ids[0]]}) == (422, "INVALID_FIELD")
    assert product.ask("PUT", path, {"ids": ids[::-1]})[0] == 200
    assert [p["participantId"] for p in product.bundle()["participants"]] == ids[::-1]
