"""The sealed and locked package: opened by another implementation, and no byte changed unseen.

Most bytes of an envelope decide something. Some bookkeeping does not: which fields of a zip those
are stands in `INDIFFERENT`, and in the envelope it is the name of the recipient (every key is
tried) and parameters with one meaning. A change there may pass; what comes out is then the same to
the last byte.
"""

import contextlib
import io
import json
import os
import subprocess
import zipfile
from datetime import UTC, datetime, timedelta
from random import Random

import pytest
from asn1crypto import cms

from connectors.fiks import konvolutt
from connectors.fiks.asice import Fil, read_package, write_package
from connectors.fiks.noekler import read_certificates, read_private
from connectors.forsegling.forsegler import CmsForsegler, Nokler, open_forsegler
from connectors.forsegling.motparter import Motparter, Sertifikater
from gateway.errors import GatewayError, LocalFault, Rejected
from gateway.ports.forsegling import Pakkefil
from schemas.overfoering.manifest import Manifest

AVGIVER, MOTTAKER, ANNEN = "899100107", "899200209", "899100115"
OWN = "6f1c1c1e-2b7d-4a53-9d55-0d8c4d2b9a01"
MERKE = f"{OWN}:1"
POSITIONS = 1000 if os.environ.get("STAFETT_FULL") else 200
FILES = (
    Pakkefil("overfoering.json", "application/json", b'{"laget":"oppdiktet"}'),
    Pakkefil("stafettlogg.json", "application/json", b'{"tekst":"\xc3\xa6\xc3\xb8\xc3\xa5"}' * 60),
    Pakkefil("stafettlogg.pdf", "application/pdf", b"%PDF-1.7 " + bytes(range(256)) * 12),
    Pakkefil("vedlegg-01.pdf", "application/pdf", b"%PDF-1.4 " + bytes(range(255, -1, -1)) * 4),
)
OPENING = {"INGEN_KONVOLUTT", "KAN_IKKE_DEKRYPTERES", "UGYLDIG_PAKKE",
           "FARLIG_FILNAVN", "DOBBELT_FILNAVN",
           "FOR_STOR_PAKKE", "FEIL_SJEKKSUM", "UGYLDIG_SIGNATUR", "USIGNERT_FIL",
           "FEIL_SIGNATAR"}  # fmt: skip


def certificate(path):
    """The one certificate of a file."""
    return read_certificates(path)[0]


def sealer(keys, who, opening=(), known=None, **more):
    """A sealer of one side. `known` is orgnr -> names of certificates."""
    own = {"avgiver": AVGIVER, "mottaker": MOTTAKER, "annen": ANNEN, "fremmed": AVGIVER,
           "utgaatt": AVGIVER, "mottaker_ny": MOTTAKER}  # fmt: skip
    told = known or {own[n]: [n] for n in ("avgiver", "mottaker", "annen")}
    directory = Motparter(
        {o: Sertifikater(tuple(certificate(getattr(keys, n)[1]) for n in names))
         for o, names in told.items()}
    )  # fmt: skip
    key, cert = getattr(keys, who)
    private = tuple(read_private(getattr(keys, n)[0]) for n in opening or (who,))
    return CmsForsegler(Nokler(read_private(key), certificate(cert), private), directory, **more)


@pytest.fixture(scope="module")
def sealed(keys):
    """A hand-over's content package: sealed to the receiver, and its parts."""
    return sealer(keys, "avgiver").pakk(FILES, MOTTAKER)


def code(work):
    """The code something is refused with; nothing of the content is behind it."""
    with pytest.raises(Rejected) as caught:
        work()
    assert caught.value.__context__ is None and caught.value.__cause__ is None
    return caught.value.code


# -- another implementation ------------------------------------------------------------------------
def run(*words):
    """openssl, which must succeed."""
    done = subprocess.run([str(one) for one in words], capture_output=True)
    assert done.returncode == 0, done.stderr


