"""Python programs that start at once: forked from a process that has imported what they need.

Importing SQLAlchemy, Sopel and the rest takes a second of a processor, and a run of the tests starts hundreds
of bots. Each worker has one process that has imported them; a program begins as a fork of it, in its own
folder and environment, and is made a child of the worker, which sees it end as it sees any other.

Run as a program this is that process: `python -P warm.py FD PARENT`, asked over the socket FD.
"""

from __future__ import annotations

import atexit
import ctypes
import gc
import importlib
import json
import os
import pkgutil
import runpy
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

_TESTS = Path(__file__).parents[1]
_PR_SET_PDEATHSIG = 1
_PR_SET_CHILD_SUBREAPER = 36
_NEEDED = ("alembic.ddl", "cohortbot", "cohortbot.migrations.versions", "sqlalchemy.dialects.postgresql")


def _prctl(option: int, value: int) -> None:
    if ctypes.CDLL(None, use_errno=True).prctl(option, value, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")


class Process:
    """What `subprocess.Popen` would say of a process that became our child."""

    def __init__(self, pid: int) -> None:
        self.pid = pid
        self.returncode: int | None = None
        self._turn = threading.Lock()  # the pid is free for another once it was waited for

    def poll(self) -> int | None:
        """Its exit code, minus the signal that killed it, or None while it runs."""
        with self._turn:
            if self.returncode is None:
                pid, status = os.waitpid(self.pid, os.WNOHANG)
                self.returncode = os.waitstatus_to_exitcode(status) if pid else None
            return self.returncode

    def send_signal(self, number: int) -> None:
        """Send it a signal; one that has ended is left alone."""
        if self.poll() is None:
            os.kill(self.pid, number)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def wait(self, timeout: float | None = None) -> int:
        """Its exit code, once it has ended; subprocess.TimeoutExpired after `timeout` seconds."""
        deadline = None if timeout is None else time.monotonic() + timeout
        while (code := self.poll()) is None:
            if deadline is not None and time.monotonic() > deadline:
                raise subprocess.TimeoutExpired(str(self.pid), timeout or 0.0)
            time.sleep(0.002)
        return code


class _Origin:
    """The process that the programs of this worker are forked from."""

    def __init__(self) -> None:
        _prctl(_PR_SET_CHILD_SUBREAPER, 1)
        self._turn = threading.Lock()
        self._socket, theirs = socket.socketpair()
        with theirs:
            command = [sys.executable, "-P", __file__, str(theirs.fileno()), str(os.getpid())]
            environment = os.environ | {"PYTHONPATH": str(_TESTS)}
            self._process = subprocess.Popen(
                command, stdin=subprocess.DEVNULL, env=environment, pass_fds=[theirs.fileno()]
            )
        self._answers = self._socket.makefile("r")
        atexit.register(self._socket.close)

    def fork(self, request: Mapping[str, object]) -> Process:
        with self._turn:
            self._socket.sendall(json.dumps(request).encode() + b"\n")
            answer = self._answers.readline()
        assert answer, "the process that programs are forked from has ended"
        return Process(int(answer))


_origin = cache(_Origin)


def start(words: Sequence[str], folder: Path, output: Path, environment: Mapping[str, str]) -> Process:
    """Run `python -P WORDS` in `folder` and `environment`, its output going to the end of `output`.

    `words` begin with a file, or with `-m` and a module. It dies with this process.
    """
    request = {"words": list(words), "folder": str(folder), "output": str(output)}
    return _origin().fork({**request, "environment": dict(environment)})


# --- the process itself


def _import_everything() -> None:
    for package in (
        "alembic.ddl",
        "cohortbot",
        "cohortbot.migrations.versions",
        "sqlalchemy.dialects.postgresql",
    ):
        for found in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            if not found.name.endswith(("__main__", ".env")):
                importlib.import_module(found.name)
    gc.collect()
    gc.freeze()


def _serve(fd: int, worker: int) -> None:
    """Until the worker ends; returns in each program that is to run."""
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    with socket.socket(fileno=fd) as ours, ours.makefile("r") as requests:
        for line in requests:
            between = os.fork()
            if between:
                os.waitpid(between, 0)
            elif os.fork():
                os._exit(0)
            else:
                _become(json.loads(line), worker)
                ours.sendall(f"{os.getpid()}\n".encode())
                return
    sys.exit()


def _become(request: dict[str, object], worker: int) -> None:
    """The program of a request: with the worker for a parent, and its folder, output and environment."""
    while os.getppid() != worker:
        time.sleep(0.0005)
    _prctl(_PR_SET_PDEATHSIG, signal.SIGKILL)
    os.chdir(str(request["folder"]))
    with Path(str(request["output"])).open("ab") as output:
        os.dup2(output.fileno(), 1)
        os.dup2(output.fileno(), 2)
    os.environ.clear()
    os.environ.update(request["environment"])  # type: ignore[call-overload]
    sys.argv = list(request["words"])  # type: ignore[call-overload]


def main(fd: str, worker: str) -> None:
    _import_everything()
    _serve(int(fd), int(worker))
    if sys.argv[0] == "-m":
        del sys.argv[0]
        runpy.run_module(sys.argv[0], run_name="__main__", alter_sys=True)
    else:
        runpy.run_path(sys.argv[0], run_name="__main__")


if __name__ == "__main__":
    main(*sys.argv[1:])
