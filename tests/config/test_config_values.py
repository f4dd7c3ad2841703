"""What a sound file means: defaults, the forms a value may have, and where relative paths count from."""

from __future__ import annotations

from datetime import date, time, timedelta
from pathlib import Path

import pytest

from cohortbot.config import CohortConfig, Config, Listen, find, load

SOUND = """\
programme: {name: Mentoring}
irc: {network: libera, host: irc.libera.chat}
"""


def loaded(tmp_path: Path, text: str) -> Config:
    file = tmp_path / "config.yaml"
    file.write_text(text, encoding="utf-8")
    return load(file, {})


def cohort(tmp_path: Path, keys: str) -> CohortConfig:
    return loaded(tmp_path, SOUND + f"cohorts: {{deploy: {{title: t, goal: g, {keys}}}}}\n").cohorts["deploy"]


def test_three_keys_are_a_configuration_and_the_rest_has_defaults(tmp_path: Path) -> None:
    config = loaded(tmp_path, SOUND)
    assert config.path == tmp_path / "config.yaml"
    assert config.programme.organizers == ()
    assert config.programme.contact is None
    assert config.irc.port == 6697
    assert config.irc.tls
    assert config.irc.tls_verify
    assert config.irc.nick == "cohortbot"
    assert config.irc.realname == "Mentoring mentoring bot, http://127.0.0.1:8080/about"
    assert config.irc.sasl is None
    assert config.irc.channels.extra == ()
    assert (config.irc.flood.burst, config.irc.flood.per_second) == (5, 1.0)
    assert config.database.url.get_secret_value() == f"sqlite:///{tmp_path}/cohortbot.db"
    assert config.logs.folder == tmp_path / "logs"
    assert config.logs.off_record_prefix == "[off]"
    assert config.logs.notice
    assert config.logs.public
    assert config.web.listen == Listen("127.0.0.1", 8080)
    assert config.web.base_url == "http://127.0.0.1:8080"
    assert config.web.title == "Mentoring"
    assert config.web.chat_link("#cohort-deploy") is None
    assert config.identity.require_proven == "mentors"
    assert config.identity.throwaway == ("guest*", "webchat*", "qwebirc*")
    assert dict(config.cohorts) == {}
    assert config.warnings == ()


def test_a_cohort_with_a_title_and_a_goal_has_defaults_and_no_schedule(tmp_path: Path) -> None:
    deploy = cohort(tmp_path, "")
    assert deploy.channel == "#cohort-deploy"
    assert (deploy.places, deploy.mentors, deploy.public, deploy.steps) == (8, 3, True, ())
    assert deploy.checkin is None
    assert deploy.badge.name is None


def test_a_schedule_needs_a_day_and_a_time_only(tmp_path: Path) -> None:
    checkin = cohort(tmp_path, "checkin: {day: Thursday, time: 17:00}").checkin
    assert checkin is not None
    assert (checkin.day, checkin.weekday, checkin.time, checkin.zone) == ("thursday", 3, time(17), "UTC")
    assert (checkin.weeks, checkin.starts, checkin.open_for) == (1, None, timedelta(hours=72))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("17:00", time(17, 0)),
        ('"17:00"', time(17, 0)),
        ("9:00", time(9, 0)),
        ("09:05", time(9, 5)),
        ("08:30", time(8, 30)),
        ("0:00", time(0, 0)),
        ("'23:59'", time(23, 59)),
    ],
)
def test_a_time_may_stand_in_quotes_or_not(tmp_path: Path, typed: str, meant: time) -> None:
    checkin = cohort(tmp_path, f"checkin: {{day: thu, time: {typed}}}").checkin
    assert checkin is not None
    assert checkin.time == meant


@pytest.mark.parametrize("typed", ["2026-11-26", "'2026-11-26'"])
def test_a_date_may_stand_in_quotes_or_not(tmp_path: Path, typed: str) -> None:
    checkin = cohort(tmp_path, f"checkin: {{day: thursday, time: 17:00, starts: {typed}}}").checkin
    assert checkin is not None
    assert checkin.starts == date(2026, 11, 26)


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("72h", timedelta(hours=72)),
        ("1h", timedelta(hours=1)),
        ("3 days", timedelta(days=3)),
        ("30m", timedelta(minutes=30)),
        ("1 Day", timedelta(days=1)),
    ],
)
def test_a_length_of_time_is_a_number_and_a_unit(tmp_path: Path, typed: str, meant: timedelta) -> None:
    checkin = cohort(tmp_path, f"checkin: {{day: thursday, time: 17:00, open_for: {typed}}}").checkin
    assert checkin is not None
    assert checkin.open_for == meant


def test_two_weeks_leave_room_for_a_long_round(tmp_path: Path) -> None:
    checkin = cohort(tmp_path, "checkin: {day: mon, time: 9:00, every: 2 weeks, open_for: 13 days}").checkin
    assert checkin is not None
    assert checkin.weeks == 2


