"""One municipality's account for transfers, and the protocol it speaks there.

The protocol's name is KS' to give, so it is configuration. It must not hold anything about a
child, a counterpart or a message.
"""

from pydantic import Field

from connectors.fiks.oppsett import Fiksoppsett


class Profil(Fiksoppsett):
    """Account and protocol.

    There is no fixed receiver and no account key here: packages come sealed and leave sealed.
    `meldingsprefiks` and `versjon` make the message types, `<prefix>.<word>.<version>`;
    `protokoll` is the name the catalogue is asked for, `<prefix>.<version>` when it is empty.
    """

    mottaker_konto_id: str = ""
    konto_noekler: str = ""
    meldingsprefiks: str = Field(
        default="no.kommune.stafettlogg", pattern=r"^[a-z][a-z0-9-]*(\.[a-z][a-z0-9-]*){1,5}$"
    )
    versjon: str = Field(default="v1", pattern=r"^v[1-9][0-9]?$")
    protokoll: str = Field(default="", pattern=r"^([a-z][a-z0-9.-]{2,100})?$")
    sikkerhetsniva: int = Field(default=4, ge=3, le=4)
    maks_pakke: int = Field(default=1024 * 1024 * 1024, ge=1024)

    @property
    def protokollnavn(self) -> str:
        """The protocol as the catalogue knows it."""
        return self.protokoll or f"{self.meldingsprefiks}.{self.versjon}"
