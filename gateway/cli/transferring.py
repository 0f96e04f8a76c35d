"""What the commands of a hand-over do: read the wish, take the step, say who is responsible."""

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import NoReturn, TypeVar

from gateway import app, app_overfoering
from gateway.app import House
from gateway.cli.console import Speaker
from gateway.cli.exits import OK, TO_DO
from gateway.cli.opening import acting, house, speaker, warn_of_counterparts
from gateway.effects.archiving.deleting import ref_of
from gateway.effects.transferring import (
    avgi,
    manuelt,
    motta,
    oversikt,
    rader,
    runde,
    unread,
    varslet,
)
from gateway.effects.transferring.rader import Rad
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import Conflict, LocalFault
from gateway.ledger.access import Ground, Shown, note
from gateway.ledger.naming import named
from gateway.overfoering.grunnlag import Aktoer, Enhet, Grunnlag
from gateway.overfoering.tilstand import Side, Tilstand
from gateway.overfoering.utvalg import Tillegg
from gateway.staff.roles import Act
from gateway.texts.catalogue import Catalogue
from schemas.overfoering.koder import Avvisningsgrunn, Begrunnelse, Innlogging, Maaltype, Rettet
from schemas.stafettlogg.entitet import Entitet
from schemas.stafettlogg.logg import Stafettlogg

_R = TypeVar("_R")
_E = TypeVar("_E", Maaltype, Begrunnelse, Innlogging, Avvisningsgrunn, Tillegg)
_MOST_WORDS = 4000
WAITS = frozenset({Tilstand.MOTTATT, Tilstand.TILDELT, Tilstand.SPERRET})


@dataclass(frozen=True, slots=True)
class Wish:
    """What a person wrote when starting a hand-over."""

    to: str = field(repr=False)
    unit: str = field(repr=False)
    unit_name: str = field(repr=False)
    kind: str
    reason: str
    concerns: tuple[str, ...]
    extra: tuple[str, ...]
    person: str = field(repr=False)
    consent: str
    read_by: str
    informed: str
    heard: str
    words: Path | None
    channel: str
    group: str


def actor(by: str, role: str, on_behalf: str = "") -> Aktoer:
    """Who acts."""
    return Aktoer(by, role, on_behalf)


@contextmanager
def works(
    config: Path | None, kommune: str, aktoer: Aktoer | None = None, *, room: bool = False
) -> Iterator[tuple[House, Overfoeringsverk]]:
    """The hand-over works, closed again whatever happens. Who acts is a member of staff with the
    role they act in: asked first; and with `room`, whether there is room for a job. Raises as
    `Staff.acting` and `House.require_room`."""
    with house(config, kommune) as opened:
        if room:
            opened.require_room()
        if aktoer is not None:
            acting(opened, aktoer.ref, Act.TRANSFER, only={aktoer.rolle} - {""})
        verk = app_overfoering.open_transfers(opened)
        try:
            warn_of_counterparts(opened, verk)
            yield opened, verk
        finally:
            app_overfoering.close_transfers(verk)


def _one(kind: type[_E], text: str, option: str) -> _E:
    found = next((one for one in kind if one.value == text), None)
    if found is None:
        raise LocalFault("UKJENT_VALG", place=f"{option}: {text[:30]}")
    return found


def _day(text: str, option: str) -> str:
    """A date as an instant of that day, or nothing."""
    if not text:
        return ""
    try:
        return f"{date.fromisoformat(text[:10]).isoformat()}T12:00:00+00:00"
    except ValueError:
        raise LocalFault("UKJENT_VALG", place=option) from None


def start(
    logg: str, wish: Wish, aktoer: Aktoer, config: Path | None, kommune: str, as_json: bool
) -> None:
    """A draft."""
    with works(config, kommune, aktoer) as (opened, verk):
        told = speaker(opened, as_json=as_json)
        logg = named(opened.database, verk.tenant, logg)
        _, document = verk.read_now(ref_of(verk.arkiv, logg))
        valgt = _grunnlag(verk, document, wish)
        rad = avgi.start(verk, logg, valgt, aktoer, kanal=wish.channel, gruppe=wish.group)
        state(told, verk, rad)
        told.say(f"Loggen er bestilt arkivert. Når den er det: stafett transfer send {rad.id}")
        told.end(OK)


def _grunnlag(verk: Overfoeringsverk, logg: Stafettlogg, wish: Wish) -> Grunnlag:
    words = ""
    if wish.words is not None:
        try:
            words = wish.words.read_text(encoding="utf-8")
        except (OSError, ValueError):
            raise LocalFault("FIL_MANGLER", place="--words") from None
        if len(words) > _MOST_WORDS:
            raise LocalFault("FOR_STOR", place="--words")
    return Grunnlag(
        maaltype=_one(Maaltype, wish.kind, "--kind"),
        begrunnelse=_one(Begrunnelse, wish.reason, "--reason"),
        mottaker=wish.to or verk.tenant,
        enhet=Enhet(wish.unit, wish.unit_name),
        rettet=Rettet.PERSON if wish.person else Rettet.LEDER,
        person=wish.person,
        utvalg=_chosen(logg, wish.concerns),
        tillegg=tuple(_one(Tillegg, one, "--with") for one in wish.extra),
        samtykke=_own(logg.samtykker, wish.consent) or wish.consent,
        lest_av=wish.read_by,
        informert=_day(wish.informed, "--informed"),
        hoert=_day(wish.heard, "--heard"),
        ord=words,
    )


