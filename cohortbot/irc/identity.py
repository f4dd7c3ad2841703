"""Who is speaking, by the word of the server: account tag, what was announced, or WHOIS.

The kinds of network: account-tag says it with every line; account-notify and extended-join announce every
change of people in our channels; elsewhere WHOIS is asked, for each command anew. It names an account (330),
or, on a network that names none at all, says that somebody has identified for the nick that they bear (307).
"""

from __future__ import annotations

from collections.abc import Callable

from cohortbot.domain.message import NoServices, NotAsked, Proof, Proven, ServicesDown, TooSlow, Unproven
from cohortbot.irc import wire
from cohortbot.irc.network import Network
from cohortbot.irc.people import Connection, People
from cohortbot.irc.sender import Sender
from cohortbot.irc.services import Services
from cohortbot.irc.whois import Answer, Whois

Told = Callable[[Proof], None]


class Identity:
    """Proof of who speaks, on one connection of ours.

    `has_services` is whether the network was ever seen to have any, or we log in to them; `services` is what
    they are called; `seen` is called once when they are first seen, `back` with the time when they are there
    again.
    """

    def __init__(
        self,
        network: Network,
        people: People,
        sender: Sender,
        *,
        services: str,
        has_services: bool,
        seen: Callable[[], None],
        back: Callable[[float], None],
    ) -> None:
        self._network = network
        self._people = people
        self._whois = Whois(network, people, sender)
        self._services = Services(services, network, self._whois, sender, expected=has_services, back=back)
        self._has_services = has_services
        self._seen = seen
        self._accounts_named = False

    # What is known without asking

    def at_once(self, person: Connection, now: float) -> Proof | None:
        """The proof of somebody who just spoke, if the server has said it already; None: ask."""
        if not self._says_account(person):
            return None
        if person.account is None and self._has_services and not self._services.known(now):
            return None
        return self.of_account(person.account)

    def in_passing(self, person: Connection) -> Proof:
        """What the server tells of itself of somebody who does what needs no proof."""
        return self.of_account(person.account) if self._says_account(person) else NotAsked()

    def _says_account(self, person: Connection) -> bool:
        """Whether what we know of somebody's account is right at this moment."""
        if self._network.names_accounts:
            return True
        return bool(person.channels) and person.account_known and self._network.follows_accounts

    def last_known(self, nick: str) -> Proof:
        """What was last seen of somebody, without asking the server."""
        person = self._people.find(nick)
        return self.of_account(person.account if person else None)

    def of_account(self, account: str | None) -> Proof:
        """The proof of somebody whom the server shows logged in to `account` (None: to none)."""
        if account is not None:
            self._saw_services()
            return Proven(account)
        if not self._has_services:
            return NoServices()
        return ServicesDown() if self._services.down else Unproven()

    def _saw_services(self) -> None:
        if not self._has_services:
            self._has_services = self._services.expected = True
            self._seen()

    def services_acted(self, now: float) -> None:
        """Somebody was seen to log in."""
        self._saw_services()
        self._services.acted(now)

    # Asking the server

    def ask(self, person: Connection, told: Told, now: float) -> None:
        """Ask the server what `at_once` could not say; `told` is called once, unless it never answers."""
        if self._says_account(person):
            account = person.account
            self._services.ask(lambda: told(self.of_account(account)), now)
        else:
            self._ask_about(person, told, now)

    def _ask_about(self, person: Connection, told: Told, now: float) -> None:
        nick = person.nick

        def answered(answer: Answer) -> None:
            is_them = answer.mask == person.mask and self._people.is_here(person)
            self._prove(answer if is_them else Answer(nick), settled, now)

        def settled(proof: Proof) -> None:
            # Whoever bears that nick by now, it is not them.
            told(proof if person.nick == nick else TooSlow())

        self._whois.ask(nick, answered, now)

    def whois(self, nick: str, told: Told, now: float) -> None:
        """Ask the server who bears `nick` now, whoever that is; `told` is called once."""
        self._whois.ask(nick, lambda answer: self._prove(answer, told, now), now)

    def _prove(self, answer: Answer, told: Told, now: float) -> None:
        """A 330, where present, decides alone. 307 counts for the nick where no account is ever named.

        And it counts only while services are there: some servers leave it to them to take 307 away from who
        changes nick (ngircd), so that in their absence it may be the word about an earlier nick. The price is
        that nobody is proven on such a network until they are back.
        """
        person = self._people.find(answer.nick)
        if person is not None and answer.mask:
            person.bot = person.bot or answer.bot
        self._accounts_named = self._accounts_named or self._network.tells_accounts or answer.named
        if answer.account is not None:
            told(self.of_account(answer.account))
            return
        if answer.registered:
            self._saw_services()
        if not self._has_services:
            told(NoServices())
            return
        by_nick = answer.registered and not self._accounts_named

        def known() -> None:
            told(self.of_account(answer.nick if by_nick and self._services.there else None))

        if by_nick:
            self._services.ask_anew(known, now)
        else:
            self._services.ask(known, now)

    def hear(self, message: wire.Message, now: float) -> None:
        """Follow one numeric."""
        self._whois.hear(message, now)
        self._services.hear(message, now)
