"""Decisions and orchestration: what may move, in which order, and the proof that it did."""
