"""The week, cohort by cohort: heard by organizers on their Monday, on both databases."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from support.programme import World, programme

DEPLOY = "#cohort-deploy"
HOUR = timedelta(hours=1)
SATURDAY = datetime(2026, 11, 28, 12, 0, tzinfo=UTC)


@pytest.fixture
def world(tmp_path: Path, ready_url: str) -> World:
    """From Thursday to Saturday noon deploy has met: cy answered and finished, bo is stuck and silent."""
    world = programme(tmp_path, ready_url)
    world.say("dora", "tz Auckland", account="dora")
    world.say("anna", "mentor deploy", account="anna")
    world.say("dora", "mentor ok anna deploy")
    for nick in ("cy", "bo"):
        world.say(nick, "join deploy", account=nick)
    world.say("bo", "!stuck cinder exits 1", channel=DEPLOY)
    world.pass_time(5 * HOUR)
    world.say("cy", "!did the network", channel=DEPLOY)
    world.say("anna", "!complete cy", channel=DEPLOY)
    world.pass_time(SATURDAY - world.now)
    world.heard("dora")
    return world


def test_organizers_hear_it_once_when_their_monday_begins(world: World) -> None:
    world.pass_time(datetime(2026, 11, 29, 18, 59, tzinfo=UTC) - world.now)  # Monday 07:59 in Auckland
    assert not [line for line in world.heard("dora") if line.startswith("deploy: met")]
    world.pass_time(timedelta(minutes=1))
    deploy, patch, _ = [line for line in world.heard("dora") if "mentor" in line and "present" in line]
    assert deploy == (
        "deploy: met, 1 of 2 answered; 1 blocker open, the oldest #1 for 3 d; "
        "1 of 1 mentor present; 1 of 2 places taken; 1 finished"
    )
    assert patch.startswith("patch: no check-in this week; nobody stuck; 0 of 0 mentors present; 0 of 8")
    world.pass_time(HOUR)
    assert world.heard("dora") == []


def test_who_is_away_on_monday_is_left_in_peace(world: World) -> None:
    world.say("dora", "organizer add anna")
    world.say("dora", "away 2w")
    world.pass_time(timedelta(days=2))
    assert not [line for line in world.heard("dora") if line.startswith("deploy: met")]
    assert [line for line in world.heard("anna") if line.startswith("deploy: met")]
