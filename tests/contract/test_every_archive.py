"""The laws of the archive port, for every archive there is: found by folder, never by name.

What only one archive can do wrong is tested beside it; here stands what the core builds on.
"""

import dataclasses
import importlib
import re
from collections.abc import Callable, Iterator

import httpx
import pytest

from gateway.errors import GatewayError, LocalFault, Rejected
from gateway.ports.archive import Archive, Funnetfil, Levering
from gateway.ports.connector import Provenance
from tests.contract.archive_stand import NAMES, WIRED, Arkivstand, spellings
from tests.contract.conftest import CANARY, NUMBER, SENTENCE, everything_said

FAULTS = ("busy503", "html200", "reset", "cut_after")


@pytest.fixture(scope="module", autouse=True)
def _one_tls_context() -> Iterator[None]:
    """Making one takes longer than a deposit, and nothing here leaves this machine."""
    made = httpx.create_ssl_context(trust_env=False)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(httpx, "create_ssl_context", lambda **_: made)
        yield


@pytest.fixture(scope="module", params=NAMES)
def stand(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Arkivstand]:
    """Each archive in turn; its sandbox is started once, for making keys is slow."""
    broker: Callable[[], str] = lambda: request.getfixturevalue("amqp")  # noqa: E731
    made = Arkivstand(request.param, tmp_path_factory.mktemp(request.param), broker)
    yield made
    made.close()


@pytest.fixture(scope="module")
def archive(stand: Arkivstand) -> Archive:
    """One archive towards the sandbox."""
    return stand.open()


def test_every_archive_is_here() -> None:
    """A folder with `arkiv.py` is an archive, and there are some: an empty suite proves nothing."""
    assert len(NAMES) >= 5


def test_nothing_is_found_before_anything_is_sent(stand: Arkivstand, archive: Archive) -> None:
    """A look at an unknown key is None, twice, and writes nothing."""
    snapshot, before = stand.fresh(), stand.everything()
    assert archive.find(snapshot) is None
    assert archive.find(snapshot) is None
    assert stand.everything() == before


def test_what_is_deposited_is_found_with_the_same_bytes(
    stand: Arkivstand, archive: Archive
) -> None:
    """Every file once, bit for bit; what cannot be read back is never said to have arrived."""
    snapshot, other = stand.fresh(), stand.fresh()
    answer = stand.settle(archive, snapshot)
    stand.holds(archive, snapshot)
    assert (answer.levering is Levering.LEVERT) == stand.readable
    assert archive.find(other) is None
    assert len(answer.kode) <= 60


def test_an_archive_without_reading_says_so(stand: Arkivstand, archive: Archive) -> None:
    """`fetch` is refused for good where `facts` says that nothing can be read back."""
    facts = archive.facts()
    assert facts.product and facts.contract and facts.environment
    if stand.readable:
        return
    with pytest.raises(Rejected, match="ARKIV_LESER_IKKE"):
        archive.fetch(Funnetfil(1, "finnes-ikke"))


def test_twice_makes_nothing_twice(stand: Arkivstand, archive: Archive) -> None:
    """The same call again, with what was found and with a look that is too old, by two clients."""
    snapshot = stand.fresh()
    stand.settle(archive, snapshot)
    again = stand.open()
    for client, found in (
        (archive, None), (again, None), (again, again.find(snapshot)), (archive, None),
    ):  # fmt: skip
        client.deposit(snapshot, found)
    stand.holds(again, snapshot)


def test_two_snapshots_of_one_log_share_its_folder(stand: Arkivstand, archive: Archive) -> None:
    """The folder is the log's: a second snapshot is a second record in it."""
    first = stand.fresh()
    second = dataclasses.replace(stand.fresh(), mappe_key=first.mappe_key)
    for snapshot in (first, second):
        stand.settle(archive, snapshot)
    for snapshot in (first, second):
        assert stand.count(snapshot)[1] == 1
    if stand.readable:
        found = [archive.find(snapshot) for snapshot in (first, second)]
        assert stand.count(first)[0] == 1
        assert found[0] and found[1] and found[0].mappe == found[1].mappe
        assert found[0].journalpost != found[1].journalpost


