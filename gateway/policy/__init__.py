"""What may leave, and why not: pure rules over a canonical log; a verdict is a value."""
