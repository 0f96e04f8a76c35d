"""The one way out: what is remembered before the wire, so that nothing is sent twice."""
