"""What waits for a person, from every room, until it is seen to be done."""
