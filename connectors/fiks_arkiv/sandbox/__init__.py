"""An archive behind the practice platform: strict, on disk, and able to misbehave."""
