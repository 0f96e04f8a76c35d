"""Words of the protocol as Fiks IO carries them, and the receiver in its catalogue: no broker."""

import httpx
import pytest

from connectors.fiks.katalog import Katalog
from connectors.fiks.operasjoner import OPPSLAG, TRANSPORT
from connectors.fiks_io.profil import Profil
from connectors.fiks_io.typer import code_of, failure_of, refused_type, type_of, word_of
from connectors.http.session import Session
from gateway.errors import LocalFault, RemoteFault
from gateway.ports.connector import ConnectorSettings

KONTO = "0d4a3b9e-1c22-4b0d-8a65-7f6ec2b1d7a4"
BY_NAME = {operation.name: operation for operation in (*TRANSPORT, OPPSLAG)}


def profil(**options):
    """A profile; keys are not read here."""
    given = {
        "integrasjon_id": KONTO,
        "konto_id": KONTO,
        "noekkel": "x.pem",
        "sertifikat": "x.cer",
        **options,
    }
    return Profil.model_validate(given)


def test_a_word_goes_out_and_comes_back():
    """With the protocol's prefix and version, and only with them."""
    own = profil(meldingsprefiks="no.vinterloev.stafettlogg", versjon="v2")
    assert type_of("tilbud", own) == "no.vinterloev.stafettlogg.tilbud.v2"
    assert word_of("no.vinterloev.stafettlogg.tilbud.v2", own) == "tilbud"
    assert refused_type(own) == "no.vinterloev.stafettlogg.feilet.v2"
    assert own.protokollnavn == "no.vinterloev.stafettlogg.v2"
    assert profil(protokoll="no.ks.stafett.v1").protokollnavn == "no.ks.stafett.v1"
    for other in (
        "no.vinterloev.stafettlogg.tilbud.v1",
        "no.andre.stafettlogg.tilbud.v2",
        "no.vinterloev.stafettlogg..v2",
        "no.vinterloev.stafettlogg.Til Kari.v2",
        "",
    ):
        assert word_of(other, own) == ""


@pytest.mark.parametrize("word", ["", "feilet", "Tilbud", "a.b", "x y", "x" * 41])
def test_a_word_that_is_none_is_refused(word):
    """Also the word of a refusal, which only a refusal has."""
    with pytest.raises(LocalFault, match="UGYLDIG_MELDING"):
        type_of(word, profil())


@pytest.mark.parametrize(
    ("kind", "code"),
    [
        ("no.ks.fiks.kvittering.tidsavbrudd", "KANAL_TIDSAVBRUDD"),
        ("no.ks.fiks.kvittering.tidsavbrudd.v1", "KANAL_TIDSAVBRUDD"),
        ("no.ks.fiks.kvittering.serverfeil.v1", "KANAL_SERVERFEIL"),
        ("no.ks.fiks.kvittering.ugyldigforespørsel.v1", "KANAL_AVVIST"),
        ("no.ks.fiks.arkiv.v1.feilmelding.serverfeil", ""),
        ("no.kommune.stafettlogg.tilbud.v1", ""),
    ],
)
def test_what_the_platform_says_is_a_code(kind, code):
    """Its own words, in every spelling; a protocol's words are not the platform's."""
    assert failure_of(kind) == code


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("KAN_IKKE_AAPNES", "KAN_IKKE_AAPNES"),
        ("Kari", "KANAL_AVVIST"),
        ("FEIL_123456", "KANAL_AVVIST"),
        ("", "KANAL_AVVIST"),
    ],
)
def test_a_code_from_elsewhere(text, code):
    """Repeated only when it can be nothing else."""
    assert code_of(text) == code


def catalogue(answer, now):
    """A catalogue over `answer`, and a clock to turn."""
    settings = ConnectorSettings("fiks_io", "https://api.example", "", "k", "p", "", attempts=1)
    transport = httpx.MockTransport(answer)
    return Katalog(Session(settings, BY_NAME, transport=transport), clock=lambda: now[0])


def account(**changes):
    """An account as the catalogue answers it."""
    return {
        "kontoId": KONTO,
        "fiksOrgNavn": "Vinterløv",
        "status": {"gyldigMottaker": True},
        **changes,
    }


def test_a_found_account_is_kept_ten_minutes():
    """Asked for once per organisation, protocol and level; nobody is never kept."""
    asked, now = [], [0.0]

    def answer(request):
        asked.append(dict(request.url.params))
        there = request.url.params["identifikator"] == "ORG_NO.899100115"
        return httpx.Response(200, json=account()) if there else httpx.Response(404)

    katalog = catalogue(answer, now)
    for _ in range(2):
        assert katalog.find("899100115", "p.v1", 4).konto_id == KONTO
    assert len(asked) == 1
    now[0] = 601.0
    katalog.find("899100115", "p.v1", 4)
    assert len(asked) == 2
    for _ in range(2):
        assert katalog.find("899100123", "p.v1", 4) is None
    assert len(asked) == 4


@pytest.mark.parametrize(
    "answer",
    [account(kontoId="x"), account(kontoId=None), account(status={}), {}, [], None],
    ids=["id", "ingen id", "status", "tom", "liste", "null"],
)
def test_an_answer_that_is_no_account_is_not_one(answer):
    """The catalogue does not keep its contract: no message is sent on it."""
    katalog = catalogue(lambda request: httpx.Response(200, json=answer), [0.0])
    with pytest.raises(RemoteFault) as caught:
        katalog.find("899100115", "p.v1", 4)
    assert "899100115" not in str(caught.value)
