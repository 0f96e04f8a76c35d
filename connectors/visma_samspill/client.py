"""Samspill's interface as typed calls: one method per operation, answers checked for belonging.

It reads and writes single resources and pages; what a whole log is, and in which order it is
written, is for `reading.py` and `filling.py`. No call carries a person's number in its address.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, unquote

from connectors.http.refusals import known_code
from connectors.http.reply import Reply
from connectors.http.session import Session
from connectors.visma_samspill.operations import FORM, PLANS
from connectors.visma_samspill.parts import Part
from connectors.visma_samspill.proposal.codes import CODES
from gateway.errors import Conflict, Rejected, RemoteFault
from gateway.ports.connector import ConnectorSettings

Check = Callable[[Reply], str | None]
_MOST_PAGES = 10_000
_STALE = "VERSION_CONFLICT"
_CODES = frozenset(CODES)


@dataclass(frozen=True, slots=True)
class Head:
    """A plan's own fields, and where it stands. `change_*` tell whose work it was left in."""

    body: dict[str, Any] = field(repr=False)
    version: int
    change_id: str | None
    change_base: str | None


@dataclass(frozen=True, slots=True)
class Found:
    """A plan a search gave; `head` when the plan itself has been asked too."""

    plan_id: str
    version: int
    reference: str | None
    created_by: str | None
    head: Head | None = None


@dataclass(frozen=True, slots=True)
class Listed:
    """One part of a plan, all pages. `versions` are the plan versions its pages were read at."""

    items: list[dict[str, Any]] = field(repr=False)
    versions: frozenset[int]


class Client:
    """Calls to one municipality's Samspill; thread-safe. Raises only GatewayErrors."""

    def __init__(self, session: Session, settings: ConnectorSettings) -> None:
        self._session = session
        self._settings = settings

    def close(self) -> None:
        """Close connections."""
        self._session.close()

    # -- reading --------------------------------------------------------------------------------
    def facts(self) -> dict[str, Any]:
        """What the system says of itself."""
        reply = self._session.call(
            "tenant.read", "GET", "/content/v1/tenant", check=_is_facts, place="tenant"
        )
        return _object(reply)

    def page(self, operation: str, path: str, token: str | None) -> dict[str, Any]:
        """A page of plans: {totalCount, plans, nextPageToken}."""
        params = {"pageSize": str(self._settings.page_size)}
        if token is not None:
            params["pageToken"] = token
        check = _plan_page(token, feed=operation == "change.list")
        return _object(
            self._session.call(operation, "GET", path, params=params, check=check, place=operation)
        )

    def head(self, plan_id: str) -> Head:
        """A plan's own fields. Raises Conflict("BORTE")."""

        def check(reply: Reply) -> str | None:
            """Ours to read, and the one we asked for."""
            data = reply.data()
            if not isinstance(data, dict) or data.get("planId") != plan_id:
                return "FEIL_DOKUMENT"
            if data.get("organisationNumber") != self._settings.tenant:
                return "FEIL_KOMMUNE"
            return None

        reply = self._session.call(
            "plan.read", "GET", f"{PLANS}/{plan_id}", place=plan_id, check=check
        )
        return Head(
            _object(reply),
            version_of(reply, plan_id),
            reply.headers.get("x-change-id"),
            reply.headers.get("x-change-base"),
        )

    def items(self, plan_id: str, part: Part) -> Listed:
        """All of one part, page by page; stops at a repeated token or a wrong count."""
        items: list[dict[str, Any]] = []
        versions: set[int] = set()
        seen: set[str] = set()
        token: str | None = None
        for _ in range(_MOST_PAGES):
            params = {"pageSize": str(self._settings.page_size)}
            if token is not None:
                params["pageToken"] = token
            reply = self._session.call(
                "part.list",
                "GET",
                f"{PLANS}/{plan_id}/{part.name}",
                params=params,
                place=plan_id,
                check=_part_page(plan_id, token),
            )
            data = _part_data(reply, f"{plan_id}/{part.name}")
            items += data["items"]
            versions.add(version_of(reply, plan_id))
            token = data["nextPageToken"]
            if token is None:
                if len(items) != data["totalCount"] and len(versions) == 1:
                    raise RemoteFault("FEIL_ANTALL", place=f"{plan_id}/{part.name}")
                return Listed(items, frozenset(versions))
            if token in seen:
                break
            seen.add(token)
        raise RemoteFault("GJENTATT_SIDE", place=f"{plan_id}/{part.name}")

    def content(self, plan_id: str, document_id: str) -> bytes:
        """A document's bytes."""
        reply = self._session.call(
            "content.read",
            "GET",
            f"{PLANS}/{plan_id}/documents/{quote(document_id, safe='')}/content",
            raw=True,
            # A document's id is what the product says it is: an error names the plan alone.
            place=plan_id,
        )
        return reply.content

    def search(self, query: Mapping[str, str], place: str) -> list[Found]:
        """Plans by external reference, or by main person and plan type (in the body)."""
        reply = self._session.call(
            "plan.search", "POST", f"{PLANS}/search", json=dict(query), place=place,
            check=_is_search,
        )  # fmt: skip
        return [
            Found(row["planId"], row["contentVersion"], row["externalReference"], row["createdBy"])
            for row in _object(reply)["plans"]
        ]

    # -- writing --------------------------------------------------------------------------------
    def create_shell(self, form: Mapping[str, Any], place: str, once: Callable[[], None]) -> None:
        """Send the documented form, a single time. Not idempotent, and no plan id comes back.

        `once` is asked right before it goes (`Order.once`).
        """
        # Notifications are suppressed here as everywhere.
        heads = {"X-Notify": "none"}
        self._write("plan.create", "POST", FORM, place, json=form, headers=heads, once=once)

    def write(
        self,
        operation: str,
        method: str,
        path: str,
        *,
        place: str,
        change_id: str,
        version: int | None = None,
        json: Any = None,
        content: bytes | None = None,
        keep_unknown: bool = False,
    ) -> Reply:
        """One write of an import; `version` is what `If-Match` asks for."""
        headers = {"X-Import": "historical", "X-Notify": "none", "X-Change-Id": change_id}
        if keep_unknown:
            headers["X-Keep-Unknown"] = "yes"
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if content is not None:
            headers["Content-Type"] = "application/octet-stream"
        return self._write(
            operation, method, path, place, json=json, content=content, headers=headers
        )

    def delete(self, plan_id: str, version: str) -> None:
        """Delete one inactive plan."""
        headers = {"If-Match": f'"{version}"'}
        self._write("plan.delete", "DELETE", f"{PLANS}/{plan_id}", plan_id, headers=headers)

    def _write(
        self,
        operation: str,
        method: str,
        path: str,
        place: str,
        *,
        json: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        once: Callable[[], None] | None = None,
    ) -> Reply:
        reply = self._session.call(
            operation,
            method,
            path,
            json=json,
            content=content,
            headers=headers,
            expect=frozenset({200, 201, 204, 409}),
            write=True,
            once=once,
            place=place,
        )
        if reply.status == 409:
            code = known_code(reply.content, _CODES)
            if "If-Match" in (headers or {}) and code in (None, _STALE):
                raise Conflict("ENDRET_I_MAAL", place=place)
            # A rule of the vendor (consent first, lead required), not a race: those are 412.
            fault = Rejected(code or "AVVIST", place=place)
            fault.undone = once is not None
            raise fault
        return reply


