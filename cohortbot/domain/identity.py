"""Levels of proof, and whose a nick is. Pure (product.md section 5)."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from fnmatch import fnmatchcase

_BEHIND = re.compile(r"(?:[_`0-9]|\|[^|]*)+")


def stems(nick: str) -> tuple[str, ...]:
    """`nick`, then every shorter nick that it is with underscores, backquotes, digits or `|word` behind.

    >>> stems("anna_2")
    ('anna_2', 'anna_', 'anna')
    """
    shorter = (nick[:end] for end in range(len(nick) - 1, 0, -1) if _BEHIND.fullmatch(nick[end:]))
    return (nick, *shorter)


def made_up(nick: str, patterns: Sequence[str], fold: Callable[[str], str]) -> bool:
    """Whether `nick` is one that web clients make up (`identity.throwaway`, with `*` and `?`)."""
    return any(fnmatchcase(fold(nick), fold(pattern)) for pattern in patterns)


CLAIM_LETTERS = "bdfghklmnprstvz", "aeiou"
"""Consonants and vowels in turn: a claim word can be read aloud and typed on a phone."""


def claim_word(pick: Callable[[str], str]) -> str:
    """Twelve lower-case letters, about 37 bits with `secrets.choice` as `pick`."""
    return "".join(pick(CLAIM_LETTERS[place % 2]) for place in range(12))
