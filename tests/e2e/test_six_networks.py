"""Nobody acts as somebody else, on any kind of network: every attack on real servers of every kind.

Anna mentors deploy. An attacker says in its channel what only she may, is told why not, and has changed
nothing: the same words of hers count one seat more, before the attack and after it. How long after it she is
heard again is measured from the moment when she, or the network, begins to come back.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

import pytest
from support.bot import Bot
from support.client import Client, Line
from support.filtered import Filter, Filtered, Wire
from support.ircd import IrcServer, Split, two_servers
from support.oftc import names_no_account
from support.processes import wait_until
from support.report import REPORT

from cohortbot.domain.verbs import VERBS
from cohortbot.irc.services import FRESH

HEADING = "who is speaking: attack, network, what the attacker heard, seconds until the mentor was heard"
PACE = {"irc": {"flood": {"burst": 100, "per_second": 100.0}}}
PLACES = 60


def as_it_is(line: Line, wire: Wire) -> Iterable[str]:  # noqa: ARG001
    return (line.raw,)


@dataclass(frozen=True)
class Kind:
    """One kind of network: real servers, and the filter on the bot's wire."""

    server: str
    services: str
    filter: Filter
    proof: str  # the numeric by which WHOIS proves

    @property
    def by_nick(self) -> bool:
        return self.proof == "307"


KINDS = {
    "account-tag": Kind("inspircd", "anope", as_it_is, "330"),
    "account-notify": Kind("hybrid", "anope", as_it_is, "330"),
    "WHOIS 330": Kind("ngircd", "anope", as_it_is, "330"),
    "WHOIS 307": Kind("hybrid", "anope", names_no_account, "307"),
}


class Stage:
    """Two servers, the bot on the first behind its filter, Anna on the second, and bystanders to be added."""

    def __init__(
        self,
        kind: Kind,
        network: Split,
        wire: Filtered,
        make_bot: Callable[..., Bot],
        name: Callable[[str], str],
    ) -> None:
        self.kind = kind
        self.network = network
        self.server = network.first
        self.wire = wire
        self.wire.from_server = kind.filter
        self.name = name
        self.account = self.server.register_account(name("anna"))
        self.nick = self.account[0]
        self.mallory = self.server.register_account(name("mallory"))
        bot = self.server.register_account(name("bot"))
        self.bot = make_bot(
            self.server,
            {"deploy": {"places": PLACES}},
            nick=bot[0],
            organizers=(self.nick,),
            settings={"irc": {**PACE["irc"], "port": wire.port}},
        )
        self.bot.start()
        self.channel = self.bot.channel("deploy")
        bystanders = [name(f"by{letter}") for letter in "abcdefghijklmnop"]
        self.server.connect_all(*bystanders, join=(self.channel,))
        self._bystanders = iter(bystanders)
        self._seated = 0
        self.anna = self.arrive()
        self.anna.say(self.channel, "!mentor deploy")
        self.anna.expect(self.bot.nick, self.channel, "1 of 3 mentors")
        self.next = next(self._bystanders)

    # Anna

    def arrive(self) -> Client:
        """Anna, proven and in the channel, on the second server."""
        anna = self.network.second.connect(self.nick, join=(self.channel,))
        anna.identify(*self.account)
        self.wait_vouched(self.nick)
        return anna

    def wait_vouched(self, nick: str) -> None:
        """Until the bot's server says who Anna is."""
        wait_until(lambda: self._vouches(nick), f"the server to vouch for {nick}")

    def wait_logged_out(self) -> None:
        """Until the bot's server says no more that she is."""
        wait_until(lambda: not self._vouches(self.nick), f"the server to see {self.nick} logged out")

    def _vouches(self, nick: str) -> bool:
        backstage = self.server.backstage()
        backstage.send(f"WHOIS {nick}")
        heard = backstage.heard_until(lambda line: line.verb == "318")
        return any(line.verb == self.kind.proof for line in heard)

    def anna_is_heard(self) -> None:
        """What the attacker could not do Anna can, and nothing was done before her."""
        self._seated += 1
        self.anna.mark()
        self.anna.say(self.channel, f"!add {self.next} deploy")
        self.anna.expect(
            self.bot.nick, self.channel, f"{self.next} joined deploy ({self._seated} of {PLACES})"
        )
        self.next = next(self._bystanders)

    def goes_elsewhere(self) -> None:
        """Anna leaves her nick to whoever wants it."""
        self.anna.change_nick(self.name("elsewhere"))
        wait_until(lambda: not self.server.sees(self.nick), "the nick to be free on the first server")

    def returns(self) -> None:
        """Anna takes her nick back, and the server knows her again."""
        self.takes_her_nick_back()
        self.wait_vouched(self.nick)

    def takes_her_nick_back(self) -> None:
        """She does so on the second server, and the bot's has heard of it."""
        wait_until(
            lambda: not self.network.second.sees(self.nick), "the nick to be free on the second server"
        )
        self.anna.change_nick(self.nick)
        wait_until(lambda: self.server.sees(self.nick), "the first server to know it")

    # Attackers

    def is_refused(self, who: Client, *facts: str) -> str:
        """`who` says Anna's words and hears why they do nothing: the reply, from the reason on."""
        who.mark()
        who.say(self.channel, f"!add {self.next} deploy")
        return who.expect(self.bot.nick, self.channel, *facts).text.partition(": ")[2]

    def impostor(self, nick: str | None = None) -> Client:
        """Somebody under Anna's nick, or another, in the channel."""
        who = self.server.connect(nick or self.nick, join=(self.channel,))
        self.wait_known(who.nick)
        return who

    def wait_known(self, nick: str) -> None:
        """Until both servers know an impostor, while they are linked, or the nick's owner would collide."""
        second = self.network.second
        wait_until(lambda: not self.network.whole or second.sees(nick), "both servers to know the impostor")

    def lies(self, lie: Filter) -> None:
        """From now on the server says what `lie` makes of what passes the kind's own filter."""
        self.wire.from_server = lie


