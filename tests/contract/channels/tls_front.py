"""A TLS end in front of a sandbox server: what comes in over TLS goes on in the clear, and back.

So the faults of the chassis can be planted on a line that has certificates at both ends. It must
not read what it passes on.
"""

import contextlib
import socket
import ssl
import threading


class Front:
    """Serves on a free port of this machine until `stop`."""

    def __init__(self, tls: ssl.SSLContext, behind: int) -> None:
        self._tls, self._behind = tls, behind
        self._listener = socket.create_server(("127.0.0.1", 0), backlog=64)
        self.port = int(self._listener.getsockname()[1])
        self._lock = threading.Lock()
        self._open: set[socket.socket] = set()
        self._threads: list[threading.Thread] = []
        self._acceptor = threading.Thread(target=self._accept, daemon=True)
        self._acceptor.start()

    def stop(self) -> None:
        """Close everything and wait for the threads."""
        with contextlib.suppress(OSError):
            self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._acceptor.join(5)
        with self._lock:
            left = list(self._open)
        for one in left:
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
        for thread in self._threads:
            thread.join(5)

    def _accept(self) -> None:
        while True:
            try:
                raw, _ = self._listener.accept()
            except OSError:
                return
            thread = threading.Thread(target=self._serve, args=(raw,), daemon=True)
            self._threads.append(thread)
            thread.start()

    def _serve(self, raw: socket.socket) -> None:
        with raw:
            raw.settimeout(20)
            try:
                outer = self._tls.wrap_socket(raw, server_side=True)
            except (OSError, ssl.SSLError):
                return
            with outer, socket.create_connection(("127.0.0.1", self._behind)) as inner:
                with self._lock:
                    self._open |= {outer, inner}
                back = threading.Thread(target=self._pump, args=(inner, outer), daemon=True)
                back.start()
                self._pump(outer, inner)
                back.join(20)
                with self._lock:
                    self._open -= {outer, inner}

    @staticmethod
    def _pump(source: socket.socket, target: socket.socket) -> None:
        """Everything from one to the other, until either has closed."""
        with contextlib.suppress(OSError, ssl.SSLError, ValueError):
            while data := source.recv(64 * 1024):
                target.sendall(data)
        for one in (source, target):
            with contextlib.suppress(OSError):
                socket.socket.shutdown(one, socket.SHUT_RDWR)
