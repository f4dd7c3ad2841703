"""TLS before a server that speaks none: a port that decrypts and passes on."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading


class TlsFront:
    """Listens on `port`, one connection after the other; a change of `context` counts from the next."""

    host = "127.0.0.1"

    def __init__(self, server_port: int, context: ssl.SSLContext) -> None:
        self.context = context
        self._server_port = server_port
        self._listener = socket.create_server((self.host, 0))
        self.port: int = self._listener.getsockname()[1]
        self._thread = threading.Thread(target=self._serve, name="TLS front", daemon=True)
        self._thread.start()

    def close(self) -> None:
        """Take no more; whoever is being served is served."""
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()
        self._thread.join()

    def _serve(self) -> None:
        while True:
            try:
                plain, _ = self._listener.accept()
            except OSError:
                return
            with plain, contextlib.suppress(OSError):
                self._pass_on(plain)

    def _pass_on(self, plain: socket.socket) -> None:
        with (
            self.context.wrap_socket(plain, server_side=True) as near,
            socket.create_connection((self.host, self._server_port)) as far,
        ):
            back = threading.Thread(target=_pump, args=(far, near))
            back.start()
            _pump(near, far)
            back.join()


def _pump(source: socket.socket, sink: socket.socket) -> None:
    """Everything from one socket to the other, until either is closed."""
    with contextlib.suppress(OSError):
        sink.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)  # pass on at once what is short
        while data := source.recv(65536):
            sink.sendall(data)
    with contextlib.suppress(OSError):
        sink.shutdown(socket.SHUT_RDWR)
