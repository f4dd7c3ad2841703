"""What waits on a person has a clock: said again after a day to those who can act, then to organizers."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from cohortbot.domain.message import Timing
from cohortbot.service.app import App
from cohortbot.service.call import organizers
from cohortbot.store import outbox
from cohortbot.store.engine import reading, transaction


@dataclass(frozen=True, slots=True)
class Wait:
    """Something asked of people `to`, since an instant, that nobody has acted on.

    `kind` is what the outbox says to them, which is nothing once somebody has acted, and `timing` how soon;
    `key` names the asking. `then` is what organizers hear, and how soon; with `closed` it is the same people
    who hear it, and nobody else. The rest are the ids of outbox.put.
    """

    kind: str
    key: str
    since: datetime
    to: tuple[int, ...]
    cohort: int | None = None
    membership: int | None = None
    about: int | None = None
    detail: str | None = None
    timing: Timing = Timing.DAILY
    then: tuple[str, Timing] | None = None
    closed: bool = False


Source = Callable[[App, Connection, datetime, datetime], Iterable[Wait]]
"""What has waited since before the first instant, seen at the second."""

_SOURCES: list[Source] = []


def waits(source: Source) -> Source:
    """Registers one kind of thing that can wait on a person."""
    _SOURCES.append(source)
    return source


def say_again(app: App, now: datetime) -> None:
    """After `Limits.wait_again` once more to those who can act, after `Limits.wait_long` to organizers.

    Each is asked for at every tick while it waits, and said once: its key in the outbox sees to that.
    """
    with reading(app.engine) as tx:
        anything = bool(_waiting(app, tx, now))
    if anything:
        transaction(app.engine, lambda tx: _say_again(app, tx, now))


def _waiting(app: App, tx: Connection, now: datetime) -> list[Wait]:
    return [one for source in _SOURCES for one in source(app, tx, now - app.limits.wait_again, now)]


def _say_again(app: App, tx: Connection, now: datetime) -> None:
    for one in _waiting(app, tx, now):
        for person_id in one.to:
            _tell(app, tx, one, one.kind, one.timing, person_id, now)
        if now - one.since >= app.limits.wait_long:
            kind, timing = one.then or (one.kind, Timing.DAILY)
            for person_id in one.to if one.closed else [each.id for each in organizers(app, tx, now)]:
                _tell(app, tx, one, kind, timing, person_id, now)


def _tell(
    app: App, tx: Connection, one: Wait, kind: str, timing: Timing, person_id: int, now: datetime
) -> None:
    outbox.put(
        tx,
        kind,
        f"{kind}-again:{one.key}:{person_id}",
        network=app.network,
        now=now,
        person=person_id,
        cohort=one.cohort,
        membership=one.membership,
        about=one.about,
        detail=one.detail,
        timing=timing,
    )
