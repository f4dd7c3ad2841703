"""`answers`: what somebody has solved before, found by its words, in chat and for the site."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from sqlalchemy.engine import Connection

from cohortbot.domain.model import Blocker, Cohort
from cohortbot.domain.solved import AnswerFound, AnswersFound, MaybeLike, Solved
from cohortbot.service.app import App
from cohortbot.service.call import Call, handles
from cohortbot.store import blockers, cohorts, people
from cohortbot.store.engine import reading

LINES = 3  # of one reply in a channel: product.md, Manners


# --- in chat


@handles("answers")
def search(call: Call) -> AnswersFound:
    """The newest of those that have all the words; of closed cohorts where those may be named alone."""
    asked = call.args.text or ""
    seen = _seen_by(call)
    found = _about(call.app, call.tx, asked, seen)
    shown = found if len(found) <= LINES else found[: LINES - 1]
    rest = found[len(shown) :]
    everybodys = all(seen[one.cohort_id].public for one in rest)
    return AnswersFound(
        words=asked,
        found=tuple(_found(call, one) for one in _answers(call.tx, shown, seen)),
        more=len(rest),
        path=f"/answers?{urlencode({'q': asked})}" if everybodys else None,
        today=_today(call),
    )


def like(call: Call, text: str) -> MaybeLike | None:
    """What may help with a new blocker, as far as it may be named where that was said."""
    seen = _seen_by(call)
    one = call.app.shelf.now(call.tx).like(text, seen)
    if one is None:
        return None
    [answer] = _answers(call.tx, [one], seen)
    return MaybeLike(_found(call, answer), _today(call))


def _seen_by(call: Call) -> dict[int, Cohort]:
    """The cohorts whose answers may be named here, by id."""
    every = cohorts.all_of(call.tx)
    return {one.id: one for one in every if one.public or one.slug in call.names.channels}


def _today(call: Call) -> date:
    return call.now.astimezone(ZoneInfo(call.zone())).date()


def _found(call: Call, one: SolvedSeen) -> AnswerFound:
    return AnswerFound(
        number=one.number,
        slug=one.cohort.slug,
        text=one.text,
        how=one.how,
        solved_by=one.solved_by,
        solved_on=one.solved_at.astimezone(ZoneInfo(call.zone())).date(),
        path=answer_path(one.cohort, one.number),
    )


def answer_path(cohort: Cohort, number: int) -> str | None:
    """The page that begins with an answer, for good; None where not everybody may open it."""
    return f"/c/{cohort.slug}/answers?at={number}#a{number}" if cohort.public else None


# --- on the site


@dataclass(frozen=True, slots=True)
class SolvedSeen:
    """A solved blocker; `how` is None where it was not said what helped."""

    number: int
    cohort: Cohort
    nick: str
    text: str
    how: str | None
    solved_by: str
    opened_at: datetime
    solved_at: datetime


@dataclass(frozen=True, slots=True)
class ShelfSeen:
    """Some of the answers, newest first; `newest` and `following` are the first ones of their pages, or None.

    `cohort` is the one whose answers these are; None: of all that are public.
    """

    cohort: Cohort | None
    answers: tuple[SolvedSeen, ...]
    newest: int | None
    following: int | None


def seen_by_all(app: App, query: str, slug: str | None, start: int | None, most: int) -> ShelfSeen | None:
    """Public cohorts' answers with all words of `query` (all, if it is empty), from number `start` on.

    None if `slug` is no public cohort, or `start` is not among them. Away is raised.
    """
    with reading(app.engine) as tx:
        public = {one.id: one for one in cohorts.all_of(tx) if one.public}
        meant = {key: one for key, one in public.items() if slug in (None, one.slug)}
        if slug is not None and not meant:
            return None
        found = _about(app, tx, query, meant)
        ids = [one.id for one in found]
        if start is not None and start not in ids:
            return None
        first = ids.index(start) if start is not None else 0
        page, rest = found[first : first + most], ids[first + most :]
        return ShelfSeen(
            cohort=next(iter(meant.values())) if slug is not None else None,
            answers=tuple(_answers(tx, page, meant)),
            newest=ids[0] if first else None,
            following=rest[0] if rest else None,
        )


# --- both


def _about(app: App, tx: Connection, query: str, of: Collection[int]) -> list[Solved]:
    shelf = app.shelf.now(tx)
    found = shelf.about(query) if query.strip() else shelf.solved
    return [one for one in found if one.cohort_id in of]


def _answers(tx: Connection, some: Sequence[Solved], of: dict[int, Cohort]) -> list[SolvedSeen]:
    """In the order of `some`."""
    rows = blockers.by_ids(tx, [one.id for one in some])
    return [_seen(tx, rows[one.id], of[one.cohort_id]) for one in some]


def _seen(tx: Connection, one: Blocker, cohort: Cohort) -> SolvedSeen:
    assert one.solved_by is not None and one.solved_at is not None  # as its state says
    known = people.by_ids(tx, [one.person_id, one.solved_by], cohort.network)
    return SolvedSeen(
        number=one.id,
        cohort=cohort,
        nick=known[one.person_id].nick,
        text=one.text,
        how=one.how,
        solved_by=known[one.solved_by].nick,
        opened_at=one.opened_at,
        solved_at=one.solved_at,
    )
