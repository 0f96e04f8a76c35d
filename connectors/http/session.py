"""The one way out to a system: gate, token, deadline, cap, strict answers, retry and breaker.

Only GatewayErrors leave, raised outside the handlers so that no foreign exception (which may
quote a header or a body) hangs on as their context. A write whose outcome is not known is never
sent again from here.
"""

import hashlib
import json as jsonlib
import logging
import time
from collections.abc import Callable, Mapping
from contextlib import closing
from typing import Any

import httpx

from connectors.http.body import read_body
from connectors.http.breaker import Breaker
from connectors.http.budget import RetryBudget
from connectors.http.deadline import DeadlineTransport, within
from connectors.http.faults import (
    FOREIGN,
    Garbled,
    Meaning,
    Unsure,
    meaning,
    translate,
)
from connectors.http.gate import Gate
from connectors.http.refusals import refusal
from connectors.http.reply import Reply
from connectors.http.retry import Retry
from connectors.http.strictjson import dump, parse
from connectors.http.token import ClientCredentials
from gateway.errors import GatewayError, LocalFault, RemoteFault, Transient, UnknownOutcome
from gateway.ports.connector import ConnectorSettings, Operation

# httpx logs each address at INFO; addresses carry ids.
logging.getLogger("httpx").setLevel(logging.WARNING)
logging.getLogger("httpcore").setLevel(logging.WARNING)

_CODE_CAP = 64 * 1024
_UNDONE = frozenset(range(400, 500)) - {408, 425, 429}
"""Statuses by which a system says that it did not do what was asked. "Busy", a 429 or a 503, is as
often a proxy's word of a system behind it that did."""
_OK = frozenset({200})
_AGENT = "stafett"
_ANY: tuple[type[Exception], ...] = (GatewayError, *FOREIGN)
Check = Callable[[Reply], str | None]
Refused = Callable[[int, Mapping[str, str], bytes], GatewayError | None]


