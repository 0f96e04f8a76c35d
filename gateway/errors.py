"""The error family: each type says what happens next. Only these cross a port.

    GatewayError
      +- Transient        back off; run the same step again (`retry_after` seconds)
      +- UnknownOutcome   the line broke after a write: read back before anything else
      +- Conflict         the other side moved: throw this step away and plan again
      +- Rejected         no to this one record: park it and tell a person
      +- LocalFault       our side is wrong (configuration, key, disk): stop this run
      +- RemoteFault      the system answers wrongly: stop using this connector

An error holds a public `code`, the `place` (ids, a path, never a value) and the next `action` as
a key into the message catalogue. It must never hold a name, a number of a person, a free text or
a payload, and it is raised `from None` wherever the cause could quote one.
"""


class GatewayError(Exception):
    """Abstract: raise one of the kinds below. `str()` is safe to log."""

    kind = "GatewayError"

    def __init__(self, code: str, *, place: str = "", action: str = "") -> None:
        super().__init__(code)
        self.code = code
        self.place = place
        # Of a write that is sent once (`Order.once`): the other side answered that it did nothing,
        # or was never reached.
        self.undone = False
        self.action = action or code

    def __str__(self) -> str:
        return f"{self.code} ({self.place})" if self.place else self.code


class Transient(GatewayError):
    """Try the same step again, no sooner than `retry_after` seconds (None: we choose)."""

    kind = "Transient"

    def __init__(
        self, code: str, *, place: str = "", action: str = "", retry_after: float | None = None
    ) -> None:
        super().__init__(code, place=place, action=action)
        self.retry_after = retry_after


class UnknownOutcome(GatewayError):
    """A write was sent and no answer came: read back (`find`) before sending anything again."""

    kind = "UnknownOutcome"


class Conflict(GatewayError):
    """The target or the source moved since the plan: plan this log again."""

    kind = "Conflict"


class Rejected(GatewayError):
    """This record cannot go as it is; the others can. Parked with place and kind."""

    kind = "Rejected"


class LocalFault(GatewayError):
    """The fault is on our side; the run stops and nothing is lost."""

    kind = "LocalFault"


class RemoteFault(GatewayError):
    """The system does not keep its contract; no further calls to it in this run."""

    kind = "RemoteFault"


def unexpected(error: BaseException) -> LocalFault:
    """A fault nobody foresaw, as a type and a line of ours; its text may quote a log and is left.

    Used only where the process meets a person or the engine.
    """
    place = type(error).__name__
    trace = error.__traceback__
    while trace is not None:
        module = str(trace.tb_frame.f_globals.get("__name__", ""))
        if module.split(".")[0] in ("gateway", "connectors", "mappings", "schemas"):
            place = f"{type(error).__name__} {module}:{trace.tb_lineno}"
        trace = trace.tb_next
    return LocalFault("UVENTET_FEIL", place=place)
