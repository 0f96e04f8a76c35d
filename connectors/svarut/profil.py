"""One receiver's choices: account, agreed type, keys, deadline, how the record shall be made.

Read from `settings.options`, all text. That nothing is printed is not a choice and not here. This
module must not call anything.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, ValidationError, model_validator

from connectors.svarut.avsenderkonto import Avsenderkonto
from gateway.errors import LocalFault

M = TypeVar("M", bound=BaseModel)


def _pairs(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    return tuple(tuple(part.split("=", 1)) for part in value.split())


Tekst = Annotated[str, Field(min_length=1, max_length=100)]
Par = Annotated[tuple[tuple[str, str], ...], BeforeValidator(_pairs)]


class Profil(Avsenderkonto):
    """A municipality's way through SvarUt into one archive."""

    avgivende_system: Tekst = "Stafettlogg-gateway"
    mottaker_navn: Tekst
    mottaker_orgnr: Annotated[str, Field(pattern=r"^\d{9}$")]
    forsendelsestype: Annotated[
        str, Field(max_length=100, pattern=r"^[a-zA-ZæøåÆØÅ0-9]+(\.[a-zA-ZæøåÆØÅ0-9]+)*$")
    ]
    """Agreed with the receiver: its archive fetches shipments of this type."""
    niva: Annotated[int, Field(ge=3, le=4)] = 4
    kryptert: bool = True
    """The files are encrypted with SvarUt's own key; `krevNiva4Innlogging` follows from it."""
    svarut_sertifikat: Path | None = None
    nin_noekkel: Tekst = "nin"
    """The key under which the receiver reads the child's number, in the body."""
    filter: Par = ()
    """`name=value` pairs the receiver places the document by."""
    dokumenttype: str = ""
    journalposttype: Tekst
    journalstatus: Tekst
    frist_timer: Annotated[int, Field(ge=1, le=24 * 60)] = 72
    """Hours until a shipment nobody has fetched is a person's task."""
    tidssone: str = "Europe/Oslo"

    @model_validator(mode="after")
    def _keys_are_there(self) -> "Profil":
        if self.kryptert and self.svarut_sertifikat is None:
            raise ValueError("svarut_sertifikat")
        return self


def read(options: Mapping[str, str]) -> Profil:
    """The profile in `options`. Raises LocalFault("UGYLDIG_PROFIL") with the name of a field."""
    return read_as(Profil, options)


def read_as(model: type[M], options: Mapping[str, str]) -> M:
    """The options as `model`. Raises LocalFault("UGYLDIG_PROFIL") with the name of a field."""
    place = "svarut"
    try:
        return model.model_validate(dict(options))
    except ValidationError as exc:
        found = exc.errors(include_input=False, include_url=False, include_context=False)
        field = ".".join(str(part) for part in found[0]["loc"])
        # Our own checks say nothing but the name of the field that is missing.
        place += "." + (field or found[0]["msg"].rpartition(" ")[2])
    raise LocalFault("UGYLDIG_PROFIL", place=place)
