"""What may stand in a public log: nothing off the record, no password, no hostmask, no channel key.

The road of a line into the log: `said` (for PRIVMSG and NOTICE; other verbs are translated by whoever reads
the wire, INVITE by nobody), then `publishable`, then `ChatLog.append`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import Literal

from cohortbot.chatlog.line import Action, Event, Kick, Message, Mode, Notice, Part, Quit
from cohortbot.chatlog.plain import plain

HIDDEN_MASK = "*!*@*"
REDACTED = "[redacted]"


@dataclass(frozen=True, slots=True)
class Public:
    """`event` may be published as it stands."""

    event: Event


@dataclass(frozen=True, slots=True)
class SecretRemoved:
    """A password was said aloud: `event` stands without it, and whoever said it must be told at once."""

    event: Event


@dataclass(frozen=True, slots=True)
class OffTheRecord:
    """The speaker asked for this not to be written."""


@dataclass(frozen=True, slots=True)
class ModeLetters:
    """Which mode letters take a parameter on a network: 005's CHANMODES and PREFIX.

    `lists` (type A) and `always` (B) take one, `on_set` (C) with `+` alone, `ranks` (of PREFIX) a nick.
    """

    lists: str = "beIq"
    always: str = "k"
    on_set: str = "lfjLH"
    ranks: str = "aohv"

    @classmethod
    def of_isupport(cls, chanmodes: str, prefix: str) -> ModeLetters:
        """From the values of 005's tokens, `beI,k,l,imnpst` and `(ov)@+`."""
        lists, always, on_set = [*chanmodes.split(","), "", "", ""][:3]
        return cls(lists, always, on_set, prefix.partition(")")[0].removeprefix("("))


_USUAL_LETTERS = ModeLetters()


def said(
    verb: Literal["PRIVMSG", "NOTICE"],
    nick: str,
    target: str,
    text: str,
    *,
    channel_types: str = "#&",
    status_prefixes: str = "~&@%+",
) -> Message | Action | Notice | None:
    """What PRIVMSG or NOTICE said to a whole channel; None for all else.

    All else: a person as target, a part of a channel (`@#cohort-deploy`), CTCP but ACTION. `text` is as
    decoded from the wire; `channel_types` and `status_prefixes` are 005's CHANTYPES and STATUSMSG.
    """
    if not _is_whole_channel(target, channel_types, status_prefixes):
        return None
    if not text.startswith("\x01"):
        return Message(nick, plain(text)) if verb == "PRIVMSG" else Notice(nick, plain(text))
    command, _, words = text.strip("\x01").partition(" ")
    if verb == "PRIVMSG" and command.upper() == "ACTION":
        return Action(nick, plain(words))
    return None


def publishable(
    event: Event, off_record_prefix: str, letters: ModeLetters = _USUAL_LETTERS
) -> Public | SecretRemoved | OffTheRecord:
    """What of `event` may be published.

    A message, action or notice that starts with the prefix (any case, after blanks; an empty prefix is none)
    is off the record. A services command with a secret loses all after its verb. Masks and keys in modes
    are hidden, and of `nick!user@host` in a name's place the nick alone stays; an empty reason is none.
    """
    event = _without_hosts(event)
    match event:
        case Message() | Action() | Notice():
            text = plain(event.text)
            if off_record_prefix and text.lstrip().casefold().startswith(off_record_prefix.casefold()):
                return OffTheRecord()
            if (harmless := without_secret(text)) is not None:
                return SecretRemoved(replace(event, text=harmless))
            return Public(event if text == event.text else replace(event, text=text))
        case Part() | Quit() | Kick():
            reason = plain(event.text) if event.text else None
            return Public(replace(event, text=reason or None))
        case Mode():
            return Public(replace(event, text=public_modes(event.text, letters)))
        case _:
            return Public(event)


def _without_hosts(event: Event) -> Event:
    if event.nick is not None and "!" in event.nick:
        event = replace(event, nick=event.nick.partition("!")[0])
    if isinstance(event, Kick) and "!" in event.by:
        event = replace(event, by=event.by.partition("!")[0])
    return event


def _is_whole_channel(target: str, channel_types: str, status_prefixes: str) -> bool:
    """Whether everybody in a channel hears what is said to `target`; where `&#c` may mean two things, no."""
    if len(target) > 1 and target[0] in status_prefixes and target[1] in channel_types:
        return False
    return target != "" and target[0] in channel_types


_SERVICE = r"nickserv(?:@\S+)?"
_SENDING = r"(?:msg|m|query|squery|quote|raw|(?:(?:quote|raw)\s+)?privmsg)"
# Words that are surely no password, whatever is typed after `/msg NickServ`.
_VERBS = (
    r"(?:identify|id|login|logout|register|verify|confirm|ghost|regain|recover|release|group|set|saset"
    r"|setpass|sendpass|resetpass|drop|cert|access|alist|info|list|status|acc|update|help)"
)
_COMMANDS_WITH_SECRETS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        rf"(\s*/?{_SENDING}\s+{_SERVICE}:?(?:\s+:?{_VERBS}(?=\s|$))?)(\s+\S.*)?\s*",
        rf"(\s*/(?:ns|nickserv)(?:\s+{_VERBS}(?=\s|$))?)(\s+\S.*)?\s*",
        rf"(\s*{_SERVICE}[:,]?\s+identify)(\s+\S.*)",
        rf"(\s*{_SERVICE}[:,]?\s+id)((?:\s+\S+){{1,2}}\s*)",
        r"(\s*/?identify)((?:\s+\S+){1,2}\s*)",
    )
)


def without_secret(text: str) -> str | None:
    """`text` with all after the verb as `[redacted]`, if it reads as a services command with a secret.

    `[/]msg NickServ …`, `/ns …`, `NickServ identify …`, or `identify` and one or two words alone; blanks
    before do not matter. All other text: None. Where the word after `NickServ` is no verb of services it
    may be the secret itself and goes too; a verb with nothing behind it is no secret.
    """
    for command in _COMMANDS_WITH_SECRETS:
        found = command.fullmatch(text)
        if found and found[2]:
            return f"{found[1]} {REDACTED}"
    return None


def public_modes(change: str, letters: ModeLetters = _USUAL_LETTERS) -> str:
    """A mode change without masks and keys: `+bk *!*@h.example word` → `+bk *!*@* *`.

    Parameters of `b`, `e`, `I`, `q` (unless `q` is a rank and means a nick) and whatever looks like a
    hostmask become `*!*@*`, those of `k` become `*`. Where letters and parameters do not match up, nobody
    can say which is the key: all of them become `*`.
    """
    words = change.split()
    if not words:
        return change
    flags, parameters = words[0], words[1:]
    takers = _takers(flags, letters)
    if len(takers) != len(parameters):
        takers = ["k"] * len(parameters)
    hidden = (_hidden(letter, word, letters) for letter, word in zip(takers, parameters, strict=True))
    return " ".join([flags, *hidden])


def _takers(flags: str, letters: ModeLetters) -> list[str]:
    """The letters of `flags` that take a parameter, in their order."""
    always = letters.lists + letters.always + letters.ranks + "k"
    takers, sign = [], "+"
    for letter in flags:
        if letter in "+-":
            sign = letter
        elif letter in always or (letter in letters.on_set and sign == "+"):
            takers.append(letter)
    return takers


def _hidden(letter: str, word: str, letters: ModeLetters) -> str:
    if letter == "k":
        return "*"
    if (letter in "beIq" and letter not in letters.ranks) or "!" in word or "@" in word:
        return HIDDEN_MASK
    return word
