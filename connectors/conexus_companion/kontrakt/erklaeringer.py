"""What each operation takes and answers: one row per operation, in the order of the guide.

The sandbox is held against this by traffic (tests/contract/traffic.py). Codes of a status stand in
one text with spaces between.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
BYTES = "*/*"


@dataclass(frozen=True, slots=True)
class Svar:
    """An answer that says it was done. `schema` is empty for one without a body."""

    said: str
    schema: str = ""
    media: str = JSON
    headers: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Erklaering:
    """One operation. Names are keys of `deler.PARAMETERS` and of `deler.HEADERS`."""

    done: Mapping[int, Svar]
    query: tuple[str, ...] = ()
    headers: tuple[str, ...] = ()
    optional: tuple[str, ...] = ()
    body: str = ""
    media: str = JSON
    errors: Mapping[int, str] = field(default_factory=dict)
    secured: bool = True


_PAGING = ("storrelse", "markor")
_PAGED = {400: "UKJENT_PARAMETER UGYLDIG_STORRELSE UGYLDIG_MARKOR"}
_PLAIN = {400: "UKJENT_PARAMETER"}
_GONE = {404: "BORTE"}
_RULES = "R-003 R-071 R-076 R-091"
_SHAPE = "UGYLDIG_DOKUMENT UKJENT_FELT DUPLISERT_ID UGYLDIG_TEKST"
_VERSION = {404: "BORTE", 412: "ENDRET", 428: "MANGLER_VERSJON"}
_WRITTEN = ("ETag",)

DECLARED: Mapping[str, Erklaering] = {
    "token.hent": Erklaering(
        done={200: Svar("A token.", "TokenSvar", optional=("Cache-Control",))},
        body="TokenForm",
        media=FORM,
        secured=False,
    ),
    "kommune.les": Erklaering(
        done={200: Svar("The municipality and what the token may do.", "Kommune")}, errors=_PLAIN
    ),
    "stafettlogger.list": Erklaering(
        done={200: Svar("A page of the listing.", "Liste")}, query=_PAGING, errors=_PAGED
    ),
    "endringer.les": Erklaering(
        done={200: Svar("A page of the change feed.", "Endringer")}, query=_PAGING, errors=_PAGED
    ),
    "stafettlogg.finn": Erklaering(
        done={200: Svar("The logs that carry the key; none is an empty list.", "Funn")},
        errors=_PLAIN,
    ),
    "stafettlogg.les": Erklaering(
        done={200: Svar("The whole log.", "Logg", headers=_WRITTEN)}, errors={**_PLAIN, **_GONE}
    ),
    "fil.skriv": Erklaering(
        done={204: Svar("The bytes are kept.")},
        headers=("Innhold-Sha256",),
        body="bytes",
        media=BYTES,
        errors={**_PLAIN, 422: "FEIL_FILSUM"},
    ),
    "stafettlogg.importer": Erklaering(
        done={
            201: Svar("The log was made.", "Treff", headers=_WRITTEN, optional=("Location",)),
            200: Svar(
                "This key and this body have made a log before: where it stands now.",
                "Treff",
                headers=_WRITTEN,
            ),
        },
        query=("bevarUkjente",),
        headers=("Idempotency-Key",),
        optional=("Varsling",),
        body="Innsending",
        errors={
            400: "UKJENT_PARAMETER UGYLDIG_JSON MANGLER_NOKKEL UGYLDIG_VARSLING",
            409: "NOKKEL_BRUKT ID_OPPTATT NOKKEL_OPPTATT",
            422: f"{_SHAPE} FIL_MANGLER {_RULES}",
        },
    ),
    "stafettlogg.oppdater": Erklaering(
        done={200: Svar("The log is as it was sent.", "Treff", headers=_WRITTEN)},
        query=("bevarUkjente",),
        headers=("If-Match",),
        optional=("Varsling", "Idempotency-Key"),
        body="Innsending",
        errors={
            400: "UKJENT_PARAMETER UGYLDIG_JSON UGYLDIG_VARSLING",
            409: "NOKKEL_OPPTATT",
            422: f"{_SHAPE} FEIL_ID FIL_MANGLER {_RULES}",
            **_VERSION,
        },
    ),
    "stafettlogg.opprett": Erklaering(
        done={201: Svar("The log was made.", "Treff", headers=_WRITTEN, optional=("Location",))},
        query=("bevarUkjente",),
        optional=("Varsling",),
        body="Opprettelse",
        errors={
            400: "UKJENT_PARAMETER UGYLDIG_JSON UGYLDIG_VARSLING",
            409: "NOKKEL_OPPTATT",
            422: f"{_SHAPE} FIL_MANGLER {_RULES}",
        },
    ),
    "stafettlogg.endre": Erklaering(
        done={
            200: Svar(
                "The log is as it was sent but for `sistOppdatert`.", "Treff", headers=_WRITTEN
            )
        },
        query=("bevarUkjente",),
        headers=("If-Match",),
        body="Opprettelse",
        errors={
            400: "UKJENT_PARAMETER UGYLDIG_JSON",
            409: "NOKKEL_OPPTATT",
            422: f"{_SHAPE} FEIL_ID FIL_MANGLER {_RULES} R-077 R-078",
            **_VERSION,
        },
    ),
    "fil.les": Erklaering(
        done={
            200: Svar("The bytes.", "bytes", BYTES, optional=("Innhold-Sha256",)),
        },
        errors={**_PLAIN, **_GONE},
    ),
    "overforinger.les": Erklaering(
        done={200: Svar("The hand-overs of the log, oldest first.", "Overforinger")},
        errors={**_PLAIN, **_GONE},
    ),
    "stafettlogg.slett": Erklaering(
        done={204: Svar("The log and its files are gone.")},
        headers=("If-Match",),
        errors={**_PLAIN, 422: "IKKE_PASSIV", **_VERSION},
    ),
}
"""In the order of the worked example."""
