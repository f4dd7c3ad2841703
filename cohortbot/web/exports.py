"""`/export/<token>`: looking shows a button, which gives the file, once."""

from __future__ import annotations

import re
from dataclasses import dataclass

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from cohortbot.service import exporting
from cohortbot.store.sessions import Link
from cohortbot.web.api import Json
from cohortbot.web.site import Site

_TOKEN = re.compile(r"[A-Za-z0-9_-]{20,64}")
_ONCE = {
    "Content-Disposition": 'attachment; filename="what-is-kept-of-me.json"',
    "Cache-Control": "no-store",
}


@dataclass(frozen=True, slots=True)
class ExportPage:
    path: str


def export(site: Site, request: Request) -> Response:
    token: str = request.path_params["token"]
    if not _TOKEN.fullmatch(token):
        raise _unknown()
    if request.method == "POST":
        found = exporting.file(site.app, token)
        if found is not None:
            return Json(found, headers=_ONCE)
    match exporting.link(site.app, token):
        case Link.UNKNOWN:
            raise _unknown()
        case Link.OVER:
            raise HTTPException(
                410, "This link was used, or is too old. Say «export me» again for a new one."
            )
        case Link.OPEN:
            page = site.page("export.html", ExportPage(f"/export/{token}"))
            page.headers["Cache-Control"] = "no-store"
            return page


def _unknown() -> HTTPException:
    return HTTPException(404, "There is no such link. Is all of it there?")
