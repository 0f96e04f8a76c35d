"""Small canonical logs to judge; synthetic persons only."""

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any

import pytest

from gateway.policy.context import Policyramme
from schemas.stafettlogg.innhold import Dokument, Maal, Oppmerksomhet, Tiltak
from schemas.stafettlogg.kodeverk import (
    Adressebeskyttelse,
    Hovedpersontype,
    Identtype,
    Kildesystem,
    Loggstatus,
    Rolle,
    Samtykkestatus,
    Signaturstatus,
    Tiltaksarena,
)
from schemas.stafettlogg.logg import Stafettlogg
from schemas.stafettlogg.person import (
    Deltakelse,
    Hovedperson,
    Identifikator,
    Person,
    Virksomhet,
)
from schemas.stafettlogg.samtykke import Mottaker, Samtykke, Signatar

CX = Kildesystem.CONEXUS
NOW = datetime(2026, 11, 21, 12, 0, tzinfo=UTC)


NUMBERS = {
    "barn": "04851853885",
    "mor": "03828536841",
    "far": "08878402856",
    "holder": "03837907925",
    "laerer": "09899014984",
    "pp": "02818119960",
}
"""Each has a number of their own: two with one number are one person."""


def person(pid: str, born: str | None = None) -> Person:
    """A person with a synthetic number."""
    number = Identifikator(type=Identtype.SYNTETISK, verdi=NUMBERS.get(pid, "41814061033"))
    return Person(id=pid, kildesystem=CX, foedselsdato=born, identifikatorer=(number,))


def deltakelse(pid: str, rolle: str, virksomhet: str | None = None) -> Deltakelse:
    """A participation named `d-<person>`."""
    return Deltakelse(id=f"d-{pid}", kildesystem=CX, person=pid, rolle=rolle, virksomhet=virksomhet)


def samtykke(*signers: str, on: str = "2026-03-02", **changes: Any) -> Samtykke:
    """A valid consent for creating and sharing, signed by these persons on a day."""
    fields: dict[str, Any] = {
        "id": "s1",
        "kildesystem": CX,
        "omfang": ("opprette", "dele"),
        "status": Samtykkestatus.GYLDIG,
        "gyldig_fra": on,
        "fil": "fil-1",
        "signatarer": tuple(
            Signatar(person=p, status=Signaturstatus.SIGNERT, tid=f"{on}T10:00:00+01:00")
            for p in signers
        ),
        "mottakere": (Mottaker(virksomhet="Fjordby skole"),),
    }
    return Samtykke(**(fields | changes))


def concern(cid: str, *aktoerer: str | None) -> Oppmerksomhet:
    """A concern with one measure per aktør, all old."""
    measures = tuple(
        Tiltak(
            id=f"{cid}-t{n}",
            kildesystem=CX,
            aktoer=aktoer,
            arena=Tiltaksarena.TJENESTE,
            opprettet="2026-03-02T10:00:00+01:00",
        )
        for n, aktoer in enumerate(aktoerer)
    )
    goal = Maal(id=f"{cid}-m", kildesystem=CX, tiltak=measures)
    return Oppmerksomhet(id=cid, kildesystem=CX, maal=(goal,))


@pytest.fixture
def logg() -> Callable[..., Stafettlogg]:
    """A log that every rule says yes to; keyword arguments change it."""

    def make(**changes: Any) -> Stafettlogg:
        fields: dict[str, Any] = {
            "id": "logg-1",
            "kildesystem": CX,
            "hovedperson": Hovedperson(person="barn", type=Hovedpersontype.BARN),
            "status": Loggstatus.AKTIV,
            "stafettholder": "d-holder",
            "personer": (
                person("barn", "2018-05-04"),
                person("mor"),
                person("far"),
                person("holder"),
                person("laerer"),
                person("pp"),
            ),
            "virksomheter": (
                Virksomhet(id="v1", kildesystem=CX, navn="Fjordby skole"),
                Virksomhet(id="v2", kildesystem=CX, navn="PPT Fjordby"),
            ),
            "deltakelser": (
                deltakelse("holder", Rolle.STAFETTHOLDER, "v1"),
                deltakelse("mor", Rolle.FORESATT),
                deltakelse("far", Rolle.FORESATT),
                deltakelse("laerer", Rolle.AKTOER, "v1"),
            ),
            "samtykker": (samtykke("mor", "far"),),
            "oppmerksomheter": (concern("o1", "laerer"),),
            "dokumenter": (Dokument(id="bilde-1", kildesystem=CX),),
        }
        return Stafettlogg(**(fields | changes))

    return make


@pytest.fixture
def ramme() -> Callable[..., Policyramme]:
    """A frame in which nobody is protected; keyword arguments change it."""

    def make(**changes: Any) -> Policyramme:
        everyone = ("barn", "mor", "far", "holder", "laerer", "pp")
        fields: dict[str, Any] = {
            "now": NOW,
            "kommunenummer": "9901",
            "production": False,
            "protection": dict.fromkeys(everyone, Adressebeskyttelse.INGEN),
            "born": {},
        }
        return Policyramme(**(fields | changes))

    return make
