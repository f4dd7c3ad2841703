"""A wire to PostgreSQL that breaks at the worst moment: after a COMMIT was done, before its answer comes."""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Iterator

_COMMIT = b"Q\x00\x00\x00\x0bCOMMIT\x00"  # a simple query, as libpq sends it


class LostAnswers:
    """A TCP proxy on `port`; `lose_next()` arms it for one COMMIT, over whichever connection it comes."""

    def __init__(self, server_port: int) -> None:
        self._server_port = server_port
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port: int = self._listener.getsockname()[1]
        self._armed = threading.Event()
        threading.Thread(target=self._accept, daemon=True).start()

    def lose_next(self) -> None:
        self._armed.set()

    def close(self) -> None:
        # A shutdown wakes the thread that waits in accept; a close alone would not.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                server = socket.create_connection(("127.0.0.1", self._server_port))
                cut = threading.Event()
                for source, sink in ((client, server), (server, client)):
                    threading.Thread(target=self._pump, args=(source, sink, cut), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, cut: threading.Event) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                if self._armed.is_set() and _COMMIT in data:
                    self._armed.clear()
                    cut.set()
                elif cut.is_set():
                    break  # the answer: the COMMIT is done, and nobody will hear of it
                sink.sendall(data)
        for end in (source, sink):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


@contextlib.contextmanager
def lost_answers(server_port: int) -> Iterator[LostAnswers]:
    wire = LostAnswers(server_port)
    try:
        yield wire
    finally:
        wire.close()
