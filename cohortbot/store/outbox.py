"""What must be said and survive a crash: claimed, said, and settled by a receipt."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import and_, insert, or_, select, update
from sqlalchemy.engine import Connection, Row

from cohortbot.domain.message import LogAddress, Timing
from cohortbot.domain.model import Round
from cohortbot.store.inserting import insert_new
from cohortbot.store.tables import outbox


@dataclass(frozen=True, slots=True)
class Entry:
    """One thing to say: `kind` and ids, no prose. `attempts` counts sendings that died without a receipt.

    `reason` of one that waits says why the server refused it, None where it did not.
    """

    id: int
    kind: str
    network: str
    person_id: int | None
    cohort_id: int | None
    membership_id: int | None
    round_id: int | None
    award_id: int | None
    about_id: int | None
    detail: str | None
    made_at: datetime
    attempts: int
    state: str
    token: str | None
    reason: str | None
    timing: Timing


_COLUMNS = [outbox.c[name] for name in Entry.__dataclass_fields__]


def _entry(row: Row) -> Entry:
    return Entry(**dict(row._mapping) | {"timing": Timing(row.timing)})


def put(
    tx: Connection,
    kind: str,
    key: str,
    *,
    network: str,
    now: datetime,
    person: int | None = None,
    cohort: int | None = None,
    membership: int | None = None,
    round_: int | None = None,
    award: int | None = None,
    about: int | None = None,
    detail: str | None = None,
    expires_at: datetime | None = None,
    timing: Timing = Timing.NOW,
) -> None:
    """Ask for one thing to be said; to `person`, or without one in the channel of `cohort`.

    `key` names it (`prompt:17`): asked twice, it is still said once.
    """
    insert_new(
        tx,
        outbox,
        kind=kind,
        key=key,
        network=network,
        person_id=person,
        cohort_id=cohort,
        membership_id=membership,
        round_id=round_,
        award_id=award,
        about_id=about,
        detail=detail,
        state="pending",
        made_at=now,
        expires_at=expires_at,
        timing=timing,
    )


def put_prompts(tx: Connection, network: str, rounds: Sequence[Round], now: datetime) -> None:
    """The channels of these rounds are asked; a prompt is not said once its round is over."""
    rows = [
        {
            "kind": "prompt",
            "key": f"prompt:{one.id}",
            "network": network,
            "cohort_id": one.cohort_id,
            "round_id": one.id,
            "state": "pending",
            "made_at": now,
            "expires_at": one.closes_at,
        }
        for one in rounds
    ]
    tx.execute(insert(outbox), rows)


def is_known(tx: Connection, key: str) -> bool:
    """Whether the thing of this name was ever asked to be said."""
    return tx.scalar(select(outbox.c.id).where(outbox.c.key == key)) is not None


def open_entries(tx: Connection, network: str, now: datetime, in_hand: Collection[int]) -> list[Entry]:
    """What may be claimed, oldest first: pending, or being sent by nobody.

    `in_hand` are the ids that the one sender of the network has; of others that are `sending` nobody knows
    what became, and nobody will.
    """
    query = (
        select(*_COLUMNS)
        .where(
            outbox.c.network == network,
            or_(
                outbox.c.state == "pending",
                and_(outbox.c.state == "sending", outbox.c.id.not_in(in_hand)),
            ),
            or_(outbox.c.expires_at.is_(None), outbox.c.expires_at > now),
        )
        .order_by(outbox.c.id)
    )
    return [_entry(row) for row in tx.execute(query)]


def claim(tx: Connection, row: Entry, token: str) -> int | None:
    """Take a row for sending: how many sendings of it died before, or None when another was faster."""
    fresh = tx.execute(
        update(outbox)
        .where(outbox.c.id == row.id, outbox.c.state == "pending")
        .values(state="sending", token=token, reason=None)
    )
    if fresh.rowcount == 1:
        return row.attempts
    died = tx.execute(
        update(outbox)
        .where(outbox.c.id == row.id, outbox.c.state == "sending", outbox.c.token == row.token)
        .values(token=token, attempts=outbox.c.attempts + 1)
    )
    return row.attempts + 1 if died.rowcount == 1 else None


def settle(
    tx: Connection,
    row_ids: Sequence[int],
    token: str,
    state: str,
    now: datetime,
    *,
    reason: str | None = None,
    line: LogAddress | None = None,
) -> bool:
    """`sent`, `refused` or `expired`; only who holds the claim may say so."""
    done = tx.execute(
        update(outbox)
        .where(outbox.c.id.in_(row_ids), outbox.c.token == token, outbox.c.state == "sending")
        .values(
            state=state,
            settled_at=now,
            reason=reason,
            log_channel=line.channel if line else None,
            log_day=line.day if line else None,
            log_line=line.line if line else None,
        )
    )
    return done.rowcount == len(row_ids)


def release(
    tx: Connection, row_ids: Sequence[int], token: str, *, partly: bool = False, reason: str | None = None
) -> bool:
    """Back to pending: it was not said. `partly`: its beginning was, which counts as a sending that died."""
    done = tx.execute(
        update(outbox)
        .where(outbox.c.id.in_(row_ids), outbox.c.token == token, outbox.c.state == "sending")
        .values(
            state="pending",
            token=None,
            reason=reason,
            attempts=outbox.c.attempts + int(partly),
        )
    )
    return done.rowcount == len(row_ids)


def waiting_for(tx: Connection, person_id: int, network: str, now: datetime) -> list[Entry]:
    """What waits to be said to somebody, or is on its way, oldest first."""
    query = (
        select(*_COLUMNS)
        .where(
            outbox.c.person_id == person_id,
            outbox.c.network == network,
            outbox.c.state.in_(["pending", "sending"]),
            or_(outbox.c.expires_at.is_(None), outbox.c.expires_at > now),
        )
        .order_by(outbox.c.id)
    )
    return [_entry(row) for row in tx.execute(query)]


def say_now(tx: Connection, row_id: int) -> None:
    """It was asked for: to be said at once, whatever the server said before, and at any hour."""
    asked_for = update(outbox).where(outbox.c.id == row_id, outbox.c.state == "pending")
    tx.execute(asked_for.values(reason=None, timing=Timing.NOW))


def was_put(tx: Connection, kind: str, about_id: int, since: datetime) -> bool:
    """Whether something of this kind was asked for about somebody, later than `since`."""
    query = select(outbox.c.id).where(
        outbox.c.kind == kind, outbox.c.about_id == about_id, outbox.c.made_at > since
    )
    return tx.execute(query.limit(1)).first() is not None


def withdraw_detail(tx: Connection, now: datetime, kind: str, detail: str) -> None:
    """The same for pending entries of a kind that say a detail."""
    which = (outbox.c.state == "pending", outbox.c.kind == kind, outbox.c.detail == detail)
    tx.execute(update(outbox).where(*which).values(state="expired", settled_at=now, reason="withdrawn"))


def withdraw(
    tx: Connection, now: datetime, *, kinds: Sequence[str] = (), membership: int | None = None, **ids: int
) -> int:
    """What has become untrue is not said: pending entries of these kinds, or about these ids, expire.

    Returns how many did: what is not among them may have been said.
    """
    where = [outbox.c.state == "pending"]
    if kinds:
        where.append(outbox.c.kind.in_(kinds))
    if membership is not None:
        where.append(outbox.c.membership_id == membership)
    where += [outbox.c[f"{name}_id"] == value for name, value in ids.items()]
    expired = {"state": "expired", "settled_at": now, "reason": "withdrawn"}
    done = tx.execute(update(outbox).where(*where).values(**expired))
    return done.rowcount
