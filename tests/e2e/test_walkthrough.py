"""The whole programme of docs/walkthrough.md, on a server that does not throttle."""

from __future__ import annotations

import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from support.ircd import IrcServer
from support.walkthrough import walk


@pytest.mark.long
def test_from_an_empty_folder_to_a_badge(own_server: Callable[..., IrcServer], tmp_path: Path) -> None:
    server = own_server("inspircd", "anope")
    transcript = walk(server, [sys.executable, "-P", "-m", "cohortbot"], tmp_path, pace=100.0)
    assert any("/b/" in line for line in transcript)
