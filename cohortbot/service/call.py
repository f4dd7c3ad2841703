"""One command on its way through a use case: who speaks, where, about what, and in which transaction."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from sqlalchemy.engine import Connection

from cohortbot.domain.casemap import bare, fold
from cohortbot.domain.grammar import Args, Command, Names
from cohortbot.domain.message import Message, Proven, Target, ToChannel, ToPerson
from cohortbot.domain.model import Cohort, Membership, MemberState, Person, Role
from cohortbot.domain.outcomes import Outcome
from cohortbot.domain.refusals import (
    CohortNeeded,
    MentorsOnly,
    NobodyOfThatName,
    NotIdentified,
    OrganizersOnly,
    Refusal,
)
from cohortbot.domain.verbs import Verb
from cohortbot.service.app import App
from cohortbot.service.presence import Presence
from cohortbot.service.reply import Reply
from cohortbot.store import away, cohorts, events, memberships, outbox, people


@dataclass(frozen=True)
class Speaker:
    """Who is speaking: `person` is None until somebody unknown does something that makes them known.

    `claiming`: this is the connection that claimed the unproven person (or proof makes it moot).
    """

    person: Person | None
    proven: bool
    organizer: bool
    claiming: bool


class Refused(Exception):
    """A use case ends here with this refusal; the transaction is rolled back, since nothing may change."""

    def __init__(self, refusal: Refusal) -> None:
        super().__init__(type(refusal).__name__)
        self.refusal = refusal


@dataclass(frozen=True)
class Call:
    """Everything a handler may touch. Handlers return outcomes; `call.tx` is the one transaction.

    What reaches beyond the database waits in `after_commit`, and is not done if the transaction fails.
    """

    app: App
    tx: Connection
    message: Message
    presence: Presence
    speaker: Speaker
    command: Command
    args: Args
    names: Names
    after_commit: list[Callable[[], object]]

    @property
    def verb(self) -> Verb:
        return self.command.verb

    @property
    def now(self) -> datetime:
        return self.message.at

    @property
    def network(self) -> str:
        return self.message.network

    def fold(self, nick: str) -> str:
        return fold(bare(nick), self.presence.casemapping)

    # --- people

    def me(self) -> Person:
        """The speaker as a person, made known now if they were not."""
        if self.speaker.person is not None:
            return self.speaker.person
        message = self.message
        return people.meet(
            self.tx, self.network, message.nick, message.proof, message.connection, self.fold, self.now
        )

    def person(self, nick: str) -> Person:
        """Whom `nick` means; refused with the nearest names when nobody is called so."""
        found = self.known(nick)
        if found is None:
            raise Refused(NobodyOfThatName(nick, nearest_nicks(self.tx, self.network, nick)))
        return found

    def known(self, nick: str) -> Person | None:
        """Whom `nick` means: who is known by it, else the known person who bears it now."""
        found = people.by_nick(self.tx, self.network, self.fold(nick))
        connection = self.presence.connection_of(nick)
        if found is not None or connection is None:
            return found
        proof = self.presence.proof_of(nick)
        if isinstance(proof, Proven):
            return people.by_account(self.tx, self.network, self.fold(proof.account))
        return people.by_connection(self.tx, self.network, connection)

    def anybody(self, nick: str) -> Person:
        """Whom `nick` means: also somebody in sight whom the bot meets only now, as the server knows them."""
        found = self.known(nick)
        connection = self.presence.connection_of(nick)
        if found is not None or connection is None:
            return found or self.person(nick)
        proof = self.presence.proof_of(nick)
        return people.meet(self.tx, self.network, nick, proof, connection, self.fold, self.now)

    def nick_of(self, person_id: int | None) -> str | None:
        return people.by_id(self.tx, person_id, self.network).nick if person_id is not None else None

    def nicks_of(self, members: Sequence[Membership]) -> tuple[str, ...]:
        known = people.by_ids(self.tx, [one.person_id for one in members], self.network)
        return tuple(known[one.person_id].nick for one in members)

    # --- cohorts

    def cohort(self, slug: str | None = None) -> Cohort:
        """The cohort that the arguments name; asked for when they name none."""
        slug = slug or self.args.cohort
        found = cohorts.by_slug(self.tx, slug) if slug is not None else None
        if found is None:
            own, there = tuple(self.names.own), tuple(self.names.channels)
            raise Refused(CohortNeeded(self.verb.name, self.verb.usage, own, there))
        return found

    def zone(self, cohort: Cohort | None = None) -> str:
        """The speaker's zone, else the cohort's, else UTC."""
        if self.speaker.person is not None and self.speaker.person.zone is not None:
            return self.speaker.person.zone
        return cohort.zone if cohort is not None else "UTC"

    def require_proof(self) -> None:
        if not self.speaker.proven:
            raise Refused(NotIdentified(self.verb.name, self.message.proof))

    def require_mentor(self, cohort: Cohort) -> Person:
        """The speaker, if a proven mentor of this cohort or an organizer."""
        self.require_proof()
        me = self.me()
        if self.speaker.organizer or self.mentors_it(cohort, me):
            return me
        raise Refused(MentorsOnly(cohort.slug, self.verb.name, self.mentor_nicks(cohort)))

    def require_organizer(self) -> Person:
        self.require_proof()
        if not self.speaker.organizer:
            raise Refused(
                OrganizersOnly(self.verb.name, tuple(organizer_accounts(self.app, self.tx).values()))
            )
        return self.me()

    def mentors_it(self, cohort: Cohort, person: Person) -> bool:
        """Whether somebody is a mentor of it, or stands in for one who is away."""
        one = memberships.live(self.tx, cohort.id, person.id)
        if one is not None and one.role is Role.MENTOR and one.state is MemberState.ACTIVE:
            return True
        return any(each.cohort_id == cohort.id for each in away.covered_by(self.tx, person.id, self.now))

    def mentor_nicks(self, cohort: Cohort) -> tuple[str, ...]:
        """Who acts as a mentor of it now; all its mentors when none of them is there."""
        acting = away.acting_mentors(self.tx, cohort.id, self.now)
        if not acting:
            return self.nicks_of(memberships.mentors(self.tx, cohort.id))
        known = people.by_ids(self.tx, acting, self.network)
        return tuple(known[each].nick for each in acting)

    # --- what follows

    def record(self, kind: str, **ids: Any) -> None:
        """One `event` row, by the speaker."""
        by = self.speaker.person or self.me()
        events.record(self.tx, kind, self.now, by=by.id, **ids)

    def post(self, kind: str, key: str, **ids: Any) -> None:
        """One thing to say that survives a crash (store.outbox.put)."""
        outbox.put(self.tx, kind, key, network=self.network, now=self.now, **ids)

    def privately(self, outcome: Outcome) -> Reply:
        return Reply(ToPerson(self.message.nick), outcome)

    def here(self, outcome: Outcome) -> Reply:
        return Reply(asked_where(self.message), outcome)


Handler = Callable[[Call], Outcome | Reply | Sequence[Outcome | Reply]]

HANDLERS: dict[str, Handler] = {}


def handles(verb: str) -> Callable[[Handler], Handler]:
    """Registers the one function that carries out `verb` of `domain.verbs`."""

    def register(handler: Handler) -> Handler:
        HANDLERS[verb] = handler
        return handler

    return register


def asked_where(message: Message) -> Target:
    """Replies go where the question was asked."""
    return ToChannel(message.target, message.nick) if message.target else ToPerson(message.nick)


def addressed(said: Outcome | Reply | Sequence[Outcome | Reply], message: Message) -> list[Reply]:
    """Replies go where the question was asked, unless the handler says otherwise."""
    several = said if isinstance(said, Sequence) else [said]
    return [one if isinstance(one, Reply) else Reply(asked_where(message), one) for one in several]


def organizer_accounts(app: App, tx: Connection) -> dict[str, str]:
    """Accounts of the organizers on the config's network, by a key without case: config's and added ones."""
    named = {account.lower(): account for account in app.config.programme.organizers}
    return people.organizers_added(tx, app.network) | named


def every_organizer(app: App, tx: Connection, now: datetime) -> list[Person]:
    """Who has never spoken is made known by their account, so that words wait for them."""
    return [
        people.by_account(tx, app.network, key)
        or people.make(tx, on=app.network, nick=account, nick_key=key, account=(account, key), now=now)
        for key, account in organizer_accounts(app, tx).items()
    ]


def organizers(app: App, tx: Connection, now: datetime) -> list[Person]:
    """The organizers who are not away, or all if all are."""
    every = every_organizer(app, tx, now)
    absent = away.away_now(tx, [one.id for one in every], now)
    return [one for one in every if one.id not in absent] or every


def nearest_nicks(tx: Connection, network: str, nick: str) -> tuple[str, ...]:
    return tuple(get_close_matches(nick, people.nicks(tx, network), n=3, cutoff=0.6))
