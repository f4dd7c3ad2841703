"""Children of a test run: unprivileged, ending with it whatever kills it, waited for by condition."""

from __future__ import annotations

import contextlib
import os
import pwd
import random
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TypeVar

import pytest

from support.ledger import LEDGER
from support.warm import Process, start

T = TypeVar("T")

REPOSITORY = Path(__file__).parents[2]
PARTS = REPOSITORY / ".parts"

# Below Linux's ephemeral ports (32768 on), or somebody's outgoing connection takes a stopped server's port.
PORTS = range(15000, 32000)


def wait_until(
    condition: Callable[[], T], what: str, timeout: float = 20.0, why: Callable[[], str] = str
) -> T:
    """The first truthy value of `condition`, asked every 5 ms; after `timeout` seconds the test fails.

    The failure says `what` was waited for, and what `why()` has to add.
    """
    deadline = time.monotonic() + timeout
    while not (value := condition()):
        if time.monotonic() > deadline:
            pytest.fail(f"waited {timeout:g} s for {what}\n{why()}", pytrace=False)
        time.sleep(0.005)
    return value


def free_port() -> int:
    """A loopback port that nobody listens on, from a range that nothing is handed out of by chance."""
    while True:
        port = random.choice(PORTS)
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return port


def accepts(port: int) -> bool:
    """Whether somebody accepts connections on this loopback port."""
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True


def program(name: str, package: str, path: Path | None = None) -> str:
    """Where the program of a Debian package is; a missing one fails the test, saying how to get it."""
    found = shutil.which(str(path or name), path=f"{os.defpath}:/usr/sbin:/usr/local/bin")
    if found is None:
        pytest.fail(
            f"{name} is not here. It is a part that these tests need: `make parts` installs all of them"
            f" (this one is from Debian's package {package}).",
            pytrace=False,
        )
    return found


def unprivileged(user: str) -> list[str]:
    """Words before a command that make it run as `user` when we are root; servers refuse to run as root."""
    if os.geteuid() != 0:
        return []
    entry = pwd.getpwnam(user)
    return [f"--reuid={entry.pw_uid}", f"--regid={entry.pw_gid}", "--clear-groups"]


@contextlib.contextmanager
def folder_of(user: str, name: str) -> Iterator[Path]:
    """A new folder that belongs to `user`, removed at the end; pytest's own folders are closed to others."""
    folder = Path(tempfile.mkdtemp(prefix=f"cohortbot-{name}-"))
    try:
        if os.geteuid() == 0:
            shutil.chown(folder, user)
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Child:
    """One process and what it printed. It dies with the thread that started it, even when that is killed."""

    def __init__(
        self,
        name: str,
        command: Sequence[str],
        folder: Path,
        *,
        user: str | None = None,
        environment: Mapping[str, str] | None = None,
        last_will: str = "KILL",
        warm: bool = False,
    ) -> None:
        """Start `command` in `folder`, its output going to `<folder>/<name>.out`.

        `last_will` is the signal that it gets when we die. With `warm` the command is of the words behind
        `python -P`, and starts at once (support.warm).
        """
        self.name = name
        self.output = folder / f"{name}.out"
        self._process: subprocess.Popen[bytes] | Process
        if warm:
            assert user is None
            surroundings = os.environ if environment is None else environment
            self._process = start(command, folder, self.output, surroundings)
        else:
            self._process = self._start_cold(command, folder, user, environment, last_will)
        LEDGER.started(name)

    def _start_cold(
        self,
        command: Sequence[str],
        folder: Path,
        user: str | None,
        environment: Mapping[str, str] | None,
        last_will: str,
    ) -> subprocess.Popen[bytes]:
        command = [
            program("setpriv", "util-linux"),
            f"--pdeathsig={last_will}",
            *(unprivileged(user) if user else ()),
            "--",
            *command,
        ]
        with self.output.open("ab") as output:
            return subprocess.Popen(
                command,
                cwd=folder,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                env=None if environment is None else dict(environment),
            )

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def returncode(self) -> int | None:
        """Its exit code, minus the signal that killed it, or None while it runs."""
        return self._process.poll()

    def send_signal(self, number: signal.Signals) -> None:
        """Send it a signal; one that has ended is left alone."""
        self._process.send_signal(number)

    def freeze(self) -> None:
        """Stop it in its tracks: its sockets stay open and nobody answers."""
        self.send_signal(signal.SIGSTOP)

    def thaw(self) -> None:
        self.send_signal(signal.SIGCONT)

    def kill(self) -> None:
        """kill -9, also of a frozen one; returns when it is gone."""
        self._process.kill()
        self._process.wait()

    def end(self, how: signal.Signals = signal.SIGTERM, timeout: float = 10.0) -> int:
        """Ask it to leave and wait; its exit code. One that stays is killed, and the test fails."""
        self.send_signal(how)
        try:
            return self._process.wait(timeout)
        except subprocess.TimeoutExpired:
            self.kill()
            pytest.fail(f"{self.name} did not leave within {timeout:g} s of {how.name}\n{self.tail()}")

    def wait(self, timeout: float = 20.0) -> int:
        """Wait for it to leave by itself; its exit code."""
        wait_until(lambda: self.returncode is not None, f"{self.name} to leave", timeout, self.tail)
        assert self.returncode is not None
        return self.returncode

    def text(self) -> str:
        """All that it printed so far."""
        return self.output.read_text(errors="replace")

    def tail(self, lines: int = 40) -> str:
        """Its last lines, for a failure message."""
        return f"--- {self.name}, last lines ---\n" + "\n".join(self.text().splitlines()[-lines:])

    def wait_for_port(self, port: int, timeout: float = 20.0) -> None:
        """Until it accepts connections; if it ends instead, the test fails with what it printed."""

        def up() -> bool:
            if self.returncode is not None:
                pytest.fail(f"{self.name} ended with {self.returncode}\n{self.tail()}", pytrace=False)
            return accepts(port)

        wait_until(up, f"{self.name} to accept on port {port}", timeout, self.tail)
