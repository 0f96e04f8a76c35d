"""Where replies wait for whoever asked: by the id of the message they answer.

A reply can come before the platform's own 202 does, or after the asker is gone; what nobody takes
is dropped, oldest first. That loses nothing: what an archive holds is asked for, never believed.
"""

import threading
import time
from collections import OrderedDict
from collections.abc import Callable

from connectors.fiks.meldinger import Mottatt

MOST = 256
MOST_BYTES = 256 * 1024 * 1024


class Svarkasse:
    """Thread-safe; at most `MOST` replies and `MOST_BYTES` bytes."""

    def __init__(self, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._changed = threading.Condition()
        self._waiting: OrderedDict[str, Mottatt] = OrderedDict()
        self._size = 0

    def put(self, reply: Mottatt) -> None:
        """Keep `reply`; the same message delivered twice is kept once."""
        with self._changed:
            if reply.melding_id in self._waiting:
                return
            self._waiting[reply.melding_id] = reply
            self._size += len(reply.body)
            while len(self._waiting) > MOST or self._size > MOST_BYTES:
                _, oldest = self._waiting.popitem(last=False)
                self._size -= len(oldest.body)
            self._changed.notify_all()

    def take(
        self, melding_id: str, until: float, stopped: Callable[[], bool] = lambda: False
    ) -> Mottatt | None:
        """The first reply to `melding_id`, waiting until `until` by the clock.

        None when the time is up, or as soon as `stopped` says that no more will come.
        """
        with self._changed:
            while True:
                for key, reply in self._waiting.items():
                    if reply.svar_til == melding_id:
                        del self._waiting[key]
                        self._size -= len(reply.body)
                        return reply
                left = until - self._clock()
                if left <= 0 or stopped():
                    return None
                self._changed.wait(min(left, 0.5))