@pytest.mark.parametrize("stand", WIRED, indirect=True)
def test_a_deposit_cut_anywhere_goes_on(stand: Arkivstand) -> None:
    """An answer that is lost, early, midway and late: looked for, gone on with, made once."""
    before = len(stand.seen)
    stand.settle(stand.open(), stand.fresh())
    calls = len(stand.seen) - before
    for skip in sorted({0, calls // 4, calls // 2, 3 * calls // 4, calls - 1}):
        snapshot, client = stand.fresh(), stand.open()
        with stand.fault(kind="cut_after", skip=skip):
            stand.settle(client, snapshot)
        stand.holds(client, snapshot)


@pytest.mark.parametrize("stand", WIRED, indirect=True)
@pytest.mark.parametrize("kind", FAULTS)
def test_only_our_own_errors_cross(stand: Arkivstand, kind: str) -> None:
    """Whatever the line does, a GatewayError of a kind that says what to do, without the child;
    and when the line is well, the snapshot goes in once."""
    snapshot, client = stand.fresh(), stand.open(deadline=1.5, attempts=2)
    told = []
    with stand.fault(kind=kind, times=0):
        for call in (client.facts, lambda: client.find(snapshot),
                     lambda: client.deposit(snapshot, None)):  # fmt: skip
            try:
                call()
            except GatewayError as error:
                told.append(error)
    assert told, "the fault never struck"
    for error in told:
        assert type(error) is not GatewayError
        assert not any(text in everything_said(error) for text in spellings())
    well = stand.open()
    stand.settle(well, snapshot)
    stand.holds(well, snapshot)


def test_a_title_that_tells_stops_the_snapshot(stand: Arkivstand, archive: Archive) -> None:
    """The child in a title or a file name, whole or in part: refused before anything leaves."""
    word, before = SENTENCE.split()[0], stand.everything()
    plain = stand.fresh()
    first = plain.filer[0]
    for telling in (
        dataclasses.replace(plain, tittel=f"Stafettlogg {word}"),
        dataclasses.replace(plain, mappe_tittel=f"Logg {NUMBER}"),
        dataclasses.replace(
            plain,
            filer=(dataclasses.replace(first, filnavn=f"{NUMBER}.pdf"), *plain.filer[1:]),
        ),
    ):
        with pytest.raises(Rejected) as caught:
            archive.deposit(telling, None)
        assert not any(text in everything_said(caught.value) for text in spellings())
    assert stand.everything() == before


def test_the_child_is_shown_nowhere(stand: Arkivstand, archive: Archive) -> None:
    """No address, header, file name or repr holds the name or the number in any spelling."""
    snapshot = stand.fresh()
    stand.settle(archive, snapshot)
    if stand.app is not None:
        assert stand.seen, "nothing was kept to look in"
    told = [*stand.shown(), repr(snapshot), repr(archive), repr(archive.find(snapshot))]
    told += [repr(stand.settings), repr(vars(archive))]
    for text in told:
        assert not any(spelling in text for spelling in spellings())


# -- what an archive says of itself -----------------------------------------------------------


def test_every_operation_has_its_source(stand: Arkivstand) -> None:
    """Named once, with where it is known from; nothing is assumed."""
    names = [operation.name for operation in stand.operations]
    assert names
    assert len(set(names)) == len(names)
    for operation in stand.operations:
        assert operation.call and operation.source
        assert operation.provenance in {Provenance.DOCUMENTED, Provenance.MANUAL}


def test_the_readme_names_the_same_operations(stand: Arkivstand) -> None:
    """The table a person reads is the table the gate reads: same names, same provenance."""
    own = {one.name: one.provenance.value for one in stand.operations}
    readme = (stand.package / "README.md").read_text(encoding="utf-8")
    for shared in re.findall(r"`connectors/(\w+)/operasjoner\.py`", readme):
        module = importlib.import_module(f"connectors.{shared}.operasjoner")
        for one in module.TRANSPORT:
            assert own.pop(one.name) == one.provenance.value
    assert table(readme) == own


def table(readme: str) -> dict[str, str]:
    """Operation -> provenance, of the first table with that column; `.les` goes on from the last
    name's noun."""
    rows = [line.strip().strip("|").split("|") for line in readme.splitlines() if line[:1] == "|"]
    head = next(row for row in rows if any(cell.strip() == "provenance" for cell in row))
    column = [cell.strip() for cell in head].index("provenance")
    found: dict[str, str] = {}
    for row in rows[rows.index(head) + 2 :]:
        if len(row) != len(head) or not row[0].strip().startswith("`"):
            break
        noun = ""
        for name in re.findall(r"`([\w.]+)`", row[0]):
            noun = name.partition(".")[0] or noun
            whole = noun + name if name.startswith(".") else name
            found[whole] = row[column].strip()
    return found


# -- set-up -----------------------------------------------------------------------------------


def test_an_unknown_option_is_named_and_its_value_is_not(stand: Arkivstand) -> None:
    """A slip in the configuration stops the start, and quotes nothing."""
    with pytest.raises(LocalFault) as caught:
        stand.open({**stand.settings.options, "ukjent_valg": CANARY})
    assert "ukjent_valg" in caught.value.place
    assert CANARY not in everything_said(caught.value)


def test_a_missing_option_is_named(stand: Arkivstand) -> None:
    """Each option taken away in turn: the archive opens without it, or says which it is."""
    options, needed = dict(stand.settings.options), []
    for name in options:
        try:
            stand.open({key: value for key, value in options.items() if key != name})
        except LocalFault as fault:
            needed.append(name)
            assert name in fault.place
    assert needed


def test_a_wrong_option_is_told_of_and_its_value_is_not(stand: Arkivstand) -> None:
    """Each option set to nonsense: what is refused says where and never what was given. Where a
    key lies is no secret, so options that are paths are left alone."""
    options, nonsense = dict(stand.settings.options), f"{CANARY}\x00\n"
    for name in (name for name in options if "/" not in options[name]):
        try:
            stand.open({**options, name: nonsense})
        except LocalFault as fault:
            assert CANARY not in everything_said(fault)
            assert fault.place
