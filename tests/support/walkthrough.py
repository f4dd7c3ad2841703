"""A whole programme from an empty folder to a badge, as a transcript: what was typed, and what people heard.

python tests/support/walkthrough.py      builds a wheel, installs it in an empty venv, walks, and writes
                                         docs/walkthrough.md
"""

from __future__ import annotations

import re
import subprocess
import sys
import tempfile
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from support.bot import Clock
from support.client import Client
from support.ircd import IrcServer, irc_server
from support.processes import Child, wait_until

ROOT = Path(__file__).parents[2]
CHANNEL = "#cohort-deploy"
PATIENCE = 40.0  # seconds: the bot speaks one line a second here, as networks want it

CONFIG = """\
programme:
  name: Lab mentoring
  contact: lab@example.org
  organizers: [dora]
irc:
  network: lab
  host: {host}
  port: {port}
  tls: false                        # a server on this machine; a real network has TLS
  sasl: {{account: {bot}, password: file:irc-password}}
  nick: {bot}
  flood: {{burst: 5, per_second: {pace}}}
cohorts:
  deploy:
    title: Deploy your first cloud
    goal: A cloud that you set up yourself starts a server that you can log in to
    places: 2
    mentors: 1
    checkin: {{day: {day}, time: "{time}"}}
"""


class Walk:
    """The programme and its transcript: lines of Markdown."""

    def __init__(self, server: IrcServer, cohortbot: Sequence[str], folder: Path) -> None:
        self.server = server
        self.cohortbot = cohortbot
        self.folder = folder
        self.lines: list[str] = []
        self.clock = Clock(folder / "clock-offset")
        self.slot = (datetime.now(UTC) + timedelta(minutes=10)).replace(second=0, microsecond=0)

    # What an operator does

    def text(self, words: str) -> None:
        self.lines += ["", words, ""]

    def command(self, *words: str, code: int = 0, most: int = 30) -> None:
        """One command to its end, shown with its output; another exit code than `code` fails."""
        command = [*self.cohortbot, *words]
        done = subprocess.run(
            command, cwd=self.folder, capture_output=True, text=True, timeout=120, check=False
        )
        said = (done.stdout + done.stderr).rstrip().replace(str(self.folder), "/srv/mentoring").splitlines()
        assert done.returncode == code, "\n".join(said)
        shown = said if len(said) <= most else [*said[:most], "…"]
        self.lines += ["```console", f"$ cohortbot {' '.join(words)}", *shown, "```"]

    def configure(self, bot: tuple[str, str], pace: float) -> None:
        self.folder.joinpath("irc-password").write_text(bot[1] + "\n")
        self.folder.joinpath("irc-password").chmod(0o600)
        day, time = self.slot.strftime("%A").lower(), self.slot.strftime("%H:%M")
        config = CONFIG.format(
            host=self.server.host, port=self.server.port, bot=bot[0], pace=pace, day=day, time=time
        )
        self.folder.joinpath("config.yaml").write_text(config)
        self.lines += ["```yaml", config.rstrip(), "```"]

    def run(self) -> Child:
        environment = {"COHORTBOT_CLOCK_OFFSET": str(self.clock.file), "PATH": "/usr/bin:/bin"}
        child = Child("cohortbot-run", [*self.cohortbot, "run"], self.folder, environment=environment)
        self.lines += ["```console", "$ cohortbot run &", "```"]
        return child

    # What people do

    def say(self, who: Client, target: str, text: str) -> None:
        self.lines.append(f"    {_now()}  {who.nick} → {target}  {text}")
        who.mark()
        who.say(target, text)

    def hears(self, who: Client, target: str, *facts: str) -> str:
        """One line from the bot to `target` with all of `facts`, put down as it came over the wire."""
        line = who.expect(None, target, *facts, timeout=PATIENCE)
        self.lines.append(f"    {_now()}  {who.nick} hears  {line.raw}")
        return line.text


