"""The shape of `config/gateway.toml` and `config/kommuner/<nr>.toml`.

An unknown key is an error, not a shrug. No key may hold a secret: secrets are named by the
environment variable or the file that holds them. Each municipal key cites the difference it
settles (B-01 and so on).
"""

from datetime import date
from pathlib import Path
from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, field_validator

from gateway.arkiv.utloeser import ALLTID, STANDARD, Utloeser
from gateway.staff.roles import StaffRole

_CLOSED = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)
Orgnr = Annotated[str, StringConstraints(pattern=r"^\d{9}$")]


class Bekreftelse(BaseModel):
    """Who at the municipality confirmed that an assumed contract is real, and when."""

    model_config = _CLOSED
    av: Annotated[str, StringConstraints(min_length=2)]
    dato: date


class Tjeneste(BaseModel):
    """One service the gateway may reach. Nothing that is not listed is ever called."""

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
    breaker_failures: int = Field(
        default=8, ge=1, description="logs or listings in a row without an answer"
    )
    breaker_pause: float = Field(default=5.0, ge=0, description="seconds")
    page_size: int = Field(default=100, ge=1, le=1000)


class System(Tjeneste):
    """A system that holds logs."""

    reads_whole_log: bool = Field(
        description="true when every participant there reads the whole log (R-031)"
    )
    seen_within: float = Field(
        default=120.0,
        ge=0,
        description="seconds a log that was made and does not show is looked for, before a person "
        "is asked; the vendor's own word counts when it is longer",
    )


class Arkiv(Tjeneste):
    """An archive; `kobling` is the folder in connectors/ that speaks its interface."""

    base_url: str = Field(default="", description="root address; empty for a drop folder")
    client_id: str = ""
    kobling: str = Field(description="kind of archive: a folder of connectors/ with an arkiv.py")
    per_minutt: int = Field(
        default=120, ge=1, le=6000, description="deposits a minute, all processes together"
    )
    ro_sekunder: float = Field(
        default=60.0,
        ge=0,
        description="seconds of rest after a lost answer, before we look again; what does not show "
        "is looked for as long again, before a person is asked",
    )


class Folkeregister(Tjeneste):
    """Access to the population register; the secret is a key for Maskinporten, in `options`."""

    kommuneliste: Path = Field(description="list of municipalities in KLASS' shape (131)")


class Samtykke(BaseModel):
    """B-01 to B-03. `egen_alder` is years reached (fyller), never "over"."""

    model_config = _CLOSED
    egen_alder: Literal[15, 16, 18] = 16
    under: Literal["foresatte"] = "foresatte"
    fra: Literal["foresatte", "ungdom", "begge"] = "begge"
    felles_foreldreansvar: Literal["alleSignerer", "en"] = "alleSignerer"
    bekreftet_av: str = Field(default="", description="who confirmed the reading of the routine")


class Frister(BaseModel):
    """How long a hand-over may wait. No seed gives a number; these are the strict defaults."""

    model_config = _CLOSED
    mottak_timer: int = Field(
        default=72, ge=1, le=720, description="hours from sent until the other side must have it"
    )
    aksept_dager: int = Field(default=14, ge=1, le=90, description="days until somebody accepts")
    paaminnelser: tuple[int, ...] = Field(
        default=(3, 7), description="days after which the leader is reminded"
    )


class Overfoering(BaseModel):
    """B-26, B-28: what is left behind unless the municipality says otherwise, and how a log is
    handed over. Keys are PEM files; the first of `dekryptering` is the newest."""

    model_config = _CLOSED
    med_bilde: bool = False
    med_presentasjon: bool = True
    system: str = Field(default="", description="the system whose logs are handed over and taken")
    kanaler: tuple[str, ...] = Field(
        default=(), description="channels this municipality receives by, by their names"
    )
    noekkel: Path | None = Field(default=None, description="PEM: our key, signs every package")
    sertifikat: Path | None = Field(default=None, description="PEM: its certificate")
    dekrypteringssertifikat: Path | None = Field(
        default=None, description="PEM: what is encrypted to within the municipality"
    )
    dekryptering: tuple[Path, ...] = Field(
        default=(), description="PEM: keys that open what is sent to us, also those before a change"
    )
    ansattfil: Path | None = Field(
        default=None, description="older name of ansatte.fil; used where that is not set"
    )
    samme_virksomhet: Literal["informert", "samtykke"] = "informert"
    gravid_digitalt: bool = Field(
        default=False, description="logs about somebody pregnant go electronically (B-17)"
    )
    frister: Frister = Frister()
    nyttelast_dager: int = Field(
        default=0, ge=0, le=30, description="days a payload is kept after the end (C-3)"
    )


