"""Whoever wants to be forgotten is: no table says any more who they were or what they said."""

from __future__ import annotations

import re
from datetime import timedelta
from pathlib import Path

import pytest
from sqlalchemy import JSON, String, select
from sqlalchemy.engine import Engine
from support.programme import World, programme
from support.report import REPORT
from support.site import Browser

from cohortbot.store.tables import metadata

DEPLOY, PATCH = "#cohort-deploy", "#cohort-patch"
MARK = "qzxq"  # in the nick, the account, and all that is said

# Where a nick, an account or somebody's own words stand.
BEARS = {
    *("person.about", "identity.nick", "identity.nick_key", "identity.account", "identity.account_key"),
    *("organizer.account", "organizer.account_key", "told_logged.who", "day_off.why", "away.why"),
    *("membership.done_url", "answer.text", "held_answer.text", "blocker.text", "blocker.how", "step.text"),
    *("award.url", "announcement.text", "question.text", "report.text"),
}
# What bears neither: machine words, names of the network and of cohorts, ids, random words and hashes. A new
# column belongs into one of both; what somebody said in it has to go in store/erasing.py too.
BEARS_NOT = {
    *("network.name", "person.zone", "identity.network", "identity.connection", "organizer.network"),
    *("bar.network", "bar.digest", "secret.name", "secret.value"),
    *("cohort.slug", "cohort.network", "cohort.title", "cohort.goal", "cohort.channel", "cohort.channel_key"),
    *("cohort.steps", "cohort.zone", "cohort.skip", "cohort.question", "cohort.next_slugs", "cohort.state"),
    *("cohort.badge_name", "cohort.badge_description", "cohort.badge_criteria", "cohort.file_settings"),
    *("day_off.network", "membership.role", "membership.state", "membership.claim_word"),
    *("membership.log_channel", "round.state"),
    *("answer.part", "answer.msgid", "answer.continues", "answer.log_channel"),
    *("held_answer.part", "held_answer.msgid", "held_answer.continues", "held_answer.log_channel"),
    *("blocker.state", "blocker.msgid", "blocker.log_channel", "step.kind", "step.msgid", "step.log_channel"),
    *("award.public_id", "cover.state", "announcement.msgid", "question.kind", "question.log_channel"),
    *("report.msgid", "session.digest", "session.kind"),
    *("event.kind", "event.way", "event.detail"),
    *("outbox.kind", "outbox.network", "outbox.detail", "outbox.timing", "outbox.key", "outbox.state"),
    *("outbox.token", "outbox.reason", "outbox.log_channel"),
    *("told_logged.network", "told_logged.channel", "gauge.network"),
    *("lost_channel.network", "lost_channel.channel", "lost_channel.why", "lost_channel.told"),
    *("lease.network", "lease.token", "lease.boot", "lease.machine", "lease.lock_file", "lease.logs"),
    *("standby.network", "standby.token", "standby.boot", "standby.machine", "standby.lock_file"),
    *("standby.logs", "pulse.network"),
}


def text_columns() -> set[str]:
    return {
        f"{table.name}.{column.name}"
        for table in metadata.tables.values()
        for column in table.columns
        if isinstance(column.type, (String, JSON))
    }


def where(engine: Engine, mark: str) -> dict[str, int]:
    """Every column of any type in which `mark` stands, in whatever case, with the number of its rows."""
    found: dict[str, int] = {}
    with engine.connect() as tx:
        for table in metadata.tables.values():
            for row in tx.execute(select(table)):
                for column, value in row._mapping.items():
                    if value is not None and mark in str(value).lower():
                        key = f"{table.name}.{column}"
                        found[key] = found.get(key, 0) + 1
    return found


@pytest.fixture
def world(tmp_path: Path, ready_url: str) -> World:
    return programme(tmp_path, ready_url)


def with_mentors(world: World) -> None:
    for slug, channel in (("deploy", DEPLOY), ("patch", PATCH)):
        world.say("anna", f"!mentor {slug}", account="anna", channel=channel)
        world.say("dora", f"mentor ok anna {slug}", account="dora")


