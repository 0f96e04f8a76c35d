"""Hand-overs carried out: rows with states, messages in and out, the package, both vendor ends."""
