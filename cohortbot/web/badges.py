"""`/b/<id>`: whose badge is this, and is it real?"""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from cohortbot.service import pages
from cohortbot.service.pages import BadgeSeen
from cohortbot.web.moments import Moment, dated
from cohortbot.web.site import Site, is_web_address

_ID = re.compile(r"[a-z0-9]{1,64}")


@dataclass(frozen=True, slots=True)
class BadgePage:
    """`cohort` is (path, title), None where the cohort is not for everybody; `work` a web address."""

    name: str
    nick: str
    confirmed_by: str
    issued_at: Moment
    goal: str | None
    description: str | None
    criteria: str | None
    work: str | None
    cohort: tuple[str, str] | None


@dataclass(frozen=True, slots=True)
class RevokedPage:
    name: str
    issued_at: Moment
    revoked_at: Moment


def badge(site: Site, request: Request) -> Response:
    """404 for an id that nobody has, or whose badge waits for its person to identify; 410 if revoked."""
    public_id: str = request.path_params["id"]
    found = pages.badge(site.app, public_id) if _ID.fullmatch(public_id) else None
    if found is None:
        raise HTTPException(404, "There is no badge of that address. Is all of it there?")
    name = found.name or f"A badge of {site.app.config.programme.name}"
    if found.revoked_at is not None:
        page = RevokedPage(name, dated(found.issued_at), dated(found.revoked_at))
        return site.page("revoked.html", page, HTTPStatus.GONE)
    return site.page("badge.html", _page(found, name))


def _page(found: BadgeSeen, name: str) -> BadgePage:
    goal = found.cohort
    return BadgePage(
        name=name,
        nick=found.nick,
        confirmed_by=found.confirmed_by,
        issued_at=dated(found.issued_at),
        goal=goal.goal if goal else None,
        description=found.description or None,
        criteria=found.criteria or None,
        work=found.work if found.work and is_web_address(found.work) else None,
        cohort=(f"/c/{goal.slug}", goal.title) if goal else None,
    )
