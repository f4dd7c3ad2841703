"""What is private stays private: marks in all that people say to few, looked for wherever others read."""

from __future__ import annotations

import logging
from collections import defaultdict
from collections.abc import Iterable
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import select
from support.programme import World, programme
from support.report import REPORT
from support.site import Browser
from support.site_story import STARTS

from cohortbot.domain.verbs import VERBS
from cohortbot.store.tables import event, outbox

DEPLOY, PATCH = "#cohort-deploy", "#cohort-patch"
# Each mark, and who may read it: cy said it; anna mentors deploy and max stands in for her in the end; bo is
# in deploy too; dora and emil organize and mentor nothing; tom mentors patch; zoe is a stranger.
MAY_READ = {
    "qzanswer": {"cy", "anna", "max"},  # a private answer
    "qzblocker": {"cy", "anna", "max"},  # a private blocker, and what helped
    "qzabout": {"cy", "anna", "max", "bo", "dora", "emil"},  # «about», for the cohort's people
    "qzreport": {"cy", "dora", "emil"},
}
PEOPLE = ("cy", "anna", "max", "bo", "dora", "emil", "tom", "zoe")
READS = (
    *("cohorts", "cohort deploy", "when deploy", "answers {mark}", "link", "help", "help round", "me"),
    *(
        "me last",
        "missed",
        "who",
        "who deploy",
        "who cy",
        "round deploy",
        "round deploy 1",
        "blockers deploy",
    ),
    *("checkin deploy", "audit", "audit deploy", "audit cy", "take 1", "take cy", "unstuck 1", "days-off"),
)


@pytest.fixture
def world(tmp_path: Path, ready_url: str) -> World:
    made = programme(tmp_path, ready_url)
    for mentor, slug in (("anna", "deploy"), ("max", "patch"), ("tom", "patch")):
        made.say(mentor, f"!mentor {slug}", account=mentor, channel=f"#cohort-{slug}")
        made.say("dora", f"mentor ok {mentor} {slug}", account="dora")
    made.say("dora", "organizer add emil")
    for nick in ("emil", "cy", "bo"):
        made.say(nick, "tz UTC", account=nick)
    for nick in ("cy", "bo"):
        made.say(nick, "!join deploy", channel=DEPLOY)
    return made


def collect(world: World, read: dict[str, list[str]]) -> None:
    """Whatever was said to each person, and in each channel, since."""
    for target in (*PEOPLE, DEPLOY, PATCH):
        read[target if target in PEOPLE else "everybody"] += world.heard(target)


def lived(world: World, read: dict[str, list[str]]) -> None:
    """Two rounds with private answers and a blocker that is taken, asked about, and solved by a cover."""
    world.say("cy", "about qzabout wants a cloud")
    world.say("cy", "deploy did qzanswer too early")
    world.say("cy", "report qzreport is what I say")
    world.say("cy", "yes")
    collect(world, read)
    world.pass_time(timedelta(hours=5))
    collect(world, read)
    world.say("cy", "did qzanswer | next qzanswer | stuck qzblocker of mine")
    for mentor in ("anna", "max"):
        world.say("cy", f"... and qzanswer goes on, {mentor}")
    for _ in range(4):  # untaken, then told to organizers, and a round that closes
        world.pass_time(timedelta(hours=25))
        collect(world, read)
    world.say("anna", "take 1")
    world.say("anna", "away until 20 Dec cover max")
    collect(world, read)
    world.say("max", "cover yes")
    world.pass_time(timedelta(days=3))
    collect(world, read)
    world.say("cy", "skip qzanswer is why")
    world.say("max", "unstuck 1 qzblocker is solved so")
    world.say("cy", "stuck qzblocker again")
    world.pass_time(timedelta(days=7))
    collect(world, read)


def ask_everything(world: World, read: dict[str, list[str]]) -> int:
    """Everybody asks, privately and in both channels, all that can be asked; how many replies there were."""
    replies = 0
    for nick in PEOPLE:
        for verb in READS:
            for mark in MAY_READ if "{mark}" in verb else ("",):
                for channel in (None, DEPLOY, PATCH):
                    line = verb.format(mark=mark)
                    for said in world.say(nick, line if channel is None else f"!{line}", channel=channel):
                        target, _, text = said.partition(" ")
                        read[target if target in PEOPLE else "everybody"].append(text)
                        replies += 1
            world.pass_time(timedelta(seconds=30))  # or they would be told to slow down
        collect(world, read)
    return replies


def files(folder: Path) -> Iterable[str]:
    return (path.read_text(encoding="utf-8") for path in folder.rglob("*") if path.is_file())


def test_no_mark_is_read_by_anybody_who_may_not(world: World, caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG)
    read: dict[str, list[str]] = defaultdict(list)
    lived(world, read)
    replies = ask_everything(world, read)

    pages = Browser(world.app).crawl(
        *STARTS, "/answers", "/c/deploy/rounds/1", "/api/cohorts/deploy/rounds/1"
    )
    read["everybody"] += [page.text for page in pages.values()]
    read["everybody"] += files(world.app.config.logs.folder)
    read["everybody"] += [record.getMessage() for record in caplog.records]
    with world.app.engine.connect() as tx:
        read["everybody"] += [str(row) for table in (event, outbox) for row in tx.execute(select(table))]

    leaks = [
        f"{mark}: {reader} read {text}"
        for mark, allowed in MAY_READ.items()
        for reader, texts in read.items()
        for text in texts
        if reader not in allowed and mark in text.lower().replace(f"has all of «{mark}»", "")
    ]
    REPORT.add(
        "what is private",
        f"{world.app.engine.dialect.name}: {len(MAY_READ)} marks; {sum(map(len, read.values()))} texts that "
        f"{len(PEOPLE)} people or everybody read, with {replies} replies and {len(pages)} pages: "
        f"{len(leaks)} leaks",
    )
    assert leaks == []
    for mark, reader in (
        *(("qzanswer", "anna"), ("qzanswer", "max"), ("qzblocker", "anna"), ("qzblocker", "max")),
        *(("qzabout", "bo"), ("qzreport", "emil"), ("qzreport", "dora")),
    ):
        assert any(mark in text for text in read[reader]), f"{reader} should have read {mark}"


def test_every_verb_that_reads_is_asked_here() -> None:
    """A verb that is added reads what is private, or it does not: then it is named here."""
    does = {
        *("join", "leave", "tz", "about", "did", "next", "stuck", "same", "skip", "done", "stay", "away"),
        *("nudges on", "nudges off", "back", "cover", "mentor", "claim", "undo", "yes", "no", "skip-round"),
        *("remind", "complete", "mentor ok", "mentor no", "add", "remove", "cohort new", "cohort set"),
        *("cohort pause", "cohort resume", "cohort archive", "move", "revoke", "merge", "announce", "bar"),
        *("unbar", "organizer add", "organizer remove", "reload", "export me", "erase me", "erase"),
        *("report", "feedback"),
    }
    asked = {verb.name for verb in VERBS for line in READS if f"{line} ".startswith(f"{verb.name} ")}
    assert {verb.name for verb in VERBS} == does | asked
