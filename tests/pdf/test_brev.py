"""The letter to the family: a letter a parent understands, true when it is written (R-102, C-4)."""

import re
from dataclasses import replace
from datetime import date

import pytest

from gateway.effects.transferring import brev
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import Conflict, Rejected
from gateway.ledger.access import Shown
from gateway.overfoering.tilstand import Side
from gateway.policy.context import Samtykkeregler, Signatar
from gateway.texts.letter import languages
from schemas.stafettlogg.kodeverk import Deltakerstatus, Hovedpersontype, Loggstatus, Rolle
from tests.pdf.test_ip_package import text_of
from tests.people import seen
from tests.story.conftest import CONEXUS
from tests.story.test_familien_flytter import case
from tests.story.to_kommuner import Flytting, Ledning

SIDES = (Side.AVGIVER, Side.MOTTAKER)
OURS = ("oppmerksom", "overføring", "avgiver", "mottaker", "virksomhet", "gateway", "passiv",
        "concern", "relay", "(er)", "fullfoert", "kvitter")  # fmt: skip
"""Words of the machinery, which no parent has been told."""


def wrote(verk, rad, language, folder):
    """Write the letter, for somebody whose access is written."""
    access = seen(verk.arkiv, Shown.BREV, rad.id)
    return brev.write(verk, rad, language, folder, access)


def started(folder):
    """A hand-over that has been sent."""
    f = Flytting(folder, [case(CONEXUS, "leksene")], wire=Ledning())
    (f.logg,) = f.a.look_over()
    f.own = f.start(f.logg)
    f.send(f.own)
    f.rounds(2)
    for house in (f.a, f.m):
        house.ansatte = [replace(o, epost=f"{o.ref}@{house.orgnr}.test") for o in house.ansatte]
    return f


@pytest.fixture
def moving(tmp_path):
    """A log on its way."""
    f = started(tmp_path)
    yield f
    f.close()


@pytest.fixture(scope="module")
def moved(tmp_path_factory):
    """A log that has been handed over, both sides through with it."""
    f = started(tmp_path_factory.mktemp("brev"))
    f.accept(f.own)
    f.until(lambda: f.states(f.own) == ("FULLFOERT", "FULLFOERT"))
    f.until(lambda: f.a.row(f.own).verdi["etterarbeid"] == "")
    yield f
    f.close()


def house_of(f, side):
    """The municipality at that side."""
    return f.a if side is Side.AVGIVER else f.m


@pytest.fixture
def told(moved, monkeypatch):
    """Text of the letter with something changed: the log as it stands, the row, the register."""

    def make(side, language="nb", *, change=None, row=None, frame=None, held=(), register=None):
        house = house_of(moved, side)
        rad, verk = house.row(moved.own, side), house.verk
        _, logg = verk.read_now(rad.verdi["ref"])
        if row:
            rad = replace(rad, verdi=rad.verdi | row)
        if frame:
            arkiv = replace(verk.arkiv, frame=replace(verk.arkiv.frame, **frame))
            verk = replace(verk, arkiv=arkiv)
        house.register.held |= set(held)
        try:
            with monkeypatch.context() as patch:
                changed = change(logg) if change else logg
                patch.setattr(Overfoeringsverk, "read_now", lambda _verk, _ref: (None, changed))
                if register is not None:
                    patch.setattr(house.register, "born", lambda _persons: register)
                return brev.letter(verk, rad, language).text()
        finally:
            house.register.held.clear()

    return make


def born(logg, day):
    """The log with another birth date of its main person."""
    return logg.model_copy(
        update={
            "personer": tuple(
                p.model_copy(update={"foedselsdato": day}) if p.id == logg.hovedperson.person else p
                for p in logg.personer
            )
        }
    )


def years_ago(years):
    """A birth date that many years ago, and then some."""
    today = date.today()
    return date(today.year - years, 1, 1).isoformat()


