"""Visma Flyt Samspill, both ways. `mapping.MAPPING` is the declaration the gateway looks up."""
