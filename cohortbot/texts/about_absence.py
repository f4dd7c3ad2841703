"""Absences, covers and what happened meanwhile, in words."""

from __future__ import annotations

from collections.abc import Sequence
from typing import assert_never

from cohortbot.domain.absence import (
    AwayLonger,
    AwayNoted,
    Back,
    Briefing,
    CoverAsked,
    CoverDeclined,
    CoverFound,
    Covering,
    CoverLost,
    CoverOver,
    FewMentors,
    HandedOver,
    LeftIn,
    Meanwhile,
    Missed,
    OpenAgain,
    Outcome,
    SetAway,
    StillAway,
)
from cohortbot.domain.dates import day_said
from cohortbot.domain.zones import Hours, hours_said
from cohortbot.texts.voice import Voice, at, count, listed, nicks


def say(outcome: Outcome, voice: Voice) -> list[str]:
    match outcome:
        case AwayNoted():
            return _noted(outcome)
        case SetAway(by, last_day, today, why):
            because = f" ({why})" if why is not None else ""
            return [
                f"{by} has set you away until {day_said(last_day, today)}{because}: nothing is asked of you until then; "
                "«back» ends it at any time"
            ]
        case StillAway(until, zone):
            return [
                "you have been away for two weeks: «yes» makes it two more, «back» ends it; "
                f"with no word it ends {at(until, zone)}"
            ]
        case AwayLonger(last_day, today, zone):
            return [f"away until {day_said(last_day, today)} ({zone}), then; «back» ends it at any time"]
        case Back(was_away):
            return ["welcome back"] if was_away else ["you were not away, so nothing was changed"]
        case Briefing():
            return _briefing(outcome)
        case Missed():
            return [_missed(outcome, voice)]
        case CoverAsked():
            return [_cover_asked(outcome)]
        case Covering():
            return [_covering(outcome)]
        case CoverDeclined(nick, more):
            return [f"you do not cover for {nick}; they and the organizers know{_more(more)}"]
        case CoverFound(nick, last_day, today):
            return [f"{nick} covers for you until {day_said(last_day, today)}, and has what you had taken"]
        case CoverLost():
            return [_cover_lost(outcome)]
        case CoverOver(nick, slugs):
            return [f"you do not cover for {nick} in {listed(slugs)} any more: thank you"]
        case HandedOver(nick, slug, blockers):
            some = listed([f"#{number}{f' of {whose}' if whose else ''}" for number, whose in blockers])
            return [f"{slug}: {nick} is not there any more; open again: {some}; «take {blockers[0][0]}»"]
        case OpenAgain(number, nick):
            return [f"your blocker #{number} is open again: {nick} is not there any more; the mentors know"]
        case FewMentors():
            return [_few_mentors(outcome)]
        case _:
            assert_never(outcome)


def _noted(one: AwayNoted) -> list[str]:
    who = "you are" if one.nick is None else f"{one.nick} is"
    already = " already" if one.again else ""
    until = f"until {day_said(one.last_day, one.today)} ({one.zone})"
    asks = "" if one.named else ", when I ask whether it is over"
    back = "; «back» ends it" if one.nick is None else ""
    first = f"{who}{already} away {until}{asks}: nothing is asked meanwhile{back}"
    said = [first]
    if one.left:
        said.append("; ".join(_left(one.left)) + _standing_in(one))
    if one.open_again:
        said.append(
            f"open again: {listed([f'#{number}' for number in one.open_again])}, and the mentors know"
        )
    return said


def _left(several: Sequence[LeftIn]) -> list[str]:
    """What is so of several cohorts is said once."""
    slugs: dict[str, list[str]] = {}
    for one in several:
        there = f"mentors there: {nicks(one.mentors)}" if one.mentors else "no mentor is there now"
        slugs.setdefault(f"{there}{_uncovered(one.uncovered)}", []).append(one.slug)
    return [f"{listed(named)}: {said}" for said, named in slugs.items()]


def _uncovered(hours: Sequence[Hours]) -> str:
    return f", nobody {hours_said(hours)}" if hours else ""


