"""The pure half of a run: what was edited, what would lose, and what is laid upon what. No I/O."""
