"""A frozen snapshot: which files, which names and checksums, and the same bytes everywhere."""

import hashlib
import json
import os
import re
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from gateway.arkiv.stand import last_change
from gateway.effects.archiving.freezing import frame
from gateway.errors import LocalFault, Rejected
from gateway.ports.archive import Variant
from gateway.snapshot import glyphs
from gateway.snapshot.freeze import freeze
from gateway.snapshot.tidspunkt import instant_text
from schemas.stafettlogg.json_schema import generate
from schemas.stafettlogg.kodeverk import Adressebeskyttelse, Maalform
from schemas.stafettlogg.logg import Stafettlogg


def bodies(made: Any) -> dict[str, bytes]:
    """The files by name."""
    return {one.uttaksfil.filnavn: one.body for one in made.files}


def test_files_come_in_order_with_their_checksums(lab: Any, first: Any) -> None:
    """PDF, JSON, schema, attachments and the manifest last; every size and checksum is right."""
    made = freeze(first[0], lab.ramme, first[1].__getitem__)
    names = [one.uttaksfil.filnavn for one in made.files]
    assert names == [
        "stafettlogg.pdf", "stafettlogg.json", "stafettlogg.schema.json",
        "vedlegg-01.pdf", "vedlegg-01-original.pdf", "manifest.json",
    ]  # fmt: skip
    for nr, one in enumerate(made.files, 1):
        told = one.uttaksfil
        assert (told.nr, told.size) == (nr, len(one.body))
        assert told.sha256 == hashlib.sha256(one.body).hexdigest()
    assert made.files[4].uttaksfil.variant is Variant.PRODUKSJON
    assert made.pdf_sha == made.files[0].uttaksfil.sha256
    assert made.json_sha == made.files[1].uttaksfil.sha256
    assert made.manifest_sha == made.files[-1].uttaksfil.sha256


def test_the_manifest_tells_of_every_other_file_and_of_nobody(lab: Any, first: Any) -> None:
    """Checksums of all files but itself, versions of what made them, and no personal data."""
    log, files = first
    made = freeze(log, lab.ramme, files.__getitem__)
    text = bodies(made)["manifest.json"].decode()
    told = json.loads(text)
    assert [one["sha256"] for one in told["filer"]] == [
        one.uttaksfil.sha256 for one in made.files[:-1]
    ]
    assert told["verktoey"]["typst"] == "0.15.2"
    assert told["innhold_sha256"] == made.content_sha
    names = [one.uttaksfil.filnavn + one.uttaksfil.tittel for one in made.files]
    for person in log.personer:
        words = [person.navn or "-", *(i.verdi for i in person.identifikatorer)]
        assert not any(word in text or word in "".join(names) for word in words)


def test_the_structured_copy_is_the_whole_log(lab: Any) -> None:
    """What is read back from the JSON is the log, for both corpora; and it follows the schema."""
    for name, log, files in lab.corpus()[::7]:
        got = bodies(freeze(log, lab.ramme, files.__getitem__))
        assert Stafettlogg.model_validate_json(got["stafettlogg.json"]) == log, name
        assert got["stafettlogg.schema.json"].decode() == generate()


def test_the_registers_marking_never_leaves(lab: Any, first: Any) -> None:
    """C-4: a person's grade of address protection is in no file of a snapshot."""
    log, files = first
    grade = Adressebeskyttelse.STRENGT_FORTROLIG
    people = tuple(p.model_copy(update={"adressebeskyttelse": grade}) for p in log.personer)
    marked = log.model_copy(update={"personer": people})
    assert freeze(marked, lab.ramme, files.__getitem__) == freeze(log, lab.ramme, files.__getitem__)


_CODE = """
import sys
sys.path.insert(0, {folder!r})
import importlib.util as u
spec = u.spec_from_file_location("c", {conftest!r}); c = u.module_from_spec(spec)
spec.loader.exec_module(c)
from gateway.snapshot.freeze import freeze
for name, log, files in [*c.corpus()][::{step}]:
    made = freeze(log, c.RAMME, files.__getitem__)
    print(name, made.pdf_sha, made.json_sha, made.manifest_sha, made.content_sha)
"""


def test_three_processes_make_the_same_bytes(lab: Any, tmp_path: Path) -> None:
    """Another folder, time zone, hash seed and number of threads change no byte of any file."""
    here = Path(__file__)
    code = _CODE.format(
        folder=str(here.parents[2]), conftest=str(here.with_name("conftest.py")),
        step=1 if lab.full else 9,
    )  # fmt: skip
    answers = set()
    for zone, seed, threads in (("UTC", "0", "1"), ("Asia/Tokyo", "7", "2"), ("", "99", "1")):
        folder = tmp_path / seed
        folder.mkdir()
        environment = os.environ | {
            "TZ": zone, "PYTHONHASHSEED": seed, "RAYON_NUM_THREADS": threads,
        }  # fmt: skip
        done = subprocess.run(
            [sys.executable, "-c", code], cwd=folder, env=environment, capture_output=True,
            text=True, check=True, timeout=500,
        )  # fmt: skip
        answers.add(done.stdout)
    assert len(answers) == 1
    assert len(next(iter(answers)).splitlines()) >= 5


