"""What a vendor writes: how people act at the gateway under test, and how it is started.

One file with a class like `Port` and a function `open_port()` that returns one. Everything else,
the other municipality, its keys, its address and the judging, is the suite's. A worked example is
`tests/contract/overfoering/porten.py`.
"""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Protocol


@dataclass(frozen=True)
class Motpart:
    """Somebody the gateway under test shall have in its directory of counterparts.

    `sertifikater` is PEM, a certificate for each part (chapter 6.1.1). `enhet` is the unit there
    that takes over, `person` its reference of the relay holder an offer is made to. Without a `url`
    nothing is to be sent there.
    """

    orgnr: str
    kommunenummer: str
    enhet: str
    person: str
    url: str
    sertifikater: str = field(repr=False)


@dataclass(frozen=True)
class Moete:
    """What the gateway is told before it starts.

    `side` is what it shall be: `avgiver` (sender) or `mottaker` (receiver). `motparter`: the suite
    itself first, then another organisation that is known and nothing more. `mappe` is an empty
    folder to use. `starter` is how many hand-overs it will be asked to start, each of a log of its
    own. `logger` are the logs it will be given, JSON of `urn:stafettlogg:logg:1`: invented people
    who must pass for unprotected in its register, where it asks one.
    """

    side: str
    mappe: Path
    motparter: tuple[Motpart, Motpart]
    starter: int
    logger: tuple[bytes, ...] = field(repr=False)


@dataclass(frozen=True)
class Oss:
    """The gateway under test: its number, address, certificates (PEM, of all parts), the unit that
    takes over there and the reference of the person who will accept."""

    orgnr: str
    url: str
    sertifikater: str = field(repr=False)
    enhet: str = ""
    person: str = ""


@dataclass(frozen=True)
class Startet:
    """A hand-over that was started and sent: its id, the log's id, and what the log says that
    nobody may read before the switch (names, numbers, texts)."""

    overfoering: str
    logg: str
    ord: tuple[str, ...] = field(default=(), repr=False)


@dataclass(frozen=True)
class Staar:
    """What a person at the gateway sees of a hand-over: a state of chapter 5, who is responsible
    (`oss`, `den andre`, or `oss når bekreftet` for a promise), and a code. Those codes are a
    gateway's own words: None when it has others, and then no code is judged."""

    tilstand: str
    ansvarlig: str
    kode: str | None = None


class Port(Protocol):
    """One gateway under test. `open` is called once; the rest from several threads. Whatever is
    raised ends the case, and is told as the port's fault and not the gateway's."""

    def open(self, moete: Moete) -> Oss:
        """Start the gateway with these counterparts. It may send once this has returned."""
        ...

    def start(self) -> Startet:
        """A person chooses everything of a log nobody has used, for the suite's unit and person,
        on a valid consent, and sends it."""
        ...

    def assign(self, overfoering: str) -> None:
        """A leader names the person."""
        ...

    def accept(self, overfoering: str) -> None:
        """The person takes over, signed in `hoey`."""
        ...

    def reject(self, overfoering: str) -> None:
        """A person says no, with the reason `borIkkeHer`."""
        ...

    def withdraw(self, overfoering: str) -> None:
        """The sender's person takes the offer back."""
        ...

    def block(self, overfoering: str) -> None:
        """A person stops it for protection."""
        ...

    def paper(self, overfoering: str) -> None:
        """A person who has read the log on paper says so (chapter 6.5)."""
        ...

    def stands(self, overfoering: str) -> Staar:
        """What a person sees now. A hand-over nobody knows stands in `INGEN`."""
        ...

    def proof(self, overfoering: str, other: Path) -> str:
        """Compare the gateway's proof with the one in this file (chapter 4.7): the answer."""
        ...

    def close(self) -> None:
        """Stop the gateway."""
        ...
