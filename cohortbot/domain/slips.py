"""Slips of the finger: unknown `!words` that were meant to be an answer, a sign-up, or a cry for help. Pure.

product.md section 3: a word of four letters or more (`dd` for `did` too), one letter or two swapped away.
"""

from __future__ import annotations

from cohortbot.domain.verbs import ANSWER_VERBS, BY_NAME

MENDED = (*ANSWER_VERBS, "join", "done", "help")
_SHORTEST = 4  # letters; shorter words are other bots', or chat
_SHORTER = frozenset({"dd"})
_VERBS = frozenset(name.split()[0] for name in BY_NAME)


def mended(text: str) -> str | None:
    """The line that `text`, said behind a `!`, was meant to be; None when it was meant as it stands."""
    first, _, rest = text.partition(" ")
    word = first.lower()
    if word in _VERBS or (len(word) < _SHORTEST and word not in _SHORTER):
        return None
    verb = next((verb for verb in MENDED if is_slip(word, verb)), None)
    return f"{verb} {rest.strip()}".strip() if verb is not None else None


def is_slip(word: str, verb: str) -> bool:
    """Whether `word` is `verb` with one letter wrong, missing or too many, or two neighbours swapped."""
    if abs(len(word) - len(verb)) > 1 or word == verb:
        return False
    at = next((at for at, pair in enumerate(zip(word, verb, strict=False)) if pair[0] != pair[1]), None)
    if at is None:  # one begins with all of the other
        return True
    left, meant = word[at:], verb[at:]
    return (
        left[1:] == meant[1:]
        or left[1:] == meant
        or left == meant[1:]
        or (left[:2] == meant[1::-1] and left[2:] == meant[2:])
    )
