"""What is wrong with an organisation number somebody wrote, as a code.

Nine digits whose last one does not fit are a slip of the pen, and are told as that: whoever is told
to write nine digits has done so.
"""

from schemas.stafettlogg.identifikator import is_orgnr

CONTROL = "ORGNR_KONTROLLSIFFER"


def fault(number: str, otherwise: str) -> str:
    """Nothing for a valid number; `otherwise` for what is not nine digits at all."""
    if is_orgnr(number):
        return ""
    nine = len(number) == 9 and number.isascii() and number.isdigit()
    return CONTROL if nine else otherwise