def named(logg):
    """(child, guardians) by name."""
    names = {p.id: p.navn for p in logg.personer}
    guardians = [names[d.person] for d in logg.deltakelser if d.rolle == Rolle.FORESATT.value]
    return names[logg.hovedperson.person], guardians


# -- when ---------------------------------------------------------------------------------------
def test_nothing_is_written_before_it_is_over(moving, tmp_path):
    """Each state until FULLFOERT says what it waits for, and no folder is made."""
    f, out = moving, tmp_path / "brev"

    def code(house, side):
        with pytest.raises(Rejected) as refused:
            wrote(house.verk, house.row(f.own, side), "nb", out)
        assert not out.exists()
        return refused.value.code

    assert code(f.a, Side.AVGIVER) == code(f.m, Side.MOTTAKER) == "IKKE_OVERTATT"
    f.accept(f.own)
    assert code(f.m, Side.MOTTAKER) == "IKKE_OVERTATT"
    f.m.round()
    f.a.round()
    assert f.a.row(f.own).tilstand.value == "AKSEPTERT"
    assert code(f.a, Side.AVGIVER) == "BREV_VENTER_MOTTAKER"
    waiting = f.m.row(f.own, Side.MOTTAKER)
    waiting = replace(waiting, verdi=waiting.verdi | {"tilstand": "AKSEPTERT"})
    with pytest.raises(Rejected, match="BREV_VENTER_LOGG"):
        wrote(f.m.verk, waiting, "nb", out)
    f.until(lambda: f.m.row(f.own, Side.MOTTAKER).tilstand.value == "FULLFOERT")
    wrote(f.m.verk, f.m.row(f.own, Side.MOTTAKER), "nb", out)
    assert sorted(path.name for path in out.iterdir()) == ["brev.pdf", "brev.txt"]


def test_a_manual_matter_has_no_letter_yet(moving, tmp_path):
    """C-4: protection found as the log is made leaves nothing to tell, and no file."""
    f = moving
    f.m.register.held.add(f.logg.hovedperson.person)
    f.accept(f.own)
    f.rounds(4)
    row = f.m.row(f.own, Side.MOTTAKER)
    with pytest.raises(Rejected, match="MANUELL"):
        wrote(f.m.verk, row, "nb", tmp_path / "brev")
    assert not (tmp_path / "brev").exists()


def test_a_hand_over_that_was_stopped_has_no_letter(moving, tmp_path):
    """C-4: SPERRET is a named person's, and says what every manual matter says."""
    f = moving
    f.a.register.held.add(f.logg.hovedperson.person)
    f.klokke.turn(minutes=5)
    f.a.round()
    row = f.a.row(f.own)
    assert row.tilstand.value == "SPERRET"
    with pytest.raises(Rejected, match="MANUELL"):
        wrote(f.a.verk, row, "nb", tmp_path / "brev")
    assert not (tmp_path / "brev").exists()


def test_a_log_that_cannot_be_read_has_no_letter(moved, monkeypatch, tmp_path):
    """Who it is for is read now; when that cannot be, the code says so and nothing is written."""

    def gone(_verk, ref):
        raise Conflict("BORTE", place=ref)

    monkeypatch.setattr(Overfoeringsverk, "read_now", gone)
    with pytest.raises(Rejected, match="BREV_LOGG_ULEST") as refused:
        wrote(moved.m.verk, moved.m.row(moved.own, Side.MOTTAKER), "nb", tmp_path / "brev")
    assert refused.value.place == f"{moved.own}: BORTE"
    assert not (tmp_path / "brev").exists()


def test_a_log_that_has_ended_since_is_not_told_of_as_standing_here(told):
    """The receiver's letter says in whose hands the log is."""
    with pytest.raises(Rejected, match="BREV_LOGG_LUKKET"):
        told(Side.MOTTAKER, change=lambda g: g.model_copy(update={"status": Loggstatus.PASSIV}))


