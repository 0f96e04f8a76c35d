"""Conexus Companion (Stafettloggen): client, contract and sandbox."""
