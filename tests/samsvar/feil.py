"""What can be wrong, as a code and the values that go into its words (`tekst.py`)."""

from typing import Any


class Feil(Exception):
    """Something is not as the specification says."""

    def __init__(self, kode: str, /, **verdier: Any) -> None:
        super().__init__(kode)
        self.kode, self.verdier = kode, verdier