def test_another_implementation_opens_a_whole_hand_over(openssl, keys, sealed, tmp_path):
    """openssl decrypts the envelope, unzip gives the files, openssl verifies the signature over
    the manifest, and the manifest has the digest of every file."""
    (tmp_path / "pakke.p7m").write_bytes(sealed)
    run(openssl, "cms", "-decrypt", "-inform", "DER", "-in", tmp_path / "pakke.p7m",
        "-inkey", keys.mottaker[0], "-recip", keys.mottaker[1], "-binary",
        "-out", tmp_path / "pakke.asice")  # fmt: skip
    with zipfile.ZipFile(tmp_path / "pakke.asice") as archive:
        assert archive.testzip() is None
        names = archive.namelist()
        assert names[0] == "mimetype"
        archive.extractall(tmp_path / "ut")
    manifest = next(n for n in names if n.endswith("asicmanifest.xml"))
    signature = next(n for n in names if n.endswith(".p7s"))
    run(openssl, "cms", "-verify", "-binary", "-inform", "DER", "-in", tmp_path / "ut" / signature,
        "-content", tmp_path / "ut" / manifest, "-CAfile", keys.avgiver[1], "-purpose", "any",
        "-out", tmp_path / "verifisert")  # fmt: skip
    told = (tmp_path / "ut" / manifest).read_bytes()
    for one in FILES:
        path = tmp_path / "ut" / one.navn
        assert path.read_bytes() == one.data
        done = subprocess.run(
            [openssl, "dgst", "-sha256", "-binary", path], capture_output=True, check=True
        )
        import base64

        assert base64.b64encode(done.stdout) in told, one.navn


def test_another_key_does_not_open_it_with_another_implementation(openssl, keys, sealed, tmp_path):
    """The planted breach of the test above: openssl with a key it is not for."""
    (tmp_path / "p").write_bytes(sealed)
    done = subprocess.run(
        [openssl, "cms", "-decrypt", "-inform", "DER", "-in", tmp_path / "p", "-inkey",
         keys.annen[0], "-out", tmp_path / "o"],
        capture_output=True,
    )  # fmt: skip
    opened = (tmp_path / "o").read_bytes() if (tmp_path / "o").exists() else b""
    assert done.returncode != 0 or not opened.startswith(b"PK")


@pytest.mark.parametrize("stream", [True, False], ids=["ber", "der"])
def test_we_open_what_another_implementation_made(openssl, keys, tmp_path, stream):
    """Signed and enveloped by openssl, in BER pieces too."""
    package = write_package(
        [Fil(f.navn, f.media_type, f.data) for f in FILES],
        read_private(keys.avgiver[0]),
        certificate(keys.avgiver[1]),
    )
    with zipfile.ZipFile(io.BytesIO(package)) as archive:
        parts = {n: archive.read(n) for n in archive.namelist()}
    manifest = next(n for n in parts if n.endswith("asicmanifest.xml"))
    signature = next(n for n in parts if n.endswith(".p7s"))
    (tmp_path / "m").write_bytes(parts[manifest])
    run(openssl, "cms", "-sign", "-binary", "-outform", "DER", "-md", "sha256",
        "-signer", keys.avgiver[1], "-inkey", keys.avgiver[0],
        "-in", tmp_path / "m", "-out", tmp_path / "s")  # fmt: skip
    parts[signature] = (tmp_path / "s").read_bytes()
    with zipfile.ZipFile(tmp_path / "z", "w") as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    run(openssl, "cms", "-encrypt", *(["-stream"] if stream else []), "-binary", "-aes256",
        "-outform", "DER", "-in", tmp_path / "z", "-out", tmp_path / "p",
        "-recip", keys.mottaker[1], "-keyopt", "rsa_padding_mode:oaep",
        "-keyopt", "rsa_oaep_md:sha256", "-keyopt", "rsa_mgf1_md:sha256")  # fmt: skip
    found = sealer(keys, "mottaker").aapne((tmp_path / "p").read_bytes())
    assert found.filer == FILES and found.avsender == AVGIVER


