"""The record of deeds, as organizers read it."""

from __future__ import annotations

from collections.abc import Sequence

from cohortbot.domain.grammar import resolve
from cohortbot.domain.programme import Audit, AuditLine
from cohortbot.service.call import Call, handles
from cohortbot.service.reply import Reply
from cohortbot.store import cohorts, events, people
from cohortbot.store.events import Event

MOST = 8  # deeds: what a person reads in one go


@handles("audit")
def audit(call: Call) -> Reply:
    """The latest deeds, newest first, of all, a cohort or a person; always private, since it names people."""
    call.require_organizer()
    word = call.args.word
    if word is None:
        return call.privately(_audit(call, None, events.latest(call.tx, MOST)))
    slug = resolve(word, call.names, exact=True)
    if isinstance(slug, str):
        found = events.latest(call.tx, MOST, cohort=call.cohort(slug).id)
        return call.privately(_audit(call, slug, found))
    person = call.person(word)
    return call.privately(_audit(call, person.nick, events.latest(call.tx, MOST, person=person.id)))


def _audit(call: Call, of: str | None, found: Sequence[Event]) -> Audit:
    ids = {each for one in found for each in (one.by_id, one.person_id) if each is not None}
    nicks = {key: one.nick for key, one in people.by_ids(call.tx, sorted(ids), call.network).items()}
    slugs = {one.id: one.slug for one in cohorts.all_of(call.tx)}
    return Audit(
        of,
        tuple(
            AuditLine(
                at=one.at,
                kind=one.kind,
                way=one.way,
                by=nicks.get(one.by_id or 0),
                about=nicks.get(one.person_id or 0),
                slug=slugs.get(one.cohort_id or 0),
                detail=one.detail,
            )
            for one in found
        ),
        call.zone(),
    )
