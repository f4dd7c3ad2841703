"""A PostgreSQL cluster for a test run, thrown away at its end, and empty databases in it."""

from __future__ import annotations

import contextlib
import itertools
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import psycopg2

from support.ledger import LEDGER
from support.processes import Child, folder_of, free_port, program, unprivileged, wait_until

USER = "postgres"  # Debian's account for it; it refuses to run as root.
BIN = Path("/usr/lib/postgresql/15/bin")

# Nothing here outlives the run: what would protect it from a power cut only costs time.
SETTINGS = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "32MB",
    "listen_addresses": "127.0.0.1",
}


class PostgresServer:
    """A running cluster; everybody on this machine is its superuser `cohortbot`."""

    def __init__(self, folder: Path) -> None:
        """Make and start a cluster in `folder`, which must belong to USER; returns when it answers."""
        self.port = free_port()
        self._folder = folder
        self._numbers = itertools.count(1)
        self._run("initdb", "-D", str(folder / "data"), "-U", "cohortbot", "-E", "UTF8", "--locale=C.UTF-8")
        self.start()

    def start(self) -> None:
        """Start it on the port that it always had; returns when it answers."""
        settings = {**SETTINGS, "port": str(self.port), "unix_socket_directories": str(self._folder)}
        command = [program("postgres", "postgresql-15", BIN / "postgres"), "-D", str(self._folder / "data")]
        command += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
        # Interrupted it ends its children too, and at once.
        self._child = Child("postgresql", command, self._folder, user=USER, last_will="INT")
        self._child.wait_for_port(self.port)
        wait_until(self._answers, "postgresql to have started up", why=self._child.tail)

    def stop(self) -> None:
        """End it, dropping every connection."""
        self._child.end(signal.SIGINT)

    def crash(self) -> None:
        """Gone at once, without a checkpoint; the next start recovers."""
        self._child.end(signal.SIGQUIT)

    def freeze(self) -> None:
        """New connections are taken by the kernel and nobody answers; those that are open go on."""
        self._child.freeze()

    def thaw(self) -> None:
        self._child.thaw()

    def url(self, database: str) -> str:
        return f"postgresql://cohortbot@127.0.0.1:{self.port}/{database}"

    @contextlib.contextmanager
    def database(self, template: str = "template1") -> Iterator[str]:
        """The URL of a new database, empty or like `template`, dropped at the end whoever is connected."""
        name = f"test_{next(self._numbers)}"
        self.sql(f"CREATE DATABASE {name} TEMPLATE {template}")
        LEDGER.spoke("postgresql")
        yield self.url(name)
        self.sql(f"DROP DATABASE {name} WITH (FORCE)")

    def sql(self, statement: str) -> None:
        """Run one statement as superuser, outside any transaction."""
        connection = psycopg2.connect(self.url("postgres"))
        connection.autocommit = True
        with contextlib.closing(connection), connection.cursor() as cursor:
            cursor.execute(statement)

    def _answers(self) -> bool:
        try:
            psycopg2.connect(self.url("postgres")).close()
        except psycopg2.OperationalError:
            return False
        return True

    def _run(self, name: str, *words: str) -> None:
        command = [program("setpriv", "util-linux"), *unprivileged(USER), "--"]
        command += [program(name, "postgresql-15", BIN / name), *words, "--auth=trust", "--no-sync"]
        subprocess.run(command, cwd=self._folder, check=True, stdout=subprocess.DEVNULL)


@contextlib.contextmanager
def postgres_server() -> Iterator[PostgresServer]:
    """A cluster of one's own, for tests that stop or freeze it."""
    with folder_of(USER, "postgres") as folder:
        server = PostgresServer(folder)
        try:
            yield server
        finally:
            server.thaw()
            server.stop()