def _chosen(logg: Stafettlogg, given: tuple[str, ...]) -> tuple[str, ...]:
    """Ids of the chosen concerns: by id, by their number in the log, by the id their system has for
    them, or all that are there."""
    there = [one.id for one in logg.oppmerksomheter]
    if given == ("alle",):
        return tuple(there)
    found = []
    for one in given:
        if one.isdecimal() and 1 <= int(one) <= len(there):
            found.append(there[int(one) - 1])
        elif own := _own(logg.oppmerksomheter, one):
            found.append(own)
        else:
            raise LocalFault("UKJENT_OPPMERKSOMHET", place="--concern")
    return tuple(dict.fromkeys(found))


def _own(there: Iterable[Entitet], given: str) -> str:
    """Our id of the one that was typed: ours, or the id the source's own screens show. Empty when
    there is none, or more than one."""
    ours = {one.id for one in there if given and given in (one.id, one.kilde_id)}
    return ours.pop() if len(ours) == 1 else ""


def state(told: Speaker, verk: Overfoeringsverk, rad: Rad) -> str:
    """One line: what stands, who is responsible, and how far what we said has come. Returns that:
    `koe`, `gaatt`, `levert`, `oppgitt`, or nothing."""
    texts = Catalogue(told.language)
    who = {"oss": "ansvar_vi", "den andre": "ansvar_de"}.get(oversikt.holder(rad), "ansvar_lovet")
    told.give(**oversikt.summary(rad))
    told.say(
        f"{rad.id} forsøk {rad.forsoek}: {texts.label('overfoering_' + rad.tilstand.value)}"
        f" - {texts.label(who)}"
    )
    said = oversikt.said(verk, rad)
    told.give(said=said)
    if said:
        told.say(f"  {texts.label(f'melding_{said}')}")
    code = rad.verdi["kode"]
    if code:
        # The word is that of the protocol's tables, and of a system that takes no log: two texts.
        ended = code == rad.tilstand.value == Tilstand.AVVIST.value
        text = texts.code("OVERFOERING_AVVIST" if ended else code)
        told.say(f"{code}: {text.what}\n  Gjør dette: {text.do}")
    return said


def _end(told: Speaker, verk: Overfoeringsverk, rad: Rad) -> NoReturn:
    """Tell what stands, and leave: 0 when what was said has left here, 1 when it has not."""
    said = state(told, verk, rad)
    waits = rad.tilstand in {Tilstand.SPERRET, Tilstand.SAMTYKKE_AVVENTES}
    told.end(TO_DO if waits or said in {oversikt.KOE, oversikt.OPPGITT} else OK)


def sender(verk: Overfoeringsverk, own: str) -> Rad:
    """Our row of a hand-over we send. Raises as `rader.existing`."""
    return rader.existing(verk, Side.AVGIVER, own)


def receiver(verk: Overfoeringsverk, own: str) -> Rad:
    """Our row of a hand-over that comes to us. Raises as `rader.existing`."""
    return rader.existing(verk, Side.MOTTAKER, own)


def either(verk: Overfoeringsverk, own: str) -> Rad:
    """Our row of a hand-over, received or sent. Raises as `rader.existing`."""
    return rader.load(verk, Side.MOTTAKER, own) or sender(verk, own)


def patient(work: Callable[[], _R]) -> _R:
    """A person's wish does not lose to a round that touched the row at the same moment."""
    for _ in range(8):
        try:
            return work()
        except Conflict as error:
            if error.code != "OVERFOERING_ENDRET":
                raise
    return work()


def send(own: str, aktoer: Aktoer, config: Path | None, kommune: str, as_json: bool) -> None:
    """Offer and package on their way."""
    with works(config, kommune, aktoer) as (opened, verk):
        told = speaker(opened, as_json=as_json)
        patient(lambda: avgi.send(verk, sender(verk, own), aktoer))
        runde.settle(verk, 2)
        _end(told, verk, sender(verk, own))


def assign(
    own: str, person: str, aktoer: Aktoer, config: Path | None, kommune: str, as_json: bool
) -> None:
    """A leader names a person."""
    with works(config, kommune, aktoer) as (opened, verk):
        told = speaker(opened, as_json=as_json)
        patient(lambda: motta.assign(verk, receiver(verk, own), person, aktoer))
        runde.settle(verk, 2)
        _end(told, verk, receiver(verk, own))


