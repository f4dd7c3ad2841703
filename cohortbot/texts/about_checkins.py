"""Rounds and answers, in words."""

from __future__ import annotations

from typing import assert_never

from cohortbot.domain.casemap import quiet
from cohortbot.domain.checkins import (
    AnswerContinued,
    AnswerFiled,
    AnswerHeld,
    AnswerLate,
    AnswerLine,
    AnswerNoted,
    AnswerTakenBack,
    BlockerContinued,
    BlockerOpened,
    CheckinDeclined,
    CheckinOpened,
    CheckinOverview,
    CheckinQuestion,
    CheckinStatus,
    CheckinTakenBack,
    Digest,
    HeldTakenBack,
    NextMoved,
    NobodyToAsk,
    NoCheckinOpen,
    Outcome,
    Prompt,
    RoundShown,
    RoundSkipped,
    RoundsMissed,
    RoundStillOpen,
    RoundsUnanswered,
    SilentPeople,
    SlipAsked,
    SlipLeft,
    Stuck,
)
from cohortbot.domain.model import Tally
from cohortbot.texts.voice import Voice, at, count, listed


def say(outcome: Outcome, voice: Voice) -> list[str]:
    match outcome:
        case AnswerFiled(slug, number, blocker, plain):
            stuck = f", and blocker #{blocker} for its mentors" if blocker is not None else ""
            noted = "filed as what you did" if plain else "noted"
            return [
                f"{noted} for {slug}, round {number}{stuck}; only its mentors read it; «undo» takes it back"
            ]
        case AnswerNoted(slug, number, path):
            where = f": {voice.link(path)}" if path is not None else ""
            return [f"your answer to {slug}, round {number} is noted{where}"]
        case AnswerLate(slug, number, blocker):
            stuck = f", and blocker #{blocker} with it" if blocker is not None else ""
            return [
                f"round {number} of {slug} is over: kept as a late answer to it{stuck}; «undo» takes it back"
            ]
        case AnswerHeld(slug, next_at, zone, blocker):
            stuck = f"; blocker #{blocker} stands at once" if blocker is not None else ""
            when = f", {at(next_at, zone)}" if next_at is not None else ""
            return [
                f"no check-in of {slug} is open: kept for the next one{when}{stuck}; «undo» takes it back"
            ]
        case AnswerContinued(slug, number):
            which = "the next check-in" if number is None else f"round {number}"
            return [f"added to your answer to {slug}, {which}; «undo» takes all of it back"]
        case BlockerContinued(number):
            return [f"added to blocker #{number}; «undo» takes all of it back"]
        case HeldTakenBack(slug):
            return [f"took back what waited for the next check-in of {slug}"]
        case SlipAsked(channel, meant):
            return [f"nothing was filed in {channel}; did you mean “!{meant}”? «yes» files it (10 minutes)"]
        case SlipLeft(meant):
            return [f"“!{meant}” was not filed"]
        case BlockerOpened():
            return [_opened_blocker(outcome)]
        case CheckinStatus() | NoCheckinOpen():
            return [_status(outcome)]
        case CheckinOverview(cohorts):
            return [_status(one) for one in cohorts]
        case RoundShown():
            return _round(outcome, voice)
        case CheckinOpened(slug, number, asked, closes_at, zone):
            return [
                f"opened check-in {number} of {slug} for {count(asked, 'mentee')}, until {at(closes_at, zone)}"
            ]
        case CheckinQuestion():
            return [_question(outcome)]
        case CheckinDeclined(slug):
            return [f"no check-in of {slug} was opened"]
        case Prompt():
            return [_prompt(outcome)]
        case RoundStillOpen(slug, number, closes_at, zone):
            return [f"round {number} of {slug} is open until {at(closes_at, zone)}: {_ANSWERS}"]
        case Digest(slug, number, tally, stuck, public):
            link = f"; {voice.link(f'/c/{slug}/rounds/{number}')}" if public else ""
            return [f"{slug}, round {number} is closed: {_answered(tally)}; {_stuck_said(stuck)}{link}"]
        case SilentPeople():
            return [_silent(outcome)]
        case RoundsMissed():
            return [_missed(outcome)]
        case NobodyToAsk(slug, seated):
            why = f"all {seated} of its mentees are away" if seated else "it has no mentee"
            return [f"{slug}: a check-in was due, but {why}, so nobody was asked; I say this once"]
        case RoundsUnanswered(slug, newest, number):
            return [
                f"{slug}: nobody has answered the last {number} check-ins (up to round {newest}). What is wrong there? "
                f"«who {slug}» shows who is in it, «cohort pause {slug}» rests it"
            ]
        case RoundSkipped():
            return [_skipped(outcome)]
        case NextMoved(slug, was, next_at, zone):
            now = (
                f"the next check-in is {at(next_at, zone)}"
                if next_at is not None
                else "no check-in is planned"
            )
            instead = f", not {at(was, zone)} as planned before" if was is not None else ""
            return [f"{slug}: {now}{instead}"]
        case AnswerTakenBack():
            return [_taken_back(outcome)]
        case CheckinTakenBack(slug, number, next_at, zone):
            then = f"; the next one is {at(next_at, zone)}" if next_at is not None else ""
            return [f"check-in {number} of {slug} was taken back and counts as skipped{then}"]
        case _:
            assert_never(outcome)


