"""`/api/…`: the same as the pages say, as JSON (product.md section 7).

What is absent, unknown or private is null and never left out. Links are root-relative.
"""

from __future__ import annotations

import json
import re
from datetime import datetime
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from cohortbot.domain.model import Person
from cohortbot.service import pages
from cohortbot.service.answers import SolvedSeen
from cohortbot.service.logpaths import line_path
from cohortbot.service.pages import BlockerSeen, CohortSeen, MenteeSeen, RoundSeen
from cohortbot.service.round_pages import AnswerSeen
from cohortbot.web import answers as answer_pages
from cohortbot.web import rounds
from cohortbot.web.cohorts import no_cohort, slug_of
from cohortbot.web.moments import iso
from cohortbot.web.site import Site

PAGE = 100  # cohorts

_PAGE_NUMBER = re.compile(r"[1-9][0-9]{0,8}")


class Json(JSONResponse):
    """JSON that people can read too: as UTF-8, not as escapes."""

    def render(self, content: Any) -> bytes:
        return json.dumps(content, ensure_ascii=False, allow_nan=False, indent=1).encode() + b"\n"


def cohorts(site: Site, request: Request) -> Response:
    """A page of all public cohorts, archived ones last; `next` is the address of the following page."""
    number = request.query_params.get("page", "1")
    if not _PAGE_NUMBER.fullmatch(number):
        raise HTTPException(404, f"{number!r} is no page; leave page= out for the first.")
    start = (int(number) - 1) * PAGE
    found = pages.all_cohorts(site.app, site.app.now())
    more = len(found) > start + PAGE
    return Json(
        {
            "cohorts": [_cohort(one) for one in found[start : start + PAGE]],
            "next": f"/api/cohorts?page={int(number) + 1}" if more else None,
        }
    )


def cohort(site: Site, request: Request) -> Response:
    found = pages.cohort(site.app, slug_of(request), site.app.now())
    if found is None:
        raise no_cohort()
    people = {
        "mentees": [_mentee(one) for one in found.mentees],
        "blockers": [_blocker(one) for one in found.blockers],
    }
    return Json(_cohort(found.seen) | people)


def round_(site: Site, request: Request) -> Response:
    """One round: public answers as they count by now, and how many people answered privately."""
    found = rounds.found(site, request)
    one = found.round
    return Json(
        {
            "cohort": found.cohort.slug,
            "number": one.number,
            "state": one.state,
            "opened_at": iso(one.opened_at),
            "closes_at": iso(one.closes_at),
            "asked": found.tally.asked,
            "answered": found.tally.answered,
            "answers": [_answer(site, each) for each in found.answers],
            "private": found.private,
        }
    )


def answers(site: Site, request: Request) -> Response:
    """A page of the solved blockers with all words of `q`, of one `cohort` or all, newest first."""
    found = answer_pages.found(site, request, request.query_params.get("cohort"))
    return Json(
        {
            "query": request.query_params.get("q", ""),
            "answers": [_solved(one) for one in found.answers],
            "next": answer_pages.address("/api/answers", request, found.following),
        }
    )


def _solved(one: SolvedSeen) -> dict[str, Any]:
    return {
        "id": one.number,
        "cohort": one.cohort.slug,
        "nick": one.nick,
        "text": one.text,
        "how": one.how,
        "solved_by": one.solved_by,
        "opened_at": iso(one.opened_at),
        "solved_at": iso(one.solved_at),
        "url": answer_pages.path_of(one),
    }


def _answer(site: Site, one: AnswerSeen) -> dict[str, Any]:
    shown = one.line is not None and site.app.config.logs.public
    return {
        "nick": one.person.nick,
        "did": one.did,
        "next": one.next,
        "stuck": one.stuck,
        "kind": one.kind,
        "at": iso(one.at),
        "log_url": line_path(one.line) if one.line is not None and shown else None,
        "proven": one.person.proven,
    }


def _cohort(seen: CohortSeen) -> dict[str, Any]:
    one = seen.cohort
    return {
        "slug": one.slug,
        "title": one.title,
        "goal": one.goal,
        "channel": one.channel,
        "state": one.state,
        "places": one.places,
        "taken": seen.taken,
        "waiting": seen.waiting,
        "mentors": [_mentor(each, seen) for each in seen.mentors],
        "next_checkin": _iso(seen.next_at),
        "round": _round(seen.round) if seen.round is not None else None,
    }


def _mentor(person: Person, seen: CohortSeen) -> dict[str, Any]:
    return {"nick": person.nick, "zone": person.zone, "away_until": _iso(seen.away_until.get(person.id))}


def _mentee(one: MenteeSeen) -> dict[str, Any]:
    return {"nick": one.person.nick, "since": iso(one.since), "proven": one.person.proven}


def _round(seen: RoundSeen) -> dict[str, Any]:
    return {
        "number": seen.round.number,
        "state": seen.round.state,
        "opened_at": iso(seen.round.opened_at),
        "closes_at": iso(seen.round.closes_at),
        "answered": seen.tally.answered,
        "asked": seen.tally.asked,
    }


def _blocker(one: BlockerSeen) -> dict[str, Any]:
    return {
        "id": one.number,
        "nick": one.nick,
        "text": one.text,
        "state": one.state,
        "taken_by": one.taken_by,
        "opened_at": _iso(one.opened_at),
    }


def _iso(at: datetime | None) -> str | None:
    return iso(at) if at is not None else None
