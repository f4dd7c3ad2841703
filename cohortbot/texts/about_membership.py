"""Sign up, in words: joining, waiting, offers, the welcome."""

from __future__ import annotations

from typing import assert_never

from cohortbot.domain import dates
from cohortbot.domain.membership import (
    ChannelLogged,
    Claimed,
    Held,
    HowToEnter,
    JoinAnnounced,
    Joined,
    JoinResults,
    Left,
    OfferRanOut,
    Outcome,
    PlaceGiven,
    PlaceOffered,
    SeatLapsed,
    SeatLapses,
    Waiting,
    Welcome,
)
from cohortbot.domain.model import MemberState, Role
from cohortbot.domain.refusals import Refusal
from cohortbot.texts import refusals
from cohortbot.texts.voice import Voice, at, listed, ordinal


def say(outcome: Outcome, voice: Voice) -> list[str]:
    match outcome:
        case Joined() | Waiting() | Held():
            return [_result(outcome, voice)]
        case JoinResults(results, enter):
            said = "; ".join(_result(one, voice) for one in results)
            return [f"{said} — {' '.join(f'/join {channel}' for channel in enter)}" if enter else said]
        case JoinAnnounced(nick, slug, taken, places):
            return [f"{nick} joined {slug} ({taken} of {places})"]
        case Left():
            return [_left(outcome)]
        case Welcome():
            return _welcome(outcome, voice)
        case PlaceOffered(slug, until, zone):
            return [
                f"a place in {slug} is free, and it is yours until {at(until, zone)}: "
                f"say «join {slug}» to take it, or «leave {slug}» to pass it on"
            ]
        case OfferRanOut(slug, days):
            return [
                f"your offer of a place in {slug} has run out, and you have left its line; "
                f"«join {slug}» within {days} days puts you first in line again"
            ]
        case PlaceGiven(slug, taken, places, by, channel, key):
            who = f"{by} gave you a place" if by else "you have your place now"
            return [f"{slug}: {who} ({taken} of {places}) — {_enter(channel, key)}"]
        case HowToEnter(slug, channel, key):
            web = voice.chat(channel)
            return [
                f"you have a place in {slug}, and its people meet in {channel}, where I have not seen you yet: "
                f"type {_enter(channel, key)}" + (f" or open {web}" if web else "")
            ]
        case SeatLapses(slug, when, zone):
            return [
                f"your place in {slug} ends {at(when, zone)}, since your nick is not registered: "
                f"identify to keep it, {voice.identify}, then say «join {slug}»"
            ]
        case SeatLapsed(slug):
            return [
                f"your place in {slug} has ended, since your nick was not registered within 14 days; "
                f"identify ({voice.identify}) and say «join {slug}» to come back"
            ]
        case Claimed(slug, state, word):
            what = "your place" if state is MemberState.ACTIVE else "your wait for a place"
            keep = (
                f"; should you come back as somebody else, say «claim {word}» (keep it to yourself)"
                if word
                else ""
            )
            return [f"{what} in {slug} is yours here too now{keep}"]
        case ChannelLogged(channel):
            off = "a line that begins with [off] is not written"
            where = f": {voice.log_link(channel)}" if voice.logs_public else ", for its organizers alone"
            return [f"welcome to {channel}: what is said there is logged{where} ({off})"]
        case _:
            assert_never(outcome)


def _result(one: Joined | Waiting | Held | Refusal, voice: Voice) -> str:
    match one:
        case Joined(slug, taken, places, again):
            return f"{'you are in' if again else 'joined'} {slug} ({taken} of {places})"
        case Waiting(slug, place, again):
            still = "still " if again else ""
            return f"{slug} is {still}full: {ordinal(place)} on its waitlist"
        case Held(slug, nick):
            return f"{slug}: held until you identify or a mentor says add {nick}"
        case refusal:
            return refusals.say(refusal, voice)


def _left(left: Left) -> str:
    slug = left.slug
    if left.role is Role.MENTOR:
        what = "you do not mentor" if left.was is MemberState.ACTIVE else "you no longer volunteer for"
        return f"{what} {slug} any more; thank you — «mentor {slug}» comes back"
    match left.was:
        case MemberState.WAITING:
            return f"left the waitlist of {slug}; «join {slug}» comes back"
        case MemberState.OFFERED:
            passed = "; the place goes to the next in line" if left.offered_to_next else ""
            return f"passed the place in {slug} on{passed}; «join {slug}» comes back"
        case _:
            passed = ", your place is offered to the next in line" if left.offered_to_next else ""
            return f"left {slug}{passed}; «join {slug}» comes back"


def _welcome(one: Welcome, voice: Voice) -> list[str]:
    lines = [f"welcome to {one.slug} ({one.title}): {one.goal}"]
    awake = [nick for nick, is_awake in one.mentors if is_awake]
    asleep = [nick for nick, is_awake in one.mentors if not is_awake]
    away = [f"{nick} is away until {dates.day_said(day, one.today)}" for nick, day in one.away]
    if one.mentors:
        now = f"awake now: {listed(awake)}" if awake else "nobody of them is awake now"
        rest = f"; later: {listed(asleep)}" if awake and asleep else ""
        here = f"mentors: {listed([nick for nick, _ in one.mentors])} ({now}{rest})"
        lines.append(f"{'; '.join([here, *away])} — {_next(one)}")
    elif away:
        lines.append(f"mentors: {'; '.join(away)} — {_next(one)}")
    else:
        lines.append(f"no mentor yet: the organizers look for one — {_next(one)}")
    web = voice.chat(one.channel)
    lines.append(
        f"talk with the others in {one.channel}: {_enter(one.channel, one.channel_key)}"
        + (f", or open {web}" if web else "")
        + (f"; about it: {voice.link(f'/c/{one.slug}')}" if one.public else "")
    )
    lines.append(_logged(one, voice))
    if one.claim_word is not None:
        lines.append(
            f"your nick is not proven: identify ({voice.identify}) and the badge can be yours; "
            f"on another nick say «claim {one.claim_word}» to me, privately, to take your place along"
        )
    return lines


def _next(one: Welcome) -> str:
    if one.next_at is None:
        return "no check-ins are planned yet"
    if one.zone is None:
        return f"next check-in: {at(one.next_at, one.cohort_zone)} (say «tz Berlin», with your city, for your time)"
    return f"next check-in: {at(one.next_at, one.zone)}"


def _logged(one: Welcome, voice: Voice) -> str:
    logged = f"{one.channel} is logged"
    if voice.logs_public and one.public:
        logged += f" in public: {voice.log_link(one.channel)} ([off] before a line keeps it out)"
    else:
        logged += ", not in public ([off] before a line keeps it out)"
    conduct = f"; code of conduct: {voice.code_of_conduct}" if voice.code_of_conduct else ""
    return f"{logged}; to be forgotten, say «erase me» to me{conduct}"


def _enter(channel: str, key: str | None) -> str:
    return f"/join {channel} {key}" if key else f"/join {channel}"
