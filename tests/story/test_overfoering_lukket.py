"""What comes and no key of ours opens, after a change of keys: nothing true is kept out, nobody is
left untold, and with the old key put back everything goes on (the protocol's 4.6 and 6.5).

The line is real, with certificates at both ends: whose package is whose is told by the line.
"""

from dataclasses import replace
from pathlib import Path

import pytest

from connectors.forsegling.forsegler import open_forsegler
from connectors.forsegling.oevingsnoekler import make as make_keys
from connectors.stafett_https import bortlagt, turn
from gateway.effects.archiving.verk import stamp
from gateway.effects.transferring import kanalvakt, runde, unread
from gateway.overfoering.grunnlag import Aktoer
from gateway.overfoering.tilstand import Side
from gateway.ports.forsegling import Motpartsfiler, Pakkefil
from gateway.ports.kanal import Forsendelse
from gateway.tasks import book
from gateway.tasks.kinds import Kind
from tests.story.conftest import CONEXUS
from tests.story.paa_ledningen import received, refused
from tests.story.test_familien_flytter import case
from tests.story.to_kommuner import HOLDER, LEDER, Flytting


@pytest.fixture
def flytting(tmp_path):
    """A move over the line itself."""
    made = Flytting(tmp_path, [case(CONEXUS, "leksene")])
    (made.logg,) = made.a.look_over()
    yield made
    made.close()


@pytest.fixture(scope="module")
def nye(tmp_path_factory):
    """The receiver's new keys."""
    return make_keys(tmp_path_factory.mktemp("nye"), "899200209")


def waiting(house):
    """(code, place, role) of what waits of the channels."""
    with house.database.look() as connection:
        found = book.listed(connection, house.orgnr, stamp(house.klokke.now()))
    return [(one.code, one.place, one.role) for one in found if one.kind is Kind.CHANNEL]


def noted(house, what):
    """What the chain has of what came, by its word."""
    return [one for one in house.timeline("innboks") if one["hendelse"] == what]


def with_keys(house, key, cert, *opens):
    """The house's works with other keys, as another process would open them."""
    other = house._others[0]
    known = {
        other.orgnr: Motpartsfiler([other.cert]),
        house.orgnr: Motpartsfiler([cert]),
    }
    return replace(house.verk, forsegler=open_forsegler(key, cert, list(opens), known))


def to_the_old(f, count, first=0):
    """The sender's packages, encrypted to a certificate whose key is not there any more: each of
    its own, and true as far as anybody can see."""
    sender = f.a.kanaler["https"]
    for n in range(first, first + count):
        files = [Pakkefil("melding.json", "application/json", b"%d" % n)]
        package = f.a.verk.forsegler.pakk(files, f.m.orgnr)
        own = f"00000000-0000-4000-8000-{n:012d}"
        sender.send(Forsendelse(own, own, "tilbud", f.a.verk.address(f.m.orgnr), package))


def test_what_nobody_here_can_open_stands_in_no_ones_way_and_is_told(flytting, nye):
    """A counterpart goes on encrypting to our old certificate: each package is put by, whole and
    ours alone; a person is told by the counterpart's number; what they say to the new one is taken;
    and with the old key back beside the new, everything that was put by is tried by itself."""
    f, old = flytting, flytting.m.verk
    f.m.verk = with_keys(f.m, *nye, nye[0])
    box = Path(f.m.folder) / "innboks"
    to_the_old(f, 5)
    done = f.m.round()
    assert (done.koder, done.avvist) == ({}, 5)
    assert list(box.glob("*.p7m")) == []
    kept = list(box.glob("lukket/*/*.p7m"))
    assert len(kept) == 5 and {one.stat().st_mode & 0o777 for one in kept} == {0o600}
    assert waiting(f.m) == [("KAN_IKKE_DEKRYPTERES", "motpart 1", "it_leder")]
    assert [one["antall"] for one in noted(f.m, "lagtBort")] == [5] and not noted(f.m, "avvist")
    assert [(one["sted"], one["antall"], one["kode"]) for one in kanalvakt.shown(f.m.verk)] == [
        ("motpart 1", "5", "KAN_IKKE_DEKRYPTERES")
    ]
    for _ in range(2):
        assert f.m.round().avvist == 0
    assert len(waiting(f.m)) == 1 and len(noted(f.m, "lagtBort")) == 1
    # The sender learns the new certificate: it is taken, and nothing waits of the keys.
    theirs = f.a.verk
    f.a.verk = replace(
        theirs,
        forsegler=open_forsegler(
            f.a.key, f.a.cert, [f.a.key],
            {f.m.orgnr: Motpartsfiler([nye[1]]), f.a.orgnr: Motpartsfiler([f.a.cert])},
        ),
    )  # fmt: skip
    own = f.start(f.logg)
    f.send(own)
    f.a.round()
    f.m.round()
    assert f.states(own)[1] in ("MOTTATT", "TILDELT")
    assert waiting(f.m) == [] and len(list(box.glob("lukket/*/*.p7m"))) == 5
    # The old key beside the new.
    f.m.verk = with_keys(f.m, *nye, nye[0], f.m.key)
    f.m.round()
    assert list(box.glob("lukket/*/*.p7m")) == [] and len(noted(f.m, "tattFrem")) == 1
    assert old is not f.m.verk


