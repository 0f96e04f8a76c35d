"""GeoIntegrasjon Arkiv 1.1: the parts of the SOAP bodies the gateway sends and reads, as XSD."""
