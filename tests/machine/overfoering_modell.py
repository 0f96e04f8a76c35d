"""A model of two gateways and an unkind wire, built on the very tables the product runs.

The wire is a set: what has been sent may arrive now, later, never, again, and in any order. A
crash loses nothing (a step is one transaction) and everything that was not written is as if it
had not arrived. People, the clock and the registers act whenever they like; a staff file may be
wrong, and the receiver's register may know nobody, or somebody protected. What follows a rule is
what its effects say, and nothing else: keys, packages, what is left to do, and who is told.

What is checked in every state is in `broken`; what only a step can show is kept in it as `feil`.
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
    E.SEND_IKKE_FORSTAATT: H.M_IKKE_FORSTAATT,
}
AVGIVERS_OWN = (H.KLARGJOER, H.SEND, H.TREKK, H.FRIST, H.FEIL)
MOTTAKERS_OWN = (H.TILDEL, H.AKSEPTER, H.AVVIS, H.FRIST, H.PAPIR)
UNDERVEIS = frozenset({T.SENDT, T.MOTTATT, T.TILDELT})
VIST = frozenset({T.MOTTATT, T.TILDELT, T.AKSEPT_AVVENTES})
"""Where somebody at the receiver has been shown the row, or has promised."""
INGEN, VET_IKKE, GRADERT = "ingen", "vet ikke", "gradert"
OWN_ACT = frozenset({H.TREKK, H.SPERR, H.AVVIS, H.MANUELT_MOTTATT})
READS = frozenset({T.AKSEPT_AVVENTES, T.AKSEPTERT, T.IKKE_FORSTAATT})
"""Where the receiver tries to read what came."""
ALL_HERE = frozenset(
    {T.MOTTATT, T.TILDELT, T.AKSEPT_AVVENTES, T.AKSEPTERT, T.IKKE_FORSTAATT, T.FULLFOERT}
)


class Verden(NamedTuple):
    """Everything there is: two rows, what was ever sent each way, and what the world says."""

    a: Tilstand = T.UTKAST
    m: Tilstand = T.INGEN
    til_m: frozenset[Hendelse] = frozenset()
    til_a: frozenset[Hendelse] = frozenset()
    samtykke: bool = True
    vern_a: bool = True
    register: str = INGEN
    """What the receiver's register says of the family, asked when the package opens."""
    ansatte: bool = True
    """The receiver's staff file can be read, and the holder's line is right."""
    hel: bool = True
    uendret: bool = True
    aapner: bool = True
    """The key a confirmation gives opens what came."""
    forstaar: bool = True
    """The receiver's gateway can read the log in what was sent; it may be renewed, and set back."""
    noekkel: bool = False
    """The sender still has the payload's key."""
    last: bool = False
    """The receiver still has the sealed payload."""
    aapnet: bool = False
    """The receiver was given the key."""
    noekkel_m: bool = False
    """The receiver has the key still."""
    oed_a: bool = False
    oed_m: bool = False
    """A rule has said that what the side keeps is to be destroyed."""
    steng_a: bool = False
    importer_m: bool = False
    """What the switch has left to do."""
    holdt: bool = False
    """Protection was found as the package opened: a person has it, and no round opens it."""
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
        if regel.til is T.FULLFOERT and verden.a is not T.FULLFOERT:
            feil = feil or _unfinished(effects, {E.STENG_LOGG, E.VARSLE_FAMILIE})
        if regel.til is T.IKKE_FORSTAATT and verden.a is not regel.til:
            told = E.VARSLE_LEDER in effects
            feil = feil or ("" if told else "avgivers leder faar ikke vite det")
        seen_by_us = verden.a in UNDERVEIS and regel.til in AVBRUTT
        if seen_by_us and hendelse not in OWN_ACT and E.VARSLE_LEDER not in effects:
            feil = "avgivers leder faar ikke vite at det er over"
        return verden._replace(
            a=regel.til,
            til_m=til_m,
            noekkel=verden.noekkel or E.LAG_NYTTELAST in effects,
            oed_a=verden.oed_a or E.OEDELEGG_NYTTELAST in effects,
            steng_a=verden.steng_a or E.STENG_LOGG in effects,
            feil=feil,
        )
    if regel.til in OVERTATT and verden.m not in OVERTATT and not verden.aapner:
        feil = "overtatt med en noekkel som ikke aapner"
    if regel.til is T.AKSEPTERT and verden.m is not T.AKSEPTERT and not verden.forstaar:
        feil = "ansvarlig for noe ingen kan lese, og ingen faar vite det"
    if regel.til is T.IKKE_FORSTAATT and verden.m is not T.IKKE_FORSTAATT:
        feil = feil or ("" if E.VARSLE_LEDER in effects else "mottakers leder faar ikke vite det")
    sent = frozenset(TO_AVGIVER[e] for e in effects if e in TO_AVGIVER)
    stored = hendelse is H.M_PAKKE and verden.m in {T.INGEN, T.TILBUDT}
    if hendelse is H.AKSEPTER and not verden.ansatte:
        feil = "akseptert av en ansattfilen ikke kjenner"
    if regel.til is T.FULLFOERT and verden.m is not T.FULLFOERT:
        whom = E.VARSLE_LEDER if hendelse is H.PAPIR else E.VARSLE_FAMILIE
        feil = feil or _unfinished(effects, {E.SEND_FULLFOERT, whom})
    if verden.m in VIST and regel.til in AVBRUTT and hendelse not in OWN_ACT:
        feil = feil or ("" if E.VARSLE_LEDER in effects else "mottakers leder faar ikke vite det")
    if regel.til is T.MOTTATT and E.VARSLE_LEDER not in effects:
        feil = "ingen hos mottaker faar vite om tilbudet"
    opens = E.LAAS_OPP in effects
    return verden._replace(
        m=regel.til,
        til_a=til_a | sent,
        last=verden.last or stored,
        aapnet=verden.aapnet or opens,
        noekkel_m=verden.noekkel_m or opens,
        oed_m=verden.oed_m or E.OEDELEGG_NYTTELAST in effects,
        importer_m=(verden.importer_m or E.IMPORTER in effects)
        and regel.til not in {T.FULLFOERT, T.IKKE_FORSTAATT},
        # Another holder: the package is opened, and the register asked, anew.
        holdt=verden.holdt and E.IMPORTER not in effects,
        feil=feil,
    )


