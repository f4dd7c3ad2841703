"""Being away: nothing is asked meanwhile, and who mentors hands over; back again, with a briefing."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from functools import partial

from sqlalchemy.engine import Connection

from cohortbot.domain.absence import (
    AwayLonger,
    AwayNoted,
    AwayWords,
    Back,
    Briefing,
    SetAway,
    StillAway,
    end_of,
    read_away,
)
from cohortbot.domain.message import Timing
from cohortbot.domain.model import Cohort, MemberState, Person, Role
from cohortbot.domain.refusals import NotInAny, NotTheirMentee, TooLong
from cohortbot.service import coverage, covers, handover, seats
from cohortbot.service.app import App
from cohortbot.service.asked import Word, answers
from cohortbot.service.briefing import briefing
from cohortbot.service.call import Call, Refused, handles
from cohortbot.service.coverage import day_in, mentored
from cohortbot.service.outbox import composes
from cohortbot.service.reply import Reply
from cohortbot.store import away, blockers, cohorts, events, memberships, outbox, people, questions
from cohortbot.store.away import Absence, CoverState
from cohortbot.store.engine import reading, transaction
from cohortbot.store.outbox import Entry
from cohortbot.store.questions import Question


@handles("away")
def away_(call: Call) -> AwayNoted:
    """Notes an absence of the speaker or, by who may, of another; said again it changes what is said anew."""
    zone = _zone(call)
    today = day_in(zone, call.now)
    words = read_away(call.args.text or "", today)
    if not isinstance(words, AwayWords):
        raise Refused(words)
    if words.why is not None and len(words.why) > call.app.limits.text:
        raise Refused(TooLong("reason", call.app.limits.text, len(words.why)))
    absent = _whose(call, words)
    away.lock(call.tx, absent.id)
    if words.cover is not None:
        covers.require_fit(call, absent, call.anybody(words.cover))
    before = _open_now(call.app, call.tx, absent, call.now)
    absence = _begin(call, absent, words, zone) if before is None else _change(call, before, words, zone)
    if words.cover is not None:
        _name_cover(call, absence, call.anybody(words.cover))
    let_go = _hand_over(call, absent) if away.cover_of(call.tx, absence.id) is None else ()
    if before is None or absence.last_day != before.last_day:
        _tell_whom_another_set_away(call, absence)
    return _noted(call, absent, absence, let_go, zone, again=absence == before and words.cover is None)


def _zone(call: Call) -> str:
    """The speaker's zone, else that of their first cohort."""
    me = call.speaker.person
    mine = memberships.live_of(call.tx, me.id) if me is not None else []
    return call.zone(cohorts.by_id(call.tx, mine[0].cohort_id) if mine else None)


def _whose(call: Call, words: AwayWords) -> Person:
    if words.nick is not None:
        return _another(call, words.nick)
    me = call.speaker.person
    is_known = me is not None and (
        memberships.live_of(call.tx, me.id) or away.covered_by(call.tx, me.id, call.now)
    )
    if me is None or not (is_known or call.speaker.organizer):
        raise Refused(NotInAny())
    return me


def _another(call: Call, nick: str) -> Person:
    """Whom the speaker may set away: an organizer anybody, a mentor a mentee of theirs."""
    call.require_proof()
    person = call.person(nick)
    if call.speaker.organizer or person.id == call.me().id:
        return person
    theirs = memberships.live_of(call.tx, person.id)
    seats = [one for one in theirs if one.role is Role.MENTEE and one.state is MemberState.ACTIVE]
    if not any(call.mentors_it(cohorts.by_id(call.tx, one.cohort_id), call.me()) for one in seats):
        raise Refused(NotTheirMentee(person.nick))
    return person


def _open_now(app: App, tx: Connection, absent: Person, now: datetime) -> Absence | None:
    """Their absence; one whose end the clock has yet to notice is ended first."""
    one = away.open_of(tx, absent.id)
    if one is not None and one.until <= now:
        finish(app, tx, one, one.until)
        _post_briefing(tx, absent, one, now)
        return None
    return one


