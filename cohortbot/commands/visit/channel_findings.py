"""What `check` says about the channels: may the bot enter, has it a voice, are newcomers let in and told."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase

from cohortbot.commands.finding import Finding, fault, note, ok
from cohortbot.commands.services import Services
from cohortbot.commands.visit.channels import Look
from cohortbot.domain.hearing import Why
from cohortbot.irc.network import Network

_LOGGED = re.compile(r"\blog(s|ged|ging|bot)?\b", re.IGNORECASE)


# The modes that let only identified people enter, and speak. On most servers r marks registered channels;
# Solanum and its forebears (https://libera.chat/guides/channelmodes) are known by what they call themselves.
_IDENTIFIED_ONLY = ("R", "M")
_IDENTIFIED_ONLY_ON_SOLANUM = ("r", "R")
_SOLANUM = ("solanum", "charybdis", "ircd-seven")


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What all channels of a network have in common, as far as the bot is concerned.

    `nick` and `mask` are the bot's. `software` is what the server calls itself (004); `services` their make,
    None where we do not know it; `services_down` whether they are missed; `as_the_bot` whether services take
    us for the bot. `proven_only` is whether the config itself asks everybody to identify; `site` the address
    of the logs.
    """

    network: Network
    nick: str
    mask: str
    software: str
    has_services: bool
    services: Services | None
    services_down: bool
    as_the_bot: bool
    proven_only: bool
    site: str


def findings(looks: Sequence[Look], around: Circumstances) -> Iterator[Finding]:
    """For each kind of thing one line if all is well, else one for each fault.

    What could not be looked at, because the bot cannot enter or log in, is no fault of the other kinds.
    """
    yield from _entering(looks, around)
    for about, well, judged, judge in (
        ("voice", "the bot has one in every channel that it can enter", _shows_voice, _voice),
        (
            "newcomers",
            "none are kept out or mute in the channels that the bot can enter",
            _shows_modes,
            _newcomers,
        ),
        (
            "logged",
            "topic or entry message says so in every channel that the bot can enter",
            _shows_greeting,
            _told,
        ),
    ):
        seen = [look for look in looks if look.seen and judged(look, around)]
        found = [finding for look in seen for finding in judge(look, around)]
        if seen:
            yield from found or [ok(about, well)]


def _shows_voice(look: Look, around: Circumstances) -> bool:
    """Services give a voice to whom they take for the bot."""
    return look.ranks is not None and (look.inside or around.as_the_bot)


def _shows_modes(look: Look, _: Circumstances) -> bool:
    return look.modes is not None


def _shows_greeting(look: Look, around: Circumstances) -> bool:
    """An entry message is told by services."""
    return not around.services_down or _says_so(look, around)


# Entering


def _entering(looks: Sequence[Look], around: Circumstances) -> Iterator[Finding]:
    found = [
        *_too_many(looks, around),
        *(fault("channels", why) for look in looks for why in _barred(look, around)),
    ]
    if found:
        yield from found
        return
    may = [look.channel.name for look in looks if look.seen]
    absent = [look.channel.name for look in looks if not look.there]
    said = [f"may be in {', '.join(may)}"] if may else []
    said += [f"not there yet, and left alone: {', '.join(absent)}"] if absent else []
    yield ok("channels", "; ".join(said) or "none are wanted")


def _too_many(looks: Sequence[Look], around: Circumstances) -> Iterator[Finding]:
    for types, most in around.network.channel_limits:
        wanted = [look for look in looks if look.channel.name[0] in types]
        if len(wanted) > most:
            yield fault(
                "channels",
                f"{len(wanted)} are wanted, the server allows {most} ({types}): ask its staff for more",
            )


