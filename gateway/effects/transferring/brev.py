"""The letter to a family whose log has a new holder: text and PDF, for a person to give.

The gateway sends it to nobody. It is written when the hand-over is over (FULLFOERT), and says what
is true on our side at that moment: who is named is read from the log as it stands in our own
system now, and is stored nowhere. Where the family's protection is anything but a clear no, the
letter names nobody but its reader, and no place (C-4, R-102).
"""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from gateway.effects.laying_out import lay_files
from gateway.effects.transferring.rader import Rad
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.errors import GatewayError, LocalFault, Rejected
from gateway.ledger.access import Access, Shown
from gateway.overfoering import vakter
from gateway.overfoering.tilstand import OVERTATT, Side, Tilstand
from gateway.overfoering.utvalg import Tillegg
from gateway.policy.alder import age
from gateway.policy.context import Policyramme, Signatar
from gateway.policy.deltakere import guardians
from gateway.staff.member import Ansatt
from gateway.texts.letter import Words
from schemas import tid
from schemas.overfoering.koder import Maaltype
from schemas.stafettlogg.kodeverk import Deltakerstatus, Hovedpersontype, Loggstatus, Rolle
from schemas.stafettlogg.logg import Stafettlogg

_FAMILIE = frozenset({Rolle.FORESATT.value, Rolle.HOVEDPERSON.value})
_ADULT = 18


@dataclass(frozen=True, slots=True)
class Place:
    """Where a log is or was, as a reader knows it. Any part may be empty."""

    unit: str = field(default="", repr=False)
    municipality: str = field(default="", repr=False)

    def named(self, words: Words) -> str:
        """The unit in its municipality, or the one of them there is."""
        if self.unit and self.municipality:
            return words.plain("i_kommune", enhet=self.unit, kommune=self.municipality)
        return self.unit or self.municipality or words.plain("annen_kommune")


@dataclass(frozen=True, slots=True)
class Letter:
    """A letter as it is laid out. `head` are (label, text); an empty sender names no place."""

    title: str
    sender: tuple[str, ...] = field(repr=False)
    head: tuple[tuple[str, str], ...] = field(repr=False)
    dated: str = field(repr=False)
    body: tuple[str, ...] = field(repr=False)
    signed: tuple[str, ...] = field(repr=False)
    number: str

    def text(self) -> str:
        """The letter as plain text."""
        head = [f"{label}: {text}" if label else text for label, text in self.head]
        parts = ["\n".join(self.sender), "\n".join(head), self.dated, self.title, *self.body]
        parts += ["\n".join(self.signed), self.number]
        return "\n\n".join(part for part in parts if part) + "\n"


def letter(verk: Overfoeringsverk, rad: Rad, language: str) -> Letter:
    """What the family is told now. Raises Rejected with what it waits for, and GatewayErrors of the
    staff file.

    IKKE_OVERTATT, BREV_VENTER_LOGG, BREV_VENTER_MOTTAKER, MANUELL; BREV_LOGG_ULEST when our own
    log cannot be read, BREV_LOGG_LUKKET when it has ended or moved on since.
    """
    _ready(rad)
    logg = _read(verk, rad)
    within = rad.verdi["maaltype"] != Maaltype.ANNEN_KOMMUNE.value
    if logg.status is not Loggstatus.AKTIV and (within or rad.side is Side.MOTTAKER):
        # It says in whose hands the log is: it is in nobody's here now.
        raise Rejected("BREV_LOGG_LUKKET", place=rad.id)
    ramme = verk.ramme(logg)
    told = _Told(verk, rad, logg, language, readers(logg, ramme))
    # Asked now, whatever was so when the log moved.
    if rad.verdi["kode"] == "MANUELL" or vakter.vern(logg, ramme):
        return told.protected()
    return told.open()


