"""Every shape the gateway reads or writes; pure data, no I/O and no decisions."""