def test_they_count_in_nobodys_share_and_are_kept_once(flytting, nye, monkeypatch):
    """More than a whole share of them, and the very same ones again and again: the line takes the
    next one, each is kept once, and no more than the room there is."""
    monkeypatch.setattr(turn, "_SMALL", 3)
    monkeypatch.setattr(bortlagt, "MOST", 4)
    f = flytting
    f.m.kanaler["https"]._innboks._most = 12
    f.m.verk = with_keys(f.m, *nye, nye[0])
    box = Path(f.m.folder) / "innboks"
    for turns in range(3):
        to_the_old(f, 2, first=2 * turns)
        f.m.round()
    assert len(list(box.glob("lukket/*/*.p7m"))) == 4
    assert len(list(box.glob("avvist/*.p7m"))) == 2
    (one, *_) = sorted(box.glob("lukket/*/*.p7m"))
    for _ in range(2):
        (box / f"{one.name[:-5]}0.p7m").write_bytes(one.read_bytes())
        assert f.m.round().avvist == 0
    assert len(list(box.glob("lukket/*/*.p7m"))) == 4
    assert len(waiting(f.m)) == 1
    runde.hasten(f.m.verk)
    assert len(list(box.glob("*.p7m"))) == 4


def test_a_sender_that_is_not_heard_is_told_so(flytting):
    """No room there, for hours: the sender's IT is told with what the line said, once, and the row
    is gone with the receipt."""
    f = flytting
    box = f.m.kanaler["https"]._innboks
    most, box._most = box._most, 0
    own = f.start(f.logg)
    f.send(own)
    for _ in range(8):
        f.a.round()
        assert waiting(f.a) == []
        f.klokke.turn(minutes=25)
    f.klokke.turn(hours=2)
    f.a.round()
    (told,) = waiting(f.a)
    assert (told[0], told[2]) == ("MOTPART_SVARER_IKKE", "it_leder")
    assert told[1].startswith("avgiver ") and len(told[1]) > len("avgiver ")
    box._most = most
    runde.hasten(f.a.verk)
    f.until(lambda: f.states(own)[0] in ("MOTTATT", "TILDELT"))
    f.a.round()
    assert waiting(f.a) == []


def test_the_old_key_back_is_read_in_the_very_next_round(flytting, nye):
    """The receiver changed its key while a package lay there: it is taken over and cannot be read.
    No round of the same keys reads it sooner than its pause; with the old key beside the new the
    next round does, without any time passing, and it is written."""
    f = flytting
    own = received(f)
    before, f.m.verk = f.m.verk, with_keys(f.m, f.m.key, f.m.cert, f.m.key)
    # The confirmation is sealed to the new certificate, the package inside to the old.
    f.m.verk = with_keys(f.m, *nye, nye[0])
    known = {f.m.orgnr: Motpartsfiler([nye[1]]), f.a.orgnr: Motpartsfiler([f.a.cert])}
    f.a.verk = replace(f.a.verk, forsegler=open_forsegler(f.a.key, f.a.cert, [f.a.key], known))
    f.accept(own)
    f.rounds(2)
    assert f.states(own) == ("IKKE_FORSTAATT", "IKKE_FORSTAATT")
    f.m.round()
    holder = Aktoer(HOLDER, "stafettholder")
    row = f.m.row(own, Side.MOTTAKER)
    refused(lambda: unread.taken_on_paper(f.m.verk, row, holder), "LEST_IKKE_HER")
    refused(lambda: unread.read_now(f.m.verk, row, holder), "KAN_IKKE_DEKRYPTERES")
    refused(lambda: unread.read_now(f.m.verk, row, Aktoer("en-annen", "")), "IKKE_FULLMAKT")
    was = row.verdi["versjon"]
    f.m.round()
    assert f.m.row(own, Side.MOTTAKER).verdi["versjon"] == was
    f.m.verk = with_keys(f.m, *nye, nye[0], f.m.key)
    f.m.round()
    assert f.m.row(own, Side.MOTTAKER).tilstand.value in ("AKSEPTERT", "FULLFOERT")
    f.until(lambda: f.states(own) == ("FULLFOERT", "FULLFOERT"))
    assert f.m.log(f.logg.id) is not None and before is not f.m.verk


def test_a_person_who_mended_it_reads_it_at_once(flytting, nye):
    """`retry` at the receiver; the command for the other side says which side we are."""
    from gateway.effects.transferring import rader

    f = flytting
    own = received(f)
    f.m.verk = with_keys(f.m, *nye, nye[0])
    known = {f.m.orgnr: Motpartsfiler([nye[1]]), f.a.orgnr: Motpartsfiler([f.a.cert])}
    f.a.verk = replace(f.a.verk, forsegler=open_forsegler(f.a.key, f.a.cert, [f.a.key], known))
    f.accept(own)
    f.rounds(2)
    with pytest.raises(Exception, match="OVERFOERING_ANNEN_SIDE") as told:
        rader.existing(f.m.verk, Side.AVGIVER, own)
    assert told.value.place == f"{own}:mottaker IKKE_FORSTAATT"
    refused(lambda: rader.existing(f.m.verk, Side.AVGIVER, "ukjent"), "UKJENT_OVERFOERING")
    f.m.verk = with_keys(f.m, *nye, nye[0], f.m.key)
    unread.read_now(f.m.verk, f.m.row(own, Side.MOTTAKER), Aktoer(LEDER, "leder"))
    assert f.m.row(own, Side.MOTTAKER).tilstand.value == "AKSEPTERT"
