"""What a signed step writes over is kept first, in the commit that says so, with its files.

Killed at any place: a person's words are never written over without standing sealed in the ledger.
"""

import hashlib
import json
from dataclasses import dataclass, field, replace

import pytest
import sqlalchemy as sa

from gateway.effects import failpoint
from gateway.errors import LocalFault
from gateway.ledger import chain
from gateway.ledger import tables as t
from gateway.ports.connector import FileRef
from gateway.ports.mapping import Decoded, Encoded
from gateway.run import versions
from schemas.stafettlogg.innhold import Dokument
from tests.machine.conftest import Died
from tests.machine.pair import NATIVE, TENANT, Side, SideMapping
from tests.unit.run.stand import EVERY

TEXT = "stafettlogg-logg-0.nivaa_tekst"
TWICE = [(name, nth) for name in failpoint.NAMES for nth in (1, 2)]


@pytest.fixture
def contested(stand):
    """Two logs a person has written in at the target, and a signed plan that writes over both."""
    for number in range(2):
        stand.begins(number)
    stand.moved()
    for number in range(2):
        stand.writes("b", number, text="et menneskes ord")
        stand.writes("a", number, text="kildens ord")
    plan_id = stand.planned()
    stand.signed(plan_id, EVERY)
    return plan_id


def kept_or_standing(stand):
    """Their words, for each log: where they stand, or in a version."""
    for number in range(2):
        stands = stand.document("b", number)["text"] == "et menneskes ord"
        kept = [stand.text_of(version)["text"] for version in stand.kept(number)]
        assert stands or kept == ["et menneskes ord"], number


@pytest.mark.parametrize(("name", "nth"), TWICE)
def test_killed_there_their_words_stand_or_are_kept(stand, contested, name, nth):
    """Dies at the named place, before and after the intent and the write; the next life ends it,
    and each version is there once."""
    run_id = stand.started(contested)
    stand.deaths = {name: nth}
    try:
        stand.work(run_id)
    except Died:
        kept_or_standing(stand)
    stand.deaths = {}
    stand.work(run_id)
    kept_or_standing(stand)
    assert [stand.document("b", number)["text"] for number in range(2)] == ["kildens ord"] * 2
    assert [len(stand.kept(number)) for number in range(2)] == [1, 1]
    with stand.database.look() as connection:
        assert chain.verify(connection).broken_at is None


@pytest.mark.parametrize("cuts", [1, 2])
def test_it_is_kept_before_anything_is_on_the_wire(stand, contested, cuts):
    """At the very moment of the write, and when the answer is lost and it is written again."""
    seen = []
    stand.sides["b"].saw = lambda order, _before, _stored: seen.append(
        (order.key, [v.logg for v in versions.of_logg(stand.database, TENANT, order.key)])
    )
    stand.sides["b"].cuts = cuts
    stand.work(stand.started(contested))
    assert seen == [("logg-0", ["logg-0"]), ("logg-1", ["logg-1"])]


def test_a_version_says_where_and_never_what(stand, contested):
    """The system, the place in it, the run and the fields; the words are sealed (C-6)."""
    run_id = stand.started(contested)
    stood = stand.sides["b"].document(stand.ref("b"))
    stand.work(run_id)
    (version,) = stand.kept()
    assert (version.system, version.ref, version.version) == ("b", stood.ref, stood.version)
    assert (version.run_id, version.places) == (run_id, (TEXT,))
    assert stand.base.store.get(version.payload) == stood.body
    with stand.database.look() as connection:
        query = sa.select(t.entry).where(t.entry.c.kind == "version", t.entry.c.logg == "logg-0")
        (row,) = connection.execute(query).all()
    assert json.loads(row.body) == {
        "version": version.version_id, "system": "b", "places": [TEXT],
        "sha": hashlib.sha256(stood.body).hexdigest(),
    }  # fmt: skip
    files = [path.read_bytes() for path in stand.folder.rglob("*") if path.is_file()]
    assert not any(b"et menneskes ord" in data for data in files)


def test_versions_are_found_by_log_and_by_id(stand, contested):
    """By the start of a log's id, oldest first, in one municipality; an id nobody gave is told."""
    stand.work(stand.started(contested))
    stand.writes("b", text="igjen")
    stand.writes("a", text="kilden igjen")
    stand.moved(names=EVERY)
    first, second = stand.kept()
    assert [stand.text_of(v)["text"] for v in (first, second)] == ["et menneskes ord", "igjen"]
    assert len(versions.of_logg(stand.database, TENANT, "logg-")) == 3
    assert versions.of_logg(stand.database, TENANT, "log%") == []
    assert versions.of_logg(stand.database, "899100115", "logg-0") == []
    assert versions.one(stand.database, TENANT, first.version_id) == first
    for tenant, name in (("899100115", first.version_id), (TENANT, "v-ukjent")):
        with pytest.raises(LocalFault, match="UKJENT_VERSJON"):
            versions.one(stand.database, tenant, name)


