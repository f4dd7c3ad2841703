"""`report` and `feedback`: what somebody tells organizers who do not mentor them, and nobody else ever reads.

No record says that there was one: not the audit, not a log, not a reply to anybody but its readers.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.engine import Connection

from cohortbot.domain.message import Timing
from cohortbot.domain.model import Person
from cohortbot.domain.privacy import (
    NobodyToRead,
    ReportAsked,
    ReportDropped,
    ReportFor,
    ReportLeft,
    ReportSent,
    ReportTaken,
    YourReportTaken,
)
from cohortbot.domain.refusals import BadUsage, NothingAsked, PrivateOnly, TooLong
from cohortbot.service.app import App
from cohortbot.service.asked import Word, answers
from cohortbot.service.call import Call, Refused, every_organizer, handles
from cohortbot.service.outbox import composes
from cohortbot.service.reply import Reply
from cohortbot.service.waits import Wait, waits
from cohortbot.store import cohorts, memberships, outbox, people, questions, reports
from cohortbot.store.outbox import Entry
from cohortbot.store.questions import Question
from cohortbot.store.reports import Report


@dataclass(frozen=True, slots=True)
class _Organizers:
    readers: list[Person]
    mentoring: list[Person]


@handles("report")
@handles("feedback")
def report(call: Call) -> ReportAsked | NobodyToRead | Reply:
    """Says who will read it, and sends nothing yet."""
    if call.message.target is not None:  # what was said there, people have read
        return call.privately(PrivateOnly(call.verb.name))
    text, limit = call.args.text or "", call.app.limits.text
    if len(text) > limit:
        raise Refused(TooLong("report", limit, len(text)))
    me, open_for = call.me(), call.app.limits.question
    found = _organizers(call, me)
    mentoring = tuple(one.nick for one in found.mentoring)
    if not found.readers:
        return NobodyToRead(mentoring)
    questions.ask(call.tx, "report", me.id, call.now, call.now + open_for, text=text)
    return ReportAsked(tuple(one.nick for one in found.readers), mentoring, open_for)


def _organizers(call: Call, me: Person) -> _Organizers:
    """Away or not: those who mentor none of the speaker's cohorts nor stand in there, and those who do."""
    theirs = [cohorts.by_id(call.tx, one.cohort_id) for one in memberships.live_of(call.tx, me.id)]
    every = [one for one in every_organizer(call.app, call.tx, call.now) if one.id != me.id]
    mentoring = [one for one in every if any(call.mentors_it(each, one) for each in theirs)]
    return _Organizers([one for one in every if one not in mentoring], mentoring)


def leaves_out(call: Call, words: str) -> Person | None:
    """Whom `but NICK` leaves out of the report that the speaker was asked about; None if it does not fit."""
    me = call.speaker.person
    last = questions.latest(call.tx, me.id) if me is not None else None
    but, _, nick = words.partition(" ")
    if me is None or last is None or last.kind != "report" or not last.open(call.now) or but.lower() != "but":
        return None
    named = call.known(nick.strip())
    return next(
        (one for one in _organizers(call, me).readers if named is not None and one.id == named.id), None
    )


@answers("report", Word.YES, more=True)
def send(call: Call, question: Question) -> ReportSent | NobodyToRead:
    """To those who may read it now, but whom the speaker leaves out."""
    me = call.me()
    one = reports.by_msgid(call.tx, call.message.msgid)
    if one is None:
        found = _organizers(call, me)
        left_out = None
        if call.args.text is not None and (left_out := leaves_out(call, call.args.text)) is None:
            raise Refused(BadUsage(call.verb.name, call.verb.usage))
        readers = [each for each in found.readers if left_out is None or each.id != left_out.id]
        if not readers:
            return NobodyToRead(tuple(each.nick for each in found.mentoring))
        ids = [each.id for each in readers]
        one = reports.make(call.tx, me.id, question.text or "", ids, call.now, call.message.msgid)
        for reader in ids:
            call.post("report", f"report:{one.id}:{reader}", person=reader, detail=str(one.id))
        questions.forget_text(call.tx, question)
    known = people.by_ids(call.tx, one.readers, call.network)
    return ReportSent(tuple(known[each].nick for each in one.readers))


@answers("report", Word.NO)
def drop(call: Call, question: Question) -> ReportDropped:
    questions.forget_text(call.tx, question)
    return ReportDropped()


# --- those who read it


@composes("report")
@composes("report-again")
def ask_reader(app: App, tx: Connection, entry: Entry) -> ReportFor | None:
    """Asked when it is said; nothing once somebody sees to it, or its person was erased."""
    one = reports.by_id(tx, int(entry.detail or 0))
    if one is None or one.taken_by is not None or entry.person_id not in one.readers:
        return None
    until = app.now() + app.limits.wait_long
    questions.ask(tx, "report-for", entry.person_id, app.now(), until, subject=one.id)
    known = people.by_ids(tx, [one.person_id, *one.readers], entry.network)
    others = tuple(known[each].nick for each in one.readers if each != entry.person_id)
    return ReportFor(one.id, known[one.person_id].nick, one.text, others)


@answers("report-for", Word.YES)
def take(call: Call, question: Question) -> ReportTaken:
    """The first who does ends it for the others."""
    one, me = _asked(call, question), call.me()
    if not reports.take(call.tx, one.id, me.id, call.now) and one.taken_by != me.id:
        raise Refused(NothingAsked(call.verb.name))
    for kind in ("report", "report-again"):
        outbox.withdraw_detail(call.tx, call.now, kind, str(one.id))
    call.post("report-taken", f"report-taken:{one.id}", person=one.person_id, about=me.id)
    return ReportTaken(one.id, people.by_id(call.tx, one.person_id, call.network).nick)


@answers("report-for", Word.NO)
def leave_it(call: Call, question: Question) -> ReportLeft:
    return ReportLeft(_asked(call, question).id)


def _asked(call: Call, question: Question) -> Report:
    one = reports.by_id(call.tx, question.subject or 0)
    if one is None:
        raise Refused(NothingAsked(call.verb.name))
    return one


@composes("report-taken")
def report_taken(_app: App, tx: Connection, entry: Entry) -> YourReportTaken:
    assert entry.about_id is not None  # as posted above
    return YourReportTaken(people.by_id(tx, entry.about_id, entry.network).nick)


@waits
def unread(app: App, tx: Connection, before: datetime, _now: datetime) -> list[Wait]:
    """Reports that nobody sees to: said again to those who may read them, and to nobody else."""
    return [
        Wait(
            kind="report",
            key=str(one.id),
            since=one.at,
            to=one.readers,
            detail=str(one.id),
            timing=Timing.BY_DAY,
            then=("report-again", Timing.BY_DAY),
            closed=True,
        )
        for one in reports.waiting(tx, app.network, before)
    ]
