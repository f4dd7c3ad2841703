"""TLS with the network: whom we trust, which fault is said with which mend, and what we show of ourselves."""

from __future__ import annotations

import socket
import subprocess
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from support.bytesd import ByteServer
from support.certificates import DAY, Authority, serving
from support.processes import wait_until
from support.puppet_process import Puppet

from cohortbot.config import ConfigError, Irc
from cohortbot.irc import tls

HERE = ("DNS:localhost", "IP:127.0.0.1")


@pytest.fixture(scope="module")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("tls") / "authority")


@pytest.fixture
def server() -> Iterator[ByteServer]:
    made = ByteServer()
    made.greeting = b":srv NOTICE * :*** Looking up your hostname\r\n"
    yield made
    made.close()


def irc(**settings: Any) -> Irc:
    plain = {"network": "lab", "host": "localhost", "nick": "bot", "realname": "A bot"}
    return Irc.model_validate(plain | settings)


def shakes_hands(server: ByteServer, settings: Irc) -> str:
    """What is wrong with the connection that these settings make, '' if nothing is."""
    context = tls.context(settings)
    assert context is not None
    try:
        with (
            socket.create_connection((server.host, server.port), timeout=10) as plain,
            context.wrap_socket(plain, server_hostname=settings.host) as secured,
        ):
            secured.recv(1)  # its greeting; a server that refuses us says so only now
    except OSError as error:
        return tls.fault(settings, error)
    return ""


# Whom we trust

DISTRUSTED: dict[str, tuple[dict[str, Any], list[str], str]] = {
    "expired": (
        {"begins": timedelta(days=-2), "ends": -DAY},
        [],
        "it has expired; the network has to renew it (or this machine's clock is wrong)",
    ),
    "not yet valid": (
        {"begins": DAY, "ends": timedelta(days=2)},
        [],
        "it is not valid yet; is this machine's clock right? Else the network has to mend it",
    ),
    "another name": ({}, ["DNS:irc.elsewhere.test"], "it is not for localhost; see irc.host"),
}


@pytest.mark.parametrize(("validity", "names", "said"), DISTRUSTED.values(), ids=DISTRUSTED.keys())
def test_a_certificate_that_does_not_fit_is_told_with_its_fault(
    server: ByteServer, authority: Authority, validity: dict[str, Any], names: list[str], said: str
) -> None:
    server.secured = serving(authority.issue("misfit", *(names or HERE), **validity))
    settings = irc(tls_ca=authority.file)
    assert shakes_hands(server, settings) == f"its certificate cannot be trusted: {said}"
    assert shakes_hands(server, irc(tls_ca=authority.file, tls_verify=False)) == ""


def test_an_unknown_authority_is_told_with_the_key_for_it(server: ByteServer, authority: Authority) -> None:
    server.secured = serving(authority.issue("unknown", *HERE))
    assert shakes_hands(server, irc()) == (
        "its certificate cannot be trusted: this machine does not know who signed it; "
        "an authority of the network's own belongs in irc.tls_ca"
    )


def test_the_authority_in_tls_ca_is_the_only_one(
    server: ByteServer, authority: Authority, tmp_path: Path
) -> None:
    server.secured = serving(authority.issue("known", *HERE))
    other = Authority(tmp_path / "other").file
    assert shakes_hands(server, irc(tls_ca=authority.file)) == ""
    assert shakes_hands(server, irc(tls_ca=authority.file, host="127.0.0.1")) == ""
    assert shakes_hands(server, irc(tls_ca=other)) == (
        f"its certificate cannot be trusted: it is not by the authority in {other}; see irc.tls_ca"
    )


def test_tls_ca_may_hold_the_servers_own_certificate(server: ByteServer, authority: Authority) -> None:
    certificate = authority.issue("pinned", *HERE)
    server.secured = serving(certificate)
    assert shakes_hands(server, irc(tls_ca=certificate)) == ""
    server.secured = serving(authority.issue("not-pinned", *HERE))
    assert "not by the authority" in shakes_hands(server, irc(tls_ca=certificate))


def test_a_server_without_tls_is_told_as_such(server: ByteServer) -> None:
    assert shakes_hands(server, irc()) == (
        "it speaks no TLS there; see irc.port (6697 is usual), or irc.tls: false"
    )


def test_what_is_no_fault_of_tls_keeps_the_systems_words() -> None:
    assert tls.fault(irc(), ConnectionRefusedError(111, "Connection refused")) == "Connection refused"


# What we show


