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
Source = Annotated[str, typer.Argument(metavar="SYSTEM", help="Systemet loggene står i.")]
