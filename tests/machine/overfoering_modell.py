"""A model of two gateways and an unkind wire, built on the very tables the product runs.

The wire is a set: what has been sent may arrive now, later, never, again, and in any order. A
crash loses nothing (a step is one transaction) and everything that was not written is as if it
had not arrived. People, the clock and the register act whenever they like. What is checked in
every state is in `broken`.
"""

from collections import deque
from collections.abc import Iterable, Iterator
from random import Random
from typing import NamedTuple

from gateway.overfoering.ansvar import claims, may_read, responsible
from gateway.overfoering.avgiver import AVGIVER
from gateway.overfoering.mottaker import MOTTAKER
from gateway.overfoering.tabell import Regel, Tabell, steg
from gateway.overfoering.tilstand import (
    AVBRUTT,
    ENDT,
    OVERTATT,
    Effekt,
    Hendelse,
    Side,
    Tilstand,
    Vakt,
)

H, T, E, V = Hendelse, Tilstand, Effekt, Vakt

# What a sent message is to the side it reaches.
TO_MOTTAKER = {
    E.SEND_TILBUD: H.M_TILBUD,
    E.SEND_PAKKE: H.M_PAKKE,
    E.SEND_AKSEPTBEKREFTELSE: H.M_AKSEPTBEKREFTELSE,
    E.SEND_TILBAKETREKKING: H.M_TILBAKETREKKING,
    E.SEND_UTLOEPT: H.M_UTLOEPT,
}
TO_AVGIVER = {
    E.SEND_TILDELING: H.M_TILDELING,
    E.SEND_AKSEPT: H.M_AKSEPT,
    E.SEND_AVVISNING: H.M_AVVISNING,
    E.SEND_UTLOEPT: H.M_UTLOEPT,
    E.SEND_FULLFOERT: H.M_FULLFOERT,
}
AVGIVERS_OWN = (H.KLARGJOER, H.SEND, H.TREKK, H.FRIST, H.FEIL)
MOTTAKERS_OWN = (H.TILDEL, H.AKSEPTER, H.AVVIS, H.FRIST, H.IMPORTERT)
ALL_HERE = frozenset({T.MOTTATT, T.TILDELT, T.AKSEPT_AVVENTES, T.AKSEPTERT, T.FULLFOERT})


class Verden(NamedTuple):
    """Everything there is: two rows, what was ever sent each way, and what the world says."""

    a: Tilstand = T.UTKAST
    m: Tilstand = T.INGEN
    til_m: frozenset[Hendelse] = frozenset()
    til_a: frozenset[Hendelse] = frozenset()
    samtykke: bool = True
    vern_a: bool = True
    vern_m: bool = True
    hel: bool = True
    uendret: bool = True
    aapner: bool = True
    """The key a confirmation gives opens what came."""
    noekkel: bool = False
    """The sender still has the payload's key."""
    last: bool = False
    """The receiver still has the sealed payload."""
    aapnet: bool = False
    """The receiver was given the key."""
    feil: str = ""
    """A step that no state shows: a switch without its guards."""


class Handling(NamedTuple):
    """One thing that happens: who or what, and to which side."""

    side: str
    hva: str


def _apply(verden: Verden, side: Side, regel: Regel, hendelse: Hendelse) -> Verden:
    effects = set(regel.effekter)
    til_m, til_a, feil = verden.til_m, verden.til_a, verden.feil
    if side is Side.AVGIVER:
        sent = frozenset(TO_MOTTAKER[e] for e in effects if e in TO_MOTTAKER)
        til_m |= sent
        if regel.til in OVERTATT and verden.a not in OVERTATT:
            if not (verden.samtykke and verden.vern_a):
                feil = "byttet uten samtykke eller vern"
            if not verden.uendret:
                feil = "byttet med en eldre logg enn den som staar"
            if hendelse is not H.M_AKSEPT:
                feil = "byttet uten aksept"
        noekkel = E.LAG_NYTTELAST in effects or (
            verden.noekkel and E.OEDELEGG_NYTTELAST not in effects
        )
        return verden._replace(a=regel.til, til_m=til_m, noekkel=noekkel, feil=feil)
    if regel.til in OVERTATT and verden.m not in OVERTATT and not verden.aapner:
        feil = "overtatt med en noekkel som ikke aapner"
    sent = frozenset(TO_AVGIVER[e] for e in effects if e in TO_AVGIVER)
    stored = hendelse is H.M_PAKKE and regel.til in {T.PAKKET, *ALL_HERE}
    last = (verden.last or stored) and E.OEDELEGG_NYTTELAST not in effects
    aapnet = verden.aapnet or E.LAAS_OPP in effects
    return verden._replace(m=regel.til, til_a=til_a | sent, last=last, aapnet=aapnet, feil=feil)