def _begin(call: Call, absent: Person, words: AwayWords, zone: str) -> Absence:
    """From now on nothing is asked of them, and they stand in for nobody."""
    last_day = words.until or day_in(zone, call.now + call.app.limits.away)
    one = away.begin(
        call.tx,
        absent.id,
        by=call.me().id,
        now=call.now,
        until=end_of(last_day, zone),
        last_day=last_day,
        named=words.until is not None,
        why=words.why,
    )
    call.record("away", person=absent.id, detail=last_day.isoformat())
    covers.withdraw(call.app, call.tx, absent.id, call.now)
    for goal in mentored(call.tx, absent.id):
        coverage.lost(call.app, call.tx, goal.id, call.now)
    return one


def _change(call: Call, before: Absence, words: AwayWords, zone: str) -> Absence:
    """What is said anew counts: the day, the reason; the rest stays as it was."""
    until = end_of(words.until, zone) if words.until is not None else before.until
    if words.until is not None and (until, True) != (before.until, before.named):
        day = {"until": until, "last_day": words.until, "named": True, "asked_at": None}
        away.change(call.tx, before.id, **day)
        call.record("away", person=before.person_id, detail=words.until.isoformat())
        if (one := away.cover_of(call.tx, before.id)) is not None:
            covers.moved(call.app, call.tx, one, call.now)
    if words.why is not None:
        away.change(call.tx, before.id, why=words.why)
    return away.by_id(call.tx, before.id)


def _name_cover(call: Call, absence: Absence, candidate: Person) -> None:
    """Another than was asked before takes their place; the same one is not asked twice."""
    before = away.cover_of(call.tx, absence.id)
    if before is not None and before.person_id == candidate.id:
        return
    if before is not None:
        covers.end(call.app, call.tx, before, call.now)
        for goal in mentored(call.tx, absence.person_id):
            coverage.lost(call.app, call.tx, goal.id, call.now)
    covers.ask(call.tx, absence, candidate, call.now)
    call.record("cover_asked", person=candidate.id)


def _hand_over(call: Call, absent: Person) -> tuple[int, ...]:
    """Nobody stands in: what they had taken anywhere is open again."""
    return handover.let_go(call.tx, blockers.taken_by(call.tx, absent.id), absent.id, call.now)


def _tell_whom_another_set_away(call: Call, absence: Absence) -> None:
    by = call.me()
    if by.id == absence.person_id:
        return
    person = people.by_id(call.tx, absence.person_id, call.network)
    outbox.put(
        call.tx,
        "set-away",
        f"set-away:{absence.id}:{call.message.msgid}",
        network=person.network,
        now=call.now,
        person=person.id,
        about=by.id,
        detail=str(absence.id),
    )


def _noted(
    call: Call, absent: Person, absence: Absence, let_go: tuple[int, ...], zone: str, *, again: bool
) -> AwayNoted:
    one = away.cover_of(call.tx, absence.id)
    nick = call.nick_of(one.person_id) if one is not None else None
    accepted = one is not None and one.state is CoverState.ACCEPTED
    return AwayNoted(
        nick=None if absent.id == call.me().id else absent.nick,
        last_day=absence.last_day,
        today=day_in(zone, call.now),
        zone=zone,
        named=absence.named,
        left=tuple(coverage.left_in(call.tx, goal, call.now) for goal in _nameable(call, absent)),
        asked=None if accepted else nick,
        covered_by=nick if accepted else None,
        open_again=let_go,
        again=again,
    )


def _nameable(call: Call, absent: Person) -> Sequence[Cohort]:
    """In a channel a cohort that is not public is not named, but in its own."""
    seen = call.names.channels if call.message.target is not None else None
    return [one for one in mentored(call.tx, absent.id) if seen is None or one.slug in seen]


# --- back


@handles("back")
def back(call: Call) -> list[Back | Reply]:
    """Ends the speaker's absence; what happened meanwhile is told privately."""
    return _back(call)


def _back(call: Call) -> list[Back | Reply]:
    me = call.speaker.person
    if me is not None:
        away.lock(call.tx, me.id)
    one = away.open_of(call.tx, me.id) if me is not None else None
    if me is None or one is None or not finish(call.app, call.tx, one, min(call.now, one.until)):
        return [Back(was_away=False)]
    call.record("back", person=me.id)
    told = briefing(call.app, call.tx, me, away.by_id(call.tx, one.id), call.now)
    return [Back(was_away=True), call.privately(told)]


