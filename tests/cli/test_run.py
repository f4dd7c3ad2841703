"""`cohortbot run` with a config that it cannot use."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from cohortbot.commands import run as running
from cohortbot.config import load


def test_a_file_for_tls_that_cannot_be_used_is_a_fault_of_the_config(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    file = tmp_path / "config.yaml"
    irc = {"network": "lab", "host": "irc.lab.test", "tls_ca": "missing.pem"}
    cohorts = {"deploy": {"title": "Deploy", "goal": "Deploy a cloud"}}
    file.write_text(yaml.safe_dump({"programme": {"name": "Lab"}, "irc": irc, "cohorts": cohorts}))
    assert running.run(load(file)) == 2
    said = f"{file}: irc.tls_ca: '{tmp_path}/missing.pem' cannot be read: No such file or directory\n"
    assert capsys.readouterr().err == said
    assert not (tmp_path / "logs").exists()