def test_the_official_container_is_read_as_a_package_and_its_weak_signature_refused(
    standards, keys
):
    """KS' own sample in our envelope: SHA-1 proves nothing, however right the rest is."""
    sample = (standards / "fiks-asice-dotnet" / "cades-valid.asice").read_bytes()
    assert len(read_package(sample, cap=1 << 24, weak=True).filer) == 2
    enveloped = konvolutt.encrypt(sample, certificate(keys.mottaker[1]))
    assert code(lambda: sealer(keys, "mottaker").aapne(enveloped)) == "UGYLDIG_SIGNATUR"


def test_the_envelope_says_what_the_specification_says(keys, sealed):
    """Chapter 6.1: one recipient by issuer and number, OAEP with SHA-256, AES-256-CBC."""
    told = cms.ContentInfo.load(sealed, strict=True)["content"]
    [recipient] = told["recipient_infos"]
    own = certificate(keys.mottaker[1])
    rid = recipient.chosen["rid"].chosen
    assert rid["serial_number"].native == own.serial_number
    algorithm = recipient.chosen["key_encryption_algorithm"]
    assert algorithm["algorithm"].native == "rsaes_oaep"
    assert algorithm["parameters"]["hash_algorithm"]["algorithm"].native == "sha256"
    content = told["encrypted_content_info"]
    assert content["content_encryption_algorithm"]["algorithm"].native == "aes256_cbc"


# -- who it is from, and to ------------------------------------------------------------------------
def test_what_is_sealed_is_opened_by_the_receiver_and_nobody_else(keys, sealed):
    """Files, media types and sender; the sender itself and a third cannot open it."""
    found = sealer(keys, "mottaker").aapne(sealed)
    assert found.filer == FILES and found.avsender == AVGIVER
    for other in ("avgiver", "annen"):
        assert code(lambda o=other: sealer(keys, o).aapne(sealed)) == "KAN_IKKE_DEKRYPTERES"


def test_what_is_no_envelope_is_told_from_one_to_another_key(keys, sealed):
    """No key would open it: not taken for a fault with ours, however much of it comes."""
    receiver = sealer(keys, "mottaker")
    for junk in (b"", b"junk", b"\x30\x80" + bytes(50), sealed[:100]):
        assert code(lambda j=junk: receiver.aapne(j)) == "INGEN_KONVOLUTT"
    assert code(lambda: sealer(keys, "annen").aapne(sealed)) == "KAN_IKKE_DEKRYPTERES"


def test_the_receiver_changes_its_key(keys, sealed):
    """With the new key first and the old one after it, what was sealed to either is opened; when
    the old one has been put away, what was sealed to it is not."""
    both = {AVGIVER: ["avgiver"], MOTTAKER: ["mottaker", "mottaker_ny"]}
    receiver = sealer(keys, "mottaker_ny", opening=("mottaker_ny", "mottaker"), known=both)
    assert receiver.aapne(sealed).filer == FILES
    later = sealer(keys, "avgiver", known={MOTTAKER: ["mottaker_ny"]}).pakk(FILES, MOTTAKER)
    assert receiver.aapne(later).filer == FILES
    gone = sealer(keys, "mottaker_ny", known=both)
    assert gone.aapne(later).filer == FILES
    assert code(lambda: gone.aapne(sealed)) == "KAN_IKKE_DEKRYPTERES"


def test_the_newest_certificate_in_force_is_sealed_to(keys):
    """Old and new in the directory at once: the one that came into force last."""
    both = sealer(keys, "avgiver", known={MOTTAKER: ["mottaker", "mottaker_ny"]})
    newest = max(
        ("mottaker", "mottaker_ny"),
        key=lambda n: certificate(getattr(keys, n)[1]).not_valid_before_utc,
    )
    made = both.pakk(FILES, MOTTAKER)
    known = {AVGIVER: ["avgiver"]}
    assert sealer(keys, newest, known=known).aapne(made).filer == FILES


