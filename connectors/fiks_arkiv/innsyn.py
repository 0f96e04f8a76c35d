"""Builds the questions: a record by our key, folders by our key, a file by the archive's id.

Keys and ids only; a question never holds anything of the child.
"""

from connectors.fiks_arkiv.kontrakt import serialize
from connectors.fiks_arkiv.navn import DOKUMENTFIL_HENT, METADATA, REGISTRERING_HENT, SOK
from connectors.fiks_arkiv.profil import Profil
from connectors.fiks_arkiv.tre import child, noekkel, root, xsi_type

REGISTRERING_NAVN = "registrering-hent.xml"
DOKUMENTFIL_NAVN = "dokumentfil-hent.xml"
SOK_NAVN = "sok.xml"
_TAKE = "10"


def record_by_key(key: str, profil: Profil) -> bytes:
    """registreringHent by referanseEksternNoekkel, with documents and their files."""
    question = root(REGISTRERING_HENT, "registreringHent")
    child(question, "system", profil.system)
    reference = child(question, "referanseTilRegistrering")
    noekkel(reference, profil.fagsystem, key, namespace=METADATA)
    child(question, "inkluder", "dokumentbeskrivelse")
    child(question, "inkluder", "dokumentobjekt")
    return serialize(question, "registrering-hent")


def folders_by_key(key: str, profil: Profil) -> bytes:
    """sok for every folder with the external key; the order operator, value, field is the XSD's."""
    question = root(SOK, "sok")
    child(question, "system", profil.system)
    child(question, "take", _TAKE)
    child(question, "skip", "0")
    definition = child(question, "sokdefinisjon")
    xsi_type(definition, "saksmappeSokdefinisjon")
    child(definition, "responstype", "minimum")
    parameter = child(definition, "parametere")
    child(parameter, "operator", "equal")
    # This eksternNoekkel is the search schema's own type, not metadatakatalog's.
    value = child(child(parameter, "sokVerdier"), "eksternNoekkel")
    child(value, "fagsystem", profil.fagsystem)
    child(value, "noekkel", key)
    child(parameter, "felt", "mappeEksternNoekkel")
    return serialize(question, "sok")


def file_by_id(system_id: str, profil: Profil) -> bytes:
    """dokumentfilHent: systemID is the only key there is."""
    question = root(DOKUMENTFIL_HENT, "dokumentfilHent")
    child(question, "system", profil.system)
    child(child(question, "dokumentfilNoekkel"), "systemID", system_id)
    return serialize(question, "dokumentfil-hent")
