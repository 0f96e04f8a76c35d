"""The three lists a municipality can read (developer.minflyt.no, Flyt Samspill - External API).

That the lists exist, and that each is given in EN, NB or NN, is documented; the ids and the texts
here are ours. The ids are per-customer data: a client must look them up and never hard-code them.
"""

LANGUAGES = ("EN", "NB", "NN")
PLAN_TYPE = "pt-stafettlogg"

LEAD = "role-planansvarleg"
GUARDIAN = "role-foresatt"
PROVIDER = "role-tenesteytar"
MEMBER = "role-deltakar"
OWNER = "role-planeigar"
COORDINATOR = "role-koordinator"

Row = tuple[str, str, str, str]

PLAN_TYPES: tuple[Row, ...] = (
    (PLAN_TYPE, "Relay log", "Stafettlogg", "Stafettlogg"),
    ("pt-ip", "Individual plan", "Individuell plan", "Individuell plan"),
)
ROLES: tuple[Row, ...] = (
    (LEAD, "Plan lead", "Planansvarlig", "Planansvarleg"),
    (GUARDIAN, "Guardian", "Foresatt/verge", "Føresett/verge"),
    (PROVIDER, "Service provider", "Tjenesteyter", "Tenesteytar"),
    (MEMBER, "Participant", "Deltaker", "Deltakar"),
    (OWNER, "Plan owner", "Planeier", "Planeigar"),
    (COORDINATOR, "Coordinator", "Koordinator", "Koordinator"),
)
AFFILIATIONS: tuple[Row, ...] = (
    ("aff-skule", "School", "Skole", "Skule"),
    ("aff-barnehage", "Kindergarten", "Barnehage", "Barnehage"),
    ("aff-helse", "Health centre", "Helsestasjon", "Helsestasjon"),
)
LISTS = {"planTypes": PLAN_TYPES, "roles": ROLES, "affiliations": AFFILIATIONS}


def listing(name: str, language: str) -> list[dict[str, str]]:
    """One list as [{id, name}] in the language. Raises KeyError or ValueError for unknown ones."""
    column = LANGUAGES.index(language) + 1
    return [{"id": row[0], "name": row[column]} for row in LISTS[name]]


ROLE_IDS = frozenset(row[0] for row in ROLES)
PLAN_TYPE_IDS = frozenset(row[0] for row in PLAN_TYPES)
AFFILIATION_IDS = frozenset(row[0] for row in AFFILIATIONS)
