"""The messages of the hand-over protocol, and how one is read and written.

Before acceptance a receiver learns the reason as a code, the unit, and the number of concerns;
nothing here has a field for more. The content travels in the package of `pakke`, locked with a
key that only `akseptbekreftelse` gives away.
"""

import hashlib
import json
from typing import Annotated, Any, TypeVar

from pydantic import Field, ValidationError

from schemas.overfoering.hode import (
    VERSJONSFORM,
    Hode,
    Kode,
    Orgnr,
    Sha256,
    Tid,
    Uuid,
    Verdi,
)
from schemas.overfoering.jsontekst import parsed
from schemas.overfoering.koder import (
    PROTOKOLL,
    VERSJON,
    Avvisningsgrunn,
    Begrunnelse,
    Innlogging,
    Maaltype,
    Meldingstype,
    Resultat,
    Rettet,
    Uforstaatt,
    Utfall,
)
from schemas.overfoering.newer import known, major, minor, without_nulls

_V = TypeVar("_V", bound=Verdi)
GENESIS = "0" * 64
_LARGEST = 64 * 1024


class Grunnlag(Verdi):
    """What the sender vouches for: a consent's evidence by its hash, not its words."""

    samtykke_id: str | None = Field(default=None, pattern=r"^[A-Za-z0-9_.:-]{1,80}$")
    bevis_sha256: Sha256 | None = None
    arkivert: bool
    foresatte_informert: Tid | None = None
    familien_hoert: Tid | None = None


class Tilbud(Verdi):
    """The offer: all the receiver may know before a person accepts (R-130 to R-132)."""

    maaltype: Maaltype
    begrunnelse: Begrunnelse
    virksomhet: Orgnr = Field(description="the receiving unit")
    rettet: Rettet
    person: str | None = Field(
        default=None,
        pattern=r"^[A-Za-z0-9_.:-]{1,60}$",
        description="the receiver's own reference of the named person",
    )
    antall_oppmerksomheter: int = Field(ge=1, le=1000)
    frist: Tid
    grunnlag: Grunnlag
    innhold_sha256: Sha256 = Field(description="of the locked package, as it will come")
    innhold_stoerrelse: int = Field(ge=1)
    gruppe: Uuid | None = Field(default=None, description="hand-overs a worker keeps together")


class Pakke(Verdi):
    """The locked package is in the file `innhold.laast` beside this message."""

    innhold_sha256: Sha256
    innhold_stoerrelse: int = Field(ge=1)


class Tildeling(Verdi):
    """A leader has named a person; who it is stays with the receiver until acceptance."""

    tildelt: Tid


class Aksept(Verdi):
    """A person accepts. `aksept_id` is stored before this is sent and never changes."""

    aksept_id: Uuid
    akseptert: Tid
    innlogging: Innlogging
    rolle: Kode = "stafettholder"


class Akseptbekreftelse(Verdi):
    """The sender has switched: the receiver is responsible from `byttet`, and may open."""

    aksept_id: Uuid
    byttet: Tid
    noekkel: Annotated[str, Field(pattern=r"^[A-Za-z0-9+/]{43}=$", repr=False)]


class Avvisning(Verdi):
    """The receiver says no; the sender keeps the log."""

    grunn: Avvisningsgrunn


class Tilbaketrekking(Verdi):
    """The sender takes the offer back. There is one word for every reason (C-4)."""


class Utloept(Verdi):
    """A deadline has passed; the sender keeps the log."""

    frist: Tid | None = None


class Importlinje(Verdi):
    """How many of one kind were in the package and stand in the receiver's system."""

    slag: Kode
    sendt: int = Field(ge=0)
    staar: int = Field(ge=0)


class Fullfoert(Verdi):
    """The receiver has the log in its system, read back. Places and counts, never values."""

    aksept_id: Uuid
    innhold_sha256: Sha256
    importert: Tid
    linjer: tuple[Importlinje, ...] = ()
    avvik: int = Field(default=0, ge=0, description="leaves that read back otherwise than written")
    mangler: int = Field(default=0, ge=0, description="leaves the receiver's system cannot hold")
    utfall: Utfall | None = Field(default=None, description="since 1.1; absent is `skrevet`")


class IkkeForstaatt(Verdi):
    """Since 1.1: the receiver has taken over, and cannot read the log in the package. The sender
    keeps its log open, and the key, until `fullfoert`."""

    aksept_id: Uuid
    innhold_sha256: Sha256
    grunn: Uforstaatt
    forstaar: Annotated[str, Field(pattern=VERSJONSFORM)]


class Etterspoersel(Verdi):
    """A unit asks whether a log should come (R-018). It tells nothing but that it asks.

    `referanse` is the asking unit's own word for the case; the answer, if any, is an offer.
    """

    virksomhet: Orgnr
    referanse: Kode


class Kvittering(Verdi):
    """The technical receipt of one message. It is never an acceptance."""

    gjelder: Uuid
    gjelder_type: Meldingstype
    resultat: Resultat
    alt_mottatt: bool = Field(default=False, description="offer and package are both here, whole")
    kode: Kode | None = None
    hode_inn: Sha256 = Field(description="the head of the chain of messages taken")


