"""arkivstatus: computed from what the log is now and what an archive holds, never stored (E-1)."""

from enum import StrEnum


class Arkivstatus(StrEnum):
    """A dimension of its own beside the log's state."""

    MANGLER = "mangler"
    UTDATERT = "utdatert"
    GJELDENDE = "gjeldende"


def arkivstatus(content_sha: str, archived: frozenset[str]) -> Arkivstatus:
    """`content_sha` is the log's content now; `archived` the contents an archive has kept."""
    if content_sha in archived:
        return Arkivstatus.GJELDENDE
    return Arkivstatus.UTDATERT if archived else Arkivstatus.MANGLER
