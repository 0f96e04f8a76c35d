"""What shall happen to one log: the step, decided from what was agreed and what stands now.

It reads a target's log only where somebody has changed it since the two agreed. It writes
nothing, and it never lets a step write over a person's edit unless the edit is a place of the
step's own.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

import sqlalchemy as sa

from gateway.effects.archiving.deleted import deleted
from gateway.effects.one_log import of_one_log, shown
from gateway.effects.route import Route
from gateway.exit.creations import Creations
from gateway.ledger import tables as t
from gateway.plan.draft import Draft, draft, held
from gateway.plan.facts import facts_of, notes_of
from gateway.plan.step import PLACE, Step, StepKind
from gateway.policy.rules import judge
from gateway.policy.samtykke import LOST
from gateway.policy.trukket import revoked
from gateway.ports.connector import Document
from gateway.run.agreed import Agreed, PairKey, by_logg, ids_of
from gateway.run.making import Maker
from gateway.run.rows import DONE, written_in
from gateway.run.rules.edits import losing, standing, taken
from schemas.stafettlogg.logg import Stafettlogg

_ANEW = "LAGES_PAA_NYTT"
"""What stood in the target is gone from it, and is made anew."""
OTHERWISE = "LEST_TILBAKE_ANNERLEDES"
"""Written by the run that agreed last, and read back otherwise than promised."""


@dataclass(frozen=True, slots=True)
class SourceRow:
    """A log as the source listed it and as it was taken in. `nr` is its place in the listing."""

    nr: int
    ref: str
    version: str
    sha: str
    payload: str | None
    code: str = ""
    place: str = ""


@dataclass(frozen=True, slots=True)
class Broken:
    """What a run left otherwise than it promised: where, and the payload of what it was to write
    unless a later run has agreed on something else."""

    target_ref: str | None
    promised: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """Where a log stands in the target. `decided` ends the matter without a draft; `edited` says
    that somebody has been there since the two agreed."""

    decided: StepKind | None = None
    code: str = ""
    ref: str | None = None
    version: str | None = None
    generation: int = 1
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Stepper:
    """Decides steps on one route. `there` is what the target lists. `broken` (source ref) is what a
    repair is of, and then nothing else is touched; in any other plan it is what was read back
    otherwise than promised, which is offered again."""

    route: Route
    kind: str
    there: Mapping[str, str]
    chunk_of: Callable[[str], int] = field(repr=False)
    broken: Mapping[str, Broken] = field(default_factory=dict)

    @property
    def _maker(self) -> Maker:
        return Maker(self.route, self.kind)

    def step(self, row: SourceRow, agreed: Agreed | None) -> Step:
        """The step of one log of the source; whatever is wrong with it is told in its own step.
        Raises what is not this log's alone."""
        bare = Step(
            nr=row.nr, chunk=0, kind=StepKind.PARK, logg=agreed.logg if agreed else "",
            source_ref=row.ref, source_version=row.version, source_sha=row.sha,
            code=row.code, place=row.place[:PLACE],
        )  # fmt: skip
        if row.code or row.payload is None:
            return bare
        try:
            return self._decided(bare, row, agreed)
        except Exception as error:
            own = of_one_log(error)
            if own is None:
                raise
            return replace(bare, code=own.code, place=shown(own.place, row.ref))

    def _decided(self, bare: Step, row: SourceRow, agreed: Agreed | None) -> Step:
        place = self._place(row, agreed)
        if place.decided is StepKind.SKIP:
            return self._skipped(bare, row, agreed, place)
        if place.decided is not None:
            return replace(
                bare, kind=place.decided, code=place.code, target_ref=place.ref,
                base_version=place.version, generation=place.generation,
            )  # fmt: skip
        return self._drafted(bare, row, agreed, place)

    # -- where it stands --------------------------------------------------------------------

    def _place(self, row: SourceRow, agreed: Agreed | None) -> Place:
        if self.kind == "reparer":
            return self._broken_place(self.broken[row.ref], agreed)
        if agreed is None:
            return Place()
        source = agreed.of(self.route.source_name)
        target = agreed.of(self.route.target_name)
        now = self.there.get(target.ref)
        # Content may return to what it was; only a new generation keeps the keys apart.
        generation = agreed.generation + 1
        home = self._maker.home(agreed)
        if now is None:
            if self.kind == "tilbake":
                return Place(code=_ANEW, generation=generation)
            return Place(StepKind.CLASH, "MAAL_BORTE", target.ref, None, generation)
        edited = now != target.version
        if row.version == source.version or (row.sha and row.sha == source.sha):
            if not edited and row.ref in self.broken:
                return Place(None, OTHERWISE, target.ref, now, generation)
            if not edited:
                return Place(StepKind.SKIP, "UENDRET", target.ref, now, generation)
            code = "KILDE_ENDRET" if home else "MAAL_ENDRET"
            return Place(StepKind.CLASH, code, target.ref, now, generation)
        return Place(None, "", target.ref, now, generation, edited)

    def _broken_place(self, broken: Broken, agreed: Agreed | None) -> Place:
        """Where a repair writes: to what stands, or anew where the log is gone."""
        generation = agreed.generation + 1 if agreed else 1
        now = self.there.get(broken.target_ref or "")
        if now is None:
            # Somebody may have deleted it there: that is told, and whoever signs decides.
            return Place(code=_ANEW if broken.target_ref else "", generation=generation)
        ours = agreed.of(self.route.target_name) if agreed else None
        edited = ours is None or ours.ref != broken.target_ref or ours.version != now
        return Place(None, "", broken.target_ref, now, generation, edited)

    def _skipped(self, bare: Step, row: SourceRow, agreed: Agreed | None, place: Place) -> Step:
        """Nothing has changed; but what the move rests on may have lost its ground by time alone
        (a consent expires, R-115)."""
        skip = replace(
            bare, kind=StepKind.SKIP, code=place.code, target_ref=place.ref,
            base_version=place.version, generation=place.generation,
        )  # fmt: skip
        if self.kind != "frem" or agreed is None or self._maker.home(agreed):
            return skip
        reading = self._maker.reading(self.route.store.get(row.payload or ""), None, home=False)
        verdict = judge(reading.logg, self.route.ramme(reading.logg, going_home=False))
        if verdict.held and verdict.code in LOST:
            made = self._draft(row, None, home=False)
            return replace(
                skip, kind=StepKind.HOLD, code=verdict.code, place=verdict.place[:PLACE],
                facts=facts_of(made),
            )  # fmt: skip
        # What is only told is told again of what stands: eighteen is reached by time alone too.
        return replace(skip, facts={"notes": notes_of(verdict)}) if verdict.notes else skip

    # -- what would be written --------------------------------------------------------------

    def _draft(self, row: SourceRow, agreed: Agreed | None, *, home: bool) -> Draft:
        body = self.route.store.get(row.payload or "")
        broken = self.broken.get(row.ref)
        reading = self._maker.reading(
            body,
            agreed,
            home=home,
            promised=broken.promised if broken else None,
            mends=broken is not None,
        )
        return draft(self.route.pair, reading, self.route.ramme(reading.logg, going_home=home))

    def _drafted(self, bare: Step, row: SourceRow, agreed: Agreed | None, place: Place) -> Step:
        home = self._maker.home(agreed)
        made = self._draft(row, agreed, home=home)
        broken = self.broken.get(row.ref)
        promised: dict[str, Any] = {"mends": True} if broken and self.kind != "reparer" else {}
        if home and broken and broken.promised:
            promised |= {"promised": broken.promised}
        step = replace(
            bare, kind=StepKind.PUT, code=place.code, place="", logg=made.logg.id,
            chunk=self.chunk_of(made.logg.hovedperson.person), content_sha=made.content_sha,
            target_ref=place.ref, base_version=place.version, generation=place.generation,
            facts=facts_of(made) | promised,
        )  # fmt: skip
        if made.verdict.held:
            return replace(
                step, kind=StepKind.HOLD, code=made.verdict.code, place=made.verdict.place[:PLACE]
            )
        route = self.route
        if deleted(route.database, route.tenant, route.target_name, made.logg.id):
            # Somebody deleted it there, and it was archived first: a copy does not bring it back.
            return replace(step, kind=StepKind.HOLD, code="SLETTET_DER", facts={})
        if agreed is None and self._is_ours(row.ref, made.logg.id):
            return replace(step, kind=StepKind.CLASH, code="HALVSKREVET_HER", facts={})
        if agreed is None and place.ref is None:
            if other := self._elsewhere(made.logg.id):
                return replace(
                    step, kind=StepKind.CLASH, code="STAAR_DER_FRA_FOER", target_ref=other
                )
            place = self._left(made.logg.id) or place
            step = replace(
                step, target_ref=place.ref, base_version=place.version,
                generation=place.generation,
            )  # fmt: skip
        step = replace(step, facts=step.facts | self._taking(step, made, agreed))
        return self._over(step, made, agreed) if place.edited else step

    def _taking(self, step: Step, made: Draft, agreed: Agreed | None) -> dict[str, Any]:
        """The places where the write would leave nothing of what the two agreed stood there: it is
        told in the plan, and kept (`versions`) like what a person loses."""
        side = agreed.of(self.route.target_name) if agreed else None
        if side is None or side.ref != step.target_ref:
            return {}
        mapping = self.route.pair.target
        ids = ids_of(self.route.store, side.ids)
        written = held(mapping, made.body, self.route.tenant, ids)
        places = taken(self._then(side.doc, ids), written, mapping.assigned)
        return {"takes": [place.name for place in places]} if places else {}

    def _left(self, logg: str) -> Place | None:
        """Where an earlier run left something of this log without being done with it, or where a
        person said that it stands. Nobody knows who wrote what there since."""
        route = self.route
        pointed = Creations(
            route.database, route.clock, route.target_name, route.tenant
        ).pointed_at(logg)
        with route.database.look() as connection:
            left = connection.execute(
                sa.select(t.effect.c.target_ref)
                .select_from(DONE)
                .where(
                    *written_in(route.target_name, route.tenant),
                    t.effect.c.logg == logg,
                    t.effect.c.target_ref.is_not(None),
                )
                .order_by(t.run.c.started.desc())
                .limit(1)
            ).scalar()
        for ref in (pointed, left or ""):
            if ref in self.there:
                return Place(None, "", ref, self.there[ref], 2, edited=True)
        return None

    def _is_ours(self, ref: str, logg: str) -> bool:
        """True for a copy that a run the other way began here and was not done with: nothing is
        agreed of it, and taken for a log of its own it would stand twice where it came from."""
        route = self.route
        with route.database.look() as connection:
            found = connection.execute(
                sa.select(t.effect.c.nr)
                .select_from(DONE)
                .where(
                    *written_in(route.source_name, route.tenant),
                    t.plan.c.source == route.target_name,
                    sa.or_(
                        t.effect.c.target_ref == ref,
                        sa.and_(t.effect.c.logg == logg, t.effect.c.state != "holdt"),
                    ),
                )
                .limit(1)
            ).first()
        return found is not None

    def _elsewhere(self, logg: str) -> str:
        """Where this very log stands in the target, agreed under another place in the source."""
        route = self.route
        pair = PairKey.of(route.source_name, route.target_name, route.tenant)
        with route.database.look() as connection:
            found = by_logg(connection, pair, logg)
        if found is None:
            return ""
        ref = found.of(route.target_name).ref
        return ref if ref in self.there else ""

    def _over(self, step: Step, made: Draft, agreed: Agreed | None) -> Step:
        """The step, with every place it would write over of what a person changed there."""
        ref = step.target_ref or ""
        document = self.route.target.document(ref)
        over = self._losing(document, made, agreed, ref)
        step = replace(step, base_version=document.version)
        if self._withdrawn(document, agreed) - {s.id for s in made.sent.samtykker if revoked(s)}:
            # A withdrawal is nobody's to write over, whoever signs for it.
            return replace(step, kind=StepKind.CLASH, code="SAMTYKKE_TRUKKET_DER", facts={})
        if not over:
            return step
        code = "KILDE_ENDRET" if self._maker.home(agreed) else "MAAL_ENDRET"
        if agreed is None:
            # Left half by an earlier run, or pointed at by a person: nobody knows who wrote what.
            code = "STAAR_DER_FRA_FOER"
        return replace(step, kind=StepKind.OVERWRITE, code=code, facts=step.facts | {"over": over})

    def _withdrawn(self, document: Document, agreed: Agreed | None) -> set[str]:
        """The consents that stand withdrawn in the target's document, or may be, by our ids."""
        side = agreed.of(self.route.target_name) if agreed else None
        ids = ids_of(self.route.store, side.ids) if side and side.ref == document.ref else {}
        logg = held(self.route.pair.target, document.body, self.route.tenant, ids)
        return {consent.id for consent in logg.samtykker if revoked(consent)}

    def _losing(
        self, document: Document, made: Draft, agreed: Agreed | None, ref: str
    ) -> list[str]:
        route, mapping = self.route, self.route.pair.target
        side = agreed.of(route.target_name) if agreed else None
        known = side is not None and side.ref == ref
        ids = ids_of(route.store, side.ids) if side and known else {}
        now = held(mapping, document.body, route.tenant, ids)
        written = held(mapping, made.body, route.tenant, ids)
        places = (
            losing(self._then(side.doc, ids), now, written, mapping.assigned)
            if side and known
            else standing(now, written, mapping.assigned)
        )
        return [place.name for place in places]

    def _then(self, doc: str, ids: Mapping[str, str]) -> Stafettlogg:
        route = self.route
        return held(route.pair.target, route.store.get(doc), route.tenant, ids)


def stranded(step: Step) -> dict[str, Any]:
    """The facts of a step whose log stands active in the target without its ground."""
    return step.facts | {"stranded": True}
