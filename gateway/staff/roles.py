"""The closed list of staff roles, and which of them each act asks for.

The gateway signs nobody in: whoever calls it vouches for who a person is (R-045). What it decides
is whether somebody with that reference may do this. Pure data; a role that is not here is none.
"""

from collections.abc import Mapping
from enum import StrEnum


class StaffRole(StrEnum):
    """The roles a member of staff may have; several per person (rules.md D-3, R-036)."""

    IT_LEDER = "it_leder"
    LEDER = "leder"
    STAFETTHOLDER = "stafettholder"
    ARKIVAR = "arkivar"
    FAGANSVARLIG = "fagansvarlig"
    PERSONVERNOMBUD = "personvernombud"
    LESETILGANG = "lesetilgang"


class Act(StrEnum):
    """What a person may ask the gateway to do in their own name."""

    SIGN = "sign"
    SAMPLE = "sample"
    READ_NOTES = "notes"
    CREATED = "created"
    SEE_LOG = "see"
    ARCHIVE = "archive"
    IP_PACKAGE = "ip"
    DELETE = "delete"
    DECIDE_MOVE = "moves"
    TRANSFER = "transfer"
    PAPERS = "papers"
    LETTER = "letter"
    ASK = "ask"
    ANCHOR = "anchor"


_R = StaffRole
_HOLDERS = frozenset({_R.LEDER, _R.STAFETTHOLDER})

MAY: Mapping[Act, frozenset[StaffRole]] = {
    Act.SIGN: frozenset({_R.IT_LEDER, _R.LEDER, _R.FAGANSVARLIG}),
    Act.SAMPLE: frozenset({_R.IT_LEDER, _R.FAGANSVARLIG}) | _HOLDERS,
    Act.READ_NOTES: frozenset({_R.IT_LEDER, _R.LEDER, _R.FAGANSVARLIG, _R.PERSONVERNOMBUD}),
    Act.CREATED: frozenset({_R.IT_LEDER, _R.LEDER, _R.FAGANSVARLIG}),
    Act.SEE_LOG: frozenset(_R),
    Act.ARCHIVE: frozenset({_R.ARKIVAR}),
    Act.IP_PACKAGE: frozenset({_R.ARKIVAR}) | _HOLDERS,
    # B-08 chooses among these; the municipality's own choice is asked on top.
    Act.DELETE: frozenset({_R.FAGANSVARLIG}) | _HOLDERS,
    Act.DECIDE_MOVE: frozenset({_R.FAGANSVARLIG}) | _HOLDERS,
    # Which of them, and for which log, the hand-over's own guards say.
    Act.TRANSFER: frozenset(_R) - {_R.LESETILGANG},
    Act.PAPERS: _HOLDERS,
    Act.LETTER: frozenset({_R.FAGANSVARLIG}) | _HOLDERS,
    Act.ASK: frozenset({_R.FAGANSVARLIG}) | _HOLDERS,
    # Who answers for the machine: to say that an older copy of the ledger is meant to be there.
    Act.ANCHOR: frozenset({_R.IT_LEDER, _R.LEDER}),
}
"""Who may do what. An act that is not here is nobody's."""


OF_A_UNIT = frozenset({_R.LEDER, _R.STAFETTHOLDER, _R.LESETILGANG})
"""Roles somebody has in their own unit; the others are the whole municipality's."""


def roles_for(act: Act) -> frozenset[StaffRole]:
    """The roles of which one is enough for an act."""
    return MAY.get(act, frozenset())