def test_the_sender_changes_its_key(keys):
    """The old and the new certificate of a counterpart both prove it, while both are known."""
    known = {AVGIVER: ["avgiver", "fremmed"], MOTTAKER: ["mottaker"]}
    receiver = sealer(keys, "mottaker", known=known)
    for who in ("avgiver", "fremmed"):
        made = sealer(keys, who, known=known).pakk(FILES, MOTTAKER)
        assert receiver.aapne(made).avsender == AVGIVER
    strict = sealer(keys, "mottaker")
    made = sealer(keys, "fremmed", known=known).pakk(FILES, MOTTAKER)
    assert code(lambda: strict.aapne(made)) == "FEIL_SIGNATAR"


def test_an_expired_certificate_proves_nothing(keys):
    """Neither to be sealed to, nor as a signer, the second after it ran out; before, it does."""
    known = {AVGIVER: ["kort"], MOTTAKER: ["mottaker"]}
    ends = certificate(keys.kort[1]).not_valid_after_utc
    for now, right in ((ends - timedelta(minutes=1), True), (ends + timedelta(seconds=1), False)):
        made = sealer(keys, "kort", known=known).pakk(FILES, MOTTAKER)
        receiver = sealer(keys, "mottaker", known=known, now=lambda n=now: n)
        assert (receiver.mangler(AVGIVER) == "") is right
        if right:
            assert receiver.aapne(made).avsender == AVGIVER
        else:
            assert code(lambda r=receiver, m=made: r.aapne(m)) == "FEIL_SIGNATAR"
            with pytest.raises(LocalFault, match="UKJENT_MOTPART"):
                receiver.pakk(FILES, AVGIVER)


def test_nothing_is_sealed_with_an_expired_certificate_of_ones_own(keys):
    """Nobody would believe it; and what was sealed in time is not believed afterwards."""
    known = {AVGIVER: ["utgaatt"], MOTTAKER: ["mottaker"]}
    ended = certificate(keys.utgaatt[1]).not_valid_after_utc
    with pytest.raises(LocalFault, match="UGYLDIG_SERTIFIKAT"):
        late = ended + timedelta(seconds=1)
        sealer(keys, "utgaatt", known=known, now=lambda: late).pakk(FILES, MOTTAKER)
    made = sealer(keys, "utgaatt", known=known, now=lambda: ended).pakk(FILES, MOTTAKER)
    late = datetime.now(UTC) + timedelta(minutes=1)
    receiver = sealer(keys, "mottaker", known=known, now=lambda: late)
    assert code(lambda: receiver.aapne(made)) == "FEIL_SIGNATAR"


def test_another_organisations_valid_certificate_is_that_organisations(keys):
    """Trusted for its own it is never taken for another; who signed is told, to be compared."""
    made = sealer(keys, "annen").pakk(FILES, MOTTAKER)
    assert sealer(keys, "mottaker").aapne(made).avsender == ANNEN
    alone = sealer(keys, "mottaker", known={AVGIVER: ["avgiver"], MOTTAKER: ["mottaker"]})
    assert code(lambda: alone.aapne(made)) == "FEIL_SIGNATAR"


def test_nobody_is_sealed_to_whom_we_do_not_know(keys):
    """And neither the number nor anything else of them is told."""
    with pytest.raises(LocalFault) as caught:
        sealer(keys, "avgiver", known={MOTTAKER: ["mottaker"]}).pakk(FILES, ANNEN)
    assert caught.value.code == "UKJENT_MOTPART" and ANNEN not in str(caught.value)


def test_a_key_that_is_not_the_certificates_is_refused_at_once(keys):
    """At the start, not at the first package."""
    with pytest.raises(LocalFault, match="NOEKKEL_PASSER_IKKE"):
        open_forsegler(keys.avgiver[0], keys.annen[1], [], {})


# -- every byte ------------------------------------------------------------------------------------
def opened_or_refused(work, codes):
    """What is read, or the code; anything else is a fault of ours."""
    try:
        return work()
    except GatewayError as error:
        assert error.code in codes, error.code
        return None


