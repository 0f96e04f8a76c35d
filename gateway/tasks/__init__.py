"""What waits for a person, from every room: opened when it is found, closed when it is so no more."""
