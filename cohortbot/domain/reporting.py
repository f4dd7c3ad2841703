"""What organizers read of a week, and of the badges that were given."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from cohortbot.domain.model import CohortState, Tally

WEEK = timedelta(weeks=1)


@dataclass(frozen=True, slots=True)
class CohortWeek:
    """One cohort: `checkins` of its check-ins of that week, None when there was none.

    `stuck` counts unsolved blockers, `oldest` is the number of the oldest and how long it has been open.
    `present` of `mentors` are there or have a cover. `finished` counts goals confirmed in that week.
    """

    slug: str
    state: CohortState
    checkins: Tally | None
    stuck: int
    oldest: tuple[int, timedelta] | None
    present: int
    mentors: int
    taken: int
    places: int
    waiting: int
    finished: int

    @property
    def met(self) -> bool:
        return self.checkins is not None and self.checkins.answered > 0


@dataclass(frozen=True, slots=True)
class WeekReport:
    """The cohorts that are not archived, a line each."""

    cohorts: tuple[CohortWeek, ...]


@dataclass(frozen=True, slots=True)
class AwardLine:
    """One badge; `issued_at` is None while it waits for its person to identify, and so is `path`."""

    slug: str
    badge: str
    nick: str
    account: str | None
    confirmed_by: str
    confirmed_at: datetime
    issued_at: datetime | None
    revoked_at: datetime | None
    path: str | None
    url: str | None


Outcome = WeekReport
