"""`cohortbot` that kills itself with SIGKILL at a named step: run as a program, around the installed package.

The package knows nothing of it: each step is one function of it (or the commit of a transaction), replaced by
one that does the same and then dies, if what it has at hand is what the doom waits for.
"""

from __future__ import annotations

import asyncio
import os
import random
import re
import signal
import sys
import threading
import time
from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

from sqlalchemy import event
from sqlalchemy.engine import Engine
from sqlalchemy.engine.default import DefaultDialect

from cohortbot import cli
from cohortbot.chatlog.files import ChatLog
from cohortbot.service import outbox

_COMMIT = 0.002  # seconds that a commit takes at most here, or nearly always
_PONG = re.compile(r" PONG \S+ :?receipt-")


class Doom(NamedTuple):
    """`step` is one of STEPS; `pattern` is searched in what the step has at hand; see there for both."""

    step: str
    pattern: str = ""

    def command(self) -> list[str]:
        """What stands before the words of a `cohortbot` command to run it under this doom."""
        return [__file__, self.step, self.pattern]


def die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def never(_: re.Pattern[str]) -> None:
    """An ordinary bot."""


def logged(pattern: re.Pattern[str]) -> None:
    """The line is in the log file, and nothing has acted on it; `<cy> !join`, as the log has it."""
    append = ChatLog.append

    def dying(self: ChatLog, channel: str, said: Any, *rest: Any) -> Any:
        address = append(self, channel, said, *rest)
        if pattern.search(said.body()):
            die()
        return address

    ChatLog.append = dying  # type: ignore[method-assign]


def committing(place: Callable[[], None], pattern: re.Pattern[str]) -> None:
    """In the commit of the transaction that ran this: `INSERT INTO round … {'cohort_id': 3, …}`.

    `place` is called before the commit; behind it we die in any case.
    """
    doomed = threading.local()
    do_commit = DefaultDialect.do_commit

    def watch(_1: Any, _2: Any, statement: str, _3: Any, context: Any, _4: Any) -> None:
        values = getattr(context, "compiled_parameters", None)
        if values and pattern.search(f"{statement} {values[0]}"):
            doomed.now = True

    def dying(self: DefaultDialect, connection: Any) -> None:
        if not getattr(doomed, "now", False):
            return do_commit(self, connection)
        place()
        do_commit(self, connection)
        return die()

    event.listen(Engine, "before_cursor_execute", watch)
    DefaultDialect.do_commit = dying


def amid() -> None:
    """Die while what comes next is under way, or has just ended."""

    def soon() -> None:
        time.sleep(random.uniform(0, _COMMIT))
        die()

    threading.Thread(target=soon).start()


def claimed(pattern: re.Pattern[str]) -> None:
    """The outbox's entry is claimed, and nobody has it in hand yet; `Prompt(slug='deploy'`."""
    claim = outbox.claim

    def dying(*arguments: Any) -> list[outbox.Parcel]:
        parcels = claim(*arguments)
        if any(pattern.search(repr(parcel.outcome)) for parcel in parcels):
            die()
        return parcels

    outbox.claim = dying


def written(pattern: re.Pattern[str]) -> None:
    """The kernel has the line for the server: `PRIVMSG #cohort-deploy :[deploy 1] Check-in`."""
    write = asyncio.StreamWriter.write

    def dying(self: asyncio.StreamWriter, data: bytes) -> None:
        write(self, data)
        if pattern.search(data.decode()):
            assert isinstance(self.transport, asyncio.WriteTransport)
            assert self.transport.get_write_buffer_size() == 0
            die()

    asyncio.StreamWriter.write = dying  # type: ignore[method-assign]


def receipt(pattern: re.Pattern[str]) -> None:
    """The line's receipt, its echo or the PONG behind it, has come and was not read yet; as `written`."""
    said = False
    write, feed = asyncio.StreamWriter.write, asyncio.StreamReader.feed_data

    def writing(self: asyncio.StreamWriter, data: bytes) -> None:
        nonlocal said
        said = said or pattern.search(data.decode()) is not None
        write(self, data)

    def dying(self: asyncio.StreamReader, data: bytes) -> None:
        heard = data.decode()
        if said and (pattern.search(heard) or _PONG.search(heard)):
            die()
        feed(self, data)

    asyncio.StreamWriter.write = writing  # type: ignore[method-assign]
    asyncio.StreamReader.feed_data = dying  # type: ignore[method-assign]


STEPS: dict[str, Callable[[re.Pattern[str]], None]] = {
    "never": never,
    "between log and act": logged,
    "before the commit": partial(committing, die),
    "in the commit": partial(committing, amid),
    "behind the commit": partial(committing, lambda: None),
    "after the claim": claimed,
    "after the write": written,
    "before the receipt": receipt,
}


def main(step: str, pattern: str, *words: str) -> int:
    STEPS[step](re.compile(pattern))
    return cli.main(words)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
