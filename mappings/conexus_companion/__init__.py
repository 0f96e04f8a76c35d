"""Conexus Companion, both ways. `mapping.MAPPING` is the declaration the gateway looks up."""
