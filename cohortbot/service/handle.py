"""A message comes in, replies go out: the one way from a line of text to a use case."""

from __future__ import annotations

import logging
from collections.abc import Callable, Sequence
from datetime import timedelta

from sqlalchemy.engine import Connection

from cohortbot.domain import grammar, slips
from cohortbot.domain.casemap import fold
from cohortbot.domain.grammar import Args, Command, Line, Names
from cohortbot.domain.message import Message, NotAsked
from cohortbot.domain.model import Cohort, MemberState, Role
from cohortbot.domain.refusals import (
    Barred,
    CohortNeeded,
    DatabaseAway,
    NickIsSomebodys,
    NotIdentified,
    NotInAny,
    OrganizersOnly,
    Refusal,
    SlowDown,
    UnknownVerb,
)
from cohortbot.domain.verbs import BY_NAME, OF_ONESELF, Verb, Who
from cohortbot.service import going_on, modules, plain
from cohortbot.service.app import App
from cohortbot.service.bars import Bar, barred
from cohortbot.service.brake import Pace
from cohortbot.service.call import (
    HANDLERS,
    Call,
    Refused,
    Speaker,
    addressed,
    asked_where,
    organizer_accounts,
)
from cohortbot.service.identify import identify, true_proof
from cohortbot.service.presence import Presence
from cohortbot.service.reply import OneMoment, Reply
from cohortbot.service.slips import ask as ask_about_slip
from cohortbot.store import away, cohorts, memberships
from cohortbot.store.engine import Away, transaction

log = logging.getLogger(__name__)

Interim = Callable[[Reply], None]

modules.load()


def for_us(app: App, message: Message, presence: Presence) -> Line | None:
    """What of a message is for the bot; None for chat, which it passes over in silence."""

    def same_case(nick: str) -> str:
        return fold(nick, presence.casemapping)

    if going_on.is_for_us(app, message):
        return Line(message.text, bang=False)
    names = (message.bot_nick, app.config.irc.nick)
    return grammar.address(message.text, private=message.target is None, names=names, fold=same_case)


def needs_proof(app: App, message: Message, presence: Presence) -> bool:
    """Whether the answer depends on who speaks: false for chat and for the verbs of anyone.

    An unknown verb may be a cohort's name before an answer; which names there are, the transaction knows.
    """
    line = for_us(app, message, presence)
    if line is None:
        return False
    command = grammar.command(line)
    if isinstance(command, UnknownVerb):
        return not _others_command(line, message) or slips.mended(line.text) is not None
    # Privately a line that begins with a verb may be somebody's answer all the same.
    may_be_plain = message.target is None and bool(command.rest)
    return command.verb.who is not Who.ANYONE or may_be_plain


def handle(app: App, message: Message, presence: Presence, interim: Interim) -> list[Reply]:
    """Carry out what `message` asks for, in one transaction, and return what is to be said.

    While the database is away the command is held for `Limits.database_wait`, or almost as long as our turn
    lasts, with one word through `interim`; then the reply says whether anything may have changed. Chat gives
    no replies.
    """
    line = for_us(app, message, presence)
    if line is None or presence.is_bot(message.nick):
        return []
    where = asked_where(message)
    if _is_unknown_here(line, message) and slips.mended(line.text) is None:
        return []
    match app.brake.command(message.connection, message.at, app.limits):
        case Pace.IGNORED:
            return []
        case Pace.TOO_FAST:
            return [Reply(where, SlowDown())]
        case Pace.FINE:
            pass
    after_commit: list[Callable[[], object]] = []
    try:
        replies = transaction(
            app.engine,
            lambda tx: _in_transaction(app, tx, message, line, presence, after_commit),
            deadline=_patience(app),
            on_wait=lambda: interim(Reply(where, OneMoment())),
            wait_notice=app.limits.one_moment,
        )
    except Refused as end:
        return [Reply(where, end.refusal)]
    except Away as away:
        log.error("the database did not answer, and %s got no answer: %s", message.nick, away)
        return [Reply(where, DatabaseAway(away.commit_unknown))]
    for deed in after_commit:
        deed()
    return replies


def _patience(app: App) -> timedelta:
    left = app.turn.left
    longest = app.limits.database_wait
    return longest if left is None else min(longest, left - app.limits.last_words)


def _is_unknown_here(line: Line, message: Message) -> bool:
    """An unknown `!word` in a channel, of another bot or a slip of the finger."""
    return _others_command(line, message) and isinstance(grammar.command(line), UnknownVerb)


def _others_command(line: Line, message: Message) -> bool:
    """An unknown `!word` in a channel: other bots live there."""
    return message.target is not None and line.bang


