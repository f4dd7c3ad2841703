"""What sentences need to know beyond their outcome: names, addresses, and how things are said here."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from cohortbot.config import Config
from cohortbot.config.schema import Web
from cohortbot.domain import dates
from cohortbot.domain.casemap import quiet
from cohortbot.domain.outcomes import Outcome
from cohortbot.service.logpaths import channel_path
from cohortbot.service.reply import Notice

Said = Outcome | Notice


@dataclass(frozen=True, slots=True)
class Voice:
    """The programme's own words and addresses, from the config; `nick` is the bot's present nick."""

    programme: str
    contact: str | None
    code_of_conduct: str | None
    web: Web
    network: str
    nick: str
    logs_public: bool
    identify: str

    @classmethod
    def of(cls, config: Config, nick: str | None = None) -> Voice:
        services = config.irc.services_nick
        return cls(
            programme=config.programme.name,
            contact=config.programme.contact,
            code_of_conduct=config.programme.code_of_conduct,
            web=config.web,
            network=config.irc.network,
            nick=nick or config.irc.nick,
            logs_public=config.logs.public,
            identify=f"/msg {services} IDENTIFY <your password> (new here: /msg {services} HELP REGISTER)",
        )

    def link(self, path: str) -> str:
        return f"{self.web.base_url}{path}"

    def log_link(self, channel: str) -> str:
        """The page of a channel's log."""
        return self.link(channel_path(self.network, channel))

    def chat(self, channel: str) -> str | None:
        """The address of a web client for `channel`, where the config names one."""
        return self.web.chat_link(channel)


def ordinal(number: int) -> str:
    """`1st`, `2nd`, `3rd`, `4th`, `11th` …"""
    if number % 100 in (11, 12, 13):
        return f"{number}th"
    return f"{number}{({1: 'st', 2: 'nd', 3: 'rd'}).get(number % 10, 'th')}"


def listed(words: Sequence[str], last: str = "and") -> str:
    """`a`, `a and b`, `a, b and c`."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"


def nicks(names: Sequence[str]) -> str:
    """A list of nicks that highlights nobody."""
    return listed([quiet(name) for name in names])


def count(number: int, thing: str) -> str:
    """`1 place`, `2 places`."""
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"


def at(when: datetime, zone: str) -> str:
    return dates.said(when, zone)


def shortened(text: str, most: int = 80) -> str:
    """`text` if it has `most` characters or fewer, else as many whole words of it as fit, and «…»."""
    if len(text) <= most:
        return text
    return text[: most - 1].rsplit(maxsplit=1)[0].rstrip(",;:.") + "…"
