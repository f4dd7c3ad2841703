"""Every window and time-out in one frozen value, handed in by `wiring.build`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta


@dataclass(frozen=True, slots=True)
class Limits:
    """All windows of product.md; a test or a rehearsal hands in its own."""

    # Identity
    proof_wait: timedelta = timedelta(seconds=5)
    claim: timedelta = timedelta(days=14)
    unproven_seat: timedelta = timedelta(days=14)
    unproven_warnings: tuple[timedelta, ...] = (timedelta(days=7), timedelta(days=12))

    # Sign up
    offer: timedelta = timedelta(hours=72)
    first_again: timedelta = timedelta(days=14)
    unproven_joins: int = 3
    unproven_joins_window: timedelta = timedelta(minutes=10)
    absent_hint: timedelta = timedelta(days=3)

    # Talking
    commands: int = 20
    commands_window: timedelta = timedelta(seconds=30)
    commands_pause: timedelta = timedelta(minutes=1)
    undo: timedelta = timedelta(minutes=10)
    question: timedelta = timedelta(minutes=10)
    go_on: timedelta = timedelta(minutes=1)  # with `...`, after one's last line of answers
    link_receipts: int = 3
    text: int = 400  # characters of one free text: a line of 512 bytes cannot carry more in most scripts
    about: int = 200
    title: int = 80

    # Rounds
    open_for: timedelta = timedelta(hours=72)
    late: timedelta = timedelta(hours=36)
    ends_soon: timedelta = timedelta(weeks=2)  # before a run's end its people are told
    mentor_quiet: timedelta = timedelta(days=14)
    mentor_gone: timedelta = timedelta(days=21)
    first_for_good: timedelta = timedelta(days=3650)

    # Blockers
    untaken: timedelta = timedelta(hours=24)  # then mentors are told
    untaken_long: timedelta = timedelta(hours=48)  # then organizers
    taker_silent: timedelta = timedelta(hours=72)
    taker_asked: timedelta = timedelta(hours=48)  # to say a word, else it is open again
    unnamed_answers: int = 2  # of whoever is stuck, then they are asked
    stale: timedelta = timedelta(weeks=1)  # to answer that

    # Absences
    away: timedelta = timedelta(weeks=2)  # without a day named
    away_asked: timedelta = timedelta(hours=72)  # to say whether such an absence is over
    mentors_enough: int = 2

    # What waits on a person
    export: timedelta = timedelta(hours=24)  # a link to it
    wait_again: timedelta = timedelta(hours=24)  # then it is said once more to those who can act
    wait_long: timedelta = timedelta(hours=72)  # then organizers hear of it

    # Channels
    lost_grace: timedelta = timedelta(seconds=10)  # a channel back by then is told of once, when it is back

    # Database and outbox
    database_wait: timedelta = timedelta(seconds=30)
    one_moment: timedelta = timedelta(seconds=2)
    last_words: timedelta = timedelta(seconds=3)  # of a bot whose turn ends, to say that it could do nothing
    outbox_batch: int = 10
    hint_again: timedelta = timedelta(hours=24)
