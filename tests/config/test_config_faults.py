"""What an operator is told about a faulty file: every fault at once, with its key, its value and the mend."""

from __future__ import annotations

from pathlib import Path

import pytest

from cohortbot.config import ConfigError, load

SOUND = """\
programme: {name: Mentoring}
irc: {network: libera, host: irc.libera.chat}
"""

COHORT = """\
cohorts:
  deploy:
    title: Deploy a cloud
    goal: A cloud of your own runs.
"""


def faults_of(tmp_path: Path, text: str, environ: dict[str, str] | None = None) -> list[str]:
    file = tmp_path / "config.yaml"
    file.write_text(text, encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(file, environ or {})
    lines = str(caught.value).splitlines()
    assert all(line.startswith(f"{file}: ") for line in lines)
    return [line.removeprefix(f"{file}: ") for line in lines]


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            SOUND + COHORT + "    checkin: {day: thursday, time: 25:00}\n",
            "cohorts.deploy.checkin.time: '25:00' is not HH:MM",
            id="time, unquoted",
        ),
        pytest.param(
            SOUND + COHORT + "    checkin: {day: thorsday, time: 17:00}\n",
            "cohorts.deploy.checkin.day: 'thorsday' is not a day of the week (monday, tuesday, wednesday, "
            "thursday, friday, saturday, sunday)",
            id="day",
        ),
        pytest.param(
            SOUND + COHORT + "    checkin: {day: thursday}\n",
            "cohorts.deploy.checkin.time: is missing: the time of day in the cohort's zone, like 17:00",
            id="a schedule without a time",
        ),
        pytest.param(
            SOUND + COHORT + "    checkin: {day: thursday, time: 17:00, zone: Berlin}\n",
            "cohorts.deploy.checkin.zone: 'Berlin' is not an IANA time zone; did you mean Europe/Berlin?",
            id="a zone by its city",
        ),
        pytest.param(
            SOUND + COHORT + "    checkin: {day: thursday, time: 17:00, zone: Europe/Berln}\n",
            "cohorts.deploy.checkin.zone: 'Europe/Berln' is not an IANA time zone; "
            "did you mean Europe/Berlin?",
            id="a mistyped zone",
        ),
        pytest.param(
            SOUND + COHORT + "    checkin: {day: thursday, time: 17:00, zone: '25'}\n",
            "cohorts.deploy.checkin.zone: '25' is not an IANA time zone (like Europe/Berlin or UTC)",
            id="a zone like none",
        ),
        pytest.param(
            SOUND + COHORT + "    checkin: {day: thursday, time: 17:00, starts: 2026-11-27}\n",
            "cohorts.deploy.checkin.starts: '2026-11-27' is a Friday, not a Thursday; "
            "the next Thursday is 2026-12-03",
            id="starts on another day",
        ),
        pytest.param(
            SOUND + COHORT + "    checkin: {day: thursday, time: 17:00, starts: 2026-02-30}\n",
            "cohorts.deploy.checkin.starts: '2026-02-30' is not a date (YYYY-MM-DD)",
            id="no such date",
        ),
        pytest.param(
            SOUND + COHORT + "    checkin: {day: thursday, time: 17:00, open_for: 7 days}\n",
            "cohorts.deploy.checkin.open_for: '7 days' is not shorter than the period (1 week)",
            id="open as long as the period",
        ),
        pytest.param(
            SOUND + COHORT + "    checkin: {day: thursday, time: 17:00, open_for: 3 fortnights}\n",
            "cohorts.deploy.checkin.open_for: '3 fortnights' is not a length of time (72h, 3 days, 30m)",
            id="length of time",
        ),
        pytest.param(
            SOUND + COHORT + "    checkin: {day: thursday, time: 17:00, every: 3 weeks}\n",
            "cohorts.deploy.checkin.every: '3 weeks' is not 1 week or 2 weeks",
            id="period",
        ),
        pytest.param(
            SOUND + COHORT + "    places: 0\n",
            "cohorts.deploy.places: '0' is not 1 or more",
            id="too few places",
        ),
        pytest.param(
            SOUND + COHORT + "    places: eight\n",
            "cohorts.deploy.places: 'eight' is not a whole number",
            id="whole number",
        ),
        pytest.param(
            SOUND + COHORT + "    public: maybe\n",
            "cohorts.deploy.public: 'maybe' is not true or false",
            id="true or false",
        ),
        pytest.param(
            SOUND + COHORT + "    steps: install it\n",
            "cohorts.deploy.steps: 'install it' is not a list ([one, two])",
            id="text for a list",
        ),
        pytest.param(
            SOUND + "cohorts: {deploy: {title: [a, b], goal: g}}\n",
            "cohorts.deploy.title: is a list; one text was expected",
            id="a list for text",
        ),
        pytest.param(
            SOUND + "cohorts: {deploy: {title: t, goal: g, steps: [a, '']}}\n",
            "cohorts.deploy.steps[1]: '' is empty",
            id="an empty item",
        ),
        pytest.param(
            SOUND + "cohorts: {deploy: Deploy a cloud}\n",
            "cohorts.deploy: is not a block of keys (title, goal, channel, channel_key, places, mentors, "
            "public, ends, next, steps, checkin, badge)",
            id="text for a block",
        ),
        pytest.param(
            SOUND + "cohorts: [deploy]\n",
            "cohorts: is not a block of keys (a slug, like deploy, for each cohort)",
            id="a list of cohorts",
        ),
        pytest.param(
            SOUND + COHORT + "    channel: 'cohort deploy'\n",
            "cohorts.deploy.channel: 'cohort deploy' is not a channel "
            "(# and a name without blanks and commas)",
            id="channel",
        ),
        pytest.param(
            SOUND + COHORT + "    channel: #cohort-deploy\n",
            "cohorts.deploy.channel: is empty, since # begins a comment: "
            "write a value that begins with # in quotes",
            id="a channel that YAML takes for a comment",
        ),
        pytest.param(
            SOUND + COHORT + f"    channel: '#{'é' * 40}'\n",
            f"cohorts.deploy.channel: '#{'é' * 40}' is too long: "
            "its log folder's name would have 241 bytes, the most is 240",
            id="a channel too long for a folder",
        ),
        pytest.param(
            SOUND + COHORT + "  Deploy: {title: t, goal: g}\n",
            "cohorts.Deploy: 'Deploy' is not a slug (lower-case letters, digits and -, a letter first)",
            id="slug",
        ),
        pytest.param(
            SOUND + COHORT + "  stuck: {title: t, goal: g}\n",
            "cohorts.stuck: 'stuck' is a word of the bot's commands; call the cohort something else",
            id="a slug that is a verb",
        ),
        pytest.param(
            SOUND + COHORT + "  on: {title: t, goal: g}\n",
            "cohorts.on: 'on' is a word of the bot's commands; call the cohort something else",
            id="a slug that YAML takes for true",
        ),
        pytest.param(
            SOUND + COHORT + "  talk: {title: t, goal: g, channel: '#Cohort-Deploy'}\n",
            "cohorts.talk.channel: '#Cohort-Deploy' is the channel of cohort deploy too; each needs its own",
            id="two cohorts in one channel",
        ),
        pytest.param(
            "programme: {name: Mentoring}\nirc: {network: a/b, host: irc.libera.chat}\n",
            "irc.network: 'a/b' is not a short name (letters, digits, - _ .; like oftc or libera)",
            id="network",
        ),
        pytest.param(
            "programme: {name: Mentoring}\nirc: {network: libera, host: 'irc.libera.chat:6697'}\n",
            "irc.host: 'irc.libera.chat:6697' is not a host name or an IP address alone; "
            "the port has a key of its own",
            id="host with a port",
        ),
        pytest.param(
            SOUND + "web: {listen: 8080}\n",
            "web.listen: '8080' is not an address and a port (127.0.0.1:8080)",
            id="a port alone",
        ),
        pytest.param(
            SOUND + "web: {base_url: https://example.org/cohorts}\n",
            "web.base_url: 'https://example.org/cohorts' is not the address of a whole site "
            "(https://cohorts.example.org, without a path)",
            id="a site below a path",
        ),
        pytest.param(
            SOUND + "web: {chat_url: 'https://chat.example.org/{room}'}\n",
            "web.chat_url: 'https://chat.example.org/{room}' has braces in it that are not {channel}",
            id="chat_url",
        ),
        pytest.param(
            SOUND + "identity: {require_proven: all}\n",
            "identity.require_proven: 'all' is not mentors or everyone",
            id="one of two words",
        ),
        pytest.param(
            SOUND + "badges: {}\n",
            "badges: no such key; known are cohorts, database, identity, irc, logs, programme, web",
            id="a section like none",
        ),
        pytest.param(
            SOUND + "cohort: {}\n",
            "cohort: no such key; did you mean cohorts?",
            id="a mistyped section",
        ),
        pytest.param(
            SOUND + COHORT + "    checkin: {day: thursday, tme: 17:00, time: 17:00}\n",
            "cohorts.deploy.checkin.tme: no such key; did you mean time?",
            id="a mistyped key",
        ),
        pytest.param(
            SOUND + COHORT + "    places: 8\n    places: 9\n",
            "cohorts.deploy.places: stands twice, on lines 7 and 8: keep one of them",
            id="a key twice",
        ),
        pytest.param(
            SOUND + COHORT + "    title: !join it\n",
            "cohorts.deploy.title: stands twice, on lines 5 and 7: keep one of them",
            id="a cohort's key twice",
        ),
        pytest.param(
            SOUND + "cohorts: {deploy: {title: !join it, goal: g}}\n",
            "cohorts.deploy.title: begins with a YAML tag (!) on line 3: write it in quotes",
            id="a verb that YAML takes for a tag",
        ),
        pytest.param(
            SOUND + "web: &web\n  title: *web\n",
            "web.title: is an alias of a block that it stands in",
            id="a block within itself",
        ),
        pytest.param(
            SOUND + "web: {title: it's, [}\n",
            "line 3, column 21: expected the node content, but found '}'",
            id="syntax",
        ),
        pytest.param(
            SOUND + "web: {title: ${TITLE}}\n",
            "line 3, column 15: expected ',' or '}', but got '{' "
            "(inside { } a ${NAME} has to stand in quotes)",
            id="an unquoted reference",
        ),
        pytest.param(
            SOUND + "web:\n\ttitle: x\n",
            "line 4, column 1: found character '\\t' that cannot start any token",
            id="a tab",
        ),
        pytest.param(
            SOUND + 'web: {title: "a\x07b"}\n',
            "line 3, column 16: a control character, which YAML does not allow",
            id="a control character",
        ),
        pytest.param("- a\n- b\n", "is not a list of keys (`irc: …`, `cohorts: …`)", id="a list"),
    ],
)
def test_a_fault_names_its_key_its_value_and_what_would_be_right(
    tmp_path: Path, text: str, said: str
) -> None:
    assert faults_of(tmp_path, text) == [said]


