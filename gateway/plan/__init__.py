"""The plan of a run: frozen steps that can be printed, stored, signed off and compared. Pure."""
