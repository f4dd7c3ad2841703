"""The harness keeps its promises: nothing outlives a run, nothing missing is passed over."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import psycopg2
import pytest
from support.ledger import SERVERS, Ledger
from support.postgres import PostgresServer
from support.processes import Child, program, wait_until

import cohortbot
import cohortbot.plugins


def test_tests_see_the_installed_package_and_not_the_source_folder() -> None:
    installed = Path(sys.prefix, "lib")
    assert installed in Path(cohortbot.__file__).parents
    assert installed in Path(cohortbot.plugins.__file__).parents


def test_a_missing_part_fails_and_says_how_to_get_it() -> None:
    with pytest.raises(pytest.fail.Exception, match=r"make parts.*no-such-package"):
        program("no-such-program", "no-such-package")


def test_children_do_not_outlive_a_killed_run(tmp_path: Path) -> None:
    script = (
        "import pathlib, signal; from support.processes import Child;"
        f"child = Child('sleep', ['sleep', '600'], pathlib.Path({str(tmp_path)!r}));"
        "print(child.pid, flush=True); signal.pause()"
    )
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1])}
    with subprocess.Popen([sys.executable, "-c", script], stdout=subprocess.PIPE, env=environment) as run:
        assert run.stdout
        child = int(run.stdout.readline())
        # Only from here on: its last will is made just before it becomes what it was asked to be.
        wait_until(lambda: Path(f"/proc/{child}/comm").read_text() == "sleep\n", "the child to be itself")
        run.kill()
    wait_until(lambda: not _runs(child), "the child to be gone")


def _runs(pid: int) -> bool:
    try:
        return " Z " not in Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False


def test_a_child_that_ends_by_itself_is_reported_with_its_output(tmp_path: Path) -> None:
    child = Child("false", ["sh", "-c", "echo no such luck; exit 3"], tmp_path)
    assert child.wait() == 3
    assert "no such luck" in child.tail()


def test_a_frozen_child_can_be_killed(tmp_path: Path) -> None:
    child = Child("sleep", ["sleep", "600"], tmp_path)
    child.freeze()
    child.kill()
    assert child.returncode == -signal.SIGKILL


def test_every_database_is_new_and_empty(postgres: PostgresServer) -> None:
    for _ in range(2):
        with postgres.database() as url:
            connection = psycopg2.connect(url)
            with connection.cursor() as cursor:
                cursor.execute("CREATE TABLE t (n int)")
            connection.commit()  # left open: dropping the database must not wait for anybody


def test_a_cluster_comes_back_on_its_port(own_postgres: PostgresServer) -> None:
    with own_postgres.database() as url:
        own_postgres.stop()
        with pytest.raises(psycopg2.OperationalError):
            psycopg2.connect(url)
        own_postgres.start()
        psycopg2.connect(url).close()


def test_names_are_unlike_those_of_other_tests(name: Callable[[str], str]) -> None:
    assert name("cy") == name("cy") != "cy"
    assert name("cy").isalpha()


def test_the_ledger_counts_a_test_once_and_finds_the_silent() -> None:
    ledger, worker = Ledger(), Ledger()
    worker.started("inspircd")
    worker.spoke("inspircd")
    worker.spoke("inspircd")
    ledger.started("anope")
    ledger.add(worker.account())
    processes, tests = ledger.account()["inspircd"]
    assert (processes, len(tests)) == (1, 1)
    assert ledger.silent() == [server for server in SERVERS if server != "inspircd"]
    assert len(ledger.table()) == 1 + len(SERVERS)
