"""What people see while something is broken, and how long until all is well: a table, a line an incident."""

from __future__ import annotations

import time

from support.bot import Bot
from support.client import Client
from support.report import REPORT

HEADING = "incidents: what people saw, and how long until all was well"

FIVE: dict[str, dict[str, object]] = {slug: {} for slug in ("deploy", "patch", "talk", "coa", "bug")}
FAST = {"irc": {"flood": {"burst": 100, "per_second": 100.0}}}


def tell(incident: str, saw: str, well: str) -> None:
    """A line of the table."""
    REPORT.add(HEADING, f"| {incident} | {saw} | {well} |")


class Since:
    """A stopwatch."""

    def __init__(self) -> None:
        self.began = time.monotonic()

    @property
    def seconds(self) -> float:
        return time.monotonic() - self.began

    def __str__(self) -> str:
        return f"{self.seconds:.1f} s"


def pass_seconds(since: Since, seconds: float) -> None:
    """Let something stay broken until so many seconds have gone since then."""
    time.sleep(max(0.0, seconds - since.seconds))


def is_answered(bot: Bot, who: Client, channel: str, timeout: float = 10.0) -> None:
    """Somebody asks in a channel, and is answered there."""
    who.mark()
    who.say(channel, "!cohorts")
    who.expect(bot.nick, channel, f"{who.nick}: ", "deploy", timeout=timeout)


def takes_a_place(bot: Bot, who: Client) -> None:
    """Somebody joins `deploy`, and says who they are: what must not be lost."""
    who.mark()
    who.say(bot.nick, "join deploy")
    who.expect(bot.nick, who.nick, "joined deploy")
    who.say(bot.nick, "about I was here before")
    who.expect(bot.nick, who.nick, "«I was here before»")


def has_lost_nothing(bot: Bot, who: Client) -> None:
    """Whoever took a place has it, and what they said is kept."""
    who.mark()
    who.say(bot.nick, "me")
    who.expect(bot.nick, who.nick, "deploy: mentee")
    who.expect(bot.nick, who.nick, "«I was here before»")
