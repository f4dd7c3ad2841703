"""Root-relative addresses of lines in the channel log, as the site serves them."""

from __future__ import annotations

from urllib.parse import quote

from cohortbot.chatlog.names import safe
from cohortbot.domain.message import LogAddress
from cohortbot.domain.model import Cohort
from cohortbot.service.app import App

PART = 1000  # lines: longer days come in parts, product.md section 7


def channel_path(network: str, channel: str) -> str:
    """The log of a channel: its folder names, quoted once more as URLs do."""
    return f"/logs/{quote(safe(network))}/{quote(safe(channel))}/"


def line_path(address: LogAddress, number: int | None = None) -> str:
    """The page that shows a line, at it; from line 1,001 on the server has to be told which part."""
    line = number or address.line
    day = f"{channel_path(address.network, address.channel)}{address.day.isoformat()}"
    return f"{day}#L{line}" if line <= PART else f"{day}?line={line}#L{line}"


def public_path(app: App, cohort: Cohort, address: LogAddress | None) -> str | None:
    """The page of a line of the cohort's channel, where anybody may open it; None where not."""
    if address is None or not (cohort.public and app.config.logs.public):
        return None
    return line_path(address)
