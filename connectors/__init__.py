"""One folder per system; plus `http` (how we call) and `sandbox` (how we are answered)."""
