"""`cohortbot init`: a file that needs only a name to be used, and lines that services understand."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest
from support.client import Client
from support.ircd import IrcServer

from cohortbot.cli import main
from cohortbot.commands.init import PRESETS, SLUGS
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
    assert config.irc.flood.new_people_per_minute == 1
    assert config.cohorts["patch"].channel == "##cohort-patch"
    assert config.web.chat_link("##cohort-patch") == "https://web.libera.chat/##cohort-patch"


def test_on_oftc_the_bot_logs_in_to_nickserv_and_its_web_chat_is_linked(tmp_path: Path) -> None:
    main(["init", str(tmp_path), "--network", "oftc"])
    config = with_a_password(tmp_path)
    assert (config.irc.host, config.irc.port, config.irc.tls) == ("irc.oftc.net", 6697, True)
    assert config.irc.sasl is None
    assert config.irc.nickserv is not None
    assert config.irc.nickserv.password.get_secret_value() == "hush"
    assert config.web.chat_link("#cohort-patch") == "https://webchat.oftc.net/?channels=%23cohort-patch"


@pytest.mark.parametrize("network", PRESETS)
def test_what_to_type_to_services_is_printed_for_each_channel(
    tmp_path: Path, network: str, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["init", str(tmp_path), "--network", network])
    printed = capsys.readouterr().out
    preset = PRESETS[network]
    assert "/msg NickServ REGISTER" in printed
    assert f"see that {preset.login} in the file is in use" in printed
    for slug in SLUGS:
        for line in preset.services.channel_lines(preset.channel_prefix + slug, "cohortbot"):
            assert line in printed


def test_oftc_is_spoken_to_as_its_own_services_want(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    main(["init", str(tmp_path), "--network", "oftc"])
    printed = capsys.readouterr().out
    for line in (
        "/msg NickServ REGISTER <password> <e-mail>",
        "/msg ChanServ REGISTER #cohort-patch <description>",
        "/msg ChanServ ACCESS #cohort-patch ADD cohortbot MEMBER",
        "/msg ChanServ SET #cohort-patch AUTOVOICE ON",
        "/msg ChanServ SET #cohort-patch ENTRYMSG This channel is logged",
    ):
        assert line in printed


@pytest.mark.parametrize(("network", "kind"), [("other", "inspircd_anope"), ("libera", "inspircd_atheme")])
def test_what_is_printed_gives_the_bot_its_voice_and_newcomers_the_word_when_it_is_typed(
    network: str,
    kind: str,
    request: pytest.FixtureRequest,
    name: Callable[[str], str],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Line by line as `init` prints it, but for names that no other test has."""
    server: IrcServer = request.getfixturevalue(kind)
    founder = server.register_account(name("founder"))
    main(["init", str(tmp_path), "--network", network])
    printed = capsys.readouterr().out.replace("cohortbot", name("bot")).replace("cohort-patch", name("patch"))
    lines = [line.strip() for line in printed.splitlines() if line.strip().startswith(("/msg", "/join"))]
    channel = PRESETS[network].channel_prefix.removesuffix("cohort-") + name("patch")

    bot = server.connect(name("bot"))
    [register, *verify] = [line for line in lines if " NickServ " in line]
    said = typed(bot, register.replace("<password>", "sesame").replace("<e-mail>", "bot@example.invalid"))
    assert "registered" in said
    for line in verify:  # there is no mail here: understood, and nothing to verify
        assert "not awaiting" in typed(bot, line.replace("<code from the mail>", "12345"))

    typist = server.connect(founder[0], sasl=founder)
    for line in [line for line in lines if channel in line.split()]:
        assert not NOT_UNDERSTOOD.search(typed(typist, line))
    bot.join(channel)
    bot.expect("ChanServ", bot.nick, channel, "This channel is logged", verb="NOTICE")
    typist.wait_for(lambda line: line.verb == "MODE" and line.params[1:] == ["+v", bot.nick])


NOT_UNDERSTOOD = re.compile("syntax|unknown|invalid|insufficient|not registered", re.IGNORECASE)


def typed(client: Client, line: str) -> str:
    """What is answered to a line that somebody types into a client, sent as the client sends it."""
    verb, target, *words = line.split(" ", 2)
    if verb == "/join":
        client.join(target)
        return ""
    client.mark()
    client.say(target, words[0])
    return client.expect(target, client.nick, verb="NOTICE").text


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
