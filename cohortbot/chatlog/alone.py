"""One writer at a time: a second bot started by mistake must not write every line of the logs once more."""

from __future__ import annotations

import fcntl
import logging
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from cohortbot.chatlog.names import safe

log = logging.getLogger(__name__)

PATIENCE = 5.0  # seconds: the one before us may be on its way out, or be killed this moment
_LOOK_AGAIN = 0.1


class AnotherWriter(Exception):
    """Another process of this machine writes these logs; the text says which, and what to do."""


@contextmanager
def sole_writer(logs: Path, network: str, patience: float = PATIENCE) -> Iterator[None]:
    """Hold the logs of `network` for this process; the kernel lets go of them when it dies.

    Waits up to `patience` seconds for another holder, then raises `AnotherWriter`. A folder that cannot be
    made or opened holds nobody up: the writer says itself what is wrong with it, and goes on.
    """
    folder = logs / safe(network)
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError as fault:
        log.error("%s cannot be held against a second bot: %s", folder, fault)
        yield
        return
    try:
        _hold(descriptor, folder, patience)
        yield
    finally:
        os.close(descriptor)


def _hold(descriptor: int, folder: Path, patience: float) -> None:
    looks = 1 + round(patience / _LOOK_AGAIN)
    for look in range(looks):
        if look == 1:
            log.warning("another bot writes %s: waiting a moment for its end", folder)
        if look:
            time.sleep(_LOOK_AGAIN)
        try:
            return fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            continue
        except OSError as fault:  # a file system without locks
            return log.error("%s cannot be held against a second bot: %s", folder, fault)
    raise AnotherWriter(f"another bot is running and writes {folder}: stop it first")
