"""A short visit to the network for `cohortbot check`: reach it, log in, look at nick and channels, leave.

A plain socket and no threads. What goes wrong is told with what to change; the bot itself would try again.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence

from cohortbot.commands.finding import Finding, fault, note, ok
from cohortbot.commands.services import Services, make_of
from cohortbot.commands.visit.channel_findings import Circumstances
from cohortbot.commands.visit.channel_findings import findings as about_channels
from cohortbot.commands.visit.channels import REASON, Channel, Looking
from cohortbot.commands.visit.connection import Unreachable, connect
from cohortbot.commands.visit.conversation import Closed, Conversation
from cohortbot.commands.visit.identity import capabilities, identity
from cohortbot.commands.visit.login import NICKSERV, WELCOME_WAIT, Registration, without_sasl
from cohortbot.commands.visit.whois import SERVICES_CATCH_UP, Bearer, whois
from cohortbot.config import Irc

# The version; no such server, too busy, unknown command.
_VERSION_ANSWERS = frozenset({"351", "402", "263", "421"})

__all__ = ["Channel", "visit"]


def visit(irc: Irc, channels: Sequence[Channel], *, site: str, proven_only: bool) -> Iterator[Finding]:
    """What there is to say about the network, whatever it does.

    `site` is the address where the logs are read; `proven_only` whether everybody is asked to identify.
    """
    try:
        connection = connect(irc)
    except Unreachable as error:
        yield fault("server", str(error))
        return
    with contextlib.closing(connection.socket):
        yield ok("server", connection.how)
        conversation = Conversation(connection.socket)
        registration = Registration(conversation, irc, shows_certificate=not connection.certificate_fault)
        try:
            registration.run()
        except TimeoutError:
            yield fault("login", f"no welcome within {WELCOME_WAIT:g} s: is irc.port the right one?")
            return
        except Closed as error:
            hint = "; irc.password is the server's own, few have one" if irc.password else ""
            yield fault("login", f"the server turned us away: {error}{hint}")
            return
        try:
            about = _Visit(conversation, irc, registration, connection.certificate_fault)
            yield from about.findings(channels, site, proven_only)
        except (TimeoutError, Closed):
            yield fault("server", "it left in the middle of the conversation: try again")
        conversation.say("QUIT", text=REASON)


class _Visit:
    """What is asked once we are on the network."""

    def __init__(
        self, conversation: Conversation, irc: Irc, registration: Registration, certificate_fault: str
    ) -> None:
        self._conversation = conversation
        self._irc = irc
        self._registration = registration
        self._certificate_fault = certificate_fault
        self._network = registration.network
        self._service_nick = irc.nickserv.service if irc.nickserv is not None else NICKSERV

    def findings(self, channels: Sequence[Channel], site: str, proven_only: bool) -> Iterator[Finding]:
        service = self._whois(self._service_nick)
        holder = self._whois(self._irc.nick) if self._registration.nick_refusal is not None else None
        bot = holder if holder is not None and self._is_ours(holder) else None
        login = self._registration.login or self._login(service, holder, bot)
        me = self._whois(self._registration.nick)
        yield capabilities(self._network)
        yield fault("login", self._certificate_fault) if self._certificate_fault else login
        has_services = service is not None or self._irc.logs_in
        if (kind := identity(self._network, bot or me, has_services=has_services)) is not None:
            yield kind
        yield self._nick(holder)
        # Under a wrong name there is nobody to wait for, and what others of them say would be missed.
        asked = self._service_nick if service is not None else NICKSERV
        looking = Looking(self._conversation, self._network, self._registration.nick, bot, asked)
        around = Circumstances(
            network=self._network,
            nick=self._irc.nick,
            mask=self._mask(bot or me),
            software=self._registration.software,
            has_services=has_services,
            services=self._make_of(service),
            services_down=has_services and service is None,
            as_the_bot=not self._irc.logs_in or (me is not None and self._is_ours(me)),
            proven_only=proven_only,
            site=site,
        )
        yield from about_channels(looking.look_at(channels), around)

    def _whois(self, nick: str) -> Bearer | None:
        return whois(self._conversation, self._network, nick)

    def _login(self, service: Bearer | None, holder: Bearer | None, bot: Bearer | None) -> Finding:
        """The login where SASL has not decided it."""
        if self._irc.logs_in:
            # Services of a network without SASL know nicks: trying under another could move or end the bot.
            if bot is not None and self._irc.sasl is None:
                return ok("login", f"services know the running bot as {self._irc.nick}")
            if holder is not None and self._irc.sasl is None:
                return note("login", f"not tried while {self._irc.nick} is held by somebody else")
            return without_sasl(self._conversation, self._irc, self._registration)
        if service is not None:
            return note(
                "login", "irc.sasl is not set: register the bot with NickServ, or anybody can take its nick"
            )
        return ok("login", "none is needed: the network has no services")

    def _nick(self, holder: Bearer | None) -> Finding:
        wanted, refusal = self._irc.nick, self._registration.nick_refusal
        if refusal is None:
            if self._registration.nick != wanted:
                cut = self._registration.nick
                return fault("nick", f"the server makes {cut} of {wanted}: give irc.nick a shorter one")
            return ok("nick", f"{wanted} is free")
        if holder is None:
            reason = f"{refusal.verb} {refusal.text}"
            return fault("nick", f"the server does not let us have {wanted} ({reason}): change irc.nick")
        if self._is_ours(holder):
            return ok("nick", f"{wanted} is held by our own: the bot is running")
        who = f"{holder.user}@{holder.host}" + (f", account {holder.account}" if holder.account else "")
        return fault("nick", f"{wanted} is held by {who}: have NickServ free it, or change irc.nick")

    def _is_ours(self, holder: Bearer) -> bool:
        """By its account; where we have none, by its realname, cut by the server as ours is."""
        if not self._irc.logs_in:
            me = self._whois(self._registration.nick)
            return me is not None and me.realname == holder.realname
        account = (self._irc.sasl.account if self._irc.sasl is not None else None) or self._irc.nick
        if holder.account is not None:
            return self._network.fold(holder.account) == self._network.fold(account)
        return holder.identified and self._network.fold(holder.nick) == self._network.fold(account)

    def _mask(self, bot: Bearer | None) -> str:
        return f"{self._irc.nick}!{bot.user}@{bot.host}" if bot is not None else f"{self._irc.nick}!*@*"

    def _make_of(self, service: Bearer | None) -> Services | None:
        """By what services call themselves, asked of their own server; else by the network's name."""
        if service is None or not service.server:
            return None
        self._conversation.say("VERSION", service.server)
        answers = self._conversation.hear_for(SERVICES_CATCH_UP, lambda line: line.verb in _VERSION_ANSWERS)
        answered = bool(answers) and answers[-1].verb == "351"
        return make_of(answers[-1].param(1) if answered else self._irc.network)
