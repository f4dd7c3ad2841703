"""A server of the test's own that speaks bytes: it says exactly what a test wants, right or wrong."""

from __future__ import annotations

import contextlib
import socket
import ssl
import threading
from collections.abc import Callable

from support.processes import wait_until

CAPS = "account-tag account-notify extended-join server-time message-tags echo-message batch cap-notify"


class ByteServer:
    """One connection at a time. It lets the bot in, joins it to what it asks for, answers PINGs, and no more.

    `offers` are the capabilities, all granted; `isupport` the 005 tokens; with `secured` it speaks TLS.
    """

    host = "127.0.0.1"

    def __init__(
        self,
        offers: str = CAPS,
        isupport: str = "CASEMAPPING=ascii CHANTYPES=# WHOX BOT=B",
        secured: ssl.SSLContext | None = None,
    ) -> None:
        self.offers = offers
        self.isupport = isupport
        self.secured = secured
        self.greeting = b""  # what it says, unasked, to whoever connects
        self.connections = 0
        self.grants = True  # or leaves what is asked for to the test
        self.welcomes = True  # or leaves the bot waiting for its welcome
        self._listener = socket.create_server((self.host, 0))
        self.port: int = self._listener.getsockname()[1]
        self._heard: list[str] = []
        self._socket: socket.socket | None = None
        self._nick = "*"
        threading.Thread(target=self._serve, name="byte server", daemon=True).start()

    def send(self, data: bytes | str) -> None:
        """Exactly these bytes; text gets a line end."""
        assert self._socket is not None
        self._socket.sendall(data if isinstance(data, bytes) else data.encode() + b"\r\n")

    def heard(self, start: str = "") -> list[str]:
        """All lines that begin so, oldest first."""
        return [line for line in list(self._heard) if line.startswith(start)]

    def wait_for(self, start: str, count: int = 1, timeout: float = 10.0) -> str:
        """The `count`th line that begins so, once it has come."""

        def came() -> str | None:
            found = self.heard(start)
            return found[count - 1] if len(found) >= count else None

        found = wait_until(came, f"{start!r}", timeout, lambda: "\n".join(self._heard[-20:]))
        assert found is not None
        return found

    def settle(self, timeout: float = 10.0) -> None:
        """Until the bot has taken in all that was sent."""
        token = f"settle-{len(self._heard)}"
        self.send(f"PING :{token}")
        self.wait_for(f"PONG :{token}", timeout=timeout)

    def drop(self) -> None:
        """Close the present connection."""
        assert self._socket is not None
        self._socket.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        self._listener.close()
        if self._socket is not None:
            self._socket.close()

    def _serve(self) -> None:
        while True:
            try:
                connection, _ = self._listener.accept()
            except OSError:
                return
            self.connections += 1
            with contextlib.suppress(OSError):  # also every refusal of our certificate
                if self.secured is not None:
                    connection = self.secured.wrap_socket(connection, server_side=True)
                self._socket = connection
                connection.sendall(self.greeting)
                self._talk(connection)

    def _talk(self, connection: socket.socket) -> None:
        rest = b""
        while data := connection.recv(65536):
            *lines, rest = (rest + data).split(b"\r\n")
            for line in lines:
                self._heard.append(line.decode(errors="replace"))
                self._answer(self._heard[-1])

    def _answer(self, line: str) -> None:
        verb, _, rest = line.partition(" ")
        answer: Callable[[str], None] | None = getattr(self, f"_on_{verb.lower()}", None)
        if answer:
            answer(rest)

    def _on_cap(self, rest: str) -> None:
        what, _, names = rest.partition(" ")
        if what == "LS" and self.grants:
            self.send(f":srv CAP * LS :{self.offers}")
        elif what == "REQ" and self.grants:
            self.send(f":srv CAP * ACK {names}")
        elif what == "END":
            self._welcome()

    def _on_nick(self, nick: str) -> None:
        self._nick = nick

    def _on_user(self, _: str) -> None:
        if not self.offers:
            self._welcome()

    def _on_ping(self, token: str) -> None:
        self.send(f":srv PONG srv :{token.removeprefix(':')}")

    def _on_join(self, channels: str) -> None:
        for channel in channels.split(" ")[0].split(","):
            self.send(f":{self._nick}!~bot@bot.example JOIN {channel} * :bot")
            self.send(f":srv 353 {self._nick} = {channel} :{self._nick}")
            self.send(f":srv 366 {self._nick} {channel} :End")

    def _welcome(self) -> None:
        if not self.welcomes:
            return
        self.send(f":srv 001 {self._nick} :Welcome")
        self.send(f":srv 005 {self._nick} {self.isupport} :are supported by this server")
        self.send(f":srv 422 {self._nick} :No MOTD")
