"""What a counterpart's books say when they do not hang together: what is taken, and who is told
(the protocol's 4.2 to 4.4)."""

import hashlib
import uuid

from gateway.effects.transferring import innboks, kvitteringer, rader
from gateway.effects.transferring.kvitteringer import links
from gateway.overfoering.tilstand import Side
from tests.story.paa_ledningen import offer, say


def row(f, own):
    """The receiver's row."""
    return rader.load(f.m.verk, Side.MOTTAKER, own)


def test_other_bytes_under_an_id_that_is_used_are_not_taken(flytting):
    """The same id again is the same message or no message: an alarm, and the row stays."""
    f = flytting()
    first = str(uuid.uuid4())
    own = say(f, "tilbud", offer(f), meldingId=first)
    f.m.round()
    assert row(f, own).verdi["antall"] == 1
    say(f, "tilbud", offer(f, antallOppmerksomheter=7), own=own, meldingId=first)
    f.m.round()
    found = row(f, own)
    assert (found.verdi["antall"], found.verdi["kode"]) == (1, "SEKVENS_BRUTT")


def test_a_message_that_does_not_follow_is_taken_and_told(flytting):
    """`forrige` is proof and no guard: what it says is done, and a person sees that it does not
    fit; at once, or when the gap closes."""
    f = flytting()
    own = say(f, "tilbud", offer(f))
    f.m.round()
    say(f, "tilbaketrekking", {}, own=own, nr=2, forrige="f" * 64)
    f.m.round()
    found = row(f, own)
    assert (found.tilstand.value, found.verdi["kode"]) == ("TRUKKET", "BEVIS_BRUTT")

    own = say(f, "tilbaketrekking", {}, nr=2, forrige="f" * 64)
    f.m.round()
    assert row(f, own).verdi["kode"] == "TRUKKET"
    say(f, "tilbud", offer(f), own=own)
    f.m.round()
    assert row(f, own).verdi["kode"] == "BEVIS_BRUTT"


def test_messages_that_follow_say_nothing(flytting):
    """The good way, and a gap that closes as it should."""
    f = flytting()
    own = say(f, "tilbud", offer(f))
    f.m.round()
    with f.m.verk.arkiv.database.look() as connection:
        (link,) = links(connection, f.m.verk, row(f, own), "inn")
    say(f, "tilbaketrekking", {}, own=own, nr=2, forrige=link.sha)
    f.m.round()
    assert row(f, own).verdi["kode"] == "TRUKKET"


def test_a_message_that_is_known_is_receipted_as_things_stand(flytting, monkeypatch):
    """Another process takes the package between our look and our step: what we then say of it is
    that everything is here."""
    f = flytting()
    content = b"laast"
    told = {"innholdSha256": hashlib.sha256(content).hexdigest(), "innholdStoerrelse": len(content)}
    own = say(f, "tilbud", offer(f, **told))
    f.m.round()
    before = row(f, own)
    assert before.tilstand.value == "TILBUDT"
    say(f, "pakke", told, own=own, nr=2, laast=content)
    f.m.round()
    assert row(f, own).tilstand.value == "MOTTATT"
    said = []
    monkeypatch.setattr(kvitteringer, "enqueue_receipt", lambda *told: said.append(told[-1]))
    monkeypatch.setattr(innboks.rader, "load", lambda *_: before)
    f.wire.again()
    innboks.receive(f.m.verk, f.m.verk.kanaler["ledning"])
    package = [one for one in said if one.gjelder_type.value == "pakke"]
    assert [(one.resultat.value, one.alt_mottatt) for one in package] == [("kjent", True)]
