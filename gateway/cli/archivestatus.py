"""What the archive has of each log that was seen, and what a total is made up of."""

from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from gateway.app import House
from gateway.cli.console import Speaker
from gateway.cli.doubting import telling
from gateway.cli.exits import OK
from gateway.cli.opening import house, speaker
from gateway.effects.archiving import overview
from gateway.effects.archiving.verk import Verk
from gateway.ledger import trust
from gateway.texts.catalogue import Catalogue


def statuses(opened: House, verk: Verk, told: Speaker) -> None:
    """How many logs the archive has, of all that were seen: what has nothing to archive, and what
    the source does not show any more, is counted too, so that the numbers add up."""
    texts = Catalogue(told.language)
    rows = overview.logs(opened.database, verk.tenant, verk.system, verk.kommune.arkiv.maal)
    gone = overview.gone(opened.database, verk.tenant, verk.system)
    counts = Counter(_word(status, ref in gone) for _, ref, _, status in rows)
    parts = [f"{n} {texts.label(f'status_{name}')}" for name, n in sorted(counts.items())]
    told.say(f"arkivstatus for {len(rows)} logger: " + ", ".join(parts))
    known = overview.statuses(opened.database, verk.tenant, verk.system, verk.kommune.arkiv.maal)
    told.give(status=dict(known), statuses=dict(counts), seen=len(rows))


def logs(system: str, config: Path | None, kommune: str, as_json: bool) -> None:
    """Every log that archiving has seen, with its state and arkivstatus."""
    with house(config, kommune) as opened:
        told = speaker(opened, as_json=as_json)
        kom = opened.settings.kommune
        with telling(told, trust.of_archive(opened.database, kom.orgnr, (system,))):
            found = overview.logs(opened.database, kom.orgnr, system, kom.arkiv.maal)
            gone = overview.gone(opened.database, kom.orgnr, system)
            texts = Catalogue(told.language)
            rows = [(*one, "ja" if one[1] in gone else "") for one in found]
            told.table(
                ("logg", "ref", "tilstand", "arkivstatus", "borte fra systemet"), rows, "logs",
                [(logg, ref,
                  texts.label("borte_sist_sett").format(state=state) if lost else state,
                  texts.label(f"status_{_word(status, bool(lost))}"), lost)
                 for logg, ref, state, status, lost in rows],
                (texts.label("vaar_id"), texts.label("systemets_id"), "tilstand", "arkivstatus",
                 "borte fra systemet"),
            )  # fmt: skip
            told.end(OK)


def waits_of(left: Sequence[dict[str, Any]], texts: Catalogue) -> str:
    """What makes up the number that waits: deliveries, logs that were never frozen, attachments."""
    kinds = Counter(
        "levering" if one["arkiv"] else "vedlegg" if one["uttak"] else "ufryst" for one in left
    )
    return ", ".join(
        f"{texts.label(f'venter_{name}')}: {kinds[name]}"
        for name in ("levering", "ufryst", "vedlegg")
        if kinds[name]
    )


def _word(status: str, lost: bool) -> str:
    """A log the source does not show any more: what the archive has is of what was seen last."""
    return f"{status}_borte" if lost and status != overview.NOTHING else status
