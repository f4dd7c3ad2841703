"""An organizer's word to one cohort, or to all: a line in each channel, at the pace that is left."""

from __future__ import annotations

from sqlalchemy.engine import Connection

from cohortbot.domain.grammar import resolve
from cohortbot.domain.model import Cohort, CohortState
from cohortbot.domain.programme import Announced, Announcing
from cohortbot.domain.refusals import CohortRests, TooLong
from cohortbot.service.app import App
from cohortbot.service.call import Call, Refused, handles
from cohortbot.service.outbox import composes
from cohortbot.store import announcements, cohorts, people
from cohortbot.store.outbox import Entry

ALL = "all"


@handles("announce")
def announce(call: Call) -> Announcing:
    """Said in the channel of each cohort meant; of `all` those that are archived are not."""
    me = call.require_organizer()
    meant = _meant(call, call.args.word or "")
    text = call.args.text or ""
    if len(text) > call.app.limits.text:
        raise Refused(TooLong("announcement", call.app.limits.text, len(text)))
    one = announcements.make(call.tx, me.id, text, call.now, call.message.msgid)
    for cohort in meant:
        call.post("announcement", f"announcement:{one.id}:{cohort.id}", cohort=cohort.id, detail=str(one.id))
        call.record("announced", cohort=cohort.id)
    # In a channel a cohort that is not public is not named.
    shown = [each.slug for each in meant if each.public or call.message.target in (None, each.channel)]
    return Announcing(tuple(shown), len(meant))


def _meant(call: Call, word: str) -> list[Cohort]:
    if word.lower() == ALL:
        every = cohorts.all_of(call.tx, call.network)
        return [one for one in every if one.state is not CohortState.ARCHIVED]
    slug = resolve(word, call.names, exact=True)
    if not isinstance(slug, str):
        raise Refused(slug)
    cohort = call.cohort(slug)
    if cohort.state is CohortState.ARCHIVED:  # the bot is not in its channel any more
        by = call.nick_of(cohort.state_by)
        raise Refused(CohortRests(cohort.slug, cohort.state, cohort.state_since, by, call.zone(cohort)))
    return [cohort]


@composes("announcement")
def announced(_app: App, tx: Connection, entry: Entry) -> Announced | None:
    """Signed with what its organizer is called now; None when the cohort was archived meanwhile."""
    assert entry.cohort_id is not None  # as `announce` posts it
    one = announcements.by_id(tx, int(entry.detail or 0))
    if one is None or cohorts.by_id(tx, entry.cohort_id).state is CohortState.ARCHIVED:
        return None
    return Announced(one.text, people.by_id(tx, one.by_id, entry.network).nick)
