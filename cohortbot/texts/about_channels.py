"""Channels that the bot is not in, in words: for organizers, for the operator's log, for /status."""

from __future__ import annotations

from typing import assert_never

from cohortbot.domain.hearing import ChannelBack, ChannelLost, Outcome, Why
from cohortbot.texts.voice import Voice, at


def say(outcome: Outcome, voice: Voice) -> list[str]:
    match outcome:
        case ChannelLost(loss, zone):
            return [
                f"I am not in {loss.channel}, and its log hears nothing since {at(loss.since, zone)}: "
                f"{reason(loss.why)}; {mend(loss.why, loss.channel, voice.nick)}"
            ]
        case ChannelBack(loss, zone):
            since = at(loss.until or loss.since, zone)
            lacks = f"its log lacks what was said there from {at(loss.since, zone)} on"
            return [f"I am in {loss.channel} again since {since}; {lacks}: {reason(loss.why)}"]
        case _:
            assert_never(outcome)


def reason(why: Why) -> str:
    """Why we are not in a channel."""
    return _REASONS[why]


def mend(why: Why, channel: str, nick: str) -> str:
    """What lets `nick` in, and who can do it."""
    return _MENDS[why].format(channel=channel, nick=nick)


_REASONS = {
    Why.KICKED: "I was kicked out",
    Why.PUT_OUT: "somebody made me leave",
    Why.BANNED: "I am banned there",
    Why.KEY: "it has a key that I do not know",
    Why.INVITE_ONLY: "it is for the invited only",
    Why.REGISTERED_ONLY: "it is for those only whom services know, and they do not know me",
    Why.SECURE_ONLY: "it is for connections with TLS only",
    Why.FULL: "it is full",
    Why.TOO_MANY: "the server lets me into no more channels",
    Why.FORWARDED: "the server sends me to another channel in its place",
    Why.UNAVAILABLE: "the server keeps everybody out of it for a while",
    Why.REFUSED: "the server refuses it to me",
    Why.SILENT: "the server does not answer my JOIN",
}

_MENDS = {
    Why.KICKED: "I come back by myself, once a minute at most",
    Why.PUT_OUT: "I come back by myself, once a minute at most",
    Why.BANNED: "a channel operator lifts the ban (/mode {channel} -b MASK) or excepts me "
    "(/mode {channel} +e {nick}!*@*)",
    Why.KEY: "tell me its key (channel_key of its cohort, privately: cohort set SLUG channel_key KEY), "
    "or a channel operator takes it off (/mode {channel} -k KEY)",
    Why.INVITE_ONLY: "a channel operator lets me in (/invite {nick} {channel}), and for good with "
    "/mode {channel} +I {nick}!*@*",
    Why.REGISTERED_ONLY: "the operator of the bot lets it log in (irc.sasl or irc.nickserv), or a channel operator "
    "lifts that mode (/mode {channel} -r)",
    Why.SECURE_ONLY: "the operator of the bot sets irc.tls: true, or a channel operator lifts that mode",
    Why.FULL: "a channel operator raises its limit (/mode {channel} +l NUMBER, or -l)",
    Why.TOO_MANY: "the network's staff can raise that, or an organizer archives a cohort",
    Why.FORWARDED: "a channel operator lets me in: /mode {channel} +I {nick}!*@* where only the invited may "
    "enter, +e where others are banned",
    Why.UNAVAILABLE: "I keep trying",
    Why.REFUSED: "I keep trying; the operator of the bot finds the server's own words in its log",
    Why.SILENT: "I keep trying",
}
