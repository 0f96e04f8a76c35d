"""How a process that handles many logs collects garbage.

A log read and written makes thousands of small values that are gone when the log is, without any
collection: nothing in them points back. Left as it is at start, the collector walks them all the
same, and now and then everything that was ever imported. It must not be turned off: what does
point back to itself is still collected, only less often.
"""

import gc

YOUNG = 20_000
"""Values more than before the last collection, before there is a new one; a few megabytes."""


def settle() -> None:
    """Call when everything is imported: what is alive now is kept and never walked again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(YOUNG, 10, 10)
