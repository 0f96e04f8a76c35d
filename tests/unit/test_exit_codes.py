"""The exit code says whose move it is: a wish refused is nobody's fault."""

import pytest

from gateway.cli import console
from gateway.errors import Conflict, LocalFault, Rejected, RemoteFault, Transient, UnknownOutcome


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (Rejected("IKKE_FULLMAKT"), console.USAGE),
        (LocalFault("NOEKKEL_MANGLER"), console.LOCAL),
        (Transient("OPPTATT"), console.REMOTE),
        (UnknownOutcome("BRUTT"), console.REMOTE),
        (Conflict("OVERFOERING_ENDRET"), console.REMOTE),
        (RemoteFault("UGYLDIG_SVAR"), console.REMOTE),
    ],
    ids=lambda one: type(one).__name__,
)
def test_the_exit_code_of_what_ended_a_command(error, code):
    """Ours, theirs, or only a no."""

    @console.guarded
    def command():
        raise error

    with pytest.raises(SystemExit) as left:
        command()
    assert left.value.code == code
