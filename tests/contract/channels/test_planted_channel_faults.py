"""The suite sees a channel that breaks a law: each breach is planted, and its law must fail.

The laws are run over one real channel with the breach around it, as the suite runs them.
"""

import uuid
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from gateway.errors import Rejected, UnknownOutcome
from gateway.ports.kanal import Forsendelse, Innkommet, Kanal, KanalFacts, Transportstand
from tests.contract.channels import test_every_channel as laws
from tests.contract.channels.stand import A, B, stand_of

PLANTED_IN = "svarut"


class Rett:
    """A channel that keeps every law: what it is given does."""

    def __init__(self, inner: Kanal) -> None:
        self.inner = inner

    def facts(self) -> KanalFacts:
        return self.inner.facts()

    def send(self, forsendelse: Forsendelse) -> str:
        return self.inner.send(forsendelse)

    def stand(self, transport_id: str) -> Transportstand:
        return self.inner.stand(transport_id)

    def hent(self, hoeyst: int) -> Sequence[Innkommet]:
        return self.inner.hent(hoeyst)

    def kvitter(self, ref: str) -> None:
        self.inner.kvitter(ref)

    def avvis(self, ref: str, kode: str) -> None:
        self.inner.avvis(ref, kode)

    def close(self) -> None:
        self.inner.close()


class VenderEnByte(Rett):
    """One bit is turned on the way."""

    def hent(self, hoeyst: int) -> Sequence[Innkommet]:
        found = self.inner.hent(hoeyst)
        return [
            replace(one, pakke=bytes([one.pakke[0] ^ 1]) + one.pakke[1:]) if one.pakke else one
            for one in found
        ]


class GlemmerKvittering(Rett):
    """What was acknowledged comes again and again."""

    def kvitter(self, ref: str) -> None:
        return


class KvittererSelv(Rett):
    """Acknowledged before anybody has stored it."""

    def hent(self, hoeyst: int) -> Sequence[Innkommet]:
        found = self.inner.hent(hoeyst)
        for one in found:
            self.inner.kvitter(one.ref)
        return found


class KvittererBareEnGang(Rett):
    """A second acknowledgement is an error."""

    def __init__(self, inner: Kanal) -> None:
        super().__init__(inner)
        self._seen: set[str] = set()

    def kvitter(self, ref: str) -> None:
        if ref in self._seen:
            raise Rejected("AVVIST")
        self._seen.add(ref)
        self.inner.kvitter(ref)


class NyttNavn(Rett):
    """A resend has another name than the first."""

    def hent(self, hoeyst: int) -> Sequence[Innkommet]:
        return [replace(o, melding_id=str(uuid.uuid4())) for o in self.inner.hent(hoeyst)]


class SisteFoerst(Rett):
    """The newest first."""

    def hent(self, hoeyst: int) -> Sequence[Innkommet]:
        return list(reversed(self.inner.hent(hoeyst)))


class TrorDetGikk(Rett):
    """An unknown outcome is called sent."""

    def send(self, forsendelse: Forsendelse) -> str:
        try:
            return self.inner.send(forsendelse)
        except UnknownOutcome:
            return str(uuid.uuid4())


class SierLevert(Rett):
    """Sent is called delivered."""

    def stand(self, transport_id: str) -> Transportstand:
        return Transportstand.LEVERT


class VelterAvSoeppel(Rett):
    """What cannot be read brings everything down."""

    def hent(self, hoeyst: int) -> Sequence[Innkommet]:
        found = self.inner.hent(hoeyst)
        if any(not one.pakke for one in found):
            raise ValueError("ikke en pakke")
        return found


class AvviserIkke(Rett):
    """What was refused comes again."""

    def avvis(self, ref: str, kode: str) -> None:
        return


class SenderTilUkjent(Rett):
    """Nobody there, and nobody told."""

    def send(self, forsendelse: Forsendelse) -> str:
        try:
            return self.inner.send(forsendelse)
        except Rejected:
            return str(uuid.uuid4())


class NevnerMottakeren(Rett):
    """The counterpart's number is in an error."""

    def send(self, forsendelse: Forsendelse) -> str:
        raise Rejected("AVVIST", place=forsendelse.mottaker.orgnr)


class NevnerInnholdet(Rett):
    """The cause of an error quotes the package."""

    def send(self, forsendelse: Forsendelse) -> str:
        try:
            raise ValueError(forsendelse.pakke.decode())
        except ValueError as exc:
            raise UnknownOutcome("UVISST_UTFALL") from exc


