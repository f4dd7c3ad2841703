"""Lines to and from a server on a plain socket, one question after the other; PINGs are answered."""

from __future__ import annotations

import contextlib
import socket
from collections import deque
from collections.abc import Callable
from itertools import count

from cohortbot.clock import Clock
from cohortbot.irc import wire

ANSWER_WAIT = 30.0  # seconds for a server to deal with AT_ONCE lines; some take one a second
AT_ONCE = 6  # lines before we wait for the server: below every server's flood limit


class Closed(Exception):
    """The server ended the conversation; the text is its reason."""


class Conversation:
    """One connection. Whoever waits gets TimeoutError when it is over, Closed when the server hangs up."""

    def __init__(self, connection: socket.socket) -> None:
        self._socket = connection
        self._lines = wire.Lines()
        self._heard: deque[bytes] = deque()
        self._tokens = count()

    def say(self, verb: str, *middle: str, text: str | None = None) -> None:
        """Send one line; whether the server is still there shows at the next `hear`."""
        self._send(wire.build(verb, *middle, text=text))

    def hear(self, until: float) -> wire.Message:
        """The next line, if it comes before `until` (monotonic seconds)."""
        while True:
            while not self._heard:
                self._receive(until)
            message = wire.read(self._heard.popleft())
            if message is None:
                continue
            if message.verb == "PING":
                self.say("PONG", text=message.text)
            elif message.verb == "ERROR":
                raise Closed(message.text)
            else:
                return message

    def hear_for(self, seconds: float, end: Callable[[wire.Message], bool]) -> list[wire.Message]:
        """All lines until one that is the `end`, that one included, but for no longer than this."""
        heard: list[wire.Message] = []
        until = Clock.monotonic() + seconds
        with contextlib.suppress(TimeoutError):
            while not heard or not end(heard[-1]):
                heard.append(self.hear(until))
        return heard

    def ask(self, *lines: bytes) -> list[wire.Message]:
        """Say these, and hear all that the server says until it has dealt with them."""
        heard: list[wire.Message] = []
        for start in range(0, max(len(lines), 1), AT_ONCE):
            token = f"check-{next(self._tokens)}"
            self._send(b"".join([*lines[start : start + AT_ONCE], wire.build("PING", text=token)]))
            until = Clock.monotonic() + ANSWER_WAIT
            while (line := self.hear(until)).verb != "PONG" or line.text != token:
                heard.append(line)
        return heard

    def _send(self, lines: bytes) -> None:
        with contextlib.suppress(OSError):
            self._socket.sendall(lines)

    def _receive(self, until: float) -> None:
        left = until - Clock.monotonic()
        if left <= 0:
            raise TimeoutError
        self._socket.settimeout(left)
        try:
            data = self._socket.recv(65536)
        except TimeoutError:
            raise
        except OSError as error:
            raise Closed(error.strerror or str(error)) from None
        if not data:
            raise Closed("it closed the connection")
        self._heard += self._lines.feed(data)
