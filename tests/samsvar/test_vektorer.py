"""The suite's own sealing is what the text says: the published vectors, good and bad, and that
what it writes itself is read by openssl, which knows nothing of it. No product code is loaded."""

import ast
import base64
import json
import subprocess
from datetime import datetime
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives.serialization import load_pem_private_key

from tests.samsvar import beholder, cms, laas
from tests.samsvar.feil import Feil
from tests.samsvar.konvolutt import Katalog, aapne, forsegle

FOLDER = Path(__file__).parents[2] / "schemas" / "overfoering" / "vektorer"
INDEX = json.loads((FOLDER / "vektorer.json").read_text("utf-8"))
OPENERS = ("mottaker.aapner", "mottaker.tidligere")


def cert(name):
    """A published certificate."""
    return x509.load_pem_x509_certificate((FOLDER / "noekler" / f"{name}.cert.pem").read_bytes())


def key(name):
    """A published private key."""
    return load_pem_private_key((FOLDER / "noekler" / f"{name}.key.pem").read_bytes(), None)


KATALOG = Katalog({o: tuple(cert(n) for n in names) for o, names in INDEX["katalog"].items()})


def read(one):
    """A vector as a message to us."""
    data = (FOLDER / one["mappe"] / "konvolutt.p7m").read_bytes()
    now = datetime.fromisoformat(INDEX["naa"])
    found = aapne(data, [key(name) for name in OPENERS], KATALOG, now)
    hode = json.loads(found.filer["melding.json"])["hode"]
    if hode["fra"] != found.avsender or hode["til"] != INDEX["oss"]:
        raise Feil("avsender")
    if set(found.filer) - {"innhold.laast"} != {"melding.json"}:
        raise Feil("filer")
    return found


@pytest.mark.parametrize("one", INDEX["vektorer"], ids=lambda one: one["mappe"])
def test_each_vector_is_what_it_says(one):
    """Taken to the byte, or refused."""
    if one["mappe"].startswith("avvises/"):
        with pytest.raises(Feil):
            read(one)
    else:
        body = (FOLDER / one["mappe"] / "melding.json").read_bytes()
        assert read(one).filer["melding.json"] == body


def test_the_lock_is_the_vectors_lock():
    """The key of the confirmation opens the content, and it is the envelope that lies beside."""
    told = json.loads((FOLDER / "tas" / "akseptbekreftelse" / "melding.json").read_text("utf-8"))
    merke = f"{told['hode']['overfoeringId']}:{told['hode']['forsoek']}"
    nokkel = base64.b64decode(told["innhold"]["noekkel"])
    laast = (FOLDER / "innhold" / "innhold.laast").read_bytes()
    inner = laas.unlock(laast, nokkel, merke)
    assert inner == (FOLDER / "innhold" / "konvolutt.p7m").read_bytes()
    with pytest.raises(Feil):
        laas.unlock(laast, bytes(32), merke)


@pytest.mark.parametrize("name", ["avgiver.signerer", "avgiver.p256", "avgiver.p384"])
def test_what_is_written_is_read_by_another_tool(tmp_path, name):
    """By openssl, and by the reader here."""
    files = {"melding.json": b'{"a": 1}', "innhold.laast": bytes(1000)}
    package = forsegle(files, key(name), cert(name), cert("mottaker.aapner"))
    (tmp_path / "k.p7m").write_bytes(package)
    done = subprocess.run(
        ["openssl", "cms", "-decrypt", "-inform", "DER", "-binary", "-in", tmp_path / "k.p7m",
         "-inkey", FOLDER / "noekler" / "mottaker.aapner.key.pem",
         "-recip", FOLDER / "noekler" / "mottaker.aapner.cert.pem", "-out", tmp_path / "b"],
        check=True, capture_output=True,
    )  # fmt: skip
    assert done.returncode == 0
    import zipfile

    with zipfile.ZipFile(tmp_path / "b") as archive:
        signature = next(n for n in archive.namelist() if n.endswith(".p7s"))
        (tmp_path / "s").write_bytes(archive.read(signature))
        (tmp_path / "m").write_bytes(archive.read(beholder.MANIFEST))
    subprocess.run(
        ["openssl", "cms", "-verify", "-inform", "DER", "-binary", "-in", tmp_path / "s",
         "-content", tmp_path / "m", "-CAfile", FOLDER / "noekler" / f"{name}.cert.pem",
         "-partial_chain", "-purpose", "any", "-out", tmp_path / "v"],
        check=True, capture_output=True,
    )  # fmt: skip
    now = datetime.fromisoformat(INDEX["naa"])
    found = aapne(package, [key("mottaker.aapner")], KATALOG, now)
    assert (found.avsender, dict(found.filer)) == ("899100107", files)


def test_a_changed_signature_is_found():
    """One bit of the manifest, and one of the signature."""
    signature = cms.sign(b"manifest", key("annen"), cert("annen"))
    assert cms.signers(b"manifest", signature) == [cert("annen")]
    changed = signature[:-1] + bytes([signature[-1] ^ 1])
    for data, told in ((b"manifesT", signature), (b"manifest", changed)):
        with pytest.raises(Feil):
            cms.signers(data, told)


def test_nothing_of_a_gateway_is_loaded():
    """The suite knows the schemas, the standard library and one package; never product code."""
    for path in Path(__file__).parent.glob("*.py"):
        for one in ast.walk(ast.parse(path.read_text("utf-8"))):
            names = [a.name for a in one.names] if isinstance(one, ast.Import) else []
            names += [one.module or ""] if isinstance(one, ast.ImportFrom) else []
            for name in names:
                assert name.split(".")[0] not in {"gateway", "connectors", "mappings"}, path.name
                assert not name.startswith("tests.") or name.startswith("tests.samsvar"), path.name