class FremmedFeil(Rett):
    """An exception of somebody else's crosses the port."""

    def hent(self, hoeyst: int) -> Sequence[Innkommet]:
        try:
            return self.inner.hent(hoeyst)
        except Exception as exc:
            raise KeyError("line") from exc


class TaperTraader(Rett):
    """A message out of twelve is lost when many send at once."""

    sent = 0

    def send(self, forsendelse: Forsendelse) -> str:
        TaperTraader.sent += 1
        return "borte" if TaperTraader.sent % 12 == 0 else self.inner.send(forsendelse)


def _lost(stand: Any, a: Kanal, b: Kanal) -> None:
    laws.test_a_lost_answer_is_an_unknown_outcome(stand, a, b, "cut_after")


def _bytes(stand: Any, a: Kanal, b: Kanal) -> None:
    laws.test_the_same_bytes_come_out(stand, a, b, 768)


def _errors(kind: str) -> Callable[[Any, Kanal, Kanal], None]:
    def law(stand: Any, a: Kanal, b: Kanal) -> None:
        laws.test_only_our_errors_and_nothing_of_anybody_in_them(stand, kind, None)  # type: ignore[arg-type]

    return law


def _nobody(stand: Any, a: Kanal, b: Kanal) -> None:
    laws.test_nobody_there_is_said_of_the_message(stand, a)


BREACHES: list[tuple[type[Rett], Callable[[Any, Kanal, Kanal], None]]] = [
    (VenderEnByte, _bytes),
    (GlemmerKvittering, _bytes),
    (KvittererSelv, laws.test_a_package_stays_until_it_is_acknowledged),
    (KvittererBareEnGang, laws.test_acknowledging_twice_is_harmless),
    (NyttNavn, laws.test_sending_again_is_harmless),
    (SisteFoerst, laws.test_the_oldest_comes_first),
    (TrorDetGikk, _lost),
    (SierLevert, laws.test_delivered_is_only_a_word_about_transport),
    (VelterAvSoeppel, laws.test_rubbish_harms_nothing),
    (AvviserIkke, laws.test_a_refused_package_is_gone_for_good),
    (SenderTilUkjent, _nobody),
    (NevnerMottakeren, _errors("cut_before")),
    (NevnerInnholdet, _errors("cut_after")),
    (FremmedFeil, _errors("reset")),
    (TaperTraader, laws.test_many_threads_share_a_channel),
]


class Plantet:
    """The stand, whose channels all have the breach around them."""

    def __init__(self, inner: Any, breach: type[Rett]) -> None:
        self._inner, self._breach = inner, breach

    def __getattr__(self, name: str) -> Any:
        return getattr(self._inner, name)

    def open(self, who: str, **changes: Any) -> Kanal:
        return self._breach(self._inner.open(who, **changes))

    def deliver(self, kanal: Kanal, forsendelse: Forsendelse, tries: int = 6) -> str:
        inner: Kanal = kanal.inner if self._breach in _BREAKS_SENDING else kanal  # type: ignore[attr-defined]
        sent: str = self._inner.deliver(inner, forsendelse, tries)
        return sent


_BREAKS_SENDING = {NevnerMottakeren, NevnerInnholdet}


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One real platform for all of them."""
    made = stand_of(PLANTED_IN)(tmp_path_factory.mktemp("plantet"), lambda: "")
    yield made
    made.close()


def _fresh(platform: Any) -> None:
    platform.calm()
    platform.shut()
    platform.drain(A)
    platform.seen.clear()


@pytest.mark.parametrize(("breach", "law"), BREACHES, ids=[b.__name__ for b, _ in BREACHES])
def test_a_planted_breach_is_seen(
    platform: Any,
    breach: type[Rett],
    law: Callable[[Any, Kanal, Kanal], None],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """The law holds for the channel as it is, and fails with the breach around it."""
    for around, holds in ((Rett, True), (breach, False)):
        _fresh(platform)
        stand = Plantet(platform, around)
        a, b = stand.open(A), stand.open(B)
        if holds:
            law(stand, a, b)
            continue
        # A law that waits for what never comes need not wait long.
        monkeypatch.setattr(platform, "fetch", _hasty(platform))
        with pytest.raises((AssertionError, ValueError, KeyError, Rejected, pytest.fail.Exception)):
            law(stand, a, b)
    _fresh(platform)


def _hasty(platform: Any) -> Callable[..., Any]:
    whole = type(platform).fetch
    return lambda kanal, count, seconds=1.0: whole(platform, kanal, count, 1.0)


def test_the_place_of_the_plants_exists() -> None:
    """The channel the breaches are planted in has a stand of its own."""
    assert (Path(__file__).parent / f"stand_{PLANTED_IN}.py").exists()