def finish(app: App, tx: Connection, one: Absence, at: datetime) -> bool:
    """The absence is over, and with it what somebody else could do in their place; False when it was."""
    cover = away.cover_of(tx, one.id)
    if not away.end(tx, one.id, at):
        return False
    if cover is not None:
        covers.end(app, tx, cover, at)
    for goal in mentored(tx, one.person_id):
        coverage.gained(app, tx, goal.id, at)
    for mine in memberships.live_of(tx, one.person_id):
        if mine.state is MemberState.WAITING:  # a place may have been kept from being offered
            seats.fill(app, tx, cohorts.lock(tx, mine.cohort_id), at)
    return True


# --- the clock


def end_absences(app: App, now: datetime) -> None:
    """Absences whose last day is over end; those without a named day are asked about first."""
    with reading(app.engine) as tx:
        due = [one.id for one in away.over(tx, now)]
    for away_id in due:
        transaction(app.engine, partial(_time_is_over, app, away_id=away_id, now=now))


def _time_is_over(app: App, tx: Connection, away_id: int, now: datetime) -> None:
    """Decided anew with their absences locked: they, or another instance, may have been faster."""
    away.lock(tx, away.by_id(tx, away_id).person_id)
    one = away.by_id(tx, away_id)
    person = people.by_id(tx, one.person_id, app.network)
    if one.ended_at is not None or one.until > now or person.network != app.network:
        return
    if not one.named and one.asked_at is None:
        _ask_whether_over(app, tx, one, person, now)
        return
    finish(app, tx, one, one.until)
    events.record(tx, "back", now, way="tick", person=person.id)
    _post_briefing(tx, person, one, now)


def _ask_whether_over(app: App, tx: Connection, one: Absence, person: Person, now: datetime) -> None:
    until = now + app.limits.away_asked
    away.change(tx, one.id, asked_at=now, until=until)
    questions.ask(tx, "still-away", person.id, now, until, subject=one.id)
    _post(tx, "still-away", person, one, now, expires_at=until)


def _post_briefing(tx: Connection, person: Person, one: Absence, now: datetime) -> None:
    _post(tx, "briefing", person, one, now, timing=Timing.BY_DAY)


def _post(
    tx: Connection,
    kind: str,
    person: Person,
    one: Absence,
    now: datetime,
    *,
    expires_at: datetime | None = None,
    timing: Timing = Timing.NOW,
) -> None:
    key = f"{kind}:{one.id}:{one.last_day.isoformat()}"
    outbox.put(
        tx,
        kind,
        key,
        network=person.network,
        now=now,
        person=person.id,
        detail=str(one.id),
        expires_at=expires_at,
        timing=timing,
    )


@answers("still-away", Word.YES)
def still_away(call: Call, question: Question) -> AwayLonger:
    """Two weeks more."""
    one = _asked_about(call, question)
    zone = _zone(call)
    last_day: date = day_in(zone, call.now + call.app.limits.away)
    away.change(call.tx, one.id, until=end_of(last_day, zone), last_day=last_day, asked_at=None)
    call.record("away", person=one.person_id, detail=last_day.isoformat())
    return AwayLonger(last_day, day_in(zone, call.now), zone)


@answers("still-away", Word.NO)
def not_away(call: Call, _question: Question) -> list[Back | Reply]:
    return _back(call)


def _asked_about(call: Call, question: Question) -> Absence:
    away.lock(call.tx, question.person_id)
    return away.by_id(call.tx, question.subject or 0)


# --- words


@composes("set-away")
def set_away(app: App, tx: Connection, entry: Entry) -> SetAway | None:
    one = away.by_id(tx, int(entry.detail or 0))
    if one.ended_at is not None or entry.about_id is None:
        return None
    by = people.by_id(tx, entry.about_id, entry.network)
    person = people.by_id(tx, one.person_id, entry.network)
    return SetAway(by.nick, one.last_day, day_in(person.zone or by.zone or "UTC", app.now()), one.why)


@composes("still-away")
def asked_whether_over(_app: App, tx: Connection, entry: Entry) -> StillAway | None:
    one = away.by_id(tx, int(entry.detail or 0))
    if one.ended_at is not None or one.asked_at is None:
        return None
    return StillAway(one.until, people.by_id(tx, one.person_id, entry.network).zone or "UTC")


@composes("briefing")
def told_when_back(app: App, tx: Connection, entry: Entry) -> Briefing:
    one = away.by_id(tx, int(entry.detail or 0))
    return briefing(app, tx, people.by_id(tx, one.person_id, entry.network), one, app.now())