def test_the_content_is_told_apart_from_its_frame(lab: Any, first: Any) -> None:
    """Another moment or another text of the municipality's is not another content."""
    log, files = first
    one = freeze(log, lab.ramme, files.__getitem__)
    later = replace(lab.ramme, frosset=lab.ramme.frosset + timedelta(days=1))
    two = freeze(log, later, files.__getitem__)
    other = log.model_copy(update={"om_meg": "Noe nytt."})
    three = freeze(other, lab.ramme, files.__getitem__)
    assert one.content_sha == two.content_sha != three.content_sha
    assert len({one.pdf_sha, two.pdf_sha, three.pdf_sha}) == 3


def test_what_may_still_be_edited_is_marked(lab: Any, first: Any) -> None:
    """R-077: within eight hours the page and the manifest say so; after, they do not."""
    log, files = first
    written = datetime.fromisoformat(log.oppmerksomheter[0].maal[0].tiltak[0].opprettet or "")
    for hours, open_ in ((7, True), (8, False)):
        ramme = replace(lab.ramme, frosset=written + timedelta(hours=hours))
        made = freeze(log, ramme, files.__getitem__)
        assert made.redigerbar is open_
        manifest = json.loads(bodies(made)["manifest.json"])
        assert manifest["inneholder_redigerbar_tekst"] is open_
        text = lab.layer.body_text(made.files[0].body)
        assert ("Foreløpig" in text) is open_


def test_nynorsk_when_the_log_or_the_municipality_says_so(lab: Any, first: Any) -> None:
    """R-094: the log's own written standard first, else the municipality's."""
    log, files = first
    nn = log.model_copy(update={"maalform": Maalform.NN})
    for one, ramme, word in (
        (log, lab.ramme, "Stafettholder"),
        (nn, lab.ramme, "Stafetthaldar"),
        (log, replace(lab.ramme, maalform=Maalform.NN), "Stafetthaldar"),
    ):
        pdf = freeze(one, ramme, files.__getitem__).files[0].body
        assert word in lab.layer.body_text(pdf)
        assert (b"/Lang(nn" in pdf) is (word == "Stafetthaldar")


def test_bytes_that_are_not_the_logs_file_are_refused(lab: Any, first: Any) -> None:
    """An attachment whose checksum is another stops the snapshot; a reader's error goes through."""
    log, files = first
    with pytest.raises(LocalFault, match="VEDLEGG_STEMMER_IKKE"):
        freeze(log, lab.ramme, lambda key: files[key] + b" ")

    def gone(_key: str) -> bytes:
        raise Rejected("VEDLEGG_MANGLER")

    with pytest.raises(Rejected, match="VEDLEGG_MANGLER"):
        freeze(log, lab.ramme, gone)


def test_what_the_fonts_lack_is_reported_as_code_points(lab: Any, first: Any) -> None:
    """Written out on the page, listed in the manifest, and never a failed snapshot."""
    log, files = first
    odd = log.model_copy(update={"om_meg": "hei \u202e\x00 中 \ue000 hei"})
    made = freeze(odd, lab.ramme, files.__getitem__)
    assert made.replaced == ("U+0000", "U+202E", "U+4E2D", "U+E000")
    assert "[U+4E2D]" in lab.layer.body_text(made.files[0].body)
    assert json.loads(bodies(made)["manifest.json"])["erstattede_tegn"] == list(made.replaced)
    assert b"\\u202e" not in repr(made).encode()


def test_user_text_is_never_markup(lab: Any, first: Any) -> None:
    """What looks like the template's language, or a page's, comes out as it was written."""
    log, files = first
    told = '#read("/etc/passwd") *fet* <script>x</script> #panic() $x$ = tittel'
    concern = log.oppmerksomheter[0].model_copy(update={"tekst": told})
    made = freeze(
        log.model_copy(update={"oppmerksomheter": (concern,)}), lab.ramme, files.__getitem__
    )
    assert lab.layer.folded(told) in lab.layer.body_text(made.files[0].body)


