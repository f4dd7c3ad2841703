"""What a round looks like to everybody: public answers side by side, of private ones the number of people."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from cohortbot.domain.message import LogAddress
from cohortbot.domain.model import Cohort, Part, Person, Round, Tally
from cohortbot.service.app import App
from cohortbot.store import cohorts, people, rounds
from cohortbot.store.engine import reading
from cohortbot.store.rounds import Said


@dataclass(frozen=True, slots=True)
class AnswerSeen:
    """The public parts of what one person said, as they count by now.

    `kind` is `late` after the end of the round, `same` or `skip` where that is all, else `answer`.
    `at` and `line` are those of the newest part; `line` is None where it stands in no log.
    """

    person: Person
    did: str | None
    next: str | None
    stuck: str | None
    kind: str
    at: datetime
    line: LogAddress | None


@dataclass(frozen=True, slots=True)
class RoundWithAnswers:
    """`answers` in the order in which they were first given; `private` people told the mentors more."""

    cohort: Cohort
    round: Round
    tally: Tally
    answers: tuple[AnswerSeen, ...]
    private: int
    newest: int


def round_of(app: App, slug: str, number: int | None, *, private: bool = False) -> RoundWithAnswers | None:
    """That round, or the newest (None), of a public cohort; None where there is none. Away is raised."""
    with reading(app.engine) as tx:
        found = cohorts.by_slug(tx, slug)
        if found is None or not found.public:
            return None
        return seen(tx, found, number, private=private)


def seen(tx: Connection, cohort: Cohort, number: int | None, *, private: bool) -> RoundWithAnswers | None:
    """The same in a transaction; `private`: for the cohort's mentors, who read private parts too."""
    newest = rounds.newest(tx, cohort.id)
    one = newest if number is None else rounds.numbered(tx, cohort.id, number)
    if newest is None or one is None:
        return None
    said = rounds.said_in(tx, one.id)
    known = people.by_ids(tx, list({each.person_id for each in said}), cohort.network)
    by_person: dict[int, list[Said]] = {}
    for each in said:
        if (private or not each.private) and not known[each.person_id].erased:
            by_person.setdefault(each.person_id, []).append(each)
    return RoundWithAnswers(
        cohort=cohort,
        round=one,
        tally=rounds.tally(tx, one.id),
        answers=tuple(_answer(known[person], parts, one, cohort) for person, parts in by_person.items()),
        private=len({each.person_id for each in said if each.private}),
        newest=newest.number,
    )


def _answer(person: Person, said: list[Said], one: Round, cohort: Cohort) -> AnswerSeen:
    parts = {each.part: each for each in said}
    newest = max(said, key=lambda each: each.at)

    def text(part: Part) -> str | None:
        return parts[part].text if part in parts else None

    return AnswerSeen(
        person=person,
        did=text(Part.DID),
        next=text(Part.NEXT),
        stuck=text(Part.STUCK),
        kind=_kind(parts, newest.at, one),
        at=newest.at,
        line=newest.line(cohort.network),
    )


def _kind(parts: dict[Part, Said], at: datetime, one: Round) -> str:
    if at >= one.closes_at:
        return "late"
    if parts.keys() & {Part.DID, Part.NEXT, Part.STUCK}:
        return "answer"
    return str(Part.SAME if Part.SAME in parts else Part.SKIP)
