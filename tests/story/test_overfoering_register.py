"""A family that moves in is not in the receiver's file: who asks, when, and what comes of it (C-4).

The register online is the practice register, over HTTP; each municipality's file has only its own.
"""

import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from connectors.folkeregister.register import open_register
from connectors.folkeregister.sandbox import feller
from connectors.folkeregister.sandbox.app import open_sandbox
from connectors.folkeregister.sandbox.personer import Innbygger
from connectors.folkeregister.sandbox.sample import settings
from connectors.sandbox.server import start
from gateway.adresseregister import FileRegister
from gateway.effects.transferring import aapning, avstemming, holdt, oversikt, runde
from gateway.errors import LocalFault, Transient
from gateway.nettregister import Nettregister, Registre
from gateway.overfoering.grunnlag import Aktoer
from gateway.overfoering.tilstand import Side, Tilstand
from gateway.overfoering.vakter import household
from tests.story.conftest import CONEXUS
from tests.story.paa_ledningen import finished, received, refused
from tests.story.to_kommuner import HOLDER, LEDER


class Fila:
    """The receiver's file: its own people, and nobody of the family unless a test writes them."""

    def __init__(self, folder, clock):
        self.path, self.people = folder / "adresseregister.json", {}
        self.register = FileRegister(self.path, clock)
        self.write({})

    def write(self, people):
        """These people too."""
        self.people |= people
        until = (datetime.now(UTC) + timedelta(days=900)).isoformat()
        self.path.write_text(json.dumps({"gyldigTil": until, "personer": self.people}))


class Nett:
    """The practice register, and how the receiver reaches it."""

    def __init__(self, folder):
        self.app = open_sandbox(folder)
        self.running = start(self.app)
        values = {"timeout": 1.0, "deadline": 2.0, "attempts": 1, "breaker_pause": 0.05}
        self.client = open_register(settings(self.running.url, folder, **values))

    def settle(self, numbers, **changes):
        """People the register knows."""
        for one in numbers:
            feller.settle(self.app, Innbygger(one, "9902", **changes))

    def close(self):
        """Stop."""
        self.client.close()
        self.running.stop()
        self.app.close()


@pytest.fixture
def byen(flytting, tmp_path):
    """A move to a municipality whose file knows nobody of the family; `online` or not."""
    opened = []

    def make(*, online=True, **kinds):
        f = flytting(til=CONEXUS, **kinds)
        f.fila = Fila(tmp_path, f.klokke)
        f.m.arkiv = replace(f.m.arkiv, register=f.fila.register)
        f.nett = Nett(tmp_path / "register")
        opened.append(f.nett)
        if online:
            f.m.registre = Registre(f.fila.register, Nettregister(f.nett.client))
        f.m.build()
        return f

    yield make
    for one in opened:
        one.close()


def family(f):
    """The numbers of everybody whose protection counts."""
    wanted = household(f.logg)
    return [i.verdi for p in f.logg.personer if p.id in wanted for i in p.identifikatorer]


def opens(f):
    """Offered, accepted, and the key has come."""
    own = received(f)
    f.accept(own)
    f.until(lambda: f.states(own)[1] == "AKSEPTERT")
    f.rounds(1)
    return own


def nothing_written(f, own, code):
    """The receiver is responsible and says why; nothing of it stands in its system."""
    row = f.m.row(own, Side.MOTTAKER)
    assert (row.tilstand, row.verdi["etterarbeid"]) == (Tilstand.AKSEPTERT, "importer")
    assert row.verdi["kode"] == code
    assert oversikt.holder(row) == "oss"
    assert f.m.logs() == []
    assert f.a.log(f.logg.id).status.value == "AKTIV"
    return row


# -- online ---------------------------------------------------------------------------------------
def test_a_family_nobody_here_knows(byen):
    """Asked for as the package opens, by number and for protection alone; then it is written."""
    f = byen()
    f.nett.settle(family(f))
    own = received(f)
    assert f.nett.app.asked() == []
    f.accept(own)
    assert f.nett.app.asked() == []
    finished(f, own)
    asked = f.nett.app.asked()
    assert frozenset(family(f)) in {numbers for numbers, _ in asked}
    assert {parts for _, parts in asked} == {frozenset({"adressebeskyttelse"})}


