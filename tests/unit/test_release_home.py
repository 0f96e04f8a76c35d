"""What the gate says of a log that a hand-over writes at home, and of a message that goes out."""

import hashlib

import pytest

from gateway.effects import gate
from gateway.policy.verdict import Release
from gateway.ports.connector import Order
from gateway.ports.kanal import Forsendelse, Motpart
from schemas.stafettlogg.kodeverk import Adressebeskyttelse

BODY = b'{"en": "logg"}'
SHA = hashlib.sha256(BODY).hexdigest()


def test_what_comes_is_judged_at_the_write(logg, ramme):
    """Nobody protected and every time readable: it names exactly what is written."""
    passed = gate.release_home("logg-1", BODY, logg(), ramme(), gate.TAKEN_HOME)
    assert isinstance(passed, Release)
    assert (passed.logg_id, passed.content_sha, passed.verdict.held) == ("logg-1", SHA, False)


@pytest.mark.parametrize("grade", [Adressebeskyttelse.FORTROLIG, Adressebeskyttelse.UKJENT])
def test_protection_since_the_opening_stops_it(logg, ramme, grade):
    """The register of this moment is what counts (C-4)."""
    told = dict(ramme().protection) | {"mor": grade}
    found = gate.release_home("logg-1", BODY, logg(), ramme(protection=told), gate.TAKEN_HOME)
    assert found == gate.Refusal("P-20")


def test_a_time_that_is_none_stops_it(logg, ramme):
    """No system takes it, and nobody here may say which day was meant."""
    first = logg().oppmerksomheter[0].model_copy(update={"opprettet": "2026-02-31T10:00:00Z"})
    found = gate.release_home(
        "logg-1", BODY, logg(oppmerksomheter=(first,)), ramme(), gate.TAKEN_HOME
    )
    assert isinstance(found, gate.Refusal)


def test_nothing_keeps_a_log_from_being_closed(logg, ramme):
    """Not even protection: to leave it open is to leave it with those who may not read it."""
    told = dict.fromkeys(ramme().protection, Adressebeskyttelse.STRENGT_FORTROLIG)
    passed = gate.release_home("logg-1", BODY, logg(), ramme(protection=told), gate.SETTLED_HOME)
    assert isinstance(passed, Release)
    assert passed.verdict.findings == ()


def test_it_opens_for_nothing_else(logg, ramme):
    """Another log, and other bytes of the same."""
    passed = gate.release_home("logg-1", BODY, logg(), ramme(), gate.TAKEN_HOME)
    for key, sha in (("logg-2", SHA), ("logg-1", "b" * 64)):
        order = Order(key, f"{key}:1:{sha[:32]}", BODY, lambda _id: b"")
        with pytest.raises(ValueError, match="does not belong"):
            gate.settle_at_home(None, order, passed)


MESSAGE = Forsendelse("m-1", "o-1", "pakke", Motpart("899200209"), b"forseglet")


@pytest.mark.parametrize("answer", [True, False])
def test_what_discloses_is_asked_about_now(answer):
    """Once, and a no is no release."""
    asked = []
    passed = gate.release_message(MESSAGE, lambda: asked.append(1) or answer)
    assert asked == [1]
    assert passed == (gate.Transport("m-1", "o-1") if answer else None)


def test_what_discloses_nothing_is_not():
    """An answer or a withdrawal goes whatever the register says."""
    assert gate.release_message(MESSAGE, None) == gate.Transport("m-1", "o-1")
