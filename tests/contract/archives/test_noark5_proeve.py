"""`archive check` of the Noark 5 interface: each thing a night needs is tried, and told by name.

A link that is not offered, a filter that is refused, a class system that is not there, a file that
is refused or damaged, a thing that may not be taken away: each is seen before a night, and nothing
of the trial is left but what the archive would not let go.
"""

import dataclasses
from collections.abc import Iterator
from typing import Any

import pytest

from connectors.noark5.arkiv import open_archive
from connectors.noark5.sandbox.app import Noark5Sandkasse, open_sandbox
from connectors.noark5.sandbox.sample import PROFIL, VARIANTER, settings
from connectors.sandbox.app import Response
from connectors.sandbox.server import start
from connectors.sandbox.snapshot import uttak
from gateway.ports.archive import Part
from tests.contract.archive_stand import Memory

Place = tuple[Noark5Sandkasse, Any]


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """The sandbox, and what opens an archive towards it."""
    app = open_sandbox(tmp_path_factory.mktemp("noark5"))
    running = start(app)

    def trials(options: dict[str, str] | None = None) -> dict[str, str]:
        made = settings(running.url)
        if options is not None:
            object.__setattr__(made, "options", options)
        archive: Any = open_archive(made)
        try:
            return {f"{one.hva} {one.sted}": one.kode for one in archive.rehearse()}
        finally:
            archive.close()

    trials.settings = lambda: settings(running.url)  # type: ignore[attr-defined]
    yield app, trials
    running.stop()
    app.close()


def faults(told: dict[str, str]) -> set[tuple[str, str]]:
    """(what, code) of what did not work."""
    return {(what.partition(" ")[0], code) for what, code in told.items() if code}


def things(app: Noark5Sandkasse) -> int:
    """How many things stand in the archive."""
    kinds = ("klasse", "saksmappe", "journalpost", "dokumentbeskrivelse", "dokumentobjekt")
    return sum(app._lager.count(kind) for kind in kinds)


@pytest.mark.parametrize("variant", [None, *VARIANTER])
def test_everything_is_tried_and_nothing_is_left(place: Place, variant: str | None) -> None:
    """Each link, both searches, a read, the class, and an upload that is read back and removed."""
    app, trials = place
    told = trials(dict(VARIANTER[variant]) if variant else None)
    assert faults(told) == set()
    tried = {what.partition(" ")[0] for what in told}
    under = "mappe" if variant else "klasse"
    assert tried == {
        "lenke", "soek_mappe", "soek_post", "lesing", under, "opplasting", "fjerning",
    }  # fmt: skip
    assert sum(what.startswith("fjerning") for what in told) == (4 if variant else 5)
    assert things(app) == 0


def test_without_the_keepers_word_nothing_is_made(place: Place) -> None:
    """Told as not tried, which is not the same as working."""
    app, trials = place
    told = trials({**PROFIL, "proeve": "nei"})
    assert "uproevd noark5.proeve" in told
    assert not any(what.startswith(("opplasting", "fjerning")) for what in told)
    assert things(app) == 0


@pytest.mark.parametrize(
    ("switches", "fault"),
    [
        ({"uten_lenke": ["journalpost"]}, ("soek_post", "MANGLER_LENKE")),
        ({"uten_lenke": ["dokumentobjekt"]}, ("lesing", "MANGLER_LENKE")),
        ({"uten_lenke": ["klassifikasjonssystem"]}, ("klasse", "MANGLER_LENKE")),
        ({"uten_lenke": ["ny-klasse"]}, ("klasse", "MANGLER_LENKE")),
        ({"uten_lenke": ["ny-journalpost"]}, ("opplasting", "MANGLER_LENKE")),
        ({"uten_lenke": ["fil"]}, ("opplasting", "MANGLER_LENKE")),
        (
            {"uten_egne_felt": True, "nekter": ["beskrivelse"]},
            ("soek_mappe", "ARKIV_KAN_IKKE_SOEKES"),
        ),
        ({"nekter": ["beskrivelse"]}, ("klasse", "ARKIV_KAN_IKKE_SOEKES")),
        ({"nekter": ["systemID"]}, ("lesing", "ARKIV_KAN_IKKE_SOEKES")),
        ({"avviser": 1}, ("opplasting", "FIL_AVVIST")),
        ({"skader": True}, ("opplasting", "ARKIV_FEIL_HASH")),
    ],
    ids=str,
)
def test_what_would_stop_a_night_is_told_before_it(
    place: Place, switches: dict[str, Any], fault: tuple[str, str]
) -> None:
    """By what was tried and its code; the other things are tried all the same."""
    app, trials = place
    app.switch(switches)
    try:
        told = trials()
    finally:
        app.switch({})
    assert fault in faults(told)
    assert sum(not code for code in told.values()) >= 4
    assert things(app) == 0


