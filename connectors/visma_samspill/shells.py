"""The form that makes a plan, and knowing our own unfinished plan again.

The documented form is not idempotent and gives no plan id back (developer.minflyt.no, Flyt
Samspill - External API), so a plan that our client made, that has no external reference yet and is
about the same person is ours to go on with; a second one is never made. This module must not
write anything but the form.
"""

from typing import Any

from connectors.visma_samspill.client import Client, Found
from connectors.visma_samspill.filling import LEAD
from gateway.errors import Conflict, Rejected, UnknownOutcome
from gateway.ports.connector import ConnectorSettings

GUARDIAN = "role-foresatt"


def plan_type(bundle: dict[str, Any], settings: ConnectorSettings) -> str:
    """The municipality's own id of the plan type; per-customer data, so settings go first."""
    return str(settings.options.get("planTypeId") or bundle["plan"]["planTypeId"])


def unclaimed(
    client: Client, bundle: dict[str, Any], settings: ConnectorSettings, place: str
) -> list[Found]:
    """Plans about the bundle's person that our client made and nobody has a reference on."""
    number = bundle["plan"]["mainPerson"]["nationalId"]
    if number is None:
        return []
    query = {"mainPersonNationalId": number, "planTypeId": plan_type(bundle, settings)}
    return [
        row
        for row in client.search(query, place)
        if row.reference is None and row.created_by == settings.client_id
    ]


def create(
    client: Client, bundle: dict[str, Any], settings: ConnectorSettings, place: str
) -> Found:
    """Send the form and find the plan it made.

    Raises Rejected when the form cannot be filled in, UnknownOutcome when the plan does not show,
    Conflict("FLERE_KANDIDATER") when two could be it.
    """
    client.create_shell(form(bundle, settings, place), place)
    made = unclaimed(client, bundle, settings, place)
    if not made:
        raise UnknownOutcome("UVISST_UTFALL", place=place)
    return only(made, place)


def only(candidates: list[Found], place: str) -> Found:
    """The one candidate. Raises Conflict("FLERE_KANDIDATER")."""
    if len(candidates) != 1:
        raise Conflict("FLERE_KANDIDATER", place=place)
    return candidates[0]


def form(bundle: dict[str, Any], settings: ConnectorSettings, place: str) -> dict[str, Any]:
    """The documented form: before consent, guardians are the only participants it may carry."""
    plan = bundle["plan"]
    leads = [p for p in bundle["participants"] if p["roleId"] == LEAD]
    if len(leads) != 1:
        raise Rejected("MANGLER_PLANANSVARLIG", place=place)
    return {
        "organisationNumber": settings.tenant,
        "planTypeId": plan_type(bundle, settings),
        "mainPerson": _person(plan["mainPerson"], place),
        "planLead": _person(leads[0], place),
        "participants": [
            {**_person(p, place), "roleId": p["roleId"]}
            for p in bundle["participants"]
            if p["roleId"] == GUARDIAN and p["nationalId"] and p["name"]
        ],
        "affiliationId": plan["affiliationId"],
    }


def _person(row: dict[str, Any], place: str) -> dict[str, str]:
    if not row["nationalId"]:
        raise Rejected("MANGLER_FODSELSNUMMER", place=place)
    if not row["name"]:
        raise Rejected("MANGLER_NAVN", place=place)
    return {"name": row["name"], "nationalId": row["nationalId"]}
