"""What each code of a refusal means: a table of the guide. Which operation answers which, and with
what status, stands with the operation."""

from collections.abc import Mapping

CODES: Mapping[str, str] = {
    "UKJENT_PARAMETER": "a query parameter the operation does not have, or a value it cannot have",
    "UGYLDIG_STORRELSE": "`storrelse` is not a number from 1 to 500",
    "UGYLDIG_MARKOR": "`markor` was never given out, or is not known any more",
    "UGYLDIG_JSON": "the body is not JSON in UTF-8, or a member stands twice",
    "MANGLER_NOKKEL": "`Idempotency-Key` is missing",
    "UGYLDIG_VARSLING": "`Varsling` is something else than `undertrykk`",
    "BORTE": "no log, or no file of it, under this id",
    "NOKKEL_BRUKT": "the idempotency key was used for another body, or for a log now deleted",
    "ID_OPPTATT": "another log has this `loggId`",
    "NOKKEL_OPPTATT": "another log has this `eksternNokkel`",
    "ENDRET": "another version stands than the one in `If-Match`",
    "MANGLER_VERSJON": "`If-Match` is missing",
    "UGYLDIG_DOKUMENT": "the body is not in the contract's shape; `sted` says where",
    "UKJENT_FELT": "a member the contract does not know, without `bevarUkjente=ja`",
    "DUPLISERT_ID": "an id stands twice among its kind in the log",
    "UGYLDIG_TEKST": "a text that cannot be UTF-8 (half a surrogate pair)",
    "FEIL_ID": "`loggId` in the body is not the one in the address",
    "FIL_MANGLER": "the log names a file whose bytes have not been put with this digest",
    "FEIL_FILSUM": "`Innhold-Sha256` is missing, or is not the digest of the bytes",
    "IKKE_PASSIV": "only a passive log can be deleted",
    "R-003": "content before consent",
    "R-071": "two active measures for one aktør",
    "R-076": "a concern without a measure or a goal",
    "R-077": "the text of a measure older than eight hours",
    "R-078": "an evaluation is written once",
    "R-091": "a note's file that is not a PDF",
}


def table() -> str:
    """The codes as a table in Markdown."""
    rows = [f"| {code} | {words} |" for code, words in CODES.items()]
    return "\n".join(["| `kode` | means |", "|---|---|", *rows]) + "\n"