@pytest.mark.parametrize("layer", ["konvolutt", "beholder"])
def test_no_byte_is_changed_unseen(keys, layer):
    """One byte turned at random places of the envelope, and of the container inside it: refused
    with a code, or what is read is the same to the last byte."""
    receiver, rng = sealer(keys, "mottaker"), Random(20261127)
    inner = write_package(
        [Fil(f.navn, f.media_type, f.data) for f in FILES],
        read_private(keys.avgiver[0]),
        certificate(keys.avgiver[1]),
    )
    to = certificate(keys.mottaker[1])
    whole = konvolutt.encrypt(inner, to) if layer == "konvolutt" else inner
    passed = []
    for place in rng.sample(range(len(whole)), min(POSITIONS, len(whole))):
        broken = bytearray(whole)
        broken[place] ^= 1 << rng.randrange(8)
        package = bytes(broken)
        if layer == "beholder":
            package = konvolutt.encrypt(package, to)
        found = opened_or_refused(lambda p=package: receiver.aapne(p), OPENING)
        if found is not None:
            passed.append(place)
            assert found.filer == FILES and found.avsender == AVGIVER
    # Bookkeeping is a small part: most of a package decides something.
    assert len(passed) <= POSITIONS * 0.2, passed


ZIP = {
    b"PK\x03\x04": ("lokal", ["signatur", "versjon", "flagg", "metode", "tid", "dato", "crc*",
                              "pakket*", "upakket*", "navnelengde", "ekstralengde"]),
    b"PK\x01\x02": ("katalog", ["signatur", "laget-av", "versjon", "flagg", "metode", "tid", "dato",
                                "crc*", "pakket*", "upakket*", "navnelengde", "ekstralengde",
                                "kommentarlengde", "disk", "indre", "ytre*", "sted*"]),
    b"PK\x05\x06": ("slutt", ["signatur", "disk", "katalogdisk", "antall-her", "antall",
                              "stoerrelse*", "sted*", "kommentarlengde"]),
}  # fmt: skip
"""The fields of a zip's three kinds of header: two bytes each, four where starred or first."""
INDIFFERENT = {
    # What a local header repeats is read from the directory.
    "lokal": {"versjon", "flagg", "metode", "tid", "dato", "crc", "pakket", "upakket"},
    # A size or length that is a claim, who made the entry, when, and with what rights.
    "katalog": {"laget-av", "versjon", "flagg", "tid", "dato", "pakket", "navnelengde",
                "ekstralengde", "kommentarlengde", "disk", "indre", "ytre"},
    "slutt": {"disk", "katalogdisk", "antall-her", "antall", "kommentarlengde"},
}  # fmt: skip


