"""Traps of a hand-over: what changes under way, books set back, moving on and back (rules.md F)."""

import json
from dataclasses import replace

from gateway.effects.transferring import avgi, motta, runde
from gateway.ledger import transfer_tables as x
from gateway.ledger.access import Shown
from gateway.overfoering.grunnlag import Aktoer, Enhet
from gateway.overfoering.tilstand import Side, Tilstand
from schemas.overfoering.koder import Innlogging, Maaltype
from tests.people import seen
from tests.story.conftest import CONEXUS
from tests.story.paa_ledningen import destroyed, edit, finished, received, refused
from tests.story.to_kommuner import HOLDER, LEDER, unit_of


def test_somebody_writes_in_a_log_that_is_on_its_way(flytting):
    """Nobody takes over an older log than there is: the next attempt carries what is new."""
    f = flytting()
    own = received(f)
    edit(f)
    f.rounds(1)
    assert f.a.row(own).verdi["kode"] == "INNHOLD_ENDRET"
    f.accept(own)
    f.rounds(4)
    assert f.states(own) == ("FEILET", "TRUKKET")
    destroyed(f, own)
    avgi.again(f.a.verk, f.a.row(own), f.leder)
    refused(lambda: f.send(own), "UTTAK_IKKE_ARKIVERT")
    f.a.archive()
    f.send(own)
    f.rounds(2)
    f.accept(own)
    finished(f, own)
    assert "Nytt siden sist." in str(f.m.system.bodies())


