"""The interface's own ways: entry, lists page by page, template and POST, update under an ETag.

Nothing here knows what the gateway archives. A POST makes a new thing every time, so it is never
repeated from here, and stands within what the caller remembers it by (`Uttak.once`): a lost answer
is an UnknownOutcome. Numbers of persons stand in bodies only.
"""

import contextlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import parse_qsl

from connectors.http.faults import Unsure
from connectors.http.reply import Reply
from connectors.http.session import Session
from connectors.http.tags import opaque
from connectors.noark5.lenker import Lenker
from gateway.errors import (
    Conflict,
    LocalFault,
    Rejected,
    RemoteFault,
    Transient,
    UnknownOutcome,
)
from schemas.noark5 import relasjoner as rel

MEDIA = "application/vnd.noark5+json"
_JSON = {"accept": MEDIA}
_REFUSED = frozenset({400, 422, 501})
# 201 is the interface's own word for made; some servers say another, and mean the same.
_MADE = frozenset({200, 201, 202, 204})
_STRUCTURE = frozenset({"klasse.ny", "saksmappe.ny"})
"""What is made under a part of the set-up, and not under something of a snapshot's own."""
_TRIES = 4
_PAGES = 10_000


class Unpointed(UnknownOutcome):
    """The archive says that it is made, and not where; it is looked for by its key."""


class FilterRefused(Exception):
    """The archive does not filter on this; not an error, another way is tried."""


@dataclass(frozen=True, slots=True)
class Ressurs:
    """One thing as the archive holds it. `etag` is empty when the answer had none."""

    data: dict[str, Any] = field(repr=False)
    etag: str = ""


class Klient:
    """Calls to one archive; thread-safe."""

    def __init__(self, session: Session, lenker: Lenker) -> None:
        self._session = session
        self.lenker = lenker
        self._innganger: dict[str, dict[str, Any]] = {}

    def close(self) -> None:
        """Close connections."""
        self._session.close()

    # -- reading --------------------------------------------------------------------------------
    def inngang(self, key: str) -> dict[str, Any]:
        """What stands behind a relation key of the main address; asked for once."""
        if key not in self._innganger:
            hoved = self._innganger.get("")
            if hoved is None:
                hoved = self.les("inngang.les", self.lenker.hoved, "hovedadresse").data
                self._innganger[""] = hoved
            path = self.lenker.need(hoved, key, "hovedadresse")
            name = "system.les" if key == rel.SYSTEM else "inngang.les"
            place = key.removeprefix(rel.ROT)
            with _of_the_set_up(place):
                self._innganger[key] = self.les(name, path, place).data
        return self._innganger[key]

    def les(self, operation: str, path: str, place: str) -> Ressurs:
        """One object."""
        reply = self._session.call(
            operation, "GET", path, headers=_JSON, place=place, check=_is_object
        )
        return Ressurs(self.lenker.anchored(reply.data(), path), reply.headers.get("etag", ""))

    def liste(
        self,
        operation: str,
        path: str,
        place: str,
        *,
        where: str = "",
        pages: int | None = None,
    ) -> Iterator[dict[str, Any]]:
        """Every entry, page after page; the first `pages` of them when that is given.

        `where` is an OData filter over keys of our own. Raises FilterRefused, and
        RemoteFault("GJENTATT_SIDE") for a listing that goes in a ring or has no end.
        """
        seen: set[str] = set()
        params = {"$filter": _and_own(path, where)} if where else None
        expect = frozenset({200}) | (_REFUSED if where else frozenset())
        following: str | None = path
        while following is not None:
            if pages is not None and len(seen) >= pages:
                return
            if following in seen or len(seen) >= _PAGES:
                raise RemoteFault("GJENTATT_SIDE", place=place)
            seen.add(following)
            reply = self._session.call(
                operation, "GET", following, params=params, headers=_JSON, place=place,
                expect=expect, check=_is_list_or_refusal,
            )  # fmt: skip
            if reply.status != 200:
                raise FilterRefused
            data = self.lenker.anchored(reply.data(), following)
            yield from data.get("results", ())
            following = self.lenker.find(data, rel.NEXT, place)
            params = None

    def oppsett(self, operation: str, path: str, place: str) -> Iterator[dict[str, Any]]:
        """As `liste`, of what the archive is set up with: that it is not there is the set-up's
        fault and every delivery's. Raises LocalFault("MANGLER_LENKE")."""
        with _of_the_set_up(f"{place} {operation.partition('.')[0]}"):
            yield from self.liste(operation, path, place)

    # -- writing --------------------------------------------------------------------------------
    def ny(
        self,
        operation: str,
        path: str,
        body: Mapping[str, Any],
        place: str,
        once: AbstractContextManager[None],
    ) -> Ressurs:
        """Fill in the template and send it, within `once`. Raises Unpointed when it was made and
        nothing leads to it; UnknownOutcome when the answer is lost, or when it was sent before and
        what it made does not show."""
        with _of_the_set_up(place) if operation in _STRUCTURE else contextlib.nullcontext():
            template = self.les(operation, path, place).data
        # The template has the server's suggestions; null means "not set" and may not be sent.
        filled = {k: v for k, v in {**template, **body}.items() if v is not None and k != "_links"}
        try:
            with once:
                reply = self._session.call(
                    operation, "POST", path, json=filled,
                    headers={**_JSON, "content-type": MEDIA}, expect=_MADE,
                    write=True, single=True, place=place, check=_is_made,
                )  # fmt: skip
        except Unsure as error:
            raise Unpointed(error.code, place=place) from None
        leads: Any = reply.headers.get("location")
        data = reply.data() if reply.content else {}
        if isinstance(data.get("_links"), dict | list):
            where = reply.headers.get("content-location")
            base = self.lenker.path(where, place, path) if where else path
            made = self.lenker.anchored(data, base)
            if "systemID" in made:
                return Ressurs(made, reply.headers.get("etag", ""))
            leads = leads or self.lenker.find(made, rel.SELF, place)
        return self._behind(leads, place, path)

    def _behind(self, location: Any, place: str, base: str) -> Ressurs:
        """What was made, when the answer was its address alone (6.1: 201 with Location), or a body
        that leads nowhere. That it was made is known; what cannot be read there now is looked for
        by its key."""
        found: Ressurs | None = None
        with contextlib.suppress(Conflict, Rejected, RemoteFault, Transient):
            found = self.les("journalpost.les", self.lenker.path(location, place, base), place)
            if "count" in found.data:
                rows = found.data.get("results", [])
                found = Ressurs(rows[0]) if len(rows) == 1 else None
        if found is None or "systemID" not in found.data:
            raise Unpointed("UVISST_UTFALL", place=place)
        return found

    def endre(
        self,
        operation: str,
        path: str,
        place: str,
        change: Callable[[dict[str, Any]], dict[str, Any] | None],
    ) -> None:
        """Update an object: read, change, send; again from the start when it moved meanwhile.

        `change` gives the whole new object, or None when nothing is to be done. Servers differ in
        what they read: some want a request header named ETag, newer ones If-Match, and a conflict
        is 409 or 412; so both are sent and both are understood.
        """
        for turn in range(_TRIES):
            found = self.les(operation.partition(".")[0] + ".les", path, place)
            wanted = change({k: v for k, v in found.data.items() if k != "_links"})
            if wanted is None:
                return
            forms = _forms(found.etag)
            tag = forms[turn % len(forms)]
            guards = {"if-match": tag, "etag": tag} if tag else {}
            reply = self._session.call(
                operation, "PUT", path,
                json={k: v for k, v in wanted.items() if v is not None},
                headers={**_JSON, **guards, "content-type": MEDIA},
                expect=frozenset({200, 201, 202, 204, 409, 412}), write=True, place=place,
            )  # fmt: skip
            if reply.status not in {409, 412}:
                return
        raise Conflict("ENDRET_I_MAAL", place=place)

    def fjern(self, operation: str, path: str, place: str) -> None:
        """Take away an object as it stands now. Raises what the archive answers."""
        etag = opaque(self.les("journalpost.les", path, place).etag)
        guards = {"if-match": f'"{etag}"', "etag": f'"{etag}"'} if etag else {}
        self._session.call(
            operation, "DELETE", path, headers={**_JSON, **guards},
            expect=frozenset({200, 204, 404, 410}), write=True, place=place, raw=True,
        )  # fmt: skip

    def call(self, operation: str, method: str, path: str, **more: Any) -> Reply:
        """Any other call, on the path of an address the archive gave."""
        return self._session.call(operation, method, path, **more)


