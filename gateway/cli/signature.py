"""Sign a plan, and say what the signature does not cover.

A step that would write over what people changed goes only when each of its places was named: one
name too few, and the log stays behind. That is said log by log, with the names that are missing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from gateway import app
from gateway.cli.exits import OK, TO_DO
from gateway.cli.opening import acting, house, speaker
from gateway.cli.planning import NOBODY, state_of
from gateway.cli.showing import steps
from gateway.errors import Rejected
from gateway.plan.step import Step
from gateway.run import signing
from gateway.run.rows import plan_row
from gateway.staff.roles import Act

_SHORT = 8


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A step that does not go: how many of its places were named, and those that were not."""

    logg: str
    named: int
    missing: tuple[str, ...]


def left_out(asked: Sequence[Step], goes: Sequence[int], names: Sequence[str]) -> list[LeftOut]:
    """The steps with places that the signature does not let go, in the plan's order."""
    found = []
    for step in asked:
        if step.nr in goes:
            continue
        places = signing.places_of(step, names)
        missing = tuple(f"{step.logg[:_SHORT]}:{p}" for p in step.over if p not in places)
        found.append(LeftOut(step.logg, len(places), missing))
    return found


def sign(
    plan_id: str,
    by: str,
    overwrite: tuple[str, ...],
    config: Path | None,
    kommune: str,
    as_json: bool,
) -> None:
    """Sign a plan."""
    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        who = acting(opened, by, Act.SIGN)
        at = opened.clock.now().isoformat(timespec="seconds")
        made = plan_row(opened.database, plan_id)
        if state_of(made) == "tom" and made["reason"] in (None, NOBODY):
            raise Rejected(NOBODY, place=plan_id)
        under = app.under(opened.settings, made["source"], made["target"])
        digest = signing.sign(opened.database, plan_id, who, at, overwrite, under)
        row = plan_row(opened.database, plan_id)
        asked = [s for s in steps(opened, plan_id) if s.over]
        goes = signing.overwrites(row)
        left = left_out(asked, goes, overwrite)
        half = [one for one in left if one.named]
        told.give(
            plan=plan_id,
            hash=digest,
            by=who.ref,
            role=who.rolle,
            at=at,
            overwrites=len(goes),
            left=len(left),
        )
        told.say(f"{plan_id} er signert av {who.ref} ({who.rolle}).\nHash {digest}")
        if asked:
            told.say(f"Skriver over: {len(goes)} logger. Blir ikke med: {len(left)}.")
            told.give(missing=[name for one in left for name in one.missing], half=len(half))
            for one in left:
                of = one.named + len(one.missing)
                told.say(f"Logg {one.logg} blir IKKE med: {one.named} av {of} steder er nevnt.")
                for name in one.missing:
                    told.say(f"  Ikke nevnt: --overwrite {name}")
        if half:
            told.say("Skal de bli med, signer på nytt med alle navnene, også dem du alt har nevnt.")
        told.say(f"Utfør den: stafett migrate {plan_id}")
        told.end(TO_DO if half else OK)
