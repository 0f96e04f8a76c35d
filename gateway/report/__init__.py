"""The report of a run: what moved, what did not, and the proof. Places and codes, never values."""
