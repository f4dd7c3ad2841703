"""Lines of the demo's IRC server: bytes to a parsed line and back, tags and the 512-byte rule included.

Text is UTF-8 with `surrogateescape` throughout, so bytes of any other encoding pass through unharmed.
Parameters are split and masks are made by the `irc` package; numerics are its names.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence, Set
from dataclasses import dataclass
from datetime import datetime

from irc.events import codes
from irc.message import Arguments

MAX_BODY = 510  # bytes of a line without its tags, before CR LF: RFC 2812, section 2.3
MAX_TAGS = 8191  # bytes of a line's tags, "@" and the space included: IRCv3 message-tags

# Verbs whose last parameter is prose: it gets its colon even when it is a single word, as on real servers.
PROSE = frozenset({"PRIVMSG", "NOTICE", "TOPIC", "QUIT", "PART", "KICK", "ERROR"})

# Numerics that the `irc` package has no name for.
NUMERICS: dict[str, str] = {**codes, "whoisbot": "335", "inputtoolong": "417", "invalidkey": "525"}


@dataclass(frozen=True, slots=True)
class Line:
    """What a client sent: `verb` in upper case, and the client-only tags («+typing=active») as they came."""

    verb: str
    params: tuple[str, ...]
    client_tags: tuple[str, ...] = ()


def parse(raw: bytes) -> Line | None:
    """The line in `raw` (without its line end), or None where there is no verb.

    NULs and carriage returns are dropped; what follows the 510th byte after the tags is cut off; a source
    is ignored, since a client may only speak for itself. Never raises, whatever the bytes.
    """
    raw = raw.translate(None, b"\0\r")
    tags, rest = b"", raw
    if raw.startswith(b"@"):
        tags, _, rest = raw[1:].partition(b" ")
    text = _shortened(rest.lstrip(b" "), MAX_BODY).decode("utf-8", "surrogateescape")
    if text.startswith(":"):
        text = text.partition(" ")[2].lstrip(" ")
    verb, space, params = text.partition(" ")
    if not verb:
        return None
    return Line(verb.upper(), tuple(Arguments.from_group(space + params)), _client_only(tags))


def _client_only(tags: bytes) -> tuple[str, ...]:
    text = tags.decode("utf-8", "surrogateescape")
    return tuple(tag for tag in text.split(";") if tag.startswith("+") and len(tag) > 1)


@dataclass(frozen=True, slots=True)
class Event:
    """Something that happened, before it is known who is told: each recipient's capabilities decide the tags.

    `source` is a mask or the server's name; `account` is the source's, None while logged out;
    `msgid` is None for what is no message; `client_tags` are relayed as they came.
    """

    source: str
    verb: str
    params: tuple[str, ...]
    at: datetime
    account: str | None = None
    msgid: str | None = None
    bot: bool = False
    client_tags: tuple[str, ...] = ()

    def seen_with(self, caps: Set[str]) -> bytes:
        """The line with its CR LF as a client that negotiated `caps` receives it."""
        return _tag_group(self._tags(caps)) + compose(self.source, self.verb, self.params)

    def _tags(self, caps: Set[str]) -> list[str]:
        tags = []
        if "server-time" in caps:
            tags.append(f"time={self.at:%Y-%m-%dT%H:%M:%S}.{self.at.microsecond // 1000:03d}Z")
        if "account-tag" in caps and self.account:
            tags.append(f"account={self.account}")
        if "message-tags" not in caps:
            return tags
        if self.msgid:
            tags.append(f"msgid={self.msgid}")
        if self.bot:
            tags.append("bot")
        return [*tags, *self.client_tags]


def _tag_group(tags: Iterable[str]) -> bytes:
    group = ";".join(tags)
    return f"@{group} ".encode("utf-8", "surrogateescape") if group else b""


def compose(source: str | None, verb: str, params: Sequence[str]) -> bytes:
    """A line with its CR LF and without tags, cut to 512 bytes but not inside a character.

    Without a `source` it is a word about the connection itself (ERROR, AUTHENTICATE). What cannot stand in
    the middle of a line (a blank, a leading colon, nothing at all) is made to.
    """
    words = [_unbroken(word) for word in params[:-1]] + [_last(verb, word) for word in params[-1:]]
    body = " ".join([*([f":{source}"] if source else []), verb, *words]).encode("utf-8", "surrogateescape")
    return _shortened(body, MAX_BODY) + b"\r\n"


def _unbroken(word: str) -> str:
    return word.replace(" ", "_").lstrip(":") or "*"


def _last(verb: str, word: str) -> str:
    return f":{word}" if verb in PROSE or not word or " " in word or word.startswith(":") else word


def _shortened(body: bytes, limit: int) -> bytes:
    """At most `limit` bytes of `body`; a UTF-8 character that does not fit whole is left out."""
    if len(body) <= limit:
        return body
    end = limit
    # A character has at most three continuation bytes; more than that is no UTF-8 and may be cut anywhere.
    while end > limit - 3 and body[end] & 0xC0 == 0x80:
        end -= 1
    return body[:end]
