"""kill -9 at named steps, while people talk and join and rounds open: nothing lost, nothing said twice."""

from __future__ import annotations

import re
import signal
import string
from collections import Counter, defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import func, select
from support.bot import Bot
from support.client import Client
from support.dying import Doom
from support.ircd import IrcServer
from support.processes import wait_until

from cohortbot.store.engine import connect, reading
from cohortbot.store.tables import outbox

Name = Callable[[str], str]

# So many that none says more than 20 lines in 30 s.
TALKERS = [f"talks{a}{b}" for a in "abcdef" for b in "abcdef"]
BETWEEN_SLOTS = timedelta(minutes=5)  # all rounds are open until the end: none is untrue before it is settled
AGAIN = "again, in case you missed it: "

# (step, what dies there, the doom's own step, its pattern). Those of one step are tried by turns.
PLACES = (
    ("between log and act", "a line", "between log and act", r"!about line {line}$"),
    ("between log and act", "a join", "between log and act", r"<{newcomer}> !join$"),
    ("in the commit", "a join", "in the commit", r"INSERT INTO membership .*'cohort_id': {cohort}\b"),
    ("in the commit", "a round", "in the commit", r"INSERT INTO round .*'cohort_id': {cohort}\b"),
    ("in the commit", "a join", "behind the commit", r"INSERT INTO membership .*'cohort_id': {cohort}\b"),
    ("in the commit", "a round", "before the commit", r"INSERT INTO round .*'cohort_id': {cohort}\b"),
    ("in the commit", "a join", "before the commit", r"INSERT INTO membership .*'cohort_id': {cohort}\b"),
    ("in the commit", "a round", "behind the commit", r"INSERT INTO round .*'cohort_id': {cohort}\b"),
    ("after the claim", "a welcome", "after the claim", r"^Welcome\(slug='{slug}'"),
    ("after the claim", "a prompt", "after the claim", r"^Prompt\(slug='{slug}'"),
    ("after the write", "a prompt", "after the write", r" :\[{slug} 1\] Check-in"),
    ("after the write", "a welcome", "after the write", r" {newcomer} :welcome to {slug}"),
    ("before the receipt", "a welcome", "before the receipt", r" {newcomer} :welcome to {slug}"),
    ("before the receipt", "a prompt", "before the receipt", r" :\[{slug} 1\] Check-in"),
)


@dataclass(frozen=True)
class Kill:
    """One kill. Each has a cohort, a slot and a newcomer of its own, so that what came of it can be told."""

    step: str
    what: str
    doom: Doom
    slug: str
    newcomer: str
    line: int  # that of the talk which `a line` dies of


