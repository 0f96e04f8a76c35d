"""The echo (chapter 7.1), as the suite asks it: one question over the line, and the answer judged.

Written from the text, beside the code of ours that answers. It keeps nothing.
"""

import json
import secrets
from datetime import UTC, datetime
from typing import Any

from tests.samsvar.feil import Feil
from tests.samsvar.motspill import ANNEN, OSS, Motspill

PATH = "/overfoering/v1/ekko"
FILE = "ekko.json"


def ask(spill: Motspill, steg: dict[str, Any]) -> None:
    """Ask as the step says. Raises Feil for another answer than it says."""
    told = steg["ekko"]
    word = secrets.token_hex(16)
    asked = {
        "protokoll": "stafettlogg-overfoering", "fra": OSS,
        "til": ANNEN if told.get("til") == "annen" else spill.gateway.orgnr,
        "sendt": datetime.now(UTC).isoformat(timespec="milliseconds"), "ord": word,
    }  # fmt: skip
    package = spill.seal({FILE: json.dumps(asked).encode()}, told)
    pair = (spill.fremmed if told.get("sertifikat") == "fremmed" else spill.own).tls
    head = {"content-type": "application/pkcs7-mime", "content-length": str(len(package))}
    status, data, _ = spill.linje.ask(pair, "POST", PATH, package, head)
    if status not in steg["svar"]:
        raise Feil("svar", status=status or "-")
    if status == 200:
        _judge(spill, data, word, steg)


def _judge(spill: Motspill, data: bytes, word: str, steg: dict[str, Any]) -> None:
    files = spill.opened(data)
    if set(files) != {FILE}:
        raise Feil("filer")
    try:
        said = json.loads(files[FILE])
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Feil("innhold", kom=said)
    # What could not be read has no word to give back.
    unread = steg.get("kode") in {"AAPNES_IKKE", "UKJENT_SIGNATAR"}
    for name, wanted in (
        ("fra", spill.gateway.orgnr), ("til", OSS), ("ord", None if unread else word),
        ("kode", steg.get("kode")),
    ):  # fmt: skip
        if said.get(name) != wanted:
            raise Feil("felt", navn=name, kom=said.get(name), ventet=wanted)
