"""What is kept of somebody, and what only few may hear, in words."""

from __future__ import annotations

from typing import assert_never

from cohortbot.domain.dates import span
from cohortbot.domain.privacy import (
    EraseAsked,
    Erased,
    ExportLink,
    NobodyToRead,
    NothingKept,
    Outcome,
    ReportAsked,
    ReportDropped,
    ReportFor,
    ReportLeft,
    ReportSent,
    ReportTaken,
    YourReportTaken,
)
from cohortbot.texts.voice import Voice, count, nicks


def say(outcome: Outcome, voice: Voice) -> list[str]:
    match outcome:
        case NothingKept():
            return ["nothing is kept of you; what was said in a logged channel stands in its log"]
        case EraseAsked():
            return _asked(outcome)
        case Erased(None, seats, badges, lines):
            return [
                f"you are forgotten: {_gone(seats, badges)}. {_stays(lines, 'you')}; thank you, and farewell"
            ]
        case Erased(nick, seats, badges, lines):
            return [f"{nick} is forgotten: {_gone(seats, badges)}. {_stays(lines, 'them')}"]
        case ExportLink(path, open_for):
            return [
                f"all that is kept of you, as one file, once and within {span(open_for)}: {voice.link(path)}"
            ]
        case ReportAsked():
            return _report_asked(outcome, voice)
        case NobodyToRead(mentoring):
            why = f"{_mentor_you(mentoring)}, and there is no other organizer" if mentoring else _NOBODY
            return [f"nothing was sent: {why}. {_way_out(voice)}"]
        case ReportSent(readers):
            return [f"sent to {nicks(readers)}, and to nobody else. {_way_out(voice)}"]
        case ReportDropped():
            return [f"nothing was sent, and nothing is kept of it. {_way_out(voice)}"]
        case ReportFor(number, nick, text, others):
            whom = f"for you and {nicks(others)} alone" if others else "for you alone"
            return [
                f"report #{number}, {whom}. {nick} says: {text}",
                f"«yes»: you see to it, and {nick} is told so; «no»: you leave it",
            ]
        case ReportTaken(number, nick):
            return [f"report #{number} is yours to see to, and {nick} is told so"]
        case ReportLeft(number):
            return [f"report #{number} waits for somebody else"]
        case YourReportTaken(by):
            return [f"{by} sees to your report. {_way_out(voice)}"]
        case _:
            assert_never(outcome)


_NOBODY = "there is no organizer who could read it"


def _way_out(voice: Voice) -> str:
    return f"The way out is always {voice.contact or 'whoever runs this bot'}"


def _mentor_you(mentoring: tuple[str, ...]) -> str:
    return f"{nicks(mentoring)} {'mentors' if len(mentoring) == 1 else 'mentor'} you"


def _report_asked(one: ReportAsked, voice: Voice) -> list[str]:
    not_they = f" ({_mentor_you(one.mentoring)}, and will not)" if one.mentoring else ""
    but = f", «yes but {one.readers[0]}» to the others alone" if len(one.readers) > 1 else ""
    return [
        f"{nicks(one.readers)} will read it{not_they}: organizers who do not mentor you",
        f"«yes» within {span(one.open_for)} sends it{but}; «no» drops it. {_way_out(voice)}",
    ]


def _asked(one: EraseAsked) -> list[str]:
    has = [count(number, word) for number, word in ((one.seats, "place"), (one.badges, "badge")) if number]
    lost = f", and with it {' and '.join(has)}" if has else ""
    return [
        f"goes for good: who {one.nick} is, and all you told me: answers, blockers, zone, «about»{lost}",
        f"stays: counts, what others wrote, and {_lines(one.lines)}",
        f"to do it, say within {span(one.open_for)}: erase me {one.word}",
    ]


def _gone(seats: int, badges: int) -> str:
    given = f"{count(seats, 'place')} given up" if seats else "no place was held"
    return f"{given}, {count(badges, 'badge')} revoked" if badges else given


def _stays(lines: int | None, whom: str) -> str:
    return f"What others wrote of {whom} stays, and so do {_lines(lines)}"


def _lines(lines: int | None) -> str:
    if lines is None:
        return "what the public channel logs have (they cannot be read just now)"
    return f"{count(lines, 'line')} in the public channel logs"
