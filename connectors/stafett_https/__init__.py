"""Gateway to gateway: sealed packages over HTTPS with certificates at both ends."""
