"""R-008: own systems are told that a log opened, closed or stands, and can find the child by it."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
import sqlalchemy as sa

from connectors.fiks import konvolutt
from connectors.fiks.noekler import read_private
from connectors.forsegling.konvolutter import open_konvolutt
from gateway.effects import gate
from gateway.effects.archiving import notices
from gateway.effects.archiving.collect import collect
from gateway.effects.archiving.receivers import Varselmottaker
from gateway.errors import LocalFault, RemoteFault
from gateway.ledger import archive_tables as a
from gateway.ledger import tables as t
from schemas.stafettlogg.identifikator import holds_number
from schemas.stafettlogg.kodeverk import Hovedpersontype
from tests.story.arkivet import Shelf, Works
from tests.story.conftest import CONEXUS, EverybodyOpen, System, generated
from tests.story.to_kommuner import keys_of

CGM, FAMILIA = "899100107", "899200209"
"""Whose practice keys the two receivers that have a certificate use."""
STOOD, CAME = 4, 6


@pytest.fixture
def works(tmp_path):
    """A source with logs, and a folder that another system fetches from."""
    system = System(CONEXUS, tmp_path / "source")
    system.load(list(generated(CONEXUS, 7, CAME))[:STOOD])
    made = Works(tmp_path / "works", system, EverybodyOpen(), shelf=Shelf())
    to(made, Varselmottaker("journal", tmp_path / "varsler", fra_foer=False))
    yield made
    made.close()
    system.close()


def to(works, *receivers):
    """Who is told."""
    works.verk = replace(works.verk, receivers=receivers)


def told(works, receiver=0):
    """Name -> content of every notice to a receiver."""
    folder = works.verk.receivers[receiver].mappe
    return {path.name: path.read_bytes() for path in sorted(folder.glob("2*"))}


def texts(works, receiver=0):
    """The same of those in the clear."""
    return {name: body.decode() for name, body in told(works, receiver).items()}


def look(works):
    """One look at the source."""
    return collect(works.verk, works.verk.clock.new_id(), spread=False)


def new(works):
    """Logs that were not there."""
    found = list(generated(CONEXUS, 7, CAME))[STOOD:]
    works.system.load(found)
    return found


def close_one(works):
    """An active log ends; its id in the system."""
    active = next(d for d in works.system.app.documents() if d["status"] == "AKTIV")
    connector = works.verk.source
    files = {f["filId"]: connector.file(active["loggId"], f["filId"]) for f in active["filer"]}
    works.system.app.load(active | {"status": "PASSIV"}, files)
    return active["loggId"]


def logs(works):
    """Every log as it stands."""
    return [works.verk.decode(json.dumps(d).encode()) for d in works.system.app.documents()]


def active(works):
    """How many are."""
    return sum(d["status"] == "AKTIV" for d in works.system.app.documents())


def child(logg):
    """The main person."""
    return next(p for p in logg.personer if p.id == logg.hovedperson.person)


def rows(works):
    """Every notice's row."""
    with works.database.begin() as connection:
        return connection.execute(sa.select(a.notice)).all()


def sealed_to(name, folder, orgnr):
    """A receiver with a certificate."""
    return Varselmottaker(name, folder, konvolutt=open_konvolutt(keys_of(orgnr)[1]))


def opened(body, orgnr):
    """What a receiver's own key makes of a file."""
    return konvolutt.decrypt(body, [read_private(keys_of(orgnr)[0])]).decode()


# -- what is told, and once -----------------------------------------------------------------------
def test_a_new_log_and_a_closing_are_told_once(works):
    """The first look tells nothing; then each event is one file, however often it is looked at."""
    look(works)
    assert told(works) == {}
    came = new(works)
    look(works)
    names = [name for name in told(works) if "aapnet" in name]
    assert len(names) == sum(1 for document, _files in came if document["status"] == "AKTIV") > 0
    close_one(works)
    look(works)
    look(works)
    assert len([name for name in told(works) if "lukket" in name]) == 1


