"""A plan is written in many pieces, and a person may write between two of them: it is told, and
what they wrote is neither taken for ours nor written over."""

from typing import Any

import pytest

from gateway.errors import Conflict

MEETING = {
    "externalReference": None, "title": "Møte", "kind": "other", "startsAt": None,
    "endsAt": None, "location": None, "participantIds": [],
}  # fmt: skip


def meets(bench: Any, plan_id: str) -> None:
    """Somebody puts a meeting in the calendar."""
    assert bench.user("POST", f"/content/v1/plans/{plan_id}/calendar", MEETING) == 201


def says(bench: Any, plan_id: str) -> None:
    """Somebody writes in the plan's own text."""
    path = f"/content/v1/plans/{plan_id}"
    match = {"if-match": f'"{bench.only()["plan"]["version"]}"'}
    assert bench.user("PATCH", path, {"description": "Mitt"}, **match) == 200


def invites(bench: Any, plan_id: str) -> None:
    """Somebody asks one more guardian to consent."""
    (one, *_) = [p for p in bench.only()["participants"] if p["roleId"] == "role-foresatt"]
    own = ("participantId", "personId", "version", "roleHistory", "invitedAt")
    other = {key: value for key, value in one.items() if key not in own}
    other |= {"name": "Ei mor", "nationalId": None, "externalReference": None, "roleHistory": []}
    path = f"/content/v1/plans/{plan_id}/participants"
    assert bench.user("POST", path, {**other, "invitedAt": None}) == 201


def between(bench: Any, number: int, act: Any) -> None:
    """Let somebody act right before our write number `number`."""
    real = bench.wire.handle_request

    def handle(request: Any) -> Any:
        before = len(bench.wire.writes)
        is_write = request.method != "GET" and not request.url.path.endswith("/search")
        if is_write and before + 1 == number:
            act()
        return real(request)

    bench.session._transport.handle_request = handle


@pytest.mark.parametrize("number", [2, 3])
def test_a_person_between_two_writes_of_an_update_is_told(
    bench: Any, kit: Any, number: int
) -> None:
    """The version after our last write holds their words too, so it is not ours alone."""
    body, files = kit.sample()
    first = bench.connector.put(kit.order(body, files))
    assert first.alone
    bench.wire.sent.clear()
    between(bench, number, lambda: meets(bench, first.ref))
    changed = kit.edited(body, kit.rearrange)
    written = bench.connector.put(
        kit.order(changed, files, ref=first.ref, base_version=first.version)
    )
    assert not written.alone
    assert "Møte" in [event["title"] for event in bench.only()["calendar"]]
    assert written.version == bench.connector.document(first.ref).version


def test_an_undisturbed_update_is_ours_alone(bench: Any, kit: Any) -> None:
    """Told by the answers to the writes: no more is asked than before."""
    body, files = kit.sample()
    first = bench.connector.put(kit.order(body, files))
    bench.wire.sent.clear()
    order = kit.order(
        kit.edited(body, kit.rearrange), files, ref=first.ref, base_version=first.version
    )
    assert bench.connector.put(order).alone
    assert bench.wire.sent[-1] in bench.wire.writes


def test_where_the_answers_do_not_tell_the_plan_is_asked(bench: Any, kit: Any) -> None:
    """A system that says whose work a plan was left in only when it is read."""
    body, files = kit.sample()
    first = bench.connector.put(kit.order(body, files))
    real = bench.wire.handle_request

    def silent(request: Any) -> Any:
        answer = real(request)
        if request.method != "GET":
            answer.headers.pop("x-change-base", None)
        return answer

    bench.session._transport.handle_request = silent
    changed = kit.edited(body, kit.rearrange)
    order = kit.order(changed, files, ref=first.ref, base_version=first.version)
    assert bench.connector.put(order).alone
    assert bench.wire.sent[-1] == f"GET /content/v1/plans/{first.ref}"


@pytest.mark.parametrize("disturbed", [False, True])
def test_a_system_that_does_not_count_is_counted(bench: Any, kit: Any, disturbed: bool) -> None:
    """Without the headers the version has grown by our own writes and no more, or it has not."""
    body, files = kit.sample()
    first = bench.connector.put(kit.order(body, files))
    if disturbed:
        between(bench, 3, lambda: meets(bench, first.ref))
    real = bench.session._transport.handle_request

    def silent(request: Any) -> Any:
        answer = real(request)
        answer.headers.pop("x-change-base", None)
        answer.headers.pop("x-change-id", None)
        return answer

    bench.session._transport.handle_request = silent
    bench.wire.sent.clear()
    changed = kit.edited(body, kit.rearrange)
    order = kit.order(changed, files, ref=first.ref, base_version=first.version)
    assert bench.connector.put(order).alone is not disturbed


