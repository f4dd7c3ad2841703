"""What anyone may ask, and what people say of themselves: cohorts, who, when, me, tz, about, help, link."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import takewhile
from pathlib import Path

from cohortbot.chatlog import line as lines
from cohortbot.chatlog import reading
from cohortbot.domain import zones
from cohortbot.domain.asking import (
    AboutSet,
    CohortCard,
    CohortLine,
    CohortList,
    HelpNow,
    HelpVerb,
    Known,
    LineLink,
    MyAbsence,
    MyCover,
    MyLast,
    MyPlace,
    MyState,
    NextCheckin,
    WhoIs,
    WhoIsIn,
    WhoIsInAll,
    ZoneSet,
)
from cohortbot.domain.checkins import without_marks
from cohortbot.domain.grammar import nearest_cohorts, nearest_verbs, resolve
from cohortbot.domain.message import LogAddress
from cohortbot.domain.model import Cohort, Membership, MemberState, Person, Role
from cohortbot.domain.refusals import (
    Ambiguous,
    CohortNeeded,
    NobodyOfThatName,
    NoSuchPlace,
    NotInAny,
    NotLogged,
    SeveralPlaces,
    TooLong,
    UnknownVerb,
)
from cohortbot.domain.verbs import BY_NAME, VERBS
from cohortbot.service import seats
from cohortbot.service.call import Call, Refused, handles, nearest_nicks
from cohortbot.service.coverage import day_in, mentored
from cohortbot.service.logpaths import line_path
from cohortbot.service.offers import next_checkin
from cohortbot.service.reply import Reply
from cohortbot.store import away, blockers, cohorts, memberships, people, rounds
from cohortbot.store.away import CoverState


@handles("cohorts")
def list_cohorts(call: Call) -> CohortList:
    taken, waiting = memberships.taken_and_waiting(call.tx)
    seen = [one for one in cohorts.all_of(call.tx, call.network) if one.slug in call.names.channels]
    return CohortList(
        tuple(
            CohortLine(
                one.slug, one.title, one.state, taken.get(one.id, 0), one.places, waiting.get(one.id, 0)
            )
            for one in seen
        )
    )


@handles("cohort")
def show_cohort(call: Call) -> CohortCard:
    cohort = call.cohort()
    return CohortCard(
        slug=cohort.slug,
        title=cohort.title,
        goal=cohort.goal,
        channel=cohort.channel,
        state=cohort.state,
        taken=memberships.taken(call.tx, cohort.id),
        places=cohort.places,
        waiting=len(memberships.waiting(call.tx, cohort.id)),
        mentors=call.mentor_nicks(cohort),
        next_at=next_checkin(call.tx, cohort, call.now),
        zone=call.zone(cohort),
        public=cohort.public,
    )


@handles("when")
def when(call: Call) -> NextCheckin:
    cohort = call.cohort()
    now_open = rounds.open_of(call.tx, cohort.id)
    return NextCheckin(
        slug=cohort.slug,
        next_at=next_checkin(call.tx, cohort, call.now),
        zone=call.zone(cohort),
        open_number=now_open.number if now_open is not None else None,
        open_until=now_open.closes_at if now_open is not None else None,
        state=cohort.state,
    )


# --- who


@handles("who")
def who(call: Call) -> WhoIsIn | WhoIsInAll | WhoIs | Reply:
    """A cohort's people for its mentors; one person for whoever shares a cohort with them.

    What somebody says about themselves is for the cohort's people and goes privately: channels are logged.
    """
    word = call.args.word
    if word is None:
        return _who_is_in_default(call)
    slug = resolve(word, call.names)
    if isinstance(slug, Ambiguous):
        raise Refused(slug)
    if isinstance(slug, str) and (word.startswith("#") or _nobody(call, word)):
        return _who_is_in(call, call.cohort(slug))
    found = _who_is(call, word)
    return call.privately(found) if found.about is not None else found


def _nobody(call: Call, nick: str) -> bool:
    return call.known(nick) is None


def _who_is_in_default(call: Call) -> WhoIsIn | WhoIsInAll:
    if call.names.here is not None:
        return _who_is_in(call, call.cohort(call.names.here))
    mentoring = _where_i_mentor(call)
    if not mentoring:
        if len(call.names.own) == 1:
            return _who_is_in(call, call.cohort(call.names.own[0]))
        own = tuple(call.names.own)
        raise Refused(CohortNeeded("who", call.verb.usage, own, tuple(call.names.channels)))
    shown = tuple(_who_is_in(call, cohorts.by_id(call.tx, each)) for each in mentoring)
    return shown[0] if len(shown) == 1 else WhoIsInAll(shown)


def _where_i_mentor(call: Call) -> list[int]:
    """The cohorts that the speaker mentors, then those where they stand in for a mentor."""
    me = call.speaker.person
    own = [one for one in _mine(call) if one.role is Role.MENTOR and one.state is MemberState.ACTIVE]
    covered = away.covered_by(call.tx, me.id, call.now) if me is not None else []
    ids = [*(one.cohort_id for one in own), *(one.cohort_id for one in covered)]
    return list(dict.fromkeys(ids))


def _who_is_in(call: Call, cohort: Cohort) -> WhoIsIn:
    call.require_mentor(cohort)
    mentors, mentees = memberships.mentors(call.tx, cohort.id), memberships.mentees(call.tx, cohort.id)
    known = _known(call, [one.person_id for one in [*mentors, *mentees]])
    return WhoIsIn(
        slug=cohort.slug,
        mentors=tuple(known[one.person_id] for one in mentors),
        mentees=tuple(known[one.person_id] for one in mentees),
        waiting=len(memberships.waiting(call.tx, cohort.id)),
        places=cohort.places,
        today=day_in(call.zone(cohort), call.now),
    )


def _known(call: Call, ids: Sequence[int]) -> dict[int, Known]:
    """These people as the people of their cohorts may know them, by id."""
    absent = away.away_now(call.tx, ids, call.now)
    covers = {each: away.cover_of(call.tx, one.id) for each, one in absent.items()}
    accepted = {
        each: cover.person_id
        for each, cover in covers.items()
        if cover is not None and cover.state is CoverState.ACCEPTED
    }
    known = people.by_ids(call.tx, [*ids, *accepted.values()], call.network)
    return {
        each: Known(
            nick=known[each].nick,
            proven=known[each].proven,
            last_day=absent[each].last_day if each in absent else None,
            cover=known[accepted[each]].nick if each in accepted else None,
        )
        for each in ids
    }


def _who_is(call: Call, nick: str) -> WhoIs:
    person = call.known(nick)
    if person is None:
        near = nearest_nicks(call.tx, call.network, nick)
        raise Refused(NobodyOfThatName(nick, near or nearest_cohorts(nick, call.names)))
    mine = {one.cohort_id for one in _mine(call)}
    theirs = memberships.live_of(call.tx, person.id)
    shared = [one for one in theirs if one.cohort_id in mine or call.speaker.organizer]
    if not shared:
        raise Refused(NobodyOfThatName(nick, ()) if mine else NotInAny())
    every = cohorts.all_of(call.tx, call.network)
    slugs = {one.id: one.slug for one in every if one.slug in call.names.channels}
    if not any(one.cohort_id in slugs for one in shared):
        raise Refused(NobodyOfThatName(nick, ()))
    return WhoIs(
        person=_known(call, [person.id])[person.id],
        roles=tuple((slugs[one.cohort_id], one.role, one.state) for one in shared if one.cohort_id in slugs),
        about=person.about,
        zone=person.zone,
        today=day_in(call.zone(), call.now),
    )


def _mine(call: Call) -> list[Membership]:
    me = call.speaker.person
    return memberships.live_of(call.tx, me.id) if me is not None else []


# --- about oneself


@handles("me")
def me(call: Call) -> Reply:
    """Always private: where the speaker stands, what waits, and what they have set."""
    person = call.speaker.person
    places = tuple(_my_place(call, one) for one in _mine(call))
    return call.privately(
        MyState(
            nick=person.nick if person is not None else call.message.nick,
            proven=call.speaker.proven,
            organizer=call.speaker.organizer,
            places=places,
            zone=person.zone if person is not None else None,
            about=person.about if person is not None else None,
            stuck_on=tuple(blockers.unsolved_of(call.tx, person.id)) if person is not None else (),
            away=_my_absence(call, person) if person is not None else None,
            covers=_my_covers(call, person) if person is not None else (),
            now=call.now,
        )
    )


def _my_absence(call: Call, me: Person) -> MyAbsence | None:
    one = away.away_now(call.tx, [me.id], call.now).get(me.id)
    if one is None:
        return None
    cover = away.cover_of(call.tx, one.id)
    nick = call.nick_of(cover.person_id) if cover is not None else None
    if cover is None or nick is None:
        return MyAbsence(one.last_day, asked=None, covered_by=None)
    if cover.state is CoverState.ACCEPTED:
        return MyAbsence(one.last_day, asked=None, covered_by=nick)
    return MyAbsence(one.last_day, asked=(nick, cover.asked_at), covered_by=None)


def _my_covers(call: Call, me: Person) -> tuple[MyCover, ...]:
    """For whom they stand in, and then who waits for their answer."""
    asked = away.asked_of(call.tx, me.id, call.now)
    found = []
    for one in [*away.accepted_by(call.tx, me.id, call.now), *asked]:
        absence = away.by_id(call.tx, one.away_id)
        goals = mentored(call.tx, absence.person_id) if one not in asked else []
        slugs = tuple(goal.slug for goal in goals)
        found.append(MyCover(call.nick_of(absence.person_id) or "", slugs, absence.last_day))
    return tuple(found)


def _my_place(call: Call, one: Membership) -> MyPlace:
    cohort = cohorts.by_id(call.tx, one.cohort_id)
    now_open = rounds.open_of(call.tx, cohort.id)
    number = 0
    if one.state is MemberState.WAITING:
        number = seats.place_in_line(call.tx, one)
    elif one.role is Role.MENTEE:
        number = memberships.taken(call.tx, cohort.id)
    return MyPlace(
        slug=cohort.slug,
        role=one.role,
        state=one.state,
        number=number,
        places=cohort.places,
        held=one.held,
        since=one.state_since,
        offered_until=one.offered_until,
        done_at=one.done_at,
        round_open=now_open.number if now_open is not None else None,
        answered=now_open is not None and rounds.has_answered(call.tx, now_open.id, one.person_id),
    )


@handles("me last")
def me_last(call: Call) -> Reply:
    """What the speaker last answered in each of their cohorts."""
    me = call.speaker.person
    told = []
    for one in memberships.live_of(call.tx, me.id) if me is not None else []:
        last = rounds.last_answered(call.tx, one.cohort_id, one.person_id)
        if last is not None:
            parts = without_marks(rounds.parts_of(call.tx, last.id, one.person_id))
            slug = cohorts.by_id(call.tx, one.cohort_id).slug
            told.append((slug, last.number, tuple((str(part), text) for part, text in parts.items())))
    return call.privately(MyLast(tuple(told)))


@handles("tz")
def tz(call: Call) -> Reply:
    found = zones.find(call.args.text or "", call.now)
    if isinstance(found, zones.Ambiguous):
        raise Refused(SeveralPlaces(call.args.text or "", found.candidates))
    if found is None:
        raise Refused(NoSuchPlace(call.args.text or "", zones.nearest(call.args.text or "")))
    person = call.me()
    people.set_zone(call.tx, person.id, found)
    call.record("zone_set", person=person.id)
    return call.privately(ZoneSet(found, call.now))


@handles("about")
def about(call: Call) -> AboutSet:
    text, limit = call.args.text or "", call.app.limits.about
    if len(text) > limit:
        raise Refused(TooLong("text", limit, len(text)))
    person = call.me()
    people.set_about(call.tx, person.id, text)
    call.record("about_set", person=person.id)
    return AboutSet(text)


# --- help and links


@handles("help")
def help_(call: Call) -> HelpNow | HelpVerb:
    """What this person can do now; or one verb, with those that begin with the same word."""
    if call.args.text is None:
        return HelpNow(_useful_now(call))
    wanted = " ".join(call.args.text.lower().split()).lstrip("!")
    if wanted in BY_NAME and " " in wanted:
        return HelpVerb((wanted,))
    first = wanted.split(maxsplit=1)[0] if wanted else ""
    named = tuple(verb.name for verb in VERBS if verb.name.split()[0] == first)
    if not named:
        raise Refused(UnknownVerb(first, nearest_verbs(first)))
    return HelpVerb(named)


def _useful_now(call: Call) -> tuple[str, ...]:
    mine, helping = _mine(call), _useful_to_mentors(call)
    if not mine and not helping:
        return ("cohorts", "join", "when", *(("cohort new",) if call.speaker.organizer else ()))
    verbs: list[str] = []
    seated = [one for one in mine if one.role is Role.MENTEE and one.state is MemberState.ACTIVE]
    if any(rounds.open_of(call.tx, one.cohort_id) is not None for one in seated):
        verbs += ["did", "stuck", "same"]
    elif seated:
        verbs += ["stuck", "when", "done"]
    if any(one.state is MemberState.OFFERED for one in mine):
        verbs += ["join", "leave"]
    verbs += helping
    if call.speaker.organizer:
        verbs += ["cohort set", "mentor ok"]
    return tuple(dict.fromkeys([*verbs, "me", "leave"]))


def _useful_to_mentors(call: Call) -> list[str]:
    """Also to who stands in for one, or is asked to."""
    me = call.speaker.person
    if me is None:
        return []
    asked = ["cover"] if away.asked_of(call.tx, me.id, call.now) else []
    if away.away_now(call.tx, [me.id], call.now):
        return [*asked, "back"]
    if _where_i_mentor(call):
        return [*asked, "checkin", "take", "complete", "away"]
    return asked


@handles("link")
def link(call: Call) -> LineLink:
    """The address of the last, or n-th last, message or action in this channel before the asking line."""
    address = call.message.line
    if address is None:
        raise Refused(NotLogged(0))
    wanted = call.args.number or 1
    found = _said_before(call.app.config.logs.folder, address)
    if wanted > len(found) or wanted < 1:
        raise Refused(NotLogged(len(found)))
    return LineLink(line_path(address, found[-wanted]))


def _said_before(logs: Path, address: LogAddress) -> list[int]:
    """The lines of messages and actions before `address` on its day; none where the disk kept none."""
    day = reading.day(logs, address.network, address.channel, address.day)
    try:
        return [
            number
            for number, entry in takewhile(lambda numbered: numbered[0] < address.line, day)
            if isinstance(entry, lines.Line) and isinstance(entry.event, lines.Message | lines.Action)
        ]
    except FileNotFoundError:
        return []