def test_logs_that_stood_before_are_told_of_once(works, tmp_path):
    """Every active one, at the first look too; a log that is new is opened and does not stand."""
    to(works, Varselmottaker("cosdoc", tmp_path / "cosdoc"))
    look(works)
    assert len(told(works)) == active(works) > 0
    assert all("finnes" in name for name in told(works))
    stood = set(told(works))
    look(works)
    assert set(told(works)) == stood
    new(works)
    look(works)
    look(works)
    later = set(told(works)) - stood
    assert later
    assert all("aapnet" in name for name in later)
    per_log = [name.split("-", 4)[4] for name in told(works)]
    assert len(per_log) == len(set(per_log)) == active(works)


def test_a_receiver_that_comes_later_is_told_what_the_first_knows(works, tmp_path):
    """And the first is told nothing again."""
    to(works, Varselmottaker("cosdoc", tmp_path / "cosdoc"))
    look(works)
    for path in (tmp_path / "cosdoc").iterdir():
        path.unlink()  # fetched
    to(works, *works.verk.receivers, Varselmottaker("cgm", tmp_path / "cgm"))
    look(works)
    assert told(works, 0) == {}
    assert len(told(works, 1)) == active(works)


def test_told_before_with_our_id_alone_is_told_anew_with_what_finds_the_child(works, tmp_path):
    """A row from before had no receiver, and its notice no id of the child."""
    to(works, Varselmottaker("cosdoc", tmp_path / "cosdoc", fra_foer=False))
    look(works)
    new(works)
    look(works)
    with works.database.begin() as connection:
        connection.execute(a.notice.update().values(receiver=""))
    before = set(told(works))
    to(works, Varselmottaker("cosdoc", tmp_path / "cosdoc"))
    look(works)
    assert len({name for name in told(works) if "finnes" in name}) == active(works)
    assert before <= set(told(works))


def test_what_was_planned_for_all_folders_is_told_to_each(works, tmp_path):
    """A row from before that was not told yet becomes one of each receiver's, and is told once."""
    look(works)
    logg = logs(works)[0]
    with works.database.begin() as connection:
        connection.execute(
            a.notice.insert(),
            [{"notice_id": "n", "tenant": works.verk.tenant, "system": CONEXUS, "logg": logg.id,
              "hendelse": "aapnet", "dato": "2026-11-21", "state": "planlagt"}],
        )  # fmt: skip
    to(works, *(Varselmottaker(n, tmp_path / n, fra_foer=False) for n in ("cosdoc", "cgm")))
    look(works)
    look(works)
    assert [len(told(works, nr)) for nr in (0, 1)] == [1, 1]
    assert sorted((r.receiver, r.state) for r in rows(works)) == [
        ("cgm", "skrevet"), ("cosdoc", "skrevet"),
    ]  # fmt: skip


def test_a_log_that_closed_before_its_notice_was_written_does_not_stand(works, tmp_path):
    """What is written is so when it is written."""
    folder = tmp_path / "cosdoc"
    folder.write_text("en fil, ingen mappe")
    to(works, Varselmottaker("cosdoc", folder))
    look(works)
    assert {row.state for row in rows(works)} == {"planlagt"}
    close_one(works)
    folder.unlink()
    look(works)
    kinds = [name.split("-")[3] for name in told(works)]
    assert kinds.count("lukket") == 1
    assert kinds.count("finnes") == active(works)
    assert {row.state for row in rows(works)} == {"skrevet", "utgaatt"}


def test_one_folder_away_stops_no_other(works, tmp_path):
    """The other is told now, and once; the one that was away when it is back."""
    away = tmp_path / "borte"
    away.write_text("en fil, ingen mappe")
    to(works, Varselmottaker("borte", away), Varselmottaker("her", tmp_path / "her"))
    look(works)
    here = set(told(works, 1))
    assert len(here) == active(works)
    for path in (tmp_path / "her").iterdir():
        path.unlink()  # fetched
    away.unlink()
    look(works)
    assert set(told(works, 0)) == here
    assert told(works, 1) == {}


