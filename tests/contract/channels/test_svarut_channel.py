"""What only SvarUt and SvarInn can do wrong: post gone astray, old replies, others' letters."""

import json
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from structlog.testing import capture_logs

from connectors.fiks import konvolutt
from connectors.svarut.kanal import OPERATIONS, SvarUtKanal
from connectors.svarut.kanalprofil import Kanalprofil
from connectors.svarut.pakke import named, sender
from connectors.svarut.profil import read_as
from connectors.svarut.sandbox.flerdelt import parts
from connectors.svarut.sandbox.plattform import OVERFOERING
from connectors.svarut.status import TRANSPORT, transport
from connectors.svarut.svarinn import MOST
from gateway.errors import LocalFault, Rejected, RemoteFault, Transient
from gateway.ports.connector import Provenance
from gateway.ports.kanal import PAKKENAVN, Transportstand
from schemas.svarut.svar import Status
from schemas.svarut.svarinn import LISTE, VENTENDE
from tests.contract.channels.stand import ORGNR, A, B, by_id, stand_of
from tests.contract.conftest import CANARY

READY = "KLAR_FOR_MOTTAK"


@pytest.fixture(scope="module")
def platform(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """One platform, two municipalities."""
    made = stand_of("svarut")(tmp_path_factory.mktemp("svarut"), lambda: "")
    yield made
    made.close()


@pytest.fixture
def stand(platform: Any) -> Iterator[Any]:
    """The platform with empty boxes."""
    platform.calm()
    platform.app.switch({})
    platform.drain(A)
    platform.seen.clear()
    yield platform
    platform.calm()
    platform.shut()


def shipments(stand: Any) -> list[Any]:
    """The shipments that reached the platform."""
    return [r for r in stand.seen if r.method == "POST" and r.path.endswith("/forsendelser")]


def test_a_shipment_is_digital_sealed_and_without_content(stand: Any) -> None:
    """Never printed, sealed to the platform besides, and nothing but ids and a word in the JSON."""
    sent = stand.forsendelse()
    stand.open(A).send(sent)
    [request] = shipments(stand)
    first, document = parts(request.body, request.headers["content-type"])
    form = json.loads(first.data)
    assert form["kunDigitalLevering"] is form["kryptert"] is form["krevNiva4Innlogging"] is True
    assert form["taushetsbelagtPost"] is True
    assert [one["skalEkskluderesFraUtskrift"] for one in form["dokumenter"]] == [True]
    assert (document.filename, form["tittel"]) == (PAKKENAVN, "Melding")
    assert (form["eksternReferanse"], form["korrelasjonsid"]) == (sent.melding_id, sent.samtale_id)
    assert form["forsendelsestype"] == OVERFOERING
    assert sent.pakke not in request.body and CANARY.encode() not in request.body
    opened = konvolutt.decrypt(document.data, [stand.app.konti[A].ring.key("svarut")])
    assert opened == sent.pakke


def test_the_shipment_follows_the_owners_openapi(stand: Any, standards: Path) -> None:
    """Every field we send is one of theirs, and every field they require is there."""
    stand.open(A).send(stand.forsendelse())
    first = parts(shipments(stand)[0].body, shipments(stand)[0].headers["content-type"])[0]
    path = standards / "fiks-svarut-klient" / "openapi" / "forsendelse-send-api-v2.json"
    shapes = json.loads(path.read_text())["components"]["schemas"]

    def held(value: Any, shape: Any, where: str) -> None:
        shape = shapes[shape["$ref"].rpartition("/")[2]] if "$ref" in shape else shape
        if isinstance(value, dict):
            assert set(value) <= set(shape["properties"]), where
            assert set(shape.get("required", [])) <= set(value), where
            for name, item in value.items():
                held(item, shape["properties"][name], f"{where}.{name}")
        elif isinstance(value, list):
            for item in value:
                held(item, shape["items"], f"{where}[]")

    assert "Forsendelse" in shapes
    held(json.loads(first.data), shapes["Forsendelse"], "forsendelse")


def test_who_agreed_is_asked_before_anything_is_sent(stand: Any) -> None:
    """The type of shipment is a proposal; the calls are documented."""
    assumed = {o.name for o in OPERATIONS if o.provenance is Provenance.ASSUMED}
    assert assumed == {"pakke.send"}


def test_there_is_one_shipment_however_often_it_is_sent(stand: Any) -> None:
    """Looked up by its name first, also by a gateway that was started anew."""
    sent = stand.forsendelse()
    first = stand.open(A).send(sent)
    for _ in range(3):
        assert stand.open(A).send(sent) == first
    assert len(shipments(stand)) == 1


@pytest.mark.parametrize("kind", ["cut_after", "cut_before", "reset", "server500", "short_body"])
def test_a_lost_answer_is_one_shipment_in_the_end(stand: Any, kind: str) -> None:
    """Whether it was taken or not: the lookup settles it."""
    sent = stand.forsendelse()
    a = stand.open(A)
    stand.fault("send", kind, **({"handled": True} if kind in {"reset", "server500"} else {}))
    assert stand.deliver(a, sent)
    assert by_id(stand.fetch(stand.open(B), 1)) == {sent.melding_id: sent.pakke}
    assert stand.app.konti[A].lager.tally("ekstern")[sent.melding_id] == 1


def test_what_went_astray_is_told_when_asked_and_sent_anew(stand: Any) -> None:
    """IKKE_LEVERT is failed; the same message again is a new shipment, and arrives."""
    a, b = stand.open(A), stand.open(B)
    sent = stand.forsendelse()
    stand.undeliverable()
    lost = a.send(sent)
    assert a.stand(lost) is Transportstand.FEILET
    again = a.send(sent)
    assert again != lost
    assert a.stand(again) is Transportstand.UNDERVEIS
    [found] = stand.fetch(b, 1)
    b.kvitter(found.ref)
    assert a.stand(again) is Transportstand.LEVERT
    assert a.send(sent) == again


def test_a_refusal_reaches_the_senders_status(stand: Any) -> None:
    """mottakFeilet for good: the code is told to the platform, and the shipment has failed."""
    a, b = stand.open(A), stand.open(B)
    transport_id = a.send(stand.forsendelse())
    [found] = stand.fetch(b, 1)
    b.avvis(found.ref, "KAN_IKKE_AAPNES")
    b.avvis(found.ref, "KAN_IKKE_AAPNES")
    [request, _] = [r for r in stand.seen if "mottakFeilet" in r.path]
    assert json.loads(request.body) == {"feilmelding": "KAN_IKKE_AAPNES", "permanent": True}
    assert a.stand(transport_id) is Transportstand.FEILET


def test_every_status_has_a_meaning_and_a_new_one_is_unknown() -> None:
    """Fetched is delivered, and that is all it is; every way it should not have gone has failed."""
    assert set(TRANSPORT) == set(Status)
    delivered = {status for status, stand in TRANSPORT.items() if stand is Transportstand.LEVERT}
    assert delivered == {Status.LEST}
    failed = {"AVVIST", "IKKE_LEVERT", "SENDT_PRINT", "PRINTET", "SENDT_SDP", "LEVERT_SDP"}
    assert all(transport(status) is Transportstand.FEILET for status in failed)
    assert transport("NOE_NYTT") is Transportstand.UKJENT


def test_an_older_reply_still_names_the_message(stand: Any) -> None:
    """Without type, level, reference and sums: the sender's own pairs say which it is."""
    stand.app.switch({"gammel": 1})
    sent = stand.forsendelse()
    stand.open(A).send(sent)
    [found] = stand.fetch(stand.open(B), 1)
    assert (found.melding_id, found.meldingstype) == (sent.melding_id, "tilbud")
    assert (found.pakke, found.avsender) == (sent.pakke, "")


def test_the_owners_own_lists_are_read(standards: Path) -> None:
    """Both published replies, one older than the other: every shipment is read, none is ours."""
    files = ("svarut-sak-mottak/SvarUtForsendelse.json",
             "efm-integrasjonspunkt/samples/svarinn_hentNyeForsendelser.json")  # fmt: skip
    read = 0
    for name in files:
        for entry in LISTE.validate_python(json.loads((standards / name).read_text())):
            waiting = VENTENDE.validate_python(entry)
            assert named(waiting) == ("", "")
            assert sender(waiting) in {"", "999888777", "910229028"}
            read += 1
    assert read == 4


def test_letters_of_another_type_are_not_touched(stand: Any) -> None:
    """They are somebody's, and stay where they are however many of ours are fetched."""
    ident, key = str(uuid.uuid4()), stand.app.konti[B].ring.certificate("svarinn")
    letter = {"id": ident, "forsendelseType": "Brev", "date": 1}
    stand.app.innboks.add(ident, B, letter, konvolutt.encrypt(b"et brev", key), READY)
    sent = stand.forsendelse()
    stand.open(A).send(sent)
    b = stand.open(B)
    assert by_id(stand.fetch(b, 1)) == {sent.melding_id: sent.pakke}
    assert not any(ident in request.path for request in stand.seen)
    assert stand.app.innboks.status_of(ident) == READY


def others(stand: Any, count: int) -> None:
    """So many letters of another type wait before whatever comes now."""
    for number in range(count):
        ident = str(uuid.uuid4())
        letter = {"id": ident, "forsendelseType": "Brev", "date": number}
        stand.app.innboks.add(ident, B, letter, b"", READY)


def test_a_list_that_is_full_of_others_letters_is_told_of_and_gone_on_from(stand: Any) -> None:
    """HTTP 200 and none of ours, for they stand behind what one answer can list. It is no fault of
    the line and nothing of ours to take away: it is said in the log, and the next round asks
    again; when somebody has made room, ours come."""
    others(stand, MOST)
    sent = stand.forsendelse()
    stand.open(A).send(sent)
    b = stand.open(B)
    for _ in range(2):
        with capture_logs() as told:
            assert b.hent(5) == []
        assert [(one["event"], one["log_level"], one["count"]) for one in told] == [
            ("liste_full", "warning", MOST)
        ]
        assert b.facts().tosidig
    assert not any("/svarinn/forsendelse/" in request.path for request in stand.seen)
    stand.drain(B)
    with capture_logs() as told:
        again = stand.forsendelse()
        stand.open(A).send(again)
        assert by_id(stand.fetch(b, 1)) == {again.melding_id: again.pakke}
    assert told == []


def test_a_list_that_is_almost_full_has_all_of_ours(stand: Any) -> None:
    """Others' letters before ours are no warning while the list has room for everything."""
    others(stand, MOST - 2)
    sent = stand.forsendelse()
    stand.open(A).send(sent)
    with capture_logs() as told:
        assert by_id(stand.fetch(stand.open(B), 1)) == {sent.melding_id: sent.pakke}
    assert told == []
    others(stand, 1)
    with capture_logs() as told:
        assert by_id(stand.fetch(stand.open(B), 1)) == {sent.melding_id: sent.pakke}
    assert [one["event"] for one in told] == ["liste_full"]


@pytest.mark.parametrize("kind", ["busy503", "html200", "reset", "short_body"])
def test_content_that_does_not_come_now_comes_later(stand: Any, kind: str) -> None:
    """One download fails: the others come, it stays, and it is never taken for an empty one."""
    a, b = stand.open(A), stand.open(B)
    bad, good = stand.forsendelse(), stand.forsendelse()
    ident = a.send(bad)
    a.send(good)
    stand.servers[B].faults([{"kind": kind, "match": f"/forsendelse/{ident}", "times": 0}])
    [found] = stand.fetch(b, 1)
    assert by_id([found]) == {good.melding_id: good.pakke}
    b.kvitter(found.ref)
    with pytest.raises((Transient, RemoteFault)):
        b.hent(5)
    stand.calm()
    assert by_id(stand.fetch(b, 1)) == {bad.melding_id: bad.pakke}


def test_the_key_from_before_a_rotation_still_opens(stand: Any) -> None:
    """The current key first, and then the older ones; with none that fits, no package."""
    sent = stand.forsendelse()
    stand.open(A).send(sent)
    own = stand.settings(B).options["svarinn_noekler"]
    other = str(stand.app.konti[A].ring.folder / "gateway.pem")
    b = stand.open(B, options={"svarinn_noekler": f"{other}, {own}"})
    assert by_id(stand.fetch(b, 1)) == {sent.melding_id: sent.pakke}
    wrong = stand.open(B, options={"svarinn_noekler": other})
    assert by_id(stand.fetch(wrong, 1)) == {sent.melding_id: b""}


def test_without_a_receiving_system_the_channel_is_one_way(stand: Any) -> None:
    """It says so, sends, and has nothing to fetch."""
    options = {"svarinn_bruker": "", "svarinn_noekler": ""}
    a = stand.open(A, options=options)
    assert a.facts().tosidig is False
    sent = stand.forsendelse()
    assert a.send(sent)
    assert list(a.hent(5)) == []
    a.kvitter("x")
    a.avvis("x", "KAN_IKKE_AAPNES")
    assert by_id(stand.fetch(stand.open(B), 1)) == {sent.melding_id: sent.pakke}


def test_a_receiver_is_asked_for_once_in_a_while(stand: Any) -> None:
    """Its organisation number stands in that one address, and not at every message."""
    a = stand.open(A)
    for _ in range(3):
        a.send(stand.forsendelse())
    asked = [r for r in stand.seen if r.path.endswith("/v2/mottakersystem")]
    assert [r.query["organisasjonsnummer"] for r in asked] == [ORGNR[B]]


def test_clear_shipments_do_not_ask_for_level_four(stand: Any) -> None:
    """SvarUt refuses level 4 for documents it cannot seal; the package's own seal stays."""
    a = stand.open(A, options={"kryptert": "false"})
    sent = stand.forsendelse()
    a.send(sent)
    first, document = parts(shipments(stand)[0].body, shipments(stand)[0].headers["content-type"])
    assert json.loads(first.data)["krevNiva4Innlogging"] is False
    assert document.data == sent.pakke
    assert by_id(stand.fetch(stand.open(B), 1)) == {sent.melding_id: sent.pakke}


def test_a_wrong_password_at_svarinn_is_our_set_up(stand: Any, tmp_path: Path) -> None:
    """401: nothing is refused or acknowledged for it; a secret that is not there is named."""
    wrong = tmp_path / "passord.txt"
    wrong.write_text("feil")
    b = stand.open(B, options={"svarinn_passord_fil": str(wrong)})
    for call in (lambda: b.hent(5), b.facts, lambda: b.kvitter(str(uuid.uuid4()))):
        with pytest.raises(LocalFault, match="IKKE_INNLOGGET"):
            call()
    with pytest.raises(LocalFault) as caught:
        stand.open(B, options={"svarinn_passord_fil": str(tmp_path / "borte")})
    assert str(caught.value) == "HEMMELIGHET_MANGLER (svarut.svarinn_passord_fil)"


def test_a_wrong_option_is_named_and_not_shown(stand: Any) -> None:
    """The key that is wrong or missing, never its value."""
    good = dict(stand.settings(A).options)
    for change, name in (
        ({"svarinn_noekler": ""}, "svarinn_noekler"),
        ({"svarut_sertifikat": None}, "svarut_sertifikat"),
        ({"noekkel": None}, "noekkel"),
        ({"svarinn_url": "ftp://hemmelig"}, "svarinn_url"),
        ({"ukjent": "hemmelig"}, "ukjent"),
    ):
        options = {k: v for k, v in {**good, **change}.items() if v is not None}
        with pytest.raises(LocalFault) as caught:
            read_as(Kanalprofil, options)
        assert str(caught.value) == f"UGYLDIG_PROFIL (svarut.{name})"


def test_a_refused_shipment_says_its_code_and_nothing_else(stand: Any) -> None:
    """SvarUt's message quotes what was sent; ours has their code and our id."""
    a = stand.open(A, options={"forsendelsestype": "Annet"})
    assert isinstance(a, SvarUtKanal)
    a._receivers[ORGNR[B]] = 9e12
    sent = stand.forsendelse(mottaker=stand.motpart(B))
    stand.app.konti[A].switch({"avvis": True})
    try:
        with pytest.raises(Rejected) as caught:
            a.send(sent)
    finally:
        stand.app.konti[A].switch({})
    assert str(caught.value) == f"AVVIST ({sent.melding_id} forsendelse.ugyldig)"
    with pytest.raises(LocalFault, match="UGYLDIG_MELDING"):
        a.send(stand.forsendelse(meldingstype="Tilbud til Kari"))
