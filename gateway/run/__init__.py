"""Carries out a signed list of steps, and remembers what two systems agreed of each log."""
