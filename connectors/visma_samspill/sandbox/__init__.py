"""Sandbox of Visma Flyt Samspill: a server one can start alone, and the plans to fill it with."""
