"""The whole document as plain data: from the log and its frame to what the template draws.

Pure: no clock, no file, no font. The same log, frame and attachments give the same document.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from gateway.snapshot.arkivert import Arkivert
from gateway.snapshot.blokker import Blokk, notice
from gateway.snapshot.deler import (
    dialog,
    forloep,
    hode,
    opphav,
    oppmerksomheter,
    personer,
    samtykker,
    vedlegg,
)
from gateway.snapshot.foreloepig import editable
from gateway.snapshot.leser import Leser
from gateway.snapshot.ordliste import ordliste
from gateway.snapshot.ramme import Ramme
from gateway.snapshot.regnskap import Regnskap, balance
from gateway.snapshot.safetext import SafeText
from gateway.snapshot.tidspunkt import moment_text
from gateway.snapshot.vist import join
from schemas.stafettlogg.logg import Stafettlogg

_HEAD = 60


@dataclass(frozen=True, slots=True)
class Dokument:
    """What is drawn, and its books. `provisional` is true while some text may still be edited."""

    data: Mapping[str, Any]
    regnskap: Regnskap
    provisional: bool


def build(
    logg: Stafettlogg,
    ramme: Ramme,
    archived: Sequence[Arkivert],
    sums: Mapping[str, str],
    safe: SafeText,
) -> Dokument:
    """The document. Raises LocalFault("UTTAK_UFULLSTENDIG") when a leaf would be left out.

    `sums` is label name -> SHA-256 of what lies beside the document; "innhold_sha" must be there.
    """
    words = ordliste(ramme.maalform_for(logg))
    les = Leser(logg, words, safe)
    open_until = editable(logg, ramme)
    blocks = [
        *_provisional(les, len(open_until)),
        *hode.about(les, ramme),
        *forloep.histories(les, ramme),
        *samtykker.consents(les),
        *oppmerksomheter.concerns(les, open_until),
        *dialog.moments(les),
        *dialog.notes(les),
        *dialog.stray_comments(les),
        *dialog.meetings(les),
        *dialog.messages(les),
        *dialog.calendar(les),
        *personer.participants(les),
        *forloep.transfers(les),
        *forloep.snapshots(les),
        *vedlegg.attachments(les, archived),
        *opphav.raw_fields(les),
    ]
    band = hode.band(les, ramme)
    regnskap = balance(logg, [band, blocks])
    blocks += opphav.closing(les, ramme, sums, regnskap.counts())
    return Dokument(_page(les, ramme, band, blocks, sums), regnskap, bool(open_until))


def _provisional(les: Leser, count: int) -> list[Blokk]:
    if not count:
        return []
    return [notice(les.words["foreloepig"], les.words["foreloepig_om"])]


def _short(name: str) -> str:
    """A name for the running head: one line, and the whole of it is in the band of page one."""
    line = " ".join(name.split())
    return line if len(line) <= _HEAD else line[: _HEAD - 1] + "…"


def _page(
    les: Leser, ramme: Ramme, band: Blokk, blocks: list[Blokk], sums: Mapping[str, str]
) -> dict[str, Any]:
    words = les.words
    frozen = ramme.frosset.utctimetuple()
    version = f"{words['versjon_liten']} {_short(les.safe(ramme.versjon))}"
    foot = [les.safe(ramme.kommune), version]
    if ramme.sist_endret is not None:
        foot.append(f"{words['sist_endret_liten']} {moment_text(ramme.sist_endret)}")
    return {
        "spraak": words.maalform.value,
        "tittel": words["stafettlogg"],
        "forfatter": les.safe(ramme.kommune),
        "om": f"{words['dokument_om']} {les.logg.id}, {version}",
        "dato": list(frozen[:6]),
        "topp": join(" · ", (words["stafettlogg"], _short(band["navn"]))),
        "hjemmel": words["unntatt"],
        "bunn": " · ".join(foot),
        "sum": f"{words['innhold_sha']} {sums['innhold_sha']}",
        "side": words["side"],
        "side_av": words["side_av"],
        "baand": band,
        "blokker": blocks,
    }  # fmt: skip
