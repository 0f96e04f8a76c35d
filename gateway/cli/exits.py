"""Which exit code a fault ends a command with: one table, as the README lists them.

A fault's kind says whose move it is; the codes here say it more truly than their kind does. What a
library raises as ours (`LocalFault`) is for whoever calls it; to a person the same may be a word
that names nothing, or a ledger that is not as it was proved.
"""

from gateway.errors import GatewayError, LocalFault, Rejected

OK, TO_DO, USAGE, LOCAL, REMOTE, INCOMPLETE, BROKEN, OTHERWISE_WRITTEN = range(8)

CODES = {
    # What was named is not there, is several, or cannot be done as things stand.
    **dict.fromkeys(
        (
            "UKJENT_KJOERING", "UKJENT_PLAN", "UKJENT_LOGG", "UKJENT_UTTAK", "UKJENT_VERSJON",
            "UKJENT_SYSTEM", "UKJENT_VALG", "UKJENT_UTLOESER", "UKJENT_FORSLAG",
            "UKJENT_OPPMERKSOMHET", "FLERE_LOGGER", "SAMME_SYSTEM", "PLAN_IKKE_KLAR",
            "PLAN_IKKE_SIGNERT", "FORSLAG_AVSLUTTET", "INGEN_OPPRETTING_VENTER",
            "OVERFOERING_PAAGAAR", "OVERFOERING_ENDRET",
        ),
        USAGE,
    ),
    # What is read is not what was proved.
    **dict.fromkeys(
        (
            "HOVEDBOK_ELDRE_ENN_ANKERET", "HOVEDBOK_ANNEN_ENN_ANKERET", "HOVEDBOK_AVKORTET",
            "HOVEDBOK_OMSKREVET", "HOVEDBOK_ENDRET", "HOVEDBOK_FORM_ENDRET", "ANKER_MANGLER",
            "ANKER_ULESELIG", "RAD_MANGLER", "RAD_ENDRET", "RAD_FREMMED", "NYTTELAST_MANGLER",
            "NYTTELAST_AAPNES_IKKE", "NYTTELAST_ENDRET", "NYTTELASTNOEKKEL_ENDRET", "PLAN_ENDRET",
            "LEDGER_SKADET",
        ),
        BROKEN,
    ),
}  # fmt: skip
"""Code -> exit code, where the kind of the fault does not say it."""


def exit_code(error: GatewayError) -> int:
    """The exit code of an error that ended a command."""
    if error.code in CODES:
        return CODES[error.code]
    match error:
        case LocalFault():
            return LOCAL
        case Rejected():
            return USAGE  # no to this one wish: nothing is wrong with any system
        case _:
            return REMOTE
