"""`erase`: somebody wants to be forgotten, and is."""

from __future__ import annotations

import logging
import secrets
from datetime import datetime

from sqlalchemy.engine import Connection

from cohortbot.domain.identity import claim_word
from cohortbot.domain.model import MemberState, Person
from cohortbot.domain.privacy import EraseAsked, Erased, NothingKept
from cohortbot.domain.refusals import (
    EraseOneself,
    EraseWordWrong,
    NotTheClaiming,
    OrganizerOfConfig,
)
from cohortbot.service import absences, archive, covers, seats
from cohortbot.service.app import App
from cohortbot.service.call import Call, Refused, handles
from cohortbot.service.reply import Reply
from cohortbot.store import awards, away, erasing, events, memberships, people, questions

log = logging.getLogger(__name__)


@handles("erase me")
def erase_me(call: Call) -> Reply:
    """Says what goes and what stays, and a word; that said, it is done. Always answered privately."""
    return call.privately(_erase_me(call))


def _erase_me(call: Call) -> NothingKept | EraseAsked | Erased:
    me = call.speaker.person
    if me is None:
        return NothingKept()
    if not call.speaker.claiming:
        raise Refused(NotTheClaiming(me.nick, call.verb.name))
    _refuse_organizer_of_config(call, me)
    if call.args.word is None:
        return _ask(call, me)
    last = questions.latest(call.tx, me.id, "erase")
    if last is None or not last.open(call.now) or last.text != call.args.word.lower():
        raise Refused(EraseWordWrong())
    return _erase(call, me, None)


def _ask(call: Call, me: Person) -> EraseAsked:
    word, open_for = claim_word(secrets.choice), call.app.limits.question
    questions.ask(call.tx, "erase", me.id, call.now, call.now + open_for, text=word)
    live, badges = memberships.live_of(call.tx, me.id), awards.standing_of(call.tx, me.id)
    return EraseAsked(me.nick, len(live), len(badges), _public_lines(call, me), word, open_for)


@handles("erase")
def erase(call: Call) -> Erased:
    """An unproven person asks an organizer; who is proven says it themselves. The reason is kept nowhere."""
    call.require_organizer()
    person = call.person(call.args.nick or "")
    if any(one.proven for one in people.identities(call.tx, person.id, call.network)):
        raise Refused(EraseOneself(person.nick))
    return _erase(call, person, person.nick)


def _erase(call: Call, person: Person, nick: str | None) -> Erased:
    lines = _public_lines(call, person)
    live, badges = memberships.live_of(call.tx, person.id), awards.standing_of(call.tx, person.id)
    by = call.me().id
    forget(call.app, call.tx, person, call.now)
    events.record(call.tx, "erased", call.now, by=by, person=person.id)
    return Erased(nick, len(live), len(badges), lines)


def _refuse_organizer_of_config(call: Call, me: Person) -> None:
    named = {account.lower() for account in call.app.config.programme.organizers}
    for one in people.identities(call.tx, me.id, call.network):
        if one.account is not None and one.account.lower() in named:
            raise Refused(OrganizerOfConfig(one.account))


def forget(app: App, tx: Connection, person: Person, now: datetime) -> None:
    """Ends all that somebody does for the programme as if they had left, then forgets who they were."""
    away.lock(tx, person.id)
    absence = away.open_of(tx, person.id)
    if absence is not None:
        absences.finish(app, tx, absence, now)
    covers.withdraw(app, tx, person.id, now)
    for one in sorted(memberships.live_of(tx, person.id), key=lambda one: one.cohort_id):
        seats.end(app, tx, one, MemberState.LEFT, now)
        events.record(
            tx, "left", now, by=person.id, person=person.id, cohort=one.cohort_id, membership=one.id
        )
    for award in awards.standing_of(tx, person.id):
        awards.revoke(tx, award.id, now)
        events.record(tx, "revoked", now, person=person.id, cohort=award.cohort_id, award=award.id)
    erasing.forget(tx, person.id, now)


def _public_lines(call: Call, person: Person) -> int | None:
    nicks = {one.nick for one in people.identities(call.tx, person.id, call.network)}
    try:
        return archive.lines_of(call.app, call.tx, call.network, nicks | {call.message.nick})
    except archive.LogsAway as fault:
        log.warning("%s", fault)
        return None