def lived(world: World) -> None:
    """qzxqcy: a mentee of deploy with a badge of patch, an organizer for a while, and a mentor of secret."""
    with_mentors(world)
    cy = "Qzxqcy"
    world.enter(cy, DEPLOY)
    world.say(cy, "tz Lisbon", account="qzxqaccount")
    world.say(cy, "about qzxq wants a cloud of qzxq own")
    for slug, channel in (("deploy", DEPLOY), ("patch", PATCH)):
        world.say(cy, f"!join {slug}", channel=channel)
    world.say("bo", "!join deploy", account="bo", channel=DEPLOY)
    world.say("eli", "!join deploy", account="eli", channel=DEPLOY)  # waits
    world.say("dora", "organizer add qzxqaccount")
    world.say(cy, "announce patch qzxq says hello")
    world.say(cy, "days-off 24 Dec qzxq is away")
    world.say(cy, "mentor secret")
    world.say("dora", f"mentor ok {cy} secret")
    world.say(cy, "secret did qzxq too early")
    world.say(cy, "!stuck qzxq on the network", channel=DEPLOY)
    world.say(cy, "!unstuck 1 qzxq helped", channel=DEPLOY)
    world.say("bo", "!stuck on lvm", channel=DEPLOY)
    world.say(cy, "!unstuck 2 qzxq knows the filter", channel=DEPLOY)
    world.say(cy, "patch stuck qzxq in private")
    world.pass_time(timedelta(hours=5))
    world.say(cy, "!did qzxq read | next qzxq writes", channel=DEPLOY)
    world.say("anna", "checkin patch")
    world.say(cy, "did qzxq privately")  # for which of them?
    world.say(cy, "deploy")
    world.say(cy, "!done patch https://qzxq.example/1", channel=PATCH)
    world.say("anna", f"!complete {cy} patch https://qzxq.example/2", channel=PATCH)
    world.say(cy, "!stuck qzxq again", channel=DEPLOY)
    world.say(cy, "report qzxq was treated badly")
    world.say(cy, "yes")
    world.say(cy, "export me")
    world.say(cy, "away until 2 Dec qzxq is tired")
    world.say(cy, "qzxq shall be asked again")


def erase(world: World, nick: str, **how: str) -> list[str]:
    """Says `erase me` and its word; what was answered to the word."""
    asked = world.say(nick, "erase me", **how)
    word = re.search(r"erase me ([a-z]+)$", asked[-1])
    assert word is not None, asked
    return world.say(nick, f"erase me {word[1]}", **how)


def test_every_text_column_is_known_here() -> None:
    assert text_columns() == BEARS | BEARS_NOT


def test_nothing_is_left_in_any_table(world: World) -> None:
    lived(world)
    before = where(world.app.engine, MARK)
    assert before.keys() == BEARS, "what the story should fill, and does not, or the other way round"

    said = erase(world, "Qzxqcy")

    after = where(world.app.engine, MARK)
    REPORT.add(
        "erasure",
        f"{world.app.engine.dialect.name}: of {len(text_columns())} text columns {len(before)} filled, with "
        f"{sum(before.values())} values; left in any column of {len(metadata.tables)} tables: {len(after)}",
    )
    assert after == {}
    assert "you are forgotten: 2 places given up, 1 badge revoked" in said[0]


def test_seats_are_offered_on_badges_are_revoked_and_others_keep_theirs(world: World) -> None:
    lived(world)
    badge = re.search(r"/b/[a-z0-9]+", "\n".join(world.heard("Qzxqcy")))
    erase(world, "Qzxqcy")
    assert badge is not None
    site = Browser(world.app)
    assert site.get(badge[0]).status_code == 410
    assert any("a place in deploy is free" in line for line in world.heard("eli"))
    answers = site.get("/api/answers").json()["answers"]
    assert [(one["nick"], one["how"], one["solved_by"]) for one in answers] == [("bo", None, "somebody")]
    assert site.get("/api/cohorts/deploy/rounds/1").json()["answers"] == []
    for path, page in site.crawl("/", "/answers", "/c/deploy", "/c/deploy/rounds/1").items():
        assert MARK not in page.text.lower() or path.startswith("/logs/"), path


