"""The five elements of an activity plan for the school environment, gathered in one table.

A plan under opplæringslova § 12-4 (§ 9 A until 2024) must say which problem it is for, which
measures, when, who is responsible and when they are evaluated (R-088). The same words stand with
each measure below; here a reader finds them together.
"""

from gateway.snapshot.blokker import Blokk, notice, table
from gateway.snapshot.leser import Leser, first
from gateway.snapshot.navngiving import in_order
from gateway.snapshot.vist import join
from schemas.stafettlogg.innhold import Maal, Oppmerksomhet, Tiltak

CATEGORY = "SKOLEMILJOE"


def activity_plan(les: Leser, concern: Oppmerksomhet) -> list[Blokk]:
    """The table; nothing for a concern of another category."""
    if concern.kategori != CATEGORY:
        return []
    words = les.words
    rows = [_row(les, goal, measure) for goal in concern.maal for measure in in_order(goal)]
    head = (words["tiltak"], words["naar"], words["hvem_gjoer"], words["evalueres"])
    found: list[Blokk] = [
        notice(
            words["aktivitetsplan"],
            words["aktivitetsplan_om"],
            [join(": ", (words["problem"], les.text(concern, "tekst")))],
        )
    ]
    return [*found, table(head, (5, 3, 3, 3), rows)] if rows else found


def _row(les: Leser, goal: Maal, measure: Tiltak) -> tuple[str, ...]:
    done = les.day(measure.evaluering, "dato") if measure.evaluering else ""
    when = join(
        ", ", (les.span(measure, "startdato", "frist", days=True), les.text(measure, "naar"))
    )
    due = first((les.day(measure, "frist"), les.day(goal, "frist")))
    return (
        join(": ", (les.navn[measure.id], les.text(measure, "tittel"))),
        when,
        les.called(measure, "aktoer"),
        done or due or les.words["ikke_satt"],
    )
