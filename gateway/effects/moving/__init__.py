"""Hints of a move carried out: whom we watch, reading the feed, what is put before a person."""