class Krav(BaseModel):
    """What a counterpart asks for before content may be disclosed; the stricter of two holds (B).
    Left out, the strictest there is."""

    model_config = _CLOSED
    egen_alder: Literal[15, 16, 18] = 18
    fra: Literal["foresatte", "ungdom", "begge"] = "begge"
    felles_foreldreansvar: Literal["alleSignerer", "en"] = "alleSignerer"


class Motpart(BaseModel):
    """`config/motparter/<orgnr>.toml`: another organisation, and how its gateway is reached."""

    model_config = _CLOSED
    orgnr: Orgnr
    navn: str = Field(description="shown to the person who chooses; never logged, never stored")
    kommunenummer: Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
    kanal: str = Field(description="the channel to it, by its name in gateway.toml")
    adresse: dict[str, str] = Field(default_factory=dict, description="the channel's own words")
    sertifikater: tuple[Path, ...] = Field(
        default=(), description="PEM: its certificates; each does what its keyUsage says"
    )
    signerer: tuple[Path, ...] = Field(
        default=(), description="PEM: what it signs with, where sertifikater does not tell"
    )
    aapner: tuple[Path, ...] = Field(
        default=(), description="PEM: what it opens with (RSA), where sertifikater does not tell"
    )
    tls: tuple[Path, ...] = Field(
        default=(), description="PEM: what its line shows, where sertifikater does not tell"
    )
    utstedere: tuple[Path, ...] = Field(
        default=(), description="PEM: authorities that may vouch for a new certificate of it"
    )
    krav: Krav = Krav()


class Kanaloppsett(Tjeneste):
    """A channel between municipalities; `kobling` is the folder in connectors/ that speaks it."""

    base_url: str = Field(default="", description="root address; empty for gateway to gateway")
    client_id: str = ""
    kobling: str = Field(description="kind of channel: a folder of connectors/ with a kanal.py")


class Ansatte(BaseModel):
    """R-036: who works in the units, and in which roles. Without it, no act that needs a person."""

    model_config = _CLOSED
    fil: Path | None = Field(default=None, description="the municipality's staff file (JSON)")


class Adressesperre(BaseModel):
    """C-4: where the register's answers are read, and who handles what is held."""

    model_config = _CLOSED
    registerfil: Path | None = Field(
        default=None, description="file with the register's answers; none means everything is held"
    )
    kontaktpunkt: StaffRole = Field(
        default=StaffRole.LEDER, description="the staff role that handles what is held"
    )


class Natt(BaseModel):
    """When archive jobs go: they are spread from `fra` to `til`, local time."""

    model_config = _CLOSED
    fra: Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "22:00"
    til: Annotated[str, StringConstraints(pattern=r"^([01]\d|2[0-3]):[0-5]\d$")] = "05:00"
    tidssone: str = "Europe/Oslo"


