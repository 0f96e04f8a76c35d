"""What a hint of a move is worth: page, comparison, verdict. Pure; effects live in `effects`."""