def _ready(rad: Rad) -> None:
    if rad.tilstand is Tilstand.FULLFOERT:
        return
    if rad.verdi["kode"] == "MANUELL":
        raise Rejected("MANUELL", place=rad.id)
    if rad.tilstand not in OVERTATT:
        raise Rejected("IKKE_OVERTATT", place=rad.id)
    sender = rad.side is Side.AVGIVER
    raise Rejected("BREV_VENTER_MOTTAKER" if sender else "BREV_VENTER_LOGG", place=rad.id)


def _read(verk: Overfoeringsverk, rad: Rad) -> Stafettlogg:
    code = "BORTE"
    if rad.verdi["ref"]:
        try:
            return verk.read_now(rad.verdi["ref"])[1]
        except GatewayError as error:
            code = error.code
    raise Rejected("BREV_LOGG_ULEST", place=f"{rad.id}: {code}")


def readers(logg: Stafettlogg, ramme: Policyramme) -> tuple[str, ...]:
    """Person ids of those the letter is to: who would sign a consent today (B-01 to B-03).

    Empty when nobody can say: an age that is not known, or that log and register do not agree on.
    """
    main = logg.hovedperson.person
    if logg.hovedperson.type is Hovedpersontype.GRAVID:
        return (main,)
    parents = tuple(sorted(guardians(logg)))
    if logg.hovedperson.type is Hovedpersontype.UFOEDT:
        return parents
    years = _years(logg, ramme)
    if years is None:
        return ()
    if years >= _ADULT:
        return (main,)
    regler = ramme.samtykke
    match regler.fra if years >= regler.egen_alder else regler.under:
        case Signatar.FORESATTE:
            return parents
        case Signatar.UNGDOM:
            return (main,)
        case Signatar.BEGGE:
            return (main, *parents)


def _years(logg: Stafettlogg, ramme: Policyramme) -> int | None:
    main = logg.hovedperson.person
    told = [p.foedselsdato for p in logg.personer if p.id == main and p.foedselsdato]
    known = ramme.born or {}
    born = {tid.day(text) for text in told} | ({known[main]} if main in known else set())
    only = born.pop() if len(born) == 1 else None
    return None if only is None else age(only, ramme.now.astimezone(tid.OSLO).date())


