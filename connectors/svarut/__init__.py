"""KS SvarUt v2, into the child's folder at the receiver: client, operations and sandbox."""
