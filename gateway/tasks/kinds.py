"""What kinds of thing wait for a person, whose they are, and the act that settles each. Closed.

A kind that is not here cannot wait, and a code without a role of its own is its kind's. Pure.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from gateway.staff.roles import StaffRole

KONTAKTPUNKT = "kontaktpunkt"
"""Whoever the municipality has set to handle what is held (C-4); the configuration says which."""


class Kind(StrEnum):
    """A sort of thing that waits."""

    PLAN = "plan"
    RUN = "kjoering"
    LOGG = "logg"
    CREATION = "oppretting"
    STANDING = "staar"
    RECONCILED = "avstemt"
    SAMPLE = "proeve"
    ARCHIVE = "arkiv"
    UNREAD = "ulest"
    TRANSFER = "overfoering"
    CHANNEL = "kanal"
    REQUEST = "etterspoersel"
    MOVE = "flyttehint"


@dataclass(frozen=True, slots=True)
class Settled:
    """Whose a kind is unless its code says otherwise, and the act that takes it off the list."""

    role: str
    act: str


_R = StaffRole
KINDS: Mapping[Kind, Settled] = {
    Kind.PLAN: Settled(_R.IT_LEDER, "sign, migrate, or a newer plan the same way"),
    Kind.RUN: Settled(_R.IT_LEDER, "resume or cancel"),
    Kind.LOGG: Settled(_R.FAGANSVARLIG, "a newer plan about the log, or a run that writes it"),
    Kind.CREATION: Settled(_R.IT_LEDER, "created, or a sight of the log"),
    Kind.STANDING: Settled(_R.LEDER, "the log is seen ended, gone or grounded again"),
    Kind.RECONCILED: Settled(_R.IT_LEDER, "a repair, or a reconciliation that finds it right"),
    Kind.SAMPLE: Settled(_R.FAGANSVARLIG, "sample --looked until all is right"),
    Kind.ARCHIVE: Settled(_R.ARKIVAR, "archive confirm, retry or seen"),
    Kind.UNREAD: Settled(_R.IT_LEDER, "a look at the source that can read the log"),
    Kind.TRANSFER: Settled(_R.LEDER, "the act of the hand-over"),
    Kind.CHANNEL: Settled(_R.IT_LEDER, "what comes opens, or what was said is receipted"),
    Kind.REQUEST: Settled(_R.LEDER, "transfer answer"),
    Kind.MOVE: Settled(_R.LEDER, "moves decide, or the hint is withdrawn or expires"),
}
"""Every kind, with whose it is."""

_HELD = frozenset({"P-20", "MANUELL"})
_CONSENT = frozenset({"P-10", "P-11", "P-12", "P-13", "P-14", "P-80"})
_FAULTS = frozenset(
    {"WIRE_UGYLDIG", "UVENTET_FEIL", "FEIL_I_LOGG", "HALVSKREVET_HER", "SAMME_LOGG_FLERE_GANGER"}
)


def role_of(kind: Kind, code: str) -> str:
    """The role a code waits for: a staff role, or KONTAKTPUNKT."""
    if code in _HELD:
        return KONTAKTPUNKT
    if kind is Kind.LOGG and code in _CONSENT:
        return StaffRole.LEDER
    if kind is Kind.LOGG and code in _FAULTS:
        return StaffRole.IT_LEDER
    return KINDS[kind].role
