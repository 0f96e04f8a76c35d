"""Makes the test vectors of the specification: `python -m tests.contract.overfoering.make_vectors`.

Run once; what it made is checked in, and read by `test_vektorer.py`. A run again keeps the keys and
makes every envelope anew (encryption is chance, and so are their bytes). It needs openssl.
"""

import base64
import hashlib
import json
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from importlib import import_module
from typing import Any

from connectors.fiks import konvolutt
from connectors.fiks.asice import MANIFEST, Fil
from connectors.fiks.manifest import ASIC, ASIC_STANDARD, KS_SHA256
from connectors.forsegling.forsegler import CmsForsegler, Nokler
from connectors.forsegling.motparter import Motparter
from gateway.overfoering.utvalg import select
from schemas.overfoering import grenser
from schemas.overfoering.json_schema import FOLDER as SKJEMA
from tests.contract.overfoering.tabeller import examples
from tests.contract.overfoering.vektorbygger import (
    OAEP,
    container,
    sealed_by_openssl,
    signed_by_openssl,
    with_attributes,
)
from tests.contract.overfoering.vektornoekler import (
    ANNEN,
    AVGIVER,
    FOLDER,
    MOTTAKER,
    PAIRS,
    pair,
)

OWN, FORSOEK = "6f1c1c1e-2b7d-4a53-9d55-0d8c4d2b9a01", 1
MERKE = f"{OWN}:{FORSOEK}"
NAA = "2026-12-01T12:00:00+00:00"
_PDF = b"%PDF-1.4\n% testvektor: here is the log as PDF/A in a real package\n%%EOF\n"


@dataclass(frozen=True)
class Vektor:
    """One envelope, and what becomes of it at the receiver. `kode` is empty when it is taken."""

    navn: str
    viser: str
    melding: bytes
    beholder: bytes
    konvolutt: bytes
    steg: str = ""
    kode: str = ""
    lagre_beholder: bool = True


def plain(told: Any) -> bytes:
    """JSON as it is sent."""
    return json.dumps(told, ensure_ascii=False, separators=(",", ":")).encode()


