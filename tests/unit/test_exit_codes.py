"""The exit code says whose move it is, by the README's list: a wish refused is nobody's fault."""

import re
from pathlib import Path

import pytest

from gateway.cli import console, exits
from gateway.errors import Conflict, LocalFault, Rejected, RemoteFault, Transient, UnknownOutcome
from gateway.texts.catalogue import Catalogue

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Rejected("IKKE_FULLMAKT"), exits.USAGE),
        (LocalFault("NOEKKEL_MANGLER"), exits.LOCAL),
        (Transient("OPPTATT"), exits.REMOTE),
        (UnknownOutcome("BRUTT"), exits.REMOTE),
        (Conflict("ENDRET_I_MAAL"), exits.REMOTE),
        (RemoteFault("UGYLDIG_SVAR"), exits.REMOTE),
        (LocalFault("HOVEDBOK_OMSKREVET"), exits.BROKEN),
        (LocalFault("NYTTELAST_AAPNES_IKKE"), exits.BROKEN),
        (LocalFault("UKJENT_KJOERING"), exits.USAGE),
        (LocalFault("UKJENT_VALG"), exits.USAGE),
        (Conflict("OVERFOERING_PAAGAAR"), exits.USAGE),
    ],
    ids=lambda one: getattr(one, "code", one),
)
def test_the_exit_code_of_what_ended_a_command(error, code):
    """Ours, theirs, or only a no."""

    @console.guarded
    def command():
        raise error

    with pytest.raises(SystemExit) as left:
        command()
    assert left.value.code == code


def test_the_exit_codes_are_the_readmes():
    """Each number the README lists is one of ours, and each of ours is listed; and every code in
    the table is one that can be told."""
    (told,) = re.findall(r"^Exit codes: (.*?)\. Every", (ROOT / "README.md").read_text(), re.M)
    said = [int(number) for number in re.findall(r"(?:^|, )(\d) ", told)]
    assert said == [*range(8)]
    assert set(exits.CODES.values()) <= set(said)
    assert set(exits.CODES) <= Catalogue("nb").known()


def test_every_code_that_says_the_proof_does_not_hold_ends_so():
    """What `verify` and the readers name is what the others refuse with."""
    from gateway.ledger import anchored, form, payloads, replay, store

    named = {
        anchored.OLDER, anchored.OTHER, anchored.MISSING, form.CHANGED, replay.REWRITTEN,
        replay.TRUNCATED, replay.ROW_FOREIGN, payloads.OTHER, *store.LOST,
    }  # fmt: skip
    assert {exits.CODES[code] for code in named} == {exits.BROKEN}
