"""Those who have not answered an open round are reminded: twice at most, never at night or while away."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from sqlalchemy.engine import Connection

from cohortbot.chatlog import reading
from cohortbot.chatlog.line import Line, Message, kind
from cohortbot.domain import zones
from cohortbot.domain.deeds import Deed
from cohortbot.domain.message import LogAddress, Timing
from cohortbot.domain.model import Cohort, Membership, MemberState, Part, Person, Round, RoundState
from cohortbot.domain.refusals import AnsweredBefore, NoOpenRound
from cohortbot.domain.reminding import (
    REMINDERS,
    NudgesSet,
    QuoteFiled,
    QuoteLeft,
    Reminded,
    Reminder,
    RoundIsOpen,
    reminders_due,
)
from cohortbot.service.app import App
from cohortbot.service.asked import Word, answers
from cohortbot.service.call import Call, Refused, handles
from cohortbot.service.logpaths import public_path
from cohortbot.service.offers import next_checkin, zone_of
from cohortbot.service.outbox import composes
from cohortbot.store import away, cohorts, memberships, outbox, people, questions, rounds
from cohortbot.store.engine import reading as read_only
from cohortbot.store.engine import transaction
from cohortbot.store.outbox import Entry
from cohortbot.store.questions import Question

# --- by the clock


def remind_due(app: App, now: datetime) -> None:
    """Ask for the reminders whose time has come; who was away for the first gets the second alone."""
    with read_only(app.engine) as tx:
        due = [one for one in rounds.open_in(tx, app.network) if _behind(tx, one, now)]
    for one in due:
        transaction(app.engine, partial(_remind_due, one=one, now=now))


def _behind(tx: Connection, one: Round, now: datetime) -> list[int]:
    """The people of a round's roster who are to be reminded now, by id."""
    due = reminders_due(one.opened_at, one.closes_at, now)
    had = rounds.reminders(tx, one.id) if due else {}
    late = [person_id for person_id, reminders in had.items() if reminders < due]
    return _willing(tx, late, now) if late else []


def _willing(tx: Connection, person_ids: list[int], now: datetime) -> list[int]:
    """Those who are not away and want reminders."""
    absent = away.away_now(tx, person_ids, now)
    unwanted = people.without_nudges(tx, person_ids)
    return [each for each in person_ids if each not in absent and each not in unwanted]


def _remind_due(tx: Connection, one: Round, now: datetime) -> None:
    cohort = cohorts.by_id(tx, one.cohort_id)
    due = reminders_due(one.opened_at, one.closes_at, now)
    had = rounds.reminders(tx, one.id)
    for person_id in _behind(tx, one, now):
        _remind(tx, cohort, one, person_id, had[person_id], due, now)


def _remind(
    tx: Connection, cohort: Cohort, one: Round, person_id: int, had: int, now_has: int, now: datetime
) -> bool:
    """Have one person reminded, for the `now_has`-th time; False when somebody else has done it just now."""
    if not rounds.count_reminder(tx, one.id, person_id, had, now_has):
        return False
    outbox.withdraw(tx, now, kinds=["reminder"], round=one.id, person=person_id)
    outbox.put(
        tx,
        "reminder",
        f"reminder:{one.id}:{person_id}:{now_has}",
        network=cohort.network,
        now=now,
        person=person_id,
        cohort=cohort.id,
        round_=one.id,
        expires_at=one.closes_at,
        timing=Timing.BY_DAY,
    )
    return True


# --- by a mentor


@handles("remind")
def remind(call: Call) -> Reminded:
    """The next of the two comes early, for all who have not answered; nobody ever gets a third."""
    cohort = call.cohort()
    call.require_mentor(cohort)
    one = rounds.open_of(call.tx, cohort.id)
    if one is None or call.now >= one.closes_at:
        raise Refused(NoOpenRound(cohort.slug, next_checkin(call.tx, cohort, call.now), call.zone(cohort)))
    had = rounds.reminders(call.tx, one.id)
    willing = _willing(call.tx, list(had), call.now)
    reminded = [
        each
        for each in willing
        if had[each] < len(REMINDERS)
        and _remind(call.tx, cohort, one, each, had[each], had[each] + 1, call.now)
    ]
    known = people.by_ids(call.tx, reminded, call.network)
    asleep = sum(zones.is_night(zone_of(known[each], cohort), call.now) for each in reminded)
    call.record("reminded", cohort=cohort.id, round_=one.id)
    return Reminded(
        slug=cohort.slug,
        number=one.number,
        now=len(reminded) - asleep,
        by_day=asleep,
        had_both=len(willing) - len(reminded),
        unwilling=len(had) - len(willing),
    )


@handles("nudges on")
def nudges_on(call: Call) -> NudgesSet:
    return _set_nudges(call, on=True)


@handles("nudges off")
def nudges_off(call: Call) -> NudgesSet:
    return _set_nudges(call, on=False)


def _set_nudges(call: Call, *, on: bool) -> NudgesSet:
    people.set_nudges(call.tx, call.me().id, on)
    return NudgesSet(on)


# --- who comes in


