"""What the bot says to three people, line by line: a mentee, a mentor who is away, an organizer on Monday.

python tests/support/a_day.py      writes docs/a-day.md
"""

from __future__ import annotations

import re
import sys
import tempfile
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parents[1]))

from support.programme import World, programme

ROOT = Path(__file__).parents[2]
DOC = ROOT / "docs" / "a-day.md"
MONDAY = datetime(2026, 11, 30, 8, 30, tzinfo=UTC)
COHORTS = """
deploy:
  title: Deploy a cloud
  goal: A cloud of your own answers on its address
  places: 8
  mentors: 2
  checkin: {day: thursday, time: "17:00"}
patch:
  title: First patch
  goal: Your first patch is merged
  places: 8
  mentors: 2
  checkin: {day: thursday, time: "17:00"}
talk:
  title: A talk
  goal: You have given it
  places: 8
  mentors: 2
  checkin: {every: 2 weeks, day: wednesday, time: "15:00", starts: 2026-12-02}
"""
SLUGS = ("deploy", "patch", "talk")


class Day:
    """The programme, and all that one person typed and was told, in their private window and by name."""

    def __init__(self, world: World, nick: str) -> None:
        self.world = world
        self.nick = nick
        self.lines: list[str] = []
        self.told = 0

    def say(self, text: str, *, channel: str | None = None) -> None:
        """What they type, and what answers them."""
        self._write(f"{self.nick} → {channel or 'cohortbot'}  {text}")
        for said in self.world.say(self.nick, text, channel=channel):
            target, _, words = said.partition(" ")
            self._told(target, words)

    def hears(self) -> None:
        """What nobody asked for."""
        for words in self.world.heard(self.nick):
            self._told(self.nick, words)

    def pass_time(self, **length: float) -> None:
        """Hour by hour, so that the clock's duties come when they are due, and people hear them then."""
        until = self.world.now + timedelta(**length)
        while self.world.now < until:
            self.world.pass_time(min(timedelta(hours=1), until - self.world.now))
            self.hears()
            for other in ("anna", "max", "dora", "ida", "bo", "cy", *(f"#cohort-{slug}" for slug in SLUGS)):
                if other != self.nick:
                    self.world.heard(other)

    def _told(self, target: str, words: str) -> None:
        self.told += 1
        # The word is another one each time.
        self._write(f"{target} ← {re.sub('claim [a-z]{12}', 'claim sehisubutefi', words)}")

    def _write(self, text: str) -> None:
        self.lines.append(f"    {self.world.now:%a %d %b %H:%M}  {text}")


def start(folder: Path) -> World:
    """anna and max mentor all three cohorts, dora organizes; bo and ida are mentees of deploy and patch."""
    folder.mkdir(parents=True)
    world = programme(folder, f"sqlite:///{folder}/cohortbot.db", at=MONDAY, cohorts=COHORTS)
    for mentor in ("anna", "max"):
        world.say(mentor, "tz UTC", account=mentor)
        for slug in SLUGS:
            world.say(mentor, f"!mentor {slug}", channel=f"#cohort-{slug}")
            world.say("dora", f"mentor ok {mentor} {slug}", account="dora")
    world.say("dora", "tz UTC")
    for nick in ("bo", "ida"):
        for slug in ("deploy", "patch"):
            world.say(nick, f"!join {slug}", account=nick, channel=f"#cohort-{slug}")
    for nick in ("anna", "max", "dora", "bo", "ida", *(f"#cohort-{slug}" for slug in SLUGS)):
        world.heard(nick)
    return world