def test_the_ledger_says_who_was_told_once(works, tmp_path):
    """One entry for each notice, with the receiver's name; looking again adds none."""
    to(works, Varselmottaker("cosdoc", tmp_path / "cosdoc"))
    look(works)
    look(works)
    with works.database.begin() as connection:
        found = connection.execute(
            sa.select(t.entry.c.body).where(t.entry.c.kind == "varsel")
        ).all()
    assert len(found) == active(works)
    assert all(json.loads(row.body)["mottaker"] == "cosdoc" for row in found)


# -- what stands in it ----------------------------------------------------------------------------
def test_a_notice_in_the_clear_finds_the_child_and_names_nobody(works, tmp_path):
    """Event, day, unit, and the ids the system itself uses; no name, number or text of any log."""
    to(works, Varselmottaker("cosdoc", tmp_path / "cosdoc"))
    look(works)
    new(works)
    look(works)
    by_log = {
        name.split("-", 4)[4].removesuffix(".txt"): text for name, text in texts(works).items()
    }
    for logg in logs(works):
        if text := by_log.get(logg.id):
            assert f"Loggens id i systemet: {logg.kilde_id}\n" in text
            assert f"Barnets id i systemet: {child(logg).kilde_id}\n" in text
            assert f"Loggens id: {logg.id}\n" in text
            assert f"System: {CONEXUS}\n" in text
    said = "\n".join(by_log.values())
    assert said
    for logg in logs(works):
        for person in logg.personer:
            for value in (person.navn, *(one.verdi for one in person.identifikatorer)):
                assert not value or value not in said
    assert "bekymring" not in said.lower()


def test_a_file_carries_no_number_in_its_name(works, tmp_path):
    """Also where it is sealed."""
    to(works, sealed_to("cgm", tmp_path / "cgm", CGM), Varselmottaker("cosdoc", tmp_path / "c"))
    look(works)
    numbers = {i.verdi for logg in logs(works) for p in logg.personer for i in p.identifikatorer}
    names = [*told(works, 0), *told(works, 1)]
    assert names
    assert not [name for name in names for number in numbers if number in name]


def test_with_a_certificate_the_number_goes_sealed_to_that_receiver_alone(works, tmp_path):
    """Opened with its key the child's number is there; in the bytes, and for another, nothing."""
    to(
        works,
        sealed_to("cgm", tmp_path / "cgm", CGM),
        sealed_to("familia", tmp_path / "familia", FAMILIA),
        Varselmottaker("cosdoc", tmp_path / "cosdoc"),
    )
    look(works)
    by_id = {logg.id: logg for logg in logs(works)}
    for nr, own, other in ((0, CGM, FAMILIA), (1, FAMILIA, CGM)):
        assert len(told(works, nr)) == active(works)
        for name, body in told(works, nr).items():
            assert name.endswith(".p7m")
            logg = by_id[name.split("-", 4)[4].removesuffix(".p7m")]
            number = child(logg).identifikatorer[0].verdi
            text = opened(body, own)
            assert f"Barnets fødselsnummer eller d-nummer: {number}\n" in text
            others = {i.verdi for p in logg.personer for i in p.identifikatorer} - {number}
            assert not [one for one in others if one in text]
            assert number.encode() not in body
            assert (logg.kilde_id or "").encode() not in body
            with pytest.raises(RemoteFault, match="KAN_IKKE_DEKRYPTERES"):
                opened(body, other)
    assert not any(
        number in text
        for text in texts(works, 2).values()
        for logg in by_id.values()
        for number in [child(logg).identifikatorer[0].verdi]
    )


def test_a_certificate_that_cannot_be_used_is_no_reason_to_write_in_the_clear(works, tmp_path):
    """That receiver waits; another is told; and when it is mended, what waited goes sealed."""
    pem = tmp_path / "cgm.pem"
    pem.write_text("intet sertifikat")
    cgm = Varselmottaker("cgm", tmp_path / "cgm", konvolutt=open_konvolutt(pem))
    to(works, cgm, Varselmottaker("cosdoc", tmp_path / "cosdoc"))
    look(works)
    assert not list((tmp_path / "cgm").glob("*")) if (tmp_path / "cgm").exists() else True
    assert len(told(works, 1)) == active(works)
    pem.write_bytes(keys_of(CGM)[1].read_bytes())
    look(works)
    assert len(told(works, 0)) == active(works)
    assert all(opened(body, CGM) for body in told(works, 0).values())


