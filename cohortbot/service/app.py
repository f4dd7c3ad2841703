"""App: the parts that every use case needs, put together once by `wiring.build`."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from threading import Lock

from sqlalchemy.engine import Engine

from cohortbot.config import Config
from cohortbot.domain.lease import Turn
from cohortbot.domain.limits import Limits
from cohortbot.service.brake import Brake
from cohortbot.service.floor import Floor
from cohortbot.service.lately import Lately
from cohortbot.service.shelf import KeptShelf


class Live:
    """The config in force; `reload` swaps it whole."""

    def __init__(self, config: Config) -> None:
        self._lock = Lock()
        self._config = config

    @property
    def config(self) -> Config:
        with self._lock:
            return self._config

    def swap(self, config: Config) -> None:
        with self._lock:
            self._config = config


@dataclass(frozen=True)
class App:
    """Handed to every use case. `read_config` loads a file and raises `ConfigError` with all its faults.

    `turn` is that of this process to be the network's bot, if it has one.
    """

    live: Live
    limits: Limits
    engine: Engine
    now: Callable[[], datetime]
    turn: Turn
    read_config: Callable[[Path], Config]
    brake: Brake = field(default_factory=Brake)
    floor: Floor = field(default_factory=Floor)
    lately: Lately = field(default_factory=Lately)
    shelf: KeptShelf = field(default_factory=KeptShelf)

    @property
    def config(self) -> Config:
        return self.live.config

    @property
    def network(self) -> str:
        return self.config.irc.network