def walk(server: IrcServer, cohortbot: Sequence[str], folder: Path, pace: float = 1.0) -> list[str]:
    """From `init` to the log files; the transcript. Any fact that is not heard fails.

    `pace` is what the bot may say, in lines a second.
    """
    go = Walk(server, cohortbot, folder)
    bot = server.register_account("cohortbot")
    accounts = {nick: server.register_account(nick) for nick in ("dora", "ada", "bo", "cy")}
    go.text("An empty folder. `init` writes a config to start from and says what to type to the services:")
    go.command("init", most=8)
    go.text("Ours is smaller, for a lab network on this machine with services (inspircd and anope):")
    go.configure(bot, pace)
    go.text("`check` tells what is missing:")
    go.command("check", code=1)
    go.command("db", "upgrade")
    go.command("check")
    go.text("The bot comes to its channel:")
    child = go.run()
    try:
        _programme(go, accounts, bot[0])
    finally:
        assert child.end(15, 10.0) == 0
    go.text("The bot was told to leave (SIGTERM) and left. What stands in the channel's log:")
    files = sorted(folder.glob(f"logs/lab/{CHANNEL}/*.log"))
    logged = [line for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    go.lines += ["```", *logged, "```"]
    talk = [line.split("  ", 1)[1] for line in logged]
    assert "<ada> !did installed the controller | next the network" in talk
    assert sum(line.startswith("<cohortbot> [deploy 1] Check-in") for line in talk) == 1
    assert not any("lost at the network" in line for line in talk)
    return go.lines


def _programme(go: Walk, accounts: dict[str, tuple[str, str]], bot: str) -> None:
    wait_until(lambda: CHANNEL in go.server.channels_of(bot), f"{bot} to join {CHANNEL}", 40.0)
    dora, ada, bo, cy = (go.server.connect(nick, sasl=who) for nick, who in accounts.items())
    dora.join(CHANNEL)
    go.say(dora, CHANNEL, "!mentor deploy")
    go.hears(dora, CHANNEL, "dora: you mentor deploy: 1 of 1 mentors")
    go.text("Two people sign up, the third waits:")
    go.say(ada, bot, "join deploy")
    go.hears(ada, "ada", "joined deploy (1 of 2)", f"/join {CHANNEL}")
    go.hears(dora, CHANNEL, "ada joined deploy (1 of 2)")
    for _ in range(4):
        go.hears(ada, "ada")
    ada.join(CHANNEL)
    bo.join(CHANNEL)
    cy.join(CHANNEL)
    go.say(bo, CHANNEL, "!join deploy")
    go.hears(bo, CHANNEL, "bo: joined deploy (2 of 2)")
    go.say(cy, CHANNEL, "!join deploy")
    go.hears(cy, CHANNEL, "cy: deploy is full: 1st on its waitlist")
    go.text("A place frees, and is offered to the first in line:")
    go.say(bo, CHANNEL, "!leave")
    go.hears(bo, CHANNEL, "bo: left deploy")
    go.hears(cy, "cy", "a place in deploy is free", "join deploy", "leave deploy")
    go.say(cy, bot, "join deploy")
    go.hears(cy, "cy", "joined deploy (2 of 2)")
    go.text("The hour of the check-in comes (the bot's clock is moved up to it):")
    ada.mark()
    go.clock.advance(go.slot - datetime.now(UTC) - go.clock.offset - timedelta(seconds=2))
    go.hears(ada, CHANNEL, "[deploy 1] Check-in", "!did", "!stuck")
    go.say(ada, CHANNEL, "!did installed the controller | next the network")
    go.hears(ada, "ada", "round 1", "/logs/lab/")
    go.say(cy, bot, "did read the guide, lost at the network")
    go.hears(cy, "cy", "deploy", "round 1")
    go.say(cy, CHANNEL, "!stuck no route to the compute node")
    go.hears(cy, CHANNEL, "cy: blocker #")
    go.say(dora, CHANNEL, "!take cy")
    go.hears(dora, CHANNEL, "dora: #1 of cy is yours")
    go.say(cy, CHANNEL, "!unstuck the bridge had no address")
    go.hears(cy, CHANNEL, "cy", "#1 solved after")
    go.say(dora, CHANNEL, "!checkin")
    go.hears(dora, CHANNEL, "answered 2 of 2")
    go.text("Ada is done, and Dora confirms it:")
    go.say(ada, CHANNEL, "!done https://cloud.example.org/")
    go.hears(ada, CHANNEL, "a mentor confirms with !complete ada")
    go.say(dora, CHANNEL, "!complete ada")
    go.hears(dora, CHANNEL, "ada", "/b/")
    go.text("Three days later the round closes:")
    dora.mark()
    go.clock.advance(timedelta(hours=72))
    go.hears(dora, CHANNEL, "2 of 2 answered", "/c/deploy")


def _now() -> str:
    return datetime.now(UTC).strftime("%H:%M:%S")


HEAD = """\
# A walk through a whole programme

The output of `python tests/support/walkthrough.py`: a wheel is built, installed into an empty virtual
environment, and run from an empty folder against inspircd with anope, with the throttling that inspircd has
by default. What people hear is shown as it came over the wire.
"""


def main() -> None:
    with tempfile.TemporaryDirectory() as place, irc_server("inspircd-default", "anope") as server:
        home = Path(place)
        pip = [sys.executable, "-m", "pip", "--quiet", "--disable-pip-version-check"]
        subprocess.run([*pip, "wheel", "--no-deps", "--wheel-dir", str(home), str(ROOT)], check=True)
        subprocess.run([sys.executable, "-m", "venv", str(home / "venv")], check=True)
        [wheel] = home.glob("*.whl")
        installer = [str(home / "venv/bin/pip"), "--quiet", "--disable-pip-version-check"]
        subprocess.run([*installer, "install", str(wheel)], check=True)
        folder = home / "mentoring"
        folder.mkdir()
        lines = walk(server, [str(home / "venv/bin/cohortbot")], folder)
    lines = [re.sub(rf":{server.port}\b", ":6667", line) for line in lines]
    lines = [re.sub(rf"port: {server.port}\b", "port: 6667", line) for line in lines]
    (ROOT / "docs/walkthrough.md").write_text(HEAD + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
