"""What a person types that is kept in clear: it may hold nobody's number.

Names of steps, places and references end in the ledger for good, so eleven digits that could be a
person's are refused before anything is done. The refusal names the option, never what was typed.
"""

from gateway.errors import Rejected
from schemas.stafettlogg.identifikator import holds_number


def no_number(text: str, option: str) -> str:
    """The text as it was typed. Raises Rejected("PERSONNUMMER_I_TEKST")."""
    if holds_number(text):
        raise Rejected("PERSONNUMMER_I_TEKST", place=option)
    return text
