"""What a server that means harm says: lines of the protocol, wrong in any part, and all of one seed."""

from __future__ import annotations

import base64
from collections.abc import Callable, Iterator, Sequence
from random import Random
from typing import TypeVar

T = TypeVar("T")


def _words(text: str) -> list[str]:
    return text.split()


VERBS = _words("""
    PRIVMSG NOTICE JOIN PART QUIT NICK KICK MODE TOPIC INVITE ACCOUNT CHGHOST AWAY SETNAME TAGMSG PING PONG
    ERROR KILL WALLOPS BATCH CAP AUTHENTICATE FAIL WARN NOTE ACK REDACT RENAME MARKREAD METADATA FOO
""")
NUMERICS = _words(
    "001 005 303 307 311 315 318 319 324 330 335 352 353 354 366 376 396 401 433 437 471 707 900 903"
)
COMMANDS = _words("""
    help cohorts cohort when join leave me tz about who did next stuck same skip undo yes no done away back
    checkin round blockers take unstuck complete mentor add remove move audit announce erase export report
    claim xyzzy
""")
CAPS = _words("""
    account-notify account-tag batch cap-notify chghost echo-message extended-join message-tags multi-prefix
    server-time userhost-in-names sasl sasl=PLAIN sasl=EXTERNAL labeled-response away-notify sts=port=1 -batch
    ~echo-message =sasl draft/chathistory
""")
ISUPPORT = _words("""
    NICKLEN CHANNELLEN LINELEN TARGMAX CHANTYPES PREFIX CHANMODES CASEMAPPING STATUSMSG WHOX BOT MODES
    TOPICLEN MAXLIST EXCEPTS INVEX NETWORK UTF8ONLY MONITOR SILENCE ELIST NAMESX UHNAMES CHANLIMIT KEYLEN
    KICKLEN
""")
VALUES = _words(r"""
    x 0 -1 3 512 2048 99999999999999999999 (ov)@+ (ov)@ (@)o garbage ) ( #& # ab ascii rfc1459 strict-rfc1459
    rfc7613 unknown JOIN:0 JOIN:-1 JOIN:,PRIVMSG: beI,k,l,imnpst ,,, b,e,I,q,a,b,c \x20 \x2C\x \xZZ B =B ~&@%+
    #:0
""")
TIMES = _words("""
    2026-11-26T16:00:00.000Z 2026-11-26T16:00:00Z 9999-12-31T23:59:59.999Z 9999-12-31T23:59:59-23:59 now -1
    0001-01-01T00:00:00Z 0001-01-01T00:00:00+23:59 0000-00-00T00:00:00Z 1970-01-01T00:00:00Z 2026-W48-4
    20261126 1e400
    2026-11-26T16:00:00 2026-13-41T25:61:61Z 1764172800
""")
NUMBERS = _words(
    "0 1 -1 2147483648 99999999999999999999999 1e9 0x7f NaN \N{ARABIC-INDIC DIGIT THREE} \N{SUPERSCRIPT TWO}"
)
SANE = "CASEMAPPING=ascii CHANTYPES=# PREFIX=(ov)@+ CHANMODES=beI,k,l,imnpst STATUSMSG=@+ -LINELEN WHOX BOT=B"
HUGE = "9" * 5000
BITS = (
    b"\0",
    b"\r",
    b"\n",
    b" ",
    b":",
    b"@",
    b";",
    b"=",
    b"\\",
    b"!",
    b"#",
    b"\x01",
    b"\x03",
    b"\xff",
    b"\xf0\x9f",
)