Attack = Callable[[Stage], tuple[str, float]]
"""What the attacker was told, and the seconds until Anna was heard again."""


def took(began: float) -> float:
    return time.monotonic() - began


def takes_the_nick(stage: Stage) -> tuple[str, float]:
    stage.goes_elsewhere()
    attacker = stage.impostor()
    told = stage.is_refused(attacker, f"this nick belongs to {stage.nick}", "identify", "/nick")
    attacker.quit()
    began = time.monotonic()
    stage.returns()
    stage.anna_is_heard()
    return told, took(began)


def takes_the_nick_with_an_underscore(stage: Stage) -> tuple[str, float]:
    attacker = stage.impostor(f"{stage.nick}_")
    told = stage.is_refused(attacker, f"this nick belongs to {stage.nick}", "identify", "/nick")
    attacker.quit()
    began = time.monotonic()
    stage.anna_is_heard()
    return told, took(began)


def logs_out(stage: Stage) -> tuple[str, float]:
    stage.anna.say("NickServ", "LOGOUT")
    stage.anna.wait_for(r"^:NickServ\S* NOTICE .*logged out")
    stage.wait_logged_out()
    told = stage.is_refused(stage.anna, f"this nick belongs to {stage.nick}", "identify")
    began = time.monotonic()
    stage.anna.identify(*stage.account)
    stage.wait_vouched(stage.nick)
    stage.anna_is_heard()
    return told, took(began)


def returns_after_a_split(stage: Stage) -> tuple[str, float]:
    """Servers settle whose the nick is each in their way: a new name for one, or one or both put out."""
    stage.network.cut()
    attacker = stage.impostor()
    told = stage.is_refused(attacker, f"this nick belongs to {stage.nick}", "identify")
    began = time.monotonic()
    stage.network.mend()
    settled = stage.anna.wait_for(r"^(ERROR|:\S+ NICK )")
    if settled.verb == "ERROR":
        attacker.quit()  # hybrid puts out both if their nicks are of the same second, else the older alone
        second = stage.network.second
        wait_until(lambda: not second.sees(stage.nick), "the attacker to be gone too")
        stage.anna = stage.arrive()
    else:
        stage.anna.nick = settled.text
        stage.wait_vouched(settled.text)
    stage.anna_is_heard()
    seconds = took(began)
    if stage.anna.nick != stage.nick:
        attacker.quit()
        stage.returns()
    return told, seconds


