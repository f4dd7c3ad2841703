"""The config's cohorts and the database's: the last edit of a key wins, in file or chat; both databases."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from sqlalchemy import event
from sqlalchemy.engine import Connection
from support.programme import COHORTS, CONFIG, THURSDAY, StandingClock, Wire, World, programme

from cohortbot import service, wiring
from cohortbot.clock import Clock
from cohortbot.config import load
from cohortbot.domain.model import CohortState
from cohortbot.service.syncing import differences
from cohortbot.store import cohorts, events
from cohortbot.store.engine import reading


class Installation:
    """A config file and the world that runs on it; `edit` changes the file, `restart` starts anew."""

    def __init__(self, folder: Path, url: str) -> None:
        self.path = folder / "config.yaml"
        self.url = url
        self.world = programme(folder, url)
        self.world.say("dora", "!help", account="dora")

    def edit(self, *changes: tuple[str, str]) -> None:
        text = self.path.read_text(encoding="utf-8")
        for old, new in changes:
            assert text.count(old) == 1, old
            text = text.replace(old, new)
        self.path.write_text(text, encoding="utf-8")

    def restart(self) -> None:
        self.world.app.engine.dispose()
        clock = StandingClock(self.world.now)
        app = wiring.build(load(self.path), clock=Clock(reader=clock))
        service.apply_config(app, app.now())
        self.world = World(app, Wire(), clock)
        self.world.say("dora", "!help", account="dora")

    def reload(self) -> str:
        [said] = self.world.say("dora", "reload")
        return said.removeprefix("dora ")

    def places(self, slug: str = "deploy") -> int:
        return self.cohort(slug).places

    def cohort(self, slug: str = "deploy") -> cohorts.Cohort:
        with reading(self.world.app.engine) as tx:
            found = cohorts.by_slug(tx, slug)
        assert found is not None
        return found

    def differing(self) -> list[str]:
        with reading(self.world.app.engine) as tx:
            return differences(tx, self.world.app.config)


@pytest.fixture
def at_home(tmp_path: Path, ready_url: str) -> Installation:
    return Installation(tmp_path, ready_url)


def test_the_cohorts_of_the_config_are_made_at_start_with_a_seat_for_each_place(
    at_home: Installation,
) -> None:
    for nick in ("ada", "bo", "cy"):
        at_home.world.say(nick, "join deploy", account=nick)
    assert at_home.world.say("cy", "join deploy")[0].startswith("cy deploy is still full")


def test_a_restart_changes_nothing_by_itself(at_home: Installation) -> None:
    with reading(at_home.world.app.engine) as tx:
        before = len(events.latest(tx, 100))
    at_home.restart()
    with reading(at_home.world.app.engine) as tx:
        assert len(events.latest(tx, 100)) == before


def test_what_an_organizer_set_holds_over_restarts_and_reloads(at_home: Installation) -> None:
    at_home.world.say("dora", "cohort set deploy places 5")
    assert at_home.reload() == "read config.yaml again; no cohort has changed"
    assert at_home.places() == 5
    at_home.restart()
    assert at_home.places() == 5
    at_home.edit(("Deploy a cloud", "Deploy a big cloud"))
    assert at_home.reload() == "read config.yaml again; changed deploy.title"
    assert at_home.places() == 5


@pytest.mark.parametrize("way", ["reload", "restart"])
def test_until_the_files_own_value_changes(at_home: Installation, way: str) -> None:
    at_home.world.say("dora", "cohort set deploy places 5")
    at_home.edit(("  places: 2", "  places: 3"))
    getattr(at_home, way)()
    assert at_home.places() == 3
    at_home.world.say("dora", "cohort set deploy places 6")
    getattr(at_home, way)()
    assert at_home.places() == 6


def test_a_key_that_leaves_the_file_becomes_its_default_once(at_home: Installation) -> None:
    at_home.edit(("    places: 2\n", ""))
    assert at_home.reload() == "read config.yaml again; changed deploy.places"
    assert at_home.places() == 8


def test_a_cohort_that_leaves_the_file_stays(at_home: Installation) -> None:
    at_home.edit((textwrap.indent(COHORTS[COHORTS.index("patch:") :], "  "), ""))
    at_home.restart()
    assert at_home.cohort("patch").state is CohortState.ACTIVE


def test_a_cohort_made_from_irc_is_the_files_once_it_names_it(at_home: Installation) -> None:
    at_home.world.say("dora", "cohort new talk Talks")
    at_home.edit(("  secret:", "  talk: {title: Give a talk, goal: A talk is given}\n  secret:"))
    assert "changed talk.title and talk.goal" in at_home.reload()


def test_a_new_cohort_in_the_file_is_made_by_reload_and_its_channel_joined(at_home: Installation) -> None:
    at_home.edit(("  secret:", "  talk: {title: Give a talk, goal: A talk is given}\n  secret:"))
    assert at_home.reload() == "read config.yaml again; made talk"
    assert ("#cohort-talk", None) in service.channels(at_home.world.app)


def test_changes_from_the_file_are_recorded_as_the_configs(at_home: Installation) -> None:
    at_home.edit(("  places: 2", "  places: 3"))
    at_home.reload()
    with reading(at_home.world.app.engine) as tx:
        [edit] = [one for one in events.latest(tx, 9) if one.kind == "cohort_set"]
    assert (edit.way, edit.by_id, edit.detail) == ("config", None, "places")


def test_more_places_in_the_file_are_offered_at_once(at_home: Installation) -> None:
    for nick in ("ada", "bo", "cy"):
        at_home.world.say(nick, "join deploy", account=nick)
    at_home.world.heard("cy")
    at_home.edit(("  places: 2", "  places: 3"))
    at_home.reload()
    assert "join deploy" in at_home.world.heard("cy")[0]


def test_the_files_new_day_moves_the_first_check_in(at_home: Installation) -> None:
    at_home.edit(("day: thursday", "day: monday"), (", starts: 2026-11-19", ""))
    at_home.reload()
    schedule = at_home.cohort().schedule
    assert schedule is not None
    assert schedule.starts.isoformat() == "2026-11-30"
    assert at_home.cohort().due_from == THURSDAY


def test_where_new_edits_of_both_do_not_fit_the_files_check_ins_count(at_home: Installation) -> None:
    at_home.world.say("dora", "cohort set deploy checkin.every 2 weeks | checkin.open_for 9 days")
    at_home.world.say("dora", "cohort set deploy places 5")
    at_home.edit(("every: 1 week", "every: 2 weeks"))
    at_home.reload()
    assert at_home.differing() == ["cohorts.deploy.places", "cohorts.deploy.checkin.open_for"]
    at_home.edit(("every: 2 weeks", "every: 1 week"))
    at_home.reload()
    assert at_home.differing() == ["cohorts.deploy.places"]


def test_check_ins_that_leave_the_file_are_planned_no_more(at_home: Installation) -> None:
    start = at_home.path.read_text(encoding="utf-8").index("checkin:")
    line = at_home.path.read_text(encoding="utf-8")[start:].splitlines()[0]
    at_home.edit((line, "public: true"))
    at_home.reload()
    assert at_home.cohort().schedule is None


def test_the_keys_where_file_and_database_differ_are_listed(at_home: Installation) -> None:
    assert at_home.differing() == []
    at_home.world.say("dora", "cohort set deploy places 5 | badge.name Cloud deployer")
    at_home.world.say("dora", "cohort set patch checkin.day monday | checkin.time 17:00")
    assert at_home.differing() == [
        "cohorts.deploy.places",
        "cohorts.deploy.badge.name",
        "cohorts.patch.checkin.every",
        "cohorts.patch.checkin.day",
        "cohorts.patch.checkin.time",
        "cohorts.patch.checkin.zone",
        "cohorts.patch.checkin.starts",
        "cohorts.patch.checkin.open_for",
        "cohorts.patch.checkin.skip",
    ]


def test_the_answer_is_private_since_it_may_name_what_is_not_public(at_home: Installation) -> None:
    at_home.edit(("title: A quiet one", "title: A quieter one"))
    said = at_home.world.say("dora", "!reload", channel="#cohort-deploy")
    assert said == ["dora read config.yaml again; changed secret.title"]


# --- what is refused


def test_of_a_refused_config_nothing_is_kept_in_the_database(at_home: Installation) -> None:
    at_home.world.say("dora", "cohort new talk Talks")
    at_home.edit(("title: First patch", "title: First patch\n    channel: '#cohort-talk'"))
    at_home.edit(("  places: 2", "  places: 3"))
    assert "nothing was changed" in at_home.reload()
    assert at_home.places() == 2


def test_a_faulty_file_changes_nothing_and_says_where(at_home: Installation) -> None:
    at_home.edit(("  places: 2", "  places: 3"), ('time: "17:00"', 'time: "25:00"'))
    said = at_home.reload()
    assert "config.yaml: cohorts.deploy.checkin.time: '25:00' is not HH:MM" in said
    assert "nothing was changed" in said
    assert at_home.places() == 2


def test_a_signal_that_finds_a_faulty_file_changes_nothing(at_home: Installation) -> None:
    at_home.edit(("name: Mentoring", "nmae: Mentoring"))
    before = at_home.world.app.config
    with pytest.raises(service.ConfigRefused, match=r"config\.yaml: programme\.nmae: no such key"):
        service.reload(at_home.world.app, at_home.world.now)
    assert at_home.world.app.config is before


def test_a_signal_reads_the_file_as_the_verb_does(at_home: Installation) -> None:
    at_home.edit(("  places: 2", "  places: 3"), ("[dora]", "[dora, emil]"))
    done = service.reload(at_home.world.app, at_home.world.now)
    assert done.changed == ("deploy.places",)
    assert at_home.world.app.config.programme.organizers == ("dora", "emil")


def test_a_cohort_of_another_network_is_refused_with_its_key(at_home: Installation) -> None:
    at_home.edit(("network: labnet", "network: othernet"))
    app = wiring.build(load(at_home.path), clock=Clock(reader=StandingClock(THURSDAY)))
    with pytest.raises(
        service.ConfigRefused, match=r"config\.yaml: cohorts\.deploy: is a cohort of network labnet"
    ) as caught:
        service.apply_config(app, app.now())
    assert len(caught.value.faults) == 3
    app.engine.dispose()


def test_two_networks_share_a_database_with_a_cohort_each(at_home: Installation) -> None:
    other = at_home.path.parent / "other.yaml"
    cohort = "  talk: {title: T, goal: G, channel: '#cohort-deploy'}"
    text = CONFIG.format(url=at_home.url, cohorts=cohort).replace("labnet", "othernet")
    other.write_text(text, encoding="utf-8")
    app = wiring.build(load(other), clock=Clock(reader=StandingClock(THURSDAY)))
    assert service.apply_config(app, app.now()).made == ("talk",)
    assert service.channels(app) == [("#cohort-deploy", None)]
    app.engine.dispose()


def test_a_channel_of_another_cohort_is_refused_with_its_key(at_home: Installation) -> None:
    at_home.world.say("dora", "cohort new talk Talks")
    at_home.edit(("title: First patch", "title: First patch\n    channel: '#cohort-talk'"))
    assert "cohorts.patch.channel: '#cohort-talk' is the channel of cohort talk" in at_home.reload()


def test_another_network_is_not_read_into_this_one(at_home: Installation) -> None:
    at_home.edit(("network: labnet", "network: libera"), ("  places: 2", "  places: 3"))
    assert "config.yaml: irc.network: needs a restart" in at_home.reload()
    assert (at_home.world.app.network, at_home.places()) == ("labnet", 2)


def test_another_database_is_not_read_into_this_one(at_home: Installation) -> None:
    at_home.edit((f"'{at_home.url}'", "'sqlite:///elsewhere.db'"), ("  places: 2", "  places: 3"))
    said = at_home.reload()
    assert "config.yaml: database.url: needs a restart" in said
    assert (at_home.places(), at_home.url in said) == (2, False)


def test_what_needs_a_restart_is_said_and_left_as_it_is(at_home: Installation) -> None:
    at_home.edit(
        ("host: 127.0.0.1", "host: irc.example.org, sasl: {account: bot, password: s3cret}"),
        ("tls: false", "tls: true, channels: {extra: ['#mentoring']}"),
        ("contact: mentoring@example.org", "contact: hello@example.org"),
    )
    said = at_home.reload()
    assert "in force after a restart only: irc.host, irc.tls, irc.realname, irc.sasl.account" in said
    assert "s3cret" not in said
    config = at_home.world.app.config
    assert (config.irc.host, config.irc.tls) == ("127.0.0.1", False)
    assert config.programme.contact == "hello@example.org"
    assert ("#mentoring", None) in service.channels(at_home.world.app)
    assert "in force after a restart only" in at_home.reload()


def test_the_new_config_is_not_in_force_if_the_commit_fails(at_home: Installation) -> None:
    at_home.edit(("contact: mentoring@example.org", "contact: hello@example.org"))
    before = at_home.world.app.config

    @event.listens_for(at_home.world.app.engine, "commit")
    def lost(_connection: Connection) -> None:
        raise ConnectionError("the commit was lost")

    with pytest.raises(ConnectionError):
        at_home.world.say("dora", "reload")
    assert at_home.world.app.config is before


def test_reading_the_config_is_for_organizers(at_home: Installation) -> None:
    assert "is for organizers" in at_home.world.say("ada", "reload", account="ada")[0]
