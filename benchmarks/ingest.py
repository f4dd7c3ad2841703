"""Lines a second from a socket into the channel log, beside a bare loop that reads the same socket.

The real `cohortbot run` is on a server of the benchmark's own, which sends chat as fast as it is read. The
bare loop reads the same bytes from a socket, and writes each line to a file, one `write` a line.
"""

from __future__ import annotations

import argparse
import os
import socket
import sys
import threading
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from support.bot import Bot
from support.bytesd import ByteServer
from support.processes import wait_until

TEXT = "has anybody seen cinder-volume exit with 1 after the upgrade? the log says nothing of use"
LAST = ":cy!~cy@host.example PRIVMSG {channel} :that was all\r\n"


def _talk(channel: str, lines: int) -> bytes:
    """What people say, with the tags that a real server adds."""
    said = (
        f"@time=2026-11-26T16:00:00.{n % 1000:03}Z;msgid=m{n} :cy{n % 50}!~cy@host.example"
        f" PRIVMSG {channel} :{n} {TEXT}\r\n"
        for n in range(lines)
    )
    return ("".join(said) + LAST.format(channel=channel)).encode()


def _ours(folder: Path, lines: int) -> float:
    """Lines a second of the bot."""
    server = ByteServer()
    database = f"sqlite:///{folder}/cohortbot.db"
    bot = Bot(folder, server, database, {"deploy": {}})  # type: ignore[arg-type]
    try:
        bot.command("db", "upgrade")
        bot.launch()
        channel = bot.channel("deploy")
        server.wait_for(f"WHO {channel}", timeout=30)
        talk = _talk(channel, lines)
        begun = time.perf_counter()
        server.send(talk)
        wait_until(lambda: _ends_so(folder, "that was all"), "the last line", 300)
        return lines / (time.perf_counter() - begun)
    finally:
        bot.close()
        server.close()


def _ends_so(folder: Path, text: str) -> bool:
    for file in folder.glob("logs/lab/*/*.log"):
        with file.open("rb") as log:
            log.seek(max(0, file.stat().st_size - 100))
            if log.read().rstrip().endswith(text.encode()):
                return True
    return False


def _bare(folder: Path, lines: int) -> float:
    """Lines a second of a loop that only reads and writes."""
    talk = _talk("#cohort-deploy", lines)
    ours, theirs = socket.socketpair()
    sending = threading.Thread(target=lambda: (theirs.sendall(talk), theirs.close()))
    file = os.open(folder / "bare.log", os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    begun = time.perf_counter()
    sending.start()
    rest = b""
    while data := ours.recv(65_536):
        *complete, rest = (rest + data).split(b"\n")
        for line in complete:
            os.write(file, line + b"\n")
    took = time.perf_counter() - begun
    os.close(file)
    return lines / took


def main(words: list[str]) -> int:
    """Print both and their ratio."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--lines", type=int, default=200_000)
    lines = parser.parse_args(words).lines
    with TemporaryDirectory() as folder:
        ours, bare = _ours(Path(folder), lines), _bare(Path(folder), lines)
    print("| socket to disk | lines/s |", "|---|---|", sep="\n")
    print(f"| cohortbot run | {ours:,.0f} |", f"| bare loop | {bare:,.0f} |", sep="\n")
    print(f"\nratio {ours / bare:.2f}")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