def sets_its_account_to_a_star(stage: Stage) -> tuple[str, float]:
    """«Logged out», in every way in which a server says it: two such people are not one."""
    own = stage.kind.filter

    def star(line: Line, wire: Wire) -> Iterable[str]:
        said = list(own(line, wire))
        if line.verb == "PRIVMSG" and line.nick == stage.nick:
            return [f"@account=*{';' + raw[1:] if raw.startswith('@') else ' ' + raw}" for raw in said]
        if line.verb == "JOIN" and line.nick == stage.nick and not stage.kind.by_nick:
            return [*said, f":{line.source} ACCOUNT *"]
        if line.verb == "318" and line.params[1] == stage.nick and not stage.kind.by_nick:
            return [f":lab 330 {line.params[0]} {line.params[1]} * :is logged in as", *said]
        return said

    stage.goes_elsewhere()
    stage.lies(star)
    attacker = stage.impostor()
    told = stage.is_refused(attacker, f"this nick belongs to {stage.nick}", "identify")
    attacker.quit()
    stage.lies(own)
    began = time.monotonic()
    stage.returns()
    stage.anna_is_heard()
    return told, took(began)


def asks_while_services_are_down(stage: Stage) -> tuple[str, float]:
    """Who is proven stays so where the server names accounts; where 307 alone proves, nobody is."""
    stage.server.stop_services()
    gone = time.monotonic()
    stage.goes_elsewhere()
    attacker = stage.impostor()
    wait_until(lambda: took(gone) > FRESH, "the server's word about its services to be stale")
    told = stage.is_refused(attacker, f"this nick belongs to {stage.nick}", "services are down")
    attacker.quit()
    stage.takes_her_nick_back()
    if stage.kind.by_nick:
        stage.is_refused(stage.anna, "services are down")
    else:
        stage.anna_is_heard()
    began = time.monotonic()
    stage.server.start_services()
    stage.wait_vouched(stage.nick)
    stage.anna_is_heard()
    return told, took(began)


def shows_307_beside_a_330_of_another_account(stage: Stage) -> tuple[str, float]:
    """ngircd does so by itself while services hang; elsewhere the filter says it in the server's place."""

    def both(line: Line, wire: Wire) -> Iterable[str]:  # noqa: ARG001
        if line.verb == "318" and line.params[1] == stage.nick:
            return (f":lab 307 {line.params[0]} {line.params[1]} :has identified for this nick", line.raw)
        return (line.raw,)

    stage.goes_elsewhere()
    stage.lies(both)
    attacker = stage.server.connect(stage.name("mallory"), join=(stage.channel,))
    attacker.identify(*stage.mallory)
    stage.server.freeze_services()
    attacker.change_nick(stage.nick)
    stage.wait_known(stage.nick)
    told = stage.is_refused(attacker, "is for mentors of deploy")
    stage.server.thaw_services()
    attacker.quit()
    began = time.monotonic()
    stage.returns()
    stage.anna_is_heard()
    return told, took(began)


# The last one shows the network to name accounts after all, where it did not: it comes last.
ATTACKS: tuple[Attack, ...] = (
    takes_the_nick,
    takes_the_nick_with_an_underscore,
    logs_out,
    sets_its_account_to_a_star,
    returns_after_a_split,
    asks_while_services_are_down,
    shows_307_beside_a_330_of_another_account,
)


@pytest.fixture(params=KINDS)
def stage(
    request: pytest.FixtureRequest,
    filtered: Callable[..., Filtered],
    make_bot: Callable[..., Bot],
    name: Callable[[str], str],
) -> Iterator[Stage]:
    kind = KINDS[request.param]
    with two_servers(kind.server, kind.services) as network:
        yield Stage(kind, network, filtered(network.first.port), make_bot, name)


def test_whoever_attacks_does_nothing_and_the_mentor_is_heard_again(
    stage: Stage, request: pytest.FixtureRequest
) -> None:
    kind = request.node.callspec.params["stage"]
    stage.anna_is_heard()
    for attack in ATTACKS:
        told, seconds = attack(stage)
        named, why = attack.__name__.replace("_", " "), told.partition("so nothing was ")[2]
        REPORT.add(HEADING, f"{named:<42} {kind:<15} nothing was {why[:44]:<44} {seconds:6.2f} s")


