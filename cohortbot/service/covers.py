"""Standing in for a mentor who is away: asked, answered, lost, and over with the absence."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.engine import Connection

from cohortbot.domain.absence import (
    Candidate,
    CoverAsked,
    CoverDeclined,
    CoverFound,
    Covering,
    CoverLost,
    CoverOver,
    decide_cover,
)
from cohortbot.domain.message import Timing
from cohortbot.domain.model import Blocker, Cohort, Person, Role
from cohortbot.domain.refusals import BadUsage, NoCoverAsked
from cohortbot.service import coverage, handover
from cohortbot.service.app import App
from cohortbot.service.asked import Word, answers
from cohortbot.service.call import Call, Refused, handles, organizers
from cohortbot.service.coverage import day_in, mentored
from cohortbot.service.outbox import composes
from cohortbot.service.waits import Wait, waits
from cohortbot.store import away, blockers, memberships, outbox, people, questions
from cohortbot.store.away import Absence, Cover, CoverState
from cohortbot.store.outbox import Entry
from cohortbot.store.questions import Question


def require_fit(call: Call, absent: Person, candidate: Person) -> None:
    """Refused unless `candidate` may stand in for `absent` in every cohort that these mentor."""
    goals = mentored(call.tx, absent.id)
    refusal = decide_cover(
        absent,
        [one.slug for one in goals],
        _covers_for(call, absent),
        _as_candidate(call, candidate, goals),
        day_in(call.zone(), call.now),
    )
    if refusal is not None:
        raise Refused(refusal)


def _covers_for(call: Call, one: Person) -> str | None:
    accepted = away.accepted_by(call.tx, one.id, call.now)
    return call.nick_of(away.by_id(call.tx, accepted[0].away_id).person_id) if accepted else None


def _as_candidate(call: Call, person: Person, goals: Sequence[Cohort]) -> Candidate:
    slugs = {one.id: one.slug for one in goals}
    mine = memberships.live_of(call.tx, person.id)
    mentee_in = [slugs[one.cohort_id] for one in mine if one.role is Role.MENTEE and one.cohort_id in slugs]
    absence = away.away_now(call.tx, [person.id], call.now).get(person.id)
    return Candidate(person, mentee_in, absence.last_day if absence is not None else None)


def ask(tx: Connection, absence: Absence, candidate: Person, now: datetime) -> None:
    """Privately, at once and at any hour; the absence has no other live cover."""
    one = away.ask(tx, absence.id, candidate.id, now)
    questions.ask(tx, "cover", candidate.id, now, absence.until, subject=one.id)
    _post(tx, "cover-asked", one, candidate, now)


# --- what is answered


@handles("cover")
def cover(call: Call) -> Covering | CoverDeclined:
    """Answers the last one who asked; «no» by who stands in already ends that."""
    word = (call.args.word or "").lower()
    if word not in tuple(Word):
        raise Refused(BadUsage(call.verb.name, call.verb.usage))
    me = call.me()
    waiting = away.asked_of(call.tx, me.id, call.now) or away.accepted_by(call.tx, me.id, call.now)
    if not waiting:
        raise Refused(NoCoverAsked())
    return _answer(call, waiting[-1], Word(word))


@answers("cover", Word.YES)
def yes(call: Call, question: Question) -> Covering | CoverDeclined:
    return _answer(call, away.cover_by_id(call.tx, question.subject or 0), Word.YES)


@answers("cover", Word.NO)
def no(call: Call, question: Question) -> Covering | CoverDeclined:
    return _answer(call, away.cover_by_id(call.tx, question.subject or 0), Word.NO)


def _answer(call: Call, one: Cover, word: Word) -> Covering | CoverDeclined:
    call.require_proof()
    absence = away.by_id(call.tx, one.away_id)
    away.lock(call.tx, absence.person_id)
    one, absence = away.cover_by_id(call.tx, one.id), away.by_id(call.tx, one.away_id)
    lasts = absence.ended_at is None and absence.until > call.now
    if not lasts or one.state not in (CoverState.ASKED, CoverState.ACCEPTED):
        raise Refused(NoCoverAsked())
    absent = people.by_id(call.tx, absence.person_id, call.network)
    if word is Word.NO:
        lose(call.app, call.tx, one, CoverState.DECLINED, call.now)
        call.record("cover_declined", person=absent.id)
        return CoverDeclined(absent.nick, _who_else(call))
    again = one.state is CoverState.ACCEPTED
    passed: Sequence[Blocker] = ()
    if not again:
        require_fit(call, absent, call.me())
        passed = _accept(call, one, absent)
    named = [each.slug for each in mentored(call.tx, absent.id) if each.public or call.message.target is None]
    today = day_in(call.zone(), call.now)
    numbers = tuple(each.id for each in passed)
    return Covering(absent.nick, tuple(named), absence.last_day, today, numbers, _who_else(call), again)


def _accept(call: Call, one: Cover, absent: Person) -> list[Blocker]:
    """From this moment they may what the absent mentor may, and have what these had taken."""
    away.accept(call.tx, one, call.now)
    goals = mentored(call.tx, absent.id)
    taken = [each for goal in goals for each in blockers.taken_by(call.tx, absent.id, goal.id)]
    handover.pass_on(call.tx, taken, one.person_id, absent.id, call.now)
    for goal in goals:
        coverage.gained(call.app, call.tx, goal.id, call.now)
    call.record("covering", person=absent.id)
    _post(call.tx, "cover-found", one, absent, call.now)
    return taken


def _who_else(call: Call) -> str | None:
    waiting = away.asked_of(call.tx, call.me().id, call.now)
    return call.nick_of(away.by_id(call.tx, waiting[-1].away_id).person_id) if waiting else None


# --- how it ends


def end(app: App, tx: Connection, one: Cover, now: datetime) -> None:
    """Because the absence ends, or another is asked: what they had taken is its mentor's again."""
    absence = away.by_id(tx, one.away_id)
    if not away.close(tx, one, CoverState.ENDED) or one.state is not CoverState.ACCEPTED:
        return
    for goal in mentored(tx, absence.person_id):
        held = blockers.held_for(tx, one.person_id, absence.person_id, goal.id)
        handover.give_back(tx, held, absence.person_id, now)
    _post(tx, "cover-over", one, people.by_id(tx, one.person_id, app.network), now)


