"""`cohortbot check` as a whole: a line each for config, network, database and logs; exit 1 if one fails."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
import yaml
from support.ircd import IrcServer
from support.processes import free_port

from cohortbot import service, wiring
from cohortbot.chatlog import place
from cohortbot.commands import check as checking
from cohortbot.commands.check import check
from cohortbot.config import load
from cohortbot.domain.lease import SHORT
from cohortbot.store import leases
from cohortbot.store.engine import connect
from cohortbot.store.migrate import upgrade

Name = Callable[[str], str]


def config_file(folder: Path, server: IrcServer | None, nick: str = "cohortbot", **sections: object) -> Path:
    """A sound configuration on a real server, or where there is none."""
    port = server.port if server else free_port()
    plain = {
        "programme": {"name": "Lab"},
        "irc": {"network": "lab", "host": "127.0.0.1", "port": port, "tls": False, "nick": nick},
        "cohorts": {"deploy": {"title": "Deploy", "goal": "A cloud"}},
        **sections,
    }
    file = folder / "config.yaml"
    file.write_text(yaml.safe_dump(plain), encoding="utf-8")
    return file


def findings(capsys: pytest.CaptureFixture[str]) -> dict[str, str]:
    """What was found, by what it is about."""
    lines = capsys.readouterr().out.splitlines()
    return {line.split()[1].rstrip(":"): f"{line.split()[0]} {line[18:]}" for line in lines}


def test_all_is_well(
    ngircd: IrcServer, tmp_path: Path, name: Name, capsys: pytest.CaptureFixture[str], database_url: str
) -> None:
    upgrade(database_url)
    file = config_file(tmp_path, ngircd, name("bot"), database={"url": database_url})
    assert check(file, {}) == 0
    found = findings(capsys)
    assert list(found) == [
        *("config", "server", "caps", "login", "identity", "nick", "channels", "database", "logs", "web")
    ]
    assert found["config"] == f"ok {file}, 1 cohort"
    assert found["database"].startswith(f"ok {database_url.partition(':')[0]} ")
    assert found["database"].endswith(", schema 0004")
    assert found["logs"].startswith(f"ok {tmp_path}/logs, ")


def test_each_thing_is_looked_at_though_another_fails(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").touch()
    assert check(config_file(tmp_path, None), {}) == 1
    found = findings(capsys)
    assert list(found) == ["config", "server", "database", "logs", "web"]
    assert "Connection refused" in found["server"]
    assert (
        found["database"]
        == f"FAULT {tmp_path}/cohortbot.db: the database is empty: run `cohortbot db upgrade`"
    )
    assert (
        found["logs"]
        == f"FAULT {tmp_path}/logs cannot be written (File exists): see logs.folder, and whose it is"
    )
    assert not (tmp_path / "cohortbot.db").exists()


def test_a_next_cohort_that_there_is_not_is_told_with_the_nearest(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    cohorts = {
        "deploy": {"title": "Deploy", "goal": "A cloud", "next": ["patch", "pach", "zzz"]},
        "patch": {"title": "Patch", "goal": "A patch"},
    }
    check(config_file(tmp_path, None, cohorts=cohorts), {})
    told = [line[18:] for line in capsys.readouterr().out.splitlines() if ".next" in line]
    assert told == [
        "cohorts.deploy.next: there is no cohort pach, so nobody is ever pointed to it; did you mean patch?",
        "cohorts.deploy.next: there is no cohort zzz, so nobody is ever pointed to it",
    ]


def test_a_bot_that_keeps_its_logs_elsewhere_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], database_url: str
) -> None:
    upgrade(database_url)
    file = config_file(tmp_path, None, database={"url": database_url})
    engine = connect(database_url)

    def told() -> list[str]:
        check(file, {})
        return [line[18:] for line in capsys.readouterr().out.splitlines() if "logs.folder" in line]

    with place.here(tmp_path / "logs", "lab") as ours, place.here(tmp_path / "theirs", "lab") as theirs:
        with engine.begin() as tx:
            leases.take(tx, "lab", None, replace(theirs, machine="far.example 1"), SHORT)
            leases.wait(tx, "lab", ours)
        where = (
            "the bot on far.example writes into another folder: all bots of a network share one logs.folder"
        )
        assert told() == [where]
        with engine.begin() as tx:
            leases.give_back(tx, "lab", 1)
        assert told() == []
    engine.dispose()


def test_a_faulty_config_is_all_that_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = config_file(tmp_path, None, colour="red", logs={"public": "maybe"})
    assert check(file, {}) == 1
    printed = capsys.readouterr()
    assert printed.out == "FAULT  config:    2 faults; nothing else was tried\n"
    assert f"{file}: colour: no such key" in printed.err
    assert f"{file}: logs.public: 'maybe' is not true or false" in printed.err


def test_a_password_that_all_may_read_is_a_note_and_no_fault(
    ngircd: IrcServer, tmp_path: Path, name: Name, capsys: pytest.CaptureFixture[str], sqlite_url: str
) -> None:
    upgrade(sqlite_url)
    cohorts = {"deploy": {"title": "Deploy", "goal": "A cloud", "channel_key": "sesame"}}
    file = config_file(tmp_path, ngircd, name("bot"), database={"url": sqlite_url}, cohorts=cohorts)
    file.chmod(0o644)
    assert check(file, {}) == 0
    printed = capsys.readouterr().out
    assert f"note   config:    everybody on this machine may read {file}" in printed
    assert "sesame" not in printed


def test_a_database_that_is_away_is_told_without_its_password(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = f"postgresql://bot:hush@127.0.0.1:{free_port()}/cohorts?password=hush"
    check(config_file(tmp_path, None, database={"url": url}), {})
    found = findings(capsys)["database"]
    assert found.startswith("FAULT cohorts at 127.0.0.1: cannot be reached: ")
    assert "hush" not in found


def test_a_file_that_is_no_database_is_told(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "cohortbot.db").write_text("a letter " * 200, encoding="utf-8")
    check(config_file(tmp_path, None), {})
    found = findings(capsys)["database"]
    assert found == f"FAULT {tmp_path}/cohortbot.db: cannot be used: file is not a database: see database.url"


def test_keys_that_are_not_as_in_the_file_are_listed(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], sqlite_url: str
) -> None:
    upgrade(sqlite_url)
    file = config_file(tmp_path, None, database={"url": sqlite_url})
    app = wiring.build(load(file, {}))
    service.apply_config(app, app.now())
    check(file, {})
    assert "not as in the file" not in capsys.readouterr().out
    cohorts = {"deploy": {"title": "Deploy", "goal": "A rack", "places": 9}}
    check(config_file(tmp_path, None, database={"url": sqlite_url}, cohorts=cohorts), {})
    printed = capsys.readouterr().out
    assert (
        "set from IRC (or last read from the file): cohorts.deploy.goal, cohorts.deploy.places\n" in printed
    )


def test_cohorts_count_as_they_are_in_the_database_whoever_made_them(
    hybrid: IrcServer, tmp_path: Path, name: Name, capsys: pytest.CaptureFixture[str], sqlite_url: str
) -> None:
    upgrade(sqlite_url)
    made_elsewhere = {
        "title": "Patch",
        "goal": "One",
        "channel": f"#{name('patch')}",
        "channel_key": "sesame",
    }
    before = config_file(tmp_path, hybrid, database={"url": sqlite_url}, cohorts={"patch": made_elsewhere})
    app = wiring.build(load(before, {}))
    service.apply_config(app, app.now())
    op = hybrid.connect(name("op"), join=(f"#{name('patch')}",))
    check(config_file(tmp_path, hybrid, name("bot"), database={"url": sqlite_url}), {})
    there = f"ok may be in #{name('patch')}; not there yet, and left alone: #cohort-deploy"
    assert findings(capsys)["channels"] == there
    op.send(f"MODE #{name('patch')} +k mustard")
    op.wait_for(" MODE ")
    check(config_file(tmp_path, hybrid, name("bot"), database={"url": sqlite_url}), {})
    assert (
        "has another key: give it to the bot by cohort set patch channel_key" in findings(capsys)["channels"]
    )


def test_a_cohort_of_another_network_is_told_as_run_would_refuse_it(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], sqlite_url: str
) -> None:
    upgrade(sqlite_url)
    app = wiring.build(load(config_file(tmp_path, None, database={"url": sqlite_url}), {}))
    service.apply_config(app, app.now())
    other = {"network": "other", "host": "127.0.0.1", "port": free_port(), "tls": False}
    assert check(config_file(tmp_path, None, database={"url": sqlite_url}, irc=other), {}) == 1
    assert "FAULT  config:    cohorts.deploy: is a cohort of network lab, " in capsys.readouterr().out


def test_a_newer_schema_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], sqlite_url: str
) -> None:
    upgrade(sqlite_url)
    engine = connect(sqlite_url)
    with engine.begin() as tx:
        tx.exec_driver_sql("UPDATE alembic_version SET version_num = '9999'")
    engine.dispose()
    check(config_file(tmp_path, None, database={"url": sqlite_url}), {})
    assert "schema 9999, which this cohortbot" in findings(capsys)["database"]


def test_little_space_for_logs_is_a_fault(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(checking, "LOW_SPACE", 10**18)
    check(config_file(tmp_path, None), {})
    assert "make room, or move logs.folder" in findings(capsys)["logs"]
