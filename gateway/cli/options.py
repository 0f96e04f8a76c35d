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
Source = Annotated[str, typer.Argument(metavar="SYSTEM", help="Systemet loggene står i.")]
