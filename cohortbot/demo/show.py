"""What the demo prints: in colour on a terminal, plain lines to a pipe."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TextIO

from cohortbot.chatlog.plain import plain
from cohortbot.demo.people import Heard
from cohortbot.demo.play import Played
from cohortbot.demo.story import Hears, Says, Step
from cohortbot.domain.casemap import bare


@dataclass(frozen=True, slots=True)
class Palette:
    """What is written before a title, a nick, the bot's nick and what is beside the point, and after each."""

    title: str = ""
    nick: str = ""
    bot: str = ""
    dim: str = ""
    bad: str = ""
    end: str = ""


PLAIN = Palette()
COLOUR = Palette("\033[1m", "\033[36m", "\033[32m", "\033[2m", "\033[31m", "\033[0m")


def palette(out: TextIO, environ: Mapping[str, str]) -> Palette:
    """Colour for a terminal, unless NO_COLOR is set (no-color.org) or TERM says that it is none."""
    plain = environ.get("NO_COLOR") or environ.get("TERM") == "dumb" or not out.isatty()
    return PLAIN if plain else COLOUR


class Show:
    """Writes the story to `out` line by line, as it happens; `bot` and `cast` are nicks."""

    def __init__(self, out: TextIO, colours: Palette, bot: str, cast: tuple[str, ...]) -> None:
        self._out = out
        self._colours = colours
        self._bot = bot
        self._cast = cast

    def line(self, text: str = "") -> None:
        print(text, file=self._out, flush=True)

    def step(self, step: Step) -> None:
        """A step begins: its title, and what is said."""
        self.line(f"{self._colours.title}— {step.title}{self._colours.end}")
        if isinstance(step.does, Says):
            self._message(step.does.who, step.does.where, step.does.text)

    def overheard(self, heard: Heard) -> None:
        """What the bot or a visitor said, once: in a channel the first of the cast hears for all.

        What the people of the story say was shown when they said it.
        """
        private = heard.target == heard.by
        if heard.sender not in self._cast and (private or heard.by == self._cast[0]):
            self._message(heard.sender, heard.target, heard.text)

    def proof(self, played: Played) -> None:
        """The raw lines that were heard, each with its hearer, sender and time."""
        dim, end = self._colours.dim, self._colours.end
        for heard in played.proof:
            self.line(f"  {_stamp(heard.at)} {heard.by} heard {heard.sender}: {dim}{heard.raw}{end}")

    def failed(self, step: Step, missing: Hears) -> None:
        """A step that was not heard: which, and what was missing."""
        facts = " ".join(f"«{fact}»" for fact in missing.facts)
        where = missing.where or "a private message"
        self.line(
            f"{self._colours.bad}step failed: {step.title}{self._colours.end}\n"
            f"  {missing.by} did not hear {facts} from {missing.sender} in {where}"
            f" within {step.patience.total_seconds():g} s"
        )

    def _message(self, sender: str, target: str, text: str) -> None:
        colour = self._colours.bot if sender == self._bot else self._colours.nick
        place = target if target.startswith("#") else f"to {target}"
        dim, end = self._colours.dim, self._colours.end
        self.line(f"  {dim}{place:<15}{end} {colour}<{sender}>{end} {bare(plain(text))}")


def _stamp(at: datetime) -> str:
    return f"{at:%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def on_stdout(environ: Mapping[str, str], bot: str, cast: tuple[str, ...]) -> Show:
    """The show for whoever started the demo."""
    return Show(sys.stdout, palette(sys.stdout, environ), bot, cast)