def test_a_server_that_asks_for_a_certificate_is_shown_ours(server: ByteServer, authority: Authority) -> None:
    server.secured = serving(authority.issue("asking", *HERE), clients_by=authority.file)
    ours = authority.issue("cohortbot")
    settings = irc(tls_ca=authority.file, sasl={"certificate": ours})
    assert shakes_hands(server, settings) == ""
    assert shakes_hands(server, irc(tls_ca=authority.file)) == (
        "it refuses TLS with us (tlsv13 alert certificate required): does it want a client certificate "
        "(irc.sasl.certificate)?"
    )


def test_without_tls_there_is_no_context() -> None:
    assert tls.context(irc(tls=False, host="127.0.0.1")) is None


# Files that cannot be used


def text(file: Path, _: Authority) -> None:
    file.write_text("no certificate\n")


def nothing(_: Path, __: Authority) -> None:
    pass


def folder(file: Path, _: Authority) -> None:
    file.mkdir()


def certificate_alone(file: Path, authority: Authority) -> None:
    file.write_bytes(authority.issue("alone").with_suffix(".crt").read_bytes())


def key_alone(file: Path, authority: Authority) -> None:
    file.write_bytes(authority.issue("alone").with_suffix(".key").read_bytes())


def anothers_key(file: Path, authority: Authority) -> None:
    key = authority.issue("another").with_suffix(".key").read_bytes()
    file.write_bytes(key + authority.issue("alone").with_suffix(".crt").read_bytes())


def key_with_a_password(file: Path, authority: Authority) -> None:
    pem = authority.issue("locked")
    command = ["openssl", "ec", "-in", str(pem), "-aes128", "-passout", "pass:sesame", "-out", str(file)]
    subprocess.run(command, check=True, capture_output=True)
    file.write_bytes(file.read_bytes() + pem.with_suffix(".crt").read_bytes())


BOTH = "is no certificate with its key; both have to be in it, in PEM, the key without a password"
UNUSABLE: dict[str, tuple[str, Callable[[Path, Authority], None], str]] = {
    "no authority's file": ("irc.tls_ca", nothing, "cannot be read: No such file or directory"),
    "a folder for an authority": ("irc.tls_ca", folder, "cannot be read: Is a directory"),
    "no PEM for an authority": (
        "irc.tls_ca",
        text,
        "holds no certificate; it has to be the network's, in PEM",
    ),
    "a key for an authority": (
        "irc.tls_ca",
        key_alone,
        "holds no certificate; it has to be the network's, in PEM",
    ),
    "no file of ours": ("irc.sasl.certificate", nothing, "cannot be read: No such file or directory"),
    "no PEM of ours": ("irc.sasl.certificate", text, BOTH),
    "no key": ("irc.sasl.certificate", certificate_alone, BOTH),
    "no certificate": ("irc.sasl.certificate", key_alone, BOTH),
    "a key with a password": ("irc.sasl.certificate", key_with_a_password, BOTH),
    "another's key": (
        "irc.sasl.certificate",
        anothers_key,
        "holds a key that is not its certificate's",
    ),
}


@pytest.mark.parametrize(("key", "make", "right"), UNUSABLE.values(), ids=UNUSABLE.keys())
def test_a_file_that_cannot_be_used_is_a_fault_of_its_key(
    authority: Authority, tmp_path: Path, key: str, make: Callable[[Path, Authority], None], right: str
) -> None:
    file = tmp_path / "file.pem"
    make(file, authority)
    settings = irc(tls_ca=file) if key == "irc.tls_ca" else irc(sasl={"certificate": file})
    with pytest.raises(ConfigError) as raised:
        tls.context(settings)
    assert str(raised.value) == f"{key}: '{file}' {right}"


# The bot


def test_the_bot_says_what_is_wrong_and_keeps_trying_until_it_is_mended(
    server: ByteServer, authority: Authority, tmp_path: Path
) -> None:
    server.secured = serving(authority.issue("old", *HERE, begins=timedelta(days=-2), ends=-DAY))
    bot = Puppet(tmp_path, server.port, "bot", ["#c"], irc={"tls": True, "tls_ca": str(authority.file)})
    bot.start()
    try:
        said = f"cannot connect to 127.0.0.1:{server.port}: its certificate cannot be trusted: it has expired"
        wait_until(lambda: said in bot.process.text(), "the fault to be said", why=bot.process.tail)
        server.secured = serving(authority.issue("renewed", *HERE))
        server.wait_for("WHO #c")
        assert bot.process.returncode is None
    finally:
        bot.close()