def test_a_package_that_is_spoilt(flytting):
    """E-2: integrity before MOTTATT; a damaged package is no package, and it comes again."""
    f = flytting()
    f.wire.hold = {"pakke"}
    own = f.start(f.logg)
    f.send(own)
    f.a.round()
    (kept,) = f.wire.kept
    spoilt = bytearray(kept.pakke)
    spoilt[len(spoilt) // 2] ^= 1
    f.wire.kept = [replace(kept, pakke=bytes(spoilt))]
    f.wire.let_go()
    f.m.round()
    assert f.states(own)[1] == "TILBUDT"
    f.until(lambda: f.states(own) == ("MOTTATT", "MOTTATT"))


def test_measures_that_did_not_work_go_along(flytting):
    """R-093, R-072: every measure of a chosen concern, equal ones and failed ones too."""
    for name in ("like-tiltak", "feilregistrert"):
        f = flytting(name)
        own = received(f)
        f.accept(own)
        finished(f, own)
        from gateway.effects.transferring.importrapport import counts

        assert counts(f.m.log(f.logg.id))["tiltak"] == counts(f.logg)["tiltak"]


def test_only_what_was_chosen_arrives(flytting):
    """R-132: one concern of several; the others are not at the receiver in any form."""
    f = flytting("leser-en-oppmerksomhet")
    assert len(f.logg.oppmerksomheter) > 1
    chosen, left = f.logg.oppmerksomheter[0], f.logg.oppmerksomheter[1:]
    own = received(f, utvalg=(chosen.id,))
    f.accept(own)
    finished(f, own)
    there = str(f.m.system.bodies().values())
    assert chosen.tekst[:20] in there
    for one in left:
        assert one.tekst[:20] not in there


def test_a_backup_of_the_sender_comes_alive(flytting, tmp_path):
    """An old ledger meets a receiver that remembers more; it stops and says so."""
    import shutil

    f = flytting()
    own = received(f)
    data = f.a.folder / "data"
    f.a.database.close()
    shutil.copytree(data, tmp_path / "kopi")
    f.accept(own)
    finished(f, own)
    f.a.database.close()
    shutil.rmtree(data)
    shutil.copytree(tmp_path / "kopi", data)
    assert f.a.row(own).tilstand is Tilstand.MOTTATT
    f.wire.again()
    row = f.m.row(own, Side.MOTTAKER)
    assert row.tilstand is Tilstand.FULLFOERT
    f.a.round()
    assert f.a.row(own).verdi["kode"] == "TILBAKEFOERT"
    f.klokke.turn(days=30)
    f.rounds(2)
    assert f.a.row(own).verdi["kode"] in runde.FROZEN
    assert f.m.row(own, Side.MOTTAKER).tilstand is Tilstand.FULLFOERT
    assert f.m.log(f.logg.id).status.value == "AKTIV"


def test_an_old_row_under_new_code(flytting):
    """fields of another version of us are passed over, and the row goes on."""

    f = flytting()
    own = received(f)
    row = f.m.row(own, Side.MOTTAKER)
    told = {name: getattr(row.lukket, name) for name in row.lukket.__dataclass_fields__}
    del told["grunn"]
    told["noe_nytt"] = "fra en senere utgave"
    sealed = f.m.arkiv.ring.seal(
        json.dumps(told).encode(), f"overfoering:{own}:{row.forsoek}:{row.side.value}"
    )
    with f.m.database.begin() as connection:
        connection.execute(x.overfoering.update().values(lukket=sealed))
    f.accept(own)
    finished(f, own)


def test_the_family_moves_back(flytting):
    """A-B-A: the log that was left is taken up again; nothing of it is lost."""
    f = flytting("leser-en-oppmerksomhet", til=CONEXUS)
    first = f.logg.oppmerksomheter[0].id
    own = received(f, utvalg=(first,))
    f.accept(own)
    finished(f, own)
    (there,) = f.m.look_over()
    m, a = f.m, f.a
    m.ansatte = [replace(o, virksomhet=unit_of(m.orgnr)) for o in m.ansatte]
    valgt = f.grunnlag(
        there,
        mottaker=a.orgnr,
        enhet=Enhet(a.ansatte[0].virksomhet, a.ansatte[0].virksomhet_navn),
        utvalg=tuple(c.id for c in there.oppmerksomheter),
        samtykke=next(s.id for s in there.samtykker if s.status == "GYLDIG"),
    )
    rad = avgi.start(m.verk, there.id, valgt, Aktoer(LEDER, "leder"))
    m.archive()
    avgi.send(m.verk, rad, Aktoer(LEDER, "leder"))
    f.rounds(2)
    row = a.row(rad.id, Side.MOTTAKER)
    motta.accept(a.verk, row, HOLDER, Innlogging.HOEY, uten_register=True)
    f.until(lambda: m.row(rad.id).tilstand is Tilstand.FULLFOERT)
    f.rounds(2)
    home = a.log(f.logg.id)
    assert home.status.value == "AKTIV"
    assert [c.id for c in home.oppmerksomheter] == [c.id for c in f.logg.oppmerksomheter]
    assert m.log(f.logg.id).status.value == "PASSIV"


def test_within_one_municipality(flytting):
    """R-119, R-130: another unit of ours; the log stands where it stood, with a new holder."""

    f = flytting()
    unit = "899100999"
    taker = replace(f.a.ansatte[1], ref="ny-holder", virksomhet=unit, virksomhet_navn="Ny enhet")
    f.a.ansatte = [*f.a.ansatte, taker]
    for kind, told in (
        (Maaltype.ANNEN_VIRKSOMHET_SAMME_KOMMUNE, {}),
        (Maaltype.SAMME_VIRKSOMHET, {"informert": "2026-11-20T12:00:00+00:00"}),
    ):
        if kind is Maaltype.SAMME_VIRKSOMHET:
            f.a.ansatte = [
                replace(o, virksomhet=unit) if o.ref == LEDER else o for o in f.a.ansatte
            ]
            taker = replace(taker, ref="enda-en", navn="Enda En Oppdiktet")
            f.a.ansatte = [*f.a.ansatte, taker]
        own = f.start(
            f.a.logs()[0],
            maaltype=kind,
            mottaker=f.a.orgnr,
            enhet=Enhet(unit, "Ny enhet"),
            person=taker.ref,
            **told,
        )
        f.send(own)
        for _ in range(4):
            f.a.round()
            f.klokke.turn(minutes=5)
        row = f.a.row(own, Side.MOTTAKER)
        assert row.tilstand is Tilstand.MOTTATT
        motta.accept(f.a.verk, row, taker.ref, Innlogging.HOEY, uten_register=True)
        for _ in range(6):
            f.a.round()
            f.klokke.turn(minutes=5)
        assert f.a.row(own).tilstand is Tilstand.FULLFOERT
        logg = f.a.log(f.logg.id)
        assert logg.status.value == "AKTIV"
        holder = next(d for d in logg.deltakelser if d.id == logg.stafettholder)
        assert next(p for p in logg.personer if p.id == holder.person).navn == taker.navn


def test_a_row_survives_another_process(flytting):
    """Design 7: days pass as rows, not as processes; whoever comes next goes on."""
    f = flytting()
    own = received(f)
    f.m.database.close()
    f.accept(own)
    f.a.database.close()
    finished(f, own)
    assert runde.run(f.a.verk).feil == 0


def test_a_pregnant_womans_log_goes_on_paper(flytting):
    """B-17: unless the municipality has said otherwise; and the manual channel is a whole way."""
    f = flytting("gravid")
    refused(lambda: f.start(f.logg), "GRAVID_PAA_PAPIR")
    f.a.rules(gravid_digitalt=True)
    assert f.start(f.logg)


def test_the_manual_channel(flytting, tmp_path):
    """R-133, R-134, B-25: papers and a signed receipt; until it is here we are responsible."""
    from gateway.effects.transferring import manuelt

    f = flytting()
    rad = avgi.start(f.a.verk, f.logg.id, f.grunnlag(f.logg), manual_leader(f), kanal="manuell")
    f.a.archive()
    assert avgi.send(f.a.verk, rad, manual_leader(f)).tilstand is Tilstand.SENDT
    assert f.wire.carried == []
    papers = manuelt.lay_out(
        f.a.verk, f.a.row(rad.id), tmp_path / "papirer", seen(f.a, Shown.PAPIRER, rad.id)
    )
    assert {p.name for p in papers} >= {"stafettlogg.pdf", "mottakskvittering.txt"}
    assert rad.id in (tmp_path / "papirer" / "mottakskvittering.txt").read_text()
    f.klokke.turn(days=20)
    f.a.round()
    assert f.a.row(rad.id).tilstand is Tilstand.SENDT
    for signed, where in (("", "2026/1"), ("2026-11-20T12:00:00+00:00", "")):
        refused(
            lambda s=signed, w=where: manuelt.received(
                f.a.verk, f.a.row(rad.id), manual_leader(f), signert=s, arkivnummer=w
            ),
            "MOTTAKSKVITTERING_MANGLER",
        )
    manuelt.received(
        f.a.verk, f.a.row(rad.id), manual_leader(f),
        signert="2026-11-20T12:00:00+00:00", arkivnummer="2026/417-3",
    )  # fmt: skip
    f.a.round()
    assert f.a.row(rad.id).tilstand is Tilstand.FULLFOERT
    assert f.a.log(f.logg.id).status.value == "PASSIV"


def manual_leader(f):
    """The leader of the unit that has the log."""
    unit = next(v for v in f.logg.virksomheter if v.id == f.logg.ansvarlig_virksomhet)
    f.a.ansatte = [replace(one, virksomhet=unit.orgnr) for one in f.a.ansatte]
    return f.leder


def test_a_log_that_is_handed_over_is_not_deleted(flytting):
    """E-2: deleting a log with an open hand-over is refused, passive or not."""
    from gateway.effects.archiving import deleting

    f = flytting()
    own = received(f)
    f.wire.hold = {"fullfoert"}
    f.accept(own)
    f.rounds(3)
    assert f.states(own) == ("AKSEPTERT", "FULLFOERT")
    (document,) = f.a.system.app.documents()
    document["status"] = "PASSIV"
    connector = f.a.arkiv.source
    files = {one["filId"]: connector.file(document["loggId"], one["filId"])
             for one in document["filer"]}  # fmt: skip
    f.a.system.app.load(document, files)
    refused(lambda: deleting.clear(f.a.arkiv, f.logg.id), "SLETT_OVERFOERING")
