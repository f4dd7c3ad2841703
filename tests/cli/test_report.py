"""`cohortbot report`: what an operator reads, and what a spreadsheet gets."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import pytest
from support.programme import programme

from cohortbot.cli import main


@pytest.fixture
def config(tmp_path: Path, ready_url: str) -> str:
    """A programme in which cy has finished deploy, and zed, unproven, patch."""
    world = programme(tmp_path, ready_url)
    world.say("dora", "mentor deploy", account="dora")
    world.say("dora", "mentor patch")
    world.say("cy", "join deploy", account="cy")
    world.say("zed", "join patch")
    world.say("dora", "complete cy deploy https://example.org/1")
    world.say("dora", "complete zed patch")
    world.say("dora", "revoke cy deploy not theirs")
    world.app.engine.dispose()
    return str(tmp_path / "config.yaml")


def test_the_week_is_a_line_a_cohort(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--week", "--config", config]) == 0
    lines = capsys.readouterr().out.splitlines()
    assert [line.split(":")[0] for line in lines] == ["deploy", "patch", "secret"]
    assert "1 of 1 mentor present; 0 of 2 places taken" in lines[0]


def test_the_awards_are_rows_for_a_spreadsheet(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["report", "--awards", "--csv", "--config", config]) == 0
    first, second = csv.DictReader(io.StringIO(capsys.readouterr().out))
    assert (first["cohort"], first["nick"], first["account"], first["confirmed_by"]) == (
        *("deploy", "cy", "cy"),
        "dora",
    )
    assert first["page"].startswith("https://m.example.org/b/") and first["url"] == "https://example.org/1"
    assert first["revoked_at"] == first["issued_at"] == "2026-11-26T12:00:00Z"
    assert (second["nick"], second["account"], second["issued_at"], second["page"]) == ("zed", "", "", "")


def test_without_saying_which_nothing_is_printed(config: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as end:
        main(["report", "--config", config])
    assert end.value.code == 2
    assert "--week" in capsys.readouterr().err
