"""What each code of a refusal means: a table of the guide. Which operation answers which, and with
what status, stands with the operation."""

from collections.abc import Mapping

CODES: Mapping[str, str] = {
    "INVALID_QUERY": "a query parameter that is not declared, or a value it cannot have",
    "INVALID_HEADER": "a declared `X-` header with a value that is not; `place` names it",
    "INVALID_JSON": "the body is not a JSON object in UTF-8, or a member stands twice",
    "NOT_JSON": "the body is in another media type",
    "WRONG_ORGANISATION": "the token is for another municipality",
    "NOT_FOUND": "no plan, or no resource of it, under this id",
    "NO_CONTENT": "the document's bytes have not come",
    "IF_MATCH_REQUIRED": "`If-Match` is missing or not a number in quotes",
    "VERSION_CONFLICT": "another version stands than the one in `If-Match`",
    "INVALID_BODY": "the members are not those of the operation",
    "UNKNOWN_FIELD": "a member the contract does not know, or the server's own",
    "MISSING_FIELD": "a member of the body that has to be there; `place` names it",
    "INVALID_FIELD": "a value of another type or form, something missing inside it, an update of "
    "nothing, or a known comment twice; `place` names the member",
    "HISTORY_NEEDS_IMPORT": "a member the server writes itself, without `X-Import: historical`",
    "UNKNOWN_REFERENCE": "an id that is no resource of the plan",
    "UNKNOWN_PLAN_TYPE": "an id that is not in `planTypes.list`",
    "UNKNOWN_AFFILIATION": "an id that is not in `affiliations.list`",
    "UNKNOWN_ROLE": "an id that is not in `roles.list`",
    "INVALID_NATIONAL_ID": "a text in the form that is not eleven digits with right control digits",
    "MAIN_PERSON_FIXED": "the plan is about another person",
    "CONSENT_REQUIRED": "no consent to the plan is in force",
    "CONSENT_NEEDS_SIGNING": "a consent becomes valid by signing, or by import",
    "CONSENT_NOT_SIGNED": "an imported consent that is valid, without signers or not signed by all",
    "CONSENT_WITHOUT_EVIDENCE": "an imported consent that is valid, without document or text",
    "STATUS_NOT_ALLOWED": "a plan does not go back to awaiting consent but by import",
    "PLAN_INACTIVE": "in an inactive plan a part is written by import only",
    "PLAN_ACTIVE": "only an inactive plan can be deleted, not one that awaits consent either",
    "PARTICIPANT_NOT_ACTIVE": "who has not logged in is not made responsible nor written to",
    "LEAD_REQUIRED": "a plan has a plan lead; give the role to another first",
    "IN_USE": "another resource refers to it",
    "NOT_THE_SAME_SET": "the order does not name every resource of the part (twice: INVALID_FIELD)",
    "HASH_MISMATCH": "the bytes are not those the document's `size` and `sha256` name",
}


def table() -> str:
    """The codes as a table in Markdown."""
    rows = [f"| {code} | {words} |" for code, words in CODES.items()]
    return "\n".join(["| `code` | means |", "|---|---|", *rows]) + "\n"
