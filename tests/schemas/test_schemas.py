"""Every schema that was ever released, filled: it upgrades to today's, and no row is lost or changed."""

from __future__ import annotations

import gzip
import subprocess
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import MetaData, column, create_engine, select, table
from support.living import live

from cohortbot.store import tables
from cohortbot.store.engine import connect, reading
from cohortbot.store.migrate import require_current, upgrade

HERE = Path(__file__).parent
FILES = sorted(HERE.glob("*.sqlite.gz"))
DUMPS = sorted(HERE.glob("*.pgdump"))


GONE = {("outbox", "claimed_at")}  # 0004: what is being sent is claimed by whose turn it is, not for a while

Columns = dict[str, list[str]]


def columns(url: str) -> Columns:
    """Of every table that is there, but for Alembic's."""
    found = MetaData()
    found.reflect(create_engine(url, future=True))
    return {
        each.name: list(each.columns.keys()) for each in found.sorted_tables if each.name != "alembic_version"
    }


def rows(url: str, of: Columns) -> dict[str, set[tuple[Any, ...]]]:
    """Every row of these tables, by these columns."""
    engine = create_engine(url, future=True)
    with engine.connect() as tx:
        return {
            name: {
                tuple(map(str, row))
                for row in tx.execute(select(*map(column, names)).select_from(table(name)))
            }
            for name, names in of.items()
        }


def test_there_is_a_frozen_schema_of_each_kind() -> None:
    assert [file.name.split(".")[0] for file in FILES] == [dump.name.split(".")[0] for dump in DUMPS]
    assert FILES


def test_a_programme_that_has_lived_fills_every_table(tmp_path: Path, database_url: str) -> None:
    """Or the frozen schemas would prove nothing about the tables they leave empty."""
    live(tmp_path, database_url).app.engine.dispose()
    engine = connect(database_url)
    with reading(engine) as tx:
        empty = [
            table.name
            for table in tables.metadata.sorted_tables
            if tx.execute(select(table).limit(1)).first() is None
        ]
    engine.dispose()
    assert empty == []


@pytest.mark.parametrize("frozen", FILES, ids=lambda file: file.name)
def test_an_sqlite_file_of_every_schema_upgrades_whole(tmp_path: Path, frozen: Path) -> None:
    file = tmp_path / "cohortbot.db"
    file.write_bytes(gzip.decompress(frozen.read_bytes()))
    _upgrades_whole(f"sqlite:///{file}")


@pytest.mark.parametrize("frozen", DUMPS, ids=lambda file: file.name)
def test_a_pg_dump_of_every_schema_upgrades_whole(postgres_url: str, frozen: Path) -> None:
    restore = ["pg_restore", "--no-owner", "--exit-on-error", f"--dbname={postgres_url}", str(frozen)]
    subprocess.run(restore, check=True)
    _upgrades_whole(postgres_url)


def _upgrades_whole(url: str) -> None:
    """No row of no table is lost or changed; columns may be added, and those go that are not needed."""
    as_it_was = {
        name: [one for one in names if (name, one) not in GONE] for name, names in columns(url).items()
    }
    before = rows(url, as_it_was)
    assert sum(map(len, before.values())) > 50
    upgrade(url)
    engine = connect(url)
    require_current(engine)
    engine.dispose()
    after = rows(url, as_it_was)
    assert {name: before[name] - after[name] for name in before} == {name: set() for name in before}