class Modell:
    """The tables under check; planted faults hand in others."""

    def __init__(self, avgiver: Tabell = AVGIVER, mottaker: Tabell = MOTTAKER) -> None:
        self.avgiver = avgiver
        self.mottaker = mottaker

    def _a(self, verden: Verden, hendelse: Hendelse) -> Verden:
        answers = {
            V.SAMTYKKE: verden.samtykke,
            V.VERN: verden.vern_a,
            V.UENDRET: verden.uendret,
        }
        taken = steg(
            self.avgiver, verden.a, hendelse, lambda v: "" if answers.get(v, True) else "NEI"
        )
        if taken.regel is None:
            return verden
        return _apply(verden, Side.AVGIVER, taken.regel, hendelse)

    def _m(self, verden: Verden, hendelse: Hendelse) -> Verden:
        answers = {V.VERN: verden.vern_m, V.HEL: verden.hel, V.NOEKKEL: verden.aapner}
        taken = steg(
            self.mottaker, verden.m, hendelse, lambda v: "" if answers.get(v, True) else "NEI"
        )
        after = (
            verden if taken.regel is None else _apply(verden, Side.MOTTAKER, taken.regel, hendelse)
        )
        if hendelse in {H.M_TILBUD, H.M_PAKKE}:
            # The technical receipt, made anew at every arrival.
            if after.m in ALL_HERE:
                after = after._replace(til_a=after.til_a | {H.M_KVITTERT})
            elif after.m is T.FEILET:
                after = after._replace(til_a=after.til_a | {H.M_SKADET})
        return after

    def steps(self, verden: Verden) -> Iterator[tuple[Handling, Verden]]:
        """Everything that can happen now, and the world after it."""
        for one in AVGIVERS_OWN:
            yield Handling("avgiver", one.value), self._a(verden, one)
        for one in MOTTAKERS_OWN:
            yield Handling("mottaker", one.value), self._m(verden, one)
        for one in sorted(verden.til_m):
            yield Handling("til mottaker", one.value), self._m(verden, one)
        for one in sorted(verden.til_a):
            yield Handling("til avgiver", one.value), self._a(verden, one)
        if verden.samtykke:
            gone = verden._replace(samtykke=False)
            yield Handling("verden", "samtykke trekkes, ikke sett"), gone
            yield Handling("verden", "samtykke trekkes"), self._a(gone, H.SAMTYKKE_TRUKKET)
        if verden.vern_a:
            gone = verden._replace(vern_a=False)
            yield Handling("verden", "vern, ikke sett"), gone
            yield Handling("verden", "vern hos avgiver"), self._a(gone, H.SPERR)
        if verden.vern_m:
            gone = verden._replace(vern_m=False)
            yield Handling("verden", "vern hos mottaker"), self._m(gone, H.SPERR)
        if verden.uendret:
            yield Handling("verden", "loggen endres"), verden._replace(uendret=False)
        if verden.hel:
            yield Handling("verden", "pakken skades"), verden._replace(hel=False)
        other = verden._replace(aapner=not verden.aapner)
        yield Handling("verden", "en annen nøkkel gis"), other


def broken(verden: Verden) -> str:
    """What is wrong with a state, or an empty string (I1, I2, E-2)."""
    if verden.feil:
        return verden.feil
    if len(responsible(verden.a, verden.m)) != 1:
        return f"{len(responsible(verden.a, verden.m))} ansvarlige"
    if claims(Side.AVGIVER, verden.a) and claims(Side.MOTTAKER, verden.m):
        return "begge viser seg som ansvarlige"
    if (may_read(verden.m) or verden.aapnet) and verden.a not in OVERTATT:
        return "innhold hos mottaker foer aksept"
    if H.M_AKSEPTBEKREFTELSE in verden.til_m and verden.a not in OVERTATT:
        return "noekkelen har forlatt avgiver foer byttet"
    if verden.a in AVBRUTT and verden.noekkel:
        return "noekkelen finnes etter at overfoeringen er over"
    if verden.m in AVBRUTT and verden.last:
        return "nyttelasten finnes etter at overfoeringen er over"
    return ""