def test_which_bookkeeping_of_a_zip_decides_nothing(keys):
    """Every bit of every header field: the fields where a change can pass are the known ones, and
    what is read is then the same; all others are refused, each time."""
    key, cert = read_private(keys.avgiver[0]), certificate(keys.avgiver[1])
    files = tuple(Fil(f.navn, f.media_type, f.data) for f in FILES[:2])
    package = write_package(files, key, cert)
    passed: dict[str, set[str]] = {"lokal": set(), "katalog": set(), "slutt": set()}
    for mark, (kind, fields) in ZIP.items():
        at = -1
        while (at := package.find(mark, at + 1)) >= 0:
            place = at
            for field in fields:
                size = 4 if field.endswith("*") or field == "signatur" else 2
                for bit in range(size * 8):
                    broken = bytearray(package)
                    broken[place + bit // 8] ^= 1 << bit % 8
                    with contextlib.suppress(GatewayError):
                        assert read_package(bytes(broken), cap=1 << 24).filer == files
                        passed[kind].add(field.rstrip("*"))
                place += size
    assert passed == INDIFFERENT


def test_every_byte_that_holds_content_decides(keys):
    """Inside the container each byte of each stored file is turned: never passed."""
    receiver, to = sealer(keys, "mottaker"), certificate(keys.mottaker[1])
    inner = write_package(
        [Fil("overfoering.json", "application/octet-stream", b"oppdiktet innhold")],
        read_private(keys.avgiver[0]),
        certificate(keys.avgiver[1]),
    )
    start = inner.index(b"oppdiktet innhold")
    for place in range(start, start + len(b"oppdiktet innhold")):
        broken = inner[:place] + bytes([inner[place] ^ 0x20]) + inner[place + 1 :]
        package = konvolutt.encrypt(broken, to)
        assert code(lambda p=package: receiver.aapne(p)) in OPENING


def test_a_cut_package_is_refused(keys, sealed):
    """At any length; also with something after its end."""
    receiver, rng = sealer(keys, "mottaker"), Random(7)
    for length in (0, 1, 2, 20, *rng.sample(range(len(sealed)), 30), len(sealed) - 1):
        part = sealed[:length]
        assert code(lambda p=part: receiver.aapne(p)) in OPENING
    assert code(lambda: receiver.aapne(sealed + b"\x00")) in OPENING


# -- the lock --------------------------------------------------------------------------------------
def test_the_lock_opens_with_its_key_and_its_mark_only(keys):
    """Another key, another attempt's mark, another hand-over's mark: one code for all."""
    side = sealer(keys, "avgiver")
    content = os.urandom(500)
    locked = side.laas(content, MERKE)
    assert side.laas_opp(locked.data, locked.noekkel, MERKE) == content
    other = side.laas(content, MERKE)
    assert (other.noekkel, other.data) != (locked.noekkel, locked.data)
    wrong = [
        (locked.data, other.noekkel, MERKE),
        (locked.data, locked.noekkel, f"{OWN}:2"),
        (locked.data, locked.noekkel, MERKE.replace("6f", "6e")),
        (locked.data, locked.noekkel, ""),
        (locked.data, locked.noekkel[:16], MERKE),
        (locked.data, b"", MERKE),
        (locked.data, bytes(32), MERKE),
    ]
    for data, key, mark in wrong:
        assert code(lambda d=data, k=key, m=mark: side.laas_opp(d, k, m)) == "NOEKKEL_AAPNER_IKKE"


def test_the_lock_is_what_the_specification_says(keys):
    """Chapter 6.2, made by hand: nonce, AES-256-GCM with the mark as additional data, tag last."""
    from cryptography.hazmat.primitives.ciphers.aead import AESGCM

    side, key, nonce = sealer(keys, "avgiver"), bytes(range(32)), bytes(12)
    by_hand = nonce + AESGCM(key).encrypt(nonce, b"innhold", MERKE.encode("utf-8"))
    assert side.laas_opp(by_hand, key, MERKE) == b"innhold"
    locked = side.laas(b"innhold", MERKE)
    assert len(locked.noekkel) == 32 and len(locked.data) == 12 + len(b"innhold") + 16


def test_every_byte_of_the_lock_decides(keys):
    """Each byte of a small lock, and every length of it."""
    side = sealer(keys, "avgiver")
    locked = side.laas(b"et lite innhold", MERKE)
    for place in range(len(locked.data)):
        broken = bytearray(locked.data)
        broken[place] ^= 0x01
        assert code(lambda b=bytes(broken): side.laas_opp(b, locked.noekkel, MERKE)) == (
            "NOEKKEL_AAPNER_IKKE"
        )
    for length in range(len(locked.data)):
        part = locked.data[:length]
        assert code(lambda p=part: side.laas_opp(p, locked.noekkel, MERKE)) == "NOEKKEL_AAPNER_IKKE"


def test_an_example_of_the_specification_is_a_manifest():
    """The index a package carries is read strictly: a field too many, and it is none."""
    from pathlib import Path

    folder = Path(__file__).parents[3] / "schemas" / "overfoering" / "samsvar"
    told = json.loads((folder / "eksempler.json").read_text())["manifest"]
    assert Manifest.model_validate_json(json.dumps(told))
    with pytest.raises(ValueError, match="extra"):
        Manifest.model_validate_json(json.dumps({**told, "navn": "x"}))
