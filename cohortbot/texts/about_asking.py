"""What people ask about cohorts, each other and themselves, in words."""

from __future__ import annotations

from datetime import date, datetime
from typing import assert_never

from cohortbot.domain import dates
from cohortbot.domain.asking import (
    AboutSet,
    CohortCard,
    CohortLine,
    CohortList,
    HelpNow,
    HelpVerb,
    Known,
    LineLink,
    MyCover,
    MyLast,
    MyPlace,
    MyState,
    NextCheckin,
    Outcome,
    SomethingWaits,
    WhoIs,
    WhoIsIn,
    WhoIsInAll,
    WordsWait,
    ZoneSet,
)
from cohortbot.domain.casemap import quiet
from cohortbot.domain.model import CohortState, MemberState, Role
from cohortbot.domain.undelivered import Why
from cohortbot.domain.verbs import BY_NAME
from cohortbot.texts.voice import Voice, at, count, listed, nicks, ordinal


def say(outcome: Outcome, voice: Voice) -> list[str]:
    match outcome:
        case CohortList(()):
            return ["there are no cohorts yet"]
        case CohortList(cohorts):
            return [
                " · ".join(_line(one) for one in cohorts)
                + " — «cohort NAME» tells more, «join NAME» asks for a place"
            ]
        case CohortCard():
            return _card(outcome, voice)
        case NextCheckin():
            return [_when(outcome)]
        case WhoIsIn():
            return [_who_is_in(outcome)]
        case WhoIsInAll(cohorts):
            return [_who_is_in(one) for one in cohorts]
        case WhoIs():
            return [_who_is(outcome)]
        case MyState():
            return _me(outcome)
        case ZoneSet(zone, now):
            return [f"your zone is {zone}, where it is {at(now, zone)} now"]
        case AboutSet(text):
            return [f"noted, for the people of your cohorts: «{text}»"]
        case HelpNow(verbs):
            usages = " · ".join(BY_NAME[name].usage for name in verbs)
            return [f"you can say: {usages}", f"«help VERB» explains one; all verbs: {voice.link('/help')}"]
        case HelpVerb(verbs):
            return [_explained(name) for name in verbs]
        case LineLink(path):
            return [voice.link(path)]
        case MyLast(answers):
            return [_last(*each) for each in answers] or ["you have not answered a check-in yet"]
        case WordsWait():
            return _waiting(outcome)
        case SomethingWaits(why):
            return [_something_waits(why, voice)]
        case _:
            assert_never(outcome)


def _line(one: CohortLine) -> str:
    if one.state is not CohortState.ACTIVE:
        return f"{one.slug}: {one.state}"
    free = one.places - one.taken
    if free > 0:
        return f"{one.slug}: {free} of {one.places} free"
    return f"{one.slug}: full" + (f", {one.waiting} waiting" if one.waiting else "")


def _card(one: CohortCard, voice: Voice) -> list[str]:
    state = "" if one.state is CohortState.ACTIVE else f" [{one.state}]"
    waiting = f", {one.waiting} waiting" if one.waiting else ""
    mentors = f"mentors {nicks(one.mentors)}" if one.mentors else "no mentor yet"
    when = f"next check-in {at(one.next_at, one.zone)}" if one.next_at else "no check-in planned"
    about = f"; {voice.link(f'/c/{one.slug}')}" if one.public else ""
    return [
        f"{one.slug}{state} ({one.title}): {one.goal}",
        f"{one.taken} of {one.places} places taken{waiting}; {mentors}; {when}; {one.channel}{about}",
    ]


def _when(one: NextCheckin) -> str:
    said = []
    if one.open_number is not None and one.open_until is not None:
        said.append(f"check-in {one.open_number} is open until {_in_both(one.open_until, one.zone)}")
    if one.next_at is not None:
        said.append(f"next check-in {_in_both(one.next_at, one.zone)}")
    elif not said:
        rests = f" while it is {one.state}" if one.state is not CohortState.ACTIVE else ""
        said.append(f"no check-in is planned{rests}")
    return f"{one.slug}: {'; '.join(said)}"


def _in_both(moment: datetime, zone: str) -> str:
    """In the asker's zone and in UTC."""
    return at(moment, zone) + (f" ({at(moment, 'UTC')})" if zone != "UTC" else "")


def _who_is_in(one: WhoIsIn) -> str:
    mentors, mentees = (
        listed([quiet(each.nick) + _marks(each, one.today) for each in some])
        for some in (one.mentors, one.mentees)
    )
    waiting = f"; {one.waiting} waiting" if one.waiting else ""
    return (
        f"{one.slug}: mentors {mentors or 'none yet'}; "
        f"mentees ({len(one.mentees)} of {one.places}) {mentees or 'none yet'}{waiting}"
    )


def _who_is(one: WhoIs) -> str:
    roles = listed([f"{slug}: {_role(role, state)}" for slug, role, state in one.roles])
    zone = f"; zone {one.zone}" if one.zone else ""
    about = f"; «{one.about}»" if one.about else ""
    return f"{quiet(one.person.nick)}{_marks(one.person, one.today)} — {roles}{zone}{about}"


