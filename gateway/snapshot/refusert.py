"""An attachment that cannot be made into an archive form, told as a public code."""


class Refused(Exception):
    """`code` is the public code; nothing of the file is in it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
