"""Which files of a snapshot could not be made durable, as people are told: numbers and codes."""

from collections.abc import Sequence

from gateway.cli.console import Speaker
from gateway.texts.catalogue import Catalogue


def unmade_of(files: Sequence[tuple[int, str]], told: Speaker) -> None:
    """Say which files could not be made durable, by number and code, and what to do."""
    if not files:
        told.give(flagged=[])
        return
    texts = Catalogue(told.language)
    told.say(f"{texts.label('vedlegg_ikke_varige')}:")
    told.table(("fil", "kode"), files, "flagged", [(str(nr), code) for nr, code in files])
    for code in sorted({code for _nr, code in files}):
        text = texts.code(code)
        told.say(f"{code}: {text.what}\n  Gjør dette: {text.do}")
    told.say()