def test_protection_found_after_the_key(byen, capsys):
    """We are responsible, the package stays sealed, and only a person goes on."""
    f = byen()
    guarded, *others = family(f)
    f.nett.settle(others)
    f.nett.settle([guarded], beskyttelse="strengtFortrolig")
    own = opens(f)
    row = nothing_written(f, own, "MANUELL")
    assert row.verdi["noekkel"] and row.verdi["nyttelast"]
    asked = len(f.nett.app.asked())
    for _ in range(30):
        f.klokke.turn(hours=5)
        f.rounds(1)
        runde.hasten(f.m.verk)
    avstemming.reconcile(f.m.verk)
    nothing_written(f, own, "MANUELL")
    assert len(f.nett.app.asked()) == asked
    told = [one for one in f.m.timeline(own) if one["hendelse"] == "venter"]
    assert [one["kode"] for one in told] == ["MANUELL"]
    said = capsys.readouterr()
    assert guarded not in said.out + said.err
    assert "P-20" not in said.out + said.err
    assert oversikt.counterpart(f.m.verk, row) == ""


def test_the_sender_hears_nothing(byen):
    """What goes on the wire, and what stands at the sender, is the same as in a slow import."""
    heard = []
    for nr in range(2):
        f = byen()
        f.nett.settle(family(f)[1:])
        if nr == 0:
            f.nett.settle(family(f)[:1], beskyttelse="fortrolig")
        else:
            f.nett.settle(family(f)[:1])
            f.m.arkiv.source.page = lambda _cursor: (_ for _ in ()).throw(Transient("KILDE_BORTE"))
        own = opens(f)
        f.rounds(4)
        row = f.a.row(own)
        events = [
            (one["hendelse"], one.get("til", ""), one.get("kode", "")) for one in f.a.timeline(own)
        ]
        heard.append(
            ([one.meldingstype for one in f.wire.carried], row.tilstand, row.verdi["kode"], events)
        )
    assert heard[0] == heard[1]


def test_the_named_role_goes_on(byen):
    """Nobody else; and what is still protected is held again."""
    f = byen()
    guarded = family(f)[0]
    f.nett.settle(family(f)[1:])
    f.nett.settle([guarded], beskyttelse="fortrolig")
    own = opens(f)
    for who in (Aktoer(HOLDER, "stafettholder"), Aktoer(HOLDER, "leder"), Aktoer("x", "leder")):
        refused(
            lambda w=who: holdt.resume(f.m.verk, f.m.row(own, Side.MOTTAKER), w), "IKKE_FULLMAKT"
        )
    leader = Aktoer(LEDER, "leder")
    holdt.resume(f.m.verk, f.m.row(own, Side.MOTTAKER), leader)
    f.rounds(1)
    nothing_written(f, own, "MANUELL")
    f.nett.settle([guarded])
    holdt.resume(f.m.verk, f.m.row(own, Side.MOTTAKER), leader)
    finished(f, own)
    refused(lambda: holdt.resume(f.m.verk, f.m.row(own, Side.MOTTAKER), leader), "INGEN_VENTER")


def test_the_named_role_decides_that_it_is_written(byen):
    """A family that is protected for good has a relay holder too: a person says so, with their
    role in the chain, and neither opening nor gate holds it again (C-4, R-010)."""
    f = byen()
    f.nett.settle(family(f)[1:])
    f.nett.settle(family(f)[:1], beskyttelse="strengtFortrolig")
    own = opens(f)
    nothing_written(f, own, "MANUELL")
    row = f.m.row(own, Side.MOTTAKER)
    refused(
        lambda: holdt.resume(f.m.verk, row, Aktoer(HOLDER, "stafettholder"), decided=True),
        "IKKE_FULLMAKT",
    )
    holdt.resume(f.m.verk, row, Aktoer(LEDER, "leder"), decided=True)
    finished(f, own)
    told = [one for one in f.m.timeline(own) if one["hendelse"] == "gjenopptatt"]
    assert [(one["av"], one["valg"]) for one in told] == [("leder", holdt.SKRIVES)]
    assert "vern" not in str(f.m.timeline(own))


def test_a_register_that_does_not_know_one_of_them(byen):
    """It answered, and somebody is missing: not knowing means no; no reader sees which (C-4)."""
    f = byen()
    f.nett.settle(family(f)[1:])
    own = opens(f)
    nothing_written(f, own, "MANUELL")


def test_the_stricter_of_the_two_holds(byen):
    """The file says protected, the register says not."""
    f = byen()
    f.nett.settle(family(f))
    f.fila.write({family(f)[0]: {"grad": "fortrolig", "foedselsdato": None}})
    own = opens(f)
    nothing_written(f, own, "MANUELL")


def test_the_register_knows_more_than_the_file(byen):
    """The file says that nobody is protected, and is a day old."""
    f = byen()
    f.nett.settle(family(f)[1:])
    f.nett.settle(family(f)[:1], beskyttelse="fortrolig")
    f.fila.write({one: {"grad": "ingen", "foedselsdato": None} for one in family(f)})
    own = opens(f)
    nothing_written(f, own, "MANUELL")


