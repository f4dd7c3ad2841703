"""What mentors and organizers do, in words."""

from __future__ import annotations

from typing import assert_never

from cohortbot.domain.casemap import quiet
from cohortbot.domain.model import CohortState, Role
from cohortbot.domain.programme import (
    Added,
    Announced,
    Announcing,
    Audit,
    AuditLine,
    BanLines,
    CohortMade,
    CohortTurned,
    Merged,
    Moved,
    OrganizerAdded,
    OrganizerRemoved,
    Outcome,
    PersonBarred,
    PersonUnbarred,
    Reloaded,
    Removed,
    RemovedBecause,
    SettingsChanged,
    TurnAnnounced,
    YouOrganize,
    YouWereMoved,
    YouWereRemoved,
)
from cohortbot.texts.voice import Voice, at, count, listed


def say(outcome: Outcome, voice: Voice) -> list[str]:
    match outcome:
        case CohortMade():
            return _made(outcome)
        case SettingsChanged():
            return [_changed(outcome)]
        case CohortTurned():
            return [_turned(outcome)]
        case TurnAnnounced(slug, state, by, why):
            reason = f": {why}" if why else ""
            return [f"{by} has {_DONE[state]} {slug}{reason}{_THEN[state]}"]
        case Announcing(slugs, number):
            named = f": {listed(slugs)}" if slugs else ""
            return [f"I say it in {count(number, 'channel')}{named}"]
        case Announced(text, by):
            return [f"{text} — {quiet(by)}"]
        case Reloaded():
            return [_reloaded(outcome)]
        case Added(slug, nick, None, places, _):
            return [f"{slug} is full ({places} of {places}): {nick} is first in line for the next free place"]
        case Added(slug, nick, taken, places, again):
            return [f"{nick} {'is in' if again else 'joined'} {slug} ({taken} of {places}){_told(again)}"]
        case Moved():
            return [_moved(outcome)]
        case YouWereMoved(left, slug, by, taken, places, channel, key):
            enter = f"/join {channel} {key}" if key else f"/join {channel}"
            return [f"{by} moved you from {left} to {slug} ({taken} of {places}) — {enter}"]
        case Removed():
            return [_removed(outcome)]
        case YouWereRemoved(slug, by):
            return [
                f"you are in {slug} no more: {by} ended it, and is who to ask about it; «cohorts» lists what there is"
            ]
        case RemovedBecause(slug, by, why):
            return [f"{by} about you and {slug}: {why}"]
        case Merged(nick, into, slugs):
            where = f", in {listed(slugs)}" if slugs else ""
            return [f"{nick} and {into} are one person now{where}"]
        case PersonBarred(nick, ended, again):
            still = "still " if again else ""
            return [f"{nick} is {still}barred, and I hear them no more; {count(ended, 'membership')} ended"]
        case BanLines():
            return _ban_lines(outcome)
        case PersonUnbarred(nick, True):
            return [
                f"{nick} is barred no more; «join» takes them back, in ChanServ's lists they stay until /msg ChanServ AKICK #channel DEL"
            ]
        case PersonUnbarred(nick, _):
            return [f"{nick} is not barred; nothing was changed"]
        case OrganizerAdded():
            return [_organizer_added(outcome, voice)]
        case OrganizerRemoved(account, was):
            return [
                f"{account} is an organizer no more"
                if was
                else f"{account} is no organizer; nothing was changed"
            ]
        case YouOrganize(by):
            return [
                f"{by} made you an organizer of {voice.programme}: «help» lists what you can do, {voice.link('/help')} all of it"
            ]
        case Audit():
            return _audit(outcome)
        case _:
            assert_never(outcome)


_DONE = {CohortState.ACTIVE: "resumed", CohortState.PAUSED: "paused", CohortState.ARCHIVED: "archived"}
_THEN = {
    CohortState.ACTIVE: "; check-ins go on as planned",
    CohortState.PAUSED: "; check-ins rest, and everybody keeps their place",
    CohortState.ARCHIVED: "; thank you all — «cohorts» lists the others",
}


def _made(one: CohortMade) -> list[str]:
    like = f", set like {one.like}" if one.like else ""
    lines = [f"made {one.slug} ({one.title}): {one.channel}, {count(one.places, 'place')}{like}"]
    if not one.like:
        lines.append(
            f"say its goal: «cohort set {one.slug} goal A sentence about what a mentee will have done»"
        )
    if not one.scheduled:
        example = "checkin.day thursday | checkin.time 17:00 | checkin.zone Europe/Berlin"
        lines.append(f"plan check-ins: «cohort set {one.slug} {example}»")
    return lines