@pytest.mark.parametrize("fault", ["changed", "missing", "extra"])
def test_other_fonts_stop_the_snapshot(tmp_path: Path, fault: str) -> None:
    """A font that is not the pinned one is a local fault, not another look."""
    for file in glyphs.folder().glob("*.ttf"):
        (tmp_path / file.name).symlink_to(file)
    glyphs.check(tmp_path)
    victim = tmp_path / "NotoSans[wght].ttf"
    if fault != "extra":
        body = victim.read_bytes()
        victim.unlink()
        if fault == "changed":
            victim.write_bytes(body[:-1] + bytes([body[-1] ^ 1]))
    else:
        (tmp_path / "NotoSansNy.ttf").write_bytes(b"x")
    with pytest.raises(LocalFault, match="SKRIFT_FEIL"):
        glyphs.check(tmp_path)


@pytest.mark.parametrize(
    ("iso", "text"),
    [
        ("2026-03-29T00:59:59Z", "29. mars 2026 kl. 01.59.59"),
        ("2026-03-29T01:00:00Z", "29. mars 2026 kl. 03.00"),
        ("2026-10-25T00:59:00Z", "25. oktober 2026 kl. 02.59"),
        ("2026-10-25T01:00:00Z", "25. oktober 2026 kl. 02.00"),
        ("2026-07-01T10:00:00.250+05:00", "1. juli 2026 kl. 07.00.00,25"),
        ("2026-13-01T10:00:00Z", "2026-13-01T10:00:00Z"),
    ],
)
def test_norwegian_time(iso: str, text: str) -> None:
    """Summer time begins and ends as the directive says; what is no time is left as it is."""
    assert instant_text(iso) == text


def test_norwegian_time_is_that_of_the_time_zone_database() -> None:
    """The rule written out agrees with the database every six hours over twenty years."""
    from zoneinfo import ZoneInfo

    from gateway.snapshot.tidspunkt import norwegian

    oslo, moment = ZoneInfo("Europe/Oslo"), datetime(2010, 1, 1, tzinfo=UTC)
    while moment.year < 2030:
        assert norwegian(moment).utcoffset() == moment.astimezone(oslo).utcoffset()
        moment += timedelta(hours=6, minutes=7)


def test_the_pages_say_what_the_source_says_and_never_when_it_was_frozen(
    lab: Any, first: Any
) -> None:
    """The source's own moment on every page and in the manifest, and no moment under the name of
    another: a log at rest was not frozen when its edit window closed."""
    log, files = first
    changed = datetime(2026, 10, 12, 10, 20, tzinfo=UTC)
    ramme = replace(lab.ramme, frosset=changed + timedelta(hours=8), sist_endret=changed)
    told = "12. oktober 2026 kl. 12.20"
    for maalform, words, foot in (
        (Maalform.NB, "Kilden oppgir at innholdet sist ble endret", "sist endret ifølge kilden"),
        (Maalform.NN, "Kjelda oppgir at innhaldet sist vart endra", "sist endra ifølgje kjelda"),
    ):
        made = freeze(log, replace(ramme, maalform=maalform), files.__getitem__)
        text = lab.layer.whole_text(made.files[0].body)
        assert f"{words} {told}" in text
        assert text.count(f"{foot} {told}") == len(re.findall(r"Side \d+ av", text))
        assert "kl. 20.20" not in text
        # It is the source's word: that nothing has changed since is not known, and not said.
        assert "uendr" not in text
        index = json.loads(bodies(made)["manifest.json"])
        assert index["sist_endret_ifoelge_kilden"] == "2026-10-12T10:20:00+00:00"
        assert "2026-10-12T18:20" not in bodies(made)["manifest.json"].decode()


def test_a_source_that_tells_of_no_time_is_not_quoted(lab: Any, first: Any) -> None:
    """A log that tells of no time: none is invented."""
    log, files = first
    made = freeze(log, lab.ramme, files.__getitem__)
    assert "ifølge kilden" not in lab.layer.whole_text(made.files[0].body)
    assert (
        not {"frosset", "sist_endret_ifoelge_kilden"}
        & json.loads(bodies(made)["manifest.json"]).keys()
    )


def test_a_job_frames_a_log_by_what_the_source_says(first: Any) -> None:
    """Two jobs weeks apart have one frame: the log's last change, not when its window closed."""
    log, _files = first
    kommune = SimpleNamespace(
        nummer="9901", navn="Øvingsvik", maalform="nb", nivaa_tekst={}, redigering_timer=8,
        arkiv=SimpleNamespace(pdf="a-2a"),
    )  # fmt: skip
    frames = []
    for day in (1, 29):
        clock = SimpleNamespace(now=lambda day=day: datetime(2027, 11, day, 3, tzinfo=UTC))
        frames.append(frame(SimpleNamespace(kommune=kommune, clock=clock), log, "1"))  # type: ignore[arg-type]
    assert frames[0] == frames[1]
    assert frames[0].sist_endret == last_change(log, datetime(2027, 11, 1, tzinfo=UTC))
    assert frames[0].frosset - (frames[0].sist_endret or frames[0].frosset) >= timedelta(hours=8)