class _Told:
    """One letter in the making. Names are held here while it is written and nowhere after."""

    def __init__(
        self,
        verk: Overfoeringsverk,
        rad: Rad,
        logg: Stafettlogg,
        language: str,
        to: tuple[str, ...],
    ) -> None:
        self._verk, self._rad, self._logg = verk, rad, logg
        self._names = {p.id: " ".join((p.navn or "").split()) for p in logg.personer}
        self._to = [self._names.get(one, "") for one in to]
        named = bool(self._to) and all(self._to)
        self._alone = to == (logg.hovedperson.person,)
        self._words = Words(language, many=not named or len(self._to) > 1)
        self._reader = self._words.listed(self._to) if named else self._words.plain("ukjent_til")
        self._sender = rad.side is Side.AVGIVER
        self._within = rad.verdi["maaltype"] != Maaltype.ANNEN_KOMMUNE.value
        self._when = self._words.day(_day(rad.lukket.byttet or rad.lukket.akseptert))
        self._today = self._words.day(verk.now().astimezone(tid.OSLO).date())

    def protected(self) -> Letter:
        """Nobody but the reader, and no place."""
        w = self._words
        body = [w("hilsen"), w("hva_uten", dato=self._when)]
        if not self._within:
            body += [self._along(), w("igjen_uten")]
        body += [w("rett"), w("trekke_uten"), w("spor"), w("avslutning")]
        return Letter(
            title=w("tittel"),
            sender=(),
            head=((w("til"), self._reader),),
            dated=self._today,
            body=tuple(body),
            signed=(),
            number=f"{w('nummer')}: {self._rad.id}",
        )

    def open(self) -> Letter:
        """The whole letter."""
        w = self._words
        own = self._verk.arkiv.kommune.navn
        here, contact = self._here(own)
        child = self._names.get(self._logg.hovedperson.person, "")
        head = [(w("til"), self._reader)]
        if child and not self._alone:
            head.append((w("gjelder"), child))
        contact_lines = [contact.navn, contact.epost] if contact else []
        told = [line for line in contact_lines if line]
        if told:
            head.append((w("kontakt"), ", ".join(told)))
        place = own.removesuffix(" kommune")
        return Letter(
            title=w("tittel"),
            sender=tuple(line for line in (here.unit, own) if line),
            head=tuple(head),
            dated=w("sted", sted=place, dato=self._today),
            body=(w("hilsen"), *self._body(here, contact)),
            signed=(w("avslutning"), *told[:1], *(t for t in (here.unit, own) if t)),
            number=f"{w('nummer')}: {self._rad.id}",
        )

    def _body(self, here: Place, contact: Ansatt | None) -> list[str]:
        w = self._words
        kind = "internt" if self._within else self._rad.side.value
        there = self._there()
        old, new = (here, there) if self._sender else (there, here)
        if self._within:
            new = here
        told = {"gammel": old.named(w), "ny": new.named(w), "holder": self._holder(contact)}
        told["kontakt"] = contact.navn if contact else here.named(w)
        told["logg"] = self._whose()
        body = [w("hva_" + kind, dato=self._when, **told)]
        if self._within:
            body += [w("gikk_internt"), self._now("naa_internt", told)]
        elif self._sender:
            body += [self._along(), self._stayed(told["gammel"])]
            body.append(self._ours())
        else:
            body += [self._along(), w("igjen_rest", **told), self._now("naa_mottaker", told)]
        after = "trekke_avgiver" if self._sender and not self._within else "trekke_mottaker"
        return [*body, w("rett"), w(after, **told), w("spor")]

    def _now(self, name: str, told: dict[str, str]) -> str:
        return self._words(name if told["holder"] else name + "_uten", **told)

    def _whose(self) -> str:
        if self._alone:
            return self._words.plain("logg_egen")
        child = self._names.get(self._logg.hovedperson.person, "")
        return (
            self._words.plain("logg_barn", barn=child) if child else self._words.plain("logg_uten")
        )

    def _along(self) -> str:
        w = self._words
        told = w.counted("gikk", int(self._rad.verdi["antall"]))
        # Only the sender's row says what was chosen besides; what there was none of did not go.
        chosen = json.loads(self._rad.verdi["utvalg"])["tillegg"]
        extras = w.extras([one for one in chosen if self._has(one)])
        return f"{told} {w('gikk_ogsaa', liste=w.listed(extras))}" if extras else told

    def _has(self, extra: str) -> bool:
        logg = self._logg
        minimised = self._verk.arkiv.frame.minimering
        match extra:
            case Tillegg.PRESENTASJON:
                told = (logg.om_meg, logg.utfordring, logg.hovedmaal)
                return minimised.med_presentasjon and any(told)
            case Tillegg.MOETER:
                return bool(logg.moeter or logg.referater)
            case _:
                return bool(getattr(logg, extra, ()))

    def _stayed(self, old: str) -> str:
        w = self._words
        left = len(self._logg.oppmerksomheter) - int(self._rad.verdi["antall"])
        rest = w("igjen_rest", gammel=old)
        return f"{w.counted('igjen', left)} {rest}" if left > 0 else rest

    def _ours(self) -> str:
        """How our own log stands: by our books, and as it was read. Some systems have no place for
        an access that has ended; then nobody is told that it has."""
        if self._rad.verdi["etterarbeid"] or self._logg.status is not Loggstatus.PASSIV:
            return self._words("naa_aapen")
        inside = any(
            one.rolle not in _FAMILIE and one.status is Deltakerstatus.AKTIV
            for one in self._logg.deltakelser
        )
        return self._words("naa_lesbar" if inside else "naa_stengt")

    def _here(self, own: str) -> tuple[Place, Ansatt | None]:
        """Our unit, and whom to ask there: the new holder, or the leader of the unit."""
        unit = next(
            (v for v in self._logg.virksomheter if v.id == self._logg.ansvarlig_virksomhet), None
        )
        orgnr, name = (unit.orgnr or "", unit.navn or "") if unit else ("", "")
        if not self._sender:
            holder = self._verk.ansatt(self._rad.lukket.holder)
            if holder is not None and self._holds(holder):
                return Place(name or holder.virksomhet_navn, own), holder
        leaders = [
            one
            for one in self._verk.ansatte()
            if "leder" in one.roller and (one.virksomhet == orgnr or one.virksomhet_navn == name)
        ]
        leader = min(leaders, key=lambda one: one.ref, default=None)
        return Place(name, own), leader

    def _holds(self, one: Ansatt) -> bool:
        """Whether the log still has this person as its holder, as far as it says."""
        return self._holder_name() in ("", " ".join(one.navn.split()))

    def _holder_name(self) -> str:
        parts = {d.id: d.person for d in self._logg.deltakelser}
        return self._names.get(parts.get(self._logg.stafettholder or "", ""), "")

    def _holder(self, contact: Ansatt | None) -> str:
        """In whose hands the log is, as it says itself."""
        return self._holder_name() or (contact.navn if contact else "")

    def _there(self) -> Place:
        """The other side: the unit is known to the sender, who chose it."""
        other = self._verk.motparter.get(self._rad.lukket.motpart)
        unit = self._rad.lukket.virksomhet_navn if self._sender else ""
        return Place(unit, other.navn if other else "")


