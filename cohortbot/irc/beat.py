"""What the programme does by the clock, for whoever drives it beside the connection."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class Beat:
    """`tick(now)` does what is due; `moved` if the clock may step, so that it has to be called more often."""

    tick: Callable[[datetime], None]
    now: Callable[[], datetime]
    moved: bool
