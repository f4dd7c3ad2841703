"""Work on the database is done once or not at all, whatever happens to the connection."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime, timedelta, timezone
from pathlib import Path

import pytest
from sqlalchemy import Column, Integer, MetaData, String, Table, func, insert, select, text, update
from sqlalchemy.engine import Connection, Engine, make_url
from sqlalchemy.exc import IntegrityError, StatementError
from support.lost_answers import LostAnswers, lost_answers
from support.postgres import PostgresServer
from support.processes import free_port

from cohortbot.store import engine as engine_module
from cohortbot.store.engine import Away, DatabaseUrlError, connect, reading, transaction
from cohortbot.store.types import UtcDateTime

metadata = MetaData()
seat = Table("seat", metadata, Column("id", Integer, primary_key=True), Column("who", String))
deed = Table("deed", metadata, Column("name", String, primary_key=True), Column("at", UtcDateTime))

AT_ONCE = timedelta(0)


def do(name: str) -> Callable[[Connection], None]:
    """A unit of work that is named before its first try, and done once however often it is tried."""

    def work(tx: Connection) -> None:
        if tx.execute(select(deed).where(deed.c.name == name)).first() is None:
            tx.execute(insert(deed).values(name=name))

    return work


def deeds(engine: Engine) -> list[str]:
    with reading(engine) as tx:
        return list(tx.execute(select(deed.c.name).order_by(deed.c.name)).scalars())


def with_tables(url: str) -> Iterator[Engine]:
    engine = connect(url)
    transaction(engine, metadata.create_all)
    yield engine
    engine.dispose()


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    yield from with_tables(database_url)


@pytest.fixture
def sqlite(sqlite_url: str) -> Iterator[Engine]:
    yield from with_tables(sqlite_url)


@pytest.fixture
def own_engine(own_postgres: PostgresServer) -> Iterator[Engine]:
    """A database on a server that the test may stop, and which then has what was committed."""
    yield from with_tables(own_postgres.url("postgres") + "?options=-c%20synchronous_commit%3Don")


@pytest.fixture
def wire(postgres: PostgresServer) -> Iterator[LostAnswers]:
    with lost_answers(postgres.port) as wire:
        yield wire


@pytest.fixture
def wired_engine(postgres_url: str, wire: LostAnswers) -> Iterator[Engine]:
    """A database at the other end of `wire`."""
    yield from with_tables(str(make_url(postgres_url).set(port=wire.port)))


class TestTransaction:
    def test_what_was_done_is_committed_and_its_result_returned(self, engine: Engine) -> None:
        assert transaction(engine, lambda tx: tx.execute(insert(deed).values(name="a")).rowcount) == 1
        assert deeds(engine) == ["a"]

    def test_what_raises_leaves_nothing_behind_and_is_not_tried_again(self, engine: Engine) -> None:
        tries = []

        def work(tx: Connection) -> None:
            tries.append(1)
            do("a")(tx)
            raise LookupError("no such cohort")

        with pytest.raises(LookupError):
            transaction(engine, work)
        assert deeds(engine) == []
        assert len(tries) == 1

    def test_a_broken_promise_is_a_fault_and_not_tried_again(self, engine: Engine) -> None:
        tries = []

        def work(tx: Connection) -> None:
            tries.append(1)
            tx.execute(insert(deed), [{"name": "a"}, {"name": "a"}])

        with pytest.raises(IntegrityError):
            transaction(engine, work)
        assert len(tries) == 1

    def test_four_threads_and_one_seat_seat_one(self, sqlite: Engine) -> None:
        transaction(sqlite, lambda tx: tx.execute(insert(seat).values(id=1)))
        both_read = threading.Barrier(4)

        def take(who: str) -> None:
            def work(tx: Connection) -> None:
                if tx.execute(select(seat.c.who)).scalar_one() is None:
                    taken.append(who)
                    tx.execute(update(seat).values(who=who))

            both_read.wait()
            transaction(sqlite, work)

        taken: list[str] = []
        run_together(lambda: take("a"), lambda: take("b"), lambda: take("c"), lambda: take("d"))
        assert len(taken) == 1

    def test_two_who_lock_each_other_out_are_both_done_in_the_end(self, postgres_url: str) -> None:
        for engine in with_tables(postgres_url):
            transaction(engine, lambda tx: tx.execute(insert(seat), [{"id": 1}, {"id": 2}]))
            first_tries_hold_one_each = threading.Barrier(2)

            def take_both(one: int, other: int, engine: Engine = engine) -> None:
                tries: list[int] = []

                def work(tx: Connection) -> None:
                    tries.append(one)
                    tx.execute(update(seat).where(seat.c.id == one).values(who=str(one)))
                    if len(tries) == 1:
                        first_tries_hold_one_each.wait()  # noqa: B023
                    tx.execute(update(seat).where(seat.c.id == other).values(who=str(one)))

                transaction(engine, work)

            run_together(lambda: take_both(1, 2), lambda: take_both(2, 1))

    def test_work_that_found_an_sqlite_file_full_is_done_when_there_is_room(self, sqlite: Engine) -> None:
        with sqlite.connect() as tx:
            pages = tx.exec_driver_sql("PRAGMA page_count").scalar_one()
        limits = [pages, 1_000_000]
        refused: list[str] = []

        def work(tx: Connection) -> None:
            tx.exec_driver_sql(f"PRAGMA max_page_count = {limits[0]}")
            do("a")(tx)
            tx.execute(insert(seat).values(who="x" * 100_000))

        def room() -> None:
            refused.extend(deeds(sqlite))
            limits.pop(0)

        transaction(sqlite, work, on_wait=room, wait_notice=AT_ONCE)
        assert deeds(sqlite) == ["a"]
        assert refused == []

    def test_work_that_found_a_servers_disk_full_is_done_when_there_is_room(self, postgres_url: str) -> None:
        full = ["DO $$ BEGIN RAISE 'no space left' USING ERRCODE = 'disk_full'; END $$"]

        def work(tx: Connection) -> None:
            do("a")(tx)
            if full:
                tx.exec_driver_sql(full.pop())

        for engine in with_tables(postgres_url):
            transaction(engine, work)
            assert deeds(engine) == ["a"]


class TestAway:
    def test_work_begun_while_the_server_is_down_is_done_when_it_is_back(
        self, own_postgres: PostgresServer, own_engine: Engine
    ) -> None:
        waits: list[str] = []

        def one_moment() -> None:
            waits.append("one moment")
            own_postgres.start()

        own_postgres.crash()
        transaction(own_engine, do("a"), on_wait=one_moment, wait_notice=timedelta(seconds=0.2))
        assert deeds(own_engine) == ["a"]
        assert waits == ["one moment"]

    def test_work_that_the_server_dies_under_is_run_again_whole(
        self, own_postgres: PostgresServer, own_engine: Engine
    ) -> None:
        tries = []

        def work(tx: Connection) -> None:
            tries.append(1)
            do("a")(tx)
            if len(tries) == 1:
                own_postgres.crash()
                own_postgres.start()
            do("b")(tx)

        transaction(own_engine, work)
        assert deeds(own_engine) == ["a", "b"]
        assert len(tries) == 2

    def test_a_commit_whose_answer_is_lost_is_not_done_twice(
        self, wire: LostAnswers, wired_engine: Engine
    ) -> None:
        tries = []

        def work(tx: Connection) -> None:
            tries.append(1)
            do("a")(tx)

        wire.lose_next()
        transaction(wired_engine, work)
        assert deeds(wired_engine) == ["a"]
        assert len(tries) == 2

    def test_a_commit_whose_answer_is_lost_is_unknown_at_the_deadline(
        self, wire: LostAnswers, wired_engine: Engine
    ) -> None:
        wire.lose_next()
        with pytest.raises(Away) as away:
            transaction(wired_engine, do("a"), deadline=AT_ONCE)
        assert away.value.commit_unknown
        assert deeds(wired_engine) == ["a"]

    def test_a_server_that_ends_the_session_at_commit_leaves_it_unknown(self, postgres_url: str) -> None:
        for engine in with_tables(postgres_url):
            transaction(engine, end_sessions_that_commit_a_deed)
            with pytest.raises(Away) as away:
                transaction(engine, do("a"), deadline=timedelta(seconds=0.3))
            assert away.value.commit_unknown
            assert deeds(engine) == []

    def test_a_server_that_is_not_there_changed_nothing(self) -> None:
        engine = connect(f"postgresql://bot:geheim@127.0.0.1:{free_port()}/cohortbot")
        with pytest.raises(Away, match="refused") as away:
            transaction(engine, do("a"), deadline=timedelta(seconds=0.2))
        assert not away.value.commit_unknown
        assert "geheim" not in str(away.value)
        with pytest.raises(Away), reading(engine) as tx:
            tx.execute(select(deed))

    def test_a_file_that_another_process_keeps_locked_is_away_and_unchanged(
        self, sqlite_url: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(engine_module, "LOCK_WAIT", timedelta(milliseconds=20))
        for engine in with_tables(sqlite_url):
            with closing(sqlite3.connect(tmp_path / "cohortbot.db", isolation_level=None)) as other:
                other.execute("BEGIN IMMEDIATE")
                with pytest.raises(Away, match="locked") as away:
                    transaction(engine, do("a"), deadline=timedelta(seconds=0.2))
                assert not away.value.commit_unknown
                transaction(engine, do("a"), on_wait=other.rollback, wait_notice=AT_ONCE)
            assert deeds(engine) == ["a"]


class TestReading:
    def test_a_reader_keeps_to_one_state_and_no_writer_waits_for_it(self, engine: Engine) -> None:
        transaction(engine, do("a"))
        with reading(engine) as tx:
            count = select(func.count()).select_from(deed)
            assert tx.execute(count).scalar_one() == 1
            transaction(engine, do("b"), deadline=AT_ONCE)
            assert tx.execute(count).scalar_one() == 1
        assert deeds(engine) == ["a", "b"]

    def test_a_connection_writes_again_after_it_was_read_from(self, engine: Engine) -> None:
        for name in ("a", "b", "c"):
            transaction(engine, do(name))
            assert name in deeds(engine)


class TestConnect:
    def test_sqlite_keeps_its_promises(self, sqlite: Engine) -> None:
        with reading(sqlite) as tx:
            settings = {
                name: tx.exec_driver_sql(f"PRAGMA {name}").scalar_one()
                for name in ("journal_mode", "foreign_keys", "synchronous", "busy_timeout")
            }
        assert settings == {"journal_mode": "wal", "foreign_keys": 1, "synchronous": 2, "busy_timeout": 5000}

    def test_what_the_url_says_wins_over_our_settings(self, postgres_url: str) -> None:
        engine = connect(f"{postgres_url}?application_name=standby&options=-c%20lock_timeout%3D7s")
        with reading(engine) as tx:
            assert tx.execute(text("SHOW application_name")).scalar_one() == "standby"
            assert tx.execute(text("SHOW lock_timeout")).scalar_one() == "7s"
        engine.dispose()

    def test_of_several_hosts_the_one_that_is_there_is_taken(self, postgres: PostgresServer) -> None:
        hosts = f"host=127.0.0.1:{free_port()}&host=127.0.0.1:{postgres.port}"
        engine = connect(f"postgresql://cohortbot@/postgres?{hosts}&target_session_attrs=read-write")
        with reading(engine) as tx:
            assert tx.execute(text("SELECT 1")).scalar_one() == 1
        engine.dispose()

    @pytest.mark.parametrize(
        "url",
        [
            "",
            "cohortbot.db",
            "sqlite://",
            "sqlite:///:memory:",
            "mysql://bot:geheim@host/db",
            "postgres://h/d",
        ],
    )
    def test_another_url_is_refused_with_what_would_be_right(self, url: str) -> None:
        with pytest.raises(DatabaseUrlError, match="sqlite:///FILE") as refusal:
            connect(url)
        assert "geheim" not in str(refusal.value)

    def test_a_file_in_a_folder_that_is_not_there_is_refused(self, tmp_path: Path) -> None:
        with pytest.raises(DatabaseUrlError, match=f"folder {tmp_path}/gone of the database"):
            connect(f"sqlite:///{tmp_path}/gone/cohortbot.db")

    def test_without_the_postgres_extra_it_says_how_to_get_it(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setitem(__import__("sys").modules, "psycopg2", None)
        with pytest.raises(DatabaseUrlError, match=r"pip install 'cohortbot\[postgres\]'"):
            connect("postgresql://host/cohortbot")


class TestInstants:
    def test_an_instant_comes_back_aware_in_utc_to_the_microsecond(self, engine: Engine) -> None:
        at = datetime(2026, 11, 26, 18, 0, 0, 123456, tzinfo=timezone(timedelta(hours=5, minutes=45)))
        transaction(engine, lambda tx: tx.execute(insert(deed).values(name="a", at=at)))
        with reading(engine) as tx:
            back = tx.execute(select(deed.c.at)).scalar_one()
        assert back == at
        assert back.tzinfo is UTC

    def test_instants_are_compared_as_instants(self, engine: Engine) -> None:
        noon = datetime(2026, 11, 26, 12, tzinfo=UTC)
        later = (noon + timedelta(microseconds=1)).astimezone(timezone(timedelta(hours=-11)))
        rows = [{"name": "noon", "at": noon}, {"name": "later", "at": later}]
        transaction(engine, lambda tx: tx.execute(insert(deed), rows))
        with reading(engine) as tx:
            assert tx.execute(select(deed.c.name).where(deed.c.at > noon)).scalars().all() == ["later"]
            assert tx.execute(select(func.max(deed.c.at))).scalar_one() == later

    def test_a_naive_time_is_refused(self, engine: Engine) -> None:
        naive = datetime(2026, 11, 26, 12, tzinfo=UTC).replace(tzinfo=None)
        with pytest.raises(StatementError, match="must be aware"):
            transaction(engine, lambda tx: tx.execute(insert(deed).values(name="a", at=naive)))


def run_together(*works: Callable[[], None]) -> None:
    """Run each in a thread of its own; what one raises is raised."""
    faults: list[BaseException] = []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as fault:  # noqa: BLE001 - handed to the test's own thread
            faults.append(fault)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if faults:
        raise faults[0]


def end_sessions_that_commit_a_deed(tx: Connection) -> None:
    tx.execute(
        text(
            "CREATE FUNCTION die() RETURNS trigger LANGUAGE plpgsql AS "
            "$$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$"
        )
    )
    tx.execute(
        text(
            "CREATE CONSTRAINT TRIGGER die AFTER INSERT ON deed DEFERRABLE INITIALLY DEFERRED "
            "FOR EACH ROW EXECUTE FUNCTION die()"
        )
    )
