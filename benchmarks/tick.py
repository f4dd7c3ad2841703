"""What the clock's tick costs when nothing is due: 1,000 cohorts with three years of rounds behind them.

Beside it, in the same run, what APScheduler's own store of jobs takes to find out that none of 1,000 is due.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from datetime import time as clock_time
from pathlib import Path
from statistics import median, quantiles
from tempfile import TemporaryDirectory

from apscheduler.jobstores.sqlalchemy import SQLAlchemyJobStore
from apscheduler.schedulers.background import BackgroundScheduler
from apscheduler.triggers.cron import CronTrigger
from sqlalchemy import String, bindparam, cast, insert, literal, select, update
from sqlalchemy.engine import Connection
from support.programme import World, programme

from cohortbot import service
from cohortbot.store import tables
from cohortbot.store.engine import transaction
from cohortbot.store.types import UtcDateTime

COHORTS, ROUNDS, MENTEES = 1_000, 156, 4
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)  # a Wednesday; check-ins are on Thursdays
LAST_SLOT = date(2026, 11, 19)
TICKS = 50

ONE = """\
c{0}:
  title: Cohort {0}
  goal: It is done
  places: {1}
  checkin: {{day: thursday, time: "17:00", zone: Europe/Berlin}}
"""


def lived(folder: Path, url: str) -> World:
    """The cohorts, each with its mentees, a round a week for three years, and an answer of each in each."""
    cohorts = "".join(ONE.format(number, MENTEES) for number in range(COHORTS))
    world = programme(folder, url, at=NOW, cohorts=cohorts)
    transaction(world.app.engine, _fill)
    world.pass_time(timedelta(0))  # whatever is found out once
    world.heard("nobody")
    return world


def _fill(tx: Connection) -> None:
    people = range(1, COHORTS * MENTEES + 1)
    tx.execute(insert(tables.person), [{"id": each, "made_at": NOW, "word_at": NOW} for each in people])
    named = ("account", "account_key", "nick", "nick_key")
    identities = [{"person_id": each} | dict.fromkeys(named, f"p{each}") for each in people]
    tx.execute(insert(tables.identity).values(network="labnet"), identities)
    seated = {
        "role": "mentee",
        "state": "active",
        **dict.fromkeys(("state_since", "joined_at", "line_since"), NOW),
    }
    members = [
        seated | {"id": each, "cohort_id": (each - 1) // MENTEES + 1, "person_id": each} for each in people
    ]
    tx.execute(insert(tables.membership), members)
    place = update(tables.seat).where(
        tables.seat.c.cohort_id == bindparam("c"), tables.seat.c.number == bindparam("n")
    )
    tx.execute(
        place.values(membership_id=bindparam("m")),
        [{"c": (each - 1) // MENTEES + 1, "n": (each - 1) % MENTEES + 1, "m": each} for each in people],
    )
    for number in range(1, ROUNDS + 1):
        slot = LAST_SLOT - timedelta(weeks=ROUNDS - number)
        at = datetime.combine(slot, clock_time(16), UTC)
        closed = {"number": number, "slot": slot, "state": "closed"}
        closed |= dict.fromkeys(("opened_at", "closes_at", "closed_at"), at)
        tx.execute(insert(tables.round_), [closed | {"cohort_id": each + 1} for each in range(COHORTS)])
    round_, membership = tables.round_, tables.membership
    asked = select(round_.c.id, membership.c.person_id).where(membership.c.cohort_id == round_.c.cohort_id)
    tx.execute(insert(tables.roster).from_select(["round_id", "person_id"], asked))
    msgid = cast(tables.roster.c.round_id, String) + "-" + cast(tables.roster.c.person_id, String)
    said = select(
        *(tables.roster.c.round_id, tables.roster.c.person_id, literal("did"), literal("this and that")),
        *(literal(value=False), literal(NOW, UtcDateTime), msgid),
    )
    columns = ["round_id", "person_id", "part", "text", "private", "at", "msgid"]
    tx.execute(insert(tables.answer).from_select(columns, said))


def apschedulers_own(folder: Path) -> Callable[[], object]:
    """1,000 jobs, each with its weekly trigger, in the store that APScheduler brings along."""
    store = SQLAlchemyJobStore(url=f"sqlite:///{folder / 'jobs.db'}")
    scheduler = BackgroundScheduler(jobstores={"default": store}, timezone="UTC")
    scheduler.start(paused=True)
    for number in range(COHORTS):
        trigger = CronTrigger(day_of_week="thu", hour=17, timezone="Europe/Berlin")
        scheduler.add_job(print, trigger, id=str(number))
    return lambda: (store.get_due_jobs(NOW - timedelta(days=365)), store.get_next_run_time())


def milliseconds(work: Callable[[], object]) -> list[float]:
    took = []
    for _ in range(TICKS):
        began = time.perf_counter()
        work()
        took.append((time.perf_counter() - began) * 1000)
    return took


def said(name: str, took: list[float]) -> str:
    return (
        f"{name}: {min(took):.1f}–{median(took):.1f}–{max(took):.1f} ms, p95 {quantiles(took, n=20)[-1]:.1f}"
    )


def main() -> None:
    with TemporaryDirectory() as name:
        folder = Path(name)
        world = lived(folder, f"sqlite:///{folder / 'cohortbot.db'}")
        print(
            f"{COHORTS} cohorts, {ROUNDS} rounds each, {COHORTS * ROUNDS * MENTEES} answers; nothing is due"
        )
        ours = milliseconds(lambda: service.tick(world.app, world.now))
        theirs = milliseconds(apschedulers_own(folder))
        print(said("a tick", ours))
        print(said("APScheduler's own store: which of 1,000 jobs are due", theirs))
        print(f"ratio {median(ours) / median(theirs):.1f}")


if __name__ == "__main__":
    main()
