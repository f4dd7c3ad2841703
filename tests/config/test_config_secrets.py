"""Secrets: where they may come from, and that no error, warning or repr shows one."""

from __future__ import annotations

from pathlib import Path

import pytest

from cohortbot.config import ConfigError, load

HUSH = "hunter2secret"

TEXT = """\
programme: {{name: Mentoring}}
irc:
  network: libera
  host: irc.libera.chat
  sasl:
    account: cohortbot
    password: {sasl}
  password: {server}
database: {{url: "{url}"}}
cohorts:
  deploy: {{title: t, goal: g, channel_key: "{key}"}}
"""


def written(tmp_path: Path, text: str = "", **secrets: str) -> Path:
    file = tmp_path / "config.yaml"
    plain = {"sasl": "one", "server": "two", "url": "sqlite:///x.db", "key": "four"}
    file.write_text(text or TEXT.format(**plain | secrets), encoding="utf-8")
    file.chmod(0o600)
    return file


def test_secrets_come_from_the_file_itself_the_environment_or_another_file(tmp_path: Path) -> None:
    (tmp_path / "sasl-password").write_text("from a file\n", encoding="utf-8")
    file = written(
        tmp_path,
        sasl="file:sasl-password",
        server="${SERVER}",
        key="inline",
        url="postgresql://bot:${DB}@one,two/cohorts?target_session_attrs=read-write",
    )
    config = load(file, {"SERVER": "from outside", "DB": "pw"})
    assert config.irc.sasl is not None
    assert config.irc.password is not None
    key = config.cohorts["deploy"].channel_key
    assert key is not None
    assert config.irc.sasl.password.get_secret_value() == "from a file"
    assert config.irc.password.get_secret_value() == "from outside"
    assert key.get_secret_value() == "inline"
    assert config.database.url.get_secret_value() == (
        "postgresql://bot:pw@one,two/cohorts?target_session_attrs=read-write"
    )


def test_a_repr_shows_no_secret(tmp_path: Path) -> None:
    url = f"postgresql://bot:{HUSH}@localhost/cohorts"
    config = load(written(tmp_path, sasl=HUSH, server=HUSH, key=HUSH, url=url), {})
    assert HUSH not in repr(config) + str(config) + "".join(config.warnings)


@pytest.mark.parametrize(
    ("secrets", "environ", "said"),
    [
        pytest.param(
            {"sasl": "${NOWHERE}"},
            {},
            "irc.sasl.password: the environment variable NOWHERE is not set; it has to hold this secret",
            id="variable not set",
        ),
        pytest.param(
            {"key": "${NOWHERE}"},
            {"NOWHERE": ""},
            "cohorts.deploy.channel_key: the environment variable NOWHERE is empty; "
            "it has to hold this secret",
            id="variable empty",
        ),
        pytest.param(
            {"server": "file:nowhere"},
            {},
            "irc.password: the file FOLDER/nowhere has to hold this secret, but cannot be read: "
            "No such file or directory",
            id="no file",
        ),
        pytest.param(
            {"server": "file:."},
            {},
            "irc.password: the file FOLDER has to hold this secret, but cannot be read: Is a directory",
            id="a folder",
        ),
    ],
)
def test_a_reference_to_nothing_is_named(
    tmp_path: Path, secrets: dict[str, str], environ: dict[str, str], said: str
) -> None:
    file = written(tmp_path, **secrets)
    with pytest.raises(ConfigError) as caught:
        load(file, environ)
    assert [str(fault) for fault in caught.value.faults] == [said.replace("FOLDER", str(tmp_path))]


@pytest.mark.parametrize(
    "text",
    [
        pytest.param(
            TEXT.format(sasl=f"[{HUSH}]", server="{a: " + HUSH + "}", url=HUSH, key=HUSH), id="kinds"
        ),
        pytest.param(
            TEXT.format(sasl=f"*{HUSH}", server="two", url="sqlite:///x", key="k"), id="read as an alias"
        ),
        pytest.param(
            TEXT.format(sasl=f"!{HUSH}", server="two", url="sqlite:///x", key="k"), id="read as a tag"
        ),
        pytest.param(
            TEXT.format(sasl=f"!{HUSH}!x", server="two", url="sqlite:///x", key="k"),
            id="read as a tag's handle",
        ),
        pytest.param(
            TEXT.format(sasl=f"&{HUSH} a", server=f"&{HUSH} b", url="mysql://x", key="k"),
            id="read as anchors",
        ),
        pytest.param(
            TEXT.format(sasl=f"one\n    pasword: {HUSH}", server="", url="", key="k"), id="a mistyped key"
        ),
        pytest.param(f"irc: {HUSH}\nprogramme: [{HUSH}]\n", id="text in a block's place"),
        pytest.param(
            f"irc: {{network: n, host: h.example, tls: false, password: {HUSH}, sasl: {HUSH}}}",
            id="without TLS",
        ),
        pytest.param(f"database: {{url: 'mysql://bot:{HUSH}@localhost/x'}}\n", id="another database"),
        pytest.param(f"database: {{url: 'postgresql//bot:{HUSH}@localhost/x'}}\n", id="a mistyped database"),
        pytest.param(f"cohorts: {{deploy: {{channel_key: '{HUSH} x'}}}}\n", id="a channel key with a blank"),
        pytest.param(f"irc: {{password: '{HUSH}\n\n\n  x'}}\n", id="two lines"),
    ],
)
def test_an_error_shows_no_secret(tmp_path: Path, text: str) -> None:
    file = written(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load(file, {})
    assert HUSH not in str(caught.value) + repr(caught.value)


@pytest.mark.parametrize(
    "block", ["password: hush", "sasl: {account: a, password: hush}", "nickserv: {password: hush}"]
)
def test_a_password_without_tls_is_refused(tmp_path: Path, block: str) -> None:
    start = f"programme: {{name: M}}\nirc: {{network: n, tls: false, {block}, host: "
    with pytest.raises(ConfigError, match=r"would go over the network for all to read; set irc.tls to true"):
        load(written(tmp_path, start + "irc.example.org}\n"), {})
    for host in ("localhost", "127.0.0.1", "127.3.4.5", "'::1'"):
        assert not load(written(tmp_path, start + host + "}\n"), {}).irc.tls


def test_a_file_that_all_may_read_and_that_holds_a_secret_is_a_warning(tmp_path: Path) -> None:
    file = written(tmp_path, server="${SERVER}", url="postgresql://bot:pw@localhost/x")
    environ = {"SERVER": "x"}
    assert load(file, environ).warnings == ()
    file.chmod(0o644)
    [warning] = load(file, environ).warnings
    assert "irc.sasl.password, database.url, cohorts.deploy.channel_key" in warning
    assert f"chmod o-r {file}" in warning


def test_a_file_that_all_may_read_and_that_only_refers_to_secrets_is_fine(tmp_path: Path) -> None:
    (tmp_path / "pw").write_text("pw", encoding="utf-8")
    file = written(
        tmp_path, sasl="file:pw", server="${S}", key="${S}", url="postgresql://bot:${S}@localhost/x"
    )
    file.chmod(0o644)
    assert load(file, {"S": "x"}).warnings == ()
