"""A speaker that remembers what it was given and what it said."""


class Told:
    """A speaker that remembers."""

    def __init__(self):
        self.language, self.as_json, self.facts, self.lines = "nb", False, {}, []

    def give(self, **facts):
        """Facts."""
        self.facts |= facts

    def say(self, text=""):
        """A line."""
        self.lines.append(text)

    def table(self, columns, rows, name, words=None):
        """Rows."""
        self.facts[name] = [tuple(row) for row in rows]
