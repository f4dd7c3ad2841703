"""The tables, and with them the promises that the database itself keeps.

Seats are rows; one live membership a person and cohort; one open round a cohort; one round a slot; one answer
part a message; nobody confirms an award of their own. Texts that people said stand in `person.about`,
`answer`, `blocker`, `step`, `question`, `away`, `day_off`, `announcement`, `report` and nowhere else;
`event` and `outbox` hold ids and machine words only.
"""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    JSON,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    Index,
    Integer,
    Interval,
    MetaData,
    PrimaryKeyConstraint,
    String,
    Table,
    Text,
    Time,
    UniqueConstraint,
    text,
)

from cohortbot.store.types import UtcDateTime

metadata = MetaData(
    naming_convention={
        "pk": "pk_%(table_name)s",
        "fk": "fk_%(table_name)s_%(column_0_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "uq": "uq_%(table_name)s_%(column_0_name)s",
    }
)


def _id() -> Column[Integer]:
    return Column("id", Integer, primary_key=True)


def _to(table: str, name: str | None = None, *, nullable: bool = False) -> Column[Integer]:
    return Column(name or f"{table}_id", Integer, ForeignKey(f"{table}.id"), nullable=nullable)


def _address() -> list[Column[Any]]:
    """Where the line stands in the channel log; all null when it was said in private."""
    return [Column("log_channel", String), Column("log_day", Date), Column("log_line", Integer)]


network = Table(
    "network",
    metadata,
    Column("name", String, primary_key=True),
    # An account was seen here once: from then on nobody being provable means that services are down.
    Column("has_services", Boolean, nullable=False),
)

person = Table(
    "person",
    metadata,
    _id(),
    Column("made_at", UtcDateTime, nullable=False),
    Column("zone", String),
    Column("about", Text),
    # When they last said something to the bot or in a channel of theirs.
    Column("word_at", UtcDateTime),
    # Whether reminders are welcome.
    Column("nudges", Boolean, nullable=False, server_default=text("true")),
)

identity = Table(
    "identity",
    metadata,
    _id(),
    _to("person"),
    Column("network", String, nullable=False),
    Column("account", String),
    Column("account_key", String),
    # For an account: the nick it last spoke under. Without one: the nick that claimed.
    Column("nick", String, nullable=False),
    Column("nick_key", String, nullable=False),
    # The connection that claimed; null for accounts.
    Column("connection", String),
    Index(
        "uq_identity_account",
        "network",
        "account_key",
        unique=True,
        sqlite_where=text("account_key IS NOT NULL"),
        postgresql_where=text("account_key IS NOT NULL"),
    ),
    Index(
        "uq_identity_claimed",
        "network",
        "nick_key",
        unique=True,
        sqlite_where=text("account_key IS NULL"),
        postgresql_where=text("account_key IS NULL"),
    ),
    Index("ix_identity_nick", "network", "nick_key"),
    Index("ix_identity_person", "person_id"),
    Index("ix_identity_connection", "connection"),
)

organizer = Table(
    "organizer",
    metadata,
    Column("network", String, primary_key=True),
    Column("account_key", String, primary_key=True),
    Column("account", String, nullable=False),
    Column("added_at", UtcDateTime, nullable=False),
    _to("person", "added_by"),
)

