"""What every connector on KS' Fiks platform shares: tokens, packages, envelopes, send, receive."""
