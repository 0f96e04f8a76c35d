"""Read and check the configuration and the secrets it points at.

A wrong key, a missing secret or an unreadable file is a LocalFault with the place in the file,
never the value that stood there.
"""

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from gateway.errors import LocalFault
from gateway.settings.models import Gateway, Kommune, Motpart, Tjeneste

_M = TypeVar("_M", bound=BaseModel)


@dataclass(frozen=True, slots=True)
class Settings:
    """Everything configured: the gateway, and the municipality it works for."""

    gateway: Gateway
    kommune: Kommune
    root: Path
    motparter: Mapping[str, Motpart] = field(default_factory=dict, repr=False)

    def path(self, given: Path) -> Path:
        """A configured path, read relative to the configuration folder's parent."""
        return given if given.is_absolute() else self.root / given


def _toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise LocalFault("KONFIG_MANGLER", place=path.name) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError):
        raise LocalFault("KONFIG_UGYLDIG", place=path.name) from None


_OWN_WORD = {
    "extra_forbidden": "KONFIG_UKJENT_NOEKKEL",
    **dict.fromkeys(
        ("tuple_type", "list_type", "set_type", "frozen_set_type"), "KONFIG_SKAL_VAERE_LISTE"
    ),
}
"""What a wrong value has a word of its own for, by what is wrong with it."""


def _model(kind: type[_M], data: dict[str, Any], path: Path) -> _M:
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        code = _OWN_WORD.get(first["type"], "KONFIG_UGYLDIG")
        raise LocalFault(code, place=f"{path.name}: {where}") from None


def load(folder: Path, kommune: str = "") -> Settings:
    """Settings from `folder/gateway.toml` and one `folder/kommuner/<nr>.toml`.

    With exactly one municipality file the number may be left out. Raises LocalFault.
    """
    gateway = _model(Gateway, _toml(folder / "gateway.toml"), folder / "gateway.toml")
    files = sorted((folder / "kommuner").glob("*.toml"))
    if kommune:
        files = [folder / "kommuner" / f"{kommune}.toml"]
    if len(files) != 1:
        raise LocalFault("KOMMUNE_IKKE_VALGT", place="kommuner/")
    return Settings(
        gateway, _model(Kommune, _toml(files[0]), files[0]), folder.parent, counterparts(folder)
    )


def counterparts(folder: Path) -> dict[str, Motpart]:
    """orgnr -> the organisations in `folder/motparter/`. Raises LocalFault; the place is the
    number of the file, for its name is whom we talk to."""
    found: dict[str, Motpart] = {}
    for nr, path in enumerate(sorted((folder / "motparter").glob("*.toml")), 1):
        place = path.with_name(f"motpart {nr}")
        try:
            one = _model(Motpart, _toml(path), place)
        except LocalFault as error:
            if error.place == path.name:
                raise LocalFault(error.code, place=place.name) from None
            raise
        if one.orgnr in found:
            raise LocalFault("MOTPART_DOBBELT", place=place.name)
        found[one.orgnr] = one
    return found


def secret(system: str, config: Tjeneste, settings: Settings) -> str:
    """The client secret, from the environment or a file. Raises LocalFault when it is not there."""
    if config.secret_env and os.environ.get(config.secret_env):
        return os.environ[config.secret_env]
    if config.secret_file:
        try:
            return settings.path(config.secret_file).read_text(encoding="utf-8").strip()
        except OSError:
            raise LocalFault("HEMMELIGHET_MANGLER", place=f"systems.{system}") from None
    raise LocalFault("HEMMELIGHET_MANGLER", place=f"systems.{system}")
