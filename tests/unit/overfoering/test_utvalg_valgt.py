"""The selection of one small log, part by part: what goes, what stays, and the count of it."""

import pytest

from gateway.overfoering.utvalg import IKKE_VALGT, MINIMERT, Tillegg, select
from schemas.stafettlogg.innhold import (
    Dokument,
    Evaluering,
    Kommentar,
    Lysglimt,
    Maal,
    Notat,
    Oppmerksomhet,
    Tiltak,
)
from schemas.stafettlogg.kodeverk import (
    Adressebeskyttelse,
    Deltakerstatus,
    Kildesystem,
    Overfoeringsmaaltype,
    Samtykkestatus,
)
from schemas.stafettlogg.person import Virksomhet
from schemas.stafettlogg.spor import Holderperiode, Overfoering

K = {"kildesystem": Kildesystem.CONEXUS}


def concern(cid, moete=None):
    """A concern with one goal, one measure, and an evaluation in a meeting."""
    looked = Evaluering(id=f"{cid}-e", moete=moete, **K)
    measure = Tiltak(id=f"{cid}-t", evaluering=looked, **K)
    plain = Tiltak(id=f"{cid}-u", **K)
    return Oppmerksomhet(id=cid, maal=(Maal(id=f"{cid}-m", tiltak=(measure, plain), **K),), **K)


@pytest.fixture
def stor(logg):
    """A log with two concerns and something of everything that may be chosen or not."""
    return logg(
        oppmerksomheter=(concern("o1"), concern("o2")),
        om_meg="Meg.", utfordring="Noe.", hovedmaal="Noe.", initiativtaker="Noen.", bilde="bilde-1",
        notater=(
            Notat(id="n1", oppmerksomhet="o1", vedlegg=("f1",), **K),
            Notat(id="n2", oppmerksomhet="o2", vedlegg=("f2",), **K),
            Notat(id="n3", vedlegg=("f3",), **K),
        ),
        kommentarer=(
            Kommentar(id="k1", paa="o1-t", **K), Kommentar(id="k2", paa="o2-t", **K),
            Kommentar(id="k3", paa="o1", **K), Kommentar(id="k4", paa="o1-m", **K),
        ),
        lysglimt=(Lysglimt(id="l1", forfatter="pp", **K),),
        dokumenter=tuple(Dokument(id=one, **K) for one in ("f1", "f2", "f3", "bilde-1", "fil-1")),
    )  # fmt: skip


def ids(many):
    """Their ids."""
    return [one.id for one in many]


def left(made):
    """(kind, code) -> count."""
    return {(kind, code): count for kind, count, code in made.utelatt}


def test_one_concern_and_what_belongs_to_it(stor):
    """Its notes, comments and files; of the other one nothing."""
    made = select(stor, ["o1"])
    assert ids(made.logg.oppmerksomheter) == ["o1"]
    assert ids(made.logg.notater) == ["n1"]
    assert ids(made.logg.kommentarer) == ["k1", "k3", "k4"]
    assert ids(made.logg.dokumenter) == ["f1", "fil-1"]
    assert (made.logg.lysglimt, made.logg.bilde, made.logg.om_meg) == ((), None, None)
    assert made.logg.raa is None
    told = left(made)
    assert told[("oppmerksomheter", IKKE_VALGT)] == 1
    assert told[("notater", IKKE_VALGT)] == 2
    assert told[("kommentarer", IKKE_VALGT)] == 1
    assert told[("lysglimt", IKKE_VALGT)] == 1
    assert told[("om_meg", IKKE_VALGT)] == told[("hovedmaal", IKKE_VALGT)] == 1
    assert told[("bilde", MINIMERT)] == 1
    assert told[("dokumenter", IKKE_VALGT)] == 3
    assert ("neste_moete", IKKE_VALGT) not in told
    assert all(count > 0 for count in told.values())
    assert made.utelatt == tuple(sorted(made.utelatt, key=lambda one: (one[0], one[2])))


@pytest.mark.parametrize(
    ("extra", "name", "wanted"),
    [
        (Tillegg.NOTATER, "notater", ["n1", "n2", "n3"]),
        (Tillegg.LYSGLIMT, "lysglimt", ["l1"]),
    ],
)
def test_what_is_chosen_besides(stor, extra, name, wanted):
    """Only the one that was asked for."""
    made = select(stor, ["o1"], [extra])
    assert ids(getattr(made.logg, name)) == wanted
    assert (name, IKKE_VALGT) not in left(made)
    other = "lysglimt" if name == "notater" else "notater"
    assert len(getattr(made.logg, other)) < len(getattr(stor, other))
    assert made.logg.om_meg is None


def test_the_presentation(stor):
    """All of it or none; the photo never (B-28 is the sender's own rule, and asked elsewhere)."""
    made = select(stor, ["o1"], [Tillegg.PRESENTASJON])
    assert (made.logg.om_meg, made.logg.hovedmaal, made.logg.bilde) == ("Meg.", "Noe.", None)
    assert not {name for name, _ in left(made)} & {"om_meg", "utfordring", "hovedmaal"}


def test_a_meeting_goes_when_an_evaluation_names_it(stor):
    """Or when meetings were chosen; who was in it goes only as far as they go along."""
    from schemas.stafettlogg.dialog import Moete

    meetings = (Moete(id="m1", deltakere=("mor", "pp"), **K), Moete(id="m2", **K))
    logg = stor.model_copy(
        update={"moeter": meetings, "oppmerksomheter": (concern("o1", "m1"), concern("o2", "m2"))}
    )
    made = select(logg, ["o1"])
    assert ids(made.logg.moeter) == ["m1"]
    assert made.logg.moeter[0].deltakere == ("mor",)
    assert left(made)[("moeter", IKKE_VALGT)] == 1
    assert ids(select(logg, ["o1"], [Tillegg.MOETER]).logg.moeter) == ["m1", "m2"]
    assert ids(select(logg, []).logg.moeter) == []


