"""A key or an id of ours as another system tells it. It must not know any system."""


def same_key(told: str, key: str) -> bool:
    """True for `key` however its letters are cased: databases with GUIDs of their own tell a UUID
    in capitals, and RFC 9562 (4) says that the two are one."""
    return told.strip().casefold() == key.casefold()
