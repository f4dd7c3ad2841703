"""irssi, driven in tmux as a person drives it, takes part in the running demo."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from support.processes import wait_until
from support.watching import told_port, watched

WAIT = 20.0  # seconds; the story goes on beside us


class Terminal:
    """A program in a tmux session of its own server: what is typed into it, and what its screen shows."""

    def __init__(self, socket: Path, command: list[str]) -> None:
        self._socket = socket
        # -f /dev/null: whose tmux.conf lies in the home is no matter of ours. Wide: few lines are broken.
        self.tmux("-f", "/dev/null", "new-session", "-d", "-x", "200", "-y", "50", *command)

    def tmux(self, *words: str) -> str:
        done = subprocess.run(
            ["tmux", "-u", "-S", str(self._socket), *words], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return done.stdout

    def type(self, line: str) -> None:
        """The keys of one line, and Enter."""
        self.tmux("send-keys", "-l", line)
        self.tmux("send-keys", "Enter")

    def screen(self) -> str:
        """What is shown now; runs of blanks (an indented second half of a line) count as one."""
        return re.sub(r"\s+", " ", self.tmux("capture-pane", "-p"))

    def shows(self, pattern: str) -> None:
        """Wait until the screen shows it; AssertionError with the screen if it never does."""
        wait_until(lambda: re.search(pattern, self.screen()) is not None, pattern, WAIT, self.screen)


@contextmanager
def irssi(folder: Path, port: int) -> Iterator[Terminal]:
    """irssi in a new home, connected as `visitor`."""
    home = folder / "irssi"
    home.mkdir()
    options = [f"--home={home}", "-c", "127.0.0.1", "-p", str(port), "-n", "visitor"]
    # tmux is nobody's child: should the tests be killed, irssi and with it tmux end by themselves.
    terminal = Terminal(folder / "tmux", ["timeout", "--foreground", "150", "irssi", *options])
    try:
        yield terminal
    finally:
        terminal.tmux("kill-server")


@pytest.mark.long
def test_a_person_with_irssi_signs_up_and_another_checks_in_as_the_mentor(tmp_path: Path) -> None:
    with watched(tmp_path) as (_, heard), irssi(tmp_path, told_port(heard.read_text())) as visitor:
        visitor.shows("Welcome")
        visitor.type("/join #cohort-patch")
        visitor.shows(r"\[ cohortbot\]")  # the list of names
        visitor.type("!join patch")
        visitor.shows(r"< cohortbot> visitor: joined patch \(\d of 8\)")
        visitor.type("/msg cohortbot me")
        visitor.type("/window goto cohortbot")
        visitor.shows(r"<cohortbot> patch: mentee \(\d of 8\)")
        visitor.type("/msg NickServ IDENTIFY anna lantern")
        visitor.type("/window goto NickServ")
        visitor.shows("anna")
        visitor.type("/window goto #cohort-patch")
        visitor.type("!checkin")
        visitor.shows(r"< cohortbot> visitor: .*check-in")