# Nobody can be proven


REFUSED_TO_ALL = {
    "complete": "complete {cy} deploy",
    "checkin": "checkin deploy",
    "mentor": "mentor deploy",
    "blockers": "blockers deploy",
    "skip-round": "skip-round deploy",
    "remind": "remind deploy",
    "round": "round deploy",
    "mentor ok": "mentor ok {cy} deploy",
    "mentor no": "mentor no {cy} deploy",
    "add": "add {cy} deploy",
    "remove": "remove {cy} deploy because",
    "cohort new": "cohort new taxes Taxes",
    "cohort set": "cohort set deploy places 1",
    "cohort pause": "cohort pause deploy",
    "cohort resume": "cohort resume deploy",
    "cohort archive": "cohort archive deploy",
    "move": "move {cy} deploy patch",
    "revoke": "revoke {cy} deploy because",
    "days-off": "days-off 24 Dec",
    "announce": "announce deploy Hello",
    "merge": "merge {cy} into {anna}",
    "audit": "audit",
    "bar": "bar {cy} because",
    "unbar": "unbar {cy}",
    "erase": "erase {cy} because",
    "organizer add": "organizer add {cy}",
    "organizer remove": "organizer remove {anna}",
    "reload": "reload",
}


def test_every_verb_that_needs_proof_is_tried_where_there_are_no_services() -> None:
    assert {verb.name for verb in VERBS if verb.who.needs_proof} <= set(REFUSED_TO_ALL)


@pytest.mark.parametrize("kind", ["inspircd", "hybrid", "ngircd"])
def test_without_services_what_needs_proof_is_refused_to_all_for_that_reason(
    kind: str, request: pytest.FixtureRequest, make_bot: Callable[..., Bot], name: Callable[[str], str]
) -> None:
    server: IrcServer = request.getfixturevalue(kind)
    settings = {"irc": {"flood": {"burst": 100, "per_second": 100.0}}}
    bot = make_bot(
        server, {"deploy": {}, "patch": {}}, organizers=(name("anna"), name("dora")), settings=settings
    )
    bot.start()
    channel = bot.channel("deploy")
    cy, anna, dee = server.connect_all(name("cy"), name("anna"), name("dee"), join=(channel,))
    cy.say(channel, "!join deploy")
    cy.expect(bot.nick, channel, "joined deploy (1 of 8)")
    reason = "has no services that could vouch for anybody"
    for number, line in enumerate(REFUSED_TO_ALL.values()):
        who = (dee, anna)[number % 2]  # whoever it is, and whoever bears an organizer's nick
        who.say(bot.nick, line.format(cy=cy.nick, anna=anna.nick))
        who.expect(bot.nick, who.nick, reason)
    cy.say(channel, "!join deploy")
    cy.expect(bot.nick, channel, "you are in deploy (1 of 8)")


# Atheme


@pytest.mark.parametrize("login", ["SASL", "NickServ"])
def test_atheme_vouches_as_well(
    login: str, inspircd_atheme: IrcServer, make_bot: Callable[..., Bot], name: Callable[[str], str]
) -> None:
    server = inspircd_atheme
    account = server.register_account(name("anna"))
    bot = make_bot(server, {"deploy": {}}, organizers=(account[0],))
    bot.start()
    channel = bot.channel("deploy")
    anna = server.connect(account[0], sasl=account if login == "SASL" else None, join=(channel,))
    if login == "NickServ":
        anna.identify(*account)
    anna.say(channel, "!mentor deploy")
    anna.expect(bot.nick, channel, "1 of 3 mentors")
    anna.change_nick(name("elsewhere"))
    attacker = server.connect(account[0], join=(channel,))
    attacker.say(channel, "!checkin")
    attacker.expect(bot.nick, channel, f"this nick belongs to {account[0]}", "identify")
    anna.say(channel, "!checkin")
    anna.expect(bot.nick, channel, f"{anna.nick}: ")