def test_a_certificate_that_has_run_out_seals_nothing():
    """Nor one that is not in force yet."""
    from datetime import UTC, datetime, timedelta

    for days in (-2, 366):
        at = datetime.now(UTC) + timedelta(days=days)
        late = open_konvolutt(keys_of(CGM)[1], now=lambda at=at: at)
        with pytest.raises(LocalFault, match="UGYLDIG_SERTIFIKAT"):
            late.lukk(b"noe")


def test_the_gate_lets_no_number_out_in_the_clear(works, tmp_path):
    """Planted: a notice made with a number in its text or its name."""
    look(works)
    logg = logs(works)[0]
    number = child(logg).identifikatorer[0].verdi
    clear = Varselmottaker("cosdoc", tmp_path / "cosdoc")
    sealed = sealed_to("cgm", tmp_path / "cgm", CGM)
    for receiver, notice in (
        (clear, gate.Notice("2026-x", f"Barnet: {number}\n")),
        (clear, gate.Notice(f"2026-{number}", "")),
        (sealed, gate.Notice(f"2026-{number}", "")),
    ):
        with pytest.raises(ValueError, match="in the clear"):
            gate.notify(works.verk, logg, receiver, notice)
        assert not receiver.mappe.exists()
    assert gate.notify(works.verk, logg, clear, gate.Notice("2026-y", "t\n", f"{number}\n")) == ""
    assert (clear.mappe / "2026-y.txt").read_text() == "t\n"


def test_an_id_that_is_a_number_is_left_out(works, tmp_path, monkeypatch):
    """Planted: a vendor whose id of the child is the child's number."""
    inner = type(works.verk).decode

    def decode(self, body):
        logg = inner(self, body)
        number = child(logg).identifikatorer[0].verdi
        people = tuple(
            p.model_copy(update={"kilde_id": number}) if p.id == logg.hovedperson.person else p
            for p in logg.personer
        )
        return logg.model_copy(update={"personer": people})

    monkeypatch.setattr(type(works.verk), "decode", decode)
    to(works, Varselmottaker("cosdoc", tmp_path / "cosdoc"))
    look(works)
    assert len(texts(works)) == active(works)
    for text in texts(works).values():
        assert "Barnets id" not in text
        assert not holds_number(text.split("Loggens id:")[0])


def grouped(number):
    """As people write it."""
    return f"{number[:6]}-{number[6:]}"


@pytest.mark.parametrize("written", ["together", "in groups", "another's", "in the unit's name"])
def test_a_number_in_groups_is_left_out(works, tmp_path, monkeypatch, written):
    """Planted: ids of the log and a unit's name that hold a number, the child's or anybody's."""
    inner = type(works.verk).decode
    planted = []

    def decode(self, body):
        logg = inner(self, body)
        number = child(logg).identifikatorer[0].verdi
        number = "41814061033" if written == "another's" else number
        number = number if written == "together" else grouped(number)
        planted.append(number)
        if written == "in the unit's name":
            units = tuple(
                u.model_copy(update={"navn": f"Skole {number}"}) for u in logg.virksomheter
            )
            return logg.model_copy(update={"virksomheter": units})
        return logg.model_copy(update={"kilde_id": f"logg {number}"})

    monkeypatch.setattr(type(works.verk), "decode", decode)
    to(works, Varselmottaker("cosdoc", tmp_path / "cosdoc"))
    look(works)
    assert planted and len(texts(works)) == active(works)
    for text in texts(works).values():
        assert not any(number in text for number in planted)