def sha(data: bytes) -> str:
    """SHA-256 in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def seal(data: bytes, to: str = "mottaker.aapner") -> bytes:
    """An envelope as our writer makes it."""
    return konvolutt.encrypt(data, pair(to)[1])


class Innhold:
    """The content package, locked, and the three messages of its hand-over."""

    def __init__(self) -> None:
        self.beholder = container(self._files())
        self.konvolutt = seal(self.beholder)
        key, cert = pair("avgiver.signerer")
        locked = CmsForsegler(Nokler(key, cert, ()), Motparter({})).laas(self.konvolutt, MERKE)
        self.laast, self.noekkel = locked.data, base64.b64encode(locked.noekkel).decode()
        size = {"innholdSha256": sha(self.laast), "innholdStoerrelse": len(self.laast)}
        self.tilbud = self._said("tilbud", 1, "0" * 64, size)
        self.pakke = self._said("pakke", 2, sha(self.tilbud), size)
        self.bekreftelse = self._said(
            "akseptbekreftelse", 3, sha(self.pakke), {"noekkel": self.noekkel}
        )

    @staticmethod
    def _said(kind: str, nr: int, forrige: str, changes: dict[str, Any]) -> bytes:
        told = examples()[kind]
        told["hode"] |= {"nr": nr, "forrige": forrige, "forsoek": FORSOEK, "overfoeringId": OWN}
        told["innhold"] |= changes
        return plain(told)

    @staticmethod
    def _files() -> list[Fil]:
        mapping = import_module("mappings.conexus_companion.mapping").MAPPING
        generator = import_module("connectors.conexus_companion.sandbox.generator")
        logs = [
            mapping.decode(w, AVGIVER).logg for w, _ in generator.generate(11, 30, tenant=AVGIVER)
        ]
        logg = min((o for o in logs if o.oppmerksomheter), key=lambda o: len(o.model_dump_json()))
        chosen = select(logg, [c.id for c in logg.oppmerksomheter])
        people = tuple(p.model_copy(update={"identifikatorer": ()}) for p in chosen.logg.personer)
        whole = chosen.logg.model_copy(update={"personer": people, "dokumenter": ()})
        body = plain(whole.model_dump(mode="json", by_alias=True, exclude_none=True))
        schema = (SKJEMA / "stafettlogg.schema.json").read_bytes()
        files = [
            Fil("stafettlogg.json", "application/json", body),
            Fil("stafettlogg.schema.json", "application/json", schema),
            Fil("stafettlogg.pdf", "application/pdf", _PDF),
        ]
        rolle = dict(zip((f.navn for f in files), ("logg", "skjema", "uttak"), strict=True))
        told = examples()["manifest"] | {
            "overfoeringId": OWN,
            "forsoek": FORSOEK,
            "fra": AVGIVER,
            "til": MOTTAKER,
            "loggId": whole.id,
            "oppmerksomheter": [c.id for c in whole.oppmerksomheter],
            "filer": [
                {"filnavn": f.navn, "rolle": rolle[f.navn], "mediaType": f.media_type,
                 "sha256": sha(f.data), "stoerrelse": len(f.data)}
                for f in files
            ],
            "utelatt": [{"slag": k, "antall": n, "kode": c} for k, n, c in chosen.utelatt],
        }  # fmt: skip
        return [Fil("overfoering.json", "application/json", plain(told)), *files]


def message(body: bytes, laast: bytes | None = None) -> list[Fil]:
    """The files of an envelope."""
    files = [Fil("melding.json", "application/json", body)]
    if laast is not None:
        files.append(Fil("innhold.laast", "application/octet-stream", laast))
    return files


def good(inn: Innhold) -> Iterator[Vektor]:
    """What a reader shall take."""
    offer = inn.tilbud
    usual = container(message(offer))

    def one(navn: str, viser: str, beholder: bytes, sealed: bytes = b"") -> Vektor:
        return Vektor(navn, viser, offer, beholder, sealed or seal(beholder))

    yield one("tilbud", "an offer, as our writer makes it", usual)
    locked = container(message(inn.pakke, inn.laast))
    yield Vektor("pakke", "a package with its locked content", inn.pakke, locked, seal(locked))
    told = container(message(inn.bekreftelse))
    yield Vektor("akseptbekreftelse", "the key of that content", inn.bekreftelse, told, seal(told))
    for curve, digest in (("p256", "SHA-256"), ("p384", "SHA-384")):
        signed = container(message(offer), f"avgiver.{curve}")
        yield one(f"signert-{curve}", f"signed with ECDSA, {digest}", signed)
    standard = container(
        message(offer),
        manifest=lambda m: m.replace(ASIC.encode(), ASIC_STANDARD.encode()).replace(
            KS_SHA256.encode(), b"http://www.w3.org/2001/04/xmlenc#sha256"
        ),
    )
    yield one("navnerom-02918", "the standard's namespace and URI for SHA-256", standard)
    bare = container(message(offer), sign=with_attributes("content_type", "message_digest"))
    yield one("uten-tidspunkt", "no signingTime among the signed attributes", bare)
    cades = container(message(offer), sign=signed_by_openssl("-md", "sha512", "-cades"))
    yield one("signert-cades", "SHA-512, signingCertificateV2 and S/MIME capabilities", cades)
    streamed = sealed_by_openssl(
        usual, "-aes256", "-stream", *OAEP, to=("annen", "mottaker.aapner")
    )
    yield one("ber-to-mottakere", "BER with indefinite lengths, two recipients", usual, streamed)
    older = seal(usual, "mottaker.tidligere")
    yield one("tidligere-noekkel", "encrypted to the receiver's older key", usual, older)


def bad(inn: Innhold) -> Iterator[Vektor]:
    """What a reader shall refuse, each for one reason."""
    offer = inn.tilbud
    usual = container(message(offer))

    def one(
        navn: str, viser: str, steg: str, kode: str, beholder: bytes = usual, sealed: bytes = b""
    ) -> Vektor:
        return Vektor(navn, viser, offer, beholder, sealed or seal(beholder), steg, kode)

    for navn, viser, options in (
        ("noekkel-pkcs1", "key transport with PKCS#1 v1.5", ("-aes256",)),
        ("noekkel-oaep-sha1", "OAEP with the default digests, SHA-1", ("-aes256", *OAEP[:2])),
        ("noekkel-mgf1-sha1", "OAEP with SHA-256, MGF1 with SHA-1",
         ("-aes256", *OAEP[:4], "-keyopt", "rsa_mgf1_md:sha1")),
        ("innhold-aes128", "AES-128-CBC", ("-aes128", *OAEP)),
        ("innhold-gcm", "AuthEnvelopedData, AES-256-GCM", ("-aes-256-gcm", *OAEP)),
    ):  # fmt: skip
        sealed = sealed_by_openssl(usual, *options)
        yield one(navn, viser, "konvolutt", "INGEN_KONVOLUTT", usual, sealed)
    other = seal(usual, "annen")
    yield one("til-en-annen", "encrypted to somebody else", "konvolutt", "KAN_IKKE_DEKRYPTERES",
              usual, other)  # fmt: skip
    cut = bytearray(seal(usual))
    cut[-1] ^= 1  # the last block's padding
    yield one("utfylling", "one bit of the last block is changed", "konvolutt",
              "KAN_IKKE_DEKRYPTERES", usual, bytes(cut))  # fmt: skip

    def named(was: str, now: str) -> bytes:
        return container(
            message(offer), after=lambda parts: [(now if n == was else n, b) for n, b in parts]
        )

    yield one("farlig-navn", "a name with a path out", "zip", "FARLIG_FILNAVN",
              named("melding.json", "../melding.json"))  # fmt: skip
    twice = container(message(offer), after=lambda p: [*p, ("MELDING.json", b"{}")])
    yield one("dobbelt-navn", "one name twice, in other letters", "zip", "DOBBELT_FILNAVN", twice)
    bomb = container(message(offer, bytes(grenser.UTPAKKET)))
    yield Vektor("for-stor", "more than 256 MiB unpacked", offer, bomb, seal(bomb), "zip",
                 "FOR_STOR_PAKKE", lagre_beholder=False)  # fmt: skip
    space = container(
        message(offer), manifest=lambda m: m.replace(ASIC.encode(), b"http://uri.etsi.org/x#")
    )
    yield one("annet-navnerom", "a namespace nobody has", "zip", "UGYLDIG_PAKKE", space)
    entity = container(
        message(offer),
        manifest=lambda m: m.replace(
            b"<ASiCManifest", b'<!DOCTYPE x [<!ENTITY e "">]><ASiCManifest'
        ),
    )
    yield one("manifest-med-dtd", "a manifest with a DTD", "zip", "UGYLDIG_XML", entity)
    for navn, viser, sign in (
        ("signatur-uten-attributter", "no signed attributes", signed_by_openssl("-noattr")),
        ("signatur-pss", "RSASSA-PSS", signed_by_openssl("-keyopt", "rsa_padding_mode:pss")),
        ("signatur-sha1", "SHA-1", signed_by_openssl("-md", "sha1")),
        ("signatur-uten-sjekksum", "no messageDigest",
         with_attributes("content_type", "signing_time")),
    ):  # fmt: skip
        made = container(message(offer), sign=sign)
        yield one(navn, viser, "signatur", "UGYLDIG_SIGNATUR", made)
    turned = container(
        message(offer),
        after=lambda p: [(n, b + b"\n" if n == MANIFEST else b) for n, b in p],
    )  # fmt: skip
    yield one("manifest-endret", "the manifest was changed after it was signed", "signatur",
              "UGYLDIG_SIGNATUR", turned)  # fmt: skip
    changed = container(
        message(offer),
        after=lambda p: [(n, b + b" " if n == "melding.json" else b) for n, b in p],
    )
    yield one("fil-endret", "a file was changed after it was signed", "sjekksum", "FEIL_SJEKKSUM",
              changed)  # fmt: skip
    extra = container(message(offer), after=lambda p: [*p, ("annet.txt", b"x")])
    yield one("usignert-fil", "a file nobody signed for", "sjekksum", "USIGNERT_FIL", extra)
    for navn, viser, signer in (
        ("signert-av-fremmed", "says the sender's number, is not in the directory", "fremmed"),
        ("signert-av-kryptering", "signed by a certificate that may not sign", "avgiver.aapner"),
        ("signert-av-utgaatt", "signed by a certificate that has run out", "avgiver.utgaatt"),
    ):
        made = container(message(offer), signer)
        yield one(navn, viser, "signatar", "FEIL_SIGNATAR", made)
    another = container(message(offer), "annen")
    yield one("signert-av-annen", "signed by another known organisation than `hode.fra`",
              "avsender", "FEIL_AVSENDER", another)  # fmt: skip
    told = json.loads(offer)
    told["hode"]["til"] = ANNEN
    to = container(message(plain(told)))
    yield Vektor("til-feil-mottaker", "`hode.til` is somebody else", plain(told), to, seal(to),
                 "avsender", "FEIL_AVSENDER")  # fmt: skip
    third = container([*message(offer), Fil("annet.txt", "text/plain", b"x")])
    yield one("en-fil-til", "a third file, signed for", "melding", "UGYLDIG_MELDING", third)


def write(inn: Innhold, vektorer: list[Vektor]) -> None:
    """All of it, with its index."""
    for folder in ("tas", "avvises", "innhold"):
        shutil.rmtree(FOLDER / folder, ignore_errors=True)
    told = []
    for one in vektorer:
        folder = FOLDER / ("avvises" if one.kode else "tas") / one.navn
        folder.mkdir(parents=True)
        (folder / "melding.json").write_bytes(one.melding)
        if one.lagre_beholder:
            (folder / "beholder.asice").write_bytes(one.beholder)
        (folder / "konvolutt.p7m").write_bytes(one.konvolutt)
        row = {"mappe": f"{folder.parent.name}/{one.navn}", "viser": one.viser}
        told.append(row | ({"steg": one.steg, "kode": one.kode} if one.kode else {}))
    locked = FOLDER / "innhold"
    locked.mkdir()
    (locked / "innhold.laast").write_bytes(inn.laast)
    (locked / "konvolutt.p7m").write_bytes(inn.konvolutt)
    (locked / "beholder.asice").write_bytes(inn.beholder)
    other = base64.b64encode(bytes(32)).decode()
    index = {
        "naa": NAA,
        "oss": MOTTAKER,
        "katalog": {
            orgnr: [n for n, p in PAIRS.items() if p.orgnr == orgnr and n != "fremmed"]
            for orgnr in (AVGIVER, MOTTAKER, ANNEN)
        },
        "vektorer": told,
        "laas": [
            {"noekkel": inn.noekkel, "merke": MERKE, "aapner": True},
            {"noekkel": other, "merke": MERKE, "aapner": False},
            {"noekkel": inn.noekkel, "merke": f"{OWN}:2", "aapner": False},
        ],
    }
    text = json.dumps(index, ensure_ascii=False, indent=2) + "\n"
    (FOLDER / "vektorer.json").write_text(text, encoding="utf-8")


def main() -> None:
    """Make the keys that are missing, and every vector."""
    for name in PAIRS:
        pair(name)
    inn = Innhold()
    write(inn, [*good(inn), *bad(inn)])


if __name__ == "__main__":
    main()
