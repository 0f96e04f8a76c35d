"""Noark 5 tjenestegrensesnitt: client, operations and sandbox."""