def version_of(reply: Reply, place: str) -> int:
    """The plan's content version an answer names. Raises RemoteFault."""
    text = reply.headers.get("content-version", "")
    if not text.isascii() or not text.isdigit():
        raise RemoteFault("MANGLER_VERSJON", place=place)
    return int(text)


def made_at(reply: Reply) -> str | None:
    """The id of what was made, from an answer that is an address alone; None for no id."""
    place = reply.headers.get("location", "").partition("?")[0].rstrip("/")
    return unquote(place.rpartition("/")[2]) or None


def _object(reply: Reply) -> dict[str, Any]:
    data: dict[str, Any] = reply.data()
    return data


def _part_data(reply: Reply, place: str) -> dict[str, Any]:
    """A part's page. A wrong shape for one plan is that plan's fault, and parks it alone."""
    data = _object(reply)
    good = (
        isinstance(data.get("items"), list)
        and type(data.get("totalCount")) is int
        and isinstance(data.get("nextPageToken", False), str | None)
    )
    if not good:
        raise Rejected("UGYLDIG_DOKUMENT", place=place)
    return data


def _is_facts(reply: Reply) -> str | None:
    data = reply.data()
    good = (
        isinstance(data, dict)
        and isinstance(data.get("organisationNumber"), str)
        and isinstance(data.get("rights"), list)
        and isinstance(data.get("planCount"), int)
    )
    return None if good else "UGYLDIG_SVAR"


def _is_search(reply: Reply) -> str | None:
    data = reply.data()
    rows = data.get("plans") if isinstance(data, dict) else None
    if not isinstance(rows, list):
        return "UGYLDIG_SVAR"
    for row in rows:
        if not isinstance(row, dict) or not _is_row(row):
            return "UGYLDIG_SVAR"
        if not {"externalReference", "createdBy"} <= set(row):
            return "UGYLDIG_SVAR"
    return None


def _is_row(row: Any) -> bool:
    return (
        isinstance(row, dict)
        and isinstance(row.get("planId"), str)
        and isinstance(row.get("contentVersion"), int)
    )


def _plan_page(token: str | None, *, feed: bool) -> Check:
    """Rows that can be read, each once; how many a page holds is the system's own matter. A feed
    has no last page, so its token is never null."""

    def check(reply: Reply) -> str | None:
        data = reply.data()
        rows = data.get("plans") if isinstance(data, dict) else None
        if not isinstance(rows, list):
            return "UGYLDIG_SVAR"
        follows = data.get("nextPageToken")
        if type(data.get("totalCount")) is not int or not isinstance(follows, str | None):
            return "UGYLDIG_SVAR"
        ids = [row["planId"] for row in rows if _is_row(row)]
        if len(set(ids)) != len(ids):
            return "DOBBEL_SIDE"
        if feed:
            return None if follows else "UGYLDIG_SVAR"
        if token is not None and follows == token:
            return "GJENTATT_SIDE"
        return None

    return check


def _part_page(plan_id: str, token: str | None) -> Check:
    def check(reply: Reply) -> str | None:
        data = reply.data()
        if not isinstance(data, dict):
            return "UGYLDIG_SVAR"
        if data.get("planId") != plan_id:
            return "FEIL_DOKUMENT"
        follows = data.get("nextPageToken")
        return "GJENTATT_SIDE" if token is not None and follows == token else None

    return check
