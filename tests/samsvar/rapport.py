"""What came of a run: for each case what was promised, what was done and what came instead, as one
page of text and as JSON. It must not quote anything of a log or a key."""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from schemas.overfoering.koder import VERSJON
from tests.samsvar import tekst
from tests.samsvar.dialog import STEG, Brudd, Portfeil
from tests.samsvar.feil import Feil
from tests.samsvar.proever import Proeve

OK, BRUDD, PORTFEIL = "ok", "brudd", "portfeil"


@dataclass(frozen=True)
class Utfall:
    """One case, played."""

    proeve: Proeve
    sekunder: float
    feil: Brudd | Portfeil | None = None

    @property
    def resultat(self) -> str:
        """`ok`, `brudd` (the gateway's) or `portfeil` (the port's: nothing is known)."""
        if self.feil is None:
            return OK
        return BRUDD if isinstance(self.feil, Brudd) else PORTFEIL


@dataclass(frozen=True)
class Rapport:
    """A run, whole."""

    utfall: Sequence[Utfall]
    uleste: Sequence[Feil]
    sekunder: float
    language: str = field(default="en")

    @property
    def holds(self) -> bool:
        """Whether every case was played and holds, and everything that came could be read."""
        return bool(self.utfall) and not self.uleste and all(not one.feil for one in self.utfall)

    def text(self) -> str:
        """For people."""
        word = self._word
        right = sum(one.resultat == OK for one in self.utfall)
        lines = [
            word("tittel", versjon=VERSJON),
            word("sum", ok=right, alle=len(self.utfall), sekunder=self.sekunder),
        ]
        for one in self.utfall:
            if one.feil is not None:
                lines += ["", *self._told(one)]
        if self.uleste:
            lines += ["", f"{word('uleste')}:"]
            told = [tekst.feil(one, self.language) for one in self.uleste]
            lines += [f"  {told.count(one)} x {one}" for one in dict.fromkeys(told)]
        results = {one.resultat for one in self.utfall}
        lines += ["", word("ok" if self.holds else "ikke" if self._breach else "ikke_proevd")]
        if self._breach and PORTFEIL in results:
            lines.append(word("ikke_proevd"))
        return "\n".join(lines) + "\n"

    def _word(self, name: str, **values: Any) -> str:
        return tekst.word(name, self.language, **values)

    @property
    def _breach(self) -> bool:
        return bool(self.uleste) or any(one.resultat == BRUDD for one in self.utfall)

    def _told(self, one: Utfall) -> list[str]:
        data = self._data(one)
        word = self._word
        head = f"{word(one.resultat)}: {data['navn']} ({word('kapittel')} {data['kapittel']})"
        done = [f"    {n}. {what}" for n, what in enumerate(data["gjort"], 1)]
        return [
            head,
            f"  {word('lovet')}: {data['lovet']}",
            *([f"  {word('gjort')}:", *done] if done else []),
            f"  {word('ventet')} ({word('steg')} {data['steg']}): {data['ventet']}",
            f"  {word('kom')}: {data['kom']}",
        ]

    def _data(self, one: Utfall) -> dict[str, Any]:
        case, fault = one.proeve, one.feil
        told: dict[str, Any] = {
            "navn": case["navn"], "port": case["port"], "kapittel": case["kapittel"],
            "lovet": case["viser"][self.language], "resultat": one.resultat,
            "sekunder": round(one.sekunder, 1),
        }  # fmt: skip
        if fault is not None:
            done = case["steg"][: fault.nummer - 1]
            came = (
                tekst.feil(fault.feil, self.language)
                if isinstance(fault, Brudd)
                else tekst.word("port", self.language, hva=fault.hva)
            )
            told |= {
                "steg": fault.nummer, "gjort": [self._step(s) for s in done],
                "ventet": self._step(fault.steg), "kom": came,
            }  # fmt: skip
        return told

    def _step(self, steg: dict[str, Any]) -> str:
        return tekst.steg(steg, next(one for one in STEG if one in steg), self.language)

    def json(self) -> str:
        """For programs; the same words."""
        told = {
            "protokoll": "stafettlogg-overfoering", "versjon": VERSJON, "holder": self.holds,
            "sekunder": round(self.sekunder, 1),
            "proever": [self._data(one) for one in self.utfall],
            "uleste": [tekst.feil(one, self.language) for one in self.uleste],
        }  # fmt: skip
        return json.dumps(told, ensure_ascii=False, indent=2) + "\n"
