"""Visma Flyt Samspill: client, contract and sandbox."""
