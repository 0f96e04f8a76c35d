"""What was intended, what was received, and the proof: append-only, hash-chained, encrypted."""
