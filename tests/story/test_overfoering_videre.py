"""Moving on, joining, and what nobody may find: the longer stories of a hand-over.

A child moves on before the first move is forgotten, a number changes, a protected family's
counterpart is nowhere to be found. Rules are cited where they bite.
"""

import json
import re
from dataclasses import replace

from gateway.effects.transferring import avgi, motta
from gateway.overfoering.grunnlag import Aktoer, Enhet
from gateway.overfoering.tilstand import Side, Tilstand
from schemas.overfoering.koder import Innlogging
from tests.story.conftest import CONEXUS
from tests.story.paa_ledningen import finished, received
from tests.story.test_familien_flytter import case
from tests.story.to_kommuner import (
    HOLDER,
    LEDER,
    MOTTAKER,
    Kilde,
    Kommunehus,
    unit_of,
)

TREDJE = "899300300"


def test_the_child_moves_on(flytting, tmp_path):
    """A-B-C: the log keeps its id and its chain of holders without a gap (R-002, R-010)."""
    f = flytting()
    c = Kommunehus(
        tmp_path / "c", TREDJE, "9903", Kilde(CONEXUS, tmp_path / "kilde-c", TREDJE), f.klokke
    )
    try:
        own = received(f)
        f.accept(own)
        finished(f, own)
        (there,) = f.m.look_over()
        f.m.meet(f.a, c, wire=f.wire)
        c.meet(f.m, wire=f.wire)
        f.m.build()
        c.build()
        valgt = f.grunnlag(
            there,
            mottaker=TREDJE,
            enhet=Enhet(unit_of(TREDJE), "Tredje skole"),
            samtykke=next(s.id for s in there.samtykker if s.status == "GYLDIG"),
        )
        rad = avgi.start(f.m.verk, there.id, valgt, Aktoer(LEDER, "leder"))
        f.m.archive()
        avgi.send(f.m.verk, rad, Aktoer(LEDER, "leder"))
        for _ in range(3):
            f.m.round()
            c.round()
            f.klokke.turn(minutes=5)
        motta.accept(
            c.verk, c.row(rad.id, Side.MOTTAKER), HOLDER, Innlogging.HOEY, uten_register=True
        )
        for _ in range(8):
            f.m.round()
            c.round()
            f.klokke.turn(minutes=5)
        assert f.m.row(rad.id).tilstand is Tilstand.FULLFOERT
        last = c.log(f.logg.id)
        states = [house.log(f.logg.id).status.value for house in (f.a, f.m, c)]
        assert states == ["PASSIV", "PASSIV", "AKTIV"]
        holders = [
            d for d in last.deltakelser if d.rolle == "stafettholder" and d.status != "avsluttet"
        ]
        assert [h.id for h in holders] == [last.stafettholder]
    finally:
        c.close()


def test_the_log_is_closed_at_the_sender_meanwhile(flytting):
    """F: passive in one vendor: it is not handed over, and what was on its way stops."""
    f = flytting()
    own = received(f)
    (document,) = f.a.system.app.documents()
    document["status"] = "PASSIV"
    connector = f.a.arkiv.source
    files = {one["filId"]: connector.file(document["loggId"], one["filId"])
             for one in document["filer"]}  # fmt: skip
    f.a.system.app.load(document, files)
    f.rounds(3)
    assert f.states(own) == ("TRUKKET", "TRUKKET")


# -- what nobody may find ----
def everything(house):
    """Every byte this house keeps outside the keys: ledger, payloads, inboxes."""
    house.database.close()
    for path in sorted((house.folder / "data").rglob("*")) + sorted(
        (house.folder / "intern").rglob("*")
    ):
        if path.is_file():
            yield path.name, path.read_bytes()


def in_a_hash(body, at):
    """Whether this place is within the digits of a hash, where four in a row stand by chance."""
    around = body[max(0, at - 64) : at + 64]
    spans = (run.span() for run in re.finditer(rb"[0-9a-f]{32,}", around))
    return any(start <= min(at, 64) < end for start, end in spans)


