"""Fixtures that every room shares: real servers, databases, the bot; and the account of who spoke to whom.

IRC servers and the PostgreSQL cluster start when the first test asks for them, one of each per worker, and
the tests after it share them: use `name` for nicks and channels. A test that stops, freezes or kills a server
takes one of its own: `own_server`, `own_postgres`.
"""

from __future__ import annotations

import contextlib
import itertools
import math
import shutil
import string
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any
from zlib import crc32

import pytest
from support.bot import Bot
from support.filtered import Filter, Filtered
from support.ircd import IrcServer, irc_server
from support.ledger import LEDGER
from support.postgres import PostgresServer, postgres_server
from support.report import REPORT

from cohortbot.store.migrate import upgrade

# ---- IRC servers ----


class ServerPool:
    """The servers of this worker, by kind and services, started when they are first asked for."""

    def __init__(self, stack: contextlib.ExitStack) -> None:
        self._stack = stack
        self._servers: dict[tuple[str, str | None], IrcServer] = {}

    def get(self, kind: str, services: str | None) -> IrcServer:
        key = (kind, services)
        if key not in self._servers:
            self._servers[key] = self._stack.enter_context(irc_server(kind, services))
        return self._servers[key]


@pytest.fixture(scope="session")
def server_pool() -> Iterator[ServerPool]:
    with contextlib.ExitStack() as stack:
        yield ServerPool(stack)


def _shared(kind: str, services: str | None = None) -> Callable[..., Iterator[IrcServer]]:
    @pytest.fixture
    def shared(server_pool: ServerPool) -> Iterator[IrcServer]:
        server = server_pool.get(kind, services)
        yield server
        server.hang_up()

    return shared


inspircd = _shared("inspircd")
inspircd_anope = _shared("inspircd", "anope")
inspircd_atheme = _shared("inspircd", "atheme")
inspircd_default = _shared("inspircd-default")  # with the throttling that Debian ships
inspircd_default_anope = _shared("inspircd-default", "anope")
hybrid = _shared("hybrid")
hybrid_anope = _shared("hybrid", "anope")
ngircd = _shared("ngircd")
ngircd_anope = _shared("ngircd", "anope")


@pytest.fixture
def own_server() -> Iterator[Callable[..., IrcServer]]:
    """`own_server(kind, services=None, edits=None)` starts one that this test alone uses, and may stop."""
    with contextlib.ExitStack() as stack:
        yield lambda *how: stack.enter_context(irc_server(*how))


@pytest.fixture
def filtered() -> Iterator[Callable[..., Filtered]]:
    """`filtered(port, from_server=…, from_client=…)`: a wire to whoever serves that port, through filters."""
    wires: list[Filtered] = []

    def make(port: int, **filters: Filter) -> Filtered:
        wires.append(Filtered(port, **filters))
        return wires[-1]

    yield make
    for wire in wires:
        wire.close()


# ---- Databases ----


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """The PostgreSQL cluster of this worker."""
    with postgres_server() as server:
        yield server


@pytest.fixture
def own_postgres() -> Iterator[PostgresServer]:
    """A cluster that this test alone uses, and may stop or freeze."""
    with postgres_server() as server:
        yield server


@pytest.fixture
def sqlite_url(tmp_path: Path) -> str:
    """The URL of an SQLite file that does not exist yet."""
    return f"sqlite:///{tmp_path}/cohortbot.db"


@pytest.fixture
def postgres_url(postgres: PostgresServer) -> Iterator[str]:
    """The URL of a new, empty PostgreSQL database."""
    with postgres.database() as url:
        yield url


@pytest.fixture(params=["sqlite", "postgres"])
def database_url(request: pytest.FixtureRequest) -> str:
    """The URL of an empty database, of each kind in turn: what uses it is tested on both."""
    url: str = request.getfixturevalue(f"{request.param}_url")
    return url


# A migration costs five times as much as a copy of what one made.


@pytest.fixture(scope="session")
def sqlite_with_schema(tmp_path_factory: pytest.TempPathFactory) -> Path:
    file = tmp_path_factory.mktemp("schema") / "cohortbot.db"
    upgrade(f"sqlite:///{file}")
    return file


