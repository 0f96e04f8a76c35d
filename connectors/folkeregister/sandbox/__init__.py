"""A population register for practice, with every trap of the feed."""