def test_somebody_who_writes_after_the_signature_is_not_written_over(stand, contested):
    """What they named was another text: nothing is kept, because nothing is lost."""
    run_id = stand.started(contested)
    stand.writes("b", text="et nytt ord")
    stand.work(run_id)
    assert stand.effects(run_id)["logg-0"] == ("flyttet", "ENDRET_I_MAAL")
    assert stand.document("b")["text"] == "et nytt ord"
    assert stand.kept() == []


def test_somebody_who_writes_after_it_was_kept_is_not_written_over(stand, contested):
    """The write is for the version that was kept, and for no other."""
    run_id = stand.started(contested)
    stand.deaths = {"intent.after": 1}
    with pytest.raises(Died):
        stand.work(run_id)
    stand.writes("b", text="et nytt ord")
    stand.work(run_id)
    assert stand.document("b")["text"] == "et nytt ord"
    assert [stand.text_of(version)["text"] for version in stand.kept()] == ["et menneskes ord"]


def test_a_write_that_takes_nothing_keeps_nothing(stand):
    """A log that nobody has touched in the target has no version to keep."""
    stand.begins(0)
    stand.moved()
    stand.writes("a", text="kildens ord")
    stand.moved()
    assert stand.kept() == []


# -- files ----------------------------------------------------------------------------------------
@dataclass
class Filed(Side):
    """A side whose logs have files; what it is given it asks for, as a vendor does."""

    bytes_: dict[str, bytes] = field(default_factory=dict)

    def document(self, ref):
        """With the files it names."""
        found = super().document(ref)
        files = tuple(
            FileRef(name, sha, len(self.bytes_[name]), "text/plain")
            for name, sha in self.documents[ref].get("files", {}).items()
        )
        return replace(found, files=files)

    def file(self, ref, file_id):
        """Its bytes."""
        return self.bytes_[file_id]

    def put(self, order):
        """Takes in the files it does not have."""
        for name in json.loads(order.body).get("files", {}):
            if name not in self.bytes_:
                self.bytes_[name] = order.read_file(name)
        return super().put(order)


@dataclass(frozen=True)
class FiledMapping(SideMapping):
    """A log with files: a document of ours for each."""

    def decode(self, wire, tenant):
        """The files are documents; the rest as before."""
        files = wire.get("files", {})
        rest = {key: value for key, value in wire.items() if key != "files"}
        native = NATIVE[self.system]
        found = tuple(
            Dokument(id=f"d-{name}", kildesystem=native, kilde_id=name, sha256=sha)
            for name, sha in files.items()
        )
        logg = super().decode(rest, tenant).logg
        return Decoded(logg.model_copy(update={"dokumenter": found}))

    def encode(self, logg, tenant):
        """Back again."""
        files = {d.kilde_id: d.sha256 for d in logg.dokumenter}
        return Encoded(super().encode(logg, tenant).wire | ({"files": files} if files else {}))


@pytest.fixture
def filed(stand, monkeypatch):
    """The same two systems, with files."""
    monkeypatch.setattr("tests.machine.test_two_sides.SideMapping", FiledMapping)
    stand.sides = {name: Filed(name) for name in ("a", "b")}
    return stand


def uploads(stand, system, name, data):
    """Somebody uploads a file to the log."""
    side = stand.sides[system]
    side.bytes_[name] = data
    files = stand.document(system).get("files", {}) | {name: hashlib.sha256(data).hexdigest()}
    stand.writes(system, files=files)


def test_the_files_of_what_is_written_over_are_kept_with_it(filed):
    """A file that goes with the write is sealed in the commit of the intent, and comes back byte
    for byte when the version is brought back."""
    filed.begins(0)
    filed.moved()
    uploads(filed, "b", "brev.txt", b"et brev fra et menneske")
    filed.writes("b", text="et menneskes ord")
    filed.writes("a", text="kildens ord")
    plan_id = filed.planned()
    filed.signed(plan_id, EVERY)
    run_id = filed.started(plan_id)
    filed.deaths = {"intent.after": 1}
    with pytest.raises(Died):
        filed.work(run_id)
    with filed.database.look() as connection:
        (row,) = connection.execute(sa.select(t.file).where(t.file.c.system == "b")).all()
    (kept,) = filed.kept()
    assert (row.ref, row.file_id) == (kept.version_id, "brev.txt")
    assert filed.base.store.get(row.payload) == b"et brev fra et menneske"
    filed.work(run_id)
    side = filed.sides["b"]
    assert "files" not in filed.document("b")
    side.bytes_.clear()
    (kept,) = filed.kept()
    filed.carried_out(filed.back("b", kept), EVERY)
    assert side.bytes_["brev.txt"] == b"et brev fra et menneske"
    assert filed.document("b")["text"] == "et menneskes ord"
