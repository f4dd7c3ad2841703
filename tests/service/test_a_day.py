"""Three people's days with the bot say what docs/a-day.md has, and not a line more."""

from __future__ import annotations

from pathlib import Path

import pytest
from support.a_day import DOC, document


@pytest.mark.long
def test_nothing_more_is_said_to_anybody_than_the_document_has(tmp_path: Path) -> None:
    """`python tests/support/a_day.py` writes it anew; read what you add."""
    assert document(tmp_path / "days") == DOC.read_text(encoding="utf-8")
