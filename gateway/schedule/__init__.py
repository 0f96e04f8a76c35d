"""When things happen. What they do lives elsewhere; nothing here waits inside a workflow."""