# Who is barred is kept as a keyed hash, so that a bar can outlive the erasure of the person.
bar = Table(
    "bar",
    metadata,
    Column("network", String, primary_key=True),
    Column("digest", String, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    _to("person", "by_id"),
    Column("told_at", UtcDateTime),
)

# Random keys made once a database: `bar` for the digests above.
secret = Table(
    "secret",
    metadata,
    Column("name", String, primary_key=True),
    Column("value", String, nullable=False),
)

cohort = Table(
    "cohort",
    metadata,
    _id(),
    Column("slug", String, nullable=False, unique=True),
    Column("network", String, nullable=False),
    Column("title", Text, nullable=False),
    Column("goal", Text, nullable=False),
    Column("channel", String, nullable=False),
    Column("channel_key", String),
    Column("places", Integer, nullable=False),
    Column("mentors_wanted", Integer, nullable=False),
    Column("public", Boolean, nullable=False),
    Column("steps", JSON, nullable=False),
    Column("every_weeks", Integer),
    Column("weekday", Integer),
    Column("at", Time),
    Column("zone", String),
    Column("starts", Date),
    Column("open_for", Interval),
    # Dates without a check-in, as ISO 8601 says them; here and below null is none.
    Column("skip", JSON),
    Column("question", Text),
    Column("next_slugs", JSON),
    Column("ends", Date),
    Column("badge_name", Text),
    Column("badge_description", Text),
    Column("badge_criteria", Text),
    Column("state", String, nullable=False),
    Column("state_since", UtcDateTime, nullable=False),
    # Who paused or archived it; null when the config or the command line did.
    _to("person", "state_by", nullable=True),
    Column("made_at", UtcDateTime, nullable=False),
    # Slots before this instant are not due: set when a schedule begins or is edited.
    Column("due_from", UtcDateTime, nullable=False),
    # No check-in is due before this instant; null when that has to be found out anew.
    Column("due_at", UtcDateTime),
    # Since when organizers know that there is nobody to ask; null while there is somebody.
    Column("empty_since", UtcDateTime),
    # The `ends` of which its people have been told.
    Column("ends_told", Date),
    # Since when organizers know that fewer than two mentors are there; null while enough are.
    Column("few_mentors_since", UtcDateTime),
    # The settings as the config file last gave them: a value that differs from these is a new edit.
    Column("file_settings", JSON, nullable=False),
    CheckConstraint("state IN ('active', 'paused', 'ended', 'archived')", name="state"),
    CheckConstraint("places >= 1", name="places"),
    CheckConstraint("every_weeks IN (1, 2)", name="every_weeks"),
    UniqueConstraint("network", "channel", name="uq_cohort_channel"),
    Index("ix_cohort_due", "network", "state", "due_at"),
    Index(
        "ix_cohort_ends",
        "network",
        "ends",
        sqlite_where=text("ends IS NOT NULL"),
        postgresql_where=text("ends IS NOT NULL"),
    ),
)

# A date on which no cohort of a network has a check-in.
day_off = Table(
    "day_off",
    metadata,
    Column("network", String, primary_key=True),
    Column("day", Date, primary_key=True),
    # Whether it is one now; and whether the config named it when it was last read.
    Column("off", Boolean, nullable=False),
    Column("in_file", Boolean, nullable=False),
    # Who said so last, and why; null when the config did.
    _to("person", "by_id", nullable=True),
    Column("why", Text),
)

membership = Table(
    "membership",
    metadata,
    _id(),
    _to("cohort"),
    _to("person"),
    Column("role", String, nullable=False),
    Column("state", String, nullable=False),
    Column("state_since", UtcDateTime, nullable=False),
    Column("joined_at", UtcDateTime, nullable=False),
    # Place in the waitlist: lower rank first, then the earlier.
    Column("line_rank", Integer, nullable=False, server_default="1"),
    Column("line_since", UtcDateTime, nullable=False),
    # Held by the brake on unproven joins: waits, and is never offered a place.
    Column("held", Boolean, nullable=False, server_default=text("false")),
    Column("offered_until", UtcDateTime),
    # Until then a new `join` goes to the front of the waitlist.
    Column("first_until", UtcDateTime),
    # Since when they have not been in the channel; null while they are in it.
    Column("absent_since", UtcDateTime),
    Column("told_how_to_enter", Boolean, nullable=False, server_default=text("false")),
    Column("done_at", UtcDateTime),
    Column("done_url", Text),
    Column("claim_word", String, unique=True),
    Column("claim_until", UtcDateTime),
    Column("lapse_warnings", Integer, nullable=False, server_default="0"),
    # When they last said something in the cohort's channel; and where the last line of theirs there stands
    # that is long enough to be quoted as what they did.
    Column("spoke_at", UtcDateTime),
    *_address(),
    # A mentee's rounds in a row without a sign of life, by the end of the last one.
    Column("silent_rounds", Integer, nullable=False, server_default="0"),
    # When they were asked whether they are still here, since they last said anything.
    Column("asked_at", UtcDateTime),
    # When they said that they stay for the next run of a cohort that has ended.
    Column("stay_at", UtcDateTime),
    # Since when a mentor counts as quiet; null while they do not.
    Column("quiet_since", UtcDateTime),
    CheckConstraint("role IN ('mentee', 'mentor')", name="role"),
    CheckConstraint(
        "(role = 'mentee' AND state IN ('waiting', 'offered', 'active', 'completed', 'left', 'removed'))"
        " OR (role = 'mentor' AND state IN ('proposed', 'active', 'left', 'removed'))",
        name="state",
    ),
    Index(
        "uq_membership_live",
        "cohort_id",
        "person_id",
        unique=True,
        sqlite_where=text("state IN ('waiting', 'offered', 'active', 'proposed')"),
        postgresql_where=text("state IN ('waiting', 'offered', 'active', 'proposed')"),
    ),
    Index("ix_membership_person", "person_id"),
    Index("ix_membership_state", "cohort_id", "state"),
    # The few that the clock looks at: by what they are, and those of whom something is to be found out.
    Index("ix_membership_role", "state", "role"),
    Index(
        "ix_membership_done",
        "state",
        "done_at",
        sqlite_where=text("done_at IS NOT NULL"),
        postgresql_where=text("done_at IS NOT NULL"),
    ),
    Index(
        "ix_membership_absent",
        "state",
        "role",
        "absent_since",
        sqlite_where=text("absent_since IS NOT NULL"),
        postgresql_where=text("absent_since IS NOT NULL"),
    ),
)

seat = Table(
    "seat",
    metadata,
    Column("cohort_id", Integer, ForeignKey("cohort.id"), primary_key=True),
    Column("number", Integer, primary_key=True),
    Column("membership_id", Integer, ForeignKey("membership.id"), unique=True),
)

round_ = Table(
    "round",
    metadata,
    _id(),
    _to("cohort"),
    Column("number", Integer, nullable=False),
    # The local date of the schedule that it took; null when a mentor opened it beside the schedule.
    Column("slot", Date),
    Column("state", String, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    Column("closes_at", UtcDateTime, nullable=False),
    Column("closed_at", UtcDateTime),
    _to("person", "opened_by", nullable=True),
    Column("late", Boolean, nullable=False, server_default=text("false")),
    CheckConstraint("state IN ('open', 'closed', 'skipped', 'missed')", name="state"),
    UniqueConstraint("cohort_id", "number", name="uq_round_number"),
    UniqueConstraint("cohort_id", "slot", name="uq_round_slot"),
    Index(
        "uq_round_open",
        "cohort_id",
        unique=True,
        sqlite_where=text("state = 'open'"),
        postgresql_where=text("state = 'open'"),
    ),
)

roster = Table(
    "roster",
    metadata,
    Column("round_id", Integer, ForeignKey("round.id"), primary_key=True),
    Column("person_id", Integer, ForeignKey("person.id"), primary_key=True),
    # How many of the two reminders they have had.
    Column("reminders", Integer, nullable=False, server_default="0"),
)

answer = Table(
    "answer",
    metadata,
    _id(),
    _to("round"),
    _to("person"),
    Column("part", String, nullable=False),
    Column("text", Text),
    Column("private", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("msgid", String, nullable=False),
    Column("continues", String),  # the msgid of the line that this one goes on from; text is all so far
    Column("undone_at", UtcDateTime),
    *_address(),
    CheckConstraint("part IN ('did', 'next', 'stuck', 'same', 'skip')", name="part"),
    UniqueConstraint("msgid", "part", name="uq_answer_msgid"),
    Index("ix_answer_round", "round_id", "person_id"),
)

# Parts of answers that were said while no round was open: they wait for the cohort's next one.
held_answer = Table(
    "held_answer",
    metadata,
    _id(),
    _to("cohort"),
    _to("person"),
    Column("part", String, nullable=False),
    Column("text", Text),
    Column("private", Boolean, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("msgid", String, nullable=False),
    Column("continues", String),
    *_address(),
    CheckConstraint("part IN ('did', 'next', 'stuck', 'same', 'skip')", name="part"),
    UniqueConstraint("msgid", "part", name="uq_held_answer_msgid"),
    Index("ix_held_answer_cohort", "cohort_id", "person_id"),
)

blocker = Table(
    "blocker",
    metadata,
    _id(),
    _to("cohort"),
    _to("person"),
    _to("round", nullable=True),
    Column("text", Text, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("state", String, nullable=False),
    Column("opened_at", UtcDateTime, nullable=False),
    _to("person", "taken_by", nullable=True),
    Column("taken_at", UtcDateTime),
    # For whom the taker stands in: it goes back to them; null for whoever took it as themselves.
    _to("person", "taken_for", nullable=True),
    _to("person", "solved_by", nullable=True),
    Column("solved_at", UtcDateTime),
    Column("how", Text),
    # When its taker let it go; null while that never happened.
    Column("reopened_at", UtcDateTime),
    # Who was told that nobody takes it: 1 its mentors, 2 organizers too.
    Column("told", Integer, nullable=False, server_default="0"),
    Column("taker_asked_at", UtcDateTime),
    # When whoever is stuck said so again; null before. And when they were asked whether they are.
    Column("named_at", UtcDateTime),
    Column("asked_at", UtcDateTime),
    Column("msgid", String, nullable=False, unique=True),
    *_address(),
    CheckConstraint("state IN ('open', 'taken', 'solved', 'stale', 'undone')", name="state"),
    Index("ix_blocker_cohort", "cohort_id", "state"),
    # The few that the clock looks at.
    Index(
        "ix_blocker_unsolved",
        "state",
        sqlite_where=text("state IN ('open', 'taken')"),
        postgresql_where=text("state IN ('open', 'taken')"),
    ),
    Index("ix_blocker_person", "person_id", "state"),
    # People say these numbers to each other: none is given twice, whatever is deleted.
    sqlite_autoincrement=True,
)

# What was done about a blocker, line by line: words added, taken, solved (with how), and their undoing.
step = Table(
    "step",
    metadata,
    _id(),
    _to("blocker"),
    _to("person"),
    Column("kind", String, nullable=False),
    Column("text", Text),
    Column("at", UtcDateTime, nullable=False),
    Column("msgid", String, nullable=False),
    *_address(),
    CheckConstraint("kind IN ('taken', 'added', 'solved', 'undone')", name="kind"),
    UniqueConstraint("msgid", "blocker_id", name="uq_step_msgid"),
    Index("ix_step_blocker", "blocker_id"),
)

award = Table(
    "award",
    metadata,
    _id(),
    Column("public_id", String, nullable=False, unique=True),
    _to("cohort"),
    _to("person"),
    _to("membership"),
    _to("person", "confirmed_by"),
    Column("confirmed_at", UtcDateTime, nullable=False),
    # Null while the badge waits for its person to identify.
    Column("issued_at", UtcDateTime),
    Column("revoked_at", UtcDateTime),
    Column("url", Text),
    CheckConstraint("confirmed_by <> person_id", name="not_oneself"),
    Index(
        "uq_award_membership",
        "membership_id",
        unique=True,
        sqlite_where=text("revoked_at IS NULL"),
        postgresql_where=text("revoked_at IS NULL"),
    ),
    Index("ix_award_person", "person_id"),
)

# An absence; the newest of a person that has not ended is in force until `until`.
away = Table(
    "away",
    metadata,
    _id(),
    _to("person"),
    # Who entered it: mostly they themselves.
    _to("person", "by_id"),
    Column("began_at", UtcDateTime, nullable=False),
    # The end of the last day, or of the time to answer what was asked at `asked_at`.
    Column("until", UtcDateTime, nullable=False),
    Column("last_day", Date, nullable=False),
    # Whether that day was named; else it is a guess, and they are asked on it.
    Column("named", Boolean, nullable=False),
    # When they were asked whether an absence without a named day is over.
    Column("asked_at", UtcDateTime),
    Column("ended_at", UtcDateTime),
    Column("why", Text),
    Index(
        "uq_away_open",
        "person_id",
        unique=True,
        sqlite_where=text("ended_at IS NULL"),
        postgresql_where=text("ended_at IS NULL"),
    ),
)

# Who was asked to stand in for an absent mentor, and does if they accepted.
cover = Table(
    "cover",
    metadata,
    _id(),
    _to("away"),
    _to("person"),
    Column("state", String, nullable=False),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("accepted_at", UtcDateTime),
    CheckConstraint("state IN ('asked', 'accepted', 'declined', 'ended')", name="state"),
    Index(
        "uq_cover_open",
        "away_id",
        unique=True,
        sqlite_where=text("state IN ('asked', 'accepted')"),
        postgresql_where=text("state IN ('asked', 'accepted')"),
    ),
    Index("ix_cover_person", "person_id", "state"),
)

# What an organizer has to say to cohorts: one row, however many channels it is said in.
announcement = Table(
    "announcement",
    metadata,
    _id(),
    _to("person", "by_id"),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("msgid", String, nullable=False, unique=True),
)

# What somebody tells few organizers: in no record, and read by those of `report_reader` alone.
report = Table(
    "report",
    metadata,
    _id(),
    _to("person"),
    Column("text", Text, nullable=False),
    Column("at", UtcDateTime, nullable=False),
    Column("msgid", String, nullable=False, unique=True),
    # Which of the readers sees to it, and since when.
    _to("person", "taken_by", nullable=True),
    Column("taken_at", UtcDateTime),
    sqlite_autoincrement=True,
)

report_reader = Table(
    "report_reader",
    metadata,
    Column("report_id", Integer, ForeignKey("report.id"), primary_key=True),
    Column("person_id", Integer, ForeignKey("person.id"), primary_key=True),
)

# A link that works once: of its token the SHA-256 alone is kept.
session = Table(
    "session",
    metadata,
    Column("digest", String, primary_key=True),
    Column("kind", String, nullable=False),
    _to("person"),
    Column("made_at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("used_at", UtcDateTime),
    CheckConstraint("kind IN ('export')", name="kind"),
    Index("ix_session_person", "person_id"),
)

# Something asked of one person, open until an instant; the newest of a person is the one that «yes» answers.
question = Table(
    "question",
    metadata,
    _id(),
    _to("person"),
    _to("cohort", nullable=True),
    Column("kind", String, nullable=False),
    # The id of what it is about, in a table that `kind` names.
    Column("subject", Integer),
    # What the person said and was asked about: the line that «yes» would file, and where it stands.
    Column("text", Text),
    *_address(),
    Column("asked_at", UtcDateTime, nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("answered_at", UtcDateTime),
    Index("ix_question_person", "person_id"),
)

event = Table(
    "event",
    metadata,
    _id(),
    Column("at", UtcDateTime, nullable=False),
    Column("kind", String, nullable=False),
    Column("way", String, nullable=False),
    _to("person", "by_id", nullable=True),
    _to("person", nullable=True),
    _to("cohort", nullable=True),
    _to("membership", nullable=True),
    _to("round", nullable=True),
    _to("blocker", nullable=True),
    _to("award", nullable=True),
    # Machine words only: a state, a key of the config.
    Column("detail", String),
    CheckConstraint("way IN ('irc', 'config', 'tick')", name="way"),
    Index("ix_event_cohort", "cohort_id", "at"),
    Index("ix_event_person", "person_id", "at"),
    Index("ix_event_by", "by_id", "at"),
)

outbox = Table(
    "outbox",
    metadata,
    _id(),
    Column("kind", String, nullable=False),
    Column("network", String, nullable=False),
    # To a person, or (null) to the cohort's channel.
    _to("person", nullable=True),
    _to("cohort", nullable=True),
    _to("membership", nullable=True),
    _to("round", nullable=True),
    _to("award", nullable=True),
    _to("person", "about_id", nullable=True),
    Column("detail", String),
    # When it may be said: at once, by day where the person is, or in the digest of their next day.
    Column("timing", String, nullable=False, server_default="now"),
    # One row a thing to say, however often the deed that asks for it is tried.
    Column("key", String, nullable=False, unique=True),
    Column("state", String, nullable=False),
    Column("made_at", UtcDateTime, nullable=False),
    Column("expires_at", UtcDateTime),
    Column("token", String),
    Column("attempts", Integer, nullable=False, server_default="0"),
    Column("settled_at", UtcDateTime),
    Column("reason", String),
    *_address(),
    CheckConstraint("state IN ('pending', 'sending', 'sent', 'refused', 'expired')", name="state"),
    CheckConstraint("person_id IS NOT NULL OR cohort_id IS NOT NULL", name="target"),
    Index("ix_outbox_state", "network", "state"),
    Index("ix_outbox_person", "person_id", "state"),
)

# Who has been told that a channel is logged; `who` is `account:…` or `nick:…`, folded.
told_logged = Table(
    "told_logged",
    metadata,
    Column("network", String, primary_key=True),
    Column("channel", String, primary_key=True),
    Column("who", String, primary_key=True),
)

# Channels that the bot should be in and is not, or was not for a while: their logs lack what was said then.
lost_channel = Table(
    "lost_channel",
    metadata,
    _id(),
    Column("network", String, nullable=False),
    Column("channel", String, nullable=False),
    Column("why", String, nullable=False),
    Column("since", UtcDateTime, nullable=False),
    # Null while it lasts.
    Column("until", UtcDateTime),
    # The reason that organizers were told of last.
    Column("told", String),
    Index(
        "uq_lost_channel",
        "network",
        "channel",
        unique=True,
        sqlite_where=text("until IS NULL"),
        postgresql_where=text("until IS NULL"),
    ),
)

# The bot's gauges, one row a network, for /status in the other process.
gauge = Table(
    "gauge",
    metadata,
    Column("network", String, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("connected_since", UtcDateTime),
    Column("last_tick", UtcDateTime),
    Column("queued", Integer, nullable=False),
    Column("reconnects", Integer, nullable=False),
    Column("errors", Integer, nullable=False),
)


def _place() -> tuple[Column[Any], ...]:
    """Where a bot runs: domain.lease.Place."""
    return (
        Column("token", String, nullable=False),
        Column("boot", String, nullable=False),
        Column("machine", String, nullable=False),
        Column("lock_file", String),
        Column("logs", String),
    )


# Which bot a network has. Its holder's transactions lock the row; so its signs of life are elsewhere.
lease = Table(
    "lease",
    metadata,
    Column("network", String, primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("held", Boolean, nullable=False),
    *_place(),
)

pulse = Table(
    "pulse",
    metadata,
    Column("network", String, primary_key=True),
    Column("epoch", Integer, nullable=False),
    Column("beats", Integer, nullable=False),
    Column("lasts", Integer, nullable=False),  # seconds within which it is renewed
)

# The bots that wait for a network's lease.
standby = Table(
    "standby",
    metadata,
    Column("network", String, nullable=False),
    *_place(),
    Column("beats", Integer, nullable=False),
    PrimaryKeyConstraint("token"),
)
