"""Two municipality numbers, compared on today's version of the list: a move, a reform or a border?

A reform and a border change are told from a move by the date of moving: it stands when only the
number of the place changed. Where the date does not tell, it is doubtful, and never dropped.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from gateway.flytting.dom import SANNSYNLIG, USIKKER, Forslag, Kast, Kastgrunn
from gateway.flytting.sist import Sist, Tegn
from gateway.ports.folkeregister import Bosted
from schemas.kommuneinndeling.liste import Kommuneliste


@dataclass(frozen=True, slots=True)
class Sak:
    """One child's two places, and all that the comparison may look at.

    `da` and `naa` are what the old and the new number are called today (more than one after a
    split), `hjem` what our own is. `moved` is whether the date of moving changed.
    """

    sist: Sist
    bosted: Bosted
    tegn: Tegn
    liste: Kommuneliste
    hjem: frozenset[str]
    today: date

    @property
    def da(self) -> frozenset[str]:
        """Today's name of where the child lived."""
        return self.liste.reformed(self.sist.kommune, self.today)

    @property
    def naa(self) -> frozenset[str]:
        """Today's name of where the child lives; empty for a number that is not in the list."""
        return self.liste.reformed(self.bosted.kommune, self.today)

    @property
    def moved(self) -> bool | None:
        """Whether the date of moving is another."""
        return self.sist.moved(self.bosted)

    @property
    def still(self) -> bool:
        """Whether the register says in one way or another that nobody moved."""
        return self.moved is False or (self.tegn.without_moving and not self.moved)

    @property
    def sure(self) -> bool:
        """Whether the date of moving says so too. Without it what we knew is kept: a move whose
        own event is not read yet must still be seen when it comes."""
        return self.moved is False

    @property
    def known(self) -> Sist:
        """What we know from now on, when the new number is to be believed."""
        return Sist(self.today, self.bosted.kommune, self.bosted.flyttedato)

    def drop(self, grunn: Kastgrunn, *, remember: bool = True) -> Kast:
        """Nothing comes of it."""
        return Kast(grunn, self.known if remember else None)

    def propose(self, kode: str) -> Forslag:
        """A proposal."""
        return Forslag(kode, self.sist.kommune, self.bosted.kommune, self.bosted.flyttedato)


Answer = Kast | Forslag
Step = Callable[[Sak], Answer | None]


def first_seen(sak: Sak) -> Answer | None:
    """We did not know where the child lived. Elsewhere may be an old story, so it is doubtful."""
    if sak.sist.kommune:
        return None
    if sak.naa and sak.naa <= sak.hjem:
        return sak.drop(Kastgrunn.HJEMME)
    return sak.propose(USIKKER)


def same(sak: Sak) -> Answer | None:
    """The same number."""
    if sak.sist.kommune == sak.bosted.kommune:
        return sak.drop(Kastgrunn.SAMME_KOMMUNE)
    return None


def unknown_code(sak: Sak) -> Answer | None:
    """A number that is in no version of the list: it is older than the register."""
    if sak.naa:
        return None
    if sak.still:
        return sak.drop(Kastgrunn.SAMME_FLYTTEDATO, remember=False)
    return sak.propose(USIKKER)


def future_code(sak: Sak) -> Answer | None:
    """A number that leaked before it is valid: the same place, or a move seen through it."""
    if not sak.liste.future(sak.bosted.kommune, sak.today):
        return None
    if sak.da & sak.naa and (len(sak.naa) == 1 or not sak.moved):
        return sak.drop(Kastgrunn.FRAMTIDIG_KODE, remember=False)
    if sak.naa <= sak.hjem:
        return sak.drop(Kastgrunn.HJEMME, remember=False)
    return sak.propose(USIKKER)


def reform(sak: Sak) -> Answer | None:
    """One municipality under two numbers. After a split it may be two: then the date decides."""
    if not sak.da & sak.naa:
        return None
    valid = sak.liste.valid(sak.bosted.kommune, sak.today)
    if len(sak.da) == len(sak.naa) == 1:
        return sak.drop(Kastgrunn.REFORM, remember=valid)
    if sak.still:
        return sak.drop(Kastgrunn.REFORM, remember=valid and sak.sure)
    if sak.naa <= sak.hjem:
        return sak.drop(Kastgrunn.HJEMME, remember=valid)
    return sak.propose(USIKKER)


def carved(sak: Sak) -> Answer | None:
    """A part of a municipality became one of its own, and the rest lives on under its number."""
    if not any(sak.liste.carved(old, new) for old in {*sak.da, sak.sist.kommune}
               for new in sak.naa):  # fmt: skip
        return None
    if sak.still:
        return sak.drop(Kastgrunn.REFORM, remember=sak.sure)
    if sak.naa <= sak.hjem:
        return sak.drop(Kastgrunn.HJEMME)
    return sak.propose(USIKKER)


def home(sak: Sak) -> Answer | None:
    """Moved to us: there is nothing to hand over."""
    return sak.drop(Kastgrunn.HJEMME) if sak.naa <= sak.hjem else None


def border(sak: Sak) -> Answer | None:
    """A border that moved over the house, if the list says that one did."""
    dates = sak.liste.border_changes({*sak.da, sak.sist.kommune}, sak.bosted.kommune)
    if not dates:
        return None
    if sak.still:
        return sak.drop(Kastgrunn.GRENSEJUSTERING, remember=sak.sure)
    if sak.moved is None or sak.bosted.flyttedato in dates:
        return sak.propose(USIKKER)
    return None


def without_moving(sak: Sak) -> Answer | None:
    """The register says that nobody moved. With another date of moving it says two things."""
    if not sak.tegn.without_moving:
        return None
    if sak.moved:
        return sak.propose(USIKKER)
    return sak.drop(Kastgrunn.UTENFLYTTING, remember=sak.sure)


def move(sak: Sak) -> Answer | None:
    """Two municipalities, and nothing that explains it away."""
    when = sak.bosted.flyttedato
    reformed_then = when is not None and sak.liste.changed_on(
        {sak.sist.kommune, sak.bosted.kommune, *sak.da, *sak.naa}, when
    )
    doubt = sak.moved is False or reformed_then or sak.tegn.doubtful or not sak.da
    return sak.propose(USIKKER if doubt else SANNSYNLIG)


STEPS: tuple[Step, ...] = (
    first_seen,
    same,
    unknown_code,
    future_code,
    reform,
    carved,
    home,
    border,
    without_moving,
    move,
)
"""In this order; the first that answers has answered."""


def compare(sak: Sak) -> Answer:
    """Whether the child may have moved away."""
    for step in STEPS:
        answer = step(sak)
        if answer is not None:
            return answer
    raise AssertionError("the last step always answers")
