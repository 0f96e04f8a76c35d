"""The test vectors are what they say: our reader takes the good ones and refuses each bad one for
its own reason, and openssl, which knows nothing of us, opens and verifies the good ones.
"""

import base64
import dataclasses
import hashlib
import io
import json
import re
import shutil
import subprocess
import zipfile
from datetime import datetime
from types import SimpleNamespace

import pytest

from connectors.fiks.asice import MANIFEST, Fil
from connectors.forsegling.forsegler import CmsForsegler, Nokler
from connectors.forsegling.motparter import Motparter, Sertifikater
from gateway.effects.transferring import innboks, pakking
from gateway.errors import Rejected
from schemas.overfoering.manifest import Manifest
from tests.contract.overfoering.vektorbygger import OAEP, container
from tests.contract.overfoering.vektornoekler import (
    AVGIVER,
    FOLDER,
    MOTTAKER,
    PAIRS,
    pair,
    paths,
)

INDEX = json.loads((FOLDER / "vektorer.json").read_text("utf-8"))
GOOD = [one for one in INDEX["vektorer"] if "kode" not in one]
BAD = [one for one in INDEX["vektorer"] if "kode" in one]
STEPS = ("konvolutt", "zip", "signatur", "sjekksum", "signatar", "avsender", "melding")
OPENERS = ("mottaker.aapner", "mottaker.tidligere")
_FIL = Fil("melding.json", "application/json", b"")


def folder(one):
    """Where one vector's files are."""
    return FOLDER / one["mappe"]


def named(vectors):
    """For pytest: a vector is called by its folder."""
    return [pytest.param(one, id=one["mappe"]) for one in vectors]


@pytest.fixture(scope="module")
def reader():
    """The receiver's own reader, with the keys and the directory of the index."""
    known = {
        orgnr: Sertifikater(tuple(pair(name)[1] for name in names))
        for orgnr, names in INDEX["katalog"].items()
    }
    own, cert = pair("mottaker.signerer")
    keys = Nokler(own, cert, tuple(pair(name)[0] for name in OPENERS))
    now = datetime.fromisoformat(INDEX["naa"])
    sealer = CmsForsegler(keys, Motparter(known), now=lambda: now)
    return SimpleNamespace(forsegler=sealer, tenant=INDEX["oss"])


def read(reader, package):
    """An envelope as a message to us."""
    return innboks.opened(reader, reader.forsegler.aapne(package))


@pytest.mark.parametrize("one", named(GOOD))
def test_a_good_one_is_taken(reader, one):
    """And holds the message that lies beside, to the byte."""
    found = read(reader, (folder(one) / "konvolutt.p7m").read_bytes())
    assert found.body == (folder(one) / "melding.json").read_bytes()
    assert (found.hode.fra, found.hode.til) == (AVGIVER, MOTTAKER)


@pytest.mark.parametrize("one", named(BAD))
def test_a_bad_one_is_refused_for_its_own_reason(reader, one):
    """With the code of the index; and which step it falls at is one of chapter 6.1's."""
    with pytest.raises(Rejected) as caught:
        read(reader, (folder(one) / "konvolutt.p7m").read_bytes())
    assert caught.value.code == one["kode"] and one["steg"] in STEPS


def test_the_content_opens_with_its_key_and_mark_only(reader):
    """And is then a package that holds: the log is read, and every file is the manifest's."""
    locked = (FOLDER / "innhold" / "innhold.laast").read_bytes()
    for one in INDEX["laas"]:
        key = base64.b64decode(one["noekkel"])
        if not one["aapner"]:
            with pytest.raises(Rejected, match="NOEKKEL_AAPNER_IKKE"):
                reader.forsegler.laas_opp(locked, key, one["merke"])
            continue
        opened = reader.forsegler.laas_opp(locked, key, one["merke"])
        assert opened == (FOLDER / "innhold" / "konvolutt.p7m").read_bytes()
        own, _, attempt = one["merke"].partition(":")
        rad = SimpleNamespace(
            merke=one["merke"], id=own, forsoek=int(attempt),
            lukket=SimpleNamespace(motpart=AVGIVER),
        )  # fmt: skip
        inside = pakking.unpack(reader, rad, locked, key)
        assert isinstance(inside.manifest, Manifest) and inside.logg.oppmerksomheter


def test_the_three_messages_hang_together(reader):
    """Chain, size, digest and key, from the offer to the confirmation."""
    offer, package, confirmed = (
        (FOLDER / "tas" / name / "melding.json").read_bytes()
        for name in ("tilbud", "pakke", "akseptbekreftelse")
    )
    locked = (FOLDER / "innhold" / "innhold.laast").read_bytes()
    told = {"innholdSha256": hashlib.sha256(locked).hexdigest(), "innholdStoerrelse": len(locked)}
    assert json.loads(package)["innhold"] == told
    assert json.loads(offer)["innhold"].items() >= told.items()
    assert json.loads(package)["hode"]["forrige"] == hashlib.sha256(offer).hexdigest()
    assert json.loads(confirmed)["hode"]["forrige"] == hashlib.sha256(package).hexdigest()
    assert json.loads(confirmed)["innhold"]["noekkel"] == INDEX["laas"][0]["noekkel"]
    found = read(reader, (FOLDER / "tas" / "pakke" / "konvolutt.p7m").read_bytes())
    assert found.laast == locked


