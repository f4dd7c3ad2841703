"""A small programme that has lived: every table has rows, by what people said and by the clock."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path

from cohortbot import service
from cohortbot.domain.hearing import Loss, Why
from cohortbot.domain.lease import SHORT, Place
from cohortbot.domain.message import Unproven
from cohortbot.service import Arrival
from cohortbot.store import away, days_off, leases, people
from support.programme import World, programme

DEPLOY = "#cohort-deploy"


def live(folder: Path, url: str) -> World:
    """Sign-ups, a waitlist, a round by schedule and one by hand, blockers, an award, a bar, an organizer."""
    world = programme(folder, url)
    for mentor in ("dora", "anna"):
        world.say(mentor, "mentor deploy", account=mentor)
    world.say("dora", "mentor ok anna deploy")
    world.say("dora", "organizer add anna")
    for nick in ("cy", "bo", "eli"):
        world.say(nick, "join deploy", account=nick)
    world.say("anna", "tz Lisbon")
    world.say("dora", "announce deploy Welcome, all of you")
    world.say("cy", "about I want a cloud of my own")
    world.say("zed", "join patch")
    world.heard("zed")
    world.say("mallory", "join patch", account="mallory")
    world.say("dora", "bar mallory spam")
    world.say("dora", "add zed secret")
    world.say("zed", "secret did too early for its check-in")
    world.pass_time(timedelta(hours=5))  # the check-in of Thursday
    world.say("cy", "!did the network | next the storage", channel=DEPLOY)
    world.say("bo", "deploy did read the guide | stuck no disk")
    world.say("cy", "!stuck cinder-volume exits 1", channel=DEPLOY)
    world.say("anna", "!take cy", channel=DEPLOY)
    world.say("cy", "!unstuck it was an lvm filter", channel=DEPLOY)
    world.say("anna", "checkin patch")
    world.say("cy", "!done https://review.example/1", channel=DEPLOY)
    world.say("anna", "!complete cy", channel=DEPLOY)
    world.say("zed", "report patch is too quiet")
    world.say("zed", "yes")
    world.say("zed", "export me")
    world.pass_time(timedelta(hours=73))
    world.say("anna", "checkin deploy")
    world.say("dora", "cohort set deploy places 3")
    world.pass_time(timedelta(hours=5))  # into the night, when the bot asks first
    world.say("anna", "checkin patch")
    with world.app.engine.begin() as tx:
        anna, dora = (people.by_account(tx, "labnet", nick) for nick in ("anna", "dora"))
        assert anna is not None and dora is not None
        two_weeks = {"until": world.now + timedelta(weeks=2), "last_day": world.now.date(), "named": True}
        christmas = date(2026, 12, 24)
        days_off.put(tx, "labnet", [christmas], off=True, by=dora.id, why="Christmas Eve")
        absence = away.begin(tx, anna.id, by=anna.id, now=world.now, why="a new job", **two_weeks)
        away.ask(tx, absence.id, dora.id, world.now)
        leases.take(tx, "labnet", None, Place("a", "boot", "machine", "/logs/labnet/.bot-a", "logs"), SHORT)
        leases.wait(tx, "labnet", Place("b", "boot", "machine", None, "logs"))
    for nick in ("cy", "bo", "eli", "anna", "dora", DEPLOY):
        world.heard(nick)
    passer_by = Arrival("labnet", DEPLOY, "nan", world.wire.connection("nan"), Unproven(), world.now)
    service.entered(world.app, passer_by, world.wire)
    service.note_gauges(world.app, world.now, world.now, 0, 0, 0)
    service.note_channels(
        world.app, world.now, [], [Loss(DEPLOY, Why.BANNED, world.now - timedelta(minutes=1))]
    )
    return world
