"""Fiks IO for practice: two organisations with an account each, over a real broker."""
