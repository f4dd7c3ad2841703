"""`export me`: all that is kept of somebody, as one file, behind a link that gives it once."""

from __future__ import annotations

import secrets
from typing import Any

from cohortbot.domain.privacy import ExportLink, NothingKept
from cohortbot.domain.refusals import NotTheClaiming
from cohortbot.service.app import App
from cohortbot.service.call import Call, handles
from cohortbot.service.reply import Reply
from cohortbot.store import exporting, sessions
from cohortbot.store.engine import reading, transaction
from cohortbot.store.sessions import Link

EXPORT = "export"  # the kind of the link


@handles("export me")
def export_me(call: Call) -> Reply:
    """Always answered privately: the link is for whoever holds it."""
    me = call.speaker.person
    if me is None:
        return call.privately(NothingKept())
    if not call.speaker.claiming:
        return call.privately(NotTheClaiming(me.nick, call.verb.name))
    token, open_for = secrets.token_urlsafe(24), call.app.limits.export
    sessions.make(call.tx, EXPORT, token, me.id, call.now, call.now + open_for)
    return call.privately(ExportLink(f"/export/{token}", open_for))


def link(app: App, token: str) -> Link:
    """How a link stands; Away is raised."""
    with reading(app.engine) as tx:
        return sessions.look(tx, EXPORT, token, app.now())


def file(app: App, token: str) -> dict[str, list[dict[str, Any]]] | None:
    """All that is kept of whoever the link is for, and the link is used; None when it does not work."""
    now = app.now()

    def redeem(tx: Any) -> dict[str, list[dict[str, Any]]] | None:
        person = sessions.redeem(tx, EXPORT, token, now)
        return exporting.of(tx, person) if person is not None else None

    return transaction(app.engine, redeem)