def newcomer(world: World) -> Day:
    """A mentee on a web client who never registers: from `!join` on Monday through their first round."""
    day = Day(world, "guest-lee")
    world.enter("guest-lee", "#cohort-deploy")
    day.hears()
    day.say("!cohorts", channel="#cohort-deploy")
    day.say("!join deploy", channel="#cohort-deploy")
    world.wire.rename("guest-lee", "lee")
    day.nick = "lee"
    day.say("!join deploy", channel="#cohort-deploy")
    day.hears()
    day.pass_time(hours=1)
    day.say("hello, is this the right place?")
    day.say("tz Lisbon")
    day.pass_time(days=3, hours=8)
    day.say("got devstack up on my laptop, horizon answers")
    day.say("!stuck nova says no valid host was found", channel="#cohort-deploy")
    world.say("anna", "!take 1", channel="#cohort-deploy")
    day.pass_time(hours=20)
    world.say("anna", "!unstuck 1 the flavor wanted more memory than the node has", channel="#cohort-deploy")
    day.pass_time(days=3)
    day.say("me")
    return day


def mentor_away(world: World) -> Day:
    """A mentor of three cohorts is away for two weeks, with a cover, and comes back."""
    day = Day(world, "anna")
    world.say("bo", "!stuck the volume does not attach", channel="#cohort-deploy")
    day.hears()
    day.say("!take 1", channel="#cohort-deploy")
    day.say("away until 13 Dec cover max conference and family")
    world.heard("max")
    world.say("max", "cover yes")
    day.pass_time(days=4)
    for nick, slug in (("bo", "deploy"), ("ida", "deploy"), ("bo", "patch")):
        world.say(nick, "!did a good week | next more", channel=f"#cohort-{slug}")
    world.say("max", "!unstuck 1 the target needed a login", channel="#cohort-deploy")
    world.say("ida", "!done patch", channel="#cohort-patch")
    day.pass_time(days=1)
    world.say("max", "!complete ida patch", channel="#cohort-patch")
    day.pass_time(days=7)
    day.say("back")
    day.hears()
    day.pass_time(hours=4)
    return day


def monday(world: World) -> Day:
    """An organizer's Monday, a week later: what waits, who is missing, what was done."""
    day = Day(world, "dora")
    world.say("zed", "join talk")
    world.say("tom", "mentor talk", account="tom")
    day.hears()
    day.pass_time(days=3, hours=9)
    world.say("bo", "!did the network | stuck keystone answers 500", channel="#cohort-deploy")
    day.pass_time(days=3, hours=6)
    day.lines.append("")
    before = day.told
    day.pass_time(hours=14)
    day.say("mentor ok tom talk")
    day.say("announce all Next week there is no check-in: see you at the summit")
    day.say("days-off 10 Dec the summit")
    day.pass_time(hours=8)
    day.lines.append(f"    (on Monday itself: {day.told - before} lines)")
    return day


PEOPLE: tuple[tuple[str, Callable[[World], Day]], ...] = (
    ("A mentee on a web client who never registers", newcomer),
    ("A mentor of three cohorts who is away for two weeks", mentor_away),
    ("An organizer, up to and on Monday", monday),
)

HEAD = """\
# A day in the life

Every line that the bot says to three people, as `tests/support/a_day.py` has them live through it on the real
service (times are UTC; `→` is typed, `←` is said by the bot). `tests/service/test_a_day.py` fails when one is
said that does not stand here, so that nobody makes the bot chattier without seeing it.

Cut after reading it: what an absence leaves in several cohorts was said once for each, and is said once where
it is the same; the welcome named organizers to ask to be forgotten, and names the verb. Kept, long as it is:
the welcome of somebody unproven, five lines of which a newcomer asks for each within a day, and the line a
cohort on Mondays, which is what organizers come for.
"""


def document(folder: Path) -> str:
    parts = [HEAD]
    for number, (title, live) in enumerate(PEOPLE):
        day = live(start(folder / str(number)))
        parts.append(f"## {title}\n\n{day.told} lines.\n\n" + "\n".join(day.lines) + "\n")
    return "\n".join(parts)


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as name:
        DOC.write_text(document(Path(name)), encoding="utf-8")