Innhold = (
    Tilbud
    | Pakke
    | Tildeling
    | Aksept
    | Akseptbekreftelse
    | Avvisning
    | Tilbaketrekking
    | Utloept
    | Fullfoert
    | IkkeForstaatt
    | Etterspoersel
    | Kvittering
)

INNHOLD: dict[Meldingstype, type[Verdi]] = {
    Meldingstype.TILBUD: Tilbud,
    Meldingstype.PAKKE: Pakke,
    Meldingstype.TILDELING: Tildeling,
    Meldingstype.AKSEPT: Aksept,
    Meldingstype.AKSEPTBEKREFTELSE: Akseptbekreftelse,
    Meldingstype.AVVISNING: Avvisning,
    Meldingstype.TILBAKETREKKING: Tilbaketrekking,
    Meldingstype.UTLOEPT: Utloept,
    Meldingstype.FULLFOERT: Fullfoert,
    Meldingstype.IKKE_FORSTAATT: IkkeForstaatt,
    Meldingstype.ETTERSPOERSEL: Etterspoersel,
    Meldingstype.KVITTERING: Kvittering,
}


AVSENDERE: dict[Meldingstype, frozenset[str]] = {
    Meldingstype.TILBUD: frozenset({"avgiver"}),
    Meldingstype.PAKKE: frozenset({"avgiver"}),
    Meldingstype.TILDELING: frozenset({"mottaker"}),
    Meldingstype.AKSEPT: frozenset({"mottaker"}),
    Meldingstype.AKSEPTBEKREFTELSE: frozenset({"avgiver"}),
    Meldingstype.AVVISNING: frozenset({"mottaker"}),
    Meldingstype.TILBAKETREKKING: frozenset({"avgiver"}),
    Meldingstype.UTLOEPT: frozenset({"avgiver", "mottaker"}),
    Meldingstype.FULLFOERT: frozenset({"mottaker"}),
    Meldingstype.IKKE_FORSTAATT: frozenset({"mottaker"}),
    Meldingstype.ETTERSPOERSEL: frozenset({"mottaker"}),
    Meldingstype.KVITTERING: frozenset({"avgiver", "mottaker"}),
}
"""Which side of a hand-over can say what."""


class Melding(Verdi):
    """One message: its head, and the content its type says."""

    hode: Hode
    innhold: dict[str, Any] = Field(repr=False)


class Ulest(Exception):
    """A message that does not hold: a public code and where, never a value."""

    def __init__(self, kode: str, sted: str = "") -> None:
        super().__init__(kode)
        self.kode = kode
        self.sted = sted


def write(hode: Hode, innhold: Verdi) -> bytes:
    """The message as it is signed: JSON, sorted keys, compact, UTF-8, no nulls."""
    told = {
        "hode": hode.model_dump(mode="json", by_alias=True, exclude_none=True),
        "innhold": innhold.model_dump(mode="json", by_alias=True, exclude_none=True),
    }
    return json.dumps(told, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def digest(body: bytes) -> str:
    """What the next message names as `forrige`: SHA-256 of the message as it was signed."""
    return hashlib.sha256(body).hexdigest()


def read(body: bytes) -> tuple[Hode, Verdi]:
    """A message, checked; what a newer minor says that we do not know is passed over, wherever it
    stands. Raises Ulest: UGYLDIG_MELDING, UKJENT_PROTOKOLL."""
    if len(body) > _LARGEST:
        raise Ulest("UGYLDIG_MELDING", "stoerrelse")
    fault: Ulest
    try:
        told = parsed(body)
        raw, content = told["hode"], told["innhold"]
        version = str(raw["versjon"])
        if raw["protokoll"] != PROTOKOLL or major(version) != major(VERSJON):
            raise Ulest("UKJENT_PROTOKOLL", "hode.versjon")
        newer = minor(version) > minor(VERSJON)
        if not newer and told.keys() != {"hode", "innhold"}:
            raise Ulest("UGYLDIG_MELDING", "melding")
        hode = _strict(Hode, raw, newer)
        if hode.side not in AVSENDERE[hode.type]:
            raise Ulest("UGYLDIG_MELDING", "hode.side")
        # A message outside the chain would leave no trace in the proof.
        if (hode.nr == 0) is not (hode.type is Meldingstype.KVITTERING):
            raise Ulest("UGYLDIG_MELDING", "hode.nr")
        return hode, _strict(INNHOLD[hode.type], content, newer)
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False, include_context=False)[0]
        fault = Ulest("UGYLDIG_MELDING", ".".join(str(part) for part in first["loc"])[:80])
    except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
        fault = Ulest("UGYLDIG_MELDING", "json")
    raise fault


def _strict(kind: type[_V], raw: Any, newer: bool) -> _V:
    """Validate; a newer minor version may say things we do not know and need not. As text, and
    strictly: a number in quotes is one to some readers and none to others."""
    told = known(kind, raw)[0] if newer else raw
    return kind.model_validate_json(json.dumps(without_nulls(kind, told)), strict=True)
