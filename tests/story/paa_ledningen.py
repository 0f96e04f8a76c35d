"""What stories of a hand-over say and ask again and again, over a wire in the test's own hand.

The move itself is the fixture `flytting` of this folder.
"""

import json
import uuid
from dataclasses import replace
from types import SimpleNamespace

import pytest

from connectors.forsegling.forsegler import open_forsegler
from connectors.forsegling.oevingsnoekler import make as make_keys
from gateway.effects.transferring import rader
from gateway.effects.transferring.post import INNHOLD, MELDING
from gateway.errors import Rejected
from gateway.ledger import transfer_tables as x
from gateway.overfoering.tilstand import AVBRUTT, Side
from gateway.ports.forsegling import Pakkefil
from gateway.ports.kanal import Forsendelse, Motpart
from tests.story.to_kommuner import unit_of

LATER = "2031-01-01T00:00:00+00:00"


def received(f, **changes):
    """A hand-over that has come to the receiver."""
    own = f.start(f.logg, **changes)
    f.send(own)
    f.rounds(2)
    assert f.states(own)[1] in ("MOTTATT", "TILDELT")
    return own


def refused(work, code):
    """The wish is refused with this code."""
    with pytest.raises(Rejected) as told:
        work()
    assert told.value.code == code


def destroyed(f, own):
    """Neither side has the key or the package any more, in rows or in the store."""
    for house, side in ((f.a, Side.AVGIVER), (f.m, Side.MOTTAKER)):
        row = rader.load(house.verk, side, own)
        if row is None:
            continue
        assert row.tilstand in AVBRUTT
        assert (row.verdi["noekkel"], row.verdi["nyttelast"]) == ("", "")
        with house.database.look() as connection:
            kept = connection.execute(
                x.melding.select().where(x.melding.c.type == "pakke", x.melding.c.pakke != "")
            ).all()
        assert kept == []
    assert f.m.log(f.logg.id) is None
    assert f.a.log(f.logg.id).status.value == "AKTIV"


def finished(f, own):
    """Both sides have ended well, once each."""
    f.until(lambda: f.states(own) == ("FULLFOERT", "FULLFOERT"))
    f.rounds(1)
    assert f.m.log(f.logg.id).status.value == "AKTIV"
    assert f.a.log(f.logg.id).status.value == "PASSIV"


def say(
    f, kind, content, *, own="", nr=1, forsoek=1, sett=0, fra=None, til=None, laast=None, **hode
):
    """A message as a counterpart could write it, sealed by it, in our box."""
    fra, til = fra or f.a, til or f.m
    own = own or str(uuid.uuid4())
    side = "avgiver" if kind in ("tilbud", "pakke", "akseptbekreftelse", "tilbaketrekking") else ""
    told = {
        "hode": {
            "protokoll": "stafettlogg-overfoering", "versjon": "1.0",
            "meldingId": str(uuid.uuid4()), "overfoeringId": own, "forsoek": forsoek,
            "type": kind, "side": side or "mottaker", "fra": fra.orgnr, "til": til.orgnr,
            "sendt": fra.verk.stamp(), "nr": nr, "forrige": "0" * 64, "sett": sett,
        } | hode,
        "innhold": content,
    }  # fmt: skip
    files = [Pakkefil(MELDING, "application/json", json.dumps(told).encode())]
    if laast is not None:
        files.append(Pakkefil(INNHOLD, "application/octet-stream", laast))
    sealed = fra.verk.forsegler.pakk(files, til.orgnr)
    f.wire.deliver(Forsendelse(str(uuid.uuid4()), own, kind, Motpart(til.orgnr), sealed))
    return own


def offer(f, **changes):
    """What an offer says."""
    told = {
        "maaltype": "annenKommune", "begrunnelse": "flytting", "virksomhet": unit_of(f.m.orgnr),
        "rettet": "leder", "antallOppmerksomheter": 1, "frist": LATER,
        "grunnlag": {"arkivert": True}, "innholdSha256": "a" * 64, "innholdStoerrelse": 10,
    }  # fmt: skip
    return told | changes


def edit(f):
    """Somebody writes in the log at the sender."""
    (document,) = f.a.system.app.documents()
    document["oppmerksomheter"][0]["tekst"] += " Nytt siden sist."
    connector = f.a.arkiv.source
    files = {one["filId"]: connector.file(document["loggId"], one["filId"])
             for one in document["filer"]}  # fmt: skip
    f.a.system.app.load(document, files)


def a_third(f, folder):
    """A third municipality that the receiver knows."""
    orgnr = "899300301"
    key, cert = make_keys(folder / "tredje", orgnr)
    theirs = open_forsegler(key, cert, [key], {f.m.orgnr: ([f.m.cert], [])})
    known = {f.a.orgnr: ([f.a.cert], []), f.m.orgnr: ([f.m.cert], []), orgnr: ([cert], [])}
    motpart = f.m.verk.motparter[f.a.orgnr].model_copy(update={"orgnr": orgnr})
    f.m.verk = replace(
        f.m.verk,
        forsegler=open_forsegler(f.m.key, f.m.cert, [f.m.key], known),
        motparter={**f.m.verk.motparter, orgnr: motpart},
    )
    f.wire.boxes.setdefault(orgnr, {})
    verk = SimpleNamespace(forsegler=theirs, stamp=f.m.verk.stamp)
    return SimpleNamespace(orgnr=orgnr, verk=verk)
