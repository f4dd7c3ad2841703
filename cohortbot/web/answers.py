"""`/answers` and `/c/<slug>/answers`: has somebody solved this before?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from urllib.parse import urlencode

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from cohortbot.service import answers as service
from cohortbot.service.answers import ShelfSeen, SolvedSeen, answer_path
from cohortbot.web.cohorts import no_cohort, slug_of
from cohortbot.web.moments import Moment, on_day
from cohortbot.web.site import Site

PAGE = 100  # answers

_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


@dataclass(frozen=True, slots=True)
class AnswerShown:
    """`path` is the address of this answer for good."""

    number: int
    path: str
    slug: str
    nick: str
    text: str
    how: str | None
    solved_by: str
    solved_at: Moment


@dataclass(frozen=True, slots=True)
class AnswersPage:
    """`title` and `slug` are those of the one cohort whose answers these are, None for all."""

    path: str
    query: str
    title: str | None
    slug: str | None
    answers: tuple[AnswerShown, ...]
    newest: str | None
    following: str | None


def found(site: Site, request: Request, slug: str | None) -> ShelfSeen:
    """What the address asks for, PAGE at most; 404 where there is no such cohort, or no such start."""
    start = request.query_params.get("at")
    if start is not None and not _NUMBER.fullmatch(start):
        raise _no_answer()
    query = request.query_params.get("q", "")
    seen = service.seen_by_all(site.app, query, slug, int(start) if start is not None else None, PAGE)
    if seen is None:
        raise no_cohort() if start is None else _no_answer()
    return seen


def address(path: str, request: Request, at: int | None) -> str | None:
    """Where the same question goes on from the answer `at`; None from none."""
    if at is None:
        return None
    asked = {name: value for name in ("q", "cohort") if (value := request.query_params.get(name))}
    return f"{path}?{urlencode({**asked, 'at': at})}"


def of_all(site: Site, request: Request) -> Response:
    return _page(site, request, "/answers", found(site, request, None))


def of_cohort(site: Site, request: Request) -> Response:
    slug = slug_of(request)
    return _page(site, request, f"/c/{slug}/answers", found(site, request, slug))


def _page(site: Site, request: Request, path: str, seen: ShelfSeen) -> Response:
    page = AnswersPage(
        path=path,
        query=request.query_params.get("q", ""),
        title=seen.cohort.title if seen.cohort is not None else None,
        slug=seen.cohort.slug if seen.cohort is not None else None,
        answers=tuple(map(_shown, seen.answers)),
        newest=address(path, request, seen.newest),
        following=address(path, request, seen.following),
    )
    return site.page("answers.html", page)


def _no_answer() -> HTTPException:
    return HTTPException(404, "There is no answer of that number. /answers has all that there are.")


def _shown(one: SolvedSeen) -> AnswerShown:
    return AnswerShown(
        number=one.number,
        path=path_of(one),
        slug=one.cohort.slug,
        nick=one.nick,
        text=one.text,
        how=one.how,
        solved_by=one.solved_by,
        solved_at=on_day(one.solved_at),
    )


def path_of(one: SolvedSeen) -> str:
    path = answer_path(one.cohort, one.number)
    assert path is not None  # what the site shows is public
    return path
