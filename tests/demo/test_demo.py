"""`cohortbot demo`, as whoever tries it meets it: once, watched for a while, ended, and with a mute bot."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

from support.client import Client
from support.processes import wait_until
from support.watching import DEMO, told_port, watched

from cohortbot.demo.story import STORY

# The bot reaches the server through a wall that swallows what it says, and nothing else.
MUTE = """
import socket, sys, threading
from cohortbot.demo.command import once

def pump(source, sink, swallow):
    rest = b""
    while data := source.recv(65536):
        *lines, rest = (rest + data).split(b"\\n")
        kept = [line for line in lines if not (swallow and line.startswith(b"PRIVMSG"))]
        sink.sendall(b"".join(line + b"\\n" for line in kept))

def wall(port):
    listener = socket.create_server(("127.0.0.1", 0))
    def serve():
        while True:
            bot, _ = listener.accept()
            server = socket.create_connection(("127.0.0.1", port))
            for way in ((bot, server, True), (server, bot, False)):
                threading.Thread(target=pump, args=way, daemon=True).start()
    threading.Thread(target=serve, daemon=True).start()
    return listener.getsockname()[1]

sys.exit(once(wall))
"""


BUSY = 2.0  # seconds that a machine with other tests on it may add


def run(command: list[str], folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(command, cwd=folder, capture_output=True, text=True, timeout=120, check=False)


def test_the_story_once_is_heard_step_by_step_and_ends_well(tmp_path: Path) -> None:
    done = run([*DEMO, "--once"], tmp_path)
    assert done.returncode == 0, done.stdout + done.stderr
    told = done.stdout.splitlines()
    assert [line[2:] for line in told if line.startswith("— ")] == [step.title for step in STORY]
    proofs = re.findall(
        r"^  \d\d:\d\d:\d\d\.\d+Z \w+ heard cohortbot: :cohortbot!\S+ PRIVMSG ", done.stdout, re.M
    )
    assert len(proofs) >= len(STORY)
    assert "\x1b" not in done.stdout


def test_a_bot_that_is_not_heard_fails_at_the_first_step_by_name(tmp_path: Path) -> None:
    done = run([sys.executable, "-P", "-c", MUTE], tmp_path)
    assert done.returncode == 1
    told = done.stdout + done.stderr
    assert STORY[0].title in told and "did not hear" in told
    assert STORY[1].title not in told


def children_of(pid: int) -> set[int]:
    listed = run(["ps", "-o", "pid=", "--ppid", str(pid)], Path("/"))
    return set(map(int, listed.stdout.split()))


def alive(pids: set[int]) -> set[int]:
    return {pid for pid in pids if Path(f"/proc/{pid}/cmdline").exists()}


def test_a_signal_ends_every_child_within_three_seconds(tmp_path: Path) -> None:
    for number in (signal.SIGTERM, signal.SIGINT):
        with watched(tmp_path) as (process, _):
            children = children_of(process.pid)
            assert len(children) == 3
            begun = time.monotonic()
            process.send_signal(number)
            assert process.wait(10.0) == 0
            wait_until(lambda gone=children: not alive(gone), "every child to end")
            assert time.monotonic() - begun < 3.0 + BUSY


def test_ports_in_use_mean_the_next_free_ones_and_a_visitor_may_join(tmp_path: Path) -> None:
    taken = []
    for port in (6667, 8080):
        try:
            taken.append(socket.create_server(("127.0.0.1", port)))
        except OSError:
            continue  # somebody else has it: as good
    try:
        with watched(tmp_path) as (_, heard):
            said = heard.read_text()
            port = told_port(said)
            assert port != 6667
            assert "http://127.0.0.1:8080/" not in said
            assert "IDENTIFY anna" in said
            visitor = Client("127.0.0.1", port, "visitor").register()
            visitor.join("#cohort-patch")
            visitor.say("#cohort-patch", "!join patch")
            visitor.expect("cohortbot", "#cohort-patch", "visitor: joined patch (", timeout=20.0)
            visitor.say("cohortbot", "me")
            visitor.expect("cohortbot", "visitor", "patch: mentee (", timeout=20.0)
            wait_until(
                lambda: f"— {STORY[5].title}" in heard.read_text(),
                "the story to go on",
                30.0,
                heard.read_text,
            )
            assert "otherwise than planned" not in heard.read_text()
            visitor.quit()
    finally:
        for listener in taken:
            listener.close()
