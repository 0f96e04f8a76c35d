"""Makes the steps of a move from one system to another; `run` carries them out."""
