"""Sandbox of Conexus Companion: a server one can start alone, and the logs to fill it with."""
