"""Our staff as everybody asks for it: who is there today, and may they do this?

Read from the file the municipality keeps, again whenever it changes. The file is never copied, and
its content never reaches a log. A file that cannot be read is nobody: every question is no.
"""

from collections.abc import Iterable, Sequence
from datetime import date
from pathlib import Path

from gateway.clock import Clock
from gateway.errors import LocalFault, Rejected
from gateway.staff.member import Acting, Ansatt
from gateway.staff.reading import Broken, Unreadable, parse
from gateway.staff.roles import OF_A_UNIT, Act, StaffRole, roles_for
from schemas.stafettlogg.identifikator import NUMBERED
from schemas.stafettlogg.person import Person
from schemas.tid import OSLO


class Staff:
    """The staff of our units."""

    def __init__(self, path: Path | None, clock: Clock) -> None:
        self._path, self._clock = path, clock
        self._read: tuple[int, int] | None = None
        self._members: tuple[Ansatt, ...] = ()
        self._broken: tuple[Broken, ...] = ()

    def __call__(self) -> Sequence[Ansatt]:
        """Everybody who works here today. Raises LocalFault("ANSATTFIL_MANGLER")."""
        self._refresh()
        today = self.today()
        return tuple(one for one in self._members if one.works_on(today))

    def all(self) -> Sequence[Ansatt]:
        """Everybody in the file, also those who have left and those to come. Raises LocalFault."""
        self._refresh()
        return self._members

    def broken(self) -> Sequence[Broken]:
        """The lines nobody can act by. Raises LocalFault("ANSATTFIL_MANGLER")."""
        self._refresh()
        return self._broken

    @property
    def named(self) -> bool:
        """Whether the configuration names a file at all."""
        return self._path is not None

    def today(self) -> date:
        """The day in Oslo."""
        return self._clock.now().astimezone(OSLO).date()

    def acting(self, ref: str, act: Act, *, only: Iterable[str] = ()) -> Acting:
        """The person as one who may do this. `only` narrows the roles that are enough.

        Raises LocalFault("ANSATTFIL_MANGLER"), and Rejected: MANGLER_HVEM for nobody,
        UKJENT_ANSATT, ANSATT_SLUTTET, FEIL_ROLLE (the place names the roles that are enough).
        """
        if not ref.strip():
            raise Rejected("MANGLER_HVEM", place=act.value)
        one = next((each for each in self.all() if each.ref == ref), None)
        if one is None:
            # What was typed may be a name or a number: it is not repeated.
            raise Rejected("UKJENT_ANSATT", place=act.value)
        if not one.works_on(self.today()):
            raise Rejected("ANSATT_SLUTTET", place=act.value)
        enough = roles_for(act) & (set(only) or set(StaffRole))
        mine = [role for role in StaffRole if role in enough and role.value in one.roller]
        mine.sort(key=lambda role: role in OF_A_UNIT)  # the wide one, where they have both
        if not mine:
            raise Rejected("FEIL_ROLLE", place=f"{act.value}: {', '.join(sorted(enough))}")
        return Acting(one.ref, mine[0].value, act)

    def belongs(self, who: Acting, orgnr: str, name: str = "") -> None:
        """That a log of this unit is theirs to handle: a role of the whole municipality, or one in
        the unit (R-012). The unit is known by its number, else by its name; one that nobody of ours
        is in has nobody of its own, and anybody with the role will do, but for what cannot be
        undone: nobody in a unit can delete for another.

        Raises Rejected("FEIL_ENHET"), and LocalFault("ANSATTFIL_MANGLER").
        """
        if StaffRole(who.rolle) not in OF_A_UNIT:
            return
        named = {_plain(name)} - {""}
        there = [
            one.ref
            for one in self()
            if (one.virksomhet == orgnr if orgnr else _plain(one.virksomhet_navn) in named)
        ]
        alone = not there and who.act is not Act.DELETE
        if who.ref not in there and not alone:
            raise Rejected("FEIL_ENHET", place=who.act.value)

    def knows(self, persons: Iterable[Person]) -> frozenset[str]:
        """Ids of those persons of a log who are in the file and work here today (R-036): by number,
        else by e-mail, else by name, where a person has none of the other. Raises LocalFault."""
        staff = self()
        numbers = {number for one in staff for number in one.numre}
        mails = {one.epost.casefold() for one in staff if one.epost}
        names = {_plain(one.navn) for one in staff}
        found = set()
        for person in persons:
            own = {i.verdi for i in person.identifikatorer if i.type in NUMBERED}
            mail = (person.epost or "").casefold()
            if own and numbers:
                there = bool(own & numbers) or (bool(mail) and mail in mails)
            else:
                there = (bool(mail) and mail in mails) or _plain(person.navn or "") in names
            if there:
                found.add(person.id)
        return frozenset(found)

    def _refresh(self) -> None:
        if self._path is None:
            raise LocalFault("ANSATTFIL_MANGLER")
        broken = False
        try:
            stat = self._path.stat()
            stamp = (stat.st_mtime_ns, stat.st_size)
            if stamp == self._read:
                return
            members, lines = parse(self._path.read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError, Unreadable):
            broken = True
        if broken:  # outside the handler: what the parser raised holds the whole file
            self._read, self._members, self._broken = None, (), ()
            raise LocalFault("ANSATTFIL_MANGLER")
        self._members, self._broken = members, lines
        self._read = stamp


def _plain(text: str) -> str:
    return " ".join(text.casefold().split())
