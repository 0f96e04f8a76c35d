"""Carrying a plan out through the ports: pull, plan, push, close. Impure, and nothing else is."""