@pytest.mark.parametrize(
    ("keys", "said"),
    [
        pytest.param(
            "sasl: {password: hush}",
            "irc.sasl.account: is missing: the bot's services account, or sasl.certificate in its place",
            id="no account",
        ),
        pytest.param(
            "sasl: {account: bot}",
            "irc.sasl.password: is missing: the password of the bot's services account",
            id="no password",
        ),
        pytest.param(
            "sasl: {certificate: bot.pem, password: hush}",
            "irc.sasl.password: stands there without an account; name it in sasl.account",
            id="a password of nobody",
        ),
        pytest.param(
            "tls: false, sasl: {certificate: bot.pem}",
            "irc.sasl: a client certificate is shown by TLS only; set irc.tls to true",
            id="a certificate without TLS",
        ),
        pytest.param(
            "nickserv: {service: NickServ}",
            "irc.nickserv.password: is missing: the password that NickServ knows the bot by",
            id="nothing to tell NickServ",
        ),
        pytest.param(
            "flood: {new_people_per_minute: 0}",
            "irc.flood.new_people_per_minute: '0' is not more than 0",
            id="nobody new ever",
        ),
    ],
)
def test_a_login_that_cannot_be_is_refused(tmp_path: Path, keys: str, said: str) -> None:
    text = SOUND.replace("host: irc.libera.chat", f"host: localhost, {keys}")
    assert faults_of(tmp_path, text) == [said]


