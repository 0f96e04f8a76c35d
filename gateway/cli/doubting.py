"""How a command that reads the ledger speaks of what is not as it was proved.

A command that goes on from it refuses; one that tells says so before anything else, and ends as a
proof that does not hold.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from gateway.cli.console import Speaker, tell
from gateway.errors import LocalFault, Rejected
from gateway.ledger.replay import Wrong
from gateway.texts.catalogue import Catalogue
from schemas.nummer import is_somebodys_number


def key_of(wrong: Wrong) -> list[str]:
    """What it is known by; never what may be somebody's number."""
    words = [str(value)[:60] for value in wrong.key]
    return ["?" if is_somebodys_number(word) else word for word in words]


@contextmanager
def telling(told: Speaker, wrong: Wrong | None) -> Iterator[None]:
    """Around all that a command tells, its end included. What cannot even be told for what is
    wrong is said to be that."""
    if wrong is None:
        yield
        return
    first_doubt(told, wrong)
    try:
        yield
    except BrokenPipeError:
        raise
    except Rejected as error:
        # No to what was asked for: told as ever, below what does not hold.
        tell(error, as_json=False)
    except Exception:  # noqa: BLE001 - whatever it is, this is why
        told.say(Catalogue(told.language).label("rest_untold"))
    told.end()


def first_doubt(told: Speaker, wrong: Wrong) -> None:
    """Say in the first line, and to a program, that what follows is not as it was proved."""
    told.first = None  # one doubt is said, and this is the one that knows where
    text = Catalogue(told.language).code(wrong.code)
    told.doubted = True
    told.give(doubt={"kode": wrong.code, "hvor": wrong.table, "id": key_of(wrong)})
    told.say(f"STEMMER IKKE – {wrong.code} ({wrong.table}): {text.what}\n  Gjør dette: {text.do}\n")


def refuse(wrong: Wrong | None) -> None:
    """Stop a command that would go on from what is not as it was proved. Raises LocalFault."""
    if wrong is not None:
        raise LocalFault(wrong.code, place=" ".join([wrong.table, *key_of(wrong)]))
