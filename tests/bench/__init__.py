"""Speed and size against a reference in the same run: `python -m tests.bench [--quick]`."""