def _standing_in(one: AwayNoted) -> str:
    if one.covered_by is not None:
        return f"; {one.covered_by} covers"
    if one.asked is not None:
        return f"; {one.asked} is asked to cover"
    return "" if one.nick is not None else "; «away cover NICK» asks somebody to stand in"


def _briefing(one: Briefing) -> list[str]:
    covered = f" ({one.covered_by} covered for you)" if one.covered_by is not None else ""
    if not one.cohorts:
        return [f"since {at(one.since, one.zone)} nothing happened that waits for you{covered}"]
    return [
        f"since {at(one.since, one.zone)}{covered}:",
        *(_meanwhile(each, one.zone) for each in one.cohorts),
    ]


def _missed(one: Missed, voice: Voice) -> str:
    link = f": {voice.link(one.path)}" if one.path is not None else ""
    named = f"you were named in {count(one.named, 'line')}{link}" if one.named else ""
    told = _meanwhile(one.meanwhile, one.zone) if one.meanwhile.is_news else f"{one.meanwhile.slug}: "
    between = "; " if named and one.meanwhile.is_news else ""
    return f"since {at(one.since, one.zone)}, {told}{between}{named}"


def _meanwhile(one: Meanwhile, zone: str) -> str:
    said = [f"round {each.number}: {each.answered} of {each.asked} answered" for each in one.rounds]
    if one.open_now is not None:
        number, closes_at = one.open_now
        said.append(f"round {number} is open until {at(closes_at, zone)}")
    if one.stuck:
        said.append(
            f"stuck: {listed([f'#{number}' + (f' of {nick}' if nick else '') for number, nick in one.stuck])}"
        )
    if one.solved:
        said.append(f"solved: {listed([f'#{number}' for number in one.solved])}")
    if one.joined:
        said.append(f"joined: {listed(one.joined)}")
    if one.finished:
        said.append(f"finished: {listed(one.finished)}")
    if one.done:
        said.append(f"waiting for a mentor's word: {listed(one.done)}")
    return f"{one.slug}: {'; '.join(said)}"


def _cover_asked(one: CoverAsked) -> str:
    because = f" ({one.why})" if one.why is not None else ""
    again = f", asked {at(one.since, one.zone)}" if one.since is not None else ""
    return (
        f"{one.nick} is away until {day_said(one.last_day, one.today)}{because} and asks you to cover in "
        f"{listed(one.slugs)}{again}: «cover yes» or «cover no»; until then you may what a mentor there may"
    )


def _covering(one: Covering) -> str:
    already = " already" if one.again else ""
    numbers = f"; yours to help with: {listed([f'#{each}' for each in one.blockers])}" if one.blockers else ""
    where = f" in {listed(one.slugs)}" if one.slugs else ""
    until = day_said(one.last_day, one.today)
    return f"you cover for {one.nick}{where}{already} until {until}{numbers}; «cover no» ends it{_more(one.more)}"


def _more(nick: str | None) -> str:
    return f"; {nick} waits for your answer too" if nick is not None else ""


def _cover_lost(one: CoverLost) -> str:
    until = f"until {day_said(one.last_day, one.today)}"
    no_answer = (
        f"{one.nick}, asked {at(one.since, one.zone)}, has not answered" if one.since is not None else None
    )
    if one.absent is None:
        said = no_answer or f"{one.nick} does not cover for you"
        return f"{said}, so nobody stands in for you {until}; «away cover NICK» asks another; organizers know"
    where = f" in {listed(one.slugs)}" if one.slugs else ""
    said = no_answer or f"{one.nick} does not cover"
    return f"nobody stands in for {one.absent}{where} {until}: {said}"


def _few_mentors(one: FewMentors) -> str:
    there = f"only {listed(one.mentors)} is there to mentor" if one.mentors else "no mentor is there"
    gone = [f"{nick} until {day_said(last_day, one.today)}" for nick, last_day in one.away]
    absent = f"; away: {listed(gone)}" if gone else ""
    return f"{one.slug}: {there}{_uncovered(one.uncovered)}{absent}; «add» or «mentor ok» brings others in"
