"""The index of a hand-over package: every file with its hash, and which schemas it follows."""

from typing import Annotated

from pydantic import Field

from schemas.overfoering.hode import VERSJONSFORM, Orgnr, Sha256, Tid, Uuid, Verdi

Filnavn = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9.-]{0,79}$")]


class Pakkefil(Verdi):
    """One file. `rolle` is what it is: `logg`, `uttak`, `vedlegg`, `samtykke`, `skjema`."""

    filnavn: Filnavn
    rolle: Annotated[str, Field(pattern=r"^(logg|uttak|vedlegg|samtykke|skjema|begrunnelse)$")]
    media_type: Annotated[str, Field(pattern=r"^[a-z0-9.+-]+/[a-zA-Z0-9.+-]+$")]
    sha256: Sha256
    stoerrelse: int = Field(ge=0)
    gjelder: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_.:-]{1,80}$")


class Utelatt(Verdi):
    """How many of one kind stayed at the sender, and the public code of why."""

    slag: Annotated[str, Field(pattern=r"^[A-Za-z0-9_.]{1,80}$")]
    antall: int = Field(ge=1)
    kode: Annotated[str, Field(pattern=r"^[A-Z0-9_-]{1,40}$")]


class Manifest(Verdi):
    """`overfoering.json`: the only index of a package's files. `versjon` is the oldest
    minor of the protocol that has every member used in the package, the log too; absent is 1.0."""

    versjon: Annotated[str, Field(pattern=VERSJONSFORM)] = "1.0"
    overfoering_id: Uuid
    forsoek: int = Field(ge=1, le=99)
    fra: Orgnr = Field(repr=False)
    til: Orgnr = Field(repr=False)
    laget: Tid
    logg_id: str = Field(pattern=r"^[A-Za-z0-9_.:-]{1,80}$")
    oppmerksomheter: tuple[str, ...]
    skjema: dict[str, str] = Field(description="file name -> identifier of the schema it follows")
    filer: tuple[Pakkefil, ...]
    utelatt: tuple[Utelatt, ...] = ()
