"""An organizer takes a badge back, long after the ten minutes in which its mentor could."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from cohortbot.domain.mentoring import BadgeRevoked, RevokedBecause, YourBadgeRevoked
from cohortbot.domain.message import ToPerson
from cohortbot.domain.refusals import NoBadgeOf
from cohortbot.service.app import App
from cohortbot.service.call import Call, Refused, handles
from cohortbot.service.outbox import composes, speaks_for
from cohortbot.service.reply import Reply
from cohortbot.store import awards, cohorts, outbox, people
from cohortbot.store.outbox import Entry


@handles("revoke")
def revoke(call: Call) -> list[BadgeRevoked | Reply]:
    """The badge's page says so from now on; seats stay as they are.

    The reason reaches who is here, and is kept nowhere.
    """
    me = call.require_organizer()
    cohort = call.cohort()
    person = call.person(call.args.nick or "")
    award = awards.last_of(call.tx, cohort.id, person.id)
    if award is None:
        raise Refused(NoBadgeOf(person.nick, cohort.slug))
    if not awards.revoke(call.tx, award.id, call.now):
        return [BadgeRevoked(cohort.slug, person.nick, again=True)]
    outbox.withdraw(call.tx, call.now, award=award.id)
    ids = {"person": person.id, "cohort": cohort.id, "award": award.id}
    call.record("revoked", **ids)
    done = BadgeRevoked(cohort.slug, person.nick, again=False)
    nick = speaks_for(call.tx, person, call.presence)
    if nick is None:
        call.post("revoked", f"revoked:{award.id}", about=me.id, **ids)
        return [done]
    because = RevokedBecause(cohort.slug, cohort.badge_name, me.nick, call.args.text or "")
    return [done, Reply(ToPerson(nick), because)]


@composes("revoked")
def revoked(_app: App, tx: Connection, entry: Entry) -> YourBadgeRevoked:
    assert entry.cohort_id is not None and entry.about_id is not None  # as posted above
    cohort = cohorts.by_id(tx, entry.cohort_id)
    return YourBadgeRevoked(
        cohort.slug, cohort.badge_name, people.by_id(tx, entry.about_id, entry.network).nick
    )