@pytest.mark.parametrize(
    ("changes", "goes"),
    [
        ({}, True),
        ({"trukket": "2026-05-01T10:00:00+02:00"}, False),
        ({"status": Samtykkestatus.TRUKKET}, False),
        ({"status": Samtykkestatus.TRUKKET, "trukket": "2026-05-01T10:00:00+02:00"}, False),
    ],
)
def test_a_consent_that_holds_goes_along(stor, changes, goes):
    """Narrowed to what goes, and without where the sender keeps it; another is its history."""
    one = stor.samtykker[0].model_copy(
        update={"oppmerksomheter": ("o1", "o2"), "arkivert_i": "arkiv-1"} | changes
    )
    made = select(stor.model_copy(update={"samtykker": (one,)}), ["o1"])
    assert (len(made.logg.samtykker) == 1) is goes
    assert left(made).get(("samtykker", MINIMERT), 0) == int(not goes)
    if goes:
        assert made.logg.samtykker[0].oppmerksomheter == ("o1",)
        assert made.logg.samtykker[0].arkivert_i is None


def test_what_only_the_sender_s_vendor_understands_stays(stor):
    """Counted wherever it was: in a list, and in an entity inside an entity."""
    raw = "eget"
    first, second = stor.oppmerksomheter
    goal = first.maal[0].model_copy(update={"raa": raw})
    logg = stor.model_copy(
        update={"oppmerksomheter": (first.model_copy(update={"raa": raw, "maal": (goal,)}), second)}
    )
    made = select(logg, ["o1"])
    assert left(made)[("raa", MINIMERT)] == 2
    assert made.logg.oppmerksomheter[0].raa is made.logg.oppmerksomheter[0].maal[0].raa is None
    assert ("raa", MINIMERT) not in left(select(stor, ["o1"]))


def test_people(stor):
    """The family whole and unmarked; the holder and who is named by name alone; nobody else."""
    child = stor.personer[0].model_copy(
        update={"adressebeskyttelse": Adressebeskyttelse.FORTROLIG, "mobil": "1", "epost": "b@x"}
    )
    staff = tuple(
        p.model_copy(update={"epost": "s@x", "mobil": "2", "foedselsdato": "1980-01-01",
                             "adressebeskyttelse": Adressebeskyttelse.INGEN})
        for p in stor.personer[3:]
    )  # fmt: skip
    logg = stor.model_copy(update={"personer": (child, *stor.personer[1:3], *staff)})
    made = select(logg, ["o1"], [Tillegg.LYSGLIMT])
    assert ids(made.logg.personer) == ["barn", "mor", "far", "holder", "pp"]
    barn, _mor, _far, holder, pp = made.logg.personer
    assert barn.identifikatorer == child.identifikatorer
    assert (barn.mobil, barn.epost, barn.foedselsdato) == ("1", "b@x", "2018-05-04")
    assert barn.adressebeskyttelse is Adressebeskyttelse.UKJENT
    for one in (holder, pp):
        assert one.identifikatorer == ()
        assert (one.epost, one.mobil, one.foedselsdato) == (None, None, None)
        assert one.adressebeskyttelse is Adressebeskyttelse.UKJENT
    told = left(made)
    assert told[("personer", MINIMERT)] == 1  # the teacher
    assert told[("identifikatorer", MINIMERT)] == 2
    assert told[("deltakelser", MINIMERT)] == 1
    assert [(d.person, d.status) for d in made.logg.deltakelser] == [
        ("holder", Deltakerstatus.AVSLUTTET),
        ("mor", stor.deltakelser[1].status),
        ("far", stor.deltakelser[2].status),
    ]


def test_units(stor):
    """Those a participation, the history or the responsibility names; a leader who goes along."""
    units = (
        Virksomhet(id="v1", navn="Fjordby skole", leder="holder", **K),
        Virksomhet(id="v2", navn="PPT", leder="pp", **K),
        Virksomhet(id="v3", navn="Barnehagen", leder="laerer", **K),
        Virksomhet(id="v4", navn="Ingen", **K),
    )
    logg = stor.model_copy(
        update={
            "virksomheter": units, "ansvarlig_virksomhet": "v2",
            "stafettholder_historikk": (Holderperiode(person="holder", virksomhet="v3"),),
        }
    )  # fmt: skip
    made = select(logg, ["o1"])
    assert ids(made.logg.virksomheter) == ["v1", "v2", "v3"]
    assert left(made)[("virksomheter", MINIMERT)] == 1
    assert [v.leder for v in made.logg.virksomheter] == ["holder", None, None]


def test_earlier_hand_overs_without_their_reasons(stor):
    """That they were is history; why, and by which consent, is not the receiver's."""
    was = Overfoering(
        id="h1", maaltype=Overfoeringsmaaltype("annenKommune"), begrunnelse="flytting",
        oppmerksomheter=("o2", "o1"), samtykke="s1", **K,
    )  # fmt: skip
    made = select(stor.model_copy(update={"overfoeringer": (was,)}), ["o1"])
    (told,) = made.logg.overfoeringer
    assert (told.begrunnelse, told.samtykke, told.oppmerksomheter) == (None, None, ("o1",))
