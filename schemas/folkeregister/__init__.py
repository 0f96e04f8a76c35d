"""Wire shapes of the population register: the event feed, the event document, parts of a person."""