def kills_of(number: int, first_step: str, name: Name) -> list[Kill]:
    """So many, a step after the other."""
    places = defaultdict(list)
    for place in PLACES:
        places[place[0]].append(place)
    steps = [*places]
    first = steps.index(first_step)
    kills: list[Kill] = []
    for turn in range(number):
        by_turns = places[steps[(first + turn) % len(steps)]]
        step, what, at, pattern = by_turns[turn // len(steps) % len(by_turns)]
        letters = "".join(string.ascii_lowercase[digit] for digit in divmod(turn, 26))
        slug, newcomer, line = f"task{letters}", name(f"new{letters}"), 1000 * (turn + 1)
        # Cohorts have their numbers in the order of the config, the first for the talk.
        pattern = pattern.format(slug=slug, cohort=turn + 2, newcomer=newcomer, line=line + 3)
        kills.append(Kill(step, what, Doom(at, pattern), slug, newcomer, line + 3))
    return kills


class Story:
    """A cohort in whose channel people talk, one for each kill, and an observer in all their channels.

    One of the talkers is a mentee of each: a round is asked of somebody, whatever becomes of the newcomer.
    """

    def __init__(
        self, server: IrcServer, bot: Bot, kills: list[Kill], first_slot: datetime, name: Name
    ) -> None:
        """The bot runs for the first time here; of the newcomers nobody is seated yet."""
        self.bot = bot
        self.kills = kills
        self.slot = first_slot
        self.channel = bot.channel("talk")
        bot.doom = kills[0].doom
        bot.start()
        talkers = [name(talker) for talker in TALKERS]
        newcomers = [kill.newcomer for kill in kills]
        self.observer, *people = server.connect_all(name("sees"), *talkers, *newcomers)
        self.talkers = people[: len(talkers)]
        self.newcomers = dict(zip(kills, people[len(talkers) :], strict=True))
        for person in (*self.talkers, self.observer):
            person.join(self.channel)
        for kill, person in self.newcomers.items():
            person.join(bot.channel(kill.slug))
            self.observer.join(bot.channel(kill.slug))
        for kill in kills:
            self._asks(kill).say(bot.nick, f"join {kill.slug}")
            wait_until(lambda kill=kill: self.said_in(bot.channel(kill.slug)), f"a mentee of {kill.slug}")
        wait_until(self.nothing_waits, "the words to the first mentees")

    def live_through(self, kill: Kill, next_doom: Doom) -> None:
        """Up to a second before the slot; then join and talk until the bot is dead; then the next life."""
        now = datetime.now(UTC) + self.bot.clock.offset
        self.bot.clock.advance(self.slot - now - timedelta(seconds=1))
        self.slot += BETWEEN_SLOTS
        self.newcomers[kill].say(self.bot.channel(kill.slug), "!join")
        gives_up = datetime.now(UTC) + timedelta(seconds=20)
        line = kill.line - 3
        while self.bot.process.returncode is None and datetime.now(UTC) < gives_up:
            self.talk(line)
            line += 1
        assert self.bot.process.returncode == -signal.SIGKILL, (
            f"{kill} was not reached\n{self.bot.process.tail()}"
        )
        self.bot.kill()
        self.bot.doom = next_doom
        self.bot.restart()

    def talk(self, line: int) -> None:
        """One line that the bot answers with its own words; until the answer, or until the bot is dead."""
        talker = self.talkers[line % len(self.talkers)]
        talker.say(self.channel, f"!about line {line}")

        def over() -> bool:
            lately = self.said_in(self.channel)[-3:]
            return self.bot.process.returncode is not None or any(f"«line {line}»" in text for text in lately)

        wait_until(over, f"an answer to line {line}", why=self.bot.process.tail)

    def nothing_waits(self) -> bool:
        """Whether all that the bot had to say is settled."""
        engine = connect(self.bot.config["database"]["url"])
        try:
            with reading(engine) as tx:
                query = select(func.count()).where(outbox.c.state.in_(["pending", "sending"]))
                return tx.execute(query).scalar_one() == 0
        finally:
            engine.dispose()

    # What came of it

    def said_in(self, channel: str) -> list[str]:
        return self.observer.said_by(self.bot.nick, channel)

    def told(self, kill: Kill) -> list[str]:
        return self.newcomers[kill].said_by(self.bot.nick, kill.newcomer)

    def logged(self, channel: str) -> list[str]:
        """What was said in a channel, as its log has it, without the times."""
        lines = [line.split("  ", 1)[1] for line in self.bot.log(channel)]
        return [line for line in lines if line.startswith("<")]

    def seated(self, kill: Kill) -> bool:
        """Asked by a talker, so that `told` holds no answers; by many, as nobody may ask so often."""
        asks = self._asks(kill)
        asks.mark()
        asks.say(self.bot.nick, f"cohort {kill.slug}")
        return "2 of 8 places taken" in asks.expect(self.bot.nick, asks.nick, "places taken").text

    def _asks(self, kill: Kill) -> Client:
        return self.talkers[self.kills.index(kill) % len(self.talkers)]

    def answered(self, kill: Kill) -> bool:
        """Whether the newcomer was told to have joined."""
        said = self.said_in(self.bot.channel(kill.slug))
        return any("joined" in text and kill.newcomer in text for text in said)

    def prompts(self, kill: Kill) -> tuple[int, int]:
        """How often the round was announced, and how often said to be open instead."""
        said = self.said_in(self.bot.channel(kill.slug))
        return begin_with(f"[{kill.slug} 1] Check-in", said), begin_with(
            f"round 1 of {kill.slug} is open until", said
        )

    def welcomes(self, kill: Kill) -> tuple[int, int]:
        """How often the newcomer was welcomed, and how often again in case they had missed it."""
        told, welcome = self.told(kill), f"welcome to {kill.slug}"
        return begin_with(welcome, told), begin_with(AGAIN + welcome, told)

    def outcome(self, kill: Kill) -> str:
        """What people know of that which died."""
        match kill.what:
            case "a line":
                answer = f"«line {kill.line}»"
                answered = any(answer in text for text in self.said_in(self.channel))
                return "answered" if answered else "in the log, not answered"
            case "a join":
                answer = "answered" if self.answered(kill) else "not answered"
                return f"{'seated' if self.seated(kill) else 'no seat'}, {answer}"
            case "a welcome":
                return in_words(self.welcomes(kill), "«again, …»")
        return in_words(self.prompts(kill), "«is open until»")

    def faults(self, kill: Kill) -> list[str]:
        """What must not be, whatever died and when."""
        prompts, others = self.prompts(kill)
        firsts, agains = self.welcomes(kill)
        seated = self.seated(kill)
        private = Counter(text.removeprefix(AGAIN) for text in self.told(kill))
        public = Counter(self.said_in(self.bot.channel(kill.slug)))
        return [
            *(["prompted twice"] if prompts > 1 or others > 1 else []),
            *(["never prompted"] if prompts + others == 0 else []),
            *(["told of a seat that is none"] if self.answered(kill) and not seated else []),
            *(["never welcomed"] if seated and firsts + agains == 0 else []),
            *(["welcomed twice"] if firsts > 1 or agains > 1 else []),
            *(f"told twice: {text}" for text, times in private.items() if times > 1 + agains),
            *(f"said twice: {text}" for text, times in public.items() if times > 1),
        ]

    def lost(self) -> list[str]:
        """The commands that the bot answered, and that are not once in its log."""
        commands = []
        for text in self.said_in(self.channel):
            if found := re.search(r"«line (\d+)»", text):
                talker = self.talkers[int(found[1]) % len(self.talkers)]
                commands.append((self.channel, f"<{talker.nick}> !about line {found[1]}"))
        assert len(commands) > len(self.kills)
        joined = [kill for kill in self.kills if self.answered(kill)]
        commands += [(self.bot.channel(kill.slug), f"<{kill.newcomer}> !join") for kill in joined]
        logs = {channel: Counter(self.logged(channel)) for channel, _ in commands}
        return [line for channel, line in commands if logs[channel][line] != 1]


def begin_with(words: str, texts: list[str]) -> int:
    return sum(text.startswith(words) for text in texts)


def in_words(times: tuple[int, int], second: str) -> str:
    return " and ".join(["said"] * times[0] + [second] * times[1]) or "not said"


@pytest.mark.proof
@pytest.mark.parametrize(
    ("kind", "database", "first_step"),
    [("inspircd", "sqlite", "between log and act"), ("hybrid", "postgres", "after the write")],
)
def test_nothing_is_lost_and_nothing_is_said_twice(
    request: pytest.FixtureRequest,
    kind: str,
    database: str,
    first_step: str,
    make_bot: Callable[..., Bot],
    name: Name,
    portion: Callable[[int], int],
) -> None:
    """InspIRCd echoes our own lines, ircd-hybrid does not: a receipt is an echo here, a PONG there."""
    number = portion(50)
    kills = kills_of(number, first_step, name)
    # On a whole minute, some minutes ahead: the clock is moved up to it.
    slot = (datetime.now(UTC) + timedelta(minutes=10)).replace(second=0, microsecond=0)
    slots = [slot + turn * BETWEEN_SLOTS for turn in range(len(kills))]
    server: IrcServer = request.getfixturevalue(kind)
    bot = make_bot(
        server,
        {"talk": {}}
        | {
            kill.slug: {"checkin": {"day": f"{at:%A}".lower(), "time": f"{at:%H:%M}", "zone": "UTC"}}
            for kill, at in zip(kills, slots, strict=True)
        },
        database_url=request.getfixturevalue(f"{database}_url"),
        moved_clock=True,
        settings={"irc": {"flood": {"burst": 100, "per_second": 100.0}}},
    )
    story = Story(server, bot, kills, slot, name)
    alive = Doom("never")
    for kill, after in zip(kills, [*(kill.doom for kill in kills[1:]), alive], strict=True):
        story.live_through(kill, after)
    for kill in kills:
        wait_until(lambda kill=kill: sum(story.prompts(kill)), f"round 1 of {kill.slug} to be told of", 150.0)
    wait_until(story.nothing_waits, "the last words", 150.0)

    table = Counter((kill.step, kill.what, kill.doom.step, story.outcome(kill)) for kill in kills)
    for row, times in sorted(table.items()):
        print(kind, database, *row, times, sep=" | ")
    assert {kill: faults for kill in kills if (faults := story.faults(kill))} == {}
    assert story.lost() == []
    for channel in [story.channel, *(bot.channel(kill.slug) for kill in kills)]:
        assert [line for line, times in Counter(story.logged(channel)).items() if times > 1] == []
