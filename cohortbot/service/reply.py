"""A reply is a value: where it goes and what it says, as an outcome that `texts` puts into words."""

from __future__ import annotations

from dataclasses import dataclass

from cohortbot.domain.message import Target
from cohortbot.domain.outcomes import Outcome


@dataclass(frozen=True, slots=True)
class OneMoment:
    """The database is away; the command is held."""


@dataclass(frozen=True, slots=True)
class ChangePassword:
    """A password was said in a channel: it was not written, but people saw it."""

    channel: str


@dataclass(frozen=True, slots=True)
class PasswordNotKept:
    """What was said privately reads as a services command with a password: it is no answer."""


@dataclass(frozen=True, slots=True)
class Fault:
    """A command met a fault of ours; the operator's log has it."""


@dataclass(frozen=True, slots=True)
class DayDigest:
    """What can wait until somebody's day begins, all at once, oldest first."""

    outcomes: tuple[Outcome, ...]


# What is said beside the outcomes of use cases.
Notice = OneMoment | ChangePassword | PasswordNotKept | Fault | DayDigest


@dataclass(frozen=True, slots=True)
class Reply:
    to: Target
    outcome: Outcome | Notice
