"""Replies: which kind, what they amount to, and that an answer is never more than it says."""

import pytest

from connectors.fiks.asice import Fil, Pakke
from connectors.fiks_arkiv import svar
from connectors.fiks_arkiv.navn import FEIL, KVITTERING, METADATA
from connectors.fiks_arkiv.svar import Slag
from gateway.errors import Rejected, RemoteFault, Transient

A, B = "3f0a2b1c-8d4e-4c5f-9a6b-7c8d9e0f1a2b", "9d8c7b6a-5f4e-4d3c-8b2a-1f0e9d8c7b6a"
NOEKKEL = "c2b1d7a4-7f6e-4b0d-8a65-0d4a3b9e1c22"
V1 = "no.ks.fiks.arkiv.v1."
FOLDER = (
    f"<mappeKvittering><systemID>{A}</systemID>"
    "<opprettetEllerEksisterende>Opprettet</opprettetEllerEksisterende></mappeKvittering>"
)


def registrering(key=NOEKKEL, system_id=B, how="Opprettet"):
    """A registreringKvittering."""
    return (
        f"<registreringKvittering><systemID>{system_id}</systemID><referanseEksternNoekkel>"
        f"<m:fagsystem>S</m:fagsystem><m:noekkel>{key}</m:noekkel></referanseEksternNoekkel>"
        f"<opprettetEllerEksisterende>{how}</opprettetEllerEksisterende></registreringKvittering>"
    )


def feilet(name, ident="e1", text="Kari Nordmann finnes ikke"):
    """A *Feilet part."""
    inner = f"<f:feilId>{ident}</f:feilId><f:feilmelding>{text}</f:feilmelding>"
    return f"<{name}>{inner}</{name}>"


def pakke(inner, name="arkivmelding-kvittering.xml", bom=b""):
    """A package with one receipt."""
    xml = (
        f'<arkivmeldingKvittering xmlns="{KVITTERING}" xmlns:m="{METADATA}" xmlns:f="{FEIL}">'
        f"{inner}</arkivmeldingKvittering>"
    )
    return Pakke((Fil(name, "application/xml", bom + xml.encode()),), ())


@pytest.mark.parametrize(
    ("type_", "kind"),
    [
        (V1 + "arkivering.arkivmelding.opprett.mottatt", Slag.MOTTATT),
        (V1 + "arkivering.arkivmelding.opprett.kvittering", Slag.KVITTERING),
        (V1 + "innsyn.sok.resultat.minimum", Slag.RESULTAT),
        (V1 + "innsyn.registrering.hent.resultat", Slag.RESULTAT),
        (V1 + "innsyn.dokumentfil.hent.resultat", Slag.RESULTAT),
        (V1 + "feilmelding.ugyldigforespoersel", Slag.UGYLDIG),
        ("no.ks.fik.arkiv.v1.feilmelding.ugyldigforespoersel", Slag.UGYLDIG),
        (V1 + "feilmelding.serverfeil", Slag.SERVERFEIL),
        (V1 + "feilmelding.ikkefunnet", Slag.IKKEFUNNET),
        ("no.ks.fiks.kvittering.tidsavbrudd", Slag.TIDSAVBRUDD),
        ("no.ks.fiks.kvittering.serverfeil.v1", Slag.SERVERFEIL),
        ("no.ks.fiks.kvittering.ugyldigforespørsel.v1", Slag.UGYLDIG),
        (V1 + "noe.nytt", Slag.UKJENT),
        ("no.ks.fik.noe.annet", Slag.UKJENT),
        ("", Slag.UKJENT),
    ],
)
def test_kinds_by_type(type_, kind):
    """Every spelling there is; what is new is unknown and nothing worse."""
    assert svar.slag(type_) is kind


def test_a_whole_receipt():
    """Both parts with ids, under any file name, with or without a byte order mark."""
    for package in (
        pakke(FOLDER + registrering()),
        pakke(FOLDER + registrering(), name="svar.dat", bom=b"\xef\xbb\xbf"),
    ):
        got = svar.receipt(package, NOEKKEL)
        assert (got.mappe, got.journalpost, got.eksisterende) == (A, B, False)
    assert svar.receipt(pakke(FOLDER + registrering(how="Eksisterende")), NOEKKEL).eksisterende


@pytest.mark.parametrize(
    ("inner", "said"),
    [
        ("", "ARKIV_TOM_KVITTERING"),
        (feilet("mappeFeilet"), "ARKIV_DELVIS_KVITTERING (mappeFeilet e1)"),
        (FOLDER + feilet("registreringFeilet"), "ARKIV_DELVIS_KVITTERING (registreringFeilet e1)"),
        (feilet("mappeFeilet") + registrering(), "ARKIV_DELVIS_KVITTERING (mappeFeilet e1)"),
        (FOLDER, "ARKIV_DELVIS_KVITTERING (registreringKvittering)"),
        (registrering(system_id=""), "ARKIV_DELVIS_KVITTERING (registreringKvittering)"),
        (feilet("mappeFeilet", "01811712345"), "ARKIV_DELVIS_KVITTERING (mappeFeilet)"),
        (feilet("mappeFeilet", "Kari N"), "ARKIV_DELVIS_KVITTERING (mappeFeilet)"),
    ],
)
def test_a_partial_or_empty_receipt_is_a_no(inner, said):
    """All of these are valid XML and none is success; the archive's text is not repeated."""
    with pytest.raises(Rejected) as caught:
        svar.receipt(pakke(inner), NOEKKEL)
    assert str(caught.value) == said


def test_a_receipt_for_another_record_is_no_receipt():
    """The key in it, when there is one, must be ours."""
    with pytest.raises(RemoteFault, match="FEIL_KVITTERING"):
        svar.receipt(pakke(FOLDER + registrering(key=A)), NOEKKEL)


@pytest.mark.parametrize("data", [b"", b"<x/>", b"<!DOCTYPE x><x/>", b"<x", b"%PDF"])
def test_a_receipt_without_a_receipt_in_it(data):
    """Another file, a broken one or one with a DTD."""
    with pytest.raises(RemoteFault, match=r"SVAR_UTEN_INNHOLD|UGYLDIG_XML"):
        svar.receipt(Pakke((Fil("a.xml", "application/xml", data),), ()), NOEKKEL)


def test_refusals_say_what_happens_next():
    """No to this one, again later, again later; and nothing for what is no refusal."""
    xml = (
        f'<serverfeil xmlns="{FEIL.replace("feilmelding", "serverfeil")}" xmlns:f="{FEIL}">'
        f"<f:feilId>{A}</f:feilId><f:feilmelding>Kari</f:feilmelding></serverfeil>"
    )
    package = Pakke((Fil("feilmelding.xml", "application/xml", xml.encode()),), ())
    fault = svar.refusal(Slag.SERVERFEIL, package)
    assert isinstance(fault, Transient)
    assert str(fault) == f"ARKIV_SERVERFEIL ({A})"
    empty = Pakke((), ())
    assert isinstance(svar.refusal(Slag.UGYLDIG, empty), Rejected)
    assert isinstance(svar.refusal(Slag.TIDSAVBRUDD, empty), Transient)
    assert svar.refusal(Slag.KVITTERING, empty) is None
