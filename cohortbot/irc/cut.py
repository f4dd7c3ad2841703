"""Long texts cut into lines that fit the network's bytes, at words, never inside a character."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator

from cohortbot.irc import wire

# What joins on to the character before it, or joins the next one to it: a family emoji, an accent, a skin
# tone, and the mark that keeps a list of nicks from highlighting people.
_JOINERS = frozenset("\u200d\u2060\ufe0e\ufe0f\u20e3") | frozenset(map(chr, range(0x1F3FB, 0x1F400)))
_HANGING = frozenset("\u200d\u2060")


_LEAST = 100  # bytes: whoever bears a name that leaves less gets lines that are cut, but gets them


def room(mask: str, target: str, line_length: int = wire.MAX_LINE) -> int:
    """Bytes left for a text in `:mask PRIVMSG target :text` as others receive it from `nick!user@host`."""
    return max(_LEAST, line_length - len(f":{mask} PRIVMSG {target} :".encode("utf-8", "replace")))


def lines(text: str, size: int) -> list[str]:
    """`text` in pieces of at most `size` bytes, cut at blanks where there are any; [] for a blank text.

    A word longer than a line is cut between characters as people see them (an accent, a joined emoji stay
    with what they belong to), unless one of those alone is longer than a line.
    """
    pieces: list[str] = []
    line = ""
    for word in text.split():
        joined = f"{line} {word}" if line else word
        if _bytes(joined) <= size:
            line = joined
            continue
        if line:
            pieces.append(line)
        *full, line = _parts(word, size)
        pieces += full
    return [*pieces, line] if line else pieces


def _parts(word: str, size: int) -> list[str]:
    """A word cut into parts of at most `size` bytes each, at least one."""
    parts: list[str] = []
    part = ""
    for cluster in _fitting(word, size):
        if part and _bytes(part) + _bytes(cluster) > size:
            parts.append(part)
            part = ""
        part += cluster
    return [*parts, part]


def _fitting(word: str, size: int) -> Iterator[str]:
    """The clusters of a word; one that is longer than a line comes character by character."""
    for cluster in _clusters(word):
        if _bytes(cluster) <= size:
            yield cluster
        else:
            yield from cluster


def _clusters(word: str) -> Iterator[str]:
    """What people see as one character, roughly: close to UAX 29 for what chat holds, without its tables."""
    cluster = ""
    for char in word:
        if cluster and not (_joins(char) or cluster[-1] in _HANGING or _flag(cluster, char)):
            yield cluster
            cluster = ""
        cluster += char
    if cluster:
        yield cluster


def _joins(char: str) -> bool:
    return char in _JOINERS or unicodedata.category(char) in ("Mn", "Me", "Mc")


def _flag(cluster: str, char: str) -> bool:
    """Whether `char` is the second of two regional indicators, which make one flag."""
    return len(cluster) == 1 and all("\U0001f1e6" <= letter <= "\U0001f1ff" for letter in (cluster, char))


def _bytes(text: str) -> int:
    return len(text.encode("utf-8", "replace"))
