"""One line in a channel for somebody whose own settings keep our private words from them."""

from __future__ import annotations

from datetime import datetime, timedelta

from sqlalchemy.engine import Connection

from cohortbot.domain.undelivered import Why
from cohortbot.service.app import App
from cohortbot.service.presence import Presence
from cohortbot.store import cohorts, outbox

HINT = "something-waits"  # its kind in the outbox
# Of reminders, and of what is asked of the silent, nobody else hears that there is anything.
UNHINTED = frozenset(
    {"reminder", "round-open", "stay-asked", "seat-passed-on", "still-here", "still-helping"}
)
STALE = timedelta(minutes=10)  # after which it is not said any more: they may have left since


def hint(
    app: App,
    tx: Connection,
    person_id: int,
    nick: str,
    why: Why,
    presence: Presence,
    now: datetime,
    *,
    first: int | None = None,
) -> None:
    """Have it said, without contents, that something waits for a person who is here as `nick`.

    Once a day (`Limits.hint_again`) at most, in the channel of the cohort `first` if they are there, else in
    that of another cohort; where they share none with us, nowhere.
    """
    if outbox.was_put(tx, HINT, person_id, now - app.limits.hint_again):
        return
    every = sorted(cohorts.all_of(tx, app.network), key=lambda cohort: cohort.id != first)
    shared = next((one for one in every if presence.in_channel(nick, one.channel)), None)
    if shared is None:
        return
    outbox.put(
        tx,
        HINT,
        f"{HINT}:{person_id}:{now.isoformat()}",
        network=app.network,
        now=now,
        cohort=shared.id,
        about=person_id,
        detail=why,
        expires_at=now + STALE,
    )
