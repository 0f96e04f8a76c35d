"""The letter to the family about a change of hands: text and PDF, written for a person to give.

The gateway sends it to nobody. It names units and never a person; where a hand-over is a manual
matter it names no unit either (C-4, R-102).
"""

import tomllib
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from gateway.effects.transferring.rader import Rad
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import LocalFault, Rejected
from gateway.overfoering.tilstand import OVERTATT, Side
from gateway.texts import catalogue

_HERE = Path(catalogue.__file__).with_name("brev.toml")


@lru_cache(maxsize=1)
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads(_HERE.read_text(encoding="utf-8"))


def paragraphs(verk: Overfoeringsverk, rad: Rad, language: str) -> tuple[str, list[str]]:
    """Title and paragraphs. Raises Rejected when nothing has changed hands yet."""
    if rad.tilstand not in OVERTATT:
        raise Rejected("IKKE_OVERTATT", place=rad.id)
    words = _texts().get(language) or _texts()["nb"]
    own, other = verk.arkiv.kommune.navn, ""
    motpart = verk.motparter.get(rad.lukket.motpart)
    if motpart is not None:
        other = motpart.navn
    sender = rad.side is Side.AVGIVER
    old, new = (own, rad.lukket.virksomhet_navn or other) if sender else (other, own)
    known = bool(old and new) and rad.verdi["kode"] != "MANUELL"
    told = {
        "gammel": old,
        "ny": new,
        "dato": _day(rad.lukket.byttet or rad.lukket.akseptert),
        "antall": rad.verdi["antall"],
    }
    tail = "" if known else "_uten"
    body = [words["hilsen"]]
    body += [words[name + tail].format(**told) for name in ("hva", "gikk")]
    body += [words[name] for name in ("tilgang", "angre", "spor")]
    body.append(f"{words['nummer']}: {rad.id}")
    return words["tittel"], body


def _day(text: str) -> str:
    day = datetime.fromisoformat(text)
    return f"{day.day}.{day.month}.{day.year}"


def write(verk: Overfoeringsverk, rad: Rad, language: str, folder: Path) -> tuple[Path, Path]:
    """`brev.txt` and `brev.pdf` in `folder`."""
    from gateway.snapshot import render
    from gateway.snapshot.blokker import heading, paragraph
    from gateway.snapshot.ordliste import ordliste
    from gateway.snapshot.ramme import Standard
    from schemas.stafettlogg.kodeverk import Maalform

    title, body = paragraphs(verk, rad, language)
    words = ordliste(Maalform(language if language in ("nb", "nn") else "nb"))
    blocks = [heading(1, title), *(b for one in body for b in paragraph("", one))]
    frozen = datetime.fromisoformat(rad.lukket.byttet or rad.verdi["endret"]).replace(microsecond=0)
    data = {
        "spraak": language, "tittel": title, "forfatter": verk.arkiv.kommune.navn,
        "om": title, "dato": list(frozen.utctimetuple()[:6]), "topp": title, "hjemmel": "",
        "bunn": verk.arkiv.kommune.navn, "sum": rad.id, "side": words["side"],
        "side_av": words["side_av"], "blokker": blocks,
        "baand": {"kommune": verk.arkiv.kommune.navn, "enhet": "", "tittel": "Stafettlogg",
                  "navn": "", "status": ""},
    }  # fmt: skip
    pdf = render.draw(data, frozen, Standard.A2A)
    paths = (folder / "brev.txt", folder / "brev.pdf")
    failed = False
    try:
        folder.mkdir(parents=True, exist_ok=True, mode=0o700)
        paths[0].write_text("\n\n".join([title, *body]) + "\n", encoding="utf-8")
        paths[1].write_bytes(pdf)
    except OSError:
        failed = True
    if failed:
        raise LocalFault("MAPPE_UTILGJENGELIG", place="--out")
    return paths
