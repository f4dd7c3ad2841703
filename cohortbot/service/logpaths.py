"""Root-relative addresses of lines in the channel log, as the site serves them."""

from __future__ import annotations

from urllib.parse import quote

from cohortbot.chatlog.names import safe
from cohortbot.domain.message import LogAddress

PART = 1000  # lines: longer days come in parts, product.md section 7


def channel_path(network: str, channel: str) -> str:
    """The log of a channel: its folder names, quoted once more as URLs do."""
    return f"/logs/{quote(safe(network))}/{quote(safe(channel))}/"


def line_path(address: LogAddress, number: int | None = None) -> str:
    """The page that shows a line, at it; from line 1,001 on the server has to be told which part."""
    line = number or address.line
    day = f"{channel_path(address.network, address.channel)}{address.day.isoformat()}"
    return f"{day}#L{line}" if line <= PART else f"{day}?line={line}#L{line}"
