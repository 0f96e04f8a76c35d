"""The sandbox of GI Arkiv 1.1: a strict SOAP server of its own."""
