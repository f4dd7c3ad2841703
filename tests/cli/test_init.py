"""`cohortbot init`: a file that needs only a name to be used, and lines that services understand."""

from __future__ import annotations

from pathlib import Path

import pytest

from cohortbot.cli import main
from cohortbot.commands.init import PRESETS, SLUGS, services_lines
from cohortbot.config import Config, ConfigError, load


def with_a_password(folder: Path) -> Config:
    (folder / "irc-password").write_text("hush\n", encoding="utf-8")
    return load(folder / "config.yaml", {})


@pytest.mark.parametrize("network", PRESETS)
def test_the_file_loads_and_has_the_programmes_five_cohorts(tmp_path: Path, network: str) -> None:
    assert main(["init", str(tmp_path / "new" / "bot"), "--network", network]) == 0
    config = with_a_password(tmp_path / "new" / "bot")
    assert tuple(config.cohorts) == SLUGS
    assert config.programme.channel_prefix == PRESETS[network].channel_prefix
    assert config.warnings == ()
    for cohort in config.cohorts.values():
        assert len(cohort.steps) >= 4
        assert cohort.checkin is not None
        assert cohort.badge.name is not None


def test_no_two_cohorts_of_one_person_check_in_at_the_same_hour(tmp_path: Path) -> None:
    main(["init", str(tmp_path)])
    checkins = [cohort.checkin for cohort in with_a_password(tmp_path).cohorts.values() if cohort.checkin]
    assert len({(checkin.day, checkin.time) for checkin in checkins}) == len(SLUGS)


def test_on_libera_channels_have_two_hashes_and_the_password_is_asked_for_by_its_file(tmp_path: Path) -> None:
    main(["init", str(tmp_path), "--network", "libera"])
    with pytest.raises(
        ConfigError, match=r"irc.sasl.password: the file .*/irc-password has to hold this secret"
    ):
        load(tmp_path / "config.yaml", {})
    config = with_a_password(tmp_path)
    assert (config.irc.host, config.irc.port, config.irc.tls) == ("irc.libera.chat", 6697, True)
    assert config.cohorts["patch"].channel == "##cohort-patch"
    assert config.web.chat_link("##cohort-patch") == "https://web.libera.chat/##cohort-patch"


@pytest.mark.parametrize("network", PRESETS)
def test_what_to_type_to_services_is_printed_for_each_channel(
    tmp_path: Path, network: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["init", str(tmp_path), "--network", network])
    printed = capsys.readouterr().out
    assert "/msg NickServ REGISTER" in printed
    for slug in SLUGS:
        for line in services_lines(PRESETS[network], slug):
            assert line in printed


def test_a_file_that_is_there_is_never_written_over(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "config.yaml").write_text("mine\n", encoding="utf-8")
    assert main(["init", str(tmp_path)]) == 1
    assert (tmp_path / "config.yaml").read_text(encoding="utf-8") == "mine\n"
    assert f"{tmp_path}/config.yaml is there already and stays as it is" in capsys.readouterr().err


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "file").touch()
    assert main(["init", str(tmp_path / "file" / "below")]) == 1
    assert f"{tmp_path}/file/below/config.yaml cannot be written" in capsys.readouterr().err
