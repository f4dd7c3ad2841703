"""`/c/<slug>/rounds/<n>` and `/latest`: what people said in a check-in."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from cohortbot.service import round_pages
from cohortbot.service.logpaths import line_path
from cohortbot.service.round_pages import AnswerSeen, RoundWithAnswers
from cohortbot.web.cohorts import no_cohort, slug_of
from cohortbot.web.moments import Moment, moment
from cohortbot.web.site import Site

_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """`log_path` is None where its line is in no public log."""

    nick: str
    proven: bool
    did: str | None
    next: str | None
    stuck: str | None
    kind: str
    at: Moment
    log_path: str | None


@dataclass(frozen=True, slots=True)
class RoundPage:
    """`previous` and `following` are addresses, None at the ends."""

    slug: str
    title: str
    number: int
    state: str
    answered: str
    opened_at: Moment
    closes_at: Moment
    answers: tuple[AnswerShown, ...]
    private: int
    previous: str | None
    following: str | None


def found(site: Site, request: Request) -> RoundWithAnswers:
    """The round in the path; 404 where there is none, or its cohort is not for everybody."""
    slug, number = slug_of(request), request.path_params["number"]
    if number != "latest" and not _NUMBER.fullmatch(number):
        raise _no_round()
    one = round_pages.round_of(site.app, slug, None if number == "latest" else int(number))
    if one is None:
        raise no_cohort() if number == "latest" else _no_round()
    return one


def _no_round() -> HTTPException:
    return HTTPException(404, "There is no check-in of that number. The cohort's page has the newest.")


def round_(site: Site, request: Request) -> Response:
    one = found(site, request)
    zone, number = one.cohort.zone, one.round.number
    page = RoundPage(
        slug=one.cohort.slug,
        title=one.cohort.title,
        number=number,
        state=str(one.round.state),
        answered=f"{one.tally.answered} of {one.tally.asked} answered",
        opened_at=moment(one.round.opened_at, zone),
        closes_at=moment(one.round.closes_at, zone),
        answers=tuple(_shown(each, zone, logs=site.app.config.logs.public) for each in one.answers),
        private=one.private,
        previous=_path(one, number - 1) if number > 1 else None,
        following=_path(one, number + 1) if number < one.newest else None,
    )
    return site.page("round.html", page)


def _path(one: RoundWithAnswers, number: int) -> str:
    return f"/c/{one.cohort.slug}/rounds/{number}"


def _shown(one: AnswerSeen, zone: str, *, logs: bool) -> AnswerShown:
    return AnswerShown(
        nick=one.person.nick,
        proven=one.person.proven,
        did=one.did,
        next=one.next,
        stuck=one.stuck,
        kind=one.kind,
        at=moment(one.at, zone),
        log_path=line_path(one.line) if logs and one.line is not None else None,
    )