@pytest.fixture(scope="session")
def postgres_with_schema(postgres: PostgresServer) -> str:
    postgres.sql("CREATE DATABASE with_schema")
    upgrade(postgres.url("with_schema"))
    return "with_schema"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """What the service does is tried on one kind of database, half of it on each; at full size on both."""
    if "ready_url" in metafunc.fixturenames:
        kinds = ["sqlite", "postgres"]
        if not metafunc.config.getoption("--full-size"):
            kinds = [kinds[crc32(metafunc.function.__qualname__.encode()) % 2]]
        metafunc.parametrize("ready_url", kinds, indirect=True)


@pytest.fixture
def ready_url(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[str]:
    """The URL of a database with the newest schema and nothing in it, of the kind that the test was given."""
    if request.param == "sqlite":
        file = shutil.copy(request.getfixturevalue("sqlite_with_schema"), tmp_path / "cohortbot.db")
        yield f"sqlite:///{file}"
        return
    postgres = request.getfixturevalue("postgres")
    with postgres.database(template=request.getfixturevalue("postgres_with_schema")) as url:
        yield url


# ---- People and the bot ----

_numbers = itertools.count()


@pytest.fixture
def name() -> Callable[[str], str]:
    """`name("cy")` is a nick like cy that no other test uses; the same in this test whenever it is asked for.

    It ends in letters: a nick with digits or underscores behind somebody's is theirs (product.md, section 5).
    """
    number = next(_numbers)
    letters = ""
    while number or not letters:
        number, digit = divmod(number, 26)
        letters += string.ascii_lowercase[digit]
    return lambda stem: f"{stem}x{letters}"


@pytest.fixture
def make_bot(tmp_path: Path, name: Callable[[str], str]) -> Iterator[Callable[..., Bot]]:
    """`make_bot(server, cohorts, **options of Bot)`: an installation whose nick and channels are its own."""
    bots: list[Bot] = []

    def make(server: IrcServer, cohorts: Mapping[str, Mapping[str, Any]], **options: Any) -> Bot:
        folder = tmp_path / f"bot{len(bots)}"
        folder.mkdir()
        options.setdefault("database_url", f"sqlite:///{folder}/cohortbot.db")
        options.setdefault("nick", name("bot"))
        settings = {
            section: dict(values) for section, values in (options.pop("settings", None) or {}).items()
        }
        settings.setdefault("programme", {}).setdefault("channel_prefix", f"#{name('c')}-")
        bot = Bot(folder, server, cohorts=cohorts, settings=settings, **options)
        bots.append(bot)
        return bot

    yield make
    for bot in bots:
        bot.close()


# ---- Long runs ----


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """The longest begin first, or all would wait for the one that began last."""
    items.sort(key=lambda item: item.get_closest_marker("long") is None)


@pytest.fixture
def portion(request: pytest.FixtureRequest) -> Callable[[int], int]:
    """`portion(n)`: how many of the n repetitions of a long run to do; a twentieth, or all by --full-size."""
    full = request.config.getoption("--full-size")
    return lambda n: n if full else math.ceil(n / 20)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--full-size", action="store_true", help="run the long runs whole, not a twentieth of them"
    )


# ---- The account: which real servers ran, and who spoke to them ----


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """A worker of this run has ended: take its account over (pytest-xdist calls this in the main process)."""
    output = getattr(node, "workeroutput", {})
    LEDGER.add(output.get("servers", {}))
    REPORT.take(output.get("report", {}))


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    workeroutput = getattr(session.config, "workeroutput", None)
    if workeroutput is not None:
        workeroutput["servers"] = LEDGER.account()
        workeroutput["report"] = dict(REPORT.sections)
    elif _everything_ran(session) and LEDGER.silent() and session.exitstatus == pytest.ExitCode.OK:
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    for heading, lines in REPORT.sections.items():
        terminalreporter.section(heading)
        for line in lines:
            terminalreporter.write_line(line)
    terminalreporter.section("real servers")
    for line in LEDGER.table():
        terminalreporter.write_line(line)
    if _everything_ran(terminalreporter._session) and (silent := LEDGER.silent()):
        terminalreporter.write_line(f"not tested: {', '.join(silent)}. That fails the run.", red=True)


def _everything_ran(session: pytest.Session) -> bool:
    """Whether the whole suite was asked for and not cut short; a selection need not speak to every server."""
    config = session.config
    selections = ("keyword", "markexpr", "deselect", "lf", "stepwise")
    chosen = [config.getoption(selection, None) for selection in selections]
    whole = config.args_source is pytest.Config.ArgsSource.TESTPATHS
    return whole and not any(chosen) and not session.shouldstop and not session.shouldfail
