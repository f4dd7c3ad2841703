"""`check` where the bot logs in by its certificate: by SASL EXTERNAL, or seen by services without SASL."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from support.bytesd import ByteServer
from support.certificates import Authority, serving

from cohortbot.commands.visit import visit
from cohortbot.config import Irc

ADD = "say /msg NickServ CERT ADD"
PASSWORD = {"account": "bot", "password": "sesame"}


class Services(ByteServer):
    """A server with services that let in by what is in `takes`; WHOIS shows `known` of whoever asks."""

    takes: tuple[str, ...] = ()
    known: tuple[str, ...] = ()  # numerics
    _mechanism = ""

    def _on_authenticate(self, words: str) -> None:
        if words in ("EXTERNAL", "PLAIN"):
            self._mechanism = words
            self.send("AUTHENTICATE +")
        elif self._mechanism in self.takes:
            self.send(f":srv 900 {self._nick} bot!bot@bot.example bot :You are now logged in as bot")
            self.send(f":srv 903 {self._nick} :SASL authentication successful")
        else:
            self.send(f":srv 904 {self._nick} :SASL authentication failed")

    def _on_whois(self, words: str) -> None:
        nick = words.split()[-1]
        if nick == self._nick:
            self.send(f":srv 311 {nick} {nick} ~bot bot.example * :bot")
            for numeric in self.known:
                self.send(f":srv {numeric} {nick} {nick} :has identified for this nick")
        self.send(f":srv 318 {self._nick} {nick} :End of WHOIS")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls") / "authority")


@pytest.fixture
def server(authority: Authority) -> Iterator[Services]:
    """It asks whoever comes for a certificate of the authority's."""
    made = Services(
        isupport="CHANTYPES=#", secured=serving(authority.issue("srv", "IP:127.0.0.1"), authority.file)
    )
    yield made
    made.close()


def login(server: Services, authority: Authority, **sasl: Any) -> dict[str, str]:
    certificate: Path = authority.issue("bot")
    plain = {"network": "lab", "host": server.host, "port": server.port, "nick": "bot", "realname": "A bot"}
    settings = {"tls_ca": str(authority.file), "sasl": {"certificate": str(certificate), **sasl}}
    found = visit(Irc.model_validate({**plain, **settings}), [], site="http://lab.example", proven_only=False)
    return {one.about: f"{one.grade.value} {one.said}" for one in found}


@pytest.mark.parametrize(
    ("offers", "takes", "sasl", "said"),
    [
        ("sasl=EXTERNAL,PLAIN", ("EXTERNAL",), {}, "ok services know us as bot"),
        ("sasl=PLAIN", ("PLAIN",), PASSWORD, "ok services know us as bot"),
        (
            "sasl=EXTERNAL,PLAIN",
            ("PLAIN",),
            PASSWORD,
            "note services know us as bot, but irc.sasl.certificate: services know no account by this cert",
        ),
        ("sasl=EXTERNAL", (), {}, "FAULT irc.sasl.certificate: services know no account by this certificate"),
        ("sasl=PLAIN", (), {}, "FAULT the server takes no certificates by SASL, but PLAIN: see irc.sasl"),
    ],
    ids=["by certificate", "by password", "by password alone", "not known", "not taken"],
)
def test_a_certificate_is_taken_by_sasl_or_the_mend_is_told(
    offers: str,
    takes: tuple[str, ...],
    sasl: dict[str, str],
    said: str,
    server: Services,
    authority: Authority,
) -> None:
    server.offers, server.takes = offers, takes
    assert login(server, authority, **sasl)["login"].startswith(said)


def test_services_without_sasl_see_the_certificate_by_themselves(
    server: Services, authority: Authority
) -> None:
    server.offers = "multi-prefix"
    server.known = ("307",)
    found = login(server, authority)
    assert found["login"] == "ok services know bot by its certificate"
    assert found["identity"].startswith(
        "ok the server names no accounts, but says whose nick it is (WHOIS 307)"
    )
    server.known = ()
    found = login(server, authority)
    assert found["login"].startswith(
        "FAULT services do not know bot by its certificate, and there is no SASL: "
    )
    assert ADD in found["login"]