def test_the_gate_lets_no_number_in_groups_out_in_the_clear(works, tmp_path):
    """Planted: the child's number, another's, and one no control digit holds for, in groups."""
    look(works)
    logg = logs(works)[0]
    wrong = child(logg).identifikatorer[0].model_copy(update={"verdi": "41814061034"})
    main = child(logg).model_copy(update={"identifikatorer": (wrong,)})
    people = tuple(main if p.id == main.id else p for p in logg.personer)
    odd = logg.model_copy(update={"personer": people})
    clear = Varselmottaker("cosdoc", tmp_path / "cosdoc")
    number = child(logg).identifikatorer[0].verdi
    for one, held in ((logg, number), (logg, "41814061033"), (odd, "41814061034")):
        for notice in (
            gate.Notice("2026-x", f"Barnet: {grouped(held)}\n"),
            gate.Notice(f"2026-x {grouped(held)}", ""),
        ):
            with pytest.raises(ValueError, match="in the clear"):
                gate.notify(works.verk, one, clear, notice)
            assert not clear.mappe.exists()


def test_a_short_number_of_somebody_is_found_as_it_stands_only():
    """A vendor's own number of a few digits may be found across any date."""
    assert gate.is_number("barn 2026-11", {"2026-11", ""})
    assert not gate.is_number("2026-11-21", {"202611", "61121", ""})
    assert gate.is_number("418140-61034", {"41814061034"})
    assert not gate.is_number("418140-61034", {"41814061035"})


def test_who_is_pregnant_or_unborn_has_no_number_in_a_notice(works):
    """The one number there is would be the mother's."""
    logg = logs(works)[0]
    assert notices._number(works.verk, logg)
    for kind in (Hovedpersontype.GRAVID, Hovedpersontype.UFOEDT):
        about = {"hovedperson": logg.hovedperson.model_copy(update={"type": kind})}
        assert notices._number(works.verk, logg.model_copy(update=about)) == ""


# -- C-4 ------------------------------------------------------------------------------------------
class Closed(EverybodyOpen):
    """A register that cannot say of anybody that nobody is protected."""

    def check(self, persons):
        return {}


def test_nobody_is_told_of_a_protected_family(works, tmp_path):
    """C-4: held for every receiver, new logs and those that stood, however often it is looked."""
    to(works, Varselmottaker("cosdoc", tmp_path / "c"), sealed_to("cgm", tmp_path / "g", CGM))
    works.verk = replace(works.verk, register=Closed())
    look(works)
    new(works)
    look(works)
    assert told(works, 0) == told(works, 1) == {}
    assert {row.state for row in rows(works)} == {"holdt"}


def test_protection_that_comes_before_the_file_is_written_stops_it(works, tmp_path):
    """C-4 is asked at the moment of writing, not when the notice was planned."""
    folder = tmp_path / "cosdoc"
    folder.write_text("en fil, ingen mappe")
    to(works, Varselmottaker("cosdoc", folder))
    look(works)
    folder.unlink()
    one = next(logg for logg in logs(works) if logg.status.value == "AKTIV")
    works.verk.register.held.add(one.hovedperson.person)
    look(works)
    assert len(told(works)) == active(works) - 1
    assert not [name for name in told(works) if one.id in name]


def test_a_register_that_did_not_answer_is_asked_again(works, tmp_path):
    """What was held is told when nobody is protected after all, and once."""
    to(works, Varselmottaker("cosdoc", tmp_path / "cosdoc"))
    works.verk = replace(works.verk, register=Closed())
    look(works)
    assert told(works) == {}
    works.verk = replace(works.verk, register=EverybodyOpen())
    look(works)
    assert len(told(works)) == active(works)


def test_the_wiring_reads_the_receivers(tmp_path):
    """`[varsler.X]` becomes a folder, a seal where there is a certificate, and who is told what."""
    from gateway.app import _receiver
    from gateway.settings.models import Varselmappe

    class Settings:
        def path(self, given):
            return Path("/rot") / given

    plain = _receiver(Settings(), "cosdoc", Varselmappe(mappe=Path("c"), fra_foer=False))
    assert (plain.navn, plain.mappe, plain.fra_foer) == ("cosdoc", Path("/rot/c"), False)
    assert plain.konvolutt is None
    pem = keys_of(CGM)[1]
    sealed = _receiver(Settings(), "cgm", Varselmappe(mappe=Path("g"), sertifikat=pem))
    assert sealed.fra_foer
    assert opened(sealed.konvolutt.lukk(b"hei"), CGM) == "hei"