def test_awards_that_they_confirmed_stay_and_say_a_mentor(world: World) -> None:
    with_mentors(world)
    world.say("cy", "!join deploy", account="cy", channel=DEPLOY)
    [badge] = re.findall(r"/b/[a-z0-9]+", "\n".join(world.say("anna", "!complete cy", channel=DEPLOY)))
    erase(world, "anna")
    page = Browser(world.app).get(badge)
    assert page.status_code == 200
    assert "a mentor" in page.text
    assert "anna" not in page.text


def test_the_word_is_needed_and_only_the_last_one_counts(world: World) -> None:
    world.say("cy", "join deploy", account="cy")
    first = world.say("cy", "erase me")[-1].split()[-1]
    second = world.say("cy", "erase me")[-1].split()[-1]
    assert "not the word" in world.say("cy", f"erase me {first}")[0]
    assert "not the word" in world.say("cy", "erase me please")[0]
    world.pass_time(timedelta(minutes=11))
    assert "not the word" in world.say("cy", f"erase me {second}")[0]
    assert "deploy" in world.say("cy", "me")[0]


def test_it_is_answered_privately_wherever_it_was_said(world: World) -> None:
    world.say("cy", "!join deploy", account="cy", channel=DEPLOY)
    assert all(line.startswith("cy ") for line in world.say("cy", "!erase me", channel=DEPLOY))


def test_whoever_comes_back_is_somebody_new(world: World) -> None:
    world.say("cy", "join deploy", account="cy")
    erase(world, "cy")
    assert "nothing is kept of you" in world.say("cy", "erase me")[0]
    assert "joined deploy" in world.say("cy", "join deploy")[0]
    assert "somebody" not in "\n".join(world.say("anna", "who deploy"))


def test_who_is_not_identified_is_erased_from_the_connection_that_claimed_alone(world: World) -> None:
    world.say("zed", "join deploy")
    world.wire.gone("zed")
    [refused] = world.say("zed", "erase me")
    assert "your connection is another" in refused
    assert "claim WORD" in refused


def test_an_organizer_erases_who_asks_and_cannot_identify(world: World) -> None:
    world.say("zed", "join deploy")
    world.say("cy", "join deploy", account="cy")
    assert "for organizers" in world.say("cy", "erase zed they asked me")[0]
    [said] = world.say("dora", "erase zed they asked me", account="dora")
    assert "zed is forgotten: 1 place given up" in said
    assert where(world.app.engine, "zed") == {}
    assert "they say «erase me» themselves" in world.say("dora", "erase cy they asked me")[0]


def test_an_organizer_of_the_config_stays_until_taken_out_there(world: World) -> None:
    world.say("dora", "join deploy", account="dora")
    assert "by the config file" in world.say("dora", "erase me")[0]


def test_a_bar_outlives_it(world: World) -> None:
    world.say("mallory", "join deploy", account="mallory")
    world.say("dora", "bar mallory spam", account="dora")
    erase(world, "mallory")
    assert where(world.app.engine, "mallory") == {}
    assert "joined" not in "\n".join(world.say("mallory", "join deploy"))
    world.say("dora", "unbar mallory")
    assert "joined" in "\n".join(world.say("mallory", "join deploy"))


def test_public_log_lines_that_remain_are_counted(world: World) -> None:
    world.say("cy", "!join deploy", account="cy", channel=DEPLOY)
    for _ in range(3):
        world.chat("cy", "a line that stays", channel=DEPLOY)
    world.chat("bo", "<cy> quoted", channel=DEPLOY)
    world.chat("cy", "a line that nobody reads", channel="#cohort-secret")
    assert "3 lines in the public channel logs" in "\n".join(world.say("cy", "erase me"))
