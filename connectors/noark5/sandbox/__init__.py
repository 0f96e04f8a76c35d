"""The sandbox of the Noark 5 tjenestegrensesnitt: a strict server of its own."""
