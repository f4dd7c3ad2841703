"""A backup holds every row as it was at one instant, whoever writes meanwhile, and comes back whole."""

from __future__ import annotations

import shutil
import stat
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime, time, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Column, Table, insert, select
from sqlalchemy.engine import Connection, Engine, make_url
from support.processes import wait_until

from cohortbot.store import tables
from cohortbot.store.backup import BackupError, backup, restore
from cohortbot.store.engine import connect, reading, transaction
from cohortbot.store.migrate import require_current, upgrade

Rows = dict[str, set[str]]
NOON = datetime(2026, 11, 26, 12, 0, 0, 123456, tzinfo=UTC)


@pytest.fixture
def database(database_url: str) -> Iterator[Engine]:
    """A database of the present schema with two rows in every table."""
    upgrade(database_url)
    engine = connect(database_url)
    transaction(engine, fill)
    yield engine
    engine.dispose()


@pytest.fixture
def another(another_url: str) -> Iterator[Engine]:
    engine = connect(another_url)
    yield engine
    engine.dispose()


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "cohortbot.backup"


class TestRoundTrip:
    def test_every_row_of_every_table_comes_back(
        self, database: Engine, database_url: str, another: Engine, another_url: str, file: Path
    ) -> None:
        backup(database_url, file)
        restore(another_url, file)
        restored = rows(another)
        assert restored == rows(database)
        assert all(len(restored[table]) == 2 for table in restored)
        require_current(another)

    @pytest.mark.usefixtures("database")
    def test_nobody_is_on_the_network_with_it_or_waits(
        self, database_url: str, another: Engine, another_url: str, file: Path
    ) -> None:
        backup(database_url, file)
        restore(another_url, file)
        with reading(another) as tx:
            assert list(tx.scalars(select(tables.lease.c.held))) == [False, False]
            assert tx.execute(select(tables.standby)).all() == []

    @pytest.mark.usefixtures("database")
    def test_the_restored_database_goes_on_counting(
        self, database_url: str, another: Engine, another_url: str, file: Path
    ) -> None:
        backup(database_url, file)
        restore(another_url, file)
        assert transaction(another, add_person) == 3

    def test_it_holds_one_instant_while_people_write(
        self, database: Engine, database_url: str, another: Engine, another_url: str, file: Path
    ) -> None:
        with writers(database, 3) as written:
            wait_until(lambda: len(written) >= 30, "thirty people")
            before = rows(database)
            backup(database_url, file)
            so_far = len(written)
            wait_until(lambda: len(written) >= so_far + 10, "ten more people after the backup")
        restore(another_url, file)
        restored, after = rows(another), rows(database)
        for table in restored:
            assert before[table] <= restored[table] <= after[table], table
        with reading(another) as tx:
            people = set(tx.execute(select(tables.person.c.id)).scalars())
            with_event = set(tx.execute(select(tables.event.c.person_id)).scalars())
        assert people == with_event  # what was committed together is there together


class TestFile:
    @pytest.mark.usefixtures("database")
    def test_it_is_its_owners_alone_and_leaves_nothing_beside_it(
        self, database_url: str, tmp_path: Path
    ) -> None:
        folder = tmp_path / "backups"
        folder.mkdir()
        backup(database_url, folder / "a")
        assert stat.S_IMODE((folder / "a").stat().st_mode) == 0o600
        assert [path.name for path in folder.iterdir()] == ["a"]

    @pytest.mark.usefixtures("database")
    def test_it_takes_the_place_of_the_last_one(self, database_url: str, file: Path) -> None:
        file.write_text("last night's")
        backup(database_url, file)
        assert not file.read_bytes().startswith(b"last")

    def test_one_that_fails_leaves_the_last_one(self, sqlite_url: str, tmp_path: Path, file: Path) -> None:
        file.write_text("last night's")
        with pytest.raises(BackupError, match="there is no database"):
            backup(sqlite_url, file)
        assert file.read_text() == "last night's"
        assert [path.name for path in tmp_path.iterdir()] == [file.name]

    def test_the_database_is_not_overwritten_by_its_own_backup(self, sqlite_url: str, tmp_path: Path) -> None:
        upgrade(sqlite_url)
        with pytest.raises(BackupError, match="the database itself"):
            backup(sqlite_url, tmp_path / "cohortbot.db")
        require_current(connect(sqlite_url))

    def test_a_folder_that_is_not_there_is_named(self, sqlite_url: str, tmp_path: Path) -> None:
        with pytest.raises(BackupError, match=f"{tmp_path}/gone/a: No such file"):
            backup(sqlite_url, tmp_path / "gone" / "a")


