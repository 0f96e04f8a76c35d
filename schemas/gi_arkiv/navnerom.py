"""The namespaces of GeoIntegrasjon Arkiv 1.1 and of SOAP, and where our XSD files lie.

Source: the WSDL namespaces of 2012-01-31 as FINTLabs/fint-geointegrasjon-adapter (b033b8a) has
generated them. Types live in several namespaces, and a type's children live in the type's own.
"""

from pathlib import Path

_ROT = "http://rep.geointegrasjon.no/"
_DATO = "/2012.01.31"
OPPDATERING = f"{_ROT}Arkiv/Oppdatering/xml.wsdl{_DATO}"
INNSYN = f"{_ROT}Arkiv/Innsyn/xml.wsdl{_DATO}"
KJERNE = f"{_ROT}Arkiv/Kjerne/xml.schema{_DATO}"
DOKUMENT = f"{_ROT}Arkiv/Dokument/xml.schema{_DATO}"
FELLES = f"{_ROT}Arkiv/Felles/xml.schema{_DATO}"
KODELISTE = f"{_ROT}Felles/Kodeliste/xml.schema{_DATO}"
KONTAKT = f"{_ROT}Felles/Kontakt/xml.schema{_DATO}"
TEKNISK = f"{_ROT}Felles/Teknisk/xml.schema{_DATO}"
SOAP = "http://schemas.xmlsoap.org/soap/envelope/"
XSI = "http://www.w3.org/2001/XMLSchema-instance"
_WSS = "http://docs.oasis-open.org/wss/2004/01/oasis-200401-wss-"
WSSE = f"{_WSS}wssecurity-secext-1.0.xsd"
WSU = f"{_WSS}wssecurity-utility-1.0.xsd"
WSS_TEXT = f"{_WSS}username-token-profile-1.0#PasswordText"
WSS_DIGEST = f"{_WSS}username-token-profile-1.0#PasswordDigest"
WSS_BASE64 = f"{_WSS}soap-message-security-1.0#Base64Binary"

PREFIXES = {
    "upd": OPPDATERING,
    "inn": INNSYN,
    "kje": KJERNE,
    "dok": DOKUMENT,
    "fel": FELLES,
    "kod": KODELISTE,
    "kon": KONTAKT,
    "tek": TEKNISK,
    "xsi": XSI,
}
XSD = Path(__file__).parent / "gi_arkiv.xsd"
"""Includes all the others; it has no namespace of its own."""
