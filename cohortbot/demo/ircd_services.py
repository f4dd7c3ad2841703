"""NickServ of the demo's IRC network: a pseudo client that simulates services accounts."""

from __future__ import annotations

from collections.abc import Callable

from cohortbot.demo.ircd_lines import Line
from cohortbot.demo.ircd_state import Client, Network, fold

HELP = (
    "IDENTIFY [account] password   log in to your account",
    "REGISTER password             make an account of your nick's name",
    "LOGOUT                        log out",
    "INFO [nick]                   whose account a nick is",
)


def install(network: Network) -> Client:
    """Put NickServ on the network; nothing that is sent to it as to a client goes anywhere."""
    services = Client(send=lambda _: None, hang_up=lambda: None, signed_on=network.now())
    services.nick, services.user, services.host = "NickServ", "services", "services.demo.local"
    services.realname = "Simulated accounts of the demo"
    services.registered = True
    network.clients[fold(services.nick)] = services
    return services


class NickServ:
    """Answers commands that are sent to it in private, always by NOTICE."""

    def __init__(self, network: Network) -> None:
        self.client = install(network)
        self._network = network
        self._commands: dict[str, Callable[[Client, list[str]], None]] = {
            "IDENTIFY": self._identify,
            "ID": self._identify,
            "REGISTER": self._register,
            "LOGOUT": self._logout,
            "INFO": self._info,
            "HELP": self._help,
        }

    def hear(self, client: Client, text: str) -> None:
        """One command as a person typed it; an unknown one is answered with where help is."""
        verb, *arguments = text.split() or ["HELP"]
        command = self._commands.get(verb.upper())
        if command is None:
            return self._say(client, f"Unknown command {verb}. /msg NickServ HELP lists those there are.")
        return command(client, arguments)

    def relay(self, network: Network, client: Client, line: Line) -> None:  # noqa: ARG002
        """The commands NICKSERV and NS, which clients offer as /nickserv and /ns."""
        self.hear(client, " ".join(line.params))

    def warn_of_owner(self, client: Client) -> None:
        """Whoever takes a registered nick without its account is told how to identify."""
        owned = self._network.accounts.get(fold(client.nick))
        if owned and fold(client.account or "") != fold(client.nick):
            self._say(client, "This nickname is registered. /msg NickServ IDENTIFY password if it is yours.")

    def _say(self, client: Client, text: str) -> None:
        self._network.tell([client], self._network.event(self.client, "NOTICE", client.nick, text))

    def _identify(self, client: Client, arguments: list[str]) -> None:
        if len(arguments) not in (1, 2):
            return self._say(client, "Syntax: IDENTIFY [account] password")
        name = arguments[0] if len(arguments) == 2 else client.nick
        if fold(name) not in self._network.accounts:
            return self._say(client, f"{name} is not a registered account.")
        account = self._network.login(name, arguments[-1])
        if account is None:
            return self._say(client, f"Invalid password for {name}.")
        self._say(client, f"You are now identified for {account}.")
        return self._network.set_account(client, account)

    def _register(self, client: Client, arguments: list[str]) -> None:
        if not arguments:
            return self._say(client, "Syntax: REGISTER password")
        if fold(client.nick) in self._network.accounts:
            return self._say(client, f"{client.nick} is already registered.")
        self._network.accounts[fold(client.nick)] = (client.nick, arguments[0])
        self._say(client, f"{client.nick} is now registered to you.")
        return self._network.set_account(client, client.nick)

    def _logout(self, client: Client, arguments: list[str]) -> None:  # noqa: ARG002
        if client.account is None:
            return self._say(client, "You are not logged in.")
        self._say(client, "You are now logged out.")
        return self._network.set_account(client, None)

    def _info(self, client: Client, arguments: list[str]) -> None:
        nick = arguments[0] if arguments else client.nick
        account = self._network.accounts.get(fold(nick))
        if account is None:
            return self._say(client, f"{nick} is not registered.")
        person = self._network.client(nick)
        here = "online and identified" if person and person.account == account[0] else "not here as its owner"
        return self._say(client, f"{account[0]} is registered, {here}.")

    def _help(self, client: Client, arguments: list[str]) -> None:  # noqa: ARG002
        for sentence in HELP:
            self._say(client, sentence)
