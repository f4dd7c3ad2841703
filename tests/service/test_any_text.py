"""Whatever people type: no fault, no line over its bytes, at most three lines in a channel."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from support.programme import World, programme

from cohortbot.domain.limits import Limits
from cohortbot.domain.message import ToChannel
from cohortbot.domain.verbs import VERBS
from cohortbot.irc import cut
from cohortbot.irc.wire import build
from cohortbot.texts import spoken

DEPLOY = "#cohort-deploy"
MASK = "cohortbot!cohortbot@" + "h" * 63  # the longest host that servers show
WORDS = st.sampled_from(
    [
        "deploy",
        "patch",
        "secret",
        "cy",
        "anna",
        "12",
        "|",
        "did",
        "next",
        "https://x.example/1",
        "like",
        "into",
    ]
)


@pytest.fixture(scope="module")
def world(tmp_path_factory: pytest.TempPathFactory) -> Iterator[World]:
    folder: Path = tmp_path_factory.mktemp("any-text")
    made = programme(folder, f"sqlite:///{folder}/cohortbot.db", limits=Limits(commands=1_000_000))
    made.say("anna", "join patch", account="anna")
    made.say("dora", "mentor deploy", account="dora")
    made.say("cy", "join deploy")
    yield made
    made.app.engine.dispose()


@given(
    verb=st.sampled_from([verb.name for verb in VERBS if verb.name not in ("bar", "reload")]),
    rest=st.lists(WORDS | st.text(max_size=60), max_size=6),
    speaker=st.sampled_from([("cy", None), ("anna", "anna"), ("dora", "dora"), ("zoë", None)]),
    channel=st.sampled_from([None, DEPLOY]),
)
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_no_command_breaks_the_bot_or_the_line(
    world: World, verb: str, rest: list[str], speaker: tuple[str, str | None], channel: str | None
) -> None:
    nick, account = speaker
    text = " ".join(["!" + verb, *rest]).replace("\n", " ").replace("\r", " ").replace("\0", "")
    replies = world.replies(nick, text, account=account, channel=channel)
    for reply in replies:
        in_channel = [line for line in spoken(reply, world.voice) if isinstance(line.to, ToChannel)]
        assert len(in_channel) <= 3
        for line in spoken(reply, world.voice):
            target = line.to.channel if isinstance(line.to, ToChannel) else line.to.nick
            for piece in cut.lines(line.text, cut.room(MASK, target)):
                wire = f":{MASK} ".encode() + build("PRIVMSG", target, text=piece)
                assert len(wire.rstrip(b"\r\n")) <= 510
