"""Options that many commands share, said in one place."""

from pathlib import Path
from typing import Annotated

import typer

Config = Annotated[
    Path | None,
    typer.Option("--config", help="Mappen med gateway.toml og kommuner/ (ellers: config)."),
]
Kommune = Annotated[str, typer.Option("--kommune", help="Kommunenummer, når oppsettet har flere.")]
Json = Annotated[bool, typer.Option("--json", help="Svar som JSON, for programmer.")]
By = Annotated[
    str,
    typer.Option("--by", envvar="STAFETT_BY", help="Hvem: referansen fra ansattfilen."),
]


def _language(given: str) -> str:
    """One of ours, or the one that is set up: another is no answer in bokmål."""
    if given not in ("", "nb", "nn", "en"):
        raise typer.BadParameter("en av nb, nn og en")
    return given


Language = Annotated[
    str, typer.Option("--language", callback=_language, help="nb, nn eller en (tomt: den satte).")
]
Source = Annotated[str, typer.Argument(metavar="SYSTEM", help="Systemet loggene står i.")]
