"""The lease in the database: one of several gets it, and whoever lost it changes nothing."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime
from threading import Barrier, Event

import pytest
from sqlalchemy.engine import Connection, Engine

from cohortbot.domain.lease import LONG, SHORT, Lease, Place
from cohortbot.store import leases
from cohortbot.store.engine import Fenced, connect, reading, set_fence, transaction, without_fence
from cohortbot.store.migrate import upgrade
from cohortbot.store.tables import gauge

AT = datetime(2026, 11, 26, 17, 0, tzinfo=UTC)
HERE = Place("a", "boot", "machine", "/var/lock", "logs")


@pytest.fixture
def ready(database_url: str) -> Iterator[Engine]:
    upgrade(database_url)
    engine = connect(database_url)
    yield engine
    engine.dispose()


def place(token: str) -> Place:
    return replace(HERE, token=token)


def take(engine: Engine, token: str) -> int | None:
    """As things are now."""
    seen = look(engine)
    return transaction(engine, lambda tx: leases.take(tx, "lab", seen, place(token), SHORT))


def look(engine: Engine) -> Lease | None:
    with reading(engine) as tx:
        return leases.of(tx, "lab")


def test_the_first_takes_it_and_shows_where_it_is(ready: Engine) -> None:
    assert look(ready) is None
    assert take(ready, "a") == 1
    assert look(ready) == Lease(1, 0, SHORT, held=True, holder=HERE)


def test_it_is_renewed_by_its_holder_alone(ready: Engine) -> None:
    take(ready, "a")
    assert transaction(ready, lambda tx: leases.renew(tx, "lab", 1, LONG))
    found = look(ready)
    assert found is not None
    assert (found.beats, found.lasts) == (1, LONG)
    assert take(ready, "b") == 2
    assert not transaction(ready, lambda tx: leases.renew(tx, "lab", 1, LONG))


def test_what_was_renewed_since_it_was_seen_is_not_taken(ready: Engine) -> None:
    take(ready, "a")
    seen = look(ready)
    transaction(ready, lambda tx: leases.renew(tx, "lab", 1, SHORT))
    assert transaction(ready, lambda tx: leases.take(tx, "lab", seen, place("b"), SHORT)) is None


def test_of_twenty_who_see_the_same_one_takes_it(ready: Engine) -> None:
    for round_ in range(3):
        seen, ready_all = look(ready), Barrier(20)

        def try_it(number: int, seen: Lease | None = seen, ready_all: Barrier = ready_all) -> int | None:
            engine = connect(str(ready.url.render_as_string(hide_password=False)))
            ready_all.wait()
            try:
                mine = place(str(number))
                return transaction(engine, lambda tx: leases.take(tx, "lab", seen, mine, SHORT))
            finally:
                engine.dispose()

        with ThreadPoolExecutor(20) as pool:
            epochs = [epoch for epoch in pool.map(try_it, range(20)) if epoch is not None]
        assert epochs == [round_ + 1]


def test_given_back_it_is_free(ready: Engine) -> None:
    take(ready, "a")
    transaction(ready, lambda tx: leases.give_back(tx, "lab", 1))
    found = look(ready)
    assert found is not None
    assert not found.held
    take(ready, "b")
    transaction(ready, lambda tx: leases.give_back(tx, "lab", 1))
    found = look(ready)
    assert found is not None
    assert found.held


def write(tx: Connection) -> None:
    tx.execute(gauge.insert().values(network="x", at=AT, queued=0, reconnects=0, errors=0))


def test_who_lost_it_changes_nothing(ready: Engine) -> None:
    take(ready, "a")
    set_fence(ready, leases.fence("lab", 1))
    plain = without_fence(ready)
    transaction(ready, lambda tx: tx.execute(gauge.delete()))
    take(plain, "b")
    with pytest.raises(Fenced, match="another bot is on lab now"):
        transaction(ready, write)
    with reading(ready) as tx:
        assert tx.execute(gauge.select()).all() == []
    transaction(plain, write)


def test_a_takeover_waits_for_what_the_holder_has_open(ready: Engine) -> None:
    take(ready, "a")
    plain = without_fence(ready)
    set_fence(ready, leases.fence("lab", 1))
    begun, go_on = Event(), Event()

    def slow(tx: Connection) -> None:
        begun.set()
        assert go_on.wait(10)
        write(tx)

    with ThreadPoolExecutor(2) as pool:
        writing = pool.submit(transaction, ready, slow)
        assert begun.wait(10)
        taking = pool.submit(take, plain, "b")
        with pytest.raises(TimeoutError):
            taking.result(0.5)
        go_on.set()
        writing.result(10)
        assert taking.result(10) == 2


def test_who_waits_shows_signs_of_life(ready: Engine) -> None:
    for beats in (1, 2):
        transaction(ready, lambda tx: leases.wait(tx, "lab", place("b")))
        with reading(ready) as tx:
            assert leases.waiting(tx, "lab") == {place("b"): beats}
    transaction(ready, lambda tx: leases.wait_no_more(tx, "b"))
    with reading(ready) as tx:
        assert leases.waiting(tx, "lab") == {}
