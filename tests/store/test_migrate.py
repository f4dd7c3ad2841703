"""A database is brought to the schema of the tables, by one upgrade at a time, and by none by chance."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import inspect, text
from sqlalchemy.engine import Engine
from sqlalchemy.exc import DBAPIError

from cohortbot.store import tables
from cohortbot.store.engine import connect, reading, transaction
from cohortbot.store.migrate import SchemaError, Status, require_current, status, upgrade

HEAD = "0004"


@pytest.fixture
def engine(database_url: str) -> Iterator[Engine]:
    engine = connect(database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def another(another_url: str) -> Iterator[Engine]:
    engine = connect(another_url)
    yield engine
    engine.dispose()


def run(engine: Engine, statement: str) -> None:
    transaction(engine, lambda tx: tx.execute(text(statement)))


def table_names(engine: Engine) -> list[str]:
    with reading(engine) as tx:
        return sorted(inspect(tx).get_table_names())


class TestUpgrade:
    def test_it_makes_the_schema_that_the_tables_describe(
        self, database_url: str, engine: Engine, another: Engine
    ) -> None:
        upgrade(database_url)
        transaction(another, tables.metadata.create_all)
        assert schema(engine) == schema(another)

    def test_alembic_sees_no_difference_either(self, database_url: str, engine: Engine) -> None:
        upgrade(database_url)
        with reading(engine) as tx:
            options = {
                "compare_server_default": True,
                # SQLite's own book of the numbers it has given.
                "include_name": lambda name, kind, _: (kind, name) != ("table", "sqlite_sequence"),
            }
            context = MigrationContext.configure(tx, opts=options)
            assert compare_metadata(context, tables.metadata) == []

    def test_an_empty_database_is_filled_and_a_full_one_left_alone(
        self, database_url: str, engine: Engine
    ) -> None:
        assert upgrade(database_url) == Status(None, HEAD, known=True)
        run(engine, "INSERT INTO network (name, has_services) VALUES ('oftc', true)")
        assert upgrade(database_url) == Status(HEAD, HEAD, known=True)
        with reading(engine) as tx:
            assert tx.execute(text("SELECT name FROM network")).scalars().all() == ["oftc"]

    def test_of_several_upgrades_at_a_time_one_works_and_none_fails(
        self, database_url: str, engine: Engine
    ) -> None:
        program = "import sys; from cohortbot.store.migrate import upgrade; upgrade(sys.argv[1])"
        command = [sys.executable, "-P", "-c", program, database_url]
        children = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
        outcomes = [(child.communicate(timeout=60)[1], child.returncode) for child in children]
        assert [code for _, code in outcomes] == [0] * 4, outcomes
        require_current(engine)

    def test_one_that_fails_half_way_changes_nothing(self, database_url: str, engine: Engine) -> None:
        run(engine, "CREATE VIEW roster AS SELECT 1 AS one")
        with pytest.raises(DBAPIError, match="roster"):
            upgrade(database_url)
        assert table_names(engine) in ([], ["alembic_version"])
        assert status(engine).current is None

    def test_a_database_where_others_live_is_left_to_them(self, database_url: str, engine: Engine) -> None:
        run(engine, "CREATE TABLE wiki (page VARCHAR)")
        with pytest.raises(SchemaError, match="not cohortbot's"):
            upgrade(database_url)
        assert "wiki" in table_names(engine)
        assert status(engine).current is None

    def test_a_schema_of_a_newer_cohortbot_is_left_alone(self, database_url: str, engine: Engine) -> None:
        upgrade(database_url)
        run(engine, "UPDATE alembic_version SET version_num = '0815'")
        with pytest.raises(SchemaError, match="schema 0815"):
            upgrade(database_url)
        assert status(engine) == Status("0815", HEAD, known=False)


class TestRequireCurrent:
    def test_the_present_schema_is_accepted(self, database_url: str, engine: Engine) -> None:
        upgrade(database_url)
        require_current(engine)

    def test_an_empty_database_is_refused_with_what_to_type(self, engine: Engine) -> None:
        with pytest.raises(SchemaError, match="is empty: run `cohortbot db upgrade`"):
            require_current(engine)

    def test_a_newer_schema_is_refused_and_named(self, database_url: str, engine: Engine) -> None:
        upgrade(database_url)
        run(engine, "UPDATE alembic_version SET version_num = '0815'")
        with pytest.raises(SchemaError, match=r"schema 0815.*cohortbot db upgrade"):
            require_current(engine)

    def test_an_older_schema_is_refused_with_what_to_type(
        self, database_url: str, engine: Engine, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        upgrade(database_url)
        monkeypatch.setattr("cohortbot.store.migrate.ScriptDirectory.get_current_head", lambda _: "9999")
        with pytest.raises(SchemaError, match=rf"schema {HEAD}, .* needs 9999: .*`cohortbot db upgrade`"):
            require_current(engine)


def test_to_ask_for_the_status_of_a_missing_file_does_not_make_it(sqlite_url: str, tmp_path: Path) -> None:
    assert status(connect(sqlite_url)) == Status(None, HEAD, known=True)
    assert list(tmp_path.iterdir()) == []


def schema(engine: Engine) -> set[tuple[str, ...]]:
    """Everything that the database itself knows of its tables, but for Alembic's."""
    queries = {"sqlite": [SQLITE_SCHEMA], "postgresql": [COLUMNS, CONSTRAINTS, INDEXES]}[engine.dialect.name]
    with reading(engine) as tx:
        rows = [tuple(map(str, row)) for query in queries for row in tx.execute(text(query))]
    return {(*row[:-1], *in_parts(row[-1])) for row in rows if "alembic_version" not in row}


def in_parts(statement: str) -> list[str]:
    """What stands between the commas of a CREATE TABLE, sorted: a column that was added later stands last."""
    if not statement.startswith("CREATE TABLE"):
        return [statement]
    depth, parts = 0, [""]
    for letter in " ".join(statement.replace('"', "").split()):
        depth += {"(": 1, ")": -1}.get(letter, 0)
        if (letter, depth) in ((",", 1), ("(", 1), (")", 0)):
            parts.append("")
        else:
            parts[-1] += letter
    return sorted(part.strip() for part in parts)


SQLITE_SCHEMA = "SELECT type, name, tbl_name, sql FROM sqlite_master"
COLUMNS = """
    SELECT table_name, column_name, data_type, is_nullable, column_default
    FROM information_schema.columns WHERE table_schema = 'public'
"""
CONSTRAINTS = """
    SELECT conrelid::regclass::text, conname, pg_get_constraintdef(oid)
    FROM pg_constraint WHERE connamespace = 'public'::regnamespace
"""
INDEXES = "SELECT tablename, indexname, indexdef FROM pg_indexes WHERE schemaname = 'public'"
