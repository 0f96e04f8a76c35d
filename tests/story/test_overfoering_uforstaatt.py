"""A package that opens and cannot be understood: who is responsible, what is kept, and what people
do (R-010, R-134; the protocol's 4.5 and 6.5).

The sender is another implementation, or a newer one: its own files, sealed with its own keys.
"""

import json

import pytest

from gateway.effects.transferring import innboks, oversikt, pakking, unread
from gateway.errors import Rejected
from gateway.overfoering.grunnlag import Aktoer
from gateway.overfoering.tilstand import Side
from gateway.ports.forsegling import Pakkefil
from gateway.snapshot.sjekksum import sha
from schemas.stafettlogg.kodeverk import Loggstatus
from tests.story.paa_ledningen import received, refused
from tests.story.to_kommuner import HOLDER

PROTECTED = Aktoer("en-annen", "stafettholder")


def another(f, monkeypatch, change):
    """The sender's packages are `change`d before they are sealed: (index, log) as JSON."""
    sealer = f.a.verk.forsegler
    real = type(sealer).pakk

    def pakk(self, filer, mottaker):
        named = {one.navn: one for one in filer}
        if self is not sealer or pakking.MANIFEST not in named:
            return real(self, filer, mottaker)
        index = json.loads(named[pakking.MANIFEST].data)
        logg = json.loads(named[pakking.LOGG].data)
        change(index, logg)
        body = json.dumps(logg).encode()
        for one in index["filer"]:
            if one["filnavn"] == pakking.LOGG:
                one |= {"sha256": sha(body), "stoerrelse": len(body)}
        told = {pakking.LOGG: body, pakking.MANIFEST: json.dumps(index).encode()}
        made = [Pakkefil(x.navn, x.media_type, told.get(x.navn, x.data)) for x in filer]
        return real(self, made, mottaker)

    monkeypatch.setattr(type(sealer), "pakk", pakk)


def newer(index, logg):
    """A newer minor says something more, at every depth."""
    index["versjon"] = "1.9"
    index["nytt"] = {"noe": 1}
    index["filer"][0]["nytt"] = "x"
    logg["nytt"] = "ny setning"
    logg["oppmerksomheter"][0]["nytt"] = ["ny setning"]
    logg["personer"][0]["nytt"] = None


def unknown(index, logg):
    """Our own version, with a member it has not."""
    logg["oppmerksomheter"][0]["nytt"] = "ny setning"


def unsaid(index, logg):
    """A newer minor whose log does not follow even what we know."""
    index["versjon"] = "1.9"
    logg["status"] = "ET_NYTT_ORD"


def next_major(index, logg):
    """Another major."""
    index["versjon"] = "2.0"


def sent(f, monkeypatch, change):
    """A hand-over with such a package, accepted and confirmed."""
    another(f, monkeypatch, change)
    own = received(f)
    f.accept(own)
    f.rounds(3)
    return own


def test_what_a_newer_minor_says_more_is_passed_over_and_told(flytting, monkeypatch):
    """4.5 inside the package too: the log is written, both sides end, what was passed over is
    counted for the sender, and the receiver's leader is told to look in the PDF, which is kept."""
    f = flytting()
    own = sent(f, monkeypatch, newer)
    assert f.states(own) == ("FULLFOERT", "FULLFOERT")
    row = f.m.row(own, Side.MOTTAKER)
    assert row.verdi["kode"] == "NYERE_INNHOLD" and row.verdi["nyttelast"]
    assert f.m.log(f.logg.id).status is Loggstatus.AKTIV
    told = json.loads(f.a.row(own).lukket.rapport)
    assert told["mangler"] >= 3
    names = [x.navn for x in unread.beside(f.m.verk, row, Aktoer(HOLDER, "stafettholder")).files]
    assert "stafettlogg.pdf" in names and pakking.LOGG not in names
    f.klokke.turn(days=31)
    f.rounds(2)
    assert not f.m.row(own, Side.MOTTAKER).verdi["nyttelast"]
    refused(
        lambda: unread.beside(f.m.verk, f.m.row(own, Side.MOTTAKER), Aktoer(HOLDER, "")),
        "INGEN_VENTER",
    )


