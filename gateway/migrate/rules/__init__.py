"""The pure half of a move: which part is chosen. No I/O, no ledger, no settings."""
