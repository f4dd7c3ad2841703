"""`cohortbot` on a machine whose clock is wrong: run as a program, around the installed package."""

from __future__ import annotations

import sys
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from cohortbot import cli
from cohortbot.clock import Clock


class Skew(NamedTuple):
    """By how many seconds it is ahead."""

    seconds: float

    def command(self) -> list[str]:
        """What stands before the words of a `cohortbot` command."""
        return [__file__, str(self.seconds)]


def main(seconds: str, *words: str) -> int:
    def wrong() -> datetime:
        return datetime.now(UTC) + timedelta(seconds=float(seconds))

    Clock.__init__.__defaults__ = (None, wrong)  # as its fields have them: no offset, this machine's clock
    return cli.main(words)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