@pytest.fixture(params=[None, *VARIANTER])
def filled(place: Place, request: pytest.FixtureRequest) -> Iterator[tuple[Any, Any]]:
    """The archive with a snapshot in it, and trials that may make nothing."""
    app, trials = place
    options = dict(VARIANTER[request.param] if request.param else PROFIL)
    archive: Any = open_archive(dataclasses.replace(trials.settings(), options=options))
    archive.deposit(uttak(1, Part("Prøve", "01010199999"), once=Memory().once), None)
    archive.close()
    yield app, lambda: trials({**options, "proeve": "nei"})
    app.switch({})
    with app._lager.writing():
        for kind in ("part", "dokumentobjekt", "dokumentbeskrivelse", "journalpost", "saksmappe",
                     "klasse"):  # fmt: skip
            for row in app._lager.rows(kind, None, None, 0, 99):
                app._lager.remove(row["systemID"])


def test_what_stands_there_is_looked_at_where_nothing_may_be_made(filled: Any) -> None:
    """All is seen and well, and nothing is made."""
    app, trials = filled
    before, told = things(app), trials()
    assert faults(told) == set()
    assert not any(what.startswith("usett") for what in told)
    assert {"lenke ny-saksmappe", "lenke ny-journalpost", "lenke fil"} <= set(told)
    assert things(app) == before


@pytest.mark.parametrize("link", ["ny-saksmappe", "ny-journalpost", "fil", "dokumentobjekt"])
def test_a_link_that_is_not_there_is_told_without_a_trial(filled: Any, link: str) -> None:
    """Seen on what stands there."""
    app, trials = filled
    app.switch({"uten_lenke": [link]})
    assert ("lenke", "MANGLER_LENKE") in faults(trials())


def test_files_that_are_sent_elsewhere_are_told_without_a_trial(filled: Any) -> None:
    """A redirect stops every delivery; no byte of anybody's file is asked for."""
    app, trials = filled
    handle, seen = app.handle, []

    def redirecting(request: Any) -> Any:
        seen.append(request)
        if "/fil/" in request.target:
            return Response(302, b"", {"location": "https://lager.example/fil"})
        return handle(request)

    app.handle = redirecting
    try:
        told = trials()
    finally:
        app.handle = handle
    assert told["lenke fil"] == "OMDIRIGERING"
    assert {one.method for one in seen if "/fil/" in one.target} == {"HEAD"}


def test_an_archive_that_is_empty_is_told_as_not_seen(place: Place) -> None:
    """Which is not the same as working."""
    _app, trials = place
    told = trials({**PROFIL, "proeve": "nei"})
    assert "usett ny-saksmappe" in told and "usett fil" in told


def test_a_class_system_of_another_name_is_told(place: Place) -> None:
    """A slip in the configuration that a look at the archive part does not find."""
    _app, trials = place
    told = trials({**PROFIL, "klassifikasjonssystem": "Unger"})
    assert ("klasse", "UGYLDIG_PROFIL") in faults(told)


@pytest.mark.parametrize("variant", [None, *VARIANTER])
@pytest.mark.parametrize("status", [200, 201, 202, 204])
@pytest.mark.parametrize("answer", ["", "adresse", "intet"])
def test_what_is_made_without_a_word_of_where_is_taken_away_too(
    place: Place, status: int, answer: str, variant: str | None
) -> None:
    """The trial goes on as a night would, and leaves nothing."""
    app, trials = place
    app.switch({"ny_status": status, "ny_svar": answer})
    try:
        told = trials(dict(VARIANTER[variant]) if variant else None)
    finally:
        app.switch({})
    assert faults(told) == set()
    assert things(app) == 0


def test_what_was_made_and_does_not_show_is_told(place: Place) -> None:
    """By the key it was made with, for whoever must look for it."""
    app, trials = place
    app.switch({"ny_svar": "intet", "uten_lenke": ["mappe"]})
    try:
        told = trials({**VARIANTER["uten_klasse"]})
    finally:
        app.switch({})
    left = [what for what, code in told.items() if code == "PROEVE_IKKE_FJERNET"]
    assert len(left) == 1 == things(app)
    assert left[0].startswith("fjerning saksmappe stafettlogg ")
    with app._lager.writing():
        for row in app._lager.rows("saksmappe", None, None, 0, 9):
            app._lager.remove(row["systemID"])


def test_what_may_not_be_taken_away_is_told_by_its_id(place: Place) -> None:
    """The keeper said yes, and the archive says no: whoever clears up is told what to look for."""
    app, trials = place
    app.switch({"sletter": False})
    try:
        told = trials()
    finally:
        app.switch({})
    left = [what for what, code in told.items() if code == "PROEVE_IKKE_FJERNET"]
    assert len(left) == 5 == things(app)
    for what in left:
        ident = what.partition(" ")[2]
        assert app._lager.get(ident) is not None
        with app._lager.writing():
            app._lager.remove(ident)