def tell_of_open_round(tx: Connection, cohort: Cohort, one: Membership, now: datetime) -> None:
    """Who enters the channel while a round is open that they were asked in is told of it, once."""
    now_open = rounds.open_of(tx, cohort.id)
    if now_open is None or one.person_id not in rounds.reminders(tx, now_open.id):
        return
    if one.person_id not in _willing(tx, [one.person_id], now):
        return
    outbox.put(
        tx,
        "round-open",
        f"round-open:{now_open.id}:{one.person_id}",
        network=cohort.network,
        now=now,
        person=one.person_id,
        cohort=cohort.id,
        round_=now_open.id,
        expires_at=now_open.closes_at,
        timing=Timing.BY_DAY,
    )


# --- words


def _still_asked(
    tx: Connection, entry: Entry, now: datetime
) -> tuple[Cohort, Round, Person, Membership] | None:
    """Whom an entry reminds, of what; None when they have answered, left, gone away, or want it no more."""
    assert entry.cohort_id is not None and entry.round_id is not None and entry.person_id is not None
    one = rounds.by_id(tx, entry.round_id)
    seat = memberships.live(tx, entry.cohort_id, entry.person_id)
    if one.state is not RoundState.OPEN or seat is None or seat.state is not MemberState.ACTIVE:
        return None
    if rounds.has_answered(tx, one.id, entry.person_id) or not _willing(tx, [entry.person_id], now):
        return None
    person = people.by_id(tx, entry.person_id, entry.network)
    return cohorts.by_id(tx, entry.cohort_id), one, person, seat


@composes("reminder")
def reminder(app: App, tx: Connection, entry: Entry) -> Reminder | None:
    """With their talk in the channel since the round opened, which a «yes» until its end would file.

    One whose sending died is not said again.
    """
    asked = _still_asked(tx, entry, app.now()) if entry.attempts == 0 else None
    if asked is None:
        return None
    cohort, one, person, seat = asked
    said = _talk_since(app, tx, seat, one.opened_at, entry.network)
    if said is not None:
        text, line = said
        questions.ask(
            tx,
            "quote",
            person.id,
            app.now(),
            one.closes_at,
            cohort=cohort.id,
            subject=one.id,
            text=text,
            line=line,
        )
    return Reminder(
        slug=cohort.slug,
        number=one.number,
        tally=rounds.tally(tx, one.id),
        closes_at=one.closes_at,
        zone=zone_of(person, cohort),
        channel=cohort.channel,
        quoted=said[0] if said is not None else None,
    )


@composes("round-open")
def round_open(app: App, tx: Connection, entry: Entry) -> RoundIsOpen | None:
    asked = _still_asked(tx, entry, app.now())
    if asked is None:
        return None
    cohort, one, person, _ = asked
    return RoundIsOpen(cohort.slug, one.number, one.closes_at, zone_of(person, cohort))


def _talk_since(
    app: App, tx: Connection, seat: Membership, since: datetime, network: str
) -> tuple[str, LogAddress] | None:
    """Their last line in the channel that is long enough to be quoted, if it was said since an instant."""
    where = memberships.quotable(tx, seat, network)
    line = _line_at(app, where) if where is not None else None
    if where is None or line is None or not isinstance(line.event, Message):
        return None
    if line.at < since or kind(line.event) == "redacted":
        return None
    return line.event.text, where


def _line_at(app: App, where: LogAddress) -> Line | None:
    """The line as the log has it; None where it is gone or was taken out."""
    try:
        day = reading.day(app.config.logs.folder, where.network, where.channel, where.day, where.line)
        number, line = next(day, (0, None))
    except FileNotFoundError:
        return None
    return line if number == where.line and isinstance(line, Line) else None


# --- «yes» to the quote


@answers("quote", Word.YES)
def file_quote(call: Call, question: Question) -> QuoteFiled:
    """The talk becomes what they did, with the address at which it was said."""
    cohort, one = _asked_about(call, question)
    me = call.me()
    if one.state is not RoundState.OPEN or call.now >= one.closes_at:
        raise Refused(NoOpenRound(cohort.slug, next_checkin(call.tx, cohort, call.now), call.zone(cohort)))
    msgid = call.message.msgid
    if not rounds.filed(call.tx, msgid):
        if rounds.has_answered(call.tx, one.id, me.id):
            raise Refused(AnsweredBefore(cohort.slug, one.number))
        parts = ((Part.DID, question.text or ""),)
        rounds.file(
            call.tx, one.id, me.id, parts, private=False, at=call.now, msgid=msgid, line=question.line
        )
        call.record(Deed.ANSWERED, person=me.id, cohort=cohort.id, round_=one.id)
    return QuoteFiled(cohort.slug, one.number, public_path(call.app, cohort, question.line))


@answers("quote", Word.NO)
def leave_quote(call: Call, question: Question) -> QuoteLeft:
    cohort, one = _asked_about(call, question)
    return QuoteLeft(cohort.slug, one.number)


def _asked_about(call: Call, question: Question) -> tuple[Cohort, Round]:
    assert question.cohort_id is not None and question.subject is not None  # reminder, above
    return cohorts.by_id(call.tx, question.cohort_id), rounds.by_id(call.tx, question.subject)