def _changed(one: SettingsChanged) -> str:
    if not one.changes:
        return f"{one.slug}: all of that was so before"
    said = f"{one.slug}: " + " | ".join(f"{key} {value}" for key, value in one.changes)
    if one.offered:
        said += f"; {count(one.offered, 'place')} offered to the waitlist"
    if one.over:
        said += f"; nobody loses a place ({one.over} more than fit), and none is offered until it fits"
    if one.next_at is not None:
        said += f"; next check-in {at(one.next_at, one.zone)}"
    if one.instead_of is not None:
        said += (
            f", not {at(one.instead_of, one.zone)}"
            if one.next_at is not None
            else "; no check-in is planned now"
        )
    return said


def _turned(one: CohortTurned) -> str:
    since, by = at(one.since, one.zone), f" by {one.by}" if one.by else ""
    match one.state:
        case CohortState.ACTIVE:
            return f"{one.slug} is active since {since}{by}" if one.again else f"{one.slug} is active again"
        case CohortState.PAUSED:
            rest = f"check-ins and offers rest, places are kept; «cohort resume {one.slug}» wakes it"
            return f"{one.slug} is paused since {since}{by}: {rest}"
        case CohortState.ENDED:
            rest = f"«cohort set {one.slug} ends DATE» (or none) begins the next run"
            return f"{one.slug} has ended {since}{by}: {rest}"
        case CohortState.ARCHIVED:
            rest = f"it takes nobody any more; «cohort resume {one.slug}» wakes it"
            return f"{one.slug} is archived since {since}{by}: {rest}"
        case _:
            assert_never(one.state)


def _reloaded(one: Reloaded) -> str:
    parts = []
    if one.made:
        parts.append(f"made {listed(one.made)}")
    if one.changed:
        parts.append(f"changed {listed(one.changed)}")
    if one.restart:
        parts.append(f"in force after a restart only: {listed(one.restart)}")
    return f"read {one.file} again; {'; '.join(parts) or 'no cohort has changed'}"


def _told(again: bool) -> str:
    return "" if again else "; I tell them privately, as soon as they are here"


def _moved(one: Moved) -> str:
    if one.again:
        return f"{one.nick} is in {one.slug} ({one.taken} of {one.places}), and not in {one.left}"
    passed = f"; the place in {one.left} is offered to the next in line" if one.offered_to_next else ""
    return f"moved {one.nick} from {one.left} to {one.slug} ({one.taken} of {one.places}){passed}"


def _removed(one: Removed) -> str:
    if one.again:
        return f"{one.nick} is in {one.slug} no more, since before"
    passed = ", the place is offered to the next in line" if one.offered_to_next else ""
    role = "mentor" if one.role is Role.MENTOR else "mentee"
    why = "were told, and why" if one.heard_why else "will be told that, but not why: I keep no reasons"
    return f"{one.nick} is no {role} of {one.slug} any more{passed}; they {why}"


def _ban_lines(one: BanLines) -> list[str]:
    if not one.channels:
        return []
    lines = [f"/msg ChanServ AKICK {channel} ADD {one.mask} {one.why}".rstrip() for channel in one.channels]
    return ["to keep them out of the channels too, paste:", *lines]


def _organizer_added(one: OrganizerAdded, voice: Voice) -> str:
    if one.again:
        return f"{one.account} is an organizer already"
    told = "they are told" if one.met else f"I have met nobody of that account on {voice.network} yet"
    return f"{one.account} is an organizer now; {told}"


def _audit(one: Audit) -> list[str]:
    whose = f" of {one.of}" if one.of else ""
    if not one.lines:
        return [f"nothing is recorded{whose} yet"]
    return [f"the latest deeds{whose}, newest first:", *(_deed(line, one.zone) for line in one.lines)]


_WAYS = {"config": "the config", "tick": "the clock"}


def _deed(line: AuditLine, zone: str) -> str:
    by = line.by or _WAYS.get(line.way, "somebody")
    about = f" {line.about}" if line.about and line.about != line.by else ""
    where = f" in {line.slug}" if line.slug else ""
    detail = f" ({line.detail})" if line.detail else ""
    return f"{at(line.at, zone)}, {by}: {line.kind.replace('_', ' ')}{about}{where}{detail}"
