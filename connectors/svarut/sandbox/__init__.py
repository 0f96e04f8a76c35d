"""The sandbox of SvarUt v2: a strict server of its own."""