def test_a_person_while_a_new_plan_is_filled_is_told(bench: Any, kit: Any) -> None:
    """The form's plan is there for everybody to write in before we are done with it."""
    body, files = kit.sample()
    between(bench, 4, lambda: invites(bench, bench.only()["plan"]["planId"]))
    assert not bench.connector.put(kit.order(body, files)).alone


def shell(bench: Any, kit: Any, body: bytes, files: Any) -> str:
    """The form has gone and we died: an empty plan stands."""
    bench.wire.die, bench.wire.after = 3, True
    with pytest.raises(kit.Killed):
        bench.connector.put(kit.order(body, files))
    bench.wire.die = None
    return str(bench.only()["plan"]["planId"])


def test_an_untouched_shell_is_filled(bench: Any, kit: Any) -> None:
    """Nobody has been there: it is ours to go on with."""
    body, files = kit.sample()
    shell(bench, kit, body, files)
    written = bench.connector.put(kit.order(body, files))
    assert (written.found, written.alone) == (False, True)


def rings(bench: Any, plan_id: str) -> None:
    """Somebody notes a telephone number of one of them."""
    one = bench.only()["participants"][0]
    path = f"/content/v1/plans/{plan_id}/participants/{one['participantId']}"
    match = {"if-match": f'"{one["version"]}"'}
    assert bench.user("PATCH", path, {"mobile": "00000000"}, **match) == 200


def belongs(bench: Any, plan_id: str) -> None:
    """Somebody says which unit it belongs to."""
    path = f"/content/v1/plans/{plan_id}"
    match = {"if-match": f'"{bench.only()["plan"]["version"]}"'}
    assert bench.user("PATCH", path, {"unitName": "Fjordby skole"}, **match) == 200


@pytest.mark.parametrize("act", [says, invites, rings, belongs])
def test_also_before_we_have_seen_the_shell_ourselves(bench: Any, kit: Any, act: Any) -> None:
    """Between the form and our first look at what it made."""
    body, files = kit.sample()
    real = bench.wire.handle_request

    def handle(request: Any) -> Any:
        answer = real(request)
        if request.url.path == "/external/v1/plans":
            act(bench, bench.only()["plan"]["planId"])
        return answer

    bench.session._transport.handle_request = handle
    written = bench.connector.put(kit.order(body, files))
    before = bench.only()
    assert written.found
    assert bench.connector.put(kit.order(body, files)).found
    assert bench.only() == before
    assert before["goals"] == []


@pytest.mark.parametrize("act", [says, invites, rings, belongs])
def test_a_shell_a_person_has_written_in_is_found_and_left(bench: Any, kit: Any, act: Any) -> None:
    """What stands there has been seen by nobody who signed."""
    body, files = kit.sample()
    plan_id = shell(bench, kit, body, files)
    act(bench, plan_id)
    before = bench.only()
    written = bench.connector.put(kit.order(body, files))
    assert (written.ref, written.found) == (plan_id, True)
    assert bench.only() == before


def test_what_another_order_left_half_is_found_and_left(bench: Any, kit: Any) -> None:
    """Between two orders anybody may have written; only the same order goes on unasked."""
    body, files = kit.sample()
    bench.wire.die = 12
    with pytest.raises(kit.Killed):
        bench.connector.put(kit.order(body, files))
    bench.wire.die = None
    before = bench.only()
    other = kit.order(kit.edited(body, kit.rearrange), files)
    assert bench.connector.put(other).found
    assert bench.only() == before
    assert not bench.connector.put(kit.order(body, files)).found


def test_an_item_a_person_has_taken_ends_the_write(bench: Any, kit: Any) -> None:
    """Their edit of the very thing we change is a conflict, wherever we have come to."""
    body, files = kit.sample()
    first = bench.connector.put(kit.order(body, files))
    goal = bench.only()["goals"][0]
    path = f"/content/v1/plans/{first.ref}/goals/{goal['goalId']}"
    match = {"if-match": f'"{goal["version"]}"'}
    bench.wire.sent.clear()

    def edits() -> None:
        assert bench.user("PATCH", path, {"title": "Mitt"}, **match) == 200

    def change(bundle: Any) -> None:
        bundle["plan"]["description"] = "Noko nytt"
        bundle["goals"][0]["title"] = "Vårt"

    between(bench, 2, edits)
    with pytest.raises(Conflict) as caught:
        bench.connector.put(
            kit.order(kit.edited(body, change), files, ref=first.ref, base_version=first.version)
        )
    assert caught.value.code == "ENDRET_I_MAAL"
    assert bench.only()["goals"][0]["title"] == "Mitt"
