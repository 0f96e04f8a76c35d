"""What can be known to be wrong is found before the promise: the sender is still responsible.

Each story ends with the same question: has anything moved? After the mend the same person accepts
the same offer, and it goes to its end.
"""

import json
from dataclasses import replace

import pytest

from gateway import app
from gateway.app_overfoering import holder_by_number
from gateway.effects.archiving.unopened import Unopened
from gateway.effects.archiving.verk import Arkivmaal
from gateway.effects.transferring import motta
from gateway.errors import GatewayError, LocalFault, Transient
from gateway.overfoering.grunnlag import Aktoer
from gateway.overfoering.tilstand import Side, Tilstand
from gateway.staff.staff import Staff
from schemas.overfoering.koder import Innlogging
from tests.story.conftest import CONEXUS, SAMSPILL
from tests.story.paa_ledningen import finished, received, refused
from tests.story.to_kommuner import ANNEN, HOLDER, LEDER


def try_it(f, own, person=HOLDER):
    """The named person accepts, knowing that there is only a file."""
    row = f.m.row(own, Side.MOTTAKER)
    return motta.accept(f.m.verk, row, person, Innlogging.HOEY, uten_register=True)


def nothing_moved(f, own):
    """Nobody has promised anything, and the sender has the log and the key."""
    f.rounds(1)
    assert f.states(own) == ("MOTTATT", "MOTTATT")
    assert f.m.row(own, Side.MOTTAKER).verdi["aksept_id"] == ""


def then_it_goes(f, own):
    """The mend is enough."""
    try_it(f, own)
    finished(f, own)


def staff_file(f, tmp_path, change=lambda line: line):
    """The receiver's staff as a file, with the holder's line changed."""
    path = tmp_path / "ansatte.json"
    lines = []
    for one in f.m.ansatte:
        line = {"ref": one.ref, "virksomhet": one.virksomhet, "navn": one.navn,
                "virksomhetNavn": one.virksomhet_navn, "roller": sorted(one.roller),
                "numre": list(one.numre)}  # fmt: skip
        lines.append(change(line) if one.ref == HOLDER else line)
    path.write_text(json.dumps({"ansatte": lines}))
    f.m.verk = replace(f.m.verk, ansatte=Staff(path, f.klokke))
    return path


# -- the staff file -------------------------------------------------------------------------------
def test_the_staff_file_cannot_be_read(flytting, tmp_path):
    """Nobody accepts by a file nobody can read."""
    f = flytting()
    own = received(f)
    path = staff_file(f, tmp_path)
    whole = path.read_text()
    path.write_text("{")
    with pytest.raises(LocalFault, match="ANSATTFIL_MANGLER"):
        try_it(f, own)
    nothing_moved(f, own)
    path.write_text(whole)
    then_it_goes(f, own)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"virksomhet": "123"}, "ANSATT_LINJE_UGYLDIG"),
        ({"numre": ["01810112345"]}, "ANSATT_LINJE_UGYLDIG"),
        ({"gyldigTil": "2020-01-01"}, "ANSATT_SLUTTET"),
        ({"gyldigTil": "en dag"}, "ANSATT_LINJE_UGYLDIG"),
        ({"roller": ["leder"]}, "IKKE_REGISTRERT_STAFETTHOLDER"),
        ({"ref": "en-annen"}, "IKKE_REGISTRERT_STAFETTHOLDER"),
    ],
    ids=lambda one: one if isinstance(one, str) else next(iter(one)),
)
def test_the_holder_s_line_is_wrong(flytting, tmp_path, change, code):
    """Told as what it is, by a code; then the line is mended, and the same person accepts."""
    f = flytting()
    own = received(f)
    staff_file(f, tmp_path, lambda line: line | change)
    refused(lambda: try_it(f, own), code)
    nothing_moved(f, own)
    staff_file(f, tmp_path)
    then_it_goes(f, own)


def test_the_unit_is_nobody_s_here(flytting, tmp_path):
    """The offer is for a unit that none of our staff belongs to."""
    f = flytting()
    own = received(f)
    kept = list(f.m.ansatte)
    f.m.ansatte[:] = [replace(one, virksomhet="899100115") for one in kept if one.ref != HOLDER]
    refused(lambda: try_it(f, own), "UKJENT_ENHET")
    nothing_moved(f, own)
    f.m.ansatte[:] = kept
    then_it_goes(f, own)


# -- the holder's number --------------------------------------------------------------------------
def test_a_holder_whom_our_system_cannot_sign_in(flytting):
    """Samspill names the plan lead by number: without one no plan can ever be made."""
    f = flytting(til=SAMSPILL)
    own = received(f)
    kept = list(f.m.ansatte)
    f.m.ansatte[:] = [replace(o, numre=()) if o.ref == HOLDER else o for o in kept]
    refused(lambda: try_it(f, own), "HOLDER_UTEN_NUMMER")
    nothing_moved(f, own)
    f.m.ansatte[:] = kept
    then_it_goes(f, own)


def test_a_leader_cannot_name_one_either(flytting, monkeypatch):
    """Before the promise and after it: the log would hang on the one who is named."""
    f = flytting(til=SAMSPILL)
    own = received(f)
    f.m.ansatte[:] = [replace(o, numre=()) if o.ref == ANNEN else o for o in f.m.ansatte]
    name = lambda: motta.assign(  # noqa: E731
        f.m.verk, f.m.row(own, Side.MOTTAKER), ANNEN, Aktoer(LEDER, "leder")
    )
    refused(name, "HOLDER_UTEN_NUMMER")
    f.accept(own)

    def away(_cursor):
        raise Transient("KILDE_BORTE")

    monkeypatch.setattr(f.m.arkiv.source, "page", away)
    f.until(lambda: f.states(own)[1] == "AKSEPTERT")
    refused(name, "HOLDER_UTEN_NUMMER")


