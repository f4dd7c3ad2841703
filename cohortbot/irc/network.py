"""What a server has said about itself on this connection: its 005 tokens and the capabilities it granted."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

from cohortbot.chatlog.discretion import ModeLetters
from cohortbot.domain.casemap import Casemapping, fold, mapping_named
from cohortbot.irc import wire

_USUAL_PREFIX = "(ov)@+"
_JOIN_AT_ONCE = 8  # channels in one JOIN where the server names no TARGMAX
_MOST_TOKENS = 500  # of 005; real servers have about 50
_SHORTEST_LINE = 256  # bytes: of a LINELEN below this nothing would be left for words
_LONG_NAME = 200  # characters: longer names are folded anew each time and take no memory
_ESCAPE = re.compile(r"\\x([0-9A-Fa-f]{2})")  # draft-hardy-irc-isupport, section 3
_PREFIX = re.compile(r"\(([A-Za-z]*)\)(\S*)")


class Network:
    """Filled by `isupport` and by whoever negotiates capabilities; empty when a connection begins."""

    def __init__(self) -> None:
        self.server = ""  # the name of the one that we are on
        self.tokens: dict[str, str] = {}
        self.offered: dict[str, str] = {}  # capability -> its value, '' without one
        self.caps: set[str] = set()  # granted
        self._mapping = mapping_named(None)
        self._mapping_told = False
        self._mode_letters = ModeLetters()

    def isupport(self, message: wire.Message) -> None:
        """Take in a 005: `:server 005 nick TOKEN TOKEN=value -TOKEN :are supported by this server`.

        Of the casemapping the first word counts: everybody we know is kept under it.
        """
        for token in message.params[1:-1]:
            key, _, value = token.partition("=")
            if key.startswith("-"):
                self.tokens.pop(key[1:].upper(), None)
            elif len(self.tokens) < _MOST_TOKENS or key.upper() in self.tokens:
                self.tokens[key.upper()] = _ESCAPE.sub(lambda found: chr(int(found[1], 16)), value)
        if not self._mapping_told and "CASEMAPPING" in self.tokens:
            self._mapping = mapping_named(self.tokens["CASEMAPPING"])
            self._mapping_told = True
        if "CHANMODES" in self.tokens:
            self._mode_letters = ModeLetters.of_isupport(self.tokens["CHANMODES"], self._prefix)

    @property
    def casemapping(self) -> Casemapping:
        return self._mapping

    def fold(self, name: str) -> str:
        """A nick or channel as this server's casemapping lowers it."""
        return (_folded if len(name) <= _LONG_NAME else fold)(name, self._mapping)

    def is_channel(self, target: str) -> bool:
        return target[:1] in self.channel_types and bool(target)

    @property
    def channel_types(self) -> str:
        return self.tokens.get("CHANTYPES", "#&")

    @property
    def status_prefixes(self) -> str:
        """What may stand before a channel to reach only a part of it, `@#cohort-deploy`."""
        return self.tokens.get("STATUSMSG", "~&@%+")

    @property
    def ranks(self) -> dict[str, str]:
        """Prefix -> mode letter of what somebody may be in a channel, the highest first: `@` -> `o`."""
        letters, _, prefixes = self._prefix.removeprefix("(").partition(")")
        return dict(zip(prefixes, letters, strict=False))

    @property
    def _prefix(self) -> str:
        """PREFIX, `(ov)@+`; the usual one where the server names none that can be read."""
        prefix = self.tokens.get("PREFIX", _USUAL_PREFIX)
        found = _PREFIX.fullmatch(prefix)
        fits = found is not None and len(found[1]) == len(found[2])
        return prefix if fits or not prefix else _USUAL_PREFIX

    @property
    def mode_letters(self) -> ModeLetters:
        return self._mode_letters

    @property
    def whox(self) -> bool:
        return "WHOX" in self.tokens

    @property
    def bot_flag(self) -> str:
        """The letter that marks a bot in WHO flags and is its user mode (IRCv3 bot mode), '' without."""
        return self.tokens.get("BOT", "")

    @property
    def line_length(self) -> int:
        """Bytes of a line as others receive it, without its line end; never more than `wire.build` makes."""
        length = _number(self.tokens.get("LINELEN", ""))
        return min(length - 2, wire.MAX_LINE) if length >= _SHORTEST_LINE else wire.MAX_LINE

    @property
    def joins_at_once(self) -> int:
        """How many channels one JOIN may name."""
        limits = dict(_pairs(self.tokens.get("TARGMAX", "").split(",")))
        limit = limits.get("JOIN", "")
        return max(1, min(_number(limit), _JOIN_AT_ONCE)) if limit else _JOIN_AT_ONCE

    @property
    def channel_limits(self) -> list[tuple[str, int]]:
        """How many channels one may be in, by the characters that their names begin with, where limited."""
        pairs = (item.partition(":") for item in self.tokens.get("CHANLIMIT", "").split(","))
        return [(types, int(most)) for types, _, most in pairs if most.isdigit() and int(most) > 0]

    @property
    def names_accounts(self) -> bool:
        """Whether each line says which account its speaker is logged in to: account-tag."""
        return "account-tag" in self.caps

    @property
    def tells_accounts(self) -> bool:
        """Whether this network names accounts at all: by a capability granted, or in WHOX."""
        return self.whox or not {"account-tag", "account-notify", "extended-join"}.isdisjoint(self.caps)

    @property
    def follows_accounts(self) -> bool:
        """Whether logins and logouts of people in our channels are announced."""
        return {"account-notify", "extended-join"} <= self.caps


def mode_changes(params: Sequence[str], letters: ModeLetters) -> Iterator[tuple[str, str, str]]:
    """A MODE's changes, in their order: sign, letter, and its parameter ('' for a letter that takes none)."""
    flags, *rest = params or [""]
    sign = "+"
    for letter in flags:
        if letter in "+-":
            sign = letter
            continue
        takes = letter in letters.lists + letters.always + letters.ranks
        takes = takes or (sign == "+" and letter in letters.on_set)
        yield sign, letter, rest.pop(0) if takes and rest else ""


_folded = lru_cache(maxsize=4096)(fold)


def _number(text: str) -> int:
    """A number that a server named; 0 for anything else, and for one that nobody can mean."""
    return int(text) if len(text) <= 6 and text.isascii() and text.isdigit() else 0


def _pairs(items: Iterable[str]) -> list[tuple[str, str]]:
    return [(key.upper(), value) for key, _, value in (item.partition(":") for item in items)]