class Arkivregler(BaseModel):
    """B-06, B-07: what sets off a snapshot, and where it goes."""

    model_config = _CLOSED
    utloesere: frozenset[Utloeser] = Field(
        default=STANDARD, description="what sets off a snapshot (B-06)"
    )
    maal: tuple[str, ...] = Field(
        default=(), description="archives, by their names in gateway.toml; each gets every snapshot"
    )
    kilder: tuple[str, ...] = Field(
        default=(), description="systems whose logs `stafett serve` archives every night"
    )
    mappetype: Literal["barnemappe", "elevmappe", "annen"] = "barnemappe"
    pdf: Literal["a-1a", "a-2a", "a-3a"] = Field(
        default="a-2a", description="a-3a holds the JSON inside, where the depot agrees (C-2)"
    )
    natt: Natt = Natt()
    frist_dager: int = Field(
        default=14, ge=1, le=90, description="days an archive or a person may take to answer"
    )

    @field_validator("utloesere")
    @classmethod
    def _always(cls, given: frozenset[Utloeser]) -> frozenset[Utloeser]:
        """Three of them cannot be switched off (B-06)."""
        return given | ALLTID


class Sletting(BaseModel):
    """B-08: who may delete, and what may not be deleted at all."""

    model_config = _CLOSED
    rolle: Literal["leder", "fagansvarlig", "stafettholder", "superbruker"] = Field(
        default="leder", description="superbruker is the older word for fagansvarlig"
    )
    sperret: frozenset[str] = Field(
        default=frozenset(), description="ids of logs under a legal hold"
    )


class Flyttehint(BaseModel):
    """C-5: hints that a family has moved. Off until a system is named; a hint moves nothing."""

    model_config = _CLOSED
    kilder: tuple[str, ...] = Field(
        default=(), description="systems whose active logs' children are watched in the register"
    )
    forslag_dager: int = Field(
        default=30, ge=1, le=365, description="days until a proposal nobody answered expires"
    )
    se_over_timer: int = Field(
        default=24, ge=1, le=168, description="hours between looks at which logs are active"
    )


class Varselmappe(BaseModel):
    """Where one of the municipality's own systems fetches notices that a log opened or closed."""

    model_config = _CLOSED
    mappe: Path = Field(description="the folder it fetches from")
    sertifikat: Path | None = Field(
        default=None,
        description="PEM: the receiver's certificate; with it notices are sealed, and hold the "
        "child's number",
    )
    fra_foer: bool = Field(
        default=True, description="also told, once, of every active log that stood before"
    )


Varselnavn = Annotated[str, StringConstraints(min_length=1, max_length=40)]


class Kommune(BaseModel):
    """One municipality's settings. Every default is the strict one."""

    model_config = _CLOSED
    nummer: Annotated[str, StringConstraints(pattern=r"^\d{4}$")]
    navn: str
    orgnr: Orgnr
    samtykke: Samtykke = Samtykke()
    ansatte: Ansatte = Ansatte()
    overfoering: Overfoering = Overfoering()
    adressesperre: Adressesperre = Adressesperre()
    arkiv: Arkivregler = Arkivregler()
    slett: Sletting = Sletting()
    flyttehint: Flyttehint = Flyttehint()
    varsler: dict[Varselnavn, Varselmappe] = Field(
        default_factory=dict, description="own systems told that a log opened or closed (R-008)"
    )
    nivaa_tekst: dict[Literal["1", "2", "3"], str] = Field(
        default_factory=dict, description="the municipality's own definition of each level (B-04)"
    )
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
    anchor_file: Path | None = Field(
        default=None,
        description="where the ledger's anchor stands; on another disk than `data` it tells of an "
        "older copy put back. Empty: `anker` in `data`",
    )
    key_env: str = Field(default="STAFETT_KEYS", description="environment variable with the keys")
    language: Literal["nb", "nn", "en"] = "nb"
    workers: int = Field(default=2, ge=1, le=32, description="chunks at once per process")
    chunk: int = Field(default=50, ge=1, le=1000, description="logs per durable unit of work")
    min_free_mb: int = Field(
        default=200, ge=0, description="free disk needed before a job or a piece of one"
    )
    max_shrink_percent: int = Field(
        default=20, ge=0, le=100, description="a source that shrank more than this stops the run"
    )
    systems: dict[str, System]
    archives: dict[str, Arkiv] = Field(default_factory=dict)
    kanaler: dict[str, Kanaloppsett] = Field(default_factory=dict)
    folkeregister: Folkeregister | None = None
