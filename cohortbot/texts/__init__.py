"""Outcomes become sentences: the only prose that is shown to people on IRC."""

from __future__ import annotations

from dataclasses import dataclass

from cohortbot.domain import (
    absence,
    asking,
    checkins,
    hearing,
    helping,
    membership,
    mentoring,
    privacy,
    programme,
    reminding,
    reporting,
    running,
    solved,
)
from cohortbot.domain.message import Target, ToChannel, ToPerson
from cohortbot.service.outbox import Parcel
from cohortbot.service.reply import ChangePassword, DayDigest, Fault, OneMoment, PasswordNotKept, Reply
from cohortbot.texts import (
    about_absence,
    about_answers,
    about_asking,
    about_channels,
    about_checkins,
    about_helping,
    about_membership,
    about_mentoring,
    about_privacy,
    about_programme,
    about_reminding,
    about_reporting,
    about_running,
)
from cohortbot.texts import refusals as about_refusals
from cohortbot.texts.voice import Said, Voice

CHANNEL_LINES = 3  # per command in a channel: product.md, Manners


@dataclass(frozen=True, slots=True)
class Spoken:
    """One line to send; whoever sends it cuts it to the network's bytes."""

    to: Target
    text: str


def spoken(reply: Reply, voice: Voice) -> list[Spoken]:
    """The lines of a reply: in a channel the first begins with the asker's nick.

    More than three go to the asker privately, and the channel hears that they did.
    """
    said = words(reply.outcome, voice)
    match reply.to:
        case ToChannel(_, None):
            return [Spoken(reply.to, line) for line in said]
        case ToChannel(_, nick) if len(said) > CHANNEL_LINES:
            elsewhere = Spoken(reply.to, f"{nick}: that is {len(said)} lines, I told you privately")
            return [elsewhere, *(Spoken(ToPerson(nick or ""), line) for line in said)]
        case ToChannel(_, nick):
            first = [Spoken(reply.to, f"{nick}: {line}") for line in said[:1]]
            return first + [Spoken(reply.to, line) for line in said[1:]]
        case ToPerson():
            return [Spoken(reply.to, line) for line in said]


def posted(parcel: Parcel, voice: Voice) -> list[Spoken]:
    """The lines of something from the outbox; one whose first sending died begins by saying so.

    A prompt says something else the second time, which is true either way: its composer knows.
    """
    lines = spoken(Reply(parcel.to, parcel.outcome), voice)
    if not parcel.again or isinstance(parcel.outcome, checkins.RoundStillOpen) or not lines:
        return lines
    return [Spoken(lines[0].to, f"again, in case you missed it: {lines[0].text}"), *lines[1:]]


def words(outcome: Said, voice: Voice) -> list[str]:
    """The sentences of an outcome, a list item a line, without an address and uncut."""
    if isinstance(outcome, membership.Outcome):
        return about_membership.say(outcome, voice)
    if isinstance(outcome, reporting.Outcome):
        return about_reporting.say(outcome)
    if isinstance(outcome, running.Outcome):
        return about_running.say(outcome)
    if isinstance(outcome, absence.Outcome):
        return about_absence.say(outcome, voice)
    if isinstance(outcome, asking.Outcome):
        return about_asking.say(outcome, voice)
    if isinstance(outcome, checkins.Outcome):
        return about_checkins.say(outcome, voice)
    if isinstance(outcome, mentoring.Outcome):
        return about_mentoring.say(outcome, voice)
    if isinstance(outcome, helping.Outcome):
        return about_helping.say(outcome, voice)
    if isinstance(outcome, privacy.Outcome):
        return about_privacy.say(outcome, voice)
    if isinstance(outcome, solved.Outcome):
        return about_answers.say(outcome, voice)
    if isinstance(outcome, programme.Outcome):
        return about_programme.say(outcome, voice)
    if isinstance(outcome, hearing.Outcome):
        return about_channels.say(outcome, voice)
    if isinstance(outcome, reminding.Outcome):
        return about_reminding.say(outcome, voice)
    if isinstance(outcome, DayDigest):
        return [" · ".join(line for each in outcome.outcomes for line in words(each, voice))]
    if isinstance(outcome, OneMoment):
        return ["one moment, the database is not answering; I will be back on this"]
    if isinstance(outcome, ChangePassword):
        return [
            f"that looked like a password in {outcome.channel}: I did not write it down, but people saw it. "
            "Please change it now: /msg NickServ HELP SET PASSWORD"
        ]
    if isinstance(outcome, PasswordNotKept):
        return [
            "that looks like a password, so nothing was filed or kept; it belongs to NickServ alone "
            "(/msg NickServ HELP): change it if you have said it to others"
        ]
    if isinstance(outcome, Fault):
        return ["something broke on my side, so nothing was changed; whoever runs me can see it in my log"]
    return [about_refusals.say(outcome, voice)]


__all__ = ["Spoken", "Voice", "posted", "spoken", "words"]