class Hostile:
    """Lines for a client called `nick` that is in `channel`; the same ones for the same seed, without end.

    Now and then everything is as it should be again (`sense`), or most of what follows would be passed over.
    Only 904 is never said: that services refuse the password is the one word of a server that ends the bot.
    """

    def __init__(self, seed: int, nick: str, channel: str) -> None:
        self._random = Random(seed)
        self._nick = nick
        self._channel = channel
        self._people = [f"{stem}{number}" for stem in ("cy", "bo", "Anna", "guest") for number in range(8)]
        self._count = 0

    def chunks(self, lines: int, size: int = 200) -> Iterator[bytes]:
        """So many lines with their line ends, `size` at a time."""
        for start in range(0, lines, size):
            yield self.sense() + b"".join(self._ended(self.line()) for _ in range(min(size, lines - start)))

    def first(self, lines: int) -> bytes:
        """So many lines with their line ends, for a client that is not let in yet."""
        return b"".join(self._ended(self.line()) for _ in range(lines))

    def sense(self) -> bytes:
        """Lines that tell the client who it is, where it is, and what this server is like."""
        lines = (
            "",
            f":irc.lab.test 001 {self._nick} :Welcome",
            f":irc.lab.test 005 {self._nick} {SANE} :are supported by this server",
            f":irc.lab.test 422 {self._nick} :There is no message of the day",
            f":irc.lab.test CAP {self._nick} NEW :account-tag account-notify extended-join server-time",
            f":irc.lab.test CAP {self._nick} ACK :account-tag account-notify extended-join server-time",
            f":{self._nick}!~bot@bot.example JOIN {self._channel} * :bot",
        )
        return "".join(f"{line}\r\n" for line in lines).encode()

    def line(self) -> bytes:
        """The next line, without its end."""
        self._count += 1
        kinds: list[tuple[Callable[[], str], int]] = [
            (self._event, 30),
            (self._said, 20),
            (self._numeric, 20),
            (self._isupport, 4),
            (self._cap, 4),
            (self._batch, 4),
            (self._of_us, 4),
            (self._stranger, 10),
        ]
        make = self._random.choices([kind for kind, _ in kinds], [weight for _, weight in kinds])[0]
        line = (self._tags() + make()).encode("utf-8", "replace")
        if self._chance(0.15):
            line = self._mangled(line)
        if self._chance(0.02):
            line = self._random.randbytes(self._random.randrange(600))
        return line.replace(b"904", b"905")

    # Kinds of lines

    def _event(self) -> str:
        verb = self._one(VERBS)
        verb = verb.lower() if self._chance(0.05) else verb
        words = [self._word() for _ in range(self._random.randrange(5))]
        return f"{self._source()}{' '.join([verb, *words])}{self._trailing()}"

    def _said(self) -> str:
        target = self._one(
            [self._channel, self._channel.upper(), self._nick, f"@{self._channel}", self._word()]
        )
        start = self._one(["!", "", f"{self._nick}: ", ".", "\x01ACTION ", "\x01VERSION\x01", "\x03"])
        words = " ".join(self._word() for _ in range(self._random.randrange(4)))
        words = f"deploy {words}" if self._chance(0.3) else words
        verb = self._one(["PRIVMSG", "PRIVMSG", "PRIVMSG", "NOTICE"])
        return f"{self._source()}{verb} {target} :{start}{self._one(COMMANDS)} {words}"

    def _numeric(self) -> str:
        code = self._one([f"{self._random.randrange(1000):03}", self._one(NUMERICS)])
        first = self._one([self._nick, self._nick, "*", self._word(), ""])
        words = [first, *(self._word() for _ in range(self._random.randrange(9)))]
        return f":irc.lab.test {' '.join([code, *words])}{self._trailing()}"

    def _isupport(self) -> str:
        tokens = [self._token() for _ in range(self._random.randrange(14))]
        return f":irc.lab.test 005 {self._nick} {' '.join(tokens)}{self._trailing()}"

    def _token(self) -> str:
        name = self._one([*ISUPPORT, self._fresh()])
        value = self._one([*VALUES, self._word(), HUGE if self._chance(0.02) else ""])
        return self._one([f"{name}={value}", f"{name}={value}", name, f"-{name}"])

    def _cap(self) -> str:
        what = self._one(["LS", "LS *", "NEW", "DEL", "ACK", "ACK *", "NAK", "LIST", "FOO", ""])
        names = self._random.sample(CAPS, self._random.randrange(len(CAPS)))
        said = self._one(
            [f"AUTHENTICATE {self._one(['+', '*', ':+', base64.b64encode(b'x' * 300).decode()])}", ""]
        )
        return (
            said
            or f":irc.lab.test CAP {self._one([self._nick, '*'])} {what} :{' '.join(names)} {self._word()}"
        )

    def _batch(self) -> str:
        kind = self._one(["chathistory", "playback", "netsplit", "netjoin", "labeled-response", "x"])
        return f"BATCH {self._one('+++-')}{self._one(['h', self._fresh()])} {kind} {self._word()}"

    def _of_us(self) -> str:
        """What only ever happens to ourselves, and what pretends to be us."""
        us = f":{self._nick}!~{self._nick}@bot.example "
        return us + self._one(
            [
                f"JOIN {self._channel}",
                f"JOIN {self._word()} * :x",
                f"PART {self._channel} :x",
                f"NICK :{self._one([self._word(), self._nick, ''])}",
                f"PRIVMSG {self._channel} :I never said {self._fresh()}",
                f"QUIT :{self._fresh()}",
                f"MODE {self._nick} :+iwB",
                f"CHGHOST {self._word()} {self._word()}",
            ]
        )

    def _stranger(self) -> str:
        """Somebody whom nobody ever saw before, and never will again."""
        who = f":{self._fresh()}!~x@{self._fresh()}.example "
        return who + self._one(
            [
                f"JOIN {self._channel}",
                f"JOIN {self._channel} {self._fresh()} :x",
                f"JOIN #{self._fresh()}",
                f"PRIVMSG {self._channel} :hello",
                f"PRIVMSG {self._nick} :hello",
                f"PRIVMSG #{self._fresh()} :hello",
            ]
        )

    # Parts of lines

    def _tags(self) -> str:
        if self._chance(0.6):
            return ""
        tags = [
            f"time={self._one(TIMES)}",
            f"account={self._one(['Anna', '*', '0', '', self._fresh()])}",
            f"msgid={self._one(['1', '', self._fresh(), 'm' * 1000])}",
            f"batch={self._one(['h', 'x', ''])}",
            self._one(["bot", "draft/bot", "+typing=active", "inspircd.org/bot"]),
            self._one([r"+x=\s\:\\\r\n\b" + "\\", "=", ";;", "a" * 1500, "+x/y=" + self._word()]),
        ]
        return f"@{';'.join(self._random.sample(tags, self._random.randint(1, 3)))}{self._one([' ', '  '])}"

    def _source(self) -> str:
        nick = self._one([*self._people, self._nick, self._fresh()])
        host = f"!~{nick}@{self._one(['host.example', self._word()])}"
        return self._one(
            [f":{nick}{host} ", f":{nick}{host} ", f":{nick} ", ":irc.lab.test ", "", ": ", ":!@ "]
        )

    def _trailing(self) -> str:
        return self._one(["", f" :{self._word()} {self._word()}", " :", f" :{self._one(VALUES)}"])

    def _word(self) -> str:
        """Anything that may stand between two spaces, and some things that may not."""
        ours = [self._channel, self._nick, *self._people[:3], "deploy", "#other", "+o-v+b", "771", "*", ""]
        rare = ["x" * 300, "x" * 1500, "é" * 200, "\N{FAMILY}\u200d" * 50, "a:b", "::", "a b", "\ufffd\u2060"]
        return self._one([*ours, *NUMBERS, self._one(VALUES), self._fresh(), self._one(rare)])

    def _fresh(self) -> str:
        """A word that comes once."""
        return f"w{self._count:x}{self._random.randrange(16**6):x}"

    # Bytes

    def _mangled(self, line: bytes) -> bytes:
        for _ in range(self._random.randint(1, 4)):
            at = self._random.randrange(len(line) + 1)
            cut = self._random.randrange(1, 12)
            match self._random.randrange(5):
                case 0:
                    line = line[:at] + line[at + cut :]
                case 1:
                    line = line[:at] + self._one(BITS) * cut + line[at:]
                case 2:
                    line = line[:at]
                case 3:
                    line = line[:at] + self._random.randbytes(cut) + line[at:]
                case _:
                    line = line[:at] + line[at : at + cut] * 3 + line[at + cut :]
        return line

    def _ended(self, line: bytes) -> bytes:
        if self._chance(0.001):
            line += b"x" * self._random.randrange(40_000)
        return line + (b"\n" if self._chance(0.1) else b"\r\n")

    def _chance(self, probability: float) -> bool:
        return self._random.random() < probability

    def _one(self, choices: Sequence[T]) -> T:
        return self._random.choice(choices)
