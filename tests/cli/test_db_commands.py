"""`cohortbot db`: what an operator reads and what a script sees, on both databases."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from sqlalchemy import text

from cohortbot.cli import main
from cohortbot.store.engine import connect

Db = Callable[..., tuple[int, str, str]]


@pytest.fixture
def db(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Db:
    """`db(url, *words)` runs `cohortbot db` with a config of that database: exit code, stdout, stderr."""

    def run(url: str, *words: str) -> tuple[int, str, str]:
        file = tmp_path / "config.yaml"
        file.write_text(
            f"programme: {{name: P}}\nirc: {{network: lab, host: localhost}}\ndatabase: {{url: '{url}'}}\n",
            encoding="utf-8",
        )
        capsys.readouterr()
        code = main(["db", *words, "--config", str(file)])
        return code, *capsys.readouterr()

    return run


def test_an_empty_database_is_brought_up_to_date_once(database_url: str, db: Db) -> None:
    assert db(database_url, "status") == (
        1,
        "",
        "database: the database is empty: run `cohortbot db upgrade`\n",
    )
    assert db(database_url, "upgrade") == (0, "the database has schema 0004 now; it had none\n", "")
    assert db(database_url, "upgrade") == (0, "the database has schema 0004 already, the newest\n", "")
    assert db(database_url, "status") == (0, "the database has schema 0004, the newest\n", "")


def test_what_is_backed_up_comes_back_and_never_over_something_else(
    database_url: str, db: Db, tmp_path: Path
) -> None:
    file = tmp_path / "backup"
    db(database_url, "upgrade")
    code, said, wrong = db(database_url, "backup", str(file))
    assert (code, wrong) == (0, "")
    assert f"the database is in {file}" in said
    assert db(database_url, "restore", str(file))[0] == 1
    assert "the database is not empty" in db(database_url, "restore", str(file))[2]
    empty(database_url)
    code, said, wrong = db(database_url, "restore", str(file))
    assert (code, wrong) == (0, "")
    assert said == f"the database is as it was in {file}\nthe database has schema 0004, the newest\n"


def test_a_file_that_is_no_backup_is_refused(sqlite_url: str, db: Db, tmp_path: Path) -> None:
    (tmp_path / "letter").write_text("dear all", encoding="utf-8")
    assert db(sqlite_url, "restore", str(tmp_path / "letter")) == (
        1,
        "",
        f"database: {tmp_path}/letter is not a backup\n",
    )


def empty(url: str) -> None:
    """Make a database as new."""
    engine = connect(url)
    if engine.dialect.name == "sqlite":
        Path(str(engine.url.database)).unlink()
    else:
        with engine.begin() as tx:
            tx.execute(text("DROP SCHEMA public CASCADE"))
            tx.execute(text("CREATE SCHEMA public"))
    engine.dispose()