# -- what ---------------------------------------------------------------------------------------
@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("side", SIDES)
def test_the_letter_is_a_letter(moved, vera, tmp_path, side, language):
    """PDF/A and PDF/UA; date, sender, readers, child, contact and number, in both files."""
    house = house_of(moved, side)
    text, pdf = wrote(house.verk, house.row(moved.own, side), language, tmp_path / "brev")
    body = pdf.read_bytes()
    assert all(verdict.compliant for verdict in vera.validate(body, "2a", "ua1"))
    whole = text.read_text("utf-8")
    flat = " ".join(text_of(body).split())
    child, guardians = named(moved.logg)
    leader = next(o for o in house.ansatte if "leder" in o.roller)
    contact = leader if side is Side.AVGIVER else house.verk.ansatt("ansatt-holder")
    assert guardians
    for said in (
        house.kommune.navn, child, *guardians, contact.navn, contact.epost, moved.own,
        str(date.today().year), whole.split("\n\n")[3],
    ):  # fmt: skip
        assert said in whole
        assert said in flat
    assert "{" not in whole
    assert [word for word in OURS if word in whole.replace(moved.own, "").lower()] == []
    for paragraph in whole.split("\n\n"):
        assert paragraph[0] == paragraph[0].upper()
        assert "  " not in paragraph


def ended(logg):
    """The log as a system that has a place for it shows it: its people's access ended."""
    return logg.model_copy(
        update={
            "deltakelser": tuple(
                d
                if d.rolle in (Rolle.FORESATT.value, Rolle.HOVEDPERSON.value)
                else d.model_copy(update={"status": Deltakerstatus.AVSLUTTET})
                for d in logg.deltakelser
            )
        }
    )


def test_each_side_says_what_is_true_there(told):
    """The sender's is closed and says so; the receiver's says in whose hands it is."""
    ours = told(Side.AVGIVER, change=ended)
    assert "Vår logg er lukket." in ours
    assert "har ikke lenger tilgang" in ours
    assert "Loggen står hos oss nå" not in ours
    there = told(Side.MOTTAKER)
    assert "Loggen står hos oss nå, og Holder Oppdiktet er stafettholder." in there
    assert "lukket" not in there


def test_that_access_has_ended_is_said_only_where_it_can_be_seen(told):
    """This system has no place for it: the log is closed, and who may read it is a question."""
    letter = told(Side.AVGIVER)
    assert "Vår logg er lukket." in letter
    assert "noen hos oss kan fortsatt ha tilgang til å lese den" in letter
    assert "har ikke lenger tilgang" not in letter


@pytest.mark.parametrize(
    ("row", "status"),
    [
        ({"etterarbeid": "steng"}, Loggstatus.PASSIV),
        ({}, Loggstatus.AKTIV),
    ],
)
def test_closed_is_said_of_a_closed_log_only(told, row, status):
    """Not closed by us yet, people inside by our books, or active as it stands."""
    letter = told(
        Side.AVGIVER, row=row, change=lambda g: ended(g).model_copy(update={"status": status})
    )
    assert "Vår logg er lukket" not in letter
    assert "ikke helt lukket ennå" in letter


@pytest.mark.parametrize(
    ("language", "none", "one", "several"),
    [
        ("nb", "Ingen temaer i loggen", "Ett tema i loggen fulgte", "3 temaer i loggen fulgte"),
        ("nn", "Ingen tema i loggen", "Eitt tema i loggen følgde", "3 tema i loggen følgde"),
        ("en", "No topics in the log", "One topic in the log went", "3 topics in the log went"),
    ],
)
@pytest.mark.parametrize("side", SIDES)
def test_one_and_several(told, side, language, none, one, several):
    """What went along is counted as people count."""
    for count, wanted in ((0, none), (1, one), (3, several)):
        assert wanted in told(side, language, row={"antall": count})


