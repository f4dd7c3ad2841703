"""Mentors, blockers and goals, in words."""

from __future__ import annotations

from datetime import datetime
from typing import assert_never

from cohortbot.domain import dates, zones
from cohortbot.domain.mentoring import (
    BadgeIssued,
    BadgeRevoked,
    BlockerSolved,
    BlockerTaken,
    CompleteAlready,
    Completed,
    CompletionTakenBack,
    Congratulations,
    DoneAsked,
    DoneNoted,
    DoneTakenBack,
    HelpComes,
    MentorAsked,
    MentorConfirmed,
    MentorDeclined,
    MentorProposed,
    MentorWelcome,
    NextSteps,
    NotMentoring,
    OfferTakenBack,
    Outcome,
    RevokedBecause,
    SolutionTakenBack,
    SolvedForYou,
    StuckTakenBack,
    TakeTakenBack,
    YourBadgeRevoked,
)
from cohortbot.texts.voice import Voice, at, count, listed, nicks, ordinal


def say(outcome: Outcome, voice: Voice) -> list[str]:
    match outcome:
        case BlockerTaken(number, nick, again):
            whose = f" of {nick}" if nick is not None else ""
            still = "still " if again else ""
            return [
                f"#{number}{whose} is {still}yours to help with; «unstuck {number} HOW» when it is solved"
            ]
        case BlockerSolved(number, nick, after, again):
            before = " (noted before)" if again else ""
            whose = f"{nick}'s " if nick is not None else ""
            return [f"{whose}#{number} solved after {dates.span(after)}{before}"]
        case HelpComes(number, by):
            return [f"{by} has taken your blocker #{number} and will help"]
        case SolvedForYou(number, by):
            return [f"{by} says that your blocker #{number} is solved; if it is not, say «stuck …» again"]
        case StuckTakenBack(number):
            return [f"took back blocker #{number}: it is gone from the list"]
        case TakeTakenBack(number):
            return [f"took back your take: #{number} is open again"]
        case SolutionTakenBack(number, None):
            return [f"took back your unstuck: #{number} is open again"]
        case SolutionTakenBack(number, taken_by):
            return [f"took back your unstuck: #{number} is taken by {taken_by} again"]
        case DoneNoted():
            return [_done(outcome)]
        case DoneAsked(slug, nick, url, since, zone):
            see = f" ({url})" if url else ""
            return [
                f"{nick} is done with {slug}{see}{_waits(since, zone)}: confirm it with «complete {nick} {slug}»"
            ]
        case Congratulations():
            return [_congratulations(outcome, voice)]
        case Completed(slug, nick, path, offered):
            place = "the place is offered to the next in line" if offered else "the place is free"
            return [f"{nick} has completed {slug}: {_badge(nick, path, voice)}; {place}"]
        case CompleteAlready(slug, nick, path):
            who = f"{nick} has" if nick is not None else "you have"
            return [f"{who} completed {slug} already: {_badge(nick, path, voice)}"]
        case NextSteps():
            return _next_steps(outcome, voice)
        case BadgeIssued(slug, badge, path):
            return [f"your badge «{badge}» of {slug} is yours now: {voice.link(path)}"]
        case DoneTakenBack(slug):
            return [f"took back your done: you go on in {slug}"]
        case CompletionTakenBack():
            return [_completion_taken_back(outcome)]
        case OfferTakenBack(slug, place):
            return [
                f"the place in {slug} that was offered to you was not free after all: {ordinal(place)} on its waitlist"
            ]
        case BadgeRevoked(slug, nick, again):
            already = " already" if again else ""
            return [f"{nick}'s badge of {slug} is revoked{already}: its page says so"]
        case RevokedBecause(slug, badge, by, why):
            return [f"{by} has revoked your badge «{badge}» of {slug}: {why}"]
        case YourBadgeRevoked(slug, badge, by):
            return [f"{by} has revoked your badge «{badge}» of {slug}, and can tell you why"]
        case MentorProposed():
            return [_proposed(outcome, voice)]
        case MentorAsked(slug, nick, since, zone):
            return [
                f"{nick} volunteers as a mentor of {slug}{_waits(since, zone)}: say «mentor ok {nick} {slug}» or «mentor no {nick} {slug}»"
            ]
        case MentorConfirmed():
            return [_confirmed(outcome)]
        case MentorWelcome():
            return [_mentor_welcome(outcome)]
        case MentorDeclined(slug, nick):
            return [f"{nick} does not mentor {slug}, and is told so"]
        case NotMentoring(slug):
            return [
                f"{slug} does not need you as a mentor now; thank you for offering — «cohorts» lists the others"
            ]
        case _:
            assert_never(outcome)


