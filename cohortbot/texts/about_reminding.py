"""Reminders and silence, in words."""

from __future__ import annotations

from typing import assert_never

from cohortbot.domain.casemap import quiet
from cohortbot.domain.dates import day_said
from cohortbot.domain.model import Role
from cohortbot.domain.reminding import (
    MentorAskedIfHere,
    MentorQuiet,
    NudgesSet,
    Outcome,
    QuoteFiled,
    QuoteLeft,
    Reminded,
    Reminder,
    RoundIsOpen,
    SeatPassedOn,
    StayAsked,
    Stays,
)
from cohortbot.texts.voice import Voice, at, count


def say(outcome: Outcome, voice: Voice) -> list[str]:
    match outcome:
        case Reminder():
            return [_reminder(outcome)]
        case RoundIsOpen(slug, number, closes_at, zone):
            until = at(closes_at, zone)
            return [
                f"{slug}: check-in {number} is open until {until}: what did you do? Say it here: «{slug} did …»"
            ]
        case Reminded():
            return [_reminded(outcome)]
        case NudgesSet(on):
            if on:
                return [
                    "you are reminded of check-ins now, twice at most and never at night; «nudges off» ends that"
                ]
            return ["you are not reminded of check-ins any more; «nudges on» changes that"]
        case QuoteFiled(slug, number, path):
            where = f": {voice.link(path)}" if path is not None else ""
            return [f"filed as what you did in {slug}, round {number}{where}; «undo» takes it back"]
        case QuoteLeft(slug, number):
            return [f"it was not filed; «{slug} did …» answers round {number} in your own words"]
        case StayAsked(slug, rounds, more):
            return [
                f"{slug}: nothing was heard from you for {count(rounds, 'round')}, and that is fine if you are still "
                f"there: «stay {slug}» keeps your place, «away until DATE» too, «leave {slug}» passes it on; "
                f"with no word by the end of {count(more, 'more round')} it goes to the next in line"
            ]
        case SeatPassedOn(slug, rounds):
            return [
                f"{slug}: nothing was heard from you for {count(rounds, 'round')}, so your place is free for the "
                f"next in line; «join {slug}» puts you first in line whenever you like"
            ]
        case Stays(slug, role, again):
            if role is Role.MENTOR:
                return [f"good to know: you mentor {slug}"]
            kept = "is" if again else "stays"
            return [f"good to know: your place in {slug} {kept} yours"]
        case MentorAskedIfHere(slug, days):
            return [
                f"{slug}: nothing was heard from you there for {days} days. Are you still with us? «stay {slug}» or a "
                f"line in the channel says yes, «away until DATE cover NICK» that somebody stands in, «leave {slug}» no"
            ]
        case MentorQuiet(slug, nick, since):
            return [f"{slug}: its mentor {quiet(nick)} has been quiet since {day_said(since, since)}"]
        case _:
            assert_never(outcome)


def _reminder(one: Reminder) -> str:
    heard = f"{one.tally.answered} of {one.tally.asked} have answered {one.slug}, round {one.number}"
    until = f"it is open until {at(one.closes_at, one.zone)}"
    if one.quoted is not None:
        return f"{heard}, and {until}. In {one.channel} you said: “{one.quoted}”. «yes» files that as what you did"
    return f"{heard}, and {until}. Yours? Say it here: «{one.slug} did … | next … | stuck …», or «same», or «skip»"


def _reminded(one: Reminded) -> str:
    silent = one.now + one.by_day + one.had_both + one.unwilling
    if silent == 0:
        return f"{one.slug}, round {one.number}: everybody has answered, so nobody was reminded"
    said = [f"reminded {one.now} of the {silent} who have not answered {one.slug}, round {one.number}"]
    if one.by_day:
        said.append(f"{one.by_day} when their day begins")
    if one.had_both:
        said.append(f"{one.had_both} had both reminders already")
    if one.unwilling:
        said.append(f"{one.unwilling} away or without nudges")
    return "; ".join(said)
