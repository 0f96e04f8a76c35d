"""A canary number, name and sentence in every log of the corpus, through a night in the archive.

Swept after freezing, delivering with faults, confirming by hand, deleting and reporting: terminal
output, logs, reports, proofs, every file on disk as raw bytes, addresses and headers of every call
to an archive, names of laid-out files, process arguments.
"""

import shutil

from connectors.sandbox.app import Request
from tests.story.test_archive_killed import Archived
from tests.story.test_canary import Eavesdropper, corpus
from tests.story.test_there_and_home import ours
from tests.story.town import CX, entries, town

FAULTS = [
    {"kind": "busy503", "match": "", "times": 0, "probability": 0.01},
    {"kind": "cut_after", "match": "^POST", "times": 0, "probability": 0.01},
    {"kind": "html200", "match": "^GET", "times": 0, "probability": 0.005},
]


class Archivist(Eavesdropper):
    """Hears the archives too."""

    def __init__(self, one: Archived) -> None:
        super().__init__(one.place)
        for name, app in one.apps.items():
            self.overhear(name, app)

    def overhear(self, name, app):
        """Keep the address and headers of every call an archive gets."""
        handle = app.handle

        def noted(request: Request):
            seen = [request.method, request.path, *request.query.values(), *request.query]
            seen += [value for key, value in request.headers.items() if key != "authorization"]
            self.heard.append((f"call to {name}", " ".join(seen).encode()))
            return handle(request)

        app.handle = noted


def test_nothing_of_a_person_is_outside_the_store_and_the_archive(tmp_path):
    """0 occurrences of any canary in any of the places; titles and file names are among them."""
    with town(tmp_path) as place:
        cases = corpus(CX)
        one = Archived(place, 0)
        drop = tmp_path / "til-arkivet"
        with (place.config / "gateway.toml").open("a") as file:
            file.write(
                '\n[archives.vsa]\nkobling = "manuelt_arkiv"\n[archives.vsa.options]\n'
                f'mappe = "{drop}"\n'
            )
        kommune = place.config / "kommuner" / "9901.toml"
        triggers = 'utloesere = ["aarlig", "avslutning", "etterMoete", "samtykkeTrukket"]'
        text = kommune.read_text().replace('"gi_arkiv"]', f'"gi_arkiv", "vsa"]\n{triggers}')
        kommune.write_text(text)
        place.fill(CX, ((ours(d), files) for _case, d, files in list(cases.load())[::3]))
        for running in one.running:
            running.faults(FAULTS, seed=5)
        ear = Archivist(one)
        try:
            _an_evening(ear)
        finally:
            one.close()
        canaries = [canary.encode() for canary in cases.canaries()]
        for path, data in place.on_disk():
            ear.heard.append((path.name, data + path.name.encode()))
        names = [path.relative_to(drop).as_posix() for path in drop.rglob("*")]
        assert any(name.endswith("stafettlogg.pdf") for name in names)
        ear.heard.append(("names of laid-out files", "\n".join(names).encode()))
        for index in drop.rglob("innhold.json"):
            ear.heard.append(("index of laid-out files", index.read_bytes()))
        found = sorted({where for where, data in ear.heard for c in canaries if c in data})
        assert found == []
        swept = " ".join(where for where, _ in ear.heard)
        shown = [body["hva"] for _, body in entries(place, "innsyn")]
        assert "uttak" in shown and "ippakke" in shown
        for name in ("call to noark5", "call to gi_arkiv", "slettebevis", "arkiv.", "engine.db"):
            assert name in swept


def _an_evening(ear):
    """Everything an archivist does."""
    assert len(ear.run("archive", "check")["archives"]) == 3
    ear.run("archive", "due", CX)
    ear.run("archive", "run", CX)
    ear.run("archive", "retry", CX)
    ear.run("archive", "run", CX)
    waiting = ear.run("archive", "show", "--waiting")["waiting"]
    for one in waiting:
        if one["arkiv"] == "vsa":
            folder = ear.place.folder / "lastet-ned" / one["uttak"]
            ear.run("archive", "files", CX, one["uttak"], "--out", str(folder), "--by", "arkivar")
            words = ("--archive", "vsa", "--archive-id", "2026/1-1", "--by", "arkivar")
            fetched = ear.place.folder / "hentet" / one["uttak"]
            shutil.copytree(folder, fetched)  # the archivist's way through the archive
            ear.run("archive", "confirm", CX, one["uttak"], *words, "--files", str(fetched))
            break
    ear.run("archive", "show", waiting[0]["uttak"])
    for row in ear.run("archive", "logs", CX)["logs"][:4]:
        ear.run("archive", "show", row["logg"])
        ear.run("delete", CX, row["logg"], "--by", "fag")
        out = ("--out", str(ear.place.folder / "ip"), "--by", "leder")
        ear.run("archive", "ip-package", CX, row["logg"], *out)
    done = [row for row in ear.run("archive", "logs", CX)["logs"]
            if row["tilstand"] == "PASSIV" and row["arkivstatus"] == "gjeldende"]  # fmt: skip
    for row in done:
        ear.run("delete", CX, row["logg"], "--by", "fag")
    ear.run("archive", "report", CX)
    ear.run("archive", "report", CX, "--language", "en")
