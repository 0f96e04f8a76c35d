"""Generated Samspill plans as plans about grown women, whose own signature is enough.

Samspill holds no birth date, and a birth date is never read out of a number, so the age of a minor
in a plan from there is not known and the policy holds the plan (R-115: not knowing means no).
Where a test needs plans that may go, it makes the plan's guardian (or its own youth) the pregnant
main person; nothing else of the plan is touched.
"""

from collections.abc import Iterable, Iterator
from typing import Any

Generated = tuple[dict[str, Any], dict[str, bytes]]
OWNER = "role-planeigar"
GUARDIAN = "role-foresatt"


def grown(stock: Iterable[Generated]) -> Iterator[Generated]:
    """Each plan with a main person who signs for herself."""
    for bundle, files in stock:
        main = bundle["plan"]["mainPerson"]
        owners = [p for p in bundle["participants"] if p["roleId"] == OWNER]
        others = [p for p in bundle["participants"] if p["roleId"] == GUARDIAN]
        signers = {s["participantId"] for c in bundle["consents"] for s in c["signers"]}
        chosen = next((p for p in owners + others if p["participantId"] in signers), None)
        if chosen is not None:
            if chosen["roleId"] != OWNER:
                chosen["roleId"] = OWNER
                chosen["roleHistory"] = [
                    {**step, "roleId": OWNER if step["roleId"] == GUARDIAN else step["roleId"]}
                    for step in chosen["roleHistory"]
                ]
            main["personId"], main["nationalId"] = chosen["personId"], chosen["nationalId"]
            main["name"] = chosen["name"]
            main["kind"], main["willLogIn"] = "pregnant", True
        yield bundle, files