def test_all_faults_are_told_at_once_those_between_keys_and_sections_too(tmp_path: Path) -> None:
    text = """\
programme: {nmae: Mentoring}
irc: {network: libera, tls: false, host: irc.libera.chat, port: 0, password: hush}
colour: red
cohorts:
  deploy:
    goal: g
    places: many
    channel: "#one"
    checkin: {day: thursday, time: 9:61, starts: 2026-11-27, open_for: 2 weeks, zone: UCT+1}
  patch: {title: t, goal: g, channel: "#two"}
  help: {title: t, goal: g, mentors: -1}
  talk: {title: t, goal: g, channel: "#TWO"}
"""
    assert [line.partition(": ")[0] for line in faults_of(tmp_path, text)] == [
        "colour",
        "programme.name",
        "programme.nmae",
        "irc.port",
        "irc.password",
        "cohorts.deploy.title",
        "cohorts.deploy.places",
        "cohorts.deploy.checkin.time",
        "cohorts.deploy.checkin.zone",
        "cohorts.deploy.checkin.starts",
        "cohorts.deploy.checkin.open_for",
        "cohorts.help",
        "cohorts.help.mentors",
        "cohorts.talk.channel",
    ]


def test_an_empty_file_lacks_what_is_required(tmp_path: Path) -> None:
    assert faults_of(tmp_path, "# nothing yet\n") == [
        "programme.name: is missing: the programme's name",
        "irc.network: is missing: the network's short name, like libera",
        "irc.host: is missing: the server's name, like irc.libera.chat",
    ]


def test_a_cohort_lacks_what_is_required(tmp_path: Path) -> None:
    assert faults_of(tmp_path, SOUND + "cohorts: {deploy: {places: 3, goal: }}\n") == [
        "cohorts.deploy.title: is missing: the cohort's title",
        "cohorts.deploy.goal: is missing: what a mentee will have done, in one sentence",
    ]


def test_a_missing_file_names_the_way_to_one(tmp_path: Path) -> None:
    file = tmp_path / "config.yaml"
    with pytest.raises(ConfigError, match=r"no such file; `cohortbot init` writes one") as caught:
        load(file, {})
    assert caught.value.source == str(file)


def test_a_folder_and_a_file_of_other_bytes_are_no_configuration(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="cannot be read: Is a directory"):
        load(tmp_path, {})
    (tmp_path / "latin").write_bytes(b"programme: {name: caf\xe9}\n")
    with pytest.raises(ConfigError, match=r"is not UTF-8 \(byte 22\)"):
        load(tmp_path / "latin", {})
