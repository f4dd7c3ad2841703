"""`cohortbot web` as a process: it answers on its port, ends in peace, and says why when it cannot begin."""

from __future__ import annotations

import http.client
import os
import signal
import socket
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from support.processes import Child, free_port, wait_until
from support.programme import programme

Start = Callable[[], Child]


@pytest.fixture
def port() -> int:
    return free_port()


@pytest.fixture
def folder(tmp_path: Path, sqlite_url: str, port: int) -> Path:
    """An installation whose site listens on `port`."""
    programme(tmp_path, sqlite_url)
    config = tmp_path / "config.yaml"
    config.write_text(config.read_text().replace("web: {", f"web: {{listen: '127.0.0.1:{port}', "))
    day = tmp_path / "logs" / "labnet" / "#cohort-deploy" / "2026-11-26.log"
    day.parent.mkdir(parents=True)
    day.write_text("2026-11-26T16:00:03  <cy> hello\n")
    return tmp_path


@pytest.fixture
def start(folder: Path) -> Iterator[Start]:
    children: list[Child] = []

    def run() -> Child:
        command = [sys.executable, "-P", "-m", "cohortbot", "web", "--config", str(folder / "config.yaml")]
        environment = {name: value for name, value in os.environ.items() if not name.startswith("COHORTBOT_")}
        children.append(Child(f"site{len(children)}", command, folder, environment=environment))
        return children[-1]

    yield run
    for child in children:
        if child.returncode is None:
            child.kill()


def ask(port: int, path: str, method: str = "GET") -> tuple[int, bytes]:
    """The answer to a path that is sent just as it stands."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request(method, path)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


def test_it_answers_logs_nothing_of_it_and_ends_at_sigterm_within_three_seconds(
    start: Start, port: int
) -> None:
    site = start()
    site.wait_for_port(port)

    assert ask(port, "/c/deploy")[0] == 200
    assert ask(port, "/", "HEAD") == (200, b"")
    assert ask(port, "/logs/labnet/%23cohort-deploy/2026-11-26.txt") == (
        200,
        b"2026-11-26T16:00:03  <cy> hello\n",
    )
    for attack in (
        "/static/../app.py",
        "/static/..%2fapp.py",
        "/logs/../../config.yaml",
        "/logs/labnet/../../x",
    ):
        assert ask(port, attack)[0] == 404

    with socket.create_connection(("127.0.0.1", port)) as idle:
        idle.sendall(b"GET / HTTP/1.1\r\nHost: x\r\n\r\n")
        assert idle.recv(100)
        begun = time.monotonic()
        assert site.end(signal.SIGTERM) == 0
    assert time.monotonic() - begun < 3
    assert "/c/deploy" not in site.text()
    assert "Traceback" not in site.text()


def test_a_port_in_use_is_said_in_one_line(start: Start, port: int) -> None:
    with socket.create_server(("127.0.0.1", port)):
        site = start()
        assert site.wait() == 1
    assert f"web.listen: 127.0.0.1:{port}: Address already in use" in site.text()
    assert "Traceback" not in site.text()


def test_a_database_without_its_schema_is_said_with_the_command_that_makes_it(
    start: Start, folder: Path
) -> None:
    (folder / "cohortbot.db").unlink()
    site = start()
    assert site.wait() == 1
    assert "cohortbot db upgrade" in site.text()


def test_sighup_reads_the_config_again_and_a_faulty_one_changes_nothing(
    start: Start, folder: Path, port: int
) -> None:
    site = start()
    site.wait_for_port(port)
    config = folder / "config.yaml"
    sound = config.read_text()

    config.write_text(sound.replace("name: Mentoring", "nmae: Mentoring"))
    site.send_signal(signal.SIGHUP)
    wait_until(lambda: "was not read again" in site.text(), "the fault to be said", why=site.tail)
    assert b"<h1>Mentoring</h1>" in ask(port, "/")[1]

    config.write_text(sound.replace("name: Mentoring", "name: Outreach"))
    site.send_signal(signal.SIGHUP)
    wait_until(lambda: b"<h1>Outreach</h1>" in ask(port, "/")[1], "the new name", why=site.tail)
