"""`cohortbot demo`: a small programme on this machine, for as long as somebody watches, or once."""

from __future__ import annotations

import contextlib
import itertools
import os
import signal
import sys
import tempfile
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from types import FrameType

from cohortbot.demo.people import LOOPBACK, Crowd, Heard
from cohortbot.demo.play import play
from cohortbot.demo.show import Show, on_stdout
from cohortbot.demo.stage import Stage, StageFault, WayIn, accepts, stage
from cohortbot.demo.story import AFTERWARDS, ANNA, BOT, CAST, CHANNELS, MENTOR_PASSWORD, PATCH, STORY

OK, FAILED = 0, 1
ARRIVAL = timedelta(seconds=20)
READING = timedelta(seconds=2)  # between two steps, so that the eye can follow
LEISURE = timedelta(seconds=15)  # after the story

Performance = Callable[[Show, Stage, Crowd], int]


class Interrupted(Exception):
    """Somebody asked the demo to end: Ctrl-C or SIGTERM."""


def directly(port: int) -> int:
    """The bot reaches the server at the server's own port."""
    return port


def watch() -> int:
    """Play the story to be watched, then go on slowly until Ctrl-C or SIGTERM; 1 if a process of it ended.

    Who watches may take part: a step that they made come out otherwise is told, and the story goes on.
    """
    show = _show()
    try:
        return _perform(show, show.overheard, directly, _slowly)
    except Interrupted:
        show.line("the demo has ended")
        return OK


def once(way_in: WayIn = directly) -> int:
    """Play the story as fast as it goes, with the raw lines that prove each step; 1 if one was not heard.

    `way_in` is where the bot reaches the server at that port: a test puts a wall in between.
    """
    show = _show()
    try:
        return _perform(show, lambda _: None, way_in, _quickly)
    except Interrupted:
        show.line("interrupted: the story was not played to its end")
        return FAILED


def _show() -> Show:
    return on_stdout(os.environ, BOT, tuple(who.nick for who in CAST))


def _perform(show: Show, overhear: Callable[[Heard], None], way_in: WayIn, performance: Performance) -> int:
    """Set the stage, let everybody arrive, perform; whatever was started has ended when this returns."""
    with (
        _ending_on_signals() as interrupt,
        tempfile.TemporaryDirectory(prefix="cohortbot-demo-") as folder,
        stage(Path(folder), interrupt) as built,
    ):
        try:
            crowd = _gather(built, overhear, way_in)
            return performance(show, built, crowd)
        except StageFault as fault:
            print(fault, file=sys.stderr)
            return FAILED


@contextlib.contextmanager
def _ending_on_signals() -> Iterator[Callable[[], None]]:
    """A function that raises Interrupted once SIGINT or SIGTERM has come; inside, they do nothing else."""
    asked = threading.Event()

    def ask(_number: int, _frame: FrameType | None) -> None:
        asked.set()

    def interrupt() -> None:
        if asked.is_set():
            raise Interrupted

    before = {number: signal.signal(number, ask) for number in (signal.SIGINT, signal.SIGTERM)}
    try:
        yield interrupt
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _gather(built: Stage, overhear: Callable[[Heard], None], way_in: WayIn) -> Crowd:
    """Everybody and the bot in all the channels, the site answering; StageFault if one stays out."""
    built.start_server()
    crowd = Crowd(CAST, built.irc_port, built.check, overhear)
    built.configure(way_in)
    built.start_bot_and_site()
    if not crowd.wait(lambda: crowd.everybody(lambda person: person.ready), ARRIVAL):
        raise StageFault("the people of the story could not log in")
    crowd.join(CHANNELS)

    def bot_is_there() -> bool:
        return crowd.everybody(lambda person: all(BOT in person.seen.get(name, ()) for name in CHANNELS))

    if not crowd.wait(bot_is_there, ARRIVAL):
        raise StageFault(f"the bot did not come to {' and '.join(CHANNELS)}:\n{built.last_words('bot')}")
    if not crowd.wait(lambda: accepts(built.web_port), ARRIVAL):
        raise StageFault(f"the site does not answer:\n{built.last_words('site')}")
    return crowd


def _slowly(show: Show, built: Stage, crowd: Crowd) -> int:
    _invite(show, built)
    for step in STORY:
        crowd.pause(READING)
        show.step(step)
        if play(step, crowd, built.pass_time).missing is not None:
            show.line("  (this came out otherwise than planned; the story goes on)")
    show.line("The story is over; life goes on, slowly. Ctrl-C ends it.")
    for step in itertools.cycle(AFTERWARDS):
        crowd.pause(LEISURE)
        show.step(step)
        play(step, crowd, built.pass_time)
    raise AssertionError("a cycle has no end")


def _quickly(show: Show, built: Stage, crowd: Crowd) -> int:
    for step in STORY:
        show.step(step)
        played = play(step, crowd, built.pass_time)
        show.proof(played)
        if played.missing is not None:
            show.failed(step, played.missing)
            return FAILED
    show.line(f"all {len(STORY)} steps were heard on the wire")
    return OK


def _invite(show: Show, built: Stage) -> None:
    """Where to connect, whom to be, what to open."""
    for sentence in (
        "A small mentoring programme runs on this machine. Join it:",
        f"  IRC      irssi -c {LOOPBACK} -p {built.irc_port}     (no TLS; any client, any nick)",
        f"           /join {PATCH}   then say   !join patch",
        f"  mentor   /msg NickServ IDENTIFY {ANNA.nick} {MENTOR_PASSWORD}   and you are {ANNA.nick}: "
        "mentor and organizer",
        f"  site     http://{LOOPBACK}:{built.web_port}/",
        "  Ctrl-C ends all of it.",
        "",
    ):
        show.line(sentence)
