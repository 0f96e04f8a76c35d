"""Our messages and replies held to the owner's own schemas, samples and verdicts."""

import json
from random import Random

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from lxml import etree

from connectors.fiks.asice import Fil, Pakke
from connectors.fiks.trygg_xml import parse_xml
from connectors.fiks_arkiv import arkivmelding, innsyn, svar
from connectors.fiks_arkiv.kontrakt import fault_in
from connectors.fiks_arkiv.profil import Profil
from connectors.fiks_arkiv.sandbox import svarbygging
from connectors.fiks_arkiv.sandbox.lager import Dokument, Lager
from connectors.fiks_arkiv.sandbox.sample import KODER
from connectors.fiks_arkiv.svar import Slag
from connectors.sandbox import snapshot
from gateway.errors import Rejected, Transient
from gateway.ports.archive import Part

V1 = "fiks-arkiv-specification/Schema/V1/no.ks.fiks.arkiv.v1."
MAPPE = "3f0a2b1c-8d4e-4c5f-9a6b-7c8d9e0f1a2b"
POST = "9d8c7b6a-5f4e-4d3c-8b2a-1f0e9d8c7b6a"
KEY = "c2b1d7a4-7f6e-4b0d-8a65-0d4a3b9e1c22"
UNUSED = {
    "integrasjon_id": KEY,
    "konto_id": KEY,
    "mottaker_konto_id": KEY,
    "noekkel": "n",
    "sertifikat": "s",
    "konto_noekler": "k",
}
_compiled = {}


def official(standards, name):
    """A schema of the owner's, by its path."""
    if name not in _compiled:
        _compiled[name] = etree.XMLSchema(file=str(standards / name))
    return _compiled[name]


def profil(**changes):
    """A profile; an empty change leaves the option out."""
    values = {**UNUSED, **KODER, **changes}
    return Profil.model_validate({k: v for k, v in values.items() if v != ""})


OPTIONAL = ["regel", "dokumenttype", "dokumentmedium", "arkivdel", "administrativ_enhet"]
OPTIONAL += ["saksansvarlig", "formater"]
text = st.text(
    st.characters(
        codec="utf-8", exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe\uffff"
    ),
    min_size=1,
    max_size=40,
).filter(str.strip)


@settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    navn=text,
    nummer=st.sampled_from(["", "01838912345"]),
    left_out=st.sets(st.sampled_from(OPTIONAL)),
    mappetype=st.sampled_from(["ja", "nei"]),
    hjemmel=text,
)
def test_every_message_is_valid_for_its_owner(
    standards, navn, nummer, left_out, mappetype, hjemmel
):
    """Whatever the child's name and however little of the profile is filled in."""
    options = dict.fromkeys(left_out, "")
    chosen = profil(
        **options,
        mappetype=mappetype,
        skjermingshjemmel=hjemmel,
        klassifikasjoner="Barn | {enhet} | {navn} | skjermet",
    )
    uttak = snapshot.uttak(1, Part(navn, nummer))
    try:
        xml = arkivmelding.build(uttak, chosen)
    except Rejected as exc:
        assert exc.code == "INNHOLD_I_TITTEL"  # the invented name is a word of the title
        return
    schema = official(standards, V1 + "arkivering.arkivmelding.opprett.xsd")
    assert schema.validate(etree.fromstring(xml)), schema.error_log


@pytest.mark.parametrize(
    ("build", "name"),
    [
        (innsyn.record_by_key, "innsyn.registrering.hent.xsd"),
        (innsyn.folders_by_key, "innsyn.sok.xsd"),
        (innsyn.file_by_id, "innsyn.dokumentfil.hent.xsd"),
    ],
)
def test_every_question_is_valid_for_its_owner(standards, build, name):
    """registrering.hent, sok and dokumentfil.hent."""
    schema = official(standards, V1 + name)
    assert schema.validate(etree.fromstring(build(KEY, profil()))), schema.error_log


def test_our_contract_is_narrower(standards):
    """Whatever is taken out of a message: what our contract accepts, the owner's does too."""
    schema = official(standards, V1 + "arkivering.arkivmelding.opprett.xsd")
    whole = arkivmelding.build(snapshot.uttak(1, Part("A B", "")), profil(klassifikasjoner="K | 1"))
    accepted = refused = 0
    for place in range(1, len(list(etree.fromstring(whole).iter()))):
        root = etree.fromstring(whole)
        element = list(root.iter())[place]
        element.getparent().remove(element)
        if fault_in(root, "arkivmelding") == "":
            accepted += 1
            assert schema.validate(root), schema.error_log
        else:
            refused += 1
    assert accepted > 3
    assert refused > 30


def test_every_sample_parses_and_the_verdicts_agree(standards):
    """Also those with a byte order mark; the official schemas say of each what was expected."""
    expected = json.loads((standards / "fiks-xsd-expected.json").read_text(encoding="utf-8"))
    judged = 0
    for path, case in expected.items():
        if not path.endswith(".xml"):
            continue
        root = parse_xml((standards / path).read_bytes(), "prøve")
        assert root.tag == case["root"], path
        for verdict in case["validation"]:
            if verdict["xsd"] is None:
                continue
            said = official(standards, verdict["xsd"]).validate(root)
            assert said == (verdict["result"] == "valid"), (path, verdict["xsd"])
            judged += 1
    assert judged >= 30


