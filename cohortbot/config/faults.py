"""What can be wrong in a configuration, said so that it can be mended: key, value, what would be right."""

from __future__ import annotations

import reprlib
from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches

_SHORT = reprlib.Repr()
_SHORT.maxstring = _SHORT.maxother = 60


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that does not fit.

    `path` is the dotted key, "" for the file as a whole. `value` is the value as a person should see it
    (quoted, shortened), None where there is none to show: the key is missing, or it may hold a secret.
    `right` goes on from the value: "is not HH:MM".
    """

    path: str
    value: str | None
    right: str

    def __str__(self) -> str:
        said = self.right if self.value is None else f"{self.value} {self.right}"
        return f"{self.path}: {said}" if self.path else said

    def under(self, prefix: str) -> Fault:
        """The same fault, its path counted from further up."""
        return Fault(dotted(prefix, self.path), self.value, self.right)


class ConfigError(Exception):
    """A configuration, or one cohort's settings, that cannot be used: every fault there is.

    `source` is the file as the caller named it, None for settings that came from chat. The text has one
    line a fault.
    """

    def __init__(self, faults: Iterable[Fault], source: str | None = None) -> None:
        self.faults = tuple(faults)
        self.source = source
        start = "" if source is None else f"{source}: "
        super().__init__("\n".join(f"{start}{fault}" for fault in self.faults))


def dotted(*parts: str) -> str:
    """The parts that are not empty, joined by dots."""
    return ".".join(part for part in parts if part)


def shown(value: object) -> str:
    """A value as an error shows it: quoted if it is text, never longer than about 60 characters."""
    return _SHORT.repr(value)


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word most like `word`, whatever the case; None if none is near."""
    by_lower = {each.lower(): each for each in known}
    found = get_close_matches(word.lower(), by_lower, n=1, cutoff=0.6)
    return by_lower[found[0]] if found else None


def unknown_key(path: str, key: str, known: Iterable[str]) -> Fault:
    """The fault of a key that is not in the schema: the nearest that is, or else all of them.

    Its value is never shown: a mistyped `pasword` holds a password all the same.
    """
    names = sorted(known)
    close = nearest(key, names)
    return Fault(
        path,
        None,
        f"no such key; did you mean {close}?" if close else f"no such key; known are {', '.join(names)}",
    )
