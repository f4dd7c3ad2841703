"""That nobody stays stuck unheard: the clock's words about blockers, and what people answer to them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from sqlalchemy.engine import Connection

from cohortbot.domain.checkins import Parts
from cohortbot.domain.helping import (
    Due,
    GivenBack,
    GivenUp,
    HelpGone,
    StillHelping,
    StillStuck,
    StillStuckNoted,
    StillYours,
    TakerSilent,
    Untaken,
    UntakenLong,
    decide_due,
    last_word,
    numbers_in,
)
from cohortbot.domain.message import Timing
from cohortbot.domain.model import Blocker, BlockerState, Cohort, Part
from cohortbot.domain.refusals import NothingAsked
from cohortbot.service.app import App
from cohortbot.service.asked import Word, answers
from cohortbot.service.call import Call, Refused, organizers
from cohortbot.service.outbox import composes
from cohortbot.store import away, blockers, cohorts, events, outbox, people, questions
from cohortbot.store.blockers import Watched
from cohortbot.store.engine import reading, transaction
from cohortbot.store.outbox import Entry
from cohortbot.store.questions import Question

# Told to those whose day has begun; what is asked of somebody, and that help has gone, is said at once.
_BY_DAY = frozenset({"untaken", "untaken-long"})

# --- by the clock


def look_after_blockers(app: App, now: datetime) -> None:
    """Whatever is due about unsolved blockers of active cohorts, a transaction for each of them."""
    with reading(app.engine) as tx:
        found = blockers.watched(tx, app.network, now, app.limits)
    for each in found:
        if _due(app, each, now):
            transaction(app.engine, partial(_look_after, app, number=each.blocker.id, now=now))


def _due(app: App, each: Watched, now: datetime) -> list[Due]:
    return decide_due(each.blocker, each.taker_spoke_at, each.owner_left_at, now, app.limits)


def _look_after(app: App, tx: Connection, number: int, now: datetime) -> None:
    """Decided anew while nobody else changes it: another instance may have done it meanwhile."""
    each = blockers.watch(tx, number)
    for due in _due(app, each, now) if each is not None else []:
        assert each is not None
        _DUTIES[due](app, tx, each.blocker, now)


def _tell_mentors(_app: App, tx: Connection, one: Blocker, now: datetime) -> None:
    blockers.change(tx, one.id, told=1)
    for mentor in away.acting_mentors(tx, one.cohort_id, now):
        _tell(tx, "untaken", one, mentor, one.open_since, now)


def _tell_organizers(app: App, tx: Connection, one: Blocker, now: datetime) -> None:
    blockers.change(tx, one.id, told=2)
    for organizer in organizers(app, tx, now):
        _tell(tx, "untaken-long", one, organizer.id, one.open_since, now)


def _ask_taker(_app: App, tx: Connection, one: Blocker, now: datetime) -> None:
    """Nothing is asked of somebody who is away."""
    assert one.taken_by is not None  # as its state says
    if away.away_now(tx, [one.taken_by], now):
        return
    blockers.change(tx, one.id, taker_asked_at=now)
    _tell(tx, "still-helping", one, one.taken_by, now, now)


def _let_go(_app: App, tx: Connection, one: Blocker, now: datetime) -> None:
    """Open again; mentors are told, and whoever is stuck."""
    assert one.taken_by is not None  # as its state says
    if not open_again(tx, one, now):
        return
    events.record(tx, "let_go", now, way="tick", person=one.taken_by, cohort=one.cohort_id, blocker=one.id)
    for mentor in away.acting_mentors(tx, one.cohort_id, now):
        _tell(tx, "taker-silent", one, mentor, now, now, about=one.taken_by)
    _tell(tx, "help-gone", one, one.person_id, now, now, about=one.taken_by)


def open_again(tx: Connection, one: Blocker, now: datetime) -> bool:
    """Nobody helps with it any more, and the clock begins anew; False when it changed meanwhile."""
    return bool(blockers.let_go(tx, [one], now))


def _ask_owner(_app: App, tx: Connection, one: Blocker, now: datetime) -> None:
    """Nothing is asked of somebody who is away."""
    if away.away_now(tx, [one.person_id], now):
        return
    blockers.change(tx, one.id, asked_at=now)
    _tell(tx, "still-stuck", one, one.person_id, now, now)


def _give_up(_app: App, tx: Connection, one: Blocker, now: datetime) -> None:
    if blockers.move_to(tx, one, BlockerState.STALE):
        events.record(
            tx, "stale", now, way="tick", person=one.person_id, cohort=one.cohort_id, blocker=one.id
        )


_DUTIES: dict[Due, Callable[[App, Connection, Blocker, datetime], None]] = {
    Due.TELL_MENTORS: _tell_mentors,
    Due.TELL_ORGANIZERS: _tell_organizers,
    Due.ASK_TAKER: _ask_taker,
    Due.LET_GO: _let_go,
    Due.ASK_OWNER: _ask_owner,
    Due.GIVE_UP: _give_up,
}


def note_answers(app: App, tx: Connection, cohort: Cohort, now: datetime) -> None:
    """A round is over: who has answered twice without a word of what they are stuck on is asked about it."""
    for one in blockers.unsolved(tx, cohort_id=cohort.id):
        if not one.owner_asked and blockers.unnamed_answers(tx, one) >= app.limits.unnamed_answers:
            _ask_owner(app, tx, one, now)


def note_named(tx: Connection, cohort: Cohort, person_id: int, parts: Parts, now: datetime) -> None:
    """What an answer names by its number is in the way still, and with `same` all that was."""
    if parts[0][0] is Part.SAME:
        blockers.name_again(tx, cohort.id, person_id, now)
    elif numbers := numbers_in(" ".join(text for _, text in parts)):
        blockers.name_again(tx, cohort.id, person_id, now, numbers)


def _tell(
    tx: Connection,
    kind: str,
    one: Blocker,
    person_id: int,
    since: datetime,
    now: datetime,
    about: int | None = None,
) -> None:
    """`since` tells one telling from the next: each is said once."""
    outbox.put(
        tx,
        kind,
        f"{kind}:{one.id}:{since.isoformat()}:{person_id}",
        network=cohorts.by_id(tx, one.cohort_id).network,
        now=now,
        person=person_id,
        cohort=one.cohort_id,
        about=about,
        detail=str(one.id),
        timing=Timing.BY_DAY if kind in _BY_DAY else Timing.NOW,
    )


# --- what they answer


@answers("still-helping", Word.YES)
def still_helping(call: Call, question: Question) -> StillYours:
    one = _taken_by_me(call, question)
    blockers.change(call.tx, one.id, taken_at=call.now)
    return StillYours(one.id)


@answers("still-helping", Word.NO)
def give_back(call: Call, question: Question) -> GivenBack:
    """Open again; whoever is stuck is told."""
    one = _asked_about(call, question)
    if one.state is BlockerState.OPEN and one.open_since == call.now:
        return GivenBack(one.id)  # by this very message, and its reply was lost
    one = _taken_by_me(call, question)
    me = call.me()
    if not open_again(call.tx, one, call.now):
        raise Refused(NothingAsked(call.verb.name))
    call.record("let_go", person=me.id, cohort=one.cohort_id, blocker=one.id)
    _tell(call.tx, "help-gone", one, one.person_id, call.now, call.now, about=me.id)
    return GivenBack(one.id)


def _taken_by_me(call: Call, question: Question) -> Blocker:
    one = _asked_about(call, question)
    if one.state is not BlockerState.TAKEN or one.taken_by != call.me().id:
        raise Refused(NothingAsked(call.verb.name))
    return one


@answers("still-stuck", Word.YES)
def still_stuck(call: Call, question: Question) -> StillStuckNoted:
    one = _unsolved(call, question)
    blockers.change(call.tx, one.id, named_at=call.now)
    return still_noted(call, one)


@answers("still-stuck", Word.NO)
def not_any_more(call: Call, question: Question) -> GivenUp:
    one = _asked_about(call, question)
    if one.state is BlockerState.STALE:
        return GivenUp(one.id)
    one = _unsolved(call, question)
    if not blockers.move_to(call.tx, one, BlockerState.STALE):
        raise Refused(NothingAsked(call.verb.name))
    call.record("stale", person=one.person_id, cohort=one.cohort_id, blocker=one.id)
    return GivenUp(one.id)


def still_noted(call: Call, one: Blocker) -> StillStuckNoted:
    return StillStuckNoted(cohorts.by_id(call.tx, one.cohort_id).slug, one.id, call.nick_of(one.taken_by))


def _unsolved(call: Call, question: Question) -> Blocker:
    one = _asked_about(call, question)
    if one.state not in blockers.UNSOLVED:
        raise Refused(NothingAsked(call.verb.name))
    return one


def _asked_about(call: Call, question: Question) -> Blocker:
    one = blockers.by_id(call.tx, question.subject or 0)
    assert one is not None  # as the composers below ask
    return one


# --- words


def _about(tx: Connection, entry: Entry) -> tuple[Cohort, Blocker]:
    assert entry.cohort_id is not None  # every kind below has it
    one = blockers.by_id(tx, int(entry.detail or 0))
    assert one is not None  # rows are never deleted while words about them wait
    return cohorts.by_id(tx, entry.cohort_id), one


def _nick(tx: Connection, person_id: int | None, entry: Entry) -> str:
    assert person_id is not None
    return people.by_id(tx, person_id, entry.network).nick


def _whose(tx: Connection, one: Blocker, entry: Entry) -> str | None:
    return None if one.private else _nick(tx, one.person_id, entry)


@composes("untaken")
def untaken(app: App, tx: Connection, entry: Entry) -> Untaken | None:
    """Nothing when somebody has taken it, or the reader mentors the cohort no more."""
    cohort, one = _about(tx, entry)
    if one.state is not BlockerState.OPEN:
        return None
    if entry.person_id not in away.acting_mentors(tx, cohort.id, app.now()):
        return None
    waits = app.now() - one.open_since
    return Untaken(cohort.slug, one.id, _nick(tx, one.person_id, entry), one.text, one.private, waits)


@composes("untaken-long")
def untaken_long(app: App, tx: Connection, entry: Entry) -> UntakenLong | None:
    cohort, one = _about(tx, entry)
    if one.state is not BlockerState.OPEN:
        return None
    acting = away.acting_mentors(tx, cohort.id, app.now())
    return UntakenLong(
        cohort.slug,
        one.id,
        _whose(tx, one, entry),
        None if one.private else one.text,
        app.now() - one.open_since,
        tuple(_nick(tx, mentor, entry) for mentor in acting),
    )


@composes("still-helping")
def ask_still_helping(app: App, tx: Connection, entry: Entry) -> StillHelping | None:
    """Asked when it is said. Nothing if they have let it go, or said a word meanwhile."""
    cohort, one = _about(tx, entry)
    watched = blockers.watch(tx, one.id)
    if watched is None or entry.person_id is None or one.taken_by != entry.person_id:
        return None
    word = last_word(one, watched.taker_spoke_at)
    if one.taker_asked_at is None or word >= one.taker_asked_at:
        return None
    until = one.taker_asked_at + app.limits.taker_asked
    questions.ask(tx, "still-helping", entry.person_id, app.now(), until, cohort=cohort.id, subject=one.id)
    zone = people.by_id(tx, entry.person_id, entry.network).zone or cohort.zone
    return StillHelping(cohort.slug, one.id, _whose(tx, one, entry), app.now() - word, until, zone)


@composes("taker-silent")
def taker_silent(_app: App, tx: Connection, entry: Entry) -> TakerSilent | None:
    cohort, one = _about(tx, entry)
    if one.state is not BlockerState.OPEN:
        return None
    return TakerSilent(cohort.slug, one.id, _nick(tx, entry.about_id, entry), _whose(tx, one, entry))


@composes("help-gone")
def help_gone(_app: App, tx: Connection, entry: Entry) -> HelpGone | None:
    _, one = _about(tx, entry)
    if one.state is not BlockerState.OPEN:
        return None
    return HelpGone(one.id, _nick(tx, entry.about_id, entry))


@composes("still-stuck")
def ask_still_stuck(app: App, tx: Connection, entry: Entry) -> StillStuck | None:
    """Asked when it is said. Nothing if it is solved, or they have said so meanwhile."""
    cohort, one = _about(tx, entry)
    if one.state not in blockers.UNSOLVED or not one.owner_asked:
        return None
    assert one.asked_at is not None  # Blocker.owner_asked
    until = one.asked_at + app.limits.stale
    questions.ask(tx, "still-stuck", one.person_id, app.now(), until, cohort=cohort.id, subject=one.id)
    zone = people.by_id(tx, one.person_id, entry.network).zone or cohort.zone
    return StillStuck(cohort.slug, one.id, one.text, until, zone)