def _in_transaction(
    app: App,
    tx: Connection,
    message: Message,
    line: Line,
    presence: Presence,
    after_commit: list[Callable[[], object]],
) -> list[Reply]:
    after_commit.clear()  # an earlier try of this work did not come to its end
    message = true_proof(app, tx, message)
    where = asked_where(message)
    speaker = identify(app, tx, message, presence)
    match Bar.NONE if _is_of_oneself(line) else barred(tx, message, speaker, presence):
        case Bar.SILENT:
            return []
        case Bar.SAY_SO:
            return [Reply(where, Barred())]
        case Bar.NONE:
            pass
    if isinstance(speaker, NickIsSomebodys):
        return [] if _is_unknown_here(line, message) else [Reply(where, speaker)]
    reach = _reach(tx, message, speaker, presence)

    def call_of(command: Command, args: Args | None = None) -> Call:
        names = Names(reach.channels, reach.here, reach.own_as(command))
        return Call(app, tx, message, presence, speaker, command, args or Args(), names, after_commit)

    if (more := grammar.going_on(line.text)) is not None:
        gone_on = going_on.carry_out(call_of(Command(BY_NAME["did"], more)), more)
        if gone_on is not None or message.target is not None:
            return gone_on or []
    if message.target is None and not line.bang:
        said = plain.carry_out(line, message, reach.own, call_of)
        if not isinstance(said, Command | UnknownVerb):
            return addressed(said, message)
        command: Command | UnknownVerb = said
    else:
        command = grammar.command(line, list(reach.channels))
        if isinstance(command, UnknownVerb) and _is_unknown_here(line, message):
            return ask_about_slip(line, call_of)
    if isinstance(command, UnknownVerb):
        return [Reply(where, command)]
    if refusal := _who_may(app, tx, command.verb, message, speaker):
        return [Reply(where, refusal)]
    args = grammar.bind(command.verb, command.rest, call_of(command).names)
    if not isinstance(args, Args):
        return [Reply(where, NotInAny() if _is_for_members(args, command.verb) else args)]
    return addressed(HANDLERS[command.verb.name](call_of(command, args)), message)


def _is_of_oneself(line: Line) -> bool:
    command = grammar.command(line)
    return isinstance(command, Command) and command.verb.name in OF_ONESELF


def _is_for_members(refusal: Refusal, verb: Verb) -> bool:
    """Whether a cohort was left out by somebody who is in none, of a verb that members alone can use."""
    left_out = isinstance(refusal, CohortNeeded) and not refusal.own
    return left_out and verb.who is Who.PERSON and verb.name not in ("join", "mentor")


def _who_may(
    app: App, tx: Connection, verb: Verb, message: Message, speaker: Speaker
) -> NotIdentified | OrganizersOnly | None:
    unasked = isinstance(message.proof, NotAsked) and verb.who is not Who.ANYONE
    if unasked or (verb.who.needs_proof and not speaker.proven):
        return NotIdentified(verb.name, message.proof)
    if verb.who is Who.ORGANIZER and not speaker.organizer:
        return OrganizersOnly(verb.name, tuple(organizer_accounts(app, tx).values()))
    return None


class _Reach:
    """The cohorts that a speaker can name here: public ones, the one of this channel, privately their own."""

    def __init__(
        self, seen: Sequence[Cohort], here: Cohort | None, mentored: Sequence[str], own: Sequence[str]
    ) -> None:
        self.channels = {one.slug: one.channel for one in seen}
        self.here = here.slug if here is not None else None
        self._mentored = mentored
        self.own = list(own)

    def own_as(self, command: Command) -> Sequence[str]:
        """Those meant when none is named: for a mentor's verb the mentored ones.

        Who mentors none is told, by that verb, who mentors theirs.
        """
        return self._mentored or self.own if command.verb.who is Who.MENTOR else self.own


def _reach(tx: Connection, message: Message, speaker: Speaker, presence: Presence) -> _Reach:
    every = cohorts.all_of(tx, message.network)
    me = speaker.person
    mine = memberships.live_of(tx, me.id) if me is not None else []
    covered = [one.cohort_id for one in away.covered_by(tx, me.id, message.at)] if me is not None else []
    # Channels are kept as ASCII lowers them; the server's casemapping is known only now.
    here = next((one for one in every if fold(one.channel, presence.casemapping) == message.target), None)
    # What a closed cohort is called is said in its own channel and privately: nowhere else, whoever asks.
    privately = {*(one.cohort_id for one in mine), *covered} if message.target is None else set()
    everything = speaker.organizer and message.target is None
    seen = [one for one in every if one.public or one == here or one.id in privately or everything]
    slugs = {one.id: one.slug for one in seen}
    own = [(slugs[one.cohort_id], one) for one in mine if one.cohort_id in slugs]
    mentored = [slug for slug, one in own if one.role is Role.MENTOR and one.state is MemberState.ACTIVE]
    mentored += [slugs[each] for each in covered if each in slugs and slugs[each] not in mentored]
    return _Reach(seen, here, mentored, [slug for slug, _ in own])