def test_the_counterpart_of_a_protected_family_is_nowhere(flytting, capsys):
    """C-4: its number and name are in no row, file, log line or list outside the sealed part."""
    f = flytting()
    name = "Kommune 9902"
    secret = [MOTTAKER, name, "9902", unit_of(MOTTAKER)]
    own = received(f)
    f.a.register.held.add(f.logg.hovedperson.person)
    f.rounds(4)
    assert f.states(own)[0] == "SPERRET"
    told = json.dumps(f.a.timeline(own)) + capsys.readouterr().out
    from gateway.effects.transferring import oversikt

    told += json.dumps([oversikt.summary(r) for r in oversikt.rows(f.a.verk, alle=True)])
    assert [one for one in secret if one in told] == []
    found = [
        (where, one)
        for where, body in everything(f.a)
        for one in secret
        for hit in re.finditer(rb"(?<!\d)" + re.escape(one.encode()) + rb"(?!\d)", body)
        if not in_a_hash(body, hit.start())
    ]
    assert found == []
    assert any(f.logg.id.encode() in body for _, body in everything(f.a))


def test_nothing_of_a_child_is_found_outside_the_store(flytting, capsys):
    """No number, name or sentence in any file of either side, in what is said, or on the wire."""
    f = flytting()
    own = received(f)
    f.accept(own)
    finished(f, own)
    secret = [one.tekst for one in f.logg.oppmerksomheter if one.tekst]
    secret += [p.navn for p in f.logg.personer if p.navn]
    secret += [i.verdi for p in f.logg.personer for i in p.identifikatorer]
    bodies = [*everything(f.a), *everything(f.m)]
    bodies += [("wire", one.pakke) for one in f.wire.carried]
    bodies.append(("said", capsys.readouterr().out.encode()))
    bodies.append(("told", json.dumps(f.a.timeline(own) + f.m.timeline(own)).encode()))
    assert len(secret) > 5
    assert [(where, i) for where, body in bodies for i, one in enumerate(secret)
            if one.encode() in body] == []  # fmt: skip


def test_a_planted_leak_is_found(flytting):
    """The search sees what stands in the open: a row with the counterpart's number in clear."""
    from gateway.ledger import transfer_tables as x

    f = flytting()
    received(f)
    with f.a.database.begin() as connection:
        connection.execute(x.overfoering.update().values(kode=MOTTAKER))
    assert any(MOTTAKER.encode() in body for _, body in everything(f.a))


def test_an_error_shows_nobody(flytting):
    """Rows, wishes and values hide whom they are about in their own repr."""
    f = flytting()
    own = received(f)
    row = f.a.row(own)
    shown = repr(row) + repr(row.lukket) + repr(row.grunnlag()) + repr(f.a.verk)
    shown += repr(replace(f.a.ansatte[0])) + repr(f.leder)
    for secret in (MOTTAKER, "Oppdiktet", f.a.ansatte[0].numre[0]):
        assert secret not in shown


def test_a_package_never_changes_a_log_that_is_active_here(flytting):
    """A counterpart, honest or not, cannot write in another's log by naming its id."""
    f = flytting(til=CONEXUS)
    own = received(f)
    document, files = case(CONEXUS, "leksene")
    document = {**document, "eksternNokkel": f.logg.id}
    f.m.system.load([(document, files)])
    before = f.m.system.bodies()
    f.accept(own)
    f.rounds(4)
    row = f.m.row(own, Side.MOTTAKER)
    assert (row.tilstand, row.verdi["kode"]) == (Tilstand.AKSEPTERT, "LOGG_FINNES")
    assert f.m.system.bodies() == before
    assert f.a.log(f.logg.id).status.value == "AKTIV"


def test_a_confirmation_said_twice_leaves_no_gap(flytting):
    """Both are said to the end, also when the log is handed over before the first is receipted."""
    from gateway.effects.transferring import oversikt
    from gateway.overfoering.bevis import compare

    f = flytting()
    own = received(f)
    f.wire.hold = {"akseptbekreftelse"}
    f.accept(own)
    f.rounds(2)
    f.klokke.turn(hours=5)  # the promise is said again, and answered again
    f.rounds(3)
    kept = list(f.wire.kept)
    assert len({one.melding_id for one in kept}) == 2
    f.wire.hold, f.wire.kept = set(), []
    f.wire.deliver(kept[-1])
    f.until(lambda: f.states(own) == ("FULLFOERT", "FULLFOERT"))
    f.klokke.turn(days=1)
    f.rounds(3)
    ours = oversikt.proof(f.a.verk, f.a.row(own))
    theirs = oversikt.proof(f.m.verk, f.m.row(own, Side.MOTTAKER))
    assert compare(ours, theirs).kode == ""