@contextlib.contextmanager
def _of_the_set_up(place: str) -> Iterator[None]:
    """What a link of the set-up leads to and is not there (404, 410) is no one delivery's fault."""
    try:
        yield
    except Conflict as error:
        if error.code != "BORTE":
            raise
        raise LocalFault("MANGLER_LENKE", place=place) from None


def _forms(etag: str) -> tuple[str, ...]:
    """The tag as the archive itself may have given it, and as it came. A proxy that compresses
    weakens a tag or writes behind it, and If-Match compares strongly (RFC 9110 13.1.1); but there
    are archives whose own tags are weak (OData's are). The one it does not know is a 412."""
    plain = opaque(etag)
    return (etag,) if etag.strip().strip('"') == plain else (f'"{plain}"', etag)


def _and_own(path: str, where: str) -> str:
    """Our filter, and the one the archive's own address has already: neither may be lost."""
    own = dict(parse_qsl(path.partition("?")[2])).get("$filter", "")
    return f"{own} and {where}" if own else where


def _is_made(reply: Reply) -> str | None:
    return _is_object(reply) if reply.content else None


def _is_object(reply: Reply) -> str | None:
    return None if isinstance(reply.data(), dict) else "UGYLDIG_SVAR"


def _is_list_or_refusal(reply: Reply) -> str | None:
    if reply.status != 200:
        return None
    data = reply.data()
    if not isinstance(data, dict) or type(data.get("count")) is not int:
        return "UGYLDIG_LISTE"
    results = data.get("results", [])
    if not isinstance(results, list) or not all(isinstance(row, dict) for row in results):
        return "UGYLDIG_LISTE"
    # An empty list has no `results` at all; a count without entries is a cut answer.
    return "UGYLDIG_LISTE" if data["count"] and not results else None
