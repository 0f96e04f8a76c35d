"""A measure as title, description, `when` and state of an activity, with a block for the rest.

Only activities that carry our reference have a block. An erroneous measure stays, ended and with
a prefix (D-1); a measure in the home without aktør is the guardians' (R-074).
"""

from typing import Any, Final

from mappings import blokk
from mappings.visma_samspill import koder
from mappings.visma_samspill.tittel import LIMIT, cut, uncut
from schemas.stafettlogg.kodeverk import Tiltakstatus
from schemas.tid import day

PREFIX: Final = "[Feilregistrert] "
ACTIVE, ENDED = "active", "ended"
_TEXT, _ARENA, _START, _DUE, _WHEN = "Tiltak", "Arena", "Startdato", "Frist", "Når"
_STATUS, _WHO, _GUARDIANS = "Status", "Ansvarlig", "foresatte"
_GUARDED = "[("
"""How a title begins that may have to be told apart: the prefix, and the words for no title."""
_ARENAS = {arena: f"{_ARENA}: {word}" for arena, word in koder.ARENA_ORD.items()}
# By name once: to ask the enum for a member is a call.
_ACTIVE, _ERRONEOUS = Tiltakstatus.AKTIV, Tiltakstatus.FEILREGISTRERT
_EVALUATED, _CLOSED = Tiltakstatus.EVALUERT, Tiltakstatus.AVSLUTTET


def is_day(text: str | None) -> bool:
    """True for an exact ISO date of a day that is; nothing else is read as a date."""
    return day(text) is not None


LABELS: Final[blokk.Labels] = {
    _TEXT: blokk.anything, _ARENA: koder.ORD_ARENA.__contains__, _START: is_day, _DUE: is_day,
    _WHEN: is_day, _STATUS: koder.ORD_STATUS.__contains__, _WHO: _GUARDIANS.__eq__,
}  # fmt: skip


def ruled_status(state: str, erroneous: bool, evaluated: bool) -> Tiltakstatus:
    """The status that state, prefix and evaluation give without a label."""
    if erroneous:
        return _ERRONEOUS
    if state != ENDED:
        return _ACTIVE
    return _EVALUATED if evaluated else _CLOSED


def state_of(status: Tiltakstatus) -> str:
    """The state of an activity."""
    return ACTIVE if status is _ACTIVE else ENDED


def titled(whole: str | None, erroneous: bool) -> tuple[str, str | None]:
    """Title, and the whole text when the title is not it; a text that only looks erroneous is
    guarded by a label, so that the prefix means one thing.
    """
    if erroneous:
        return cut(whole, PREFIX)
    if whole is not None and whole.startswith(PREFIX):
        return cut(whole, f"{_TEXT}: ")[0], whole
    return cut(whole)


def write(entity: dict[str, Any], record: dict[str, Any], by_guardians: bool) -> None:
    """Title, description, when and state of an activity of ours."""
    lines: list[str] = []
    title, erroneous, whole = entity["tittel"], entity["feilregistrert"], None
    if title and not erroneous and len(title) <= LIMIT and title[0] not in _GUARDED:
        record["title"] = title
    else:
        record["title"], whole = titled(title, erroneous)
        if whole is not None:
            lines.append(f"{_TEXT}: {whole}")
    arena, start = entity["arena"], entity["startdato"]
    if arena is not None:
        lines.append(_ARENAS[arena])
    if start is not None:
        lines.append(f"{_START}: {start}")
    naar, frist = entity["naar"], entity["frist"]
    if naar is None:
        record["when"] = frist
    elif is_day(naar):
        record["when"] = frist
        lines.append(f"{_WHEN}: {naar}")
    else:
        record["when"] = naar
        if frist is not None:
            lines.append(f"{_DUE}: {frist}")
    status = entity["status"]
    record["state"] = state = ACTIVE if status is _ACTIVE else ENDED
    if (erroneous or state is ENDED) and (
        ruled_status(state, erroneous, entity["evaluering"] is not None) is not status
    ):
        lines.append(f"{_STATUS}: {koder.STATUS_ORD[status]}")
    if by_guardians:
        lines.append(f"{_WHO}: {_GUARDIANS}")
    rest = entity["beskrivelse"]
    if rest is None and whole is None and naar is None:  # no line breaks, and nothing after
        record["description"] = "\n".join(lines) if lines else None
    else:
        record["description"] = blokk.write(lines, rest, LABELS)


def read(record: dict[str, Any], values: dict[str, Any]) -> bool:
    """Fill a measure from an activity of ours; True when the guardians are said to answer."""
    pairs, values["beskrivelse"] = blokk.parse(record["description"], LABELS)
    said = dict(pairs)
    title = record["title"]
    erroneous = values["feilregistrert"] = title.startswith(PREFIX)
    if _TEXT in said and titled(said[_TEXT], erroneous)[0] == title:
        values["tittel"] = said[_TEXT]
    else:
        values["tittel"] = uncut(title.removeprefix(PREFIX), None)
    values["arena"] = koder.ORD_ARENA.get(said.get(_ARENA, ""))
    values["startdato"] = said.get(_START)
    read_when(record["when"], values)
    if _DUE in said and is_day(said[_DUE]):
        values["frist"] = said[_DUE]
    if _WHEN in said:
        values["naar"] = said[_WHEN]
    evaluated = values["evaluering"] is not None
    ruled = ruled_status(record["state"], erroneous, evaluated)
    said_status = koder.ORD_STATUS.get(said.get(_STATUS, ""), ruled)
    agrees = state_of(said_status) == record["state"]
    values["status"] = said_status if agrees else ruled
    return said.get(_WHO) == _GUARDIANS


def read_when(when: str | None, values: dict[str, Any]) -> None:
    """An exact date is the deadline; any other text is kept as text (R-084)."""
    if is_day(when):
        values["frist"] = when
    else:
        values["naar"] = when
