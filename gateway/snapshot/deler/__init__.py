"""The parts of the document, one file each: from the log to blocks, in reading order."""