_ANSWERS = "!did … | !next … | !stuck …, or !same, or !skip"


_QUESTION = "what did you do, what comes next, what are you stuck on?"


def _skipped(one: RoundSkipped) -> str:
    due = f" of {at(one.due, one.zone)}" if one.due is not None else ""
    by = f" by {one.by}" if one.by else ""
    state = f"is skipped already{by}" if one.again else f"is skipped{by}"
    why = f" ({one.why})" if one.why else ""
    then = (
        f"; the next one is {at(one.next_at, one.zone)}"
        if one.next_at is not None
        else "; none is planned after it"
    )
    return f"{one.slug}: check-in {one.number}{due} {state}{why}{then}"


def _prompt(one: Prompt) -> str:
    late = " (late: I was away when it was due)" if one.late else ""
    return (
        f"[{one.slug} {one.number}] Check-in{late}: {one.question or _QUESTION} "
        f"Say {_ANSWERS}, here or to me privately; open until {at(one.closes_at, one.zone)}"
    )


def _opened_blocker(one: BlockerOpened) -> str:
    if one.private:
        return f"blocker #{one.number} of {one.slug}: only its mentors read what it is; «undo» takes it back"
    return f"blocker #{one.number}; whoever can help says «take {one.number}»"


def _answered(tally: Tally) -> str:
    return f"{tally.answered} of {tally.asked} answered"


_SHOWN_ANSWERS = 8  # lines in private; more are on the page


def _round(one: RoundShown, voice: Voice) -> list[str]:
    private = f", {one.private} privately" if one.private else ""
    where = f": {voice.link(one.path)}" if one.path is not None else ""
    first = f"{one.slug}, round {one.number} ({one.state}): {_answered(one.tally)}{private}{where}"
    return [first, *(_answer_line(each) for each in one.answers[:_SHOWN_ANSWERS])]


def _answer_line(one: AnswerLine) -> str:
    said = " | ".join(f"{part} {text}" if text else part for part, text in one.parts)
    return f"{quiet(one.nick)}{' (privately)' if one.private else ''}: {said}"


def _status(one: CheckinStatus | NoCheckinOpen) -> str:
    match one:
        case NoCheckinOpen(slug, next_at, zone):
            then = f"the next one is {at(next_at, zone)}" if next_at is not None else "none is planned"
            return f"{slug}: no check-in is open, {then}"
        case CheckinStatus(slug, number, tally, stuck, closes_at, zone):
            missing = tally.asked - tally.answered
            return (
                f"{slug}, round {number}: answered {tally.answered} of {tally.asked}, {missing} not yet; "
                f"{_stuck_said(stuck)}; closes {at(closes_at, zone)}"
            )


def _stuck_said(stuck: tuple[Stuck, ...]) -> str:
    """«stuck: cy (#12)»; of a private blocker its number alone."""
    if not stuck:
        return "nobody is stuck"
    named = [f"{quiet(one.nick)} (#{one.number})" if one.nick else f"#{one.number}" for one in stuck]
    return f"stuck: {listed(named)}"


def _question(one: CheckinQuestion) -> str:
    why = f"it is {at(one.now, one.zone)}, night in {one.slug}" if one.night else ""
    if one.instead_of is not None:
        takes = f"it would stand for the scheduled one of {at(one.instead_of, one.zone)}"
        why = f"{why}, and {takes}" if why else takes
    return f"open a check-in of {one.slug} now? {why}. «yes» opens it, «no» does not (10 minutes)"


def _silent(one: SilentPeople) -> str:
    said = [f"{one.slug}, round {one.number}: no answer from {listed(one.nicks)}"]
    if one.asked:
        said.append(f"silent for two rounds and asked whether to stay: {listed(one.asked)}")
    if one.gone:
        said.append(f"silent for long, so the seat was passed on: {listed(one.gone)}")
    return "; ".join(said)


def _missed(one: RoundsMissed) -> str:
    numbers = listed([str(number) for number in one.numbers])
    rounds = "round" if len(one.numbers) == 1 else "rounds"
    was = "was" if len(one.numbers) == 1 else "were"
    return (
        f"{one.slug}, {rounds} {numbers} {was} missed, since I was not there "
        f"(due {at(one.newest, one.zone)}); it counts against nobody; «checkin {one.slug}» opens one now"
    )


def _taken_back(one: AnswerTakenBack) -> str:
    blocker = f" and blocker #{one.blocker}" if one.blocker is not None else ""
    state = "what you said before counts again" if one.still else "you have not answered it now"
    return f"took back your answer to {one.slug}, round {one.number}{blocker}: {state}"
