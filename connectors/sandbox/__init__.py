"""The chassis of every sandbox: a real HTTP server that can be told to misbehave."""
