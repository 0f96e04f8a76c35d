"""The Fiks platform for practice: token, catalogue, send, document store and a real broker."""