def test_what_stayed_is_counted_where_it_is_known(told, moved):
    """The sender has the whole log; the receiver says that the rest stayed."""
    concern = moved.logg.oppmerksomheter[0]
    for left, wanted in ((0, None), (1, "Ett tema ble igjen"), (2, "2 temaer ble igjen")):
        letter = told(
            Side.AVGIVER,
            row={"antall": 1},
            change=lambda g, n=left: g.model_copy(update={"oppmerksomheter": (concern,) * (n + 1)}),
        )
        assert "Det som ikke fulgte med, ble igjen hos" in letter
        assert (wanted in letter) if wanted else ("tema ble igjen" not in letter)
    assert "Det som ikke fulgte med, ble igjen hos Kommune 9901." in told(Side.MOTTAKER)


def test_what_was_chosen_besides_is_said_where_there_was_any(told):
    """An addition that was chosen and that the log has none of did not go along."""
    chosen = {"utvalg": '{"oppmerksomheter": [], "tillegg": ["meldinger", "notater"]}'}

    def bare(logg):
        return logg.model_copy(update={"meldinger": (), "notater": ()})

    assert "Dette fulgte også med" not in told(Side.AVGIVER, row=chosen, change=bare)
    assert "Dette fulgte også med: notatene." in told(
        Side.AVGIVER,
        row=chosen,
        change=lambda g: g.model_copy(update={"meldinger": (), "notater": (object(),)}),
    )


@pytest.mark.parametrize(
    ("language", "one", "several"),
    [
        ("nb", "Du kan når som helst", "Dere kan når som helst"),
        ("nn", "Du kan når som helst", "De kan når som helst"),
    ],
)
def test_one_guardian_and_two(told, language, one, several):
    """One reader is spoken to as one."""

    def guardians(count):
        def change(logg):
            them = [d for d in logg.deltakelser if d.rolle == Rolle.FORESATT.value]
            rest = [d for d in logg.deltakelser if d.rolle != Rolle.FORESATT.value]
            more = [
                them[0].model_copy(update={"id": f"d{nr}", "person": f"p{nr}"})
                for nr in range(count - 1)
            ]
            people = [
                logg.personer[0].model_copy(update={"id": f"p{nr}", "navn": f"Forelder {nr}"})
                for nr in range(count - 1)
            ]
            return logg.model_copy(
                update={
                    "deltakelser": (*rest, them[0], *more),
                    "personer": (*logg.personer, *people),
                }
            )

        return change

    assert one in told(Side.MOTTAKER, language, change=guardians(1))
    two = told(Side.MOTTAKER, language, change=guardians(2))
    assert several in two
    assert "Forelder 0" in two
    assert one not in two


# -- to whom ------------------------------------------------------------------------------------
@pytest.mark.parametrize("side", SIDES)
def test_of_age_the_letter_is_to_the_youth_alone(told, moved, side):
    """At eighteen no guardian is written to, or named."""
    child, guardians = named(moved.logg)
    letter = told(side, change=lambda g: born(g, years_ago(18)), register={})
    assert f"Til: {child}" in letter
    assert "tafettloggen din er flyttet" in letter
    assert [name for name in guardians if name in letter] == []


@pytest.mark.parametrize(
    ("rule", "youth", "parents"),
    [
        (Signatar.UNGDOM, True, False),
        (Signatar.BEGGE, True, True),
        (Signatar.FORESATTE, False, True),
    ],
)
def test_at_the_age_of_consent_the_municipalitys_rule_says_who(told, moved, rule, youth, parents):
    """B-01 to B-03: from `egen_alder`, whoever signs is who the letter is to."""
    child, guardians = named(moved.logg)
    letter = told(
        Side.MOTTAKER,
        change=lambda g: born(g, years_ago(17)),
        register={},
        frame={"samtykke": Samtykkeregler(egen_alder=16, fra=rule)},
    )
    to = next(line for line in letter.splitlines() if line.startswith("Til: "))
    assert (child in to) is youth
    assert all((name in to) is parents for name in guardians)


def test_who_is_pregnant_reads_her_own_letter(moved):
    """And where the child is unborn the guardians do, whatever the date of birth says."""
    logg, frame = moved.logg, moved.a.verk.ramme(moved.logg)
    main = logg.hovedperson.person

    def of(kind):
        changed = {"hovedperson": logg.hovedperson.model_copy(update={"type": kind})}
        return brev.readers(logg.model_copy(update=changed), frame)

    assert of(Hovedpersontype.GRAVID) == (main,)
    assert main not in of(Hovedpersontype.UFOEDT)
    assert of(Hovedpersontype.UFOEDT)


