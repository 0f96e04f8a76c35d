"""The error family: safe to log, and the unforeseen keeps its text to itself."""

import pytest

from gateway import errors


@pytest.mark.parametrize("kind", ["Transient", "UnknownOutcome", "Conflict", "Rejected",
                                  "LocalFault", "RemoteFault"])  # fmt: skip
def test_every_kind_says_its_code_and_place(kind):
    """`str` is the code and the place, and nothing else."""
    error = getattr(errors, kind)("KODE", place="gw:1")
    assert (str(error), error.kind, error.action) == ("KODE (gw:1)", kind, "KODE")
    assert isinstance(error, errors.GatewayError)


def test_the_unforeseen_is_told_by_type_and_line_only():
    """A ValueError that quotes a log becomes a code, a type and a line of ours."""
    from schemas.stafettlogg.identifikator import classify

    try:
        classify(None)  # type: ignore[arg-type]
        raise KeyError("Kari Nordmann 41814061033")
    except Exception as error:
        fault = errors.unexpected(error)
    assert fault.code == "UVENTET_FEIL"
    assert "Kari" not in str(fault)
    assert "4181" not in str(fault)
