"""What Samspill offers, operation by operation, and how we know.

Documented is what developer.minflyt.no says under "Flyt Samspill - External API": three lists and
one form. Everything on content is our proposal to the vendor, served by the sandbox and closed to
any other address until the municipality confirms it. This module must not do I/O.
"""

from gateway.ports.connector import Operation, Provenance

SOURCE = "developer.minflyt.no, Flyt Samspill - External API"
PROPOSAL = "our proposal; the vendor documents no interface for content"
ROUTINE = "municipal routine; done in the product by a person"

PLANS = "/content/v1/plans"
FORM = "/external/v1/plans"


def _documented(name: str, call: str, effects: str = "") -> Operation:
    return Operation(name, call, Provenance.DOCUMENTED, SOURCE, effects)


def _assumed(name: str, call: str, source: str = PROPOSAL, effects: str = "") -> Operation:
    return Operation(name, call, Provenance.ASSUMED, source, effects)


def _manual(name: str, call: str) -> Operation:
    return Operation(name, call, Provenance.MANUAL, ROUTINE)


OPERATIONS: tuple[Operation, ...] = (
    _documented("planTypes.list", "GET /external/v1/planTypes"),
    _documented("roles.list", "GET /external/v1/roles"),
    _documented("affiliations.list", "GET /external/v1/affiliations"),
    _documented(
        "plan.create",
        f"POST {FORM}",
        "creates or updates accounts for the persons; the plan lead gets a lasting right to "
        "create plans; invitations are mailed; not idempotent; no plan id is documented as "
        "returned",
    ),
    _assumed(
        "token.fetch",
        "POST /connect/token",
        "Visma Connect client credentials, documented for sibling products; this scope is ours",
    ),
    _assumed("tenant.read", "GET /content/v1/tenant"),
    _assumed("plan.list", f"GET {PLANS}"),
    _assumed("change.list", "GET /content/v1/changes"),
    _assumed("plan.search", f"POST {PLANS}/search"),
    _assumed("plan.read", f"GET {PLANS}/{{planId}}"),
    _assumed("plan.update", f"PATCH {PLANS}/{{planId}}"),
    _assumed("plan.delete", f"DELETE {PLANS}/{{planId}}", effects="inactive plans only"),
    _assumed("part.list", f"GET {PLANS}/{{planId}}/{{part}}"),
    _assumed("part.create", f"POST {PLANS}/{{planId}}/{{part}}"),
    _assumed("part.order", f"PUT {PLANS}/{{planId}}/{{part}}/order"),
    _assumed("part.update", f"PATCH {PLANS}/{{planId}}/{{part}}/{{id}}"),
    _assumed("part.delete", f"DELETE {PLANS}/{{planId}}/{{part}}/{{id}}"),
    _assumed("content.read", f"GET {PLANS}/{{planId}}/documents/{{id}}/content"),
    _assumed("content.write", f"PUT {PLANS}/{{planId}}/documents/{{id}}/content"),
    _manual("plan.freeze", "Planadministrasjon: tell the participants, stop writing"),
    _manual("photo.consent", "Planoversikt: ask the family before a photo is shown"),
    _manual("consent.sign", "Samtykke til planen: send to signing with electronic id"),
    _manual("participant.login", "The participant follows the invitation; invited becomes active"),
    _manual("plan.print", "Planoversikt: print without life areas, save as PDF"),
)

BY_NAME = {operation.name: operation for operation in OPERATIONS}
