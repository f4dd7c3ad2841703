"""A wire with a filter in it: a TCP proxy before a real server that changes, swallows or invents lines.

    def without_330(line: Line, wire: Wire) -> Iterable[str]:
        return () if line.verb == "330" else (line.raw,)

    wire = filtered(server.port, from_server=without_330)          # the fixture of tests/conftest.py
    bot = make_bot(server, ..., settings={"irc": {"port": wire.port}})

A filter is asked once for each line, in the order in which they come, and says which lines go on in its
place: `(line.raw,)` unchanged, `()` none, or any others; without line ends. It is also handed the connection
that the line came over, one `Wire` from its beginning to its end: a key for what a filter remembers about it,
and a way to say a line by itself (`wire.to_client(…)`, `wire.to_server(…)`). Such a line goes out at once: it
may overtake what the server still has to answer. Bytes that are no UTF-8 pass as they are.
"""

from __future__ import annotations

import contextlib
import socket
import threading
from collections.abc import Callable, Iterable
from datetime import UTC, datetime

from support.client import Line, parse


class Wire:
    """One connection through the filter."""

    def __init__(self, client: socket.socket, server: socket.socket) -> None:
        self.client = client
        self.server = server
        self._speaking = threading.Lock()

    def to_client(self, *lines: str) -> None:
        """Say these to whoever connected."""
        self._say(self.client, _joined(lines))

    def to_server(self, *lines: str) -> None:
        """Say these to the server."""
        self._say(self.server, _joined(lines))

    def cut(self) -> None:
        """End it, both ways at once."""
        for end in (self.client, self.server):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def pump(self, source: socket.socket, sink: socket.socket, filter_: Callable[[], Filter | None]) -> None:
        """Carry what comes from `source` to `sink`, by lines while there is a filter, until either ends."""
        rest = b""
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                asked = filter_()
                if asked is None:
                    self._say(sink, rest + data)
                    rest = b""
                    continue
                at = datetime.now(UTC)
                *lines, rest = (rest + data).split(b"\n")
                for raw in lines:
                    line = parse(raw.rstrip(b"\r").decode("utf-8", "surrogateescape"), at)
                    self._say(sink, _joined(asked(line, self)))
        self.cut()

    def _say(self, end: socket.socket, data: bytes) -> None:
        with self._speaking, contextlib.suppress(OSError):
            end.sendall(data)


def _joined(lines: Iterable[str]) -> bytes:
    return "".join(f"{line}\r\n" for line in lines).encode("utf-8", "surrogateescape")


Filter = Callable[[Line, Wire], Iterable[str]]


class Filtered:
    """Listens on `port` and connects each who comes to `server_port`; every line goes through its filter.

    Without a filter bytes pass as they are, whatever they mean: two servers may agree to compress them.
    """

    host = "127.0.0.1"

    def __init__(
        self, server_port: int, *, from_server: Filter | None = None, from_client: Filter | None = None
    ) -> None:
        self.from_server = from_server  # both may be changed at any time: the next line meets the new one
        self.from_client = from_client
        self._server_port = server_port
        self._wires: list[Wire] = []
        self._whole = True
        self._changing = threading.Lock()
        self._listener = socket.create_server((self.host, 0))
        self.port: int = self._listener.getsockname()[1]
        threading.Thread(target=self._accept, name="filtered wire", daemon=True).start()

    def cut(self) -> None:
        """End every connection; whoever comes is hung up on, until `mend`."""
        with self._changing:
            self._whole = False
            wires, self._wires = self._wires, []
        for wire in wires:
            wire.cut()

    def mend(self) -> None:
        """Let people through again."""
        with self._changing:
            self._whole = True

    def close(self) -> None:
        """End everything."""
        self.cut()
        # A shutdown wakes the thread that waits in accept; a close alone would not.
        self._listener.shutdown(socket.SHUT_RDWR)
        self._listener.close()

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listener.accept()
                self._connect(client)

    def _connect(self, client: socket.socket) -> None:
        with self._changing:
            if not self._whole:
                client.close()
                return
            try:
                server = socket.create_connection((self.host, self._server_port))
            except OSError:  # it is down: whoever comes sees so
                client.close()
                return
            for end in (client, server):  # pass on at once what is short
                end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            wire = Wire(client, server)
            self._wires.append(wire)
        for pump in (
            lambda: wire.pump(client, server, lambda: self.from_client),
            lambda: wire.pump(server, client, lambda: self.from_server),
        ):
            threading.Thread(target=pump, name="filtered wire", daemon=True).start()
