"""What a write left, as the target itself gives it back: the receipt of one step.

A receipt is what the target read back, never what it answered. This module must not write, and must
not decide what happens next.
"""

from gateway.effects import failpoint
from gateway.effects.receipts import Ready, Result
from gateway.effects.route import Route
from gateway.exit.file_content import fetched
from gateway.ports.connector import Written
from gateway.run.reading_back import compared


def read_back(route: Route, one: Ready, ref: str, written: Written | None = None) -> Result:
    """What the target holds, compared leaf by leaf with what was to be written, and the content
    of its files by their hashes.

    `written` is what the write gave. Where something else stands than we wrote, and it is not
    the target's own doing in that very write, somebody has been there since, or meanwhile: then
    what we wrote is what was agreed, and their edit is theirs, to be seen by the next plan.
    """
    document = route.target.document(ref)
    failpoint.reach("readback.after")
    found = compared(route.pair.target, route.tenant, one.made.body, document.body)
    content = fetched(route.target, document, found.files)
    if written is not None and written.found and found.outcome.state != "settled":
        # It stood there already and says something else: nothing was written, so nothing is
        # agreed. What it says may be an earlier try of ours, a person's, or both.
        stands = Written(ref, document.version)
        return Result(one.step, "parkert", "STAAR_DER_FRA_FOER", ref, "Conflict", stands)
    same = written is None or document.version == written.version
    alone = written is None or written.alone
    ours = written is not None and not written.found
    # Where all that was promised stands, whoever wrote it, there is nothing to be told apart.
    whole = found.outcome.state == "settled" and not content.wrong
    agreed = same and ((ours and alone) or whole)
    version = written.version if written is not None and ours and alone else ""
    return Result(
        one.step,
        "ferdig",
        code="" if agreed else "ENDRET_ETTER_SKRIVING",
        written=Written(ref, document.version if agreed else version),
        promised=one.made.body,
        base=document.body if agreed else one.made.body,
        ids=found.ids,
        outcome=content.told(found.outcome),
        ready=one,
        files=content.right,
        unproven=tuple(file_id for file_id, _ in content.wrong),
    )
