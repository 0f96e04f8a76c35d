"""Invented persons, numbers and files for sandbox data; deterministic, and never a real person.

A fødselsnummer made here has month + 80 (the synthetic series of Skatteetaten's Tenor), so it can
belong to nobody. Telephone numbers start with 00 and addresses end in `.example` for the same
reason. This module must not know any vendor's shapes.
"""

import unicodedata
from collections.abc import Sequence
from datetime import date
from random import Random
from typing import TypeVar

_K1 = (3, 7, 6, 1, 8, 9, 4, 5, 2)
_K2 = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
_ORG = (3, 2, 7, 6, 5, 4, 3, 2)
_LETTERS = "bcdfghjklmnpqrstvwxz"

T = TypeVar("T")

GIVEN = (
    "Aurora",
    "Brage",
    "Cecilie",
    "Dagfinn",
    "Eirunn",
    "Falk",
    "Gøril",
    "Håvar",
    "Ivar",
    "Jørunn",
    "Kåre",
    "Liv",
    "Marte",
    "Nils",
    "Oddny",
    "Pål",
    "Ragna",
    "Sæbjørn",
    "Tuva",
    "Ulf",
    "Vår",
    "Ylva",
    "Åsmund",
    "Øystein",
    "Mathea",
    "Elvar",
    "Sunniva",
    "Torbjørn",
    "Amal",
    "Yusuf",
    "Máret",
    "Ánte",
    "Biera",
    "Iŋgá",
    "Sárá",
    "Niillas",
    "Elle-Márjá",
    "Jovnna",
)
SURNAMES = (
    "Tåkeheim",
    "Fjelldråpe",
    "Ullmåne",
    "Bekkestjerne",
    "Lyngskår",
    "Skodderud",
    "Havglimt",
    "Rognebær",
    "Steinlåve",
    "Vinterløv",
    "Granskygge",
    "Mosebråten",
    "Nordlysvik",
    "Tindesang",
    "Kvitsøkk",
    "Elvesus",
    "Djupemyr",
    "Sølvbakk",
    "Guovssuvárri",
    "Čáhcesuolu",
    "Njuokčajohka",
    "Šearratluokta",
    "Geađgevárri",
    "Báđoš",
)


def seeded(*parts: int | str) -> Random:
    """A generator that gives the same series for the same parts, in every process."""
    return Random(":".join(map(str, parts)))  # noqa: S311 - invented data, not secrets


def control_digits(nine: str) -> str | None:
    """The two control digits of a fødselsnummer's first nine, None when there are none."""
    k1 = -sum(int(d) * w for d, w in zip(nine, _K1, strict=True)) % 11
    k2 = -sum(int(d) * w for d, w in zip(f"{nine}{k1 % 10}", _K2, strict=True)) % 11
    return None if 10 in (k1, k2) else f"{k1}{k2}"


def national_id(birth: date, rng: Random) -> str:
    """A synthetic fødselsnummer for the birth date: month + 80, right control digits."""
    low, high = (500, 999) if birth.year >= 2000 else (0, 499)
    while True:
        head = f"{birth:%d}{birth.month + 80}{birth:%y}{rng.randint(low, high):03d}"
        tail = control_digits(head)
        if tail is not None:
            return head + tail


def birth_date(number: str) -> date | None:
    """The birth date a number made by `national_id` stands for; None for any other.

    Only for building a register's answers in tests and demonstrations: a real number does not
    tell a birth date for certain.
    """
    day, month, year = int(number[0:2]), int(number[2:4]) - 80, int(number[4:6])
    century = 2000 if int(number[6:9]) >= 500 else 1900
    try:
        return date(century + year, month, day)
    except ValueError:
        return None


def organisation_number(rng: Random) -> str:
    """An invented organisasjonsnummer that starts with 8 or 9 and passes mod 11."""
    while True:
        head = f"{rng.choice('89')}{rng.randint(0, 9_999_999):07d}"
        check = -sum(int(d) * w for d, w in zip(head, _ORG, strict=True)) % 11
        if check != 10:
            return f"{head}{check}"


def identity(rng: Random, kind: str) -> str:
    """A fresh id; letters alone, so that no run of digits looks like a person's number."""
    return f"{kind}-{''.join(rng.choices(_LETTERS, k=12))}"


def name(rng: Random) -> str:
    """An invented name, NFC."""
    parts = [rng.choice(GIVEN), rng.choice(SURNAMES)]
    if rng.random() < 0.1:
        parts.insert(1, rng.choice(GIVEN))
    return unicodedata.normalize("NFC", " ".join(parts))


def given(full: str) -> str:
    """The first name of a full name."""
    return full.split(" ", 1)[0]


def email(rng: Random) -> str:
    """An address in a reserved domain; says nothing of the name, as test data should not."""
    return f"{''.join(rng.choices(_LETTERS, k=7))}@kommune.example"


def mobile(rng: Random) -> str:
    """A number no subscriber can have (it starts with 00)."""
    return f"+4700{rng.randint(0, 999_999):06d}"


def some(rng: Random, items: Sequence[T], low: int, high: int) -> list[T]:
    """Between `low` and `high` different items in their order, never more than there are."""
    count = min(len(items), rng.randint(min(low, high), high))
    chosen = set(rng.sample(range(len(items)), count))
    return [item for place, item in enumerate(items) if place in chosen]


def chance(rng: Random, share: float) -> bool:
    """True in `share` of the cases."""
    return rng.random() < share


def tiny_pdf(line: str, padding: int = 400) -> bytes:
    """A real one-page PDF of about a kilobyte showing `line` (ASCII letters are kept)."""
    shown = "".join(c if (c.isascii() and c.isalnum()) or c in " .-" else "?" for c in line)
    page = f"BT /F1 12 Tf 60 760 Td ({shown}) Tj ET".encode()
    objects = [
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R "
        b"/Resources << /Font << /F1 5 0 R >> >> >>",
        b"<< /Length %d >>\nstream\n%s\nendstream" % (len(page), page),
        b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>",
    ]
    out = bytearray(b"%PDF-1.4\n%" + b"~" * padding + b"\n")
    starts = []
    for number, content in enumerate(objects, 1):
        starts.append(len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1)
    out += b"".join(b"%010d 00000 n \n" % start for start in starts)
    out += b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1)
    out += b"startxref\n%d\n%%%%EOF\n" % table
    return bytes(out)
