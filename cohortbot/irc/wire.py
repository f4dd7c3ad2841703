"""One line of the IRC protocol: taken apart, and built without a way to smuggle in a second one."""

from __future__ import annotations

import logging
import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType

from cohortbot.chatlog.plain import decode

log = logging.getLogger(__name__)

_LONGEST_MSGID = 255  # characters; longer ones are no names that anybody will ask for
MAX_LINE = 510  # bytes before CR LF, RFC 2812 section 2.3; tags are counted apart

_NO_TAGS: Mapping[str, str] = MappingProxyType({})
_TAG_ESCAPES = {":": ";", "s": " ", "\\": "\\", "r": "\r", "n": "\n"}  # IRCv3 message-tags, "Escaping values"
_ESCAPE = re.compile(r"\\(.?)", re.DOTALL)
_LINE_ENDS = re.compile(r"[\r\n\0]+")


@dataclass(frozen=True, slots=True)
class Message:
    """A line taken apart, each part as it was sent; `source` is '' where there was none."""

    tags: Mapping[str, str]
    source: str
    verb: str
    params: tuple[str, ...]

    @property
    def nick(self) -> str:
        """Who sent it, a nick or a server: of `nick`, `nick!user`, `nick@host`, `nick!user@host`."""
        return self.source.partition("!")[0].partition("@")[0]

    @property
    def mask(self) -> str:
        """The `user@host` of the source, '' for a server or where no user was sent."""
        return self.source.partition("!")[2]

    def param(self, index: int) -> str:
        """One parameter, '' where the server sent fewer."""
        return self.params[index] if index < len(self.params) else ""

    @property
    def msgid(self) -> str | None:
        """The server's name for this message; None without one."""
        name = self.tags.get("msgid", "")
        return name if 0 < len(name) <= _LONGEST_MSGID else None

    @property
    def text(self) -> str:
        """The last parameter, '' where there is none."""
        return self.params[-1] if self.params else ""


def read(line: bytes) -> Message | None:
    """A line from a server as everybody here follows it: `parse`, and the verb in capitals."""
    message = parse(line)
    if message is None or message.verb == message.verb.upper():
        return message
    return replace(message, verb=message.verb.upper())


def parse(line: bytes | str) -> Message | None:
    """Take one line apart, with or without its line end; None where it has no verb. Never raises.

    Spaces between parts may be any number; NULs are left out. Tag values are unescaped, of a tag given twice
    the last counts. Bytes are read as the channel log reads them: UTF-8, else Windows-1252.
    By https://modern.ircdocs.horse/#message-format.
    """
    if isinstance(line, bytes):
        line = decode(line)
    line = line.rstrip("\r\n")
    if "\0" in line:
        line = line.replace("\0", "")
    tags = _NO_TAGS
    source = ""
    rest = line.lstrip(" ")
    if rest.startswith("@"):
        head, _, rest = rest[1:].partition(" ")
        tags = _tags(head)
        rest = rest.lstrip(" ")
    if rest.startswith(":"):
        source, _, rest = rest[1:].partition(" ")
    head, colon, trailing = rest.partition(" :")
    words = head.split(" ")
    if "" in words:
        words = [word for word in words if word]
    if not words or words[0].startswith((":", "@")):
        return None
    if colon:
        words.append(trailing)
    return Message(tags, source, words[0], tuple(words[1:]))


def _tags(head: str) -> Mapping[str, str]:
    tags: dict[str, str] = {}
    for tag in head.split(";"):
        key, _, value = tag.partition("=")
        if "\\" in value:
            value = _ESCAPE.sub(lambda found: _TAG_ESCAPES.get(found[1], found[1]), value)
        if key:
            tags[key] = value
    return tags


def build(verb: str, *middle: str, text: str | None = None) -> bytes:
    """One line to send, with its CR LF: the verb, parameters without spaces, and `text` as the last one.

    CR, LF and NUL become a space in `text`; a middle parameter is cut at the first of them, or at a space,
    and an empty one is left out. What is over MAX_LINE bytes is cut off, never inside a character: `cut` is
    what makes texts fit, this only keeps the promise.
    """
    words = [verb, *(word for word in map(_word, middle) if word)]
    line = " ".join(words)
    if text is not None:
        line = f"{line} :{_LINE_ENDS.sub(' ', text)}"
    data = line.encode("utf-8", "replace")
    if len(data) > MAX_LINE:
        data = data[:MAX_LINE].decode("utf-8", "ignore").encode()
    return data + b"\r\n"


def _word(text: str) -> str:
    return re.split(r"[\r\n\0 ]", text.lstrip(" :"), maxsplit=1)[0]


class Lines:
    """Bytes as they come from a socket, cut at line feeds; a line over `longest` bytes is passed over."""

    def __init__(self, longest: int = 16_384) -> None:  # tags may have 8,191 bytes; the rest 512
        self._longest = longest
        self._rest = b""
        self._skipping = False

    def feed(self, data: bytes) -> list[bytes]:
        """The lines that `data` completes, in their order, without line feeds."""
        *lines, self._rest = (self._rest + data).split(b"\n")
        if lines and self._skipping:
            del lines[0]
            self._skipping = False
        if len(self._rest) > self._longest:
            self._rest = b""
            if not self._skipping:
                self._told()
            self._skipping = True
        fit = [line for line in lines if len(line) <= self._longest]
        if len(fit) < len(lines):
            self._told()
        return fit

    def _told(self) -> None:
        log.warning("a line of more than %d bytes is passed over", self._longest)


def plain_line(message: Message) -> str:
    """The message as one clean line without tags: single spaces, the last parameter behind a colon."""
    source = f":{message.source} " if message.source else ""
    if not message.params:
        return f"{source}{message.verb}"
    *middle, last = message.params
    return " ".join([f"{source}{message.verb}", *middle, f":{last}"])
