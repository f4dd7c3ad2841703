"""A network that names no account, as OFTC: filters for the wire between the bot and a real ircd-hybrid."""

from __future__ import annotations

from collections.abc import Iterable

from support.client import Line
from support.filtered import Wire

ACCOUNT_CAPABILITIES = frozenset({"account-tag", "account-notify", "extended-join"})


def names_no_account(line: Line, wire: Wire) -> Iterable[str]:  # noqa: ARG001
    """What the server says, without 330, without WHOX in 005, without capabilities that name accounts."""
    if line.verb == "330":
        return ()
    if line.verb == "005":
        return (_without(line.raw, {"WHOX"}),)
    if line.verb == "CAP":
        return (_without(line.raw, ACCOUNT_CAPABILITIES),)
    return (line.raw,)


def _without(raw: str, words: Iterable[str]) -> str:
    """The line without these words, whether or not a colon stands before them."""
    kept = [word for word in raw.split(" ") if word.removeprefix(":") not in words]
    return " ".join(kept)
