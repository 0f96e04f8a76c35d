"""How a person looks in the register: the parts a move hint may ask for, and one it may not.

The name of a street is always there, as in the real answers, so that a leak of it would show.
Synthetic persons only.
"""

from dataclasses import dataclass, replace
from datetime import date
from typing import Any

CANARY_STREET = "Kanarifuglveien uten ende"


@dataclass(frozen=True, slots=True)
class Innbygger:
    """One person. `ukjent` is a residence without an address; `kommune` may then be empty."""

    nummer: str
    kommune: str = ""
    flyttedato: date | None = date(2020, 8, 1)
    gradering: str = "ugradert"
    beskyttelse: str = ""
    ukjent: bool = False
    matrikkel: bool = False
    uten_bosted: bool = False
    tidligere: tuple[str, ...] = ()

    def moved(self, kommune: str, on: date | None) -> "Innbygger":
        """The same person somewhere else."""
        return replace(self, kommune=kommune, flyttedato=on, ukjent=False, uten_bosted=False)

    def body(self) -> dict[str, Any]:
        """The person as the register writes one."""
        numbers = [
            {"foedselsEllerDNummer": one, "erGjeldende": one == self.nummer, "status": "iBruk"}
            for one in (*self.tidligere, self.nummer)
        ]
        told: dict[str, Any] = {
            "identifikasjonsnummer": numbers,
            "navn": [{"erGjeldende": True, "fornavn": "Kanari", "etternavn": "Fugleheim"}],
            "bostedsadresse": [] if self.uten_bosted else [self._home()],
            "adressebeskyttelse": [],
        }
        if self.beskyttelse:
            told["adressebeskyttelse"] = [
                {"erGjeldende": True, "graderingsnivaa": self.beskyttelse}
            ]
        return told

    def _home(self) -> dict[str, Any]:
        home: dict[str, Any] = {"erGjeldende": True, "kilde": "KILDE_DSF", "aarsak": "Flytting"}
        if self.ukjent:
            home["ukjentBosted"] = {"bostedskommune": self.kommune} if self.kommune else {}
        elif self.matrikkel:
            home["matrikkeladresse"] = {
                "matrikkelnummer": {"kommunenummer": self.kommune, "gaardsnummer": 7}
            }
        else:
            home["vegadresse"] = {
                "kommunenummer": self.kommune,
                "adressenavn": CANARY_STREET,
                "poststed": {"poststedsnavn": "Øvingsvik", "postnummer": "0000"},
            }
        home["adressegradering"] = self.gradering
        if self.flyttedato:
            home["flyttedato"] = self.flyttedato.isoformat()
        return home
