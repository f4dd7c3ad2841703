"""An IRC client for tests, on a plain socket with its own parser: it shares nothing with the bot."""

from __future__ import annotations

import base64
import contextlib
import re
import socket
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest

_ESCAPES = {":": ";", "s": " ", "r": "\r", "n": "\n", "\\": "\\"}


@dataclass(frozen=True)
class Line:
    """One line from the server, as heard at `at` (aware UTC) and taken apart; `nick` is '' for a server's."""

    raw: str
    at: datetime
    tags: dict[str, str] = field(repr=False)
    source: str
    nick: str
    verb: str
    params: list[str]

    @property
    def target(self) -> str:
        """Whom a PRIVMSG or NOTICE is to, or the first parameter of any other line."""
        return self.params[0] if self.params else ""

    @property
    def text(self) -> str:
        """What was said, or the last parameter of any other line."""
        return self.params[-1] if self.params else ""


def parse(raw: str, at: datetime) -> Line:
    """Take one line apart, by https://modern.ircdocs.horse/#message-format and the IRCv3 message-tags."""
    rest = raw
    tags: dict[str, str] = {}
    source = ""
    if rest.startswith("@"):
        head, _, rest = rest[1:].partition(" ")
        for tag in head.split(";"):
            key, _, value = tag.partition("=")
            tags[key] = re.sub(r"\\(.?)", lambda m: _ESCAPES.get(m[1], m[1]), value)
    rest = rest.lstrip(" ")
    if rest.startswith(":"):
        source, _, rest = rest[1:].partition(" ")
    head, colon, trailing = rest.lstrip(" ").partition(" :")
    words = head.split()
    nick = source.partition("!")[0] if "!" in source else ""
    return Line(
        raw, at, tags, source, nick, words[0].upper() if words else "", words[1:] + [trailing] * bool(colon)
    )