@pytest.mark.parametrize("system", app.systems())
def test_what_a_system_says_of_its_holder_is_so(flytting, system):
    """A connector that does not ask for the number takes a holder without; one that does, hangs."""
    f = flytting(til=system)
    f.m.verk = replace(f.m.verk, holder_med_nummer=False)
    f.m.ansatte[:] = [replace(o, numre=()) if o.ref == HOLDER else o for o in f.m.ansatte]
    own = received(f)
    f.accept(own)
    f.rounds(4)
    hangs = f.m.row(own, Side.MOTTAKER).tilstand is not Tilstand.FULLFOERT
    assert hangs is holder_by_number(system)


# -- our own system -------------------------------------------------------------------------------
def test_our_own_system_does_not_answer(flytting, monkeypatch):
    """Its fault is told as it is, and nothing is promised over it."""
    f = flytting()
    own = received(f)

    def away():
        raise Transient("KILDE_BORTE")

    with monkeypatch.context() as gone:
        gone.setattr(f.m.arkiv.source, "facts", away)
        with pytest.raises(Transient, match="KILDE_BORTE"):
            try_it(f, own)
    nothing_moved(f, own)
    then_it_goes(f, own)


@pytest.mark.parametrize(
    ("change", "code"),
    [
        ({"tenant": "899100115"}, "FEIL_TENANT"),
        ({"rights": frozenset({"les", "read"})}, "MANGLER_RETTIGHET"),
        ({"free_bytes": 10}, "MAAL_FULLT"),
    ],
    ids=lambda one: one if isinstance(one, str) else "",
)
def test_our_own_system_would_not_take_it(flytting, monkeypatch, change, code):
    """Another municipality's token, no right to write, no room."""
    f = flytting()
    own = received(f)
    told = replace(f.m.arkiv.source.facts(), **change)
    with monkeypatch.context() as wrong:
        wrong.setattr(f.m.arkiv.source, "facts", lambda: told)
        with pytest.raises(LocalFault, match=code):
            try_it(f, own)
    nothing_moved(f, own)
    then_it_goes(f, own)


# -- our own archive ------------------------------------------------------------------------------
def test_no_archive_is_chosen(flytting):
    """What comes here must be kept here."""
    f = flytting()
    own = received(f)
    kept = f.m.arkiv
    without = kept.kommune.model_copy(
        update={"arkiv": kept.kommune.arkiv.model_copy(update={"maal": ()})}
    )
    f.m.verk = replace(f.m.verk, arkiv=replace(kept, kommune=without))
    refused(lambda: try_it(f, own), "ARKIV_IKKE_SATT_OPP")
    f.m.verk = replace(f.m.verk, arkiv=replace(kept, archives={}))
    refused(lambda: try_it(f, own), "ARKIV_IKKE_KONFIGURERT")
    nothing_moved(f, own)
    f.m.verk = replace(f.m.verk, arkiv=kept)
    then_it_goes(f, own)


def test_an_archive_that_cannot_be_opened(flytting):
    """Its fault is the one that is told."""
    f = flytting()
    own = received(f)
    kept = f.m.arkiv
    shut = {"hylle": Arkivmaal("hylle", Unopened(LocalFault("NOEKKEL_MANGLER", place="x")), 60)}
    f.m.verk = replace(f.m.verk, arkiv=replace(kept, archives=shut))
    with pytest.raises(GatewayError, match="NOEKKEL_MANGLER"):
        try_it(f, own)
    nothing_moved(f, own)
    f.m.verk = replace(f.m.verk, arkiv=kept)
    then_it_goes(f, own)


# -- the register ---------------------------------------------------------------------------------
def test_with_a_file_only_one_must_know_it(flytting):
    """The receiver is told before the promise that the register cannot be asked."""
    f = flytting(til=CONEXUS)
    own = received(f)
    row = f.m.row(own, Side.MOTTAKER)
    refused(lambda: motta.accept(f.m.verk, row, HOLDER, Innlogging.HOEY), "REGISTER_BARE_FIL")
    nothing_moved(f, own)
    then_it_goes(f, own)


def test_within_one_municipality_no_register_is_asked(flytting):
    """The log stands here already, and so does the family in our register."""
    from gateway.effects.transferring.foer_aksept import cannot
    from gateway.effects.transferring.rader import Rad

    f = flytting()
    own = received(f)
    row = f.m.row(own, Side.MOTTAKER)
    inner = Rad(row.verdi | {"maaltype": "annenVirksomhetSammeKommune"}, row.lukket)
    assert cannot(f.m.verk, inner, HOLDER, uten_register=False) == ""


def test_what_is_over_is_told_as_over(flytting, monkeypatch):
    """A system that is away is not what keeps somebody from accepting what has ended."""
    f = flytting()
    own = received(f)
    f.klokke.turn(days=100)
    f.rounds(2)
    monkeypatch.setattr(f.m.arkiv.source, "facts", lambda: 1 / 0)
    refused(lambda: try_it(f, own), "HENDELSE_PASSER_IKKE")
