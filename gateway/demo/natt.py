"""The second play: a night in the archive, with faults, a half receipt, a person and a deletion.

Two archives of different kinds run as sandboxes of their own. Every step is the command line, as
an archivist would type it.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

from gateway.demo.stage import Sandbox, archive_configuration

Stafett = Callable[..., dict[str, Any]]
Say = Callable[[str], None]


class Night:
    """One night over the logs of one source."""

    def __init__(
        self, folder: Path, script: dict[str, Any], source: str, stafett: Stafett, say: Say
    ) -> None:
        self._folder = folder
        self._script = script
        self._source = source
        self._stafett = stafett
        self._say = say
        self._by_hand: set[str] = set()

    def play(self, *, faults: bool) -> None:
        """All of it. Raises SystemExit when a step does not end as it must."""
        running: dict[str, Sandbox] = {}
        try:
            for name, archive in self._script["archives"].items():
                running[name] = Sandbox(archive["kobling"], self._folder / f"arkiv-{name}")
            archive_configuration(self._folder, running, self._script["archives"])
            if faults:
                for name, sandbox in running.items():
                    sandbox.control("faults", self._script["archive_faults"])
                    if name in self._script["switches"]:
                        sandbox.control("switches", self._script["switches"][name])
                self._say("   Feil er slått på i begge, og det ene avviser én fil.")
            self._night(running)
        finally:
            for sandbox in running.values():
                sandbox.stop()

    def _night(self, running: dict[str, Sandbox]) -> None:
        told = self._stafett("archive", "run", self._source, allowed=(0, 1))
        self._tell(told)
        waiting = self._stafett("archive", "show", "--waiting", allowed=(0, 1))["waiting"]
        self._half(running, waiting)
        waiting = self._stafett("archive", "show", "--waiting", allowed=(0, 1))["waiting"]
        self._person(waiting)
        self._deletion()
        made = self._stafett("archive", "report", self._source)
        self._say(f"   {made['html']}")

    def _tell(self, told: dict[str, Any]) -> None:
        reasons = ", ".join(f"{row['utløser']} {row['logger']}" for row in told["due"])
        self._say(f"   Forfalt: {reasons}. {told['made']} jobber.")
        for row in told["deliveries"]:
            self._say(f"   {row['arkiv']}: {row['uttak']} {row['tilstand']}")

    def _half(self, running: dict[str, Sandbox], waiting: list[dict[str, Any]]) -> None:
        """A record without all its files is no receipt; mended, the rest comes in."""
        half = [one for one in waiting if one["tilstand"] == "feilet"]
        for one in half:
            self._say(
                f"   Halv kvittering fra {one['arkiv']}: {one['kode']}. Ingenting regnes som"
                " arkivert. Arkivaren retter, og vi prøver igjen:"
            )
        if not half:
            return
        for name in {one["arkiv"] for one in half}:
            running[name].control("switches", {})
        self._stafett("archive", "retry", self._source)
        self._tell(self._stafett("archive", "run", self._source, allowed=(0, 1)))

    def _person(self, waiting: list[dict[str, Any]]) -> None:
        """A protected family is archived by a person, who says what number it got. Nobody has read
        it back, so its log could not be deleted on that."""
        if not waiting:
            return
        snapshot = waiting[0]["uttak"]
        self._by_hand.add(waiting[0]["logg"])
        self._say(
            f"   {waiting[0]['kode']}: ett uttak må et menneske legge i arkivet. Hun får filene"
        )
        out = self._folder / "for-haand"
        self._stafett(
            "archive", "files", self._source, snapshot, "--out", str(out), "--by", "arkiv-1"
        )
        for one in waiting:
            if one["uttak"] == snapshot:
                told = self._stafett(
                    "archive", "confirm", self._source, snapshot, "--archive", one["arkiv"],
                    "--archive-id", "2026/417-1", "--by", "arkiv-1",
                )  # fmt: skip
                self._say(f"   og sier hvilket nummer det fikk i {one['arkiv']}: {told['state']}.")
        shutil.rmtree(out)

    def _deletion(self) -> None:
        """An active log is refused; a passive one, archived and read back, goes with a proof."""
        logs = self._stafett("archive", "logs", self._source)["logs"]
        active = next(one["logg"] for one in logs if one["tilstand"] == "AKTIV")
        passive = next(
            one["logg"]
            for one in logs
            if one["tilstand"] == "PASSIV"
            and one["arkivstatus"] == "gjeldende"
            and one["logg"] not in self._by_hand
        )
        told = self._stafett(*self._delete(active), allowed=(2,))
        self._say(f"   Sletting av en aktiv logg nektes: {told['error']['code']}.")
        told = self._stafett(*self._delete(passive))
        self._say(f"   En passiv, arkivert logg slettes. Bevis: {told['proof']}")

    def _delete(self, logg: str) -> tuple[str, ...]:
        return ("delete", self._source, logg, "--by", "fag-1")
