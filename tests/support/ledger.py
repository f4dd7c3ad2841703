"""Which real servers this run started and which tests spoke to them: green must not mean empty."""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping

SERVERS = ("inspircd", "ircd-hybrid", "ngircd", "anope", "atheme-services", "postgresql")


class Ledger:
    """The account of one process of a run; those of pytest-xdist's workers are added to the main one's."""

    def __init__(self) -> None:
        self._started: Counter[str] = Counter()
        self._spoken: defaultdict[str, set[str]] = defaultdict(set)

    def started(self, server: str) -> None:
        """A process of this server was started; names that are not of SERVERS are not counted."""
        self._started[server] += 1

    def spoke(self, server: str) -> None:
        """The test that runs now got an answer from this server."""
        test, _, _ = os.environ.get("PYTEST_CURRENT_TEST", "").rpartition(" ")
        if test:
            self._spoken[server].add(test)

    def account(self) -> dict[str, tuple[int, list[str]]]:
        """Server -> processes started, tests that spoke to it; plain values, to be sent between processes."""
        return {server: (self._started[server], sorted(self._spoken[server])) for server in SERVERS}

    def add(self, other: Mapping[str, tuple[int, Iterable[str]]]) -> None:
        """Take in the account of another process."""
        for server, (processes, tests) in other.items():
            self._started[server] += processes
            self._spoken[server].update(tests)

    def silent(self) -> list[str]:
        """Servers that no process was started of, or that no test spoke to."""
        return [server for server, (processes, tests) in self.account().items() if not processes or not tests]

    def table(self) -> list[str]:
        """The account as lines of text, the header first."""
        rows = [("server", "processes started", "tests that spoke to it")]
        rows += [
            (name, str(processes), str(len(tests))) for name, (processes, tests) in self.account().items()
        ]
        return [f"{name:<16} {processes:>18} {tests:>23}" for name, processes, tests in rows]


LEDGER = Ledger()