def synthetic(standards, name):
    """A synthetic reply as a package."""
    data = (standards / "synthetic-fiks-arkiv" / name).read_bytes()
    return Pakke((Fil("svar.xml", "application/xml", data),), ())


def test_synthetic_receipts_lead_to_the_right_state(standards):
    """Made, existing, and half failed."""
    got = svar.receipt(synthetic(standards, "reply.arkivmelding-kvittering.opprettet.xml"), KEY)
    assert (got.mappe, got.journalpost, got.eksisterende) == (MAPPE, POST, False)
    got = svar.receipt(synthetic(standards, "reply.arkivmelding-kvittering.eksisterende.xml"), KEY)
    assert got.eksisterende
    name = "reply.arkivmelding-kvittering.registrering-feilet.xml"
    with pytest.raises(Rejected) as caught:
        svar.receipt(synthetic(standards, name), KEY)
    assert str(caught.value) == "ARKIV_DELVIS_KVITTERING (registreringFeilet e1)"


def test_synthetic_refusals_lead_to_the_right_state(standards):
    """No for good, again later; each with its id."""
    fault = svar.refusal(
        Slag.UGYLDIG, synthetic(standards, "reply.feilmelding.ugyldigforespoersel.xml")
    )
    assert isinstance(fault, Rejected)
    assert fault.place == "7e1d1a1e-0000-4000-8000-000000000001"
    fault = svar.refusal(Slag.SERVERFEIL, synthetic(standards, "reply.feilmelding.serverfeil.xml"))
    assert isinstance(fault, Transient)
    assert fault.place == "7e1d1a1e-0000-4000-8000-000000000002"


def test_synthetic_searches_are_counted(standards):
    """No folder, and one."""
    assert svar.folders(synthetic(standards, "reply.sok.resultat.minimum.empty.xml")) == ()
    found = svar.folders(synthetic(standards, "reply.sok.resultat.minimum.one.xml"))
    assert found == ("3f0a2b1c-8d4e-4c5f-9a6b-7c8d9e0f1a00",)


def test_every_synthetic_reply_is_looked_at(standards):
    """A new one in the folder is noticed here."""
    names = {path.name for path in (standards / "synthetic-fiks-arkiv").glob("reply.*.xml")}
    kinds = {name.split(".")[1] for name in names}
    assert kinds == {"arkivmelding-kvittering", "feilmelding", "sok"}
    assert len(names) == 8


def test_the_sandbox_answers_as_the_owner_describes(standards, tmp_path):
    """Every kind of reply of the practice archive is valid for the official schemas."""
    lager = Lager(tmp_path)
    folder = lager.add_folder("S", KEY, "Stafettlogg", "")
    document = Dokument(1, "Stafettlogg", "H", "a.pdf", "fmt/476", "application/pdf", "A", b"x")
    values = {"fagsystem": "S", "noekkel": KEY, "mappe": folder["nr"], "tittel": "T"}
    post = lager.add_record(
        {**values, "type": "X", "status": "F", "dato": "2026-11-21"}, [document]
    )
    documents = lager.documents(post["nr"])
    receipt = "arkivering.arkivmelding.opprett.kvittering.xsd"
    cases = [
        (receipt, svarbygging.receipt((folder, True), (post, False), documents)),
        (receipt, svarbygging.receipt(None, None, ())),
        (receipt, svarbygging.receipt(None, None, (), ["mappeFeilet"])),
        (receipt, svarbygging.receipt((folder, False), None, (), ["registreringFeilet"])),
        ("innsyn.registrering.hent.resultat.xsd", svarbygging.record(post, folder, documents)),
        ("innsyn.registrering.hent.resultat.xsd", svarbygging.record(post, folder, ())),
        ("innsyn.sok.resultat.minimum.xsd", svarbygging.hits([])),
        ("innsyn.sok.resultat.minimum.xsd", svarbygging.hits([folder, folder])),
    ]
    for kind in ("ikkefunnet", "serverfeil", "ugyldigforespoersel"):
        cases.append((f"feilmelding.{kind}.xsd", svarbygging.error(kind)))
    for name, xml in cases:
        schema = official(standards, V1 + name)
        assert schema.validate(etree.fromstring(xml)), (name, schema.error_log)
    lager.close()


def test_the_samples_of_other_clients_break_our_contract_where_they_should(standards):
    """What others send unshielded or with a name in the title is not what we would send."""
    sample = standards / "synthetic-fiks-arkiv" / "request.arkivmelding.stafettlogg.xml"
    root = parse_xml(sample.read_bytes(), "prøve")
    assert fault_in(root, "arkivmelding") != ""


def test_a_byte_changed_in_a_reply_is_never_a_receipt_for_another(standards):
    """Random damage to a receipt: refused, or a receipt that still is about our key."""
    data = (
        standards / "synthetic-fiks-arkiv" / "reply.arkivmelding-kvittering.opprettet.xml"
    ).read_bytes()
    random = Random(3)
    kept = 0
    for _ in range(300):
        spoilt = bytearray(data)
        spoilt[random.randrange(len(spoilt))] = random.randrange(256)
        try:
            got = svar.receipt(Pakke((Fil("a", "x", bytes(spoilt)),), ()), KEY)
        except Exception as exc:
            assert type(exc).__module__ == "gateway.errors"
        else:
            kept += 1
            assert got.journalpost
    assert 0 < kept < 300
