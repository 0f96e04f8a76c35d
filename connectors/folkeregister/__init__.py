"""The population register (Folkeregisteret): feed, look-ups, and a sandbox."""
