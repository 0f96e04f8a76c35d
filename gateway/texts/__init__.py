"""Texts a person reads, in bokmål, nynorsk and English; one TOML file per language."""
