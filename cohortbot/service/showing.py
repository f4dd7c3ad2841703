"""`round`: mentors look at what was answered; in private they read private answers too."""

from __future__ import annotations

from cohortbot.domain.checkins import AnswerLine, RoundShown
from cohortbot.domain.model import Cohort
from cohortbot.domain.refusals import NoSuchRound
from cohortbot.service import round_pages
from cohortbot.service.call import Call, Refused, handles
from cohortbot.service.reply import Reply
from cohortbot.store import rounds


@handles("round")
def show(call: Call) -> Reply | RoundShown:
    """In a channel how many have answered and the address; privately the answers themselves."""
    cohort = call.cohort()
    me = call.require_mentor(cohort)
    in_private = call.message.target is None
    reads_all = in_private and call.mentors_it(cohort, me)
    seen = round_pages.seen(call.tx, cohort, call.args.number, private=reads_all)
    if seen is None:
        newest = rounds.newest(call.tx, cohort.id)
        raise Refused(NoSuchRound(cohort.slug, call.args.number, newest.number if newest else None))
    privately = {each.person_id for each in rounds.said_in(call.tx, seen.round.id) if each.private}
    lines = [_line(each, each.person.id in privately) for each in seen.answers] if in_private else []
    return RoundShown(
        slug=cohort.slug,
        number=seen.round.number,
        state=seen.round.state,
        tally=seen.tally,
        answers=tuple(lines),
        private=0 if reads_all else seen.private,
        path=round_path(cohort, seen.round.number),
    )


def round_path(cohort: Cohort, number: int) -> str | None:
    """The page of a round, where anybody may open it."""
    return f"/c/{cohort.slug}/rounds/{number}" if cohort.public else None


def _line(one: round_pages.AnswerSeen, private: bool) -> AnswerLine:
    said: list[tuple[str, str | None]] = [("did", one.did), ("next", one.next), ("stuck", one.stuck)]
    parts = tuple((part, text) for part, text in said if text is not None)
    return AnswerLine(one.person.nick, parts or ((one.kind, None),), private)
