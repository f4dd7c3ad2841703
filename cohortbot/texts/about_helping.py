"""Blockers that wait for help, in words."""

from __future__ import annotations

from typing import assert_never

from cohortbot.domain.casemap import quiet
from cohortbot.domain.dates import span
from cohortbot.domain.helping import (
    BlockerLine,
    BlockersIn,
    BlockersInAll,
    GivenBack,
    GivenUp,
    HelpGone,
    Outcome,
    StillHelping,
    StillStuck,
    StillStuckNoted,
    StillYours,
    TakerSilent,
    Untaken,
    UntakenLong,
)
from cohortbot.texts.voice import Voice, at, nicks, shortened

SHOWN = 5  # blockers of one cohort in one line


def say(outcome: Outcome, voice: Voice) -> list[str]:
    match outcome:
        case Untaken():
            return [_untaken(outcome)]
        case UntakenLong():
            return [_untaken_long(outcome)]
        case StillHelping(slug, number, nick, silent, until, zone):
            return [
                f"do you still help with #{number}{_of(nick)}? In {slug} nothing was heard from you for {span(silent)}: "
                f"«yes», or «no» gives it back; without a word it is open again {at(until, zone)}"
            ]
        case TakerSilent(slug, number, taker, nick):
            return [
                f"{slug}: #{number}{_of(nick)} is open again, since nothing is heard from {taker}, who had taken it: "
                f"«take {number}»"
            ]
        case HelpGone(number, taker):
            return [f"your blocker #{number} is open again: {taker} does not help with it now; mentors know"]
        case StillYours(number):
            return [f"good: #{number} stays yours to help with; «unstuck {number} HOW» when it is solved"]
        case GivenBack(number):
            return [f"#{number} is open again, and whoever is stuck is told so"]
        case StillStuck(slug, number, text, until, zone):
            return [
                f"are you still stuck on #{number} in {slug} («{shortened(text)}»)? «yes», or «unstuck {number} HOW» says "
                f"what helped, for the next who meets it; «no» drops it, as no answer does {at(until, zone)}"
            ]
        case StillStuckNoted(slug, number, taken_by):
            helped = f"{taken_by} helps" if taken_by is not None else "nobody has taken it yet"
            return [f"noted: #{number} of {slug} stays ({helped})"]
        case GivenUp(number):
            return [f"#{number} is off the list; «unstuck {number} HOW» still keeps what helped, for others"]
        case BlockersIn():
            return [_all_of(outcome, voice)]
        case BlockersInAll(cohorts):
            return [_all_of(one, voice) for one in cohorts]
        case _:
            assert_never(outcome)


def _of(nick: str | None) -> str:
    return f" of {nick}" if nick is not None else ""


def _untaken(one: Untaken) -> str:
    private = ", said privately" if one.private else ""
    return (
        f"{one.slug}: nobody has taken #{one.number} for {span(one.waits)}: {one.nick} is stuck on "
        f"«{shortened(one.text)}»{private}; «take {one.number}»"
    )


def _untaken_long(one: UntakenLong) -> str:
    about = (
        f" of {one.nick} («{shortened(one.text)}»)" if one.nick is not None and one.text is not None else ""
    )
    who = f"its mentors {nicks(one.mentors)} know" if one.mentors else "no mentor of it is there"
    return f"{one.slug}: nobody has taken #{one.number}{about} for {span(one.waits)}; {who}"


def _all_of(one: BlockersIn, voice: Voice) -> str:
    if not one.blockers:
        return f"{one.slug}: nobody is stuck"
    listed = " · ".join(_line(each) for each in one.blockers[:SHOWN])
    more = len(one.blockers) - SHOWN
    rest = f" · and {more} more" if more > 0 else ""
    where = f": {voice.link(one.path)}" if rest and one.path is not None else ""
    return f"{one.slug}: {listed}{rest}{where}"


def _line(one: BlockerLine) -> str:
    about = f"{quiet(one.nick)} «{shortened(one.text, 40)}»" if one.nick and one.text else "private"
    helped = f"{quiet(one.taken_by)} helps" if one.taken_by is not None else "open"
    return f"#{one.number} {about} ({helped}, {span(one.age)})"
