"""When two spellings are one nick or channel, and the invisible characters that keep nicks quiet."""

from __future__ import annotations

from string import ascii_lowercase, ascii_uppercase
from typing import Literal

Casemapping = Literal["ascii", "rfc1459", "strict-rfc1459"]

# draft-brocklesby-irc-isupport, CASEMAPPING: rfc1459 lowers ASCII 65-94 to 97-126, its strict form 65-93.
_LOWER: dict[str, dict[int, int]] = {
    "ascii": str.maketrans(ascii_uppercase, ascii_lowercase),
    "rfc1459": str.maketrans(ascii_uppercase + "[\\]^", ascii_lowercase + "{|}~"),
    "strict-rfc1459": str.maketrans(ascii_uppercase + "[\\]", ascii_lowercase + "{|}"),
}

WORD_JOINER = "\u2060"
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff"))


def mapping_named(advertised: str | None) -> Casemapping:
    """The casemapping that a server's 005 token means.

    None, no such token, is rfc1459, as the ISUPPORT draft says. A name that we do not know (rfc7613 …) is
    ascii: every mapping folds A-Z, and only the two named after RFC 1459 fold brackets, so this never makes
    one person of two whom the server tells apart by them.
    """
    match advertised:
        case None | "rfc1459":
            return "rfc1459"
        case "strict-rfc1459":
            return "strict-rfc1459"
        case _:
            return "ascii"


def fold(text: str, mapping: Casemapping) -> str:
    """`text`, a nick or a channel, as `mapping` lowers it; only ASCII changes (ä and Ä are two nicks)."""
    return text.translate(_LOWER[mapping])


def same(one: str, other: str, mapping: Casemapping) -> bool:
    """Whether the server takes both for one nick or one channel."""
    return fold(one, mapping) == fold(other, mapping)


def bare(text: str) -> str:
    """`text` without U+200B-200D, U+2060 and U+FEFF: what was meant by a nick copied from a quiet list."""
    return text.translate(_INVISIBLE)


def quiet(nick: str) -> str:
    """`nick` with a word joiner after its first character, so that naming it highlights nobody.

    `bare` takes it out again. The joiner costs three bytes of the line.
    """
    return nick[:1] + WORD_JOINER + nick[1:]
