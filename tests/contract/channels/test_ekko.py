"""The echo (specification, chapter 7.1): two who know each other find every fault of their set-up,
at the right end; a stranger learns nothing, and nothing is kept. Real TLS and real seals."""

import contextlib
import dataclasses
import socket
import threading
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import httpx
import pytest
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat

from connectors.forsegling.ekko import Ekkosvarer
from connectors.forsegling.forsegler import open_forsegler
from connectors.stafett_https.kanal import open_kanal
from connectors.stafett_https.tls import client_context
from gateway.effects.transferring import ekko
from gateway.effects.transferring.verk import Overfoeringsverk
from gateway.ports.connector import ConnectorSettings
from gateway.ports.forsegling import Motpartsfiler, Pakkefil
from gateway.settings.models import Motpart
from gateway.texts.catalogue import Catalogue
from schemas.overfoering.ekko import EKKO, GANGER, MEST, Ekko, Ekkokode, read, write
from tests.samsvar import noekler

A, B, C = "899100107", "899100115", "899200209"
PATH = "/overfoering/v1/ekko"
MEDIA = {"content-type": "application/pkcs7-mime"}


class Klokke:
    """A clock that a test sets wrong."""

    def __init__(self):
        self.ahead = timedelta()

    def now(self):
        return datetime.now(UTC) + self.ahead


@pytest.fixture(scope="module")
def par():
    """Keys of three, and new ones of the first two. Making them is dear."""
    return {name: noekler.make(orgnr) for name, orgnr in
            (("a", A), ("b", B), ("c", C), ("a2", A), ("b2", B))}  # fmt: skip


class Hus:
    """One end: its own keys, and what its directory has of the other."""

    def __init__(self, folder, own, other, port=0, *, tls=None, sign=None, opens=None, listen=""):
        folder.mkdir()
        self.folder, self.orgnr, self.klokke = folder, own.orgnr, Klokke()
        files = {name: folder / f"{name}.pem" for name in ("tls", "sign", "opens")}
        files["tls"].write_text((tls or other.tls).pem())
        files["sign"].write_text((sign or other.signerer).pem())
        files["opens"].write_text((opens or other.aapner).pem())
        for name in ("tls", "signerer", "aapner"):
            (folder / f"{name}.cert").write_text(getattr(own, name).pem())
            (folder / f"{name}.key").write_bytes(
                getattr(own, name).noekkel.private_bytes(
                    Encoding.PEM, PrivateFormat.PKCS8, NoEncryption()
                )
            )
        self.kanal = open_kanal(
            ConnectorSettings(
                "stafett_https", "", "", "", "", own.orgnr, timeout=5.0, deadline=10.0, attempts=1,
                breaker_pause=0.05,
                options={
                    "noekkel": str(folder / "tls.key"), "sertifikat": str(folder / "tls.cert"),
                    "tillit": f"{other.orgnr}={files['tls']}\n", "lytt": listen,
                    "innboks": str(folder / "innboks"),
                },
            )
        )  # fmt: skip
        self.forsegler = open_forsegler(
            folder / "signerer.key", folder / "signerer.cert", [folder / "aapner.key"],
            {other.orgnr: Motpartsfiler(signerer=[files["sign"]], aapner=[files["opens"]])},
        )  # fmt: skip
        one = Motpart(
            orgnr=other.orgnr, navn="x", kommunenummer="9902", kanal="https",
            adresse={"url": f"https://127.0.0.1:{port}"},
        )  # fmt: skip
        arkiv = SimpleNamespace(tenant=own.orgnr, clock=self.klokke)
        self.verk = Overfoeringsverk(
            arkiv, self.forsegler, {"https": self.kanal}, {other.orgnr: one}, list
        )

    def answers(self):
        """Whoever listens here answers echoes."""
        self.kanal.svar_ekko(Ekkosvarer(self.forsegler, self.orgnr, self.klokke.now).svar)
        return self


@pytest.fixture
def to(tmp_path, par):
    """Two ends: what is given is what is wrong with them. `a` asks, `b` answers."""
    opened = []

    def made(knows_b=None, knows_a=None, answers=True):
        there = Hus(tmp_path / "b", par["b"], par["a"], listen="127.0.0.1:0", **(knows_a or {}))
        opened.append(there)
        here = Hus(tmp_path / "a", par["a"], par["b"], there.kanal.port, **(knows_b or {}))
        opened.append(here)
        if answers:
            there.answers()
        return here, there

    yield made
    for one in opened:
        one.kanal.close()


def test_it_holds_both_ways_and_nothing_is_kept(to):
    """No code, no end, and nothing in the box of whoever was asked."""
    here, there = to()
    assert ekko.ask(here.verk, B) == ekko.Ekkofunn("")
    assert ekko.ask(here.verk, B).ende is ekko.Ende.INGEN
    assert there.kanal.hent(10) == []
    assert list((there.folder / "innboks").glob("*.p7m")) == []


