"""The shape of `config/gateway.toml` and `config/kommuner/<nr>.toml`.

An unknown key is an error, not a shrug. No key may hold a secret: secrets are named by the
environment variable or the file that holds them. Each municipal key cites the difference it
settles (B-01 and so on).
"""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints

_CLOSED = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
Orgnr = Annotated[str, StringConstraints(pattern=r"^\d{9}$")]


class Bekreftelse(BaseModel):
    """Who at the municipality confirmed that an assumed contract is real, and when."""

    model_config = _CLOSED
    av: Annotated[str, StringConstraints(min_length=2)]
    dato: date


class System(BaseModel):
    """One system the gateway may reach. Nothing that is not listed is ever called."""

    model_config = _CLOSED
    base_url: str = Field(description="root address of the system's interface")
    token_url: str = Field(
        default="", description="token endpoint; empty means base_url/connect/token"
    )
    client_id: str
    secret_env: str = Field(default="", description="environment variable with the client secret")
    secret_file: Path | None = Field(default=None, description="file with the client secret")
    scope: str = ""
    contract: str = Field(default="", description="the contract version we agreed on; empty: any")
    options: dict[str, str] = Field(default_factory=dict)
    confirmed: dict[str, Bekreftelse] = Field(
        default_factory=dict, description='assumed operations confirmed; "*" means all'
    )
    timeout: float = Field(default=10.0, gt=0, description="seconds per read")
    deadline: float = Field(default=30.0, gt=0, description="seconds per call, in all")
    attempts: int = Field(default=6, ge=1, le=20)
    retry_budget: float = Field(default=120.0, ge=0, description="seconds of waiting per minute")
    breaker_failures: int = Field(default=8, ge=1)
    breaker_pause: float = Field(default=5.0, ge=0, description="seconds")
    page_size: int = Field(default=100, ge=1, le=1000)
    reads_whole_log: bool = Field(
        description="true when every participant there reads the whole log (R-031)"
    )


class Samtykke(BaseModel):
    """B-01 to B-03. `egen_alder` is years reached (fyller), never "over"."""

    model_config = _CLOSED
    egen_alder: Literal[15, 16, 18] = 16
    under: Literal["foresatte"] = "foresatte"
    fra: Literal["foresatte", "ungdom", "begge"] = "begge"
    felles_foreldreansvar: Literal["alleSignerer", "en"] = "alleSignerer"
    bekreftet_av: str = Field(default="", description="who confirmed the reading of the routine")


class Overfoering(BaseModel):
    """B-28: what is left behind unless the municipality says otherwise."""

    model_config = _CLOSED
    med_bilde: bool = False
    med_presentasjon: bool = True


class Adressesperre(BaseModel):
    """C-4: where the register's answers are read, and who handles what is held."""

    model_config = _CLOSED
    registerfil: Path | None = Field(
        default=None, description="file with the register's answers; none means everything is held"
    )
    kontaktpunkt: str = "leder"


class Kommune(BaseModel):
    """One municipality's settings. Every default is the strict one."""

    model_config = _CLOSED
    nummer: Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
    navn: str
    orgnr: Orgnr
    samtykke: Samtykke = Samtykke()
    overfoering: Overfoering = Overfoering()
    adressesperre: Adressesperre = Adressesperre()
    redigering_timer: int = Field(default=8, ge=0, le=48, description="R-077; hours")
    maalform: Literal["nb", "nn"] = "nb"


class Gateway(BaseModel):
    """`config/gateway.toml`."""

    model_config = _CLOSED
    environment: Literal["sandbox", "production"] = "sandbox"
    data: Path = Field(default=Path("data"), description="folder for ledger, payloads, reports")
    database: str = Field(
        default="", description="empty: SQLite in `data`; else a postgresql:// address"
    )
    key_file: Path | None = Field(default=None, description="file with the ledger's keys")
    key_env: str = Field(default="STAFETT_KEYS", description="environment variable with the keys")
    language: Literal["nb", "nn", "en"] = "nb"
    workers: int = Field(default=2, ge=1, le=32, description="chunks at once per process")
    chunk: int = Field(default=50, ge=1, le=1000, description="logs per durable unit of work")
    min_free_mb: int = Field(default=200, ge=0, description="free disk needed before a run")
    max_shrink_percent: int = Field(
        default=20, ge=0, le=100, description="a source that shrank more than this stops the run"
    )
    systems: dict[str, System]
