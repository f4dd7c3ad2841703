"""Organizers and cohorts: make one, change its settings, rest, wake and end it; where the bot is to be."""

from __future__ import annotations

from collections.abc import Mapping

from cohortbot.config import CohortConfig, ConfigError, Setting, cohort_from, parse_setting
from cohortbot.domain import schedule
from cohortbot.domain.casemap import fold
from cohortbot.domain.message import ToChannel
from cohortbot.domain.model import Cohort, CohortState
from cohortbot.domain.programme import (
    CohortMade,
    CohortTurned,
    SettingsChanged,
    TurnAnnounced,
    decide_turn,
    title_and_model,
    typed_edits,
)
from cohortbot.domain.refusals import BadUsage, SettingRefused, SlugRefused, TooLong
from cohortbot.service import rounds, seats
from cohortbot.service import settings as cohort_settings
from cohortbot.service.app import App
from cohortbot.service.call import Call, Refused, handles
from cohortbot.service.reply import Reply
from cohortbot.store import cohorts, memberships, outbox
from cohortbot.store import rounds as store_rounds
from cohortbot.store.engine import reading

_SECRET = "channel_key"


def channels(app: App) -> list[tuple[str, str | None]]:
    """Every channel to be in, with its key: of the cohorts that are not archived, and the extra ones."""
    with reading(app.engine) as tx:
        every = cohorts.all_of(tx, app.network)
    own = [(one.channel, one.channel_key) for one in every if one.state is not CohortState.ARCHIVED]
    return own + [(channel, None) for channel in app.config.irc.channels.extra]


# --- new and set


@handles("cohort new")
def new(call: Call) -> CohortMade:
    """A new cohort; `like` takes a model's settings, but for title, channel, key and first day."""
    me = call.require_organizer()
    slug = (call.args.word or "").lower()
    parsed = title_and_model(call.args.text or "", call.names)
    if not isinstance(parsed, tuple):
        raise Refused(parsed)
    title, model = parsed
    if len(title) > call.app.limits.title:
        raise Refused(TooLong("title", call.app.limits.title, len(title)))
    if cohorts.by_slug(call.tx, slug) is not None:
        raise Refused(SlugRefused(slug, "is the name of one already"))
    wanted = _new_settings(call, slug, title, model)
    _require_free_channel(call, slug, wanted)
    made = cohort_settings.open_new(
        call.app, call.tx, slug, wanted, call.now, way="irc", by=me.id, file_settings={}
    )
    scheduled = made.schedule is not None
    return CohortMade(slug, made.title, made.channel, made.places, model, scheduled)


def _new_settings(call: Call, slug: str, title: str, model: str | None) -> CohortConfig:
    """Without a model the goal is the title until somebody sets it."""
    given: dict[str, Setting] = {"goal": title}
    if model is not None:
        given = cohort_settings.stored(call.tx, call.cohort(model).id)
    channel = call.app.config.programme.channel_prefix + slug
    own: dict[str, Setting] = {"title": title, "channel": channel, _SECRET: None}
    try:
        return cohort_from(slug, given | own | {cohort_settings.STARTS: None})
    except ConfigError as error:
        fault = error.faults[0]
        if fault.path == "":
            raise Refused(SlugRefused(slug, fault.right)) from None
        raise Refused(SettingRefused(fault.path, fault.value or "", fault.right)) from None


@handles("cohort set")
def change(call: Call) -> SettingsChanged:
    """One change, however many keys it names: all of them, or none."""
    me = call.require_organizer()
    cohort = cohorts.lock(call.tx, call.cohort().id)
    typed = typed_edits(call.args.text or "")
    if not typed:
        raise Refused(BadUsage(call.verb.name, call.verb.usage))
    wanted = _edited(call, cohort, {key: parse_setting(key, value) for key, value in typed})
    _require_free_channel(call, cohort.slug, wanted)
    _require_known(call, cohort, wanted)
    done = cohort_settings.write(
        call.app, call.tx, cohort, wanted, call.now, way="irc", by=me.id, said_in=call.message.target
    )
    return _changed(call, cohort, done)


def _edited(call: Call, cohort: Cohort, edits: Mapping[str, Setting]) -> CohortConfig:
    title = edits.get("title")
    if isinstance(title, str) and len(title) > call.app.limits.title:
        raise Refused(TooLong("title", call.app.limits.title, len(title)))
    try:
        return cohort_settings.edited(cohort.slug, cohort_settings.stored(call.tx, cohort.id), edits)
    except ConfigError as error:
        fault = error.faults[0]
        raise Refused(SettingRefused(fault.path, fault.value or "", fault.right)) from None


