"""Consent and protection while a hand-over is under way (R-119, C-4, E-2)."""

import os
from dataclasses import replace

import pytest

from gateway.effects.transferring import avgi, motta, oversikt
from gateway.errors import Rejected
from gateway.overfoering.grunnlag import Aktoer
from gateway.overfoering.tilstand import Side, Tilstand
from tests.story.conftest import CONEXUS
from tests.story.paa_ledningen import destroyed, finished, received, refused
from tests.story.test_familien_flytter import case
from tests.story.to_kommuner import HOLDER, LEDER, Flytting, Ledning

FULL = os.environ.get("STAFETT_FULL") == "1"


STAGES = ("KLAR", "SENDT", "MOTTATT", "TILDELT", "AKSEPT")
WHOSE = ("the child", "a guardian", "nobody answers")
PROTECTED = [
    (stage, whose)
    for nr, stage in enumerate(STAGES)
    for mr, whose in enumerate(WHOSE)
    if FULL or nr % 3 == mr  # every stage once, and everybody
]


def to_stage(f, stage):
    """A hand-over that has come so far, and the wire stopped before the switch."""
    own = f.start(f.logg)
    if stage == "KLAR":
        avgi.ready(f.a.verk, f.a.row(own), f.leder)
        return own
    if stage == "SENDT":
        f.wire.hold = {"*"}
        f.send(own)
        return own
    f.send(own)
    f.rounds(2)
    if stage == "TILDELT":
        row = f.m.row(own, Side.MOTTAKER)
        motta.assign(f.m.verk, row, HOLDER, Aktoer(LEDER, "leder"))
        f.rounds(2)
    if stage == "AKSEPT":
        f.wire.hold = {"aksept"}
        f.accept(own)
        f.m.round()
    return own


@pytest.mark.parametrize("stage", STAGES)
def test_the_family_withdraws_its_consent(flytting, stage):
    """R-116: at any point before the switch it ends there, and nothing is left."""
    f = flytting()
    own = to_stage(f, stage)
    (document,) = f.a.system.app.documents()
    for consent in document["samtykker"]:
        consent["trukket"] = f.klokke.now().strftime("%Y-%m-%dT%H:%M:%SZ")
    withdraw_at_source(f, document)
    f.wire.let_go()
    f.rounds(4)
    assert f.states(own)[0] == "TRUKKET"
    assert f.states(own)[1] in ("TRUKKET", "INGEN")
    destroyed(f, own)


def withdraw_at_source(f, document):
    """The vendor's own document says so from now on."""
    connector = f.a.arkiv.source
    files = {one["filId"]: connector.file(document["loggId"], one["filId"])
             for one in document["filer"]}  # fmt: skip
    f.a.system.app.load(document, files)


@pytest.mark.parametrize(("stage", "whose"), PROTECTED)
def test_an_address_becomes_protected(flytting, stage, whose):
    """C-4: frozen at every stage, fail closed, and the reason is told to nobody."""
    f = flytting()
    own = to_stage(f, stage)
    if whose == "the child":
        f.a.register.held.add(f.logg.hovedperson.person)
    elif whose == "a guardian":
        f.a.register.held.add(next(d.person for d in f.logg.deltakelser if d.rolle == "foresatt"))
    else:
        f.a.register.check = _silent
    f.wire.let_go()
    f.rounds(4)
    assert f.states(own)[0] == "SPERRET"
    assert f.states(own)[1] in ("TRUKKET", "INGEN")
    assert f.a.row(own).verdi["kode"] == "MANUELL"
    destroyed(f, own)
    assert oversikt.counterpart(f.a.verk, f.a.row(own)) == ""
    refused(lambda: avgi.again(f.a.verk, f.a.row(own), f.leder), "MANUELL")


def _silent(_persons):
    from gateway.errors import LocalFault

    raise LocalFault("ADRESSEREGISTER_FORELDET")


def test_a_withdrawn_consent_after_the_switch_is_the_receivers(flytting):
    """E-2: after the switch the sender cannot recall; the receiver's routine applies."""
    f = flytting()
    own = received(f)
    f.accept(own)
    f.until(lambda: f.states(own)[0] == "AKSEPTERT" or f.states(own)[0] == "FULLFOERT")
    with pytest.raises(Rejected, match="HENDELSE_PASSER_IKKE"):
        avgi.withdraw(f.a.verk, f.a.row(own), f.leder, familien=True)
    finished(f, own)


def test_protection_is_seen_first_when_the_receiver_opens(flytting):
    """C-4: the receiver's register knows more; the log waits for a person, with a public code."""
    f = flytting()
    own = received(f)
    f.m.register.held.add(f.logg.hovedperson.person)
    f.accept(own)
    f.rounds(4)
    row = f.m.row(own, Side.MOTTAKER)
    assert (row.tilstand, row.verdi["kode"]) == (Tilstand.AKSEPTERT, "MANUELL")
    assert f.m.log(f.logg.id) is None
    assert oversikt.counterpart(f.m.verk, row) == ""


def test_siblings_are_kept_together_and_never_coupled(tmp_path):
    """E-2: one transfer per log; protection on one freezes all that are kept together."""
    stock = [case(CONEXUS, "leksene"), case(CONEXUS, "skolefravaer"), case(CONEXUS, "dinosaurene")]
    f = Flytting(tmp_path, stock, wire=Ledning())
    try:
        logs = f.a.look_over()
        group = "3f1f3b52-1111-4222-8333-944445555666"
        owns = []
        for logg in logs:
            unit = next(v for v in logg.virksomheter if v.id == logg.ansvarlig_virksomhet)
            f.a.ansatte = [replace(o, virksomhet=unit.orgnr or o.virksomhet) for o in f.a.ansatte]
            rad = avgi.start(f.a.verk, logg.id, f.grunnlag(logg), f.leder, gruppe=group)
            f.a.archive()
            avgi.send(f.a.verk, rad, f.leder)
            owns.append(rad.id)
        f.rounds(2)
        f.accept(owns[0])
        f.until(lambda: f.states(owns[0]) == ("FULLFOERT", "FULLFOERT"))
        assert f.states(owns[1]) == f.states(owns[2]) == ("MOTTATT", "MOTTATT")
        f.a.register.held.add(logs[1].hovedperson.person)
        f.rounds(4)
        assert [f.states(one)[0] for one in owns] == ["FULLFOERT", "SPERRET", "SPERRET"]
    finally:
        f.close()