def lose(app: App, tx: Connection, one: Cover, state: CoverState, now: datetime) -> None:
    """Before the absence ends: what the absent or they had taken is open again, organizers are told."""
    absence = away.by_id(tx, one.away_id)
    if not away.close(tx, one, state):
        return
    for goal in mentored(tx, absence.person_id):
        held = blockers.taken_by(tx, absence.person_id, goal.id)
        held += blockers.held_for(tx, one.person_id, absence.person_id, goal.id)
        handover.let_go(tx, held, absence.person_id, now)
        coverage.lost(app, tx, goal.id, now)
    tell_lost(app, tx, one, now)
    _post(tx, "cover-lost", one, people.by_id(tx, absence.person_id, app.network), now)


def tell_lost(app: App, tx: Connection, one: Cover, now: datetime) -> None:
    for organizer in organizers(app, tx, now):
        _post(tx, "cover-lost", one, organizer, now)


def withdraw(app: App, tx: Connection, person_id: int, now: datetime) -> None:
    """Somebody goes away, or is barred: they stand in for nobody, and nobody waits for their answer."""
    for one in away.accepted_by(tx, person_id, now) + away.asked_of(tx, person_id, now):
        lose(app, tx, one, CoverState.ENDED, now)


def _post(tx: Connection, kind: str, one: Cover, to: Person, now: datetime) -> None:
    key = f"{kind}:{one.id}:{to.id}"
    outbox.put(tx, kind, key, network=to.network, now=now, person=to.id, detail=str(one.id))


