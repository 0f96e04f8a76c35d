"""What may leave, and why not: pure rules over a canonical log. A verdict is a value with a code."""