def test_the_index_names_every_folder_and_the_readme_every_file():
    """Nothing lies there that is not read, and every step has a vector that falls at it."""
    there = {f"{p.parent.name}/{p.name}" for p in FOLDER.glob("*/*") if p.is_dir()}
    assert there == {one["mappe"] for one in INDEX["vektorer"]}
    assert {one["steg"] for one in BAD} == set(STEPS)
    assert {p.name for p in (FOLDER / "noekler").iterdir()} == {
        path.name for name in PAIRS for path in paths(name)
    }
    text = (FOLDER / "README.md").read_text("utf-8")
    files = {p.name for p in FOLDER.rglob("*") if p.is_file() and p.parent.name != "noekler"}
    assert [n for n in sorted(files - {"README.md"}) if f"`{n}`" not in text] == []
    assert [one for one in STEPS if f"`{one}`" not in text] == []
    assert [n for n in PAIRS if f"`{n}`" not in text] == []


def test_the_certificates_are_good_for_many_years():
    """But the one that is there because it has run out; and their parts are told apart."""
    for name in PAIRS:
        years = pair(name)[1].not_valid_after_utc.year
        assert years == (2021 if name == "avgiver.utgaatt" else 2060)


# -- another implementation ------------------------------------------------------------------------
@pytest.fixture(scope="module")
def openssl():
    """openssl; without it the test is skipped, loudly."""
    found = shutil.which("openssl")
    if found is None:
        pytest.skip("openssl is not installed, so the vectors met no other implementation")

    def run(*words):
        done = subprocess.run([found, *(str(w) for w in words)], capture_output=True)
        assert done.returncode == 0, done.stderr
        return done.stdout

    return run


@pytest.mark.parametrize("one", named(GOOD))
def test_openssl_opens_and_verifies_a_good_one(openssl, tmp_path, one):
    """As the README has it: decrypt, unzip, verify the signature, and compare the digests."""
    opener = "mottaker.tidligere" if one["mappe"].endswith("noekkel") else "mottaker.aapner"
    key, cert = paths(opener)
    openssl("cms", "-decrypt", "-inform", "DER", "-binary", "-in", folder(one) / "konvolutt.p7m",
            "-inkey", key, "-recip", cert, "-out", tmp_path / "b")  # fmt: skip
    assert (tmp_path / "b").read_bytes() == (folder(one) / "beholder.asice").read_bytes()
    with zipfile.ZipFile(tmp_path / "b") as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    signature = next(name for name in parts if name.endswith(".p7s"))
    (tmp_path / "m").write_bytes(parts[MANIFEST])
    (tmp_path / "s").write_bytes(parts[signature])
    trusted = b"".join(paths(n)[1].read_bytes() for n in INDEX["katalog"][AVGIVER])
    (tmp_path / "ca").write_bytes(trusted)
    openssl("cms", "-verify", "-binary", "-inform", "DER", "-in", tmp_path / "s", "-content",
            tmp_path / "m", "-CAfile", tmp_path / "ca", "-partial_chain", "-purpose", "any",
            "-out", tmp_path / "o")  # fmt: skip
    files = {n: b for n, b in parts.items() if not n.startswith(("META-INF/", "mimetype"))}
    told = dict(re.findall(rb'URI="([^"]+)"[^>]*>\s*<ds:DigestMethod[^>]*>\s*<ds:DigestValue>'
                           rb"([^<]+)", parts[MANIFEST]))  # fmt: skip
    assert {n.decode() for n in told} == files.keys()
    for name, data in files.items():
        digest = base64.b64encode(hashlib.sha256(data).digest())
        assert told[name.encode()] == digest


@pytest.mark.parametrize("signer", ["avgiver.signerer", "avgiver.p256"])
def test_what_openssl_writes_by_the_readme_we_read(openssl, reader, tmp_path, signer):
    """The other way: a signature and an envelope made now with the README's commands."""
    key, cert = paths(signer)
    body = (FOLDER / "tas" / "tilbud" / "melding.json").read_bytes()

    def signed(manifest, _):
        (tmp_path / "m").write_bytes(manifest)
        return openssl("cms", "-sign", "-binary", "-outform", "DER", "-md", "sha256", "-signer",
                       cert, "-inkey", key, "-in", tmp_path / "m")  # fmt: skip

    fil = dataclasses.replace(_FIL, data=body)
    (tmp_path / "b").write_bytes(container([fil], signer, sign=signed))
    made = openssl("cms", "-encrypt", "-binary", "-outform", "DER", "-aes256", "-in",
                   tmp_path / "b", "-recip", paths("mottaker.aapner")[1], *OAEP)  # fmt: skip
    assert read(reader, made).body == body


def test_a_signature_of_another_manifest_is_not_verified_by_openssl(openssl, tmp_path):
    """The planted breach of the test above: the manifest that was changed."""
    data = (FOLDER / "avvises" / "manifest-endret" / "beholder.asice").read_bytes()
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = archive.namelist()
        (tmp_path / "m").write_bytes(archive.read(MANIFEST))
        signature = archive.read(next(n for n in names if n.endswith(".p7s")))
    (tmp_path / "s").write_bytes(signature)
    with pytest.raises(AssertionError):
        openssl("cms", "-verify", "-binary", "-inform", "DER", "-in", tmp_path / "s", "-content",
                tmp_path / "m", "-noverify", "-out", tmp_path / "o")  # fmt: skip
