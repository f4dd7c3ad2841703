"""What waits for somebody: told where their settings keep it from them, and said when they ask for it."""

from __future__ import annotations

import logging

from sqlalchemy.engine import Connection

from cohortbot.domain.absence import Missed
from cohortbot.domain.asking import SomethingWaits, WordsWait
from cohortbot.domain.message import ToChannel
from cohortbot.domain.model import Membership, MemberState, Person
from cohortbot.domain.undelivered import WHY, Why
from cohortbot.service import archive
from cohortbot.service.app import App
from cohortbot.service.arrivals import Arrival, known
from cohortbot.service.briefing import meanwhile
from cohortbot.service.call import Call, handles
from cohortbot.service.hints import HINT, hint
from cohortbot.service.logpaths import public_path
from cohortbot.service.outbox import COMPOSERS, composes
from cohortbot.service.presence import Presence
from cohortbot.service.reply import Reply
from cohortbot.store import cohorts, memberships, outbox
from cohortbot.store.engine import transaction
from cohortbot.store.outbox import Entry

log = logging.getLogger(__name__)

AT_ONCE = 3  # words said for one `missed`: product.md, Manners


@handles("missed")
def missed(call: Call) -> list[Reply]:
    """Has what waits for the speaker said now, through the outbox as ever: offers, then the oldest.

    Then what happened in each of their cohorts since they last spoke in its channel.
    """
    call.app.floor.asked_what_waits(call.message.connection, call.now)
    entries = _waiting(call)
    wait = [one for one in entries if one.state == "pending"]
    for one in wait[:AT_ONCE]:
        outbox.say_now(call.tx, one.id)
    answers = call.presence.unheard(call.message.nick)
    now, later = len(wait[:AT_ONCE]) + answers, len(wait[AT_ONCE:])
    waiting = WordsWait(now, later, on_their_way=len(entries) - len(wait))
    news = [call.privately(one) for one in _news(call)]
    if news and not (now or later or waiting.on_their_way):
        return news
    return [call.privately(waiting), *news]


def _news(call: Call) -> list[Missed]:
    me = call.speaker.person
    mine = memberships.live_of(call.tx, me.id) if me is not None else []
    told = [_since_they_spoke(call, me, one) for one in mine if me and one.state is MemberState.ACTIVE]
    return [one for one in told if one.meanwhile.is_news or one.named][:AT_ONCE]


def _since_they_spoke(call: Call, me: Person, mine: Membership) -> Missed:
    cohort = cohorts.by_id(call.tx, mine.cohort_id)
    since = mine.spoke_at or mine.state_since
    try:
        lines = archive.naming(call.app, cohort, me.nick, call.message.bot_nick, since)
    except archive.LogsAway as fault:
        log.warning("%s", fault)
        lines = []
    path = public_path(call.app, cohort, lines[0]) if lines else None
    return Missed(
        since, call.zone(cohort), len(lines), path, meanwhile(call.tx, cohort, mine, since, call.now)
    )


def _waiting(call: Call) -> list[Entry]:
    """What was not said to the speaker yet and is still true."""
    if call.speaker.person is None:
        return []
    entries = outbox.waiting_for(call.tx, call.speaker.person.id, call.network, call.now)
    with call.tx.begin_nested() as look:  # to say some words is to ask a question, and none is said yet
        true = [one for one in entries if COMPOSERS[one.kind](call.app, call.tx, one) is not None]
        look.rollback()
    return sorted(true, key=lambda one: one.kind != "offer")


def could_not_hear(app: App, whom: Arrival, code: str, presence: Presence) -> list[Reply]:
    """The settings of somebody keep an answer from them: they are told so in a channel of ours."""
    return transaction(app.engine, lambda tx: _could_not_hear(app, tx, whom, code, presence))


def _could_not_hear(app: App, tx: Connection, whom: Arrival, code: str, presence: Presence) -> list[Reply]:
    why = WHY.get(code, Why.SETTINGS)
    person = known(tx, whom, presence)
    if person is not None:
        hint(app, tx, person.id, whom.nick, why, presence, whom.at)
        return []
    for cohort in cohorts.all_of(tx, app.network):
        if presence.in_channel(whom.nick, cohort.channel):
            return [Reply(ToChannel(cohort.channel, whom.nick), SomethingWaits(why))]
    return []


@composes(HINT)
def something_waits(_app: App, _tx: Connection, entry: Entry) -> SomethingWaits | None:
    """Said once, or not at all."""
    return SomethingWaits(Why(entry.detail or "")) if entry.attempts == 0 else None
