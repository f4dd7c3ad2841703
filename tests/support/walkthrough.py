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

from sqlalchemy import select

from cohortbot.store import gauges
from cohortbot.store.engine import connect, reading
from cohortbot.store.tables import outbox
from support.bot import Clock
from support.client import Client
from support.ircd import IrcServer, irc_server
from support.processes import Child, wait_until

ROOT = Path(__file__).parents[2]
CHANNEL = "#cohort-deploy"
PEOPLE = ("dora", "max", "ada", "bo", "cy", "eve")
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
    mentors: 2
    checkin: {{day: {day}, time: "{time}"}}
    next: [patch]
  patch:
    title: Merge your first patch
    goal: A patch of yours is merged upstream
    places: 3
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
        self.slot = _thursday_morning()
        self.clock.advance(self.slot - datetime.now(UTC) - timedelta(minutes=10))
        self.database = connect(f"sqlite:///{folder}/cohortbot.db")

    # Time

    def until(self, when: datetime) -> None:
        """The bot's time moves on to `when`; returns once it has looked at its clock there."""
        self.settle()
        self.clock.advance(when - datetime.now(UTC) - self.clock.offset)
        self._look(when)

    def look(self) -> None:
        """Until the bot has looked at its clock once more: what was changed just now may make things due."""
        self._look(datetime.now(UTC) + self.clock.offset)

    def _look(self, when: datetime) -> None:
        def looked() -> bool:
            with reading(self.database) as tx:
                return any(one.last_tick is not None and one.last_tick >= when for one in gauges.all_of(tx))

        wait_until(looked, f"the bot to see {when}", PATIENCE)

    def settle(self) -> None:
        """Until all has been said that may be said now: at one line a second that takes its time."""
        on_its_way = select(outbox.c.id).where(
            outbox.c.state.in_(["pending", "sending"]), outbox.c.timing == "now", outbox.c.reason.is_(None)
        )

        def said() -> bool:
            with reading(self.database) as tx:
                return tx.execute(on_its_way).first() is None

        wait_until(said, "what waits to be said", PATIENCE)

    # What an operator does

    def text(self, words: str) -> None:
        self.lines += ["", words, ""]

    def command(self, *words: str, code: int = 0, most: int = 30) -> None:
        """One command to its end, shown with its output; another exit code than `code` fails."""
        done = subprocess.run(
            [*self.cohortbot, *words],
            cwd=self.folder,
            env={"COHORTBOT_CLOCK_OFFSET": str(self.clock.file), "PATH": "/usr/bin:/bin"},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
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
    accounts = {nick: server.register_account(nick) for nick in PEOPLE}
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
    dora, max_, ada, bo, cy, eve = (go.server.connect(nick, sasl=who) for nick, who in accounts.items())
    dora.join(CHANNEL)
    go.say(dora, CHANNEL, "!mentor deploy")
    go.hears(dora, CHANNEL, "dora: you mentor deploy: 1 of 2 mentors")
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
    go.text("An answer that nobody has asked for yet waits for its check-in:")
    go.say(ada, bot, "did the reading already")
    go.hears(ada, "ada", "kept for the next one")
    go.text("The hour of the check-in comes (the bot's clock is moved up to it):")
    ada.mark()
    go.until(go.slot)
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
    go.until(go.slot + timedelta(hours=72))
    go.hears(dora, CHANNEL, "2 of 2 answered")
    _between(go, dora, max_, bo, cy, bot)
    _second_round(go, dora, max_, bo, cy, eve, bot)
    _third_round(go, max_, bo, cy, eve, bot)
    _afterwards(go, dora, max_, ada, bo, cy, bot)
    _next_run(go, dora, cy, bot)
    _private(go, dora, ada, cy, bot)


def _between(go: Walk, dora: Client, max_: Client, bo: Client, cy: Client, bot: str) -> None:
    go.text("Another mentor volunteers, and an organizer confirms him; Bo comes back, to Ada's place:")
    max_.join(CHANNEL)
    dora.mark()
    go.say(max_, CHANNEL, "!mentor deploy")
    go.hears(max_, CHANNEL, "max")
    go.hears(dora, "dora", "max volunteers", "mentor ok max deploy")
    go.say(dora, bot, "mentor ok max deploy")
    go.hears(dora, "dora", "max mentors deploy")
    go.say(bo, CHANNEL, "!join deploy")
    go.hears(bo, CHANNEL, "bo: joined deploy (2 of 2)")
    go.text("What comes too late is kept, and said so; the plan is changed from the chat:")
    go.say(cy, bot, "did the compute node over the weekend")
    go.hears(cy, "cy", "late answer")
    go.say(cy, bot, "me last")
    go.hears(cy, "cy", "deploy")
    go.say(dora, bot, "cohort set deploy checkin.question What did you learn this week?")
    go.hears(dora, "dora", "checkin.question")
    go.say(dora, bot, "cohort set deploy places 3")
    go.hears(dora, "dora", "places 3")
    go.say(dora, bot, "days-off 25 Dec the holidays")
    go.hears(dora, "dora", "25 Dec")
    go.text("Dora goes on holiday, and Max stands in for her:")
    max_.mark()
    go.say(dora, bot, f"away until {go.slot + timedelta(days=11):%-d %b} cover max a holiday")
    go.hears(dora, "dora", "you are away until")
    go.hears(dora, "dora", "max is asked to cover")
    go.hears(max_, "max", "cover yes")
    dora.mark()
    go.say(max_, bot, "cover yes")
    go.hears(max_, "max", "dora")
    go.hears(dora, "dora", "max covers for you")


def _second_round(
    go: Walk, dora: Client, max_: Client, bo: Client, cy: Client, eve: Client, bot: str
) -> None:
    go.text("Eve joins. A week after the first comes the second check-in, with the cohort's own question:")
    eve.join(CHANNEL)
    go.say(eve, CHANNEL, "!join deploy")
    go.hears(eve, CHANNEL, "eve: joined deploy (3 of 3)")
    for _ in range(4):
        go.hears(eve, "eve")
    for who in (bo, cy):
        who.mark()
    go.until(go.slot + timedelta(days=7))
    go.hears(bo, CHANNEL, "[deploy 2] Check-in", "What did you learn this week?")
    go.text("Plain words are an answer, `undo` takes it back, `...` goes on, «yes» mends a slip:")
    go.say(bo, bot, "read about bridges, and mine answers now")
    go.hears(bo, "bo", "filed as what you did")
    go.say(bo, bot, "undo")
    go.hears(bo, "bo", "took back")
    go.say(bo, bot, "read about bridges and routers")
    go.hears(bo, "bo", "filed as what you did")
    go.say(bo, bot, "... and drew a picture of it")
    go.hears(bo, "bo", "added")
    go.say(cy, CHANNEL, "!dd the storage, too")
    go.hears(cy, "cy", "did the storage, too", "yes")
    go.say(cy, bot, "yes")
    go.hears(cy, "cy", "round 2")
    go.text("Who is stuck on what somebody has solved is told so; a cover has a mentor's rights:")
    go.say(bo, CHANNEL, "!stuck no route to the compute node, maybe the bridge has no address")
    go.hears(bo, CHANNEL, "bo: blocker #2")
    go.hears(bo, CHANNEL, "bo: maybe like #1", "the bridge had no address", "/c/deploy/answers?at=1#a1")
    go.say(bo, CHANNEL, "!answers bridge")
    go.hears(bo, CHANNEL, "bo: #1 of deploy")
    go.say(max_, CHANNEL, "!take 2")
    go.hears(max_, CHANNEL, "#2 of bo is yours")
    go.say(max_, CHANNEL, "!blockers")
    go.hears(max_, CHANNEL, "#2")
    go.say(bo, CHANNEL, "!unstuck 2 gave it one, as in #1")
    go.hears(bo, CHANNEL, "#2 solved after")
    go.say(max_, CHANNEL, "!checkin")
    go.hears(max_, CHANNEL, "answered 2 of 3")
    go.say(max_, bot, "round deploy")
    go.hears(max_, "max", "deploy")
    go.say(cy, CHANNEL, "!stuck the storage node is full, and nobody is about")
    go.hears(cy, CHANNEL, "cy: blocker #3")
    go.text(
        "Who says nothing is reminded, what nobody takes is told, and mentors hear in the end who was silent:"
    )
    eve.mark()
    go.until(go.slot + timedelta(days=8, hours=1))
    go.hears(eve, "eve", "deploy", "did")
    go.hears(max_, "max", "nobody has taken #3")
    eve.mark()
    go.say(max_, CHANNEL, "!remind")
    go.hears(max_, CHANNEL, "remind")
    go.hears(eve, "eve", "deploy")
    for who in (max_, bo, dora):
        who.mark()
    go.until(go.slot + timedelta(days=10))
    go.hears(max_, "max", "no answer from eve")
    go.hears(bo, CHANNEL, "2 of 3 answered")
    go.text("After two days organizers hear of what nobody takes, though all of them are away:")
    go.hears(dora, "dora", "nobody has taken #3", "max")
    go.say(cy, CHANNEL, "!unstuck made room myself")
    go.hears(cy, CHANNEL, "#3 solved after")
    go.text("Dora is back, and reads what happened:")
    go.say(dora, bot, "back")
    go.hears(dora, "dora", "welcome back")
    go.hears(dora, "dora", "max covered for you")
    go.hears(dora, "dora", "deploy", "round 2")


def _third_round(go: Walk, max_: Client, bo: Client, cy: Client, eve: Client, bot: str) -> None:
    go.text("Cy joins a second cohort, and is asked which one an answer is for; the bare name files it:")
    go.say(cy, bot, "join patch")
    go.hears(cy, "cy", "joined patch (1 of 3)")
    for who in (bo, cy, eve):
        who.mark()
    go.until(go.slot + timedelta(days=14))
    go.hears(bo, CHANNEL, "[deploy 3] Check-in")
    go.say(cy, bot, "did the first review")
    go.hears(cy, "cy", "«deploy»", "«patch»")
    go.say(cy, bot, "patch")
    go.hears(cy, "cy", "patch", "round 1")
    go.say(cy, bot, "deploy skip exams this week")
    go.hears(cy, "cy", "deploy", "round 3")
    go.text("Nothing new is an answer too; a second takes its place; one line may hold all three parts:")
    go.say(bo, bot, "same")
    go.hears(bo, "bo", "deploy", "round 3")
    go.say(bo, CHANNEL, "!did cleaned up | next the dashboard | stuck the dashboard shows nothing")
    go.hears(bo, CHANNEL, "bo: blocker #4")
    go.say(max_, CHANNEL, "!take bo")
    go.hears(max_, CHANNEL, "#4 of bo is yours")
    go.say(bo, bot, "me last")
    go.hears(bo, "bo", "did cleaned up", "next the dashboard")
    go.say(bo, CHANNEL, "!unstuck a missing font")
    go.hears(bo, CHANNEL, "#4 solved after")
    go.text("Eve wants no reminders, and is silent a second time: she is asked, and stays:")
    go.say(eve, bot, "nudges off")
    go.hears(eve, "eve", "remind")
    eve.mark()
    go.until(go.slot + timedelta(days=17))
    go.hears(bo, CHANNEL, "2 of 3 answered")
    go.hears(eve, "eve", "stay deploy")
    go.say(eve, bot, "stay")
    go.hears(eve, "eve", "deploy")
    go.say(eve, bot, "missed")
    go.hears(eve, "eve")


def _afterwards(go: Walk, dora: Client, max_: Client, ada: Client, bo: Client, cy: Client, bot: str) -> None:
    go.text("Bo is done. Max confirms it, takes that back, confirms it again; later an organizer revokes it:")
    go.say(bo, CHANNEL, "!done")
    go.hears(bo, CHANNEL, "complete bo")
    go.say(max_, CHANNEL, "!complete bo")
    go.hears(max_, CHANNEL, "bo", "/b/")
    go.say(max_, CHANNEL, "!undo")
    go.hears(max_, CHANNEL, "max")
    bo.mark()
    go.say(max_, CHANNEL, "!complete bo")
    go.hears(max_, CHANNEL, "bo", "/b/")
    go.hears(bo, "bo", "what next", "patch")
    go.say(dora, bot, "revoke bo deploy it was a rehearsal")
    go.hears(dora, "dora", "badge")
    go.text("Max has a new job, and leaves while somebody counts on him:")
    go.say(cy, CHANNEL, "!stuck the images are gone")
    go.hears(cy, CHANNEL, "cy: blocker #5")
    go.say(max_, CHANNEL, "!take 5")
    go.hears(max_, CHANNEL, "#5 of cy is yours")
    for who in (dora, cy):
        who.mark()
    go.say(max_, CHANNEL, "!leave")
    go.hears(max_, CHANNEL, "you do not mentor deploy any more")
    go.hears(dora, "dora", "open again: #5 of cy")
    go.hears(cy, "cy", "#5 is open again")
    go.say(dora, CHANNEL, "!unstuck 5 restored them from yesterday")
    go.hears(dora, CHANNEL, "#5 solved after")
    go.text("The next check-in is called off, a pause begins and ends, and the run gets its last day:")
    go.say(dora, CHANNEL, "!skip-round the summit")
    go.hears(dora, CHANNEL, "dora")
    go.say(dora, bot, "announce deploy See you at the summit")
    go.hears(dora, "dora", "I say it in 1 channel")
    go.hears(dora, CHANNEL, "See you at the summit")
    go.say(dora, bot, "cohort pause deploy a week off")
    go.hears(dora, "dora", "deploy")
    go.say(dora, bot, "cohort resume deploy")
    go.hears(dora, "dora", "active again")
    cy.mark()
    go.say(dora, bot, f"cohort set deploy ends {go.slot + timedelta(days=25):%Y-%m-%d}")
    go.hears(dora, "dora", "ends")
    go.look()
    go.text("Ada, who has finished, would mentor, and an organizer says no for now:")
    ada.mark()
    go.say(ada, CHANNEL, "!mentor deploy")
    go.hears(ada, CHANNEL, "can confirm you as a mentor of deploy")
    go.say(dora, bot, "mentor no ada deploy")
    go.hears(dora, "dora", "ada")
    go.hears(ada, "ada", "deploy")
    go.text("On Monday organizers hear how the week was; the shell has the same for a list:")
    for who in (dora, cy):
        who.mark()
    go.until(go.slot + timedelta(days=18))
    go.hears(dora, "dora", "deploy: met, 2 of 3 answered")
    go.hears(cy, "cy", "deploy", "ends")
    go.command("report", "--week")
    go.command("report", "--awards", "--csv")


def _next_run(go: Walk, dora: Client, cy: Client, bot: str) -> None:
    go.text("The run's last day comes; who has not finished says whether they stay for the next one:")
    for who in (dora, cy):
        who.mark()
    go.until(go.slot + timedelta(days=24, hours=15))  # an hour after midnight
    go.hears(dora, CHANNEL, "this run of deploy has ended")
    go.until(go.slot + timedelta(days=25))
    go.hears(dora, "dora", "deploy has ended: ")
    go.hears(cy, "cy", "stay deploy")
    go.say(cy, bot, "stay deploy")
    go.hears(cy, "cy", "deploy")
    go.say(dora, bot, "cohort set deploy ends none")
    go.hears(dora, CHANNEL, "next run")


def _private(go: Walk, dora: Client, ada: Client, cy: Client, bot: str) -> None:
    go.text("What only few may hear, all that is kept of somebody, and how to be forgotten:")
    go.say(dora, bot, "organizer add ada")
    go.hears(dora, "dora", "ada")
    ada.mark()
    go.say(cy, bot, "report Dora and Max laugh when I ask")
    go.hears(cy, "cy", "will read it", "will not")
    go.hears(cy, "cy", "sends it", "lab@example.org")
    go.say(cy, bot, "yes")
    go.hears(cy, "cy", "and to nobody else")
    go.hears(ada, "ada", "for you alone", "laugh when I ask")
    go.say(ada, bot, "yes")
    go.hears(ada, "ada", "yours to see to")
    go.say(cy, bot, "export me")
    go.hears(cy, "cy", "/export/")
    go.say(cy, bot, "erase me")
    go.hears(cy, "cy", "goes for good")
    go.hears(cy, "cy", "stays")
    word = go.hears(cy, "cy", "erase me ").split()[-1]
    go.say(cy, bot, f"erase me {word}")
    go.hears(cy, "cy", "you are forgotten")


def _thursday_morning() -> datetime:
    """The next one that is ahead, ten in UTC: the hours of the story are of the day wherever it is told."""
    soon = datetime.now(UTC) + timedelta(hours=1)
    day = soon + timedelta(days=(3 - soon.weekday()) % 7)
    at = day.replace(hour=10, minute=0, second=0, microsecond=0)
    return at if at > soon else at + timedelta(days=7)


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
