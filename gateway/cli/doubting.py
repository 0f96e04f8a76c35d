"""How a command that reads the ledger speaks of what is not as it was proved.

A command that goes on from it refuses; one that tells says so before anything else.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from gateway.cli.console import Speaker
from gateway.errors import LocalFault
from gateway.ledger.replay import Wrong
from gateway.texts.catalogue import Catalogue
from schemas.nummer import is_somebodys_number


def key_of(wrong: Wrong) -> list[str]:
    """What it is known by; never what may be somebody's number."""
    words = [str(value)[:60] for value in wrong.key]
    return ["?" if is_somebodys_number(word) else word for word in words]


@contextmanager
def telling(told: Speaker, wrong: Wrong | None) -> Iterator[None]:
    """Around a command that tells. What cannot even be told for what is wrong is refused."""
    if wrong is None:
        yield
        return
    first_doubt(told, wrong)
    try:
        yield
    except Exception:  # noqa: BLE001 - whatever it is, this is why
        refuse(wrong)


def first_doubt(told: Speaker, wrong: Wrong) -> None:
    """Say in the first line, and to a program, that what follows is not as it was proved."""
    text = Catalogue(told.language).code(wrong.code)
    told.give(doubt={"kode": wrong.code, "hvor": wrong.table, "id": key_of(wrong)})
    told.say(f"STEMMER IKKE – {wrong.code} ({wrong.table}): {text.what}\n  Gjør dette: {text.do}\n")


def refuse(wrong: Wrong | None) -> None:
    """Stop a command that would go on from what is not as it was proved. Raises LocalFault."""
    if wrong is not None:
        raise LocalFault(wrong.code, place=" ".join([wrong.table, *key_of(wrong)]))
