"""GeoIntegrasjon Arkiv 1.1 (ACOS WebSak, ePhorte and others): client, operations and sandbox."""
