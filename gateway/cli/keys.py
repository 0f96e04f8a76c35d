"""The command of the key ring: make its file, or change its key."""

from pathlib import Path

from gateway import places
from gateway.cli.console import Speaker, config_folder
from gateway.cli.opening import warn
from gateway.errors import LocalFault
from gateway.ledger.keys import generate
from gateway.settings.load import Settings, load


def keys(config: Path | None, kommune: str, *, rotate: bool, as_json: bool) -> None:
    """Make the ledger's key file, if there is none; or put a new key in the place of the old."""
    settings = load(config_folder(config), kommune)
    if rotate:
        _rotate(settings, as_json=as_json)
        return
    speaker = Speaker(as_json=as_json)
    path = places.key_file(settings)
    if path is None:
        raise LocalFault("NOEKKEL_MANGLER", place="key_file")
    there = path.exists()
    if not there and places.has_ledger(settings):
        # A new key would open nothing of it, and hide that the right one is gone.
        raise LocalFault("NOEKKEL_TAPT", place=path.name)
    if there:
        places.key_ring(settings)  # one that cannot be read opens nothing, and is no key
    generate(path)
    speaker.give(key_file=str(path), made=not there)
    speaker.say(f"{path}: {'fantes fra før' if there else 'laget'}.")
    speaker.say("Ta kopi av filen et trygt sted. Uten den kan ingen lese hovedboken igjen.")
    warn(settings)
    speaker.end()


def _rotate(settings: Settings, *, as_json: bool) -> None:
    # Imported here: it wakes the engine, which making a file should not wait for.
    from gateway import rotation

    speaker = Speaker(as_json=as_json)
    done = rotation.rotate(settings)
    laid = [str(path) for path in done.laid]
    speaker.give(key=done.key, retired=list(done.retired), values=done.values,
                 resumed=done.resumed, laid=laid)  # fmt: skip
    if done.resumed:
        speaker.say("Et nøkkelbytte som var begynt, er gjort ferdig.")
    speaker.say(f"Nøkkelen {done.key} forsegler nå. {done.values} forseglinger er gjort om.")
    gone = ", ".join(done.retired)
    if laid:
        speaker.say(f"Nøkkelen {gone} åpner ingenting av det som står i hovedboken.")
        speaker.say(f"Den ligger i {', '.join(laid)}, for sikkerhetskopier fra før i dag.")
        speaker.say("Ta kopi av den nye nøkkelfilen, på et annet sted enn hovedboken.")
    else:
        speaker.say(f"Nøkkelen {gone} kan tas ut av miljøet: ingenting trenger den lenger.")
    speaker.end()
