"""A known counterpart that means harm, or that is not who it was (R-010, C-4)."""

import json
from dataclasses import replace
from types import SimpleNamespace

import sqlalchemy as sa

from connectors.forsegling.forsegler import open_forsegler
from gateway.cli.opening import warn_of_counterparts
from gateway.effects.transferring import motta, pakking
from gateway.ledger import transfer_tables as x
from gateway.overfoering.grunnlag import Aktoer, Enhet
from gateway.overfoering.tilstand import Side, Tilstand
from gateway.ports.forsegling import Motpartsfiler, Pakkefil
from schemas.overfoering.koder import Avvisningsgrunn
from tests.contract.channels.pki import certificate, key, put
from tests.story.paa_ledningen import a_third, offer, received, refused, say
from tests.story.to_kommuner import ANNEN, HOLDER, LEDER


def test_another_counterpart_cannot_add_an_attempt(flytting, tmp_path):
    """A hand-over's id is known to others later; only its own sender may say more of it."""
    f = flytting()
    own = received(f)
    third = a_third(f, tmp_path)
    other = say(f, "tilbud", offer(f), fra=third)
    say(f, "tilbud", offer(f), own=own, forsoek=7, fra=third)
    done = f.m.round()
    assert f.m.row(other, Side.MOTTAKER).tilstand is Tilstand.TILBUDT
    assert done.avvist == 1
    assert f.m.row(own, Side.MOTTAKER).forsoek == 1


def test_a_package_without_an_offer_ends(flytting):
    """What was never offered does not lie here for ever."""
    f = flytting()
    own = say(f, "pakke", {"innholdSha256": "b" * 64, "innholdStoerrelse": 3}, laast=b"abc")
    f.m.round()
    assert f.m.row(own, Side.MOTTAKER).tilstand is Tilstand.PAKKET
    f.klokke.turn(days=31)
    f.m.round()
    f.m.round()
    row = f.m.row(own, Side.MOTTAKER)
    assert (row.tilstand, row.verdi["nyttelast"]) == (Tilstand.UTLOEPT, "")


def test_no_offer_is_good_for_a_thousand_years(flytting):
    """The other side's deadline is kept when it is one; ours ends what it would not end."""
    f = flytting()
    own = say(f, "tilbud", offer(f, frist="9998-01-01T00:00:00Z"))
    f.m.round()
    f.klokke.turn(days=120)
    f.m.round()
    assert f.m.row(own, Side.MOTTAKER).tilstand is Tilstand.UTLOEPT


def test_an_offer_to_a_unit_nobody_knows_can_be_turned_down(flytting):
    """A wrong unit is no dead end: any leader of ours may say that it is not for us."""

    f = flytting()
    own = received(f, enhet=Enhet("899300300", f.m.ansatte[0].virksomhet_navn))
    row = f.m.row(own, Side.MOTTAKER)
    refused(
        lambda: motta.reject(f.m.verk, row, Avvisningsgrunn.FEIL_MOTTAKER, Aktoer(ANNEN, "leder")),
        "IKKE_FULLMAKT",
    )
    refused(lambda: motta.assign(f.m.verk, row, HOLDER, Aktoer(LEDER, "leder")), "IKKE_FULLMAKT")
    motta.reject(f.m.verk, row, Avvisningsgrunn.FEIL_MOTTAKER, Aktoer(LEDER, "leder"))
    f.rounds(2)
    assert f.states(own) == ("AVVIST", "AVVIST")


def test_a_receipt_cannot_write_in_our_books(flytting):
    """What a counterpart calls a fault is not text of ours: it could be anybody's number."""
    f = flytting()
    own = received(f)
    planted = "01820012345"
    f.wire.hold = {"*"}
    with f.a.database.begin() as connection:
        connection.execute(x.melding.update().values(tilstand="sendt"))
        gjelder = connection.execute(
            sa.select(x.melding.c.melding_id).where(x.melding.c.type == "tilbud")
        ).scalar()
    told = {"gjelder": gjelder, "gjelderType": "tilbud", "resultat": "avvist", "kode": planted,
            "hodeInn": "0" * 64}  # fmt: skip
    say(f, "kvittering", told, own=own, nr=0, fra=f.m, til=f.a)
    f.a.round()
    row = f.a.row(own)
    assert row.verdi["kode"] == "MELDING_AVVIST"
    assert planted not in json.dumps(f.a.timeline(own))


