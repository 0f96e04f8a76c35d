"""What an archive job is: its triggers, states and status. Pure; effects live in `effects`."""
