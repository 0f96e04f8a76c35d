"""The two-way mapping core and one folder per system: rows, laws and reasons. Pure."""