def _barred(look: Look, around: Circumstances) -> Iterator[str]:
    """Why the bot cannot be in the channel, and what to type."""
    channel = look.channel.name
    ban = next((mask for mask in look.bans if _matches(mask, around)), None)
    if look.refusal is None:
        if ban is not None and look.inside:
            yield f"the bot is in {channel}, but banned ({ban}): /mode {channel} -b {ban}"
        elif look.there and not look.seen:
            yield f"the server neither lets us into {channel} nor says why: try again"
        return
    match look.why:
        case Why.FULL:
            yield f"{channel} is full (+l): /mode {channel} -l"
        case Why.INVITE_ONLY:
            let_in = f"+I {around.nick}!*@*, or -i" if "INVEX" in around.network.tokens else "-i"
            yield f"{channel} is for invited people (+i): /mode {channel} {let_in}"
        case Why.BANNED:
            yield f"the bot is banned from {channel}: /mode {channel} -b {ban or '<the mask that fits>'}"
        case Why.KEY if look.channel.setting is None:
            yield f"{channel} has a key, which only a cohort's channel may have: /mode {channel} -k <the key>"
        case Why.KEY:
            has = "has a key" if look.channel.key is None else "has another key"
            yield (
                f"{channel} {has}: give it to the bot by {look.channel.setting}channel_key, "
                f"or /mode {channel} -k <the key>"
            )
        case Why.REGISTERED_ONLY:
            yield f"{channel} is for identified people, and the bot is not: see login"
        case Why.SECURE_ONLY:
            yield f"{channel} is for people with TLS: see irc.tls"
        case Why.FORWARDED:
            yield f"{channel} sends the bot to {look.refusal.param(2)}: its operators have to let it in"
        case _:
            setting = look.channel.setting
            named = "irc.channels.extra" if setting is None else f"{setting}channel"
            yield f"the server refuses {channel} ({look.refusal.verb} {look.refusal.text}): see {named}"


def _matches(mask: str, around: Circumstances) -> bool:
    fold = around.network.fold
    return fnmatchcase(fold(around.mask), fold(mask).replace("[", "[[]"))


# Within


def _voice(look: Look, around: Circumstances) -> Iterator[Finding]:
    channel = look.channel.name
    if look.ranks:
        return
    if not around.has_services:
        yield note("voice", f"the bot has none in {channel}: /mode {channel} +v {around.nick}")
    elif around.services is None:
        yield fault("voice", f"the bot has none in {channel}: have ChanServ give it one whenever it enters")
    else:
        lines = " and ".join(around.services.voice_lines(channel, around.nick))
        yield fault("voice", f"the bot has none in {channel}: {lines}")


def _newcomers(look: Look, around: Circumstances) -> Iterator[Finding]:
    """By the modes; `r` and `R` say other things on other servers."""
    channel, modes = look.channel.name, look.modes or ""
    on_solanum = around.software.lower().startswith(_SOLANUM)
    enter, speak = _IDENTIFIED_ONLY_ON_SOLANUM if on_solanum else _IDENTIFIED_ONLY
    if "i" in modes and look.channel.public:
        yield fault("newcomers", f"{channel} is for invited people (+i): /mode {channel} -i")
    if enter in modes and not around.proven_only:
        yield fault("newcomers", f"{channel} is for identified people (+{enter}): /mode {channel} -{enter}")
    if speak in modes and not around.proven_only:
        yield fault(
            "newcomers", f"only identified people may speak in {channel} (+{speak}): /mode {channel} -{speak}"
        )
    if "m" in modes:
        yield fault("newcomers", f"{channel} is moderated, newcomers are mute (+m): /mode {channel} -m")


def _says_so(look: Look, around: Circumstances) -> bool:
    return any(_LOGGED.search(saying) or around.site in saying for saying in look.sayings)


def _told(look: Look, around: Circumstances) -> Iterator[Finding]:
    channel = look.channel.name
    if _says_so(look, around):
        return
    paste = f"/topic {channel} <your topic>, logged at {around.site}/logs/"
    if around.services is not None:
        paste = around.services.entry_line(channel, around.nick)
    if look.entered:
        yield fault("logged", f"neither topic nor entry message of {channel} says so: {paste}")
    else:
        yield note(
            "logged",
            f"the topic of {channel} does not say so; an entry message shows only to who enters: {paste}",
        )