def moved(app: App, tx: Connection, one: Cover, now: datetime) -> None:
    """The absence has another last day: whoever stands in is told, for they stand in until then."""
    if one.state is not CoverState.ACCEPTED:
        return
    person = people.by_id(tx, one.person_id, app.network)
    key = f"cover-moved:{one.id}:{now.isoformat()}"
    outbox.put(tx, "cover-moved", key, network=person.network, now=now, person=person.id, detail=str(one.id))


@waits
def unanswered(app: App, tx: Connection, before: datetime, now: datetime) -> list[Wait]:
    """Who was asked to stand in and has not said whether they do."""
    return [
        Wait(
            kind="cover-asked",
            key=str(one.id),
            since=one.asked_at,
            to=(one.person_id,),
            detail=str(one.id),
            then=("cover-lost", Timing.NOW),
        )
        for one in away.unanswered(tx, before, now)
        if people.by_id(tx, one.person_id, app.network).network == app.network
    ]


# --- words


def _about(tx: Connection, entry: Entry) -> tuple[Cover, Absence, Person, tuple[str, ...]]:
    """The cover, the absence that it is for, and whose that is, with the cohorts that they mentor."""
    one = away.cover_by_id(tx, int(entry.detail or 0))
    absence = away.by_id(tx, one.away_id)
    absent = people.by_id(tx, absence.person_id, entry.network)
    return one, absence, absent, tuple(goal.slug for goal in mentored(tx, absent.id))


def _reader(tx: Connection, entry: Entry) -> Person:
    assert entry.person_id is not None  # all of these are private words
    return people.by_id(tx, entry.person_id, entry.network)


def _is_open(absence: Absence, now: datetime) -> bool:
    return absence.ended_at is None and absence.until > now


@composes("cover-asked")
def cover_asked(app: App, tx: Connection, entry: Entry) -> CoverAsked | None:
    one, absence, absent, slugs = _about(tx, entry)
    if one.state is not CoverState.ASKED or not _is_open(absence, app.now()) or not slugs:
        return None
    zone = _reader(tx, entry).zone or "UTC"
    since = one.asked_at if entry.timing is Timing.DAILY else None
    today = day_in(zone, app.now())
    return CoverAsked(absent.nick, slugs, absence.last_day, today, absence.why, since, zone)


@composes("cover-found")
def cover_found(app: App, tx: Connection, entry: Entry) -> CoverFound | None:
    one, absence, absent, _ = _about(tx, entry)
    if one.state is not CoverState.ACCEPTED:
        return None
    nick = people.by_id(tx, one.person_id, entry.network).nick
    return CoverFound(nick, absence.last_day, day_in(absent.zone or "UTC", app.now()))


@composes("cover-moved")
def cover_moved(app: App, tx: Connection, entry: Entry) -> Covering | None:
    one, absence, absent, slugs = _about(tx, entry)
    if one.state is not CoverState.ACCEPTED or not _is_open(absence, app.now()):
        return None
    today = day_in(_reader(tx, entry).zone or "UTC", app.now())
    return Covering(absent.nick, slugs, absence.last_day, today, (), None, again=True)


@composes("cover-lost")
def cover_lost(app: App, tx: Connection, entry: Entry) -> CoverLost | None:
    """Nothing when somebody else stands in by now, or nobody need any more."""
    one, absence, absent, slugs = _about(tx, entry)
    if not _is_open(absence, app.now()) or away.cover_of(tx, absence.id) not in (None, one):
        return None
    reader = _reader(tx, entry)
    return CoverLost(
        nick=people.by_id(tx, one.person_id, entry.network).nick,
        absent=None if reader.id == absent.id else absent.nick,
        slugs=slugs,
        last_day=absence.last_day,
        today=day_in(reader.zone or "UTC", app.now()),
        since=one.asked_at if one.state is CoverState.ASKED else None,
        zone=reader.zone or "UTC",
    )


@composes("cover-over")
def cover_over(_app: App, tx: Connection, entry: Entry) -> CoverOver:
    _, _, absent, slugs = _about(tx, entry)
    return CoverOver(absent.nick, slugs)