def _day(text: str) -> date:
    """The day in Oslo of an instant, or a day as a person signed it. Raises Rejected."""
    found = tid.day(text) or tid.oslo_day(text)
    if found is None:
        raise Rejected("UKJENT_TIDSPUNKT", place="byttet")
    return found


def write(
    verk: Overfoeringsverk, rad: Rad, language: str, folder: Path, access: Access
) -> tuple[Path, ...]:
    """`brev.txt` and `brev.pdf` in `folder`. Raises as `letter`, and LocalFault; nothing is written
    to disk before the whole letter is there. For somebody whose `access` is written."""
    access.covers(Shown.BREV, rad.id)
    made = letter(verk, rad, language)
    pdf = _drawn(verk, made, language)
    return lay_files(folder, [("brev.txt", made.text().encode()), ("brev.pdf", pdf)])


def _drawn(verk: Overfoeringsverk, made: Letter, language: str) -> bytes:
    from gateway.snapshot import glyphs, render
    from gateway.snapshot.ramme import Standard
    from gateway.snapshot.safetext import SafeText

    frozen = verk.now().replace(microsecond=0)
    denied: frozenset[str] = frozenset()
    while True:
        data = _page(made, Words(language, many=True), SafeText(glyphs.drawable(), denied))
        data["dato"] = list(frozen.utctimetuple()[:6])
        try:
            return render.draw(data, frozen, Standard.A2A)
        except render.Undrawable as refused:
            if refused.cluster in denied:
                break
            denied |= {refused.cluster}
    raise LocalFault("PDF_FEIL", place="tegn")


def _page(made: Letter, words: Words, safe: Callable[[str], str]) -> dict[str, Any]:
    """The letter as the page's blocks."""
    from gateway.snapshot.blokker import facts, heading, paragraph

    house = safe(", ".join(made.sender))
    blocks = [
        *facts((safe(label), safe(text)) for label, text in made.head),
        *paragraph("", safe(made.dated)),
        heading(1, safe(made.title)),
        *(b for one in made.body for b in paragraph("", safe(one))),
        *paragraph("", safe("\n".join(made.signed))),
        *paragraph("", safe(made.number)),
    ]
    return {
        "spraak": words.language, "tittel": made.title, "forfatter": house or "Stafettlogg",
        "om": made.title, "topp": made.title, "hjemmel": "", "bunn": house,
        "sum": made.number, "side": words.plain("side"), "side_av": words.plain("side_av"),
        "blokker": blocks,
        "baand": {"kommune": house, "enhet": "", "tittel": "Stafettlogg", "navn": "",
                  "status": ""},
    }  # fmt: skip