class TestRestore:
    def test_a_database_with_tables_is_left_alone(
        self, database: Engine, database_url: str, file: Path
    ) -> None:
        backup(database_url, file)
        before = rows(database)
        with pytest.raises(BackupError, match="not empty"):
            restore(database_url, file)
        assert rows(database) == before

    @pytest.mark.usefixtures("database")
    def test_a_damaged_backup_changes_nothing(
        self, database_url: str, another: Engine, another_url: str, file: Path
    ) -> None:
        backup(database_url, file)
        content = file.read_bytes()
        file.write_bytes(content[: len(content) // 2])
        with pytest.raises(BackupError):
            restore(another_url, file)
        with reading(another) as tx:
            assert not tx.dialect.has_table(tx, "person")

    @pytest.mark.parametrize(
        ("content", "complaint"),
        [(None, "No such file"), (b"", "is not a backup"), (b"PGDMP", "a backup of a PostgreSQL database")],
        ids=["missing", "empty", "of another database"],
    )
    def test_what_is_no_backup_is_refused(
        self, sqlite_url: str, file: Path, content: bytes | None, complaint: str
    ) -> None:
        if content is not None:
            file.write_bytes(content)
        with pytest.raises(BackupError, match=complaint):
            restore(sqlite_url, file)


class TestPostgresPrograms:
    def test_the_password_is_not_on_the_command_line(
        self, postgres_url: str, tmp_path: Path, file: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        seen = tmp_path / "seen"
        spy = f'#!/bin/sh\nprintf "%s\\n" "$PGPASSWORD" "$@" > {seen}\nexec {shutil.which("pg_dump")} "$@"\n'
        (tmp_path / "pg_dump").write_text(spy)
        (tmp_path / "pg_dump").chmod(0o755)
        monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
        backup(
            str(make_url(postgres_url).set(password="ge'h eim").render_as_string(hide_password=False)), file
        )
        password, *arguments = seen.read_text().splitlines()
        assert password == "ge'h eim"
        assert not any("eim" in argument for argument in arguments)

    def test_a_missing_program_is_named_with_its_package(
        self, postgres_url: str, file: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("PATH", str(tmp_path))
        with pytest.raises(BackupError, match=r"pg_dump is missing: .*postgresql-client"):
            backup(postgres_url, file)
        assert not file.exists()

    def test_what_pg_dump_complains_of_is_passed_on(self, postgres_url: str, file: Path) -> None:
        with pytest.raises(BackupError, match='database "gone" does not exist'):
            backup(str(make_url(postgres_url).set(database="gone")), file)


def rows(engine: Engine) -> Rows:
    """Every row of every table, as its values are written, but for those that say which bot is there."""
    with reading(engine) as tx:
        return {
            name: set(map(repr, tx.execute(select(table))))
            for name, table in tables.metadata.tables.items()
            if name not in ("lease", "standby")
        }


def add_person(tx: Connection) -> int:
    """A person and, in the same transaction, the event that says so; the person's id."""
    made = tx.execute(insert(tables.person).values(made_at=NOON, about="é" * 2000)).inserted_primary_key
    person: int = made[0]
    tx.execute(insert(tables.event).values(at=NOON, kind="made", way="irc", person_id=person))
    return person


@contextmanager
def writers(engine: Engine, count: int) -> Iterator[list[int]]:
    """So many threads that add people all the time; the ids of those committed so far."""
    enough = threading.Event()
    written: list[int] = []

    def write() -> None:
        while not enough.is_set():
            written.append(transaction(engine, add_person))

    threads = [threading.Thread(target=write) for _ in range(count)]
    for thread in threads:
        thread.start()
    try:
        yield written
    finally:
        enough.set()
        for thread in threads:
            thread.join()


# What the checks of the tables allow, where any text or number will not do.
FITTING: dict[str, Any] = {
    "cohort.state": "active",
    "cohort.every_weeks": 2,
    "membership.role": "mentee",
    "membership.state": "active",
    "round.state": "open",
    "answer.part": "did",
    "blocker.state": "open",
    "step.kind": "taken",
    "question.kind": "checkin",
    "session.kind": "export",
    "event.way": "irc",
    "outbox.state": "pending",
    "cover.state": "asked",
    "held_answer.part": "did",
}


def fill(tx: Connection) -> None:
    """Two rows in every table that refer to each other in pairs, with every column set in the first."""
    for table in tables.metadata.sorted_tables:
        for number in (1, 2):
            row = {
                column.name: value(table, column, number) for column in table.columns if column.name != "id"
            }
            tx.execute(insert(table).values(row))


def value(table: Table, column: Column[Any], number: int) -> Any:
    name = f"{table.name}.{column.name}"
    if name == "award.confirmed_by":
        return 3 - number
    if column.foreign_keys:
        return number
    if name in FITTING:
        return FITTING[name]
    if column.nullable and number == 2:
        return None
    return of_type(column.type.python_type, name, number)


def of_type(kind: type, name: str, number: int) -> Any:
    return {
        str: f"{name} {number} 'Größe' 🎉\n\\",
        int: number,
        bool: number == 1,
        datetime: NOON + timedelta(days=number),
        date: date(2026, 11, 26) + timedelta(days=number),
        time: time(17, number),
        timedelta: timedelta(hours=72, microseconds=number),
        dict: {"goal": f"{number} é"},
    }[kind]
