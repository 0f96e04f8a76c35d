"""What a person types to solve what waits: the commands of each code, with their real arguments.

A text says what may have happened and what to look for; the command beside it can be used as it
stands, but for what only the person knows (`HVEM`, `REF`). Ids and codes only, never a name.
"""

from collections.abc import Iterable
from dataclasses import dataclass

_CHANGED = frozenset({"MAAL_ENDRET", "KILDE_ENDRET", "ENDRET_SIDEN"})
_GONE = frozenset({"MAAL_BORTE", "ANNEN_LOGG"})
_AGAIN = frozenset({"KILDE_FLYTTET", "INNHOLD_ENDRET", "ENDRET_I_MAAL", "UVISST_UTFALL"})


@dataclass(frozen=True, slots=True)
class About:
    """What is to be solved. `place` is where it stopped, as the ledger has it; `over` the places a
    signature must name, `names` those that are named with them, each `LOGG:PLACE`; `run` the run
    that wrote the log last, or began it; `ran` says that the plan has been run."""

    code: str
    source: str
    target: str
    logg: str
    place: str = ""
    plan: str = ""
    run: str = ""
    over: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    ran: bool = False


def name(logg: str, place: str) -> str:
    """A place as a signature names it, with the start of its log's id."""
    return f"{logg[:8]}:{place}"


def signature(plan: str, names: Iterable[str]) -> str:
    """The one command that names all of these places: a second signature replaces the first."""
    parts = (each.partition(":") for each in names)
    each = dict.fromkeys(name(logg, place) for logg, _, place in parts)
    return " ".join([f"stafett sign {plan} --by HVEM", *(f"--overwrite {one}" for one in each)])


def commands(about: About) -> tuple[str, ...]:
    """The commands that solve it, the likeliest first; at least one that tells more."""
    if about.code == "KANSKJE_OPPRETTET":
        # It may be the child's other log that is under way: then that is the one to look for.
        logg = about.place or about.logg
        said = f"stafett created {about.target} {logg} --by HVEM"
        return (f"{said} --at REF", f"{said} --not-there")
    home = (f"stafett plan {about.target} {about.source}",) if about.code in _CHANGED else ()
    if about.over:
        if about.ran:
            # A plan is signed for one run; its places are named again in the next.
            return (f"stafett plan {about.source} {about.target}", *home)
        own = (name(about.logg, place) for place in about.over)
        return (signature(about.plan, [*about.names, *own]), *home)
    if home:
        return home
    if about.code in _GONE and about.run:
        return (f"stafett plan {about.source} {about.target} --repair {about.run}",)
    if about.code == "HALVSKREVET_HER" and about.run:
        return (f"stafett parked {about.run} --retry",)
    if about.code in _AGAIN:
        return (f"stafett plan {about.source} {about.target}",)
    return (f"stafett show {about.logg} --why",) if about.logg else ()
