"""Was a consent taken back? Yes, with its time or by its state; or perhaps, and nobody knows when.

A system may name who withdrew and leave the time empty, or show a consent as valid while one of
its signers has said no. Nobody can then say that it stands, and nobody that it does not: that is
doubt, and doubt is a no to be asked about, not a withdrawal to be told as a fact (R-116).
"""

from schemas.stafettlogg.kodeverk import Samtykkestatus, Signaturstatus
from schemas.stafettlogg.samtykke import Samtykke


def withdrawn(samtykke: Samtykke) -> bool:
    """True when it was taken back, at a known time or not (R-116)."""
    return bool(samtykke.trukket) or samtykke.status is Samtykkestatus.TRUKKET


def doubtful(samtykke: Samtykke) -> bool:
    """True when somebody took it back without a time or a state that says so, or when it stands
    as valid and a signer has refused, nobody knows when (R-112, R-116)."""
    if withdrawn(samtykke):
        return False
    if _names_somebody(samtykke.trukket_av):
        return True
    return samtykke.status is Samtykkestatus.GYLDIG and any(
        s.status is Signaturstatus.AVSLAATT and not s.tid for s in samtykke.signatarer
    )


def revoked(samtykke: Samtykke) -> bool:
    """True when it was taken back, or may have been."""
    return withdrawn(samtykke) or doubtful(samtykke)


def _names_somebody(ref: str | None) -> bool:
    """False for an empty field too, which a document's mapping keeps as its system's name and
    nothing after the colon: an empty text is nobody."""
    return bool((ref or "").rpartition(":")[2].strip())
