"""A second empty database of the same kind, for what is moved or compared."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from support.postgres import PostgresServer


@pytest.fixture
def another_url(database_url: str, tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[str]:
    """The URL of an empty database of the kind that `database_url` is of."""
    if database_url.startswith("sqlite"):
        yield f"sqlite:///{tmp_path}/another.db"
        return
    postgres: PostgresServer = request.getfixturevalue("postgres")
    with postgres.database() as url:
        yield url
