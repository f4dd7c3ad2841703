"""The demo as it runs for a watcher behind a pipe."""

from __future__ import annotations

import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from support.processes import wait_until

DEMO = [sys.executable, "-P", "-m", "cohortbot", "demo"]


@contextmanager
def watched(folder: Path) -> Iterator[tuple[subprocess.Popen[str], Path]]:
    """The demo once its first conversation was seen, and the file that it talks into.

    It is asked to leave, not killed: killed, it could not end its own children.
    """
    heard = folder / "heard"
    with heard.open("w") as out:
        process = subprocess.Popen(DEMO, cwd=folder, stdout=out, stderr=subprocess.STDOUT, text=True)
    try:
        wait_until(lambda: "— " in heard.read_text(), "the first conversation", 20.0, heard.read_text)
        yield process, heard
    finally:
        process.terminate()
        process.wait(10.0)


def told_port(said: str) -> int:
    """The IRC port that the demo told its watcher to connect to."""
    found = re.search(r"irssi -c 127\.0\.0\.1 -p (\d+)", said)
    assert found is not None, said
    return int(found[1])