def test_a_register_that_is_away_is_asked_again(byen, capsys):
    """Unknown is not protected: it waits, without a fault in any log, and goes on by itself."""
    f = byen()
    f.nett.settle(family(f))
    f.nett.running.stop()
    own = opens(f)
    capsys.readouterr()
    f.klokke.turn(hours=2)
    done = f.m.round()
    nothing_written(f, own, "REGISTER_VET_IKKE")
    assert done.feil == 0
    assert own not in capsys.readouterr().out
    f.nett.running = start(f.nett.app, port=int(f.nett.running.url.rsplit(":", 1)[1]))
    f.klokke.turn(hours=2)
    finished(f, own)


def test_the_gate_holds_what_the_opening_did_not(byen, monkeypatch):
    """Planted: an opening that asks and does not listen. The write is judged by itself."""
    f = byen()
    f.nett.settle(family(f)[1:])
    f.nett.settle(family(f)[:1], beskyttelse="fortrolig")
    monkeypatch.setattr(aapning, "asked", lambda verk, _rad, logg: verk.ved_aapning(logg)[0])
    own = opens(f)
    nothing_written(f, own, "MANUELL")


# -- a file only ----------------------------------------------------------------------------------
def test_with_a_file_the_log_waits_for_it(byen):
    """The row says so by a code of its own, and goes on when the family stands in the file."""
    f = byen(online=False)
    own = opens(f)
    f.klokke.turn(hours=2)
    f.rounds(1)
    nothing_written(f, own, "REGISTER_VET_IKKE")
    f.klokke.turn(days=3)
    assert avstemming.reconcile(f.m.verk)["VENTER_FULLFOERING"] == 1
    nothing_written(f, own, "REGISTER_VET_IKKE")
    assert f.nett.app.asked() == []
    f.fila.write({one: {"grad": "ingen", "foedselsdato": None} for one in family(f)})
    f.klokke.turn(hours=2)
    finished(f, own)
    assert f.nett.app.asked() == []


def test_with_a_file_that_says_protected(byen):
    """Then it is held as any other."""
    f = byen(online=False)
    f.fila.write({one: {"grad": "ingen", "foedselsdato": None} for one in family(f)})
    f.fila.write({family(f)[0]: {"grad": "klientadresse", "foedselsdato": None}})
    own = opens(f)
    nothing_written(f, own, "MANUELL")


def test_whom_to_look_up(byen):
    """The numbers of the household, opened in memory: nothing is kept, and nothing has moved."""
    f = byen(online=False)
    own = opens(f)
    row = f.m.row(own, Side.MOTTAKER)
    told = aapning.family_to_ask(f.m.verk, row)
    assert set(told.numre) == set(family(f))
    assert told.uten_nummer == 0
    assert family(f)[0] not in repr(told)
    assert f.m.row(own, Side.MOTTAKER).verdi == row.verdi
    nothing_written(f, own, "REGISTER_VET_IKKE")


def test_nobody_is_told_of_a_package_that_waits_for_nothing(byen):
    """Before the key has come, and after the log is written."""
    f = byen(online=False)
    f.fila.write({one: {"grad": "ingen", "foedselsdato": None} for one in family(f)})
    own = received(f)
    refused(lambda: aapning.family_to_ask(f.m.verk, f.m.row(own, Side.MOTTAKER)), "INGEN_VENTER")
    f.accept(own)
    finished(f, own)
    refused(lambda: aapning.family_to_ask(f.m.verk, f.m.row(own, Side.MOTTAKER)), "INGEN_VENTER")
    refused(lambda: aapning.family_to_ask(f.a.verk, f.a.row(own)), "INGEN_VENTER")


# -- the wiring -----------------------------------------------------------------------------------
def test_what_is_not_configured_is_never_asked(tmp_path):
    """Two municipalities on disk: the one with [folkeregister] has it, the other has not."""
    from connectors.folkeregister.sandbox.sample import configuration
    from gateway import app, app_overfoering
    from gateway.settings.load import load
    from tests.story.to_byer import Byer

    byer = Byer(tmp_path)
    nett = Nett(tmp_path / "register")
    try:
        with (byer.m.config / "gateway.toml").open("a") as file:
            file.write(configuration(nett.running.url, tmp_path / "register"))
        for by, wanted in ((byer.a, False), (byer.m, True)):
            house = app.open_house(load(by.config))
            verk = app_overfoering.open_transfers(house)
            assert (verk.registre is not None) is wanted
            assert isinstance(verk.arkiv.register, Registre if wanted else FileRegister)
            assert verk.holder_med_nummer is (by.system != CONEXUS)
            app_overfoering.close_transfers(verk)
            house.close()
        with pytest.raises(LocalFault, match="UKJENT_SYSTEM"):
            app_overfoering.holder_by_number("ingen")
    finally:
        nett.close()
        byer.stop()
