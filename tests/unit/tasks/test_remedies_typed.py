"""The commands that solve what waits can be typed as they stand, but for what a person knows."""

import pytest

from gateway.tasks.remedies import About, commands

LOGG, OTHER = "aaaaaaaa-0000-5000-8000-000000000000", "bbbbbbbb-0000-5000-8000-000000000000"


def typed(code, **more):
    """The commands of a code."""
    return commands(About(code, "kilde", "maal", LOGG, **more))


def test_what_may_have_been_made_is_said_of_the_log_under_way():
    """With the system and the log; the child's other log where that is the one."""
    assert typed("KANSKJE_OPPRETTET") == (
        f"stafett created maal {LOGG} --by HVEM --at REF",
        f"stafett created maal {LOGG} --by HVEM --not-there",
    )
    assert OTHER in typed("KANSKJE_OPPRETTET", place=OTHER)[0]


@pytest.mark.parametrize("code", ["MAAL_ENDRET", "KILDE_ENDRET"])
def test_what_a_person_changed_is_taken_home_or_named(code):
    """The other way; or each place in a signature."""
    assert typed(code) == ("stafett plan maal kilde",)
    named, home = typed(code, plan="plan-1", over=("maal-1", "maal-2.tittel"))
    assert named == (
        "stafett sign plan-1 --by HVEM --overwrite aaaaaaaa:maal-1"
        " --overwrite aaaaaaaa:maal-2.tittel"
    )
    assert home == "stafett plan maal kilde"


@pytest.mark.parametrize(
    ("code", "run", "command"),
    [
        ("MAAL_BORTE", "run-1", "stafett plan kilde maal --repair run-1"),
        ("HALVSKREVET_HER", "run-2", "stafett parked run-2 --retry"),
        ("KILDE_FLYTTET", "", "stafett plan kilde maal"),
        ("UGYLDIG_SVAR", "", f"stafett show {LOGG} --why"),
        ("MAAL_BORTE", "", f"stafett show {LOGG} --why"),
    ],
)
def test_each_has_its_command(code, run, command):
    """With the run that is known; else the command that tells more."""
    assert typed(code, run=run) == (command,)


def test_a_place_is_named_whatever_the_code():
    """What an earlier try left half has places too."""
    (named,) = typed("STAAR_DER_FRA_FOER", plan="plan-1", over=("maal-1",))
    assert named.startswith("stafett sign plan-1 --by HVEM --overwrite ")
