"""How each make of services wants to be spoken to: the lines that an operator pastes, in its own syntax."""

from __future__ import annotations

from dataclasses import dataclass

ENTRY_MESSAGE = "This channel is logged and read by {nick}; say !help to it."


@dataclass(frozen=True, slots=True)
class Services:
    """One make of services: lines to type, in order, with `{channel}`, `{nick}` and `{text}` to fill in.

    `version` is what its answer to VERSION (351) begins with, in lower case. `after` says in words what
    registering an account takes besides, a line each. `voice` gives a voice on every entering, for good.
    """

    version: str
    register: tuple[str, ...]
    after: tuple[str, ...]
    found: str
    voice: tuple[str, ...]
    entry: str

    def voice_lines(self, channel: str, nick: str) -> list[str]:
        return [line.format(channel=channel, nick=nick) for line in self.voice]

    def entry_line(self, channel: str, nick: str) -> str:
        """Greets everybody who comes in with the words that the channel is logged."""
        return self.entry.format(channel=channel, text=ENTRY_MESSAGE.format(nick=nick))

    def channel_lines(self, channel: str, nick: str) -> list[str]:
        """What the founder types, to give a new channel to the bot."""
        lines = (f"/join {channel}", self.found.format(channel=channel))
        return [*lines, *self.voice_lines(channel, nick), self.entry_line(channel, nick)]


# What most networks run (https://anope.org).
ANOPE = Services(
    version="anope",
    register=("/msg NickServ REGISTER <password> <e-mail>",),
    after=("Some networks send a mail with one more line to type.",),
    found="/msg ChanServ REGISTER {channel}",
    voice=("/msg ChanServ VOP {channel} ADD {nick}",),
    entry="/msg ChanServ ENTRYMSG {channel} ADD {text}",
)

# What Libera runs (https://libera.chat/guides/registration). The mail spells out the second line.
ATHEME = Services(
    version="atheme",
    register=(
        "/msg NickServ REGISTER <password> <e-mail>",
        "/msg NickServ VERIFY REGISTER {nick} <code from the mail>",
    ),
    after=(),
    found="/msg ChanServ REGISTER {channel}",
    voice=("/msg ChanServ FLAGS {channel} {nick} +Vi",),
    entry="/msg ChanServ SET {channel} ENTRYMSG {text}",
)

# OFTC's own (https://www.oftc.net/Services/, and HELP of its ChanServ).
OFTC = Services(
    version="oftc",
    register=("/msg NickServ REGISTER <password> <e-mail>",),
    after=(
        "Within the hour open the link that NickServ answers with: it verifies the account",
        "(/msg NickServ REVERIFY gives another).",
    ),
    found="/msg ChanServ REGISTER {channel} <description>",
    voice=("/msg ChanServ ACCESS {channel} ADD {nick} MEMBER", "/msg ChanServ SET {channel} AUTOVOICE ON"),
    entry="/msg ChanServ SET {channel} ENTRYMSG {text}",
)

_MAKES = (ANOPE, ATHEME, OFTC)


def make_of(version: str) -> Services | None:
    """The make that names itself so in its answer to VERSION, None for one that we do not know.

    OFTC has its own: the network's name will do where it does not answer.
    """
    lowered = version.lower()
    return next((make for make in _MAKES if lowered.startswith(make.version)), None)