class Client:
    """One connection of one person. Everything heard is kept; waiting looks at what has not been waited past.

    `wait_for` and `expect` share one place in what was heard, behind the line they found last, so that a
    second wait does not find the same line again; `mark()` moves that place to the present.
    """

    def __init__(
        self, host: str, port: int, nick: str, *, watch: Callable[[Line], None] = lambda _: None
    ) -> None:
        """Open the connection and say nothing yet; `watch` is called with every line that comes in."""
        self.nick = nick
        self.caps: set[str] = set()
        self._heard: list[Line] = []
        self._seen = 0
        self._closed = False
        self._changed = threading.Condition()
        self._watch = watch
        self._sending = threading.Lock()
        self._socket = socket.create_connection((host, port), timeout=10)
        self._socket.settimeout(None)
        self._reader = threading.Thread(target=self._read, name=f"client {nick}", daemon=True)
        self._reader.start()

    # Speaking

    def send(self, line: str) -> None:
        """One raw line, without its line end."""
        self.send_bytes(line.encode() + b"\r\n")

    def send_bytes(self, data: bytes) -> None:
        """Exactly these bytes."""
        with self._sending:
            self._socket.sendall(data)

    def say(self, target: str, text: str) -> None:
        """A PRIVMSG to a channel or a person."""
        self.send(f"PRIVMSG {target} :{text}")

    # Hearing

    def heard(self) -> list[Line]:
        """Everything the server sent so far, in its order."""
        with self._changed:
            return list(self._heard)

    def mark(self) -> None:
        """Let later waits look only at what comes from now on."""
        with self._changed:
            self._seen = len(self._heard)

    def wait_for(self, what: str | Callable[[Line], bool], timeout: float = 10.0) -> Line:
        """The next line that matches: a regular expression searched in the raw line, or a predicate.

        Fails the test after `timeout` seconds, or at once when the connection is closed, with the last
        lines heard.
        """
        line = self._find(what, timeout)
        if line is None:
            named = what if isinstance(what, str) else getattr(what, "__name__", repr(what))
            pytest.fail(f"{self.nick} waited {timeout:g} s for {named}\n{self.transcript()}")
        return line

    def expect(
        self,
        from_: str | None,
        target: str | None,
        *contains: str,
        timeout: float = 10.0,
        verb: str = "PRIVMSG",
    ) -> Line:
        """The next message by `from_` to `target` (None: anybody, anywhere), all of `contains` in its text.

        Nicks and targets are compared without case; invisible joiners in the text (U+2060) are not looked at.
        """
        wanted = [from_ and from_.lower(), target and target.lower()]

        def message(line: Line) -> bool:
            text = line.text.replace("\u2060", "")
            return (
                line.verb == verb
                and wanted[0] in (None, line.nick.lower())
                and wanted[1] in (None, line.target.lower())
                and all(part in text for part in contains)
            )

        line = self._find(message, timeout)
        if line is None:
            pytest.fail(
                f"{self.nick} waited {timeout:g} s for {verb} from {from_ or 'anybody'} to"
                f" {target or 'anywhere'} with {', '.join(map(repr, contains)) or 'any text'}\n"
                f"{self.transcript()}"
            )
        return line

    def said_by(self, nick: str, target: str | None = None) -> list[str]:
        """The texts of all PRIVMSGs heard from `nick` (to `target`, unless None), oldest first."""
        return [
            line.text
            for line in self.heard()
            if line.verb == "PRIVMSG" and line.nick.lower() == nick.lower() and target in (None, line.target)
        ]

    def heard_until(self, what: str | Callable[[Line], bool], timeout: float = 10.0) -> list[Line]:
        """Wait as `wait_for` does; all lines that it went past, the found one last.

        To show that somebody did not answer, ask them something else afterwards, and look at what came before
        that answer: a silence has no end to wait for.
        """
        with self._changed:
            start = self._seen
        self.wait_for(what, timeout)
        with self._changed:
            return self._heard[start : self._seen]

    def transcript(self, lines: int = 25) -> str:
        """The last lines heard, with their times, for a failure message."""
        last = self.heard()[-lines:]
        state = "the server closed the connection" if self._closed else "still connected"
        return "\n".join(
            [f"--- last {len(last)} lines that {self.nick} heard ({state}) ---"]
            + [f"{line.at:%H:%M:%S.%f} {line.raw}" for line in last]
        )

    # Being there

    def register(
        self,
        *,
        sasl: tuple[str, str] | None = None,
        caps: Iterable[str] = (),
        user: str | None = None,
        password: str | None = None,
    ) -> Client:
        """Log on, asking for `caps` as far as the server has them, by SASL PLAIN if an account is given.

        Returns when the server has welcomed us; self.caps are the capabilities granted.
        """
        self.introduce(sasl=sasl, caps=caps, user=user, password=password)
        return self.welcomed()

    def introduce(
        self,
        *,
        sasl: tuple[str, str] | None = None,
        caps: Iterable[str] = (),
        user: str | None = None,
        password: str | None = None,
    ) -> None:
        """Say all of a registration, without waiting for the welcome: many clients can do so side by side."""
        if password is not None:
            self.send(f"PASS {password}")
        wanted = {*caps, *(["sasl"] if sasl else [])}
        if wanted:
            self._negotiate(wanted)
        self.send(f"NICK {self.nick}")
        self.send(f"USER {user or 'tester'} 0 * :{self.nick}")
        if sasl:
            self._authenticate(*sasl)
        if wanted:
            self.send("CAP END")

    def welcomed(self, timeout: float = 20.0) -> Client:
        """Wait for the end of the welcome; takes over the nick that the server names."""
        self.nick = self.wait_for(lambda line: line.verb == "001", timeout).target
        self.wait_for(lambda line: line.verb in ("376", "422"), timeout)
        return self

    def offered(self) -> set[str]:
        """The capabilities that the server offers now (of `cap=value` only the name)."""
        self.send("CAP LS 302")
        names: set[str] = set()
        while True:
            line = self.wait_for(lambda line: line.verb == "CAP" and line.params[1] == "LS")
            names |= {cap.partition("=")[0] for cap in line.text.split()}
            if line.params[2] != "*":
                return names

    def join(self, *channels: str, timeout: float = 10.0) -> None:
        """Enter channels (`#c` or `#c key`), and wait to be in each."""
        for channel in channels:
            name = channel.partition(" ")[0].lower()
            self.send(f"JOIN {channel}")
            self.wait_for(
                lambda line, name=name: line.verb == "366" and line.params[1].lower() == name, timeout
            )

    def part(self, channel: str, reason: str = "") -> None:
        """Leave a channel, and wait to be out."""
        self.send(f"PART {channel} :{reason}")
        self.wait_for(lambda line: line.verb == "PART" and line.nick == self.nick)

    def change_nick(self, nick: str) -> None:
        """Take another nick, and wait for it."""
        self.send(f"NICK {nick}")
        self.wait_for(lambda line: line.verb == "NICK" and line.text == nick)
        self.nick = nick

    def identify(self, account: str, password: str) -> None:
        """Log in to NickServ, and wait until the server says so (900) or NickServ does."""
        self.say("NickServ", f"IDENTIFY {account} {password}")
        self.wait_for(r"^(:\S+ 900 |:NickServ\S* NOTICE .*(accepted|now identified|logged in))")

    def quit(self, reason: str = "bye") -> None:
        """Leave, and wait until the server has closed the connection."""
        try:
            self.send(f"QUIT :{reason}")
        except OSError:
            return self.close()
        self.wait_closed()
        return self.close()

    def wait_closed(self, timeout: float = 10.0) -> None:
        """Until the server has closed the connection."""
        with self._changed:
            closed = self._changed.wait_for(lambda: self._closed, timeout)
        if not closed:
            pytest.fail(f"{self.nick} is still connected after {timeout:g} s\n{self.transcript()}")

    def close(self) -> None:
        """Drop the connection without a word."""
        with contextlib.suppress(OSError):
            self._socket.shutdown(socket.SHUT_RDWR)
        self._socket.close()
        self._reader.join(5.0)

    # Within

    def _negotiate(self, wanted: set[str]) -> None:
        granted = wanted & self.offered()
        missing = {"sasl"} & wanted - granted
        if missing:
            pytest.fail(f"the server offers no SASL: are its services linked?\n{self.transcript()}")
        if not granted:
            return
        self.send(f"CAP REQ :{' '.join(sorted(granted))}")
        self.wait_for(lambda line: line.verb == "CAP" and line.params[1] == "ACK")
        self.caps = granted

    def _authenticate(self, account: str, password: str) -> None:
        self.send("AUTHENTICATE PLAIN")
        self.wait_for(lambda line: line.verb == "AUTHENTICATE")
        secret = base64.b64encode(f"{account}\0{account}\0{password}".encode()).decode()
        self.send(f"AUTHENTICATE {secret}")
        self.wait_for(lambda line: line.verb == "903")

    def _find(self, what: str | Callable[[Line], bool], timeout: float) -> Line | None:
        matches = (lambda line: re.search(what, line.raw) is not None) if isinstance(what, str) else what
        deadline = time.monotonic() + timeout
        with self._changed:
            place = self._seen
            while True:
                while place < len(self._heard):
                    place += 1
                    if matches(self._heard[place - 1]):
                        self._seen = place
                        return self._heard[place - 1]
                left = deadline - time.monotonic()
                if self._closed or left <= 0:
                    return None
                self._changed.wait(left)

    def _read(self) -> None:
        rest = b""
        try:
            while data := self._socket.recv(65536):
                at = datetime.now(UTC)
                *lines, rest = (rest + data).split(b"\n")
                self._take([parse(raw.rstrip(b"\r").decode(errors="replace"), at) for raw in lines])
        except OSError:
            pass
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _take(self, lines: list[Line]) -> None:
        for line in lines:
            self._watch(line)
            if line.verb == "PING":
                self.send(f"PONG :{line.text}")
        with self._changed:
            self._heard += lines
            self._changed.notify_all()