def _unfinished(effects: set[Effekt], wanted: set[Effekt]) -> str:
    missing = sorted(one.value for one in wanted - effects)
    return f"fullfoert uten {', '.join(missing)}" if missing else ""


class Modell:
    """The tables under check; planted faults hand in others."""

    def __init__(
        self, avgiver: Tabell = AVGIVER, mottaker: Tabell = MOTTAKER, *, spoer: bool = True
    ) -> None:
        self.avgiver = avgiver
        self.mottaker = mottaker
        self.spoer = spoer
        """Whether the register is asked before the log is written."""

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
        answers = {
            V.HEL: verden.hel,
            V.NOEKKEL: verden.aapner,
            V.PERSON: verden.ansatte,
            V.FORSTAATT: verden.aapner and verden.forstaar,
        }
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

    def opens(self, verden: Verden) -> Verden:
        """A round at the receiver, with a log to make: the package is opened, the register asked,
        and what may be written is written and read back (`aapning`, `importering`)."""
        if verden.m is not T.AKSEPTERT or not verden.importer_m or verden.holdt:
            return verden
        if not (verden.last and verden.noekkel_m and verden.ansatte):
            return verden  # tried again
        if not verden.forstaar:
            return self._m(verden, H.UFORSTAATT)
        if self.spoer and verden.register is VET_IKKE:
            return verden  # asked again
        if self.spoer and verden.register is GRADERT:
            return verden._replace(holdt=True)
        after = self._m(verden, H.IMPORTERT)
        if verden.register is not INGEN:
            return after._replace(feil="skrevet uten at registeret har sagt ingen")
        return after

    def reads_again(self, verden: Verden) -> Verden:
        """A round at a receiver that could not read what it took over: it may have been renewed."""
        return self._m(verden, H.FORSTAATT) if verden.forstaar else verden

    def tidies(self, verden: Verden) -> Verden:
        """The rounds' other work: the sender's log is closed, and what is to go is destroyed."""
        verden = verden._replace(steng_a=False)
        if verden.oed_a:
            verden = verden._replace(noekkel=False)
        if verden.oed_m and not verden.importer_m:
            verden = verden._replace(last=False, noekkel_m=False)
        return verden

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
        yield Handling("mottaker", "pakken åpnes"), self.opens(verden)
        yield Handling("mottaker", "pakken leses igjen"), self.reads_again(verden)
        if verden.m in READS:  # asked nowhere else
            less = verden._replace(forstaar=not verden.forstaar)
            yield Handling("mottaker", "en annen versjon av porten"), less
        yield Handling("begge", "en runde rydder"), self.tidies(verden)
        if verden.register is not GRADERT:
            gone = verden._replace(register=GRADERT)
            yield Handling("verden", "vern hos mottaker, ikke sett"), gone
            yield Handling("verden", "vern hos mottaker"), self._m(gone, H.SPERR)
        other = VET_IKKE if verden.register is INGEN else INGEN
        yield Handling("verden", f"registeret: {other}"), verden._replace(register=other)
        wrong = verden._replace(ansatte=not verden.ansatte)
        yield Handling("verden", "ansattfilen endres"), wrong
        if verden.holdt:
            # The named role has handled it: the package may be opened once more.
            yield Handling("mottaker", "gjenopptas"), verden._replace(holdt=False)
        if verden.uendret:
            yield Handling("verden", "loggen endres"), verden._replace(uendret=False)
        if verden.hel:
            yield Handling("verden", "pakken skades"), verden._replace(hel=False)
        if verden.m is T.AKSEPT_AVVENTES:  # asked nowhere else
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
    if verden.a in UNDERVEIS and not verden.noekkel:
        return "sendt uten at noekkelen er tatt vare paa"
    if verden.a in ENDT and verden.noekkel and not verden.oed_a:
        return "noekkelen blir liggende hos avgiver"
    if verden.m in ENDT and (verden.last or verden.noekkel_m) and not verden.oed_m:
        return "nyttelasten blir liggende hos mottaker"
    if verden.m is T.AKSEPTERT:
        if not (verden.last and verden.noekkel_m):
            return "overtatt uten det som trengs for aa lese"
        if not verden.importer_m:
            return "overtatt, og ingen lager loggen"
    if verden.m is T.IKKE_FORSTAATT:
        if H.M_IKKE_FORSTAATT not in verden.til_a:
            return "mottaker kan ikke lese det, og avgiver faar ikke vite det"
        if not (verden.last and verden.noekkel_m):
            return "det som ikke ble lest, er ikke tatt vare paa"
    if verden.m in {T.IKKE_FORSTAATT, T.AKSEPTERT} and (verden.a is T.FULLFOERT or verden.steng_a):
        return "avgiver har stengt loggen foer noen hos mottaker kunne lese den"
    if verden.m in {T.IKKE_FORSTAATT, T.AKSEPTERT} and not verden.noekkel:
        return "avgiver har oedelagt noekkelen foer noen hos mottaker kunne lese loggen"
    if verden.holdt and verden.til_a & {H.M_AVVISNING, H.M_FULLFOERT, H.M_UTLOEPT}:
        return "avgiver faar vite noe om det som er holdt"
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
    message arrives until nothing changes, the key is right in the end, the staff file is mended,
    the register answers, the import succeeds, the deadlines pass. What is held stays held, and a
    gateway that cannot read what came is not renewed."""
    verden = verden._replace(aapner=True, ansatte=True)
    if verden.register is VET_IKKE:
        verden = verden._replace(register=INGEN)
    while True:
        before = verden
        for one in sorted(verden.til_m):
            verden = modell._m(verden, one)
        for one in sorted(verden.til_a):
            verden = modell._a(verden, one)
        verden = modell.tidies(modell.opens(modell.reads_again(verden)))
        if verden == before:
            late = modell._m(modell._a(verden, H.FRIST), H.FRIST)
            if late == verden:
                return verden
            verden = late


def at_rest(verden: Verden) -> bool:
    """Both sides have ended with nothing left of the payload, or a person at the receiver has a log
    that is held, or people at both have one that the receiver cannot read, or the transfer has not
    left the sender's hands."""
    if verden.noekkel and verden.a in ENDT:
        return False
    if verden.m is T.AKSEPTERT and verden.holdt:
        return verden.a in {T.AKSEPTERT, T.IKKE_FORSTAATT}
    if verden.m is T.IKKE_FORSTAATT:
        return verden.a is T.IKKE_FORSTAATT and verden.noekkel
    if verden.m in ENDT and (verden.last or verden.noekkel_m):
        return False
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
