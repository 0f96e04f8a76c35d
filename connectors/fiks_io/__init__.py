"""Fiks IO as a channel between municipalities."""
