"""The config is read: at start, by `reload`, and by SIGHUP. A faulty one changes nothing and says where."""

from __future__ import annotations

import logging
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from functools import partial

from pydantic import BaseModel
from sqlalchemy.engine import Connection
from sqlalchemy.exc import IntegrityError

from cohortbot.config import Config, ConfigError
from cohortbot.domain.programme import Reloaded
from cohortbot.domain.refusals import ReloadRefused
from cohortbot.service.app import App
from cohortbot.service.call import Call, handles
from cohortbot.service.reply import Reply
from cohortbot.service.syncing import Synced, sync
from cohortbot.store import cohorts
from cohortbot.store.engine import transaction

log = logging.getLogger(__name__)

_FIXED = ("irc", "database", "logs", "web")
# Of those sections, what is looked up anew each time and so is in force at once.
_LIVE = frozenset({"irc.channels.extra", "logs.notice", "logs.public", "web.base_url", "web.chat_url"})
# Of another network or database nothing may be read into this one.
_ELSEWHERE = ("irc.network", "database.url")


class ConfigRefused(Exception):
    """The config cannot be put into force; `faults` are sentences that begin with file and key."""

    def __init__(self, faults: tuple[str, ...]) -> None:
        super().__init__("\n".join(faults))
        self.faults = faults


def apply_config(app: App, now: datetime) -> Synced:
    """Bring the database's cohorts up to the config that the app was built with; at every start.

    ConfigRefused if it names a cohort of another network, or a channel of another cohort.
    """
    try:
        synced = _in_own_transaction(app, app.config, now)
    except ConfigError as error:
        raise ConfigRefused(_told(error)) from None
    transaction(app.engine, lambda tx: cohorts.look_anew(tx, app.network), deadline=app.limits.database_wait)
    _log(synced)
    return synced


def reload(app: App, now: datetime) -> Reloaded:
    """Read the config file again and put it into force; ConfigRefused with all its faults if it cannot be."""
    try:
        config = _read(app)
        synced = _in_own_transaction(app, config, now)
    except ConfigError as error:
        raise ConfigRefused(_told(error)) from None
    return _put_into_force(app, config, synced)


@handles("reload")
def reload_by_word(call: Call) -> Reply:
    """The same at an organizer's word; the new config is in force once the transaction is committed.

    The answer is always private: it may name a cohort that is not public.
    """
    call.require_organizer()
    try:
        config = _read(call.app)
        with call.tx.begin_nested():  # of a config that is refused nothing is kept
            synced = sync(call.app, call.tx, config, call.now)
    except ConfigError as error:
        return call.privately(ReloadRefused(_told(error)))
    except ConfigRefused as refused:
        return call.privately(ReloadRefused(refused.faults))
    call.record("reloaded")
    call.after_commit.append(partial(_put_into_force, call.app, config, synced))
    return call.privately(_reloaded(call.app.config, config, synced))


def _read(app: App) -> Config:
    config = app.read_config(app.config.path)
    moved = [key for key in _needs_restart(app.config, config) if key in _ELSEWHERE]
    if moved:
        raise ConfigRefused(tuple(f"{config.path}: {key}: needs a restart" for key in moved))
    return config


def _in_own_transaction(app: App, config: Config, now: datetime) -> Synced:
    def work(tx: Connection) -> Synced:
        return sync(app, tx, config, now)

    try:
        return transaction(app.engine, work, deadline=app.limits.database_wait)
    except IntegrityError:  # another bot of this database made one of the cohorts in this very moment
        return transaction(app.engine, work, deadline=app.limits.database_wait)


def _told(error: ConfigError) -> tuple[str, ...]:
    return tuple(str(error).splitlines())


def _put_into_force(app: App, config: Config, synced: Synced) -> Reloaded:
    done = _reloaded(app.config, config, synced)
    app.live.swap(_in_force(app.config, config))
    _log(synced)
    if done.restart:
        log.warning("config: in force after a restart: %s", ", ".join(done.restart))
    return done


def _in_force(now: Config, read: Config) -> Config:
    """The config read, but for what a running bot cannot change: that stays as it is until a restart."""
    return replace(
        read,
        irc=now.irc.model_copy(update={"channels": read.irc.channels}),
        database=now.database,
        logs=now.logs.model_copy(update={"notice": read.logs.notice, "public": read.logs.public}),
        web=now.web.model_copy(update={"base_url": read.web.base_url, "chat_url": read.web.chat_url}),
    )


def _reloaded(now: Config, read: Config, synced: Synced) -> Reloaded:
    return Reloaded(read.path.name, synced.made, synced.changed, tuple(_needs_restart(now, read)))


def _needs_restart(now: Config, read: Config) -> Iterator[str]:
    """The dotted keys that differ and are in force after a restart only; never their values."""
    for section in _FIXED:
        old, new = (
            dict(_values(getattr(now, section), section)),
            dict(_values(getattr(read, section), section)),
        )
        for key in dict.fromkeys((*old, *new)):
            if key not in _LIVE and old.get(key) != new.get(key):
                yield key


def _values(block: BaseModel, prefix: str) -> Iterator[tuple[str, object]]:
    for name in type(block).model_fields:
        value = getattr(block, name)
        if isinstance(value, BaseModel):
            yield from _values(value, f"{prefix}.{name}")
        else:
            yield f"{prefix}.{name}", value


def _log(synced: Synced) -> None:
    for slug in synced.made:
        log.info("config: cohort %s made", slug)
    if synced.changed:
        log.info("config: changed %s", ", ".join(synced.changed))