class Funn(NamedTuple):
    """What an exploration found: states and steps seen, the depth, and the first fault."""

    tilstander: int
    steg: int
    dybde: int
    feil: str
    spor: tuple[Handling, ...]


def explore(modell: Modell, start: Verden | None = None, most_deep: int = 1000) -> Funn:
    """Breadth first through every world that can be reached, to `most_deep` steps."""
    first = start or Verden()
    seen: dict[Verden, tuple[Verden, Handling] | None] = {first: None}
    queue = deque([(first, 0)])
    steps = deep = 0
    while queue:
        verden, depth = queue.popleft()
        deep = max(deep, depth)
        if fault := broken(verden):
            return Funn(len(seen), steps, deep, fault, _trace(seen, verden))
        if depth == most_deep:
            continue
        for handling, after in modell.steps(verden):
            steps += 1
            if after not in seen:
                seen[after] = (verden, handling)
                queue.append((after, depth + 1))
    return Funn(len(seen), steps, deep, "", ())


def _trace(seen: dict[Verden, tuple[Verden, Handling] | None], at: Verden) -> tuple[Handling, ...]:
    steps: list[Handling] = []
    while (came := seen[at]) is not None:
        at, handling = came
        steps.append(handling)
    return tuple(reversed(steps))


def reachable(modell: Modell) -> set[Verden]:
    """Every world that can be reached."""
    seen = {Verden()}
    queue = deque(seen)
    while queue:
        for _, after in modell.steps(queue.popleft()):
            if after not in seen:
                seen.add(after)
                queue.append(after)
    return seen


def settled(modell: Modell, verden: Verden) -> Verden:
    """What becomes of a world when the wire is kind and people do nothing but wait for it: every
    message arrives until nothing changes, the key is right in the end, the import succeeds, the
    deadlines pass."""
    verden = verden._replace(aapner=True)
    while True:
        before = verden
        for one in sorted(verden.til_m):
            verden = modell._m(verden, one)
        for one in sorted(verden.til_a):
            verden = modell._a(verden, one)
        verden = modell._m(verden, H.IMPORTERT)
        if verden == before:
            late = modell._m(modell._a(verden, H.FRIST), H.FRIST)
            if late == verden:
                return verden
            verden = late


def at_rest(verden: Verden) -> bool:
    """Both sides have ended, or the transfer has not left the sender's hands."""
    if verden.a in {T.UTKAST, T.SAMTYKKE_AVVENTES, T.KLAR}:
        return True
    return verden.a in ENDT and (verden.m in ENDT or verden.m is T.INGEN)


def walk(modell: Modell, random: Random, steps: int, attempts: int = 3) -> tuple[int, str]:
    """Random walks through several attempts of one hand-over, `steps` steps in all.

    A new attempt is a new pair of rows; the wire still holds the messages of the old ones.
    Returns the number of walks and the first fault.
    """
    walks = 0
    done = 0
    while done < steps:
        walks += 1
        rows = [Verden()]
        for _ in range(400):
            done += 1
            nr = random.randrange(len(rows))
            choices = [after for _, after in modell.steps(rows[nr]) if after != rows[nr]]
            if choices:
                rows[nr] = random.choice(choices)
            elif random.random() < 0.2:
                break
            if fault := _fault(rows):
                return walks, fault
            retry = rows[-1].a in {T.UTLOEPT, T.FEILET, T.SPERRET}
            if retry and len(rows) < attempts and random.random() < 0.3:
                rows.append(Verden())
    return walks, ""


def _fault(rows: Iterable[Verden]) -> str:
    holders: set[tuple[int, Side]] = set()
    fault = ""
    switched = 0
    for nr, verden in enumerate(rows):
        fault = fault or broken(verden)
        switched += verden.a in OVERTATT
        holders |= {(nr, s) for s in responsible(verden.a, verden.m) if s is Side.MOTTAKER}
    if switched > 1 or len(holders) > 1:
        return "to forsoek overtatt"
    return fault