def test_each_fault_of_the_directories_is_found_at_its_end(to, par, tmp_path):
    """What is wrong, and who mends it."""
    new = par["a2"], par["b2"]
    faults = [
        ({"knows_b": {"opens": new[1].aapner}}, "EKKO_AAPNES_IKKE", ekko.Ende.BEGGE),
        ({"knows_b": {"sign": new[1].signerer}}, "EKKO_SVAR_UKJENT_SIGNATAR", ekko.Ende.HER),
        ({"knows_b": {"tls": new[1].tls}}, "EKKO_DERES_TLS", ekko.Ende.HER),
        ({"knows_a": {"opens": new[0].aapner}}, "EKKO_SVAR_AAPNES_IKKE", ekko.Ende.HER),
        ({"knows_a": {"sign": new[0].signerer}}, "EKKO_UKJENT_SIGNATAR", ekko.Ende.DER),
        ({"knows_a": {"tls": new[0].tls}}, "EKKO_VAAR_TLS", ekko.Ende.DER),
        ({"knows_a": {"opens": new[0].elliptisk}}, "EKKO_UTEN_VAAR_KRYPTERING", ekko.Ende.DER),
        ({"knows_b": {"opens": new[1].elliptisk}}, "MOTPART_UTEN_KRYPTERING", ekko.Ende.HER),
        ({"answers": False}, "EKKO_FINNES_IKKE", ekko.Ende.DER),
    ]
    for number, (wrong, code, end) in enumerate(faults):
        folder = tmp_path / str(number)
        folder.mkdir()
        for name in ("a", "b"):
            if (tmp_path / name).exists():
                (tmp_path / name).rename(folder / name)
        here, _ = to(**wrong)
        found = ekko.ask(here.verk, B)
        assert (found.kode, found.ende) == (code, end), wrong
        assert Catalogue("nb").code(code).do


def test_who_answers_has_another_number(to):
    """Its keys are the counterpart's, and it says that it is somebody else."""
    here, there = to()
    there.kanal.svar_ekko(Ekkosvarer(there.forsegler, C).svar)
    assert ekko.ask(here.verk, B).kode == "EKKO_FEIL_MOTTAKER"


def test_an_old_answer_is_no_answer(to):
    """The word is the question's own."""
    here, there = to()
    answers, kept = Ekkosvarer(there.forsegler, B), []

    def again(package, line):
        kept.append(answers.svar(package, line))
        return kept[0]

    there.kanal.svar_ekko(again)
    assert [ekko.ask(here.verk, B).kode for _ in range(2)] == ["", "EKKO_ANNET_ORD"]


def test_nobody_there(to):
    """An address where nothing answers."""
    here, there = to()
    there.kanal.close()
    assert ekko.ask(here.verk, B) == ekko.Ekkofunn("EKKO_IKKE_NAADD")


@pytest.mark.parametrize("hours", [25, -25])
def test_the_clocks(to, hours):
    """More than a day apart, either way; an hour is nothing."""
    here, there = to()
    here.klokke.ahead = timedelta(hours=hours)
    assert ekko.ask(here.verk, B).kode == "EKKO_KLOKKE"
    here.klokke.ahead = timedelta(hours=1)
    assert ekko.ask(here.verk, B).kode == ""
    assert there.kanal.hent(1) == []


def test_not_more_often_than_it_may(to):
    """Ten in ten minutes; then it waits, whoever answers has made nothing more."""
    here, _ = to()
    found = [ekko.ask(here.verk, B).kode for _ in range(GANGER + 2)]
    assert found == [""] * GANGER + ["EKKO_FOR_OFTE"] * 2


def test_one_counterparts_asking_does_not_use_anothers(par, tmp_path):
    """Each organisation has its own ten; the time that passes gives them back."""
    hus = Hus(tmp_path / "b", par["b"], par["a"])
    at = [0.0]
    answers = Ekkosvarer(hus.forsegler, B, monotonic=lambda: at[0])
    for _ in range(GANGER):
        assert answers.svar(b"x", frozenset({A})).status == 200
    assert answers.svar(b"x", frozenset({A})).status == 429
    assert answers.svar(b"x", frozenset({C})).status == 409  # not in this directory's seals
    at[0] = 601.0
    assert answers.svar(b"x", frozenset({A})).status == 200
    assert answers.svar(b"x", frozenset()).status == 404
    hus.kanal.close()


