"""A frozen copy of a log for an archive: PDF/A for people, JSON for machines, and the hashes."""
