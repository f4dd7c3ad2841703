"""A small programme and its site, on each kind of database."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.programme import World, programme
from support.site import Browser
from support.site_story import LINE, LogWriter


@pytest.fixture
def world(tmp_path: Path, ready_url: str) -> World:
    return programme(tmp_path, ready_url)


@pytest.fixture
def site(world: World) -> Browser:
    return Browser(world.app)


@pytest.fixture(scope="module")
def still_site(tmp_path_factory: pytest.TempPathFactory) -> Browser:
    """A site where nothing happens, for many questions: one day of #cohort-deploy."""
    folder = tmp_path_factory.mktemp("still")
    still = programme(folder, f"sqlite:///{folder}/cohortbot.db")
    day = still.app.config.logs.folder / "labnet" / "#cohort-deploy" / "2026-11-26.log"
    day.parent.mkdir(parents=True)
    day.write_text(f"{LINE}\n" * 5)
    return Browser(still.app)


@pytest.fixture
def logged(world: World) -> LogWriter:
    """`logged("#cohort-deploy", "2026-11-26", *lines)` writes a day's file as it stands; returns its path."""

    def write(folder: str, day: str, *lines: str, network: str = "labnet") -> Path:
        path = world.app.config.logs.folder / network / folder / f"{day}.log"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(f"{line}\n" for line in lines), encoding="utf-8")
        return path

    return write