def accept(
    own: str,
    by: str,
    login: str,
    config: Path | None,
    kommune: str,
    as_json: bool,
    *,
    by_file: bool = False,
) -> None:
    """A person accepts."""
    with works(config, kommune, actor(by, "stafettholder")) as (opened, verk):
        told = speaker(opened, as_json=as_json)
        level = _one(Innlogging, login, "--login")
        patient(lambda: motta.accept(verk, receiver(verk, own), by, level, uten_register=by_file))
        runde.settle(verk, 2)
        _end(told, verk, receiver(verk, own))


def reject(
    own: str, reason: str, aktoer: Aktoer, config: Path | None, kommune: str, as_json: bool
) -> None:
    """No."""
    with works(config, kommune, aktoer) as (opened, verk):
        told = speaker(opened, as_json=as_json)
        why = _one(Avvisningsgrunn, reason, "--reason")
        patient(lambda: motta.reject(verk, receiver(verk, own), why, aktoer))
        runde.settle(verk, 2)
        _end(told, verk, receiver(verk, own))


def withdraw(
    own: str, aktoer: Aktoer, family: bool, config: Path | None, kommune: str, as_json: bool
) -> None:
    """Take it back."""
    with works(config, kommune, aktoer) as (opened, verk):
        told = speaker(opened, as_json=as_json)
        patient(lambda: avgi.withdraw(verk, sender(verk, own), aktoer, familien=family))
        runde.settle(verk, 2)
        _end(told, verk, sender(verk, own))


def hold(own: str, aktoer: Aktoer, config: Path | None, kommune: str, as_json: bool) -> None:
    """A person stops it on either side; nobody is told why."""
    with works(config, kommune, aktoer) as (opened, verk):
        told = speaker(opened, as_json=as_json)
        rad = either(verk, own)
        work = motta.protect if rad.side is Side.MOTTAKER else avgi.hold
        patient(lambda: work(verk, rader.existing(verk, rad.side, own), aktoer))
        runde.settle(verk, 2)
        state(told, verk, rader.existing(verk, rad.side, own))
        told.end(TO_DO)


def retry(
    own: str, aktoer: Aktoer, released: bool, config: Path | None, kommune: str, as_json: bool
) -> None:
    """A new attempt; of a log that came and could not be read, to read it now."""
    with works(config, kommune, aktoer) as (opened, verk):
        told = speaker(opened, as_json=as_json)
        came = rader.load(verk, Side.MOTTAKER, own)
        if came is not None and unread.waits_unread(came):
            patient(lambda: unread.read_now(verk, receiver(verk, own), aktoer))
            runde.settle(verk, 2)
            _end(told, verk, receiver(verk, own))
        rad = avgi.again(verk, sender(verk, own), aktoer, loest=released)
        state(told, verk, rad)
        told.end(OK)


def papers(own: str, out: Path, by: str, config: Path | None, kommune: str, as_json: bool) -> None:
    """Papers for the one who carries them."""
    with works(config, kommune) as (opened, verk):
        told = speaker(opened, as_json=as_json)
        rad = sender(verk, own)
        who, ground = acting(opened, by, Act.PAPERS), Ground.ANSVARSOVERFOERING
        app.open_staff(opened).belongs(who, varslet.unit_of(verk, rad))
        logg = str(rad.verdi["logg"])
        access = note(opened.database, verk.stamp(), who, Shown.PAPIRER, own, ground, logg=logg)
        paths = manuelt.lay_out(verk, rad, out, access)
        for path in paths:
            told.say(str(path))
        told.say("Slett mappen når papirene er levert.")
        told.give(files=[str(path) for path in paths])
        told.end(OK)


def received(
    own: str,
    aktoer: Aktoer,
    signed: str,
    archive_id: str,
    config: Path | None,
    kommune: str,
    as_json: bool,
) -> None:
    """The signed receipt has come."""
    with works(config, kommune, aktoer) as (opened, verk):
        told = speaker(opened, as_json=as_json)
        when = _day(signed, "--signed")
        manuelt.received(verk, sender(verk, own), aktoer, signert=when, arkivnummer=archive_id)
        runde.settle(verk, 2)
        _end(told, verk, sender(verk, own))


def round_(now: bool, config: Path | None, kommune: str, as_json: bool) -> None:
    """Everything that is due; with `now` also what waits for its next try."""
    with works(config, kommune, room=True) as (opened, verk):
        told = speaker(opened, as_json=as_json)
        if now:
            runde.hasten(verk)
        done = runde.settle(verk)
        told.say(
            f"Tatt imot {done.tatt}, sendt {done.sendt}, fullført {done.ferdig},"
            f" avvist {done.avvist}, feil {done.feil}"
        )
        rows = oversikt.rows(verk, alle=True)
        told.give(received=done.tatt, sent=done.sendt, done=done.ferdig, refused=done.avvist,
                  faults=done.feil,
                  transfers=[oversikt.summary(r) for r in rows])  # fmt: skip
        told.end(TO_DO if done.feil or done.avvist else OK)
