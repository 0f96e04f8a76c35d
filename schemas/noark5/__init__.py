"""Noark 5 tjenestegrensesnitt 1.1 as the gateway uses it: relation keys and the shapes sent."""