def test_a_field_name_is_never_written_in_a_log(flytting, capsys):
    """The place of a fault is a place of ours; a field somebody made up could be a name."""
    f = flytting()
    say(f, "tilbud", offer(f) | {"Oppdiktet Navnesen": 1})
    assert f.m.round().avvist == 1
    told = capsys.readouterr()
    assert "UGYLDIG_MELDING" in told.err + told.out
    assert "Navnesen" not in told.err + told.out


def test_a_package_of_another_child_is_not_joined_to_a_log_here(flytting):
    """A log that stands here is its child's; one number of a log does not make two children one."""
    from gateway.effects.transferring.importering import same_child

    f = flytting()
    other = flytting("skolefravaer").logg.model_copy(update={"id": f.logg.id})
    assert same_child(f.logg, f.logg)
    assert not same_child(f.logg, other)


def test_a_report_of_another_package_closes_nothing(flytting):
    """The sender's log is not closed by a report of something else."""
    f = flytting()
    own = received(f)
    f.wire.hold = {"fullfoert"}
    f.accept(own)
    f.rounds(3)
    assert f.states(own) == ("AKSEPTERT", "FULLFOERT")
    told = {"akseptId": f.a.row(own).verdi["aksept_id"], "innholdSha256": "c" * 64,
            "importert": f.m.verk.stamp()}  # fmt: skip
    say(f, "fullfoert", told, own=own, nr=9, fra=f.m, til=f.a)
    f.a.round()
    assert f.a.row(own).tilstand is Tilstand.AKSEPTERT
    f.wire.let_go()
    f.until(lambda: f.states(own) == ("FULLFOERT", "FULLFOERT"))


def test_more_files_than_a_package_can_hold_are_told_before_anything_leaves(flytting):
    """What the receiver could not open after the switch is refused before it."""
    f = flytting()
    files = [Pakkefil(f"fil-{n}.txt", "text/plain", b"x") for n in range(600)]
    refused(lambda: f.a.verk.forsegler.pakk(files, f.m.orgnr), "FOR_MANGE_FILER")


def test_content_that_leaves_no_room_for_the_envelope_round_it_is_told_before_anything_leaves(
    flytting, monkeypatch
):
    """It fits by itself, and what goes on the line would not: nothing is sent of it, and nothing
    is switched."""
    f = flytting()
    own = f.start(f.logg)
    monkeypatch.setattr(pakking, "LAAST", 1000)
    refused(lambda: f.send(own), "FOR_STOR_KONVOLUTT")
    assert f.a.row(own).tilstand is not Tilstand.SENDT and f.wire.carried == []


def test_a_counterpart_that_cannot_be_encrypted_to_is_told_before_anything_is_made(
    flytting, tmp_path, capsys
):
    """Its only certificate may sign and nothing else: a code of its own when the works are opened
    and when a hand-over is started, and nothing is on the wire. Whom it is about is not said."""
    f = flytting()
    only = put(tmp_path, "only", certificate(key("only"), f.m.orgnr, ("digital_signature",)))
    known = {f.m.orgnr: Motpartsfiler([only]), f.a.orgnr: Motpartsfiler([f.a.cert])}
    sealer = open_forsegler(f.a.key, f.a.cert, [f.a.key], known)
    f.a.verk = replace(f.a.verk, forsegler=sealer)
    refused(lambda: f.start(f.logg), "MOTPART_UTEN_KRYPTERING")
    opened = SimpleNamespace(settings=SimpleNamespace(gateway=SimpleNamespace(language="en")))
    warn_of_counterparts(opened, f.a.verk)
    said = capsys.readouterr().err
    assert said.startswith("MOTPART_UTEN_KRYPTERING (motpart 1): ") and f.m.orgnr not in said
    assert f.wire.carried == []


def test_of_counterparts_that_can_be_encrypted_to_nothing_is_said(flytting, capsys):
    """And one that is reached on paper needs no certificate."""
    f = flytting()
    opened = SimpleNamespace(settings=SimpleNamespace(gateway=SimpleNamespace(language="en")))
    warn_of_counterparts(opened, f.a.verk)
    paper = f.a.verk.motparter[f.m.orgnr].model_copy(update={"kanal": "manuell"})
    only_us = open_forsegler(f.a.key, f.a.cert, [], {f.a.orgnr: Motpartsfiler([f.a.cert])})
    warn_of_counterparts(opened, replace(f.a.verk, forsegler=only_us, motparter={f.m.orgnr: paper}))
    assert capsys.readouterr().err == ""
