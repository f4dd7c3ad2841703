"""The parts of this room put together for one App: its config, its log, its desk."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from functools import partial

from cohortbot import service
from cohortbot.chatlog.files import ChatLog
from cohortbot.clock import Clock
from cohortbot.config import Irc
from cohortbot.config.schema import NickServ, Sasl
from cohortbot.irc.beat import Beat
from cohortbot.irc.bridge import Bridge, Settings
from cohortbot.irc.desk import Desk
from cohortbot.irc.login import Credentials
from cohortbot.irc.nickserv import NickServCredentials
from cohortbot.irc.sasl import SaslCredentials
from cohortbot.service.app import App
from cohortbot.store.engine import Away, Fenced, reading, time_of
from cohortbot.store.people import has_services


def bridge_for(app: App, clock: Clock, logged_in_as: str | None = None) -> Bridge:
    """A bridge for the App's network that has not begun to work, in our turn; torn log files are mended.

    `logged_in_as` is our nick where somebody else logs in for us: then the config's nick and its secrets for
    the network are not used.

    Asks the database whether the network was seen to have services. `UnsafeName` for a network's name that
    cannot be a folder.
    """
    log = ChatLog(app.config.logs.folder, app.config.irc.network, may_write=lambda: app.turn.held)
    log.mend()
    return Bridge(_settings(app, logged_in_as), Desk(app), log, clock, app.turn)


def beat_for(app: App, clock: Clock) -> Beat:
    """What the App's programme does by the clock, in our turn."""

    def now() -> datetime:
        # Due is the same instant for all bots of a database, whatever their machines' clocks show.
        try:
            return clock.over(partial(time_of, app.engine)).now()
        except Away:
            return app.now()  # nothing can be done now in any case

    def tick(now: datetime) -> None:
        if app.turn.held:
            with suppress(Fenced):
                service.tick(app, now)

    return Beat(tick, now, moved=clock.moved)


def _settings(app: App, logged_in_as: str | None) -> Settings:
    irc = app.config.irc
    with reading(app.engine) as tx:
        known = has_services(tx, irc.network)
    here_already = Credentials(logged_in_as, irc.realname) if logged_in_as is not None else None
    return Settings(
        network=irc.network,
        credentials=here_already or credentials(irc),
        ignore=irc.ignore,
        off_record_prefix=app.config.logs.off_record_prefix,
        pace=(irc.flood.burst, irc.flood.per_second),
        new_people_per_minute=irc.flood.new_people_per_minute,
        proof_wait=app.limits.proof_wait.total_seconds(),
        has_services=known or irc.logs_in,
        services=irc.services_nick,
    )


def credentials(irc: Irc) -> Credentials:
    """Who the config says that we are."""
    return Credentials(
        nick=irc.nick,
        realname=irc.realname,
        sasl=_sasl(irc.sasl) if irc.sasl else None,
        nickserv=_nickserv(irc.nickserv) if irc.nickserv else None,
        password=irc.password.get_secret_value() if irc.password else None,
    )


def _nickserv(nickserv: NickServ) -> NickServCredentials:
    return NickServCredentials(nickserv.password.get_secret_value(), nickserv.service)


def _sasl(sasl: Sasl) -> SaslCredentials:
    plain = (sasl.account, sasl.password.get_secret_value()) if sasl.account and sasl.password else None
    return SaslCredentials(plain, certificate=sasl.certificate is not None)