class Session:
    """Calls to one system for one municipality; thread-safe. `codes` are the refusals its contract
    declares; `transport` is for tests."""

    def __init__(
        self,
        settings: ConnectorSettings,
        operations: Mapping[str, Operation],
        *,
        auth: httpx.Auth | None = None,
        codes: frozenset[str] | None = None,
        transport: httpx.BaseTransport | None = None,
        clock: Callable[[], float] = time.monotonic,
        sleep: Callable[[float], None] = time.sleep,
    ) -> None:
        self._settings = settings
        self._clock = clock
        self._auth = auth
        self._codes = codes
        # A transport given by a test is no network, so there is nothing to probe.
        self._sandbox: bool | None = True if transport is not None else None
        self._gate = Gate(settings, operations, self._is_sandbox)
        self._transport = transport or DeadlineTransport()
        self._limits = {"timeout": httpx.Timeout(settings.timeout).as_dict()}
        self._client = httpx.Client(
            transport=self._transport,
            timeout=httpx.Timeout(settings.timeout),
            follow_redirects=False,
            trust_env=False,
        )
        if isinstance(auth, ClientCredentials):
            auth.bind(self._client)
        self._breaker = Breaker(settings.breaker_failures, settings.breaker_pause, clock)
        budget = RetryBudget(settings.retry_budget, clock)
        self._retry = Retry(settings.attempts, budget, sleep)

    def close(self) -> None:
        """Close all connections."""
        self._client.close()

    def call(
        self,
        operation: str,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Any = None,
        content: bytes | None = None,
        headers: Mapping[str, str] | None = None,
        expect: frozenset[int] = _OK,
        write: bool = False,
        once: Callable[[], None] | None = None,
        single: bool = False,
        place: str = "",
        raw: bool = False,
        check: Check | None = None,
        refused: Refused | None = None,
    ) -> Reply:
        """One operation, retried as its kind allows. Raises only GatewayErrors.

        `once` is asked right before the call is sent, when nothing of ours can stop it any more;
        then it is sent a single time, whatever is answered. A 429, a 503 and a token that has
        died are the caller's to see, for a system may do the work and say that it is busy. `single`
        is the same for a caller that looks before it sends again: only a token that has died is
        renewed and the call sent anew, for a 401 says that nothing was done.

        `place` is what errors say of where (an id). `raw` leaves out the JSON checks. `check`
        gets the reply and returns a code when it is not the answer to this question; a read is
        then retried and at last a RemoteFault with that code, a write is an UnknownOutcome.
        `refused` gets status, headers and body of an answer with another status than expected,
        for systems that say what is wrong in the body (a SOAP fault); None leaves it to the table
        of statuses.
        """
        where = place or operation
        url = self._gate.address(path, params, where)
        body = content if json is None else dump(json, where)
        heads = {
            "user-agent": _AGENT,
            "accept-encoding": "gzip",
            "accept": "*/*" if raw else "application/json",
        }
        if json is not None:
            heads["content-type"] = "application/json; charset=utf-8"
        heads.update({name.lower(): value for name, value in (headers or {}).items()})

        def attempt() -> Reply:
            self._gate.open(operation)
            self._breaker.enter(where)
            healthy: bool | None = None
            asked = once is None
            try:
                if once is not None:
                    self._ready()
                    once()
                    asked = True
                with within(self._settings.deadline):
                    reply = self._attempt(
                        method,
                        url,
                        heads,
                        body,
                        expect=expect,
                        write=write,
                        once=once is not None,
                        single=single,
                        place=where,
                        raw=raw,
                        refused=refused,
                    )
                healthy = True
                self._check(reply, check, write=write, place=where)
            except GatewayError as exc:
                if healthy is None and asked:
                    healthy = _healthy(exc)
                raise
            finally:
                self._breaker.leave(where, healthy=healthy)
            return reply

        return self._retry.run(attempt) if once is None and not single else attempt()

    def _ready(self) -> None:
        """Fetch the token now if one is needed: what fails before the wire has sent nothing."""
        if isinstance(self._auth, ClientCredentials):
            self._auth.token()

    def _attempt(
        self,
        method: str,
        url: httpx.URL,
        headers: Mapping[str, str],
        body: bytes | None,
        *,
        expect: frozenset[int],
        write: bool,
        once: bool,
        single: bool,
        place: str,
        raw: bool,
        refused: Refused | None,
    ) -> Reply:
        """One attempt; a 401 fetches a new token once and asks again, unless it is sent `once`."""
        until = self._clock() + self._settings.deadline
        told_of = once or single
        for renewed in (once, True):
            fault: GatewayError
            answered = False
            try:
                request = httpx.Request(
                    method, url, headers=headers, content=body, extensions=self._limits
                )
                response = self._send(request)
                answered = True
                with closing(response):
                    if response.status_code not in expect:
                        auth = self._auth
                        if (
                            response.status_code == 401
                            and not renewed
                            and isinstance(auth, ClientCredentials)
                        ):
                            auth.renew(request)
                            continue
                        fault = self._refusal(
                            response, until, write=write, place=place, refused=refused
                        )
                        fault.undone = told_of and response.status_code in _UNDONE
                    else:
                        return self._accept(response, until, raw=raw, place=place)
            except FOREIGN as exc:
                fault = translate(exc, write=write, answered=answered, place=place)
                fault.undone = told_of and not answered and meaning(exc) is Meaning.NOT_SENT
            except (Transient, RemoteFault) as exc:
                # Before `answered` it is the token call's; after it, a body that did not come.
                told = isinstance(exc, Garbled)
                fault = (
                    _unsure(place, told=told) if write and answered else exc.with_traceback(None)
                )
            break
        raise fault

    def _send(self, request: httpx.Request) -> httpx.Response:
        """Send, and hand the answer on unread. With a token of ours or with none it goes straight
        to the transport: what the client adds is what no session may have (redirects, cookies)."""
        auth = self._auth
        if isinstance(auth, ClientCredentials):
            request = next(auth.auth_flow(request))
        elif auth is not None:
            return self._client.send(request, auth=auth, stream=True)
        return self._transport.handle_request(request)

    def _accept(self, response: httpx.Response, until: float, *, raw: bool, place: str) -> Reply:
        cap = self._settings.max_body
        content = read_body(response, cap=cap, clock=self._clock, until=until, place=place)
        parsed = None
        heads = dict(response.headers.items())
        # Done, and told by an address alone or by nothing at all.
        made = not content and (response.status_code == 201 or "location" in heads)
        if not raw and response.status_code < 300 and response.status_code != 204 and not made:
            parsed = parse(content, heads.get("content-type", ""), place)
        return Reply(response.status_code, heads, content, parsed)

    def _refusal(
        self,
        response: httpx.Response,
        until: float,
        *,
        write: bool,
        place: str,
        refused: Refused | None,
    ) -> GatewayError:
        body = b""
        if response.status_code in {400, 422} or refused is not None:
            # The status is the answer; a body that cannot be read only loses us the code.
            try:
                body = read_body(
                    response, cap=_CODE_CAP, clock=self._clock, until=until, place=place
                )
            except _ANY:
                body = b""
        told = refused(response.status_code, response.headers, body) if refused else None
        if told is not None:
            return told
        status, heads = response.status_code, response.headers
        return refusal(status, heads, body, write=write, place=place, codes=self._codes)

    @staticmethod
    def _check(reply: Reply, check: Check | None, *, write: bool, place: str) -> None:
        code = check(reply) if check else None
        if code is None:
            return
        if write:
            raise _unsure(place, told=True)
        raise Garbled(code, place=place, digest=hashlib.sha256(reply.content).digest())

    def _is_sandbox(self) -> bool:
        """Ask, once, whether what listens on this machine is a sandbox (and not a tunnel)."""
        if self._sandbox is None:
            fault: GatewayError
            answered = False
            try:
                with (
                    within(self._settings.deadline),
                    self._client.stream(
                        "GET", self._settings.base_url.rstrip("/") + "/_sandbox/", auth=None
                    ) as response,
                ):
                    answered = True
                    until = self._clock() + self._settings.deadline
                    body = read_body(
                        response, cap=_CODE_CAP, clock=self._clock, until=until, place="sandbox"
                    )
                    self._sandbox = response.status_code == 200 and _says_sandbox(body)
            except FOREIGN as exc:
                fault = translate(exc, write=False, answered=answered, place="sandbox")
            else:
                return self._sandbox
            raise fault
        return self._sandbox


def _says_sandbox(body: bytes) -> bool:
    try:
        data = jsonlib.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(data, dict) and isinstance(data.get("sandbox"), str)


def _unsure(place: str, *, told: bool = False) -> UnknownOutcome:
    """`told`: an answer came whole, and says nothing that can be understood."""
    return (Unsure if told else UnknownOutcome)("UVISST_UTFALL", place=place)


def _healthy(exc: GatewayError) -> bool | None:
    """What an error says of the system's health; None when it says nothing.

    No answer, a 5xx and a 429 are the system's illness; what one document says never is.
    """
    if isinstance(exc, Garbled | Unsure | LocalFault):
        return None
    return not isinstance(exc, Transient | UnknownOutcome)
