"""Whether whoever signed a plan may still sign one: asked of the staff file when a run begins.

A signature is given once and the file changes daily: somebody who has left, or has another work
now, answers for nothing that begins today. A run that has begun goes on, and it is said.
"""

from collections.abc import Mapping
from typing import Any

from gateway.errors import GatewayError, Rejected
from gateway.staff.roles import Act
from gateway.staff.staff import Staff


def require(staff: Staff | None, plan: Mapping[str, Any]) -> None:
    """Raise Rejected("SIGNATAR_UTE") for a plan whose signer is not there, or may not sign; and as
    the staff file, when nobody can be asked for."""
    if staff is None or not staff.named:
        return  # that a file was named and is no more is a setting that has changed
    try:
        staff.acting(str(plan["signed_by"] or ""), Act.SIGN)
    except Rejected:
        raise Rejected("SIGNATAR_UTE", place=str(plan["plan_id"])) from None


def is_out(staff: Staff | None, plan: Mapping[str, Any]) -> bool:
    """True when the signer of a run that goes on may not sign any more, as far as can be seen."""
    try:
        require(staff, plan)
    except GatewayError:
        return True
    return False
