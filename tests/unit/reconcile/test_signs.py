"""What an entity is known by: ids left out, references as they are known, times as moments."""

from gateway.reconcile import signs
from schemas.stafettlogg.innhold import Tiltak
from schemas.stafettlogg.kodeverk import Rolle
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.person import Deltakelse, Person, Rolleskifte
from tests.unit.reconcile.made import concern, logg, maal, part, person, tiltak


def known(reference):
    """Everybody is known by the same name, but `borte`."""
    return signs.UNKNOWN if reference == "borte" else reference


def test_numbers_and_names():
    """None where there is none."""
    assert signs.numbers(person("p", "K", "n1")) == ("n1",)
    assert signs.numbers(person("p", "K")) is None
    assert signs.name(person("p", "K")) == "K"
    assert signs.name(person("p")) is None


def test_a_participation():
    """Person and role, or all of it; nothing of somebody nobody knows."""
    one, ended = part("d", "p"), part("e", "p", til="2026-01-01T00:00:00Z")
    assert signs.part(known)(one) == ("p", Rolle.AKTOER.value) == signs.part(known)(ended)
    assert signs.part(known, whole=True)(one) != signs.part(known, whole=True)(ended)
    assert signs.part(known, whole=True)(one) == signs.part(known, whole=True)(part("x", "p"))
    before = part("d", "p", rollehistorikk=(Rolleskifte(rolle="leder"),))
    assert signs.part(known, whole=True)(one) != signs.part(known, whole=True)(before)
    for whole in (False, True):
        assert signs.part(known, whole=whole)(part("d", "borte")) is None


def test_what_somebody_takes_part_in():
    """The known participations, sorted; None for none."""
    one = logg(deltakelser=(part("d2", "p"), part("d1", "p"), part("borte", "p"), part("d3", "q")))
    sign = signs.taking_part(one, known)
    assert sign(person("p")) == ("d1", "d2")
    assert sign(person("q")) == ("d3",)
    assert sign(person("r")) is None


def test_all_that_is_said():
    """Its own fields and what is below; references only where they are known."""
    one = maal("m", tiltak("t", "x", aktoer="p"))
    same, other = maal("n", tiltak("u", "x", aktoer="p")), maal("n", tiltak("u", "x", aktoer="q"))
    assert signs.said(known)(one) == signs.said(known)(same)
    assert signs.said(known)(one) != signs.said(known)(other)
    assert signs.said(None)(one) == signs.said(None)(other)
    assert signs.said(None)(one) != signs.said(None)(maal("n", tiltak("u", "y")))
    assert signs.said(known)(one) != signs.said(known)(maal("n"))
    deep = [concern("o", maal("m", tiltak("t", text))) for text in "xy"]
    assert signs.said(None)(deep[0]) != signs.said(None)(deep[1])


def test_what_refers_within_is_said_by_place():
    """Known to nobody outside, and still told apart."""

    def goal(a, b, replaced):
        return maal("m" + a, tiltak(a, "x", erstattet_av=replaced), tiltak(b, "x"))

    nobody = signs.said(lambda _reference: signs.UNKNOWN)
    assert nobody(goal("a", "b", "b")) == nobody(goal("c", "d", "d"))
    assert nobody(goal("a", "b", "b")) != nobody(goal("c", "d", "c"))
    assert nobody(goal("a", "b", "b")) != nobody(goal("c", "d", None))


def test_sure_is_said_where_everybody_is_known():
    """None else, and what was not known before is forgotten for the next."""
    sign = signs.sure(known)
    sure, unsure = tiltak("t", "x", aktoer="p"), tiltak("u", "x", aktoer="borte")
    assert sign(unsure) is None
    assert sign(sure) == signs.said(known)(sure) is not None


def test_own_is_without_what_is_below_and_whom_it_names():
    """Text and codes alone."""
    one = maal("m", tiltak("t"), tittel="a", ansvarlig="p")
    assert signs.own(one) == signs.own(maal("n", tittel="a"))
    assert signs.own(one) != signs.own(maal("n", tittel="b"))
    assert signs.own(one) is not None
    assert signs.own(concern("o")) != signs.own(maal("o"))


def test_a_time_is_a_moment():
    """In whatever form it was written."""
    zulu = part("d", "p", fra="2026-01-01T10:00:00Z")
    oslo = part("d", "p", fra="2026-01-01T11:00:00+01:00")
    assert signs.own(zulu) == signs.own(oslo)


def test_through():
    """One, many or none."""
    assert signs.through(known, None) is None
    assert signs.through(known, "p") == "p"
    assert signs.through(known, ("p", "borte")) == ("p", signs.UNKNOWN)


def test_a_value_is_known_by_what_it_says():
    """It has no id to leave out."""
    said = signs.said(None)
    assert said(person("p", "K", "n1")) != said(person("p", "K", "n2"))
    assert said(person("p", "K", "n1")) == said(person("q", "K", "n1"))


def test_which_fields_are_what():
    """By their annotations alone; no field in two of them, and what a system assigns in none."""
    references, nested, plain = signs.fields(Deltakelse)
    assert set(references) == {"id", "opprettet_av", "person", "virksomhet"}
    assert set(nested) == {"rollehistorikk"}
    assert {"rolle", "status", "fra", "tilgang_til"} <= set(plain)
    assert not {"kilde_id", "kildesystem", "endret", "raa"} & {*references, *nested, *plain}
    assert {"identifikatorer"} == set(signs.fields(Person)[1])
    assert {"aktoer", "erstattet_av", "del_av"} <= set(signs.fields(Tiltak)[0])
    references, nested, plain = signs.fields(Stafettlogg)
    assert {"hovedperson", "personer", "oppmerksomheter"} <= set(nested)
    assert {"stafettholder", "ansvarlig_virksomhet"} <= set(references)
    for one in ("kilde_id", *references, *nested):
        assert one not in plain
