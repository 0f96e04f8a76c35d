"""How every connector calls its system: one session, one retry wrapper, one token flow."""