def _waits(since: datetime | None, zone: str) -> str:
    return f", and waits since {at(since, zone)}" if since is not None else ""


def _done(one: DoneNoted) -> str:
    noted = "noted before" if one.again else "well done"
    who = f" ({nicks(one.mentors)})" if one.mentors else " (there is none yet: an organizer can)"
    return f"{one.slug}: {noted}; a mentor confirms with !complete {one.nick}{who}"


def _badge(nick: str | None, path: str | None, voice: Voice) -> str:
    if path is not None:
        return voice.link(path)
    return (
        f"the badge waits until {nick} identifies"
        if nick is not None
        else "the badge waits until you identify"
    )


def _congratulations(one: Congratulations, voice: Voice) -> str:
    return f"congratulations, {one.nick}: {one.badge} — {_badge(one.nick, one.path, voice)}"


def _next_steps(one: NextSteps, voice: Voice) -> list[str]:
    first = f"you have completed {one.slug}: {_badge(None, one.path, voice)}"
    if one.path is None:
        first += f" ({voice.identify})"
    mentoring = f"«mentor {one.slug}» if you would help others there"
    if not one.free:
        return [first, f"what next: {mentoring}"]
    free = listed([f"«join {slug}» ({count(places, 'place')} free)" for slug, places in one.free], "or")
    return [first, f"what next: {free}, or {mentoring}"]


def _completion_taken_back(one: CompletionTakenBack) -> str:
    whose = (
        f"{one.nick}'s completion of {one.slug}" if one.nick is not None else f"your completion of {one.slug}"
    )
    has = f"{one.nick} has" if one.nick is not None else "you have"
    if one.line_place is None:
        return f"{whose} was taken back, and the badge with it: {has} the place again"
    waits = f"{has} the {ordinal(one.line_place)} place on its waitlist"
    return f"{whose} was taken back, and the badge with it; the place is taken by now: {waits}"


def _proposed(one: MentorProposed, voice: Voice) -> str:
    who = (
        nicks(one.deciders)
        if one.deciders
        else f"its mentors and organizers ({voice.contact or 'none was seen yet'})"
    )
    again = "you have volunteered already" if one.again else "thank you"
    return f"{again}: {who} can confirm you as a mentor of {one.slug}, and you will hear of it here"


def _confirmed(one: MentorConfirmed) -> str:
    who = f"{one.nick} mentors" if one.nick is not None else "you mentor"
    already = " already" if one.again else ""
    hours = zones.hours_said(one.uncovered)
    cover = f"nobody covers {hours}" if hours else "all hours are covered"
    return f"{who} {one.slug}{already}: {one.mentors} of {one.wanted} mentors; {cover}"


def _mentor_welcome(one: MentorWelcome) -> str:
    by = f" ({one.by} confirmed you)" if one.by is not None else ""
    enter = f"/join {one.channel}" + (f" {one.channel_key}" if one.channel_key else "")
    zone = "" if one.has_zone else "; say «tz Berlin», with your city, so that your hours are known"
    return f"you mentor {one.slug} now{by}: {enter}; «checkin», «take», «complete» are yours{zone}"
