"""An invented list of municipalities with every kind of change, and short ways to say a case."""

from datetime import date

from gateway.flytting.sist import Sist, Tegn
from gateway.flytting.vurdering import Ramme, verdict
from gateway.ports.folkeregister import Bosted, Gradering, Hendelseslag, Personstand
from schemas.kommuneinndeling.liste import Kommuneliste

TODAY = date(2026, 11, 27)
REFORM = date(2026, 1, 1)
BORDER = date(2026, 7, 1)
FUTURE = date(2027, 1, 1)
BEFORE = date(2025, 11, 1)
LIVED = date(2020, 8, 1)
NEW = date(2026, 11, 20)
NUMBER = "00000000000"


def code(number, begin=date(2020, 1, 1), end=None):
    """One row of the list."""
    return {
        "code": number, "name": f"K{number}", "validFromInRequestedRange": begin.isoformat(),
        "validToInRequestedRange": end.isoformat() if end else None,
    }  # fmt: skip


def change(old, new, on):
    """One change of the list."""
    return {"oldCode": old, "newCode": new, "changeOccurred": on.isoformat()}


LISTE = Kommuneliste.model_validate(
    {
        "codes": [
            code("9901", end=FUTURE), code("9914", FUTURE),  # ours, and what it will be called
            code("9902", end=FUTURE),  # another
            code("9903", end=REFORM), code("9904", REFORM), code("9905", REFORM),  # a split
            code("9906", end=REFORM), code("9907", REFORM),  # a renumbering
            code("9908", end=REFORM), code("9909", end=REFORM), code("9910", REFORM),  # a merger
            code("9911", end=FUTURE), code("9912", REFORM),  # and a part carved out of it
            code("9913"),  # has taken land from 9901
            code("9915", FUTURE),  # 9902 and 9911 will be one
        ],
        "codeChanges": [
            change("9903", "9904", REFORM), change("9903", "9905", REFORM),
            change("9906", "9907", REFORM),
            change("9908", "9910", REFORM), change("9909", "9910", REFORM),
            change("9911", "9912", REFORM),
            change("9901", "9913", BORDER),
            change("9901", "9914", FUTURE),
            change("9911", "9915", FUTURE), change("9902", "9915", FUTURE),
        ],
    }
)  # fmt: skip


def ramme(hjem="9901"):
    """Our own municipality."""
    return Ramme(LISTE, frozenset({hjem}), TODAY)


def stand(kommune="9902", moved=NEW, gradering=Gradering.INGEN):
    """What the register says now."""
    return Personstand((NUMBER,), gradering, Bosted(kommune, moved))


def tegn(*slag, endringer=(), avstemming=False):
    """A hint."""
    return Tegn(frozenset(slag), frozenset(endringer), avstemming)


BOSTED = tegn(Hendelseslag.BOSTED)
STILL = tegn(Hendelseslag.UTENFLYTTING)
SILENT = tegn(Hendelseslag.OPPDATERT)
EVERYBODY = tegn(avstemming=True)


def judged(fra, til, moved=NEW, *, hint=BOSTED, lived=LIVED, hjem="9901", aapen=None,
           gradering=Gradering.INGEN, seen=BEFORE):  # fmt: skip
    """The verdict on a child who lived in `fra` and is registered in `til`."""
    return verdict(Sist(seen, fra, lived), hint, stand(til, moved, gradering), aapen, ramme(hjem))
