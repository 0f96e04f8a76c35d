"""Durable execution: chunks survive kill -9. One file knows the engine's name."""