def test_where_the_age_is_in_doubt_nobody_is_written_to_by_name(told, moved):
    """Log and register do not agree: who may read it is a person's to know."""
    child, guardians = named(moved.logg)
    main = moved.logg.hovedperson.person
    letter = told(
        Side.MOTTAKER,
        change=lambda g: born(g, "2015-01-01"),
        register={main: date(2000, 1, 1)},
    )
    assert "Til: den stafettloggen gjelder, og foresatte" in letter
    assert child in letter
    assert [name for name in guardians if name in letter] == []


@pytest.mark.parametrize("language", languages())
@pytest.mark.parametrize("side", SIDES)
@pytest.mark.parametrize("why", ["register", "kode"])
def test_a_protected_family_is_told_no_place_and_no_name(told, moved, side, language, why):
    """C-4: protection asked for now, or a manual matter; only the readers are named."""
    child, guardians = named(moved.logg)
    planted = (
        {"held": {moved.logg.hovedperson.person}}
        if why == "register"
        else {"row": {"kode": "MANUELL"}}
    )
    letter = told(side, language, **planted)
    staff = [one for house in (moved.a, moved.m) for one in house.ansatte]
    units = [v.navn for v in moved.logg.virksomheter if v.navn]
    people = [p.navn for p in moved.logg.personer if p.navn and p.navn not in guardians]
    for said in (
        "9901", "9902", "Kommune", child, *units, *people,
        *(one.navn for one in staff), *(one.epost for one in staff),
        *(one.virksomhet_navn for one in staff),
    ):  # fmt: skip
        assert said not in letter.replace(moved.own, "")
    assert all(name in letter for name in guardians)
    assert "{" not in letter
    assert [word for word in OURS if word in letter.replace(moved.own, "").lower()] == []


def test_a_protected_familys_pdf_names_no_place_either(moved, tmp_path):
    """The page's band and foot are the letter's too."""
    row = moved.m.row(moved.own, Side.MOTTAKER)
    row = replace(row, verdi=row.verdi | {"kode": "MANUELL"})
    _, pdf = wrote(moved.m.verk, row, "nb", tmp_path / "brev")
    assert "Kommune" not in text_of(pdf.read_bytes())
    open_row = moved.m.row(moved.own, Side.MOTTAKER)
    _, other = wrote(moved.m.verk, open_row, "nb", tmp_path / "aapent")
    assert b"Kommune" in other.read_bytes()
    assert b"Kommune" not in pdf.read_bytes()  # nor its metadata


@pytest.mark.parametrize("language", languages())
def test_within_one_municipality_nothing_was_closed(told, language):
    """The log stands where it stood; neither side says that it moved or was closed."""
    row = {"maaltype": "annenVirksomhetSammeKommune"}
    active = {"status": Loggstatus.AKTIV}
    for side in SIDES:
        letter = told(side, language, row=row, change=lambda g: g.model_copy(update=active))
        assert "{" not in letter
        for word in ("lukket", "lukka", "closed", "igjen hos", "att hos", "stayed"):
            assert word not in letter


def test_every_language_has_every_word():
    """Nobody gets half a letter."""
    import tomllib
    from pathlib import Path

    from gateway.texts import letter

    words = tomllib.loads(Path(letter.__file__).with_name("brev.toml").read_text("utf-8"))
    assert set(words) == {"nb", "nn", "en"}

    def slots(text):
        return set(re.findall(r"{(\w+)}", str(text)))

    for name, text in words["nb"].items():
        for language in ("nn", "en"):
            assert slots(words[language][name]) == slots(text), (language, name)
            assert words[language].keys() == words["nb"].keys()
            assert words[language]["tillegg"].keys() == words["nb"]["tillegg"].keys()