def _changed(call: Call, cohort: Cohort, done: cohort_settings.Change) -> SettingsChanged:
    now = cohorts.by_id(call.tx, cohort.id)
    values = cohort_settings.stored(call.tx, cohort.id)
    plan = done.replanned
    return SettingsChanged(
        slug=cohort.slug,
        changes=tuple((key, _as_typed(key, values[key])) for key in done.keys),
        offered=done.offered,
        over=max(memberships.taken(call.tx, cohort.id) - now.places, 0),
        next_at=plan.next_at if plan is not None else None,
        instead_of=plan.was if plan is not None and plan.was != plan.next_at else None,
        zone=call.zone(now),
    )


def _as_typed(key: str, value: Setting) -> str:
    """A value as `cohort set` takes it; the channel's key is not repeated."""
    match value:
        case None:
            return "none"
        case _ if key == _SECRET:
            return "(set)"
        case bool():
            return str(value).lower()
        case list():
            return ", ".join(value) or "none"
        case _:
            return str(value)


def _require_known(call: Call, cohort: Cohort, wanted: CohortConfig) -> None:
    """Cohorts to suggest next are others that exist, and a new end is ahead."""
    for slug in wanted.next:
        if slug == cohort.slug or (slug not in call.names.channels and slug not in cohort.next_slugs):
            others = [each for each in call.names.channels if each != cohort.slug]
            right = f"is no other cohort; there are {', '.join(others)}" if others else "is no other cohort"
            raise Refused(SettingRefused("next", f"'{slug}'", right))
    if wanted.ends is not None and wanted.ends != cohort.ends:
        zone = wanted.checkin.zone if wanted.checkin is not None else cohort.zone
        if schedule.day_begins(wanted.ends, zone) <= call.now:
            raise Refused(SettingRefused("ends", f"'{wanted.ends}'", "is not ahead"))


def _require_free_channel(call: Call, slug: str, wanted: CohortConfig) -> None:
    channel = fold(wanted.channel, "ascii")
    owner = cohorts.by_channel(call.tx, call.network, channel)
    if owner is not None and owner.slug != slug:
        raise Refused(SettingRefused("channel", f"'{channel}'", f"is the channel of cohort {owner.slug}"))


# --- pause, resume, archive


@handles("cohort pause")
def pause(call: Call) -> list[CohortTurned | Reply]:
    """The open round closes, offers rest, seats are kept."""
    return _turn(call, CohortState.PAUSED)


@handles("cohort resume")
def resume(call: Call) -> list[CohortTurned | Reply]:
    """Check-ins are due from now on; offers get the time back in which they rested."""
    return _turn(call, CohortState.ACTIVE)


@handles("cohort archive")
def archive(call: Call) -> list[CohortTurned | Reply]:
    """It takes nobody any more; what was said, answered and awarded stays."""
    return _turn(call, CohortState.ARCHIVED)


def _turn(call: Call, to: CohortState) -> list[CohortTurned | Reply]:
    me = call.require_organizer()
    cohort = cohorts.lock(call.tx, call.cohort().id)
    settled = decide_turn(cohort, to, call.nick_of(cohort.state_by), call.zone(cohort))
    if isinstance(settled, CohortTurned):
        return [settled]
    if settled is not None:
        raise Refused(settled)
    cohorts.move_to(call.tx, cohort, to, me.id, call.now)
    call.record(_EVENTS[to], cohort=cohort.id)
    if to is CohortState.ACTIVE:
        _wake(call, cohort)
    else:
        _rest(call, cohort)
    done = CohortTurned(cohort.slug, to, call.now, me.nick, call.zone(cohort), again=False)
    return [done, *_announced(call, cohort, to)]


_EVENTS = {
    CohortState.PAUSED: "cohort_paused",
    CohortState.ACTIVE: "cohort_resumed",
    CohortState.ARCHIVED: "cohort_archived",
}


def _rest(call: Call, cohort: Cohort) -> None:
    outbox.withdraw(call.tx, call.now, kinds=["offer"], cohort=cohort.id)
    if cohort.state is not CohortState.ACTIVE:  # they rested before: that time is theirs
        memberships.extend_offers(call.tx, cohort.id, cohort.state_since, call.now)
    now_open = store_rounds.open_of(call.tx, cohort.id)
    if now_open is not None:
        rounds.close_round(call.app, call.tx, now_open, call.now)


def _wake(call: Call, cohort: Cohort) -> None:
    """Offers that rested are said again, with their new end; free places go to the line."""
    cohorts.change(call.tx, cohort.id, {"due_from": call.now, "due_at": None})
    seats.wake_offers(call.tx, cohort, call.now)
    seats.fill(call.app, call.tx, cohorts.by_id(call.tx, cohort.id), call.now)


def _announced(call: Call, cohort: Cohort, to: CohortState) -> list[Reply]:
    """The cohort's people hear of it, with the reason, which is kept nowhere; unless it was said there."""
    if call.message.target == cohort.channel or not call.presence.joined(cohort.channel):
        return []
    said = TurnAnnounced(cohort.slug, to, call.me().nick, call.args.text)
    return [Reply(ToChannel(cohort.channel), said)]