def _marks(one: Known, today: date) -> str:
    """` (unproven, away until 7 Dec: spotz stands in)`, with what is so of it."""
    marks = [] if one.proven else ["unproven"]
    if one.last_day is not None:
        away = f"away until {dates.day_said(one.last_day, today)}"
        marks.append(f"{away}: {quiet(one.cover)} stands in" if one.cover is not None else away)
    return f" ({', '.join(marks)})" if marks else ""


def _role(role: Role, state: MemberState) -> str:
    if state is MemberState.ACTIVE:
        return str(role)
    return {"proposed": "volunteers as mentor", "offered": "a place is offered"}.get(state, str(state))


def _me(one: MyState) -> list[str]:
    zone = one.zone or "UTC"
    covers = [line for cover in one.covers for line in _covers(cover, one)]
    if not one.places and not covers:
        lines = [f"{one.nick}, you are in no cohort yet: «cohorts» lists them, «join NAME» asks for a place"]
    else:
        lines = ["; ".join([*(_place(place) for place in one.places), *covers])]
    waits = [line for place in one.places if (line := _waits(place, zone))]
    waits += _absence_waits(one, zone)
    if one.stuck_on:
        waits.append(f"stuck on {listed([f'#{number}' for number in one.stuck_on])}")
    if waits:
        lines.append("; ".join(waits))
    who = "proven" if one.proven else "not proven"
    role = ", organizer" if one.organizer else ""
    about = f"about: «{one.about}»" if one.about else "about: not set («about TEXT»)"
    if one.away is not None:
        who += f", away until {dates.day_said(one.away.last_day, one.now.date())} («back» ends it)"
    zone_said = f"tz {one.zone}" if one.zone else "tz: not set («tz Berlin», with your city)"
    lines.append(f"you are {who}{role}; {zone_said}; {about}")
    return lines


def _covers(one: MyCover, me: MyState) -> list[str]:
    day = dates.day_said(one.last_day, me.now.date())
    return [f"{slug}: cover for {one.nick} until {day}" for slug in one.slugs]


def _absence_waits(one: MyState, zone: str) -> list[str]:
    said = []
    if one.away is not None and one.away.asked is not None:
        nick, since = one.away.asked
        said.append(f"cover: waiting for {nick} since {at(since, zone)}")
    if one.away is not None and one.away.covered_by is not None:
        said.append(f"{one.away.covered_by} covers for you")
    asking = [cover.nick for cover in one.covers if not cover.slugs]
    return said + [f"{nick} asks you to cover: «cover yes» or «cover no»" for nick in asking]


def _place(one: MyPlace) -> str:
    if one.role is Role.MENTOR:
        return (
            f"{one.slug}: mentor"
            if one.state is MemberState.ACTIVE
            else f"{one.slug}: mentor, not confirmed yet"
        )
    if one.state is MemberState.OFFERED:
        return f"{one.slug}: a place is offered to you («join {one.slug}», «leave {one.slug}»)"
    if one.state is MemberState.WAITING:
        held = " (held until you identify)" if one.held else ""
        return f"{one.slug}: {ordinal(one.number)} on its waitlist{held}"
    return f"{one.slug}: mentee ({one.number} of {one.places})"


def _waits(one: MyPlace, zone: str) -> str | None:
    if one.state is MemberState.PROPOSED:
        return f"{one.slug} mentor: waiting for a mentor's or organizer's word since {at(one.since, zone)}"
    if one.offered_until is not None and one.state is MemberState.OFFERED:
        return f"{one.slug}: your offer is open until {at(one.offered_until, zone)}"
    if one.done_at is not None and one.state is MemberState.ACTIVE:
        return f"{one.slug} done: waiting for a mentor since {at(one.done_at, zone)}"
    if one.role is Role.MENTEE and one.state is MemberState.ACTIVE and one.round_open is not None:
        answered = "answered" if one.answered else "not answered yet («did …», «same», «skip»)"
        return f"{one.slug}: check-in {one.round_open} is open, {answered}"
    return None


def _last(slug: str, number: int, parts: tuple[tuple[str, str | None], ...]) -> str:
    said = " | ".join(f"{part} {text}" if text else part for part, text in parts)
    return f"{slug}, round {number}: {said}"


def _waiting(one: WordsWait) -> list[str]:
    if one.later:
        return [f"{count(one.later, 'thing')} more for you: say «missed» again"]
    if one.now:
        return []
    return ["what waited for you is on its way" if one.on_their_way else "nothing waits for you"]


def _something_waits(why: Why, voice: Voice) -> str:
    asks = f"/msg {voice.nick} missed"
    match why:
        case Why.REGISTERED:
            kept = "but you let only the registered write to you, and I am not: type /mode <your nick> -R"
        case Why.SETTINGS:
            kept = "but your settings keep my private words from you: let them in"
        case _:
            return f"I have something for you: /accept {voice.nick}, then {asks}"
    return f"I have something for you, {kept}, then {asks}"


def _explained(name: str) -> str:
    verb = BY_NAME[name]
    return f"{verb.usage} — {verb.help} ({verb.who.value})"
