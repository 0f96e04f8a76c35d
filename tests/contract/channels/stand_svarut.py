"""SvarUt and SvarInn in the shared suite: one platform, an account and a system for each."""

import atexit
import re
import shutil
import uuid
from collections.abc import Callable
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import ClassVar

from connectors.fiks import konvolutt
from connectors.svarut.sandbox.noekkelring import Noekkelring
from connectors.svarut.sandbox.plattform import ORGNR, OVERFOERING, open_platform
from connectors.svarut.sandbox.sample import channel_settings
from gateway.ports.connector import ConnectorSettings
from tests.contract.channels.stand import Kanalstand


@cache
def keys() -> Path:
    """A data folder with keys only, made once: making them is the slow part."""
    folder = Path(mkdtemp(prefix="svarut-"))
    for name in ORGNR:
        Noekkelring(folder / name, f"passord-{name}").ensure("svarinn")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    return folder


class Stand(Kanalstand):
    """The platform."""

    navn = "svarut"
    melder_feil = False
    orgnr_i_adresse = re.compile(r"^GET /[ab]/v2/mottakersystem$")
    paths: ClassVar = {
        "send": r"^POST /a/v2/kontoer/[^/]+/forsendelser$",
        "hent": r"^GET /tjenester/svarinn/",
        "kvitter": r"^POST /tjenester/svarinn/",
    }

    def begin(self, broker: Callable[[], str]) -> None:
        shutil.copytree(keys(), self.folder, dirs_exist_ok=True)
        self.app = open_platform(self.folder)
        self.servers = dict.fromkeys(ORGNR, self.serve(self.app))

    def end(self) -> None:
        self.app.close()

    def settings(self, who: str) -> ConnectorSettings:
        return channel_settings(self.servers[who].url, self.folder, who)

    def undeliverable(self) -> None:
        self.app.switch({"ikke_levert": 1})

    def drain(self, who: str) -> None:
        self.app.innboks.empty()

    def rubbish(self) -> int:
        add, key = self.app.innboks.add, self.app.konti["b"].ring.certificate("svarinn")
        idents = [str(uuid.uuid4()) for _ in range(6)]
        ours = {"forsendelseType": OVERFOERING, "filmetadata": [{"filnavn": "x"}]}
        ready = "KLAR_FOR_MOTTAK"
        add(idents[0], "b", ["ikke", "en", "forsendelse"], b"", ready)
        add(idents[1], "b", {"id": None}, b"", ready)
        add(idents[2], "b", {"id": idents[2], **ours}, b"ikke en konvolutt", ready)
        two = {"id": idents[3], **ours, "filmetadata": [{"filnavn": "x"}, {"filnavn": None}]}
        add(idents[3], "b", two, konvolutt.encrypt(b"PK..", key), ready)
        add(idents[4], "b", {"id": idents[4], "forsendelseType": None}, b"\x30\x80", ready)
        letter = {"id": idents[5], "forsendelseType": "Brev", "date": 1}
        add(idents[5], "b", letter, konvolutt.encrypt(b"et brev", key), ready)
        return 6
