"""Documents of one vendor that once passed without a word, or stopped for no reason: each says now
what is in doubt. The folder lies beside the project where it is kept; without it the test says so.
"""

import json
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from gateway import app
from gateway.policy.context import Policyramme
from gateway.policy.rules import judge
from schemas.stafettlogg.kodeverk import Adressebeskyttelse

FOLDER = Path(__file__).parents[3] / "shared" / "cases" / "conexus"
TENANT = "899100107"
NOW = datetime(2026, 11, 30, 9, 0, tzinfo=UTC)
ANOTHER_DAY = {"x-fdag-avvik": date(2009, 12, 1)}
"""Where the register says another birth date than the log."""
AT = {"x-endret-naa": datetime(2026, 11, 29, 22, 0, tzinfo=UTC)}
"""The moment of the verdict, where it is not `NOW`."""
SAID = {
    "h2-020": (["P-81"], "note"),
    "h2-058": (["P-82"], "note"),
    "h2-072": ([], ""),
    "x-18-foresatte-15": (["P-42", "P-42", "P-17"], "withheld"),
    "x-endret-naa": (["P-30"], "hold"),
    "x-fdag-avvik": (["P-15"], "hold"),
    "x-trukket-uten-tid": (["P-16"], "hold"),
}


def kind(finding):
    """What a finding does."""
    return "hold" if finding.hold else "note" if finding.note else "withheld"


@pytest.fixture
def case():
    """A document by its name; skips, and says so, where the folder is not."""

    def find(name):
        path = FOLDER / f"{name}.json"
        if not path.exists():
            pytest.skip("the doubtful documents are not beside the project, so none was judged")
        return json.loads(path.read_text(encoding="utf-8"))

    return find


@pytest.mark.parametrize("name", sorted(SAID))
def test_each_says_what_is_in_doubt(case, name):
    """The codes, and what the first of them does to the log."""
    logg = app.mapping("conexus_companion").decode(case(name), TENANT).logg
    main = logg.hovedperson.person
    born = {main: ANOTHER_DAY[name]} if name in ANOTHER_DAY else {}
    frame = Policyramme(
        now=AT.get(name, NOW), kommunenummer="9901", production=False, born=born,
        protection=dict.fromkeys((p.id for p in logg.personer), Adressebeskyttelse.INGEN),
    )  # fmt: skip
    findings = judge(logg, frame).findings
    codes, first = SAID[name]
    assert [f.code for f in findings] == codes
    assert [kind(f) for f in findings][:1] == [first] * bool(codes)
    if name in AT:
        (held,) = findings
        assert held.until == datetime(2026, 11, 29, 20, 58, 26, tzinfo=UTC) + timedelta(hours=8)
