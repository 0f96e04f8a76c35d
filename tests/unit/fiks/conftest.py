"""Keys for practice, made once, and a snapshot about somebody who does not exist."""

import shutil
from datetime import date
from pathlib import Path
from random import Random

import pytest

from connectors.fiks.sandbox.noekkelring import Noekkelring, client_options
from connectors.fiks_arkiv.profil import Profil
from connectors.fiks_arkiv.sandbox.sample import KODER
from connectors.sandbox import snapshot, synthetic
from gateway.ports.archive import Part, Uttak

NAVN = "Jørunn Kanari Prøvesen"


@pytest.fixture(scope="session")
def ring(tmp_path_factory: pytest.TempPathFactory) -> Noekkelring:
    """The four keys of a practice platform."""
    return Noekkelring(tmp_path_factory.mktemp("noekler"))


@pytest.fixture(scope="session")
def barn() -> Part:
    """A child with a name and a number that nobody has."""
    return Part(NAVN, synthetic.national_id(date(2014, 3, 4), Random(7)), "2014-03-04")


@pytest.fixture(scope="session")
def uttak(barn: Part) -> Uttak:
    """A snapshot of three files."""
    return snapshot.uttak(1, barn)


@pytest.fixture(scope="session")
def profil(ring: Noekkelring) -> Profil:
    """The profile of one archive."""
    options = {**client_options(ring.folder.parent, "amqp://127.0.0.1:5672"), **KODER}
    return Profil.model_validate(options)


@pytest.fixture(scope="session")
def openssl() -> str:
    """Another implementation than ours; without it the test is skipped, loudly."""
    found = shutil.which("openssl")
    if found is None:
        pytest.skip("openssl is not installed, so our packages met no other implementation")
    return found


@pytest.fixture
def pem(ring: Noekkelring) -> Path:
    """The folder with the keys as files."""
    return ring.folder
