"""The package to an individuell plan: § 19 from a to i, durable, and only with consent."""

import json

import pypdfium2
import pytest

from gateway.errors import Rejected
from gateway.ledger.access import Shown
from gateway.snapshot.ip import LETTERS, package
from tests.people import seen
from tests.story.arkivet import Shelf, Works
from tests.story.conftest import CONEXUS, EverybodyOpen, System, generated


def text_of(pdf):
    """The text layer."""
    document = pypdfium2.PdfDocument(pdf)
    try:
        return "\n".join(document[n].get_textpage().get_text_range() for n in range(len(document)))
    finally:
        document.close()


def test_the_points_of_the_regulation_stand_in_order(lab, vera, first):
    """Every letter from a to i, in the PDF and in the JSON; what the log lacks is said."""
    logg, _files = first
    pdf, data = package(logg, lab.ramme)
    assert all(verdict.compliant for verdict in vera.validate(pdf, "2a", "ua1"))
    told = json.loads(data)
    assert [point["bokstav"] for point in told["punkter"]] == list(LETTERS)
    read = text_of(pdf)
    places = [read.index(point["tittel"]) for point in told["punkter"]]
    assert places == sorted(places)
    missing = read.count("Må skrives av koordinatoren") + read.count("Må skrivast av koordinatoren")
    assert missing == sum(point["mangler"] for point in told["punkter"])
    bare = logg.model_copy(update={"samtykker": (), "stafettholder": None})
    assert {p["bokstav"] for p in json.loads(package(bare, lab.ramme)[1])["punkter"]
            if p["mangler"]} >= {"c", "h"}  # fmt: skip


def test_hostile_texts_make_a_package_too(lab):
    """No text of a log can stop or change the package's layout."""
    for _name, logg, _files in list(lab.hostile(14))[::4]:
        assert package(logg, lab.ramme)[0].startswith(b"%PDF")


def test_a_package_needs_consent_and_an_open_address(tmp_path):
    """Planted breaches: no consent, and a protected family; neither lays anything out."""
    from gateway.effects.archiving.collect import collect
    from gateway.effects.archiving.ip_package import lay_out, read

    class Closed(EverybodyOpen):
        def check(self, persons):
            return {}

    system = System(CONEXUS, tmp_path / "source")
    system.load(generated(CONEXUS, 7, 6))
    for register, wanted in ((EverybodyOpen(), "P-1"), (Closed(), "P-20")):
        works = Works(tmp_path / wanted, system, register, shelf=Shelf())
        collect(works.verk, "tick", spread=False)
        codes, made = set(), 0
        for _nr, document in enumerate(system.app.documents()):
            logg = works.verk.decode(json.dumps(document).encode())
            try:
                paths = lay_out(
                    works.verk, read(works.verk, logg.id), tmp_path / f"{wanted}-{logg.id}",
                    seen(works.verk, Shown.IP_PAKKE, logg.id),
                )  # fmt: skip
                made += all(path.exists() for path in paths)
            except Rejected as refused:
                codes.add(refused.code)
                assert not (tmp_path / f"{wanted}-{logg.id}").exists()
        works.close()
        assert all(code.startswith(wanted) for code in codes)
        assert codes
        assert (made == 0) == (wanted == "P-20")
    system.close()


def test_a_log_nobody_knows_has_no_package(tmp_path):
    """An id that was never seen is refused by name."""
    from gateway.effects.archiving.ip_package import read

    system = System(CONEXUS, tmp_path / "source")
    works = Works(tmp_path / "works", system, EverybodyOpen(), shelf=Shelf())
    with pytest.raises(Rejected, match="UKJENT_LOGG"):
        read(works.verk, "ingen")
    works.close()
    system.close()
