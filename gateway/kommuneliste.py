"""The list of municipalities, read from a file the municipality keeps.

The file is JSON in KLASS' shape (`schemas/kommuneinndeling/liste.py`). It is configuration, and
never a package: a list that came with the software would be last year's.
"""

from datetime import date
from pathlib import Path

from gateway.errors import LocalFault
from schemas.kommuneinndeling.liste import Kommuneliste


def load(path: Path) -> Kommuneliste:
    """The list. Raises LocalFault("KOMMUNELISTE_MANGLER")."""
    try:
        return Kommuneliste.model_validate_json(path.read_bytes())
    except (OSError, ValueError):
        raise LocalFault("KOMMUNELISTE_MANGLER", place=path.name) from None


def called(liste: Kommuneliste, number: str, today: date) -> frozenset[str]:
    """What a municipality's own number is today. Raises LocalFault("KOMMUNE_IKKE_I_LISTEN") when
    the list does not know it, or it was split and only people can say which part we are."""
    found = liste.reformed(number, today)
    if len(found) != 1:
        raise LocalFault("KOMMUNE_IKKE_I_LISTEN", place=number)
    return found
