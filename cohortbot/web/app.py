"""The site as a Starlette application: its addresses and headers, and what it says when things go wrong."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from http import HTTPStatus

from starlette.applications import Starlette
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from cohortbot.service.app import App
from cohortbot.service.archive import LogsAway
from cohortbot.store.engine import Away
from cohortbot.web import answers, api, badges, cohorts, exports, info, logs, rounds
from cohortbot.web.site import HERE, Site

log = logging.getLogger(__name__)

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'; object-src 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "X-Robots-Tag": "noindex",
}

_NO_PAGE = "There is nothing at this address. The front page has all that there is."
_DATABASE_AWAY = "The database cannot be reached just now, and most of this site is read from it."
_LOGS_AWAY = "The files of the channel logs cannot be read just now."
_OUR_FAULT = "That is our fault and none of yours: something here is broken, and its operator can see it."

View = Callable[[Site, Request], Response]


@dataclass(frozen=True, slots=True)
class TroublePage:
    """A page that says what is wrong."""

    status: int
    title: str
    text: str


def create_app(app: App) -> Starlette:
    """The site over `app`; it writes nothing but that a link was used.

    Each view runs on a thread of its own, so it may wait.
    """
    site = Site(app)
    made = Starlette(
        routes=[*_routes(site), Mount("/static", StaticFiles(directory=HERE / "static"), name="static")],
        middleware=[Middleware(WithHeaders)],
        exception_handlers={
            HTTPException: partial(_refused, site),
            Away: partial(_away, site),
            LogsAway: partial(_away, site),
            Exception: partial(_broken, site),
        },
    )
    # It would lead to an absolute address, of whatever host and scheme the request seems to have.
    made.router.redirect_slashes = False
    return made


def _routes(site: Site) -> list[Route]:
    views: dict[str, View] = {
        "/": cohorts.front,
        "/c/{slug}": cohorts.cohort,
        "/c/{slug}/rounds/{number}": rounds.round_,
        "/c/{slug}/answers": answers.of_cohort,
        "/answers": answers.of_all,
        "/b/{id}": badges.badge,
        "/help": info.help_,
        "/status": info.status,
        "/about": info.about,
        "/logs/{network}/{channel}": logs.channel,
        "/logs/{network}/{channel}/": logs.channel,
        "/logs/{network}/{channel}/{day}.txt": logs.raw,
        "/logs/{network}/{channel}/{day}": logs.day,
        "/api/cohorts": api.cohorts,
        "/api/cohorts/{slug}": api.cohort,
        "/api/cohorts/{slug}/rounds/{number}": api.round_,
        "/api/answers": api.answers,
    }
    once = Route("/export/{token}", partial(exports.export, site), methods=["GET", "POST"])
    return [*(Route(path, partial(view, site)) for path, view in views.items()), once]


class WithHeaders:
    """Puts HEADERS on every response."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async def dressed(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(HEADERS)
            await send(message)

        await self._app(scope, receive, dressed)


# --- when something is wrong


def _refused(site: Site, request: Request, fault: Exception) -> Response:
    assert isinstance(fault, HTTPException)
    standard = HTTPStatus(fault.status_code).phrase
    text = fault.detail
    if text == standard:
        text = (
            _NO_PAGE if fault.status_code == HTTPStatus.NOT_FOUND else f"{standard}: this page is only read."
        )
    return _trouble(site, request, fault.status_code, text, fault.headers)


def _away(site: Site, request: Request, fault: Exception) -> Response:
    log.warning("%s: %s", request.url.path, fault)
    text = _LOGS_AWAY if isinstance(fault, LogsAway) else _DATABASE_AWAY
    return _trouble(
        site,
        request,
        HTTPStatus.SERVICE_UNAVAILABLE,
        f"{text} Please try again in a minute.",
        {"Retry-After": "60"},
    )


def _broken(site: Site, request: Request, _fault: Exception) -> Response:
    # Starlette answers this outside of all middleware, then raises the fault again for the server's log.
    return _trouble(site, request, HTTPStatus.INTERNAL_SERVER_ERROR, _OUR_FAULT, HEADERS)


def _trouble(
    site: Site, request: Request, status: int, text: str, headers: Mapping[str, str] | None
) -> Response:
    response: Response
    if request.url.path.startswith("/api/"):
        response = api.Json({"error": text}, status)
    else:
        response = site.page("trouble.html", TroublePage(status, HTTPStatus(status).phrase, text), status)
    response.headers.update(headers or {})
    return response
