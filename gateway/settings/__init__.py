"""Configuration: every key documented and validated; secrets come from elsewhere."""
