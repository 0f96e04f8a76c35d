"""The three platforms between two municipalities, and how each is told to misbehave.

`Plattform` is a stand of the channels' suite with what a story needs besides: trouble on the line
in both directions, what the platform itself does wrong, a receiver's own system that fetches a
message and loses it, and how many messages the platform has been given.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from gateway.ports.kanal import Kanal
from tests.contract.channels.stand import A, B, Kanalstand, stand_of

NAVN = ("fiks_io", "svarut", "eformidling")
TELLS = {"svarut", "eformidling"}
"""Those whose `stand` says how far a package came."""
TROUBLE: tuple[dict[str, Any], ...] = (
    {"kind": "busy429", "probability": 0.03, "retry_after": 0},
    {"kind": "busy503", "probability": 0.03, "retry_after": 0},
    {"kind": "cut_after", "probability": 0.05},
    {"kind": "reset", "probability": 0.03, "handled": True},
    {"kind": "cut_before", "probability": 0.03},
    {"kind": "server500", "probability": 0.03, "handled": True},
)
LINE = {
    "fiks_io": r"^(POST /fiks-io/api/v1/send|GET /dokumentlager/)",
    "svarut": r"/v2/kontoer/|/tjenester/svarinn/",
    "eformidling": r" /api/(messages|statuses)",
}
"""The calls that carry something; signing in is each connector's own matter."""


@dataclass
class Plattform:
    """One channel's platform for two municipalities."""

    navn: str
    stand: Kanalstand = field(repr=False)

    @property
    def app(self) -> Any:
        """What has the switches."""
        stand: Any = self.stand
        return stand.nett if self.navn == "eformidling" else stand.app

    def trouble(self, seed: int) -> None:
        """Busy, cut, reset and lost answers on the line of both, from now on."""
        rules = [{**one, "match": LINE[self.navn], "times": 0} for one in TROUBLE]
        for server in {id(s): s for s in self.stand.servers.values()}.values():
            server.faults(rules, seed)

    def calm(self) -> None:
        """Everything works."""
        self.stand.calm()
        self.switch({})
        if self.navn == "svarut":
            for konto in self.app.konti.values():
                konto.switch({})

    def switch(self, values: dict[str, int]) -> None:
        """What the platform does wrong by itself."""
        self.app.switch(values)

    def mischief(self, turn: int) -> None:
        """Something else goes wrong at the platform in each round."""
        if self.navn == "fiks_io":
            kinds = ({"serverfeil": 1}, {"dobbelt": 2}, {"tidsavbrudd": 1}, {"taper_dokument": 1,
                     "dokumentlager": 1000}, {"ekko": 5, "serverfeil": 1})  # fmt: skip
            self.switch(kinds[turn % len(kinds)])
        elif self.navn == "svarut":
            self.switch(({"ikke_levert": 1}, {"gammel": 2}, {})[turn % 3])
            for konto in self.app.konti.values():
                konto.switch({"to_ganger": turn % 4 == 3})
        else:
            self.switch(({"feil": 1}, {"utloept": 1}, {})[turn % 3])
            # What a dead call left locked is free again.
            self.stand.later()

    def never(self) -> None:
        """From now on the platform delivers nothing."""
        never = {"fiks_io": "serverfeil", "svarut": "ikke_levert", "eformidling": "feil"}
        self.switch({never[self.navn]: -1})

    def once(self) -> None:
        """The next package is not delivered."""
        self.stand.undeliverable()

    def swallow(self, kanal: Kanal, count: int) -> None:
        """The receiver's system fetches so many, tells the platform so, and forgets them."""
        for one in self.stand.fetch(kanal, count):
            kanal.kvitter(one.ref)

    def given(self) -> int:
        """How many packages the platform has taken, of both."""
        if self.navn == "fiks_io":
            return int(self.app.counts["sendt"])
        if self.navn == "svarut":
            konti = self.app.konti.values()
            return sum(sum(konto.lager.tally("ekstern").values()) for konto in konti)
        return int(self.app.sent)

    def close(self) -> None:
        """Stop it."""
        self.stand.close()


def open_platform(navn: str, folder: Path, broker: Callable[[], str]) -> Plattform:
    """The platform of a channel, running."""
    return Plattform(navn, stand_of(navn)(folder, broker))


__all__ = ["NAVN", "TELLS", "A", "B", "Plattform", "open_platform"]
