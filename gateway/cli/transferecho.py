"""What `stafett transfer echo` says: whether the set-up of both ends holds, and if not, where it is
to be mended and what to do. Who the counterpart is, is not repeated."""

from pathlib import Path

from gateway.cli.exits import OK, TO_DO
from gateway.cli.opening import speaker
from gateway.cli.transferring import works
from gateway.effects.transferring import ekko
from gateway.texts.catalogue import Catalogue


def echo(orgnr: str, config: Path | None, kommune: str, as_json: bool) -> None:
    """Ask, and say it."""
    with works(config, kommune) as (opened, verk):
        told = speaker(opened, as_json=as_json)
        texts = Catalogue(told.language)
        found = ekko.ask(verk, orgnr)
        told.give(holds=not found.kode, code=found.kode, end=found.ende.value,
                  place=found.sted)  # fmt: skip
        if not found.kode:
            told.say(texts.label("ekko_holder"))
            told.end(OK)
        text = texts.code(found.kode)
        place = f" [{found.sted}]" if found.sted else ""
        told.say(f"{texts.label(f'ekko_{found.ende.value}')}: {found.kode}{place}")
        told.say(f"{text.what}\n  Gjør dette: {text.do}")
        told.end(TO_DO)