@pytest.mark.parametrize(
    ("change", "grunn"),
    [(unknown, "ugyldig"), (unsaid, "ugyldig"), (next_major, "ukjentVersjon")],
    ids=["an unknown member", "an unknown word", "another major"],
)
def test_what_cannot_be_read_leaves_everything_as_it_was(flytting, monkeypatch, change, grunn):
    """The receiver is responsible and says that it cannot read it; the sender's log is open, its
    key is kept, and both sides show who is responsible. A person takes the PDF, and it is over."""
    f = flytting()
    own = sent(f, monkeypatch, change)
    assert f.states(own) == ("IKKE_FORSTAATT", "IKKE_FORSTAATT")
    ours, theirs = f.a.row(own), f.m.row(own, Side.MOTTAKER)
    assert (oversikt.holder(ours), oversikt.holder(theirs)) == ("den andre", "oss")
    assert ours.verdi["kode"] == theirs.verdi["kode"] == "PAKKE_IKKE_FORSTAATT"
    assert theirs.lukket.uforstaatt == grunn
    assert ours.verdi["noekkel"] and theirs.verdi["noekkel"] and theirs.verdi["nyttelast"]
    assert f.a.log(f.logg.id).status is Loggstatus.AKTIV and f.m.log(f.logg.id) is None
    for _ in range(3):
        f.klokke.turn(days=8)
        f.rounds(2)
    assert f.states(own) == ("IKKE_FORSTAATT", "IKKE_FORSTAATT")
    assert f.a.row(own).verdi["noekkel"]
    refused(lambda: unread.beside(f.m.verk, theirs, PROTECTED), "IKKE_FULLMAKT")
    refused(lambda: unread.taken_on_paper(f.m.verk, theirs, PROTECTED), "IKKE_FULLMAKT")
    holder = Aktoer(HOLDER, "stafettholder")
    # Nobody here has had it out, so nobody has read it.
    refused(lambda: unread.taken_on_paper(f.m.verk, theirs, holder), "LEST_IKKE_HER")
    beside = unread.beside(f.m.verk, f.m.row(own, Side.MOTTAKER), holder)
    files = {x.navn: x.data for x in beside.files}
    assert files["stafettlogg.pdf"].startswith(b"%PDF")
    refused(lambda: unread.taken_on_paper(f.m.verk, theirs, holder), "LEST_IKKE_HER")
    unread.given_out(f.m.verk, f.m.row(own, Side.MOTTAKER), beside)
    unread.taken_on_paper(f.m.verk, f.m.row(own, Side.MOTTAKER), holder)
    f.until(lambda: f.states(own) == ("FULLFOERT", "FULLFOERT"))
    f.rounds(2)
    assert json.loads(f.a.row(own).lukket.rapport)["utfall"] == "papir"
    assert oversikt.proof(f.m.verk, f.m.row(own, Side.MOTTAKER)).lest_fra == "pakken"
    assert f.a.log(f.logg.id).status is Loggstatus.PASSIV
    assert f.m.row(own, Side.MOTTAKER).verdi["varsle"] == "leder"


def test_a_renewed_gateway_reads_what_the_old_one_could_not(flytting, monkeypatch):
    """The package is read again: an hour after the gateway was renewed the log stands there."""
    f = flytting()
    own = sent(f, monkeypatch, next_major)
    assert f.states(own) == ("IKKE_FORSTAATT", "IKKE_FORSTAATT")
    monkeypatch.setattr(pakking, "VERSJON", "2.0")
    f.klokke.turn(seconds=unread.LOOK_EVERY)
    f.until(lambda: f.states(own) == ("FULLFOERT", "FULLFOERT"))
    assert f.m.log(f.logg.id).status is Loggstatus.AKTIV
    assert f.m.row(own, Side.MOTTAKER).verdi["kode"] == ""


def test_what_does_not_even_open_is_the_senders_to_give_in_another_way(flytting, monkeypatch):
    """The lock opens and nothing sensible is in it: there is no PDF either; the sender has the log,
    and when a person has got it on paper, it is completed."""
    f = flytting()
    lock = type(f.a.verk.forsegler).laas
    monkeypatch.setattr(
        type(f.a.verk.forsegler), "laas", lambda self, data, merke: lock(self, data[::-1], merke)
    )
    monkeypatch.setattr(
        type(f.a.verk.forsegler), "laas_opp",
        (lambda real: lambda self, *a: real(self, *a)[::-1] if self is f.a.verk.forsegler
         else real(self, *a))(type(f.a.verk.forsegler).laas_opp),
    )  # fmt: skip
    own = received(f)
    f.accept(own)
    f.rounds(3)
    assert f.states(own) == ("IKKE_FORSTAATT", "IKKE_FORSTAATT")
    row, holder = f.m.row(own, Side.MOTTAKER), Aktoer(HOLDER, "stafettholder")
    assert row.lukket.uforstaatt == "aapnesIkke"
    with pytest.raises(Rejected) as told:
        unread.beside(f.m.verk, row, holder)
    assert unread.unreadable(told.value)
    refused(lambda: unread.taken_on_paper(f.m.verk, row, holder), "LEST_IKKE_HER")
    unread.taken_on_paper(f.m.verk, row, holder, fra_avgiver=True)
    f.until(lambda: f.states(own) == ("FULLFOERT", "FULLFOERT"))
    proof = oversikt.proof(f.m.verk, f.m.row(own, Side.MOTTAKER))
    assert proof.lest_fra == "avgiver"
    assert json.loads(oversikt.to_json(proof))["lestFra"] == "avgiver"
    steps = [one for one in f.m.timeline(own) if one.get("utfall") == "papir"]
    assert [one["kilde"] for one in steps] == ["avgiver"]


def test_a_row_from_before_it_was_asked_is_found_by_the_next_round(flytting, monkeypatch):
    """AKSEPTERT with PAKKE_UGYLDIG, as older versions left it: the sender hears of it now."""
    f = flytting()
    another(f, monkeypatch, unknown)
    own = received(f)
    f.accept(own)
    with monkeypatch.context() as before:
        before.setattr(innboks, "unpack", lambda *_: None)
        f.until(lambda: f.states(own) == ("IKKE_FORSTAATT", "IKKE_FORSTAATT"))
    steps = [(one["fra"], one["til"]) for one in f.m.timeline(own) if "til" in one]
    assert ("AKSEPT_AVVENTES", "AKSEPTERT") in steps
    assert ("AKSEPTERT", "IKKE_FORSTAATT") in steps
