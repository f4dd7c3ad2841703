"""Where this process runs: another bot can tell whether it lives, and whether both share their logs."""

from __future__ import annotations

import fcntl
import logging
import os
import secrets
import socket
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from cohortbot.chatlog.names import safe
from cohortbot.domain.lease import Place

log = logging.getLogger(__name__)

_BOOT = Path("/proc/sys/kernel/random/boot_id")
_MACHINE = Path("/etc/machine-id")
_FOLDER = ".folder"  # in a network's log folder: what tells one such folder from another


@contextmanager
def here(logs: Path, network: str) -> Iterator[Place]:
    """A place of our own, as long as this is open: the kernel lets go of its file when we die.

    Its file is left behind, unlocked: so others see that we are gone, until one of them is `tidy`. Where no
    file can be made or locked there, none is named: the writer of the logs says itself what is wrong with
    the folder, and a bot that takes over has to wait.
    """
    token = secrets.token_hex(8)
    folder = logs / safe(network)
    file = folder / f".bot-{token}"
    descriptor = None
    try:
        folder.mkdir(parents=True, exist_ok=True)
        descriptor = _locked(file, token)
    except OSError as fault:
        log.error("%s cannot be held against a second bot: %s", folder, fault)
    try:
        yield Place(
            token=token,
            boot=_content(_BOOT),
            machine=f"{socket.gethostname()} {_content(_MACHINE)}",
            lock_file=str(file.absolute()) if descriptor is not None else None,
            logs=folder_id(logs, network),
        )
    finally:
        if descriptor is not None:
            os.close(descriptor)


def is_dead(other: Place, mine: Place) -> bool:
    """Whether the process of a place is known to be gone: on this machine, and its file is free."""
    here_too = other.boot == mine.boot or other.machine == mine.machine
    if other.lock_file is None or not here_too:
        return False
    file = Path(other.lock_file)
    try:
        with file.open("rb") as held:
            if held.read().decode("ascii", "replace") != other.token:
                return False
            fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:  # it is held, or we cannot see it
        return False
    return True


def tidy(logs: Path, network: str) -> None:
    """Take away the files of processes that are gone."""
    for file in (logs / safe(network)).glob(".bot-*"):
        with suppress(OSError), file.open("rb") as left:
            fcntl.flock(left, fcntl.LOCK_EX | fcntl.LOCK_NB)
            file.unlink()


def folder_id(logs: Path, network: str) -> str | None:
    """What tells this folder of a network's logs from every other; None where it cannot be kept."""
    file = logs / safe(network) / _FOLDER
    try:
        file.parent.mkdir(parents=True, exist_ok=True)
        with suppress(FileExistsError):
            fresh = file.with_name(f"{_FOLDER}-{secrets.token_hex(8)}")
            fresh.write_text(secrets.token_hex(8), encoding="ascii")
            try:
                os.link(fresh, file)  # whole, or not at all; and whoever is first
            finally:
                fresh.unlink()
        return file.read_text(encoding="ascii")
    except OSError:
        return None


def _locked(file: Path, token: str) -> int:
    descriptor = os.open(file, os.O_RDWR | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o644)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        os.write(descriptor, token.encode("ascii"))
    except OSError:
        os.close(descriptor)
        file.unlink()
        raise
    return descriptor


def _content(file: Path) -> str:
    try:
        return file.read_text(encoding="ascii").strip()
    except OSError:
        return ""
