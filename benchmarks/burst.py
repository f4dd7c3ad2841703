"""1,000 cohorts whose check-in is due in the same minute: until all rounds are open, on each database.

Beside it, in the same run, the bare rows of as many rounds (round, roster, event, prompt), inserted in the
same batches by the same driver: what no program that keeps these rows can do without.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory

from sqlalchemy import delete, func, insert, select, update
from sqlalchemy.engine import Connection, Engine
from support.postgres import postgres_server
from support.programme import World, programme

from cohortbot.service import rounds
from cohortbot.store import tables
from cohortbot.store.engine import transaction

COHORTS, MENTEES, TIMES = 1_000, 8, 5
NOW = datetime(2026, 11, 25, 12, 0, tzinfo=UTC)  # a Wednesday; check-ins are on Thursdays
DUE = datetime(2026, 11, 26, 16, 0, tzinfo=UTC)

ONE = """\
c{0}:
  title: Cohort {0}
  goal: It is done
  places: {1}
  checkin: {{day: thursday, time: "17:00", zone: Europe/Berlin}}
"""


def seated(folder: Path, url: str) -> World:
    """The cohorts, each with its mentees, before their first check-in."""
    world = programme(
        folder, url, at=NOW, cohorts="".join(ONE.format(number, MENTEES) for number in range(COHORTS))
    )
    transaction(world.app.engine, _seat)
    world.pass_time(timedelta(0))  # whatever is found out once
    return world


def _seat(tx: Connection) -> None:
    people = range(1, COHORTS * MENTEES + 1)
    tx.execute(insert(tables.person), [{"id": each, "made_at": NOW, "word_at": NOW} for each in people])
    at = dict.fromkeys(("state_since", "joined_at", "line_since"), NOW)
    tx.execute(
        insert(tables.membership).values(role="mentee", state="active", **at),
        [{"cohort_id": (each - 1) // MENTEES + 1, "person_id": each} for each in people],
    )


def as_before(tx: Connection) -> None:
    """No round, and all of them due."""
    for table in (tables.outbox, tables.event, tables.roster, tables.round_):
        tx.execute(delete(table))
    tx.execute(update(tables.cohort).values(due_at=None))


def bare(engine: Engine) -> None:
    for first in range(1, COHORTS + 1, rounds.BATCH):
        transaction(engine, lambda tx, first=first: _rows(tx, range(first, first + rounds.BATCH)))


def _rows(tx: Connection, some: range) -> None:
    when = {"opened_at": DUE, "closes_at": DUE + timedelta(days=3), "slot": date(2026, 11, 26)}
    opened = [{"id": each, "cohort_id": each} for each in some]
    tx.execute(insert(tables.round_).values(number=1, state="open", **when), opened)
    asked = [
        {"round_id": each, "person_id": (each - 1) * MENTEES + n + 1} for each in some for n in range(MENTEES)
    ]
    tx.execute(insert(tables.roster), asked)
    about = [{"cohort_id": each, "round_id": each} for each in some]
    tx.execute(insert(tables.event).values(at=DUE, kind="opened", way="tick"), about)
    prompts = [each | {"key": f"prompt:{each['round_id']}"} for each in about]
    tx.execute(
        insert(tables.outbox).values(kind="prompt", network="labnet", state="pending", made_at=DUE), prompts
    )


def seconds(engine: Engine, work: Callable[[], object]) -> list[float]:
    took = []
    for _ in range(TIMES):
        transaction(engine, as_before)
        began = time.perf_counter()
        work()
        took.append(time.perf_counter() - began)
        with engine.connect() as tx:
            assert tx.scalar(select(func.count()).select_from(tables.round_)) == COHORTS
    return took


@contextmanager
def database(kind: str, folder: Path) -> Iterator[str]:
    if kind == "SQLite":
        yield f"sqlite:///{folder / 'cohortbot.db'}"
        return
    with postgres_server() as server, server.database() as url:
        yield url


def main() -> None:
    print(f"{COHORTS} cohorts of {MENTEES} due at once, {rounds.BATCH} a transaction, {TIMES} times")
    for kind in ("SQLite", "PostgreSQL"):
        with TemporaryDirectory() as name, database(kind, Path(name)) as url:
            world = seated(Path(name), url)
            engine = world.app.engine
            rows = seconds(engine, lambda engine=engine: bare(engine))
            ours = seconds(engine, lambda world=world: rounds.open_due(world.app, DUE))
            for what, took in (("all rounds open", ours), ("the bare rows", rows)):
                print(f"{kind}: {what} in {min(took):.2f}–{median(took):.2f}–{max(took):.2f} s")
            print(f"{kind}: ratio {median(ours) / median(rows):.1f}")
            engine.dispose()


if __name__ == "__main__":
    main()