def test_who_only_has_a_line_is_not_told_which_part_failed(to, par):
    """Anything that does not open, or whose signature does not hold, is one word (6.1.4)."""
    here, there = to()
    good = here.forsegler.pakk([Pakkefil(EKKO, "application/json", b"{}")], B)
    middle = len(good) // 2
    broken = good[:middle] + bytes([good[middle] ^ 1]) + good[middle + 1 :]
    for package in (b"x", broken, good[:-1] + bytes([good[-1] ^ 1])):
        answer = here.forsegler.aapne(_asked(here, there, package).content)
        assert read(answer.fil(EKKO)).kode is Ekkokode.AAPNES_IKKE
    answer = here.forsegler.aapne(_asked(here, there, good).content)
    assert read(answer.fil(EKKO)).kode is Ekkokode.UGYLDIG


def test_the_line_and_the_signature_are_of_one(to):
    """Somebody else's echo, sent on a line of ours, is not answered as theirs; and `fra` is the
    signer's."""
    here, there = to()
    told = Ekko(fra=C, til=B, sendt=datetime.now(UTC).isoformat(), ord="0" * 32)
    package = here.forsegler.pakk([Pakkefil(EKKO, "application/json", write(told))], B)
    answers = Ekkosvarer(there.forsegler, B)
    answer = here.forsegler.aapne(answers.svar(package, frozenset({A})).pakke)
    assert read(answer.fil(EKKO)).kode is Ekkokode.FEIL_AVSENDER
    assert answers.svar(package, frozenset({C})).status == 409


def test_the_wires_own_answers(to, par):
    """As another vendor sees them: too large, no length, and a stranger gets no line at all."""
    here, there = to()
    assert _asked(here, there, bytes(MEST + 1)).status_code == 413
    assert _asked(here, there, b"").status_code == 411
    stranger = client_context(
        here.folder / "signerer.key", here.folder / "signerer.cert",
        [par["b"].tls.sertifikat],
    )  # fmt: skip
    with pytest.raises(httpx.TransportError), _client(there, stranger) as client:
        client.post(PATH, content=b"x", headers=MEDIA)


def _client(there, context):
    return httpx.Client(
        base_url=f"https://127.0.0.1:{there.kanal.port}", verify=context, trust_env=False
    )


def _asked(here, there, package):
    context = client_context(
        here.folder / "tls.key", here.folder / "tls.cert", here.kanal._tillit.of(B)
    )
    with _client(there, context) as client:
        return client.post(PATH, content=package, headers=MEDIA)


def test_every_code_has_words_and_an_end():
    """What an answer can say is said to people, in every language."""
    assert set(ekko._ANSWERED) == set(Ekkokode)
    for language in ("nb", "nn", "en"):
        texts = Catalogue(language)
        for code in {*ekko._ANSWERED.values(), *ekko._HER, *ekko._DER, "EKKO_IKKE_NAADD"}:
            assert texts.code(code).what and texts.code(code).do
        assert all(texts.label(f"ekko_{one}") for one in ("holder", "her", "der", "begge"))


def _at(here, url):
    """The same directory, with another address of the counterpart."""
    one = here.verk.motparter[B].model_copy(update={"adresse": {"url": url}})
    return dataclasses.replace(here.verk, motparter={B: one})


@pytest.mark.parametrize("says", [b"HTTP/1.1 400 Bad Request\r\ncontent-length: 0\r\n\r\n", b""])
def test_a_port_that_does_not_speak_tls_blames_nobodys_certificate(to, says):
    """Our url goes to a plain port: it says something in clear, or hangs up."""
    here, _ = to()
    with socket.create_server(("127.0.0.1", 0)) as plain:

        def serve():
            for _ in range(4):
                with contextlib.suppress(OSError):
                    line, _ = plain.accept()
                    with line:
                        line.settimeout(2)
                        line.recv(1 << 16)
                        line.sendall(says)

        threading.Thread(target=serve, daemon=True).start()
        found = ekko.ask(_at(here, f"https://127.0.0.1:{plain.getsockname()[1]}"), B)
    assert (found.kode, found.ende) == ("EKKO_IKKE_TLS", ekko.Ende.BEGGE)


def test_what_is_wrong_with_our_own_files_is_ours_and_named(to):
    """An address without https stands in the counterpart's file; a key that is not the
    certificate's, in the channel's options. Neither is anything they can mend."""
    here, _ = to()
    found = ekko.ask(_at(here, "http://127.0.0.1:1"), B)
    assert (found.kode, found.ende) == ("MOTPART_IKKE_HTTPS", ekko.Ende.HER)
    (here.folder / "tls.key").write_bytes((here.folder / "aapner.key").read_bytes())
    found = ekko.ask(here.verk, B)
    assert (found.kode, found.ende) == ("KANAL_NOEKLER_PASSER_IKKE", ekko.Ende.HER)
    assert found.sted == "stafett_https.noekkel, stafett_https.sertifikat"
    (here.folder / "tls.cert").unlink()
    assert ekko.ask(here.verk, B).sted == "stafett_https.sertifikat"
    for language in ("nb", "nn", "en"):
        text = Catalogue(language).code("MOTPART_IKKE_HTTPS")
        assert "gateway.toml" not in text.do and "url" in text.do