def test_text_stays_what_was_typed_whatever_yaml_takes_it_for(tmp_path: Path) -> None:
    config = loaded(
        tmp_path,
        "programme: {name: 2026, organizers: [on, 007, 1e3]}\n"
        "irc: {network: libera, host: irc.libera.chat, tls: on, tls_verify: no}\n"
        "cohorts: {deploy: {title: no, goal: g}}\n",
    )
    assert config.programme.name == "2026"
    assert config.programme.organizers == ("on", "007", "1e3")
    assert (config.irc.tls, config.irc.tls_verify) == (True, False)
    assert config.cohorts["deploy"].title == "no"


def test_a_certificate_alone_is_a_login_and_files_count_from_the_configs_folder(tmp_path: Path) -> None:
    keys = "tls_ca: ca.pem, sasl: {certificate: keys/bot.pem}"
    irc = loaded(tmp_path, SOUND.replace("host: irc.libera.chat", f"host: irc.libera.chat, {keys}")).irc
    assert irc.sasl is not None
    assert (irc.sasl.certificate, irc.tls_ca) == (tmp_path / "keys/bot.pem", tmp_path / "ca.pem")
    assert (irc.sasl.account, irc.sasl.password) == (None, None)


def test_a_goal_over_several_lines_is_one_line_on_irc(tmp_path: Path) -> None:
    text = SOUND + "cohorts:\n  deploy:\n    title: t\n    goal: |\n      A cloud\n        of your own.\n"
    assert loaded(tmp_path, text).cohorts["deploy"].goal == "A cloud of your own."


def test_cohorts_may_share_a_block(tmp_path: Path) -> None:
    text = """\
cohorts:
  patch:
    title: t
    goal: g
    checkin: &weekly {day: thursday, time: 17:00}
  talk:
    title: t
    goal: g
    checkin: {<<: *weekly, time: 18:00}
"""
    checkin = loaded(tmp_path, SOUND + text).cohorts["talk"].checkin
    assert checkin is not None
    assert (checkin.day, checkin.time) == ("thursday", time(18))


def test_relative_paths_count_from_the_file(tmp_path: Path) -> None:
    config = loaded(
        tmp_path, SOUND + "logs: {folder: ../chat}\ndatabase: {url: 'sqlite:///data/x.db?timeout=5'}\n"
    )
    assert config.logs.folder == tmp_path / "../chat"
    assert config.database.url.get_secret_value() == f"sqlite:///{tmp_path}/data/x.db?timeout=5"


def test_absolute_paths_stay(tmp_path: Path) -> None:
    config = loaded(tmp_path, SOUND + "logs: {folder: /srv/chat}\ndatabase: {url: 'sqlite:////srv/x.db'}\n")
    assert config.logs.folder == Path("/srv/chat")
    assert config.database.url.get_secret_value() == "sqlite:////srv/x.db"


def test_the_site_is_where_it_listens_unless_told_otherwise(tmp_path: Path) -> None:
    assert loaded(tmp_path, SOUND + "web: {listen: '[::1]:80'}\n").web.base_url == "http://[::1]:80"
    assert (
        loaded(tmp_path, SOUND + "web: {base_url: https://c.example.org/}\n").web.base_url
        == "https://c.example.org"
    )


def test_the_realname_says_whose_the_bot_is(tmp_path: Path) -> None:
    text = SOUND.replace("Mentoring", "Mentoring, contact: a@example.org")
    config = loaded(tmp_path, text + "web: {base_url: https://c.example.org}\n")
    assert config.irc.realname == "Mentoring mentoring bot, a@example.org, https://c.example.org/about"


@pytest.mark.parametrize(
    ("chat_url", "link"),
    [
        ("https://web.libera.chat/{channel}", "https://web.libera.chat/##cohort-a%5B"),
        ("https://web.libera.chat/#{channel}", "https://web.libera.chat/###cohort-a%5B"),
        (
            "https://chat.example.org/?channels={channel}&x=1",
            "https://chat.example.org/?channels=%23%23cohort-a%5B&x=1",
        ),
        ("https://chat.example.org", "https://chat.example.org"),
    ],
)
def test_a_chat_link_leads_to_the_channel(tmp_path: Path, chat_url: str, link: str) -> None:
    assert loaded(tmp_path, SOUND + f"web: {{chat_url: '{chat_url}'}}\n").web.chat_link("##cohort-a[") == link


def test_channels_begin_as_the_programme_says(tmp_path: Path) -> None:
    text = SOUND.replace("Mentoring", "Mentoring, channel_prefix: '##mentoring-'")
    config = loaded(tmp_path, text + "cohorts: {deploy: {title: t, goal: g}}\n")
    assert config.cohorts["deploy"].channel == "##mentoring-deploy"


def test_cohorts_keep_the_order_of_the_file(tmp_path: Path) -> None:
    text = "cohorts:\n" + "".join(f"  {slug}: {{title: t, goal: g}}\n" for slug in ("talk", "patch", "bug"))
    assert list(loaded(tmp_path, SOUND + text).cohorts) == ["talk", "patch", "bug"]


def test_the_file_is_the_one_named_else_the_environments_else_the_one_here() -> None:
    assert find("a.yaml", {"COHORTBOT_CONFIG": "b.yaml"}) == Path("a.yaml")
    assert find(None, {"COHORTBOT_CONFIG": "b.yaml"}) == Path("b.yaml")
    assert find(None, {}) == Path("config.yaml")
