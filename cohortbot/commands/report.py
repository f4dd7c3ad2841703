"""`cohortbot report`: the week cohort by cohort, or the badges, for reading or as CSV."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict
from datetime import datetime

from cohortbot import texts, wiring
from cohortbot.commands.database import FAULTS, sentence
from cohortbot.config import Config
from cohortbot.domain.reporting import AwardLine, CohortWeek
from cohortbot.service import reporting
from cohortbot.service.app import App
from cohortbot.store.migrate import require_current

OK, FAILED = 0, 1


def week(config: Config, *, as_csv: bool) -> int:
    """The seven days until now, every cohort that is not archived."""
    return _told(config, _week_csv if as_csv else _week)


def awards(config: Config, *, as_csv: bool) -> int:
    """Every badge, the oldest first."""
    return _told(config, _awards_csv if as_csv else _awards)


def _told(config: Config, tell: Callable[[App], None]) -> int:
    try:
        app = wiring.build(config)
        require_current(app.engine)
        tell(app)
    except FAULTS as error:
        print(f"database: {sentence(error)}", file=sys.stderr)
        return FAILED
    return OK


def _week(app: App) -> None:
    for line in texts.words(reporting.week(app, app.now()), texts.Voice.of(app.config)):
        print(line)


def _week_csv(app: App) -> None:
    head = (
        *("cohort", "state", "met", "answered", "asked", "blockers", "oldest_blocker", "oldest_hours"),
        *("mentors_present", "mentors", "taken", "places", "waiting", "finished"),
    )
    _write(head, map(_week_row, reporting.week(app, app.now()).cohorts))


def _week_row(one: CohortWeek) -> Sequence[object]:
    number, age = one.oldest or (None, None)
    return (
        one.slug,
        one.state,
        "yes" if one.met else "no",
        one.checkins.answered if one.checkins is not None else None,
        one.checkins.asked if one.checkins is not None else None,
        one.stuck,
        number,
        int(age.total_seconds() // 3600) if age is not None else None,
        *(one.present, one.mentors, one.taken, one.places, one.waiting, one.finished),
    )


def _awards(app: App) -> None:
    voice = texts.Voice.of(app.config)
    for one in reporting.awards(app):
        where = voice.link(one.path) if one.path is not None else "waits until they identify"
        revoked = f", revoked {one.revoked_at:%Y-%m-%d}" if one.revoked_at is not None else ""
        print(
            f"{one.confirmed_at:%Y-%m-%d}  {one.slug}  {one.nick}  «{one.badge}», "
            f"confirmed by {one.confirmed_by}{revoked}: {where}"
        )


def _awards_csv(app: App) -> None:
    voice = texts.Voice.of(app.config)
    head = (
        *("cohort", "badge", "nick", "account", "confirmed_by", "confirmed_at", "issued_at", "revoked_at"),
        *("page", "url"),
    )
    _write(head, (_award_row(one, voice) for one in reporting.awards(app)))


def _award_row(one: AwardLine, voice: texts.Voice) -> Sequence[object]:
    values = asdict(one) | {"path": voice.link(one.path) if one.path is not None else None}
    return [_iso(value) if isinstance(value, datetime) else value for value in values.values()]


def _iso(at: datetime) -> str:
    return f"{at:%Y-%m-%dT%H:%M:%SZ}"


def _write(head: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    out = csv.writer(sys.stdout, lineterminator="\n")
    out.writerow(head)
    out.writerows([["" if value is None else _plain(value) for value in row] for row in rows])


def _plain(value: object) -> object:
    """A spreadsheet takes what begins so for a formula."""
    return f"'{value}" if isinstance(value, str) and value.startswith(("=", "+", "-", "@")) else value
