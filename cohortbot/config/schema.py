"""The shape of the configuration: every key that there is, its kind, its default, and the rules between keys.

A rule between keys is a validator of the later key and looks at the earlier ones, so that it is checked
even when some other key is faulty. Every key here is in config.example.yaml, in the words of an operator; a
test compares.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from ipaddress import ip_address
from pathlib import Path
from typing import Annotated, Literal, TypeAlias, get_args
from urllib.parse import quote

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationInfo, field_validator

from cohortbot.config import kinds
from cohortbot.config.secret import ChannelKey, DatabaseUrl, Secret

_PLAIN_TEXT_PASSWORD = "a password would go over the network for all to read; set irc.tls to true"


class _Block(BaseModel):
    """A block of keys: frozen, no other keys, and no value repeated in an error."""

    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Programme(_Block):
    """`organizers` are services accounts of the network; on `days_off` no cohort has a check-in."""

    name: kinds.Line = Field(description="the programme's name")
    url: kinds.WebAddress | None = None
    contact: kinds.Line | None = None
    organizers: tuple[kinds.Word, ...] = ()
    days_off: tuple[kinds.Day, ...] = ()
    code_of_conduct: kinds.WebAddress | None = None
    channel_prefix: kinds.ChannelPrefix = "#cohort-"


class Sasl(_Block):
    """How the bot logs in: EXTERNAL with `certificate`, PLAIN with `account` and `password`.

    With both, the password is for a server that takes no certificates. `certificate` is an absolute path.
    """

    certificate: kinds.File | None = None
    account: kinds.Word | None = Field(default=None, validate_default=True)
    password: Secret | None = Field(default=None, validate_default=True)

    @field_validator("account")
    @classmethod
    def _account_or_certificate(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is None and info.data.get("certificate") is None:
            raise ValueError("is missing: the bot's services account, or sasl.certificate in its place")
        return value

    @field_validator("password")
    @classmethod
    def _belongs_to_the_account(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if value is None and info.data.get("account") is not None:
            raise ValueError("is missing: the password of the bot's services account")
        if value is not None and info.data.get("account", value) is None:
            raise ValueError("stands there without an account; name it in sasl.account")
        return value


class NickServ(_Block):
    """Logging in where there is no SASL; `service` is the nick that the network's services have for it."""

    password: Secret = Field(description="the password that NickServ knows the bot by")
    service: kinds.Nick = "NickServ"


class Channels(_Block):
    """`extra` are joined and logged though no cohort's."""

    extra: tuple[kinds.Channel, ...] = ()


class Flood(_Block):
    """The pace of all that the bot sends: `burst` lines at once, then `per_second`.

    `new_people_per_minute` is to how many people it may write who have not heard from it; None is any number.
    """

    burst: Annotated[int, Field(ge=1, le=1000)] = 5
    per_second: Annotated[float, Field(gt=0, le=10_000, allow_inf_nan=False)] = 1.0
    new_people_per_minute: Annotated[float, Field(gt=0, le=10_000, allow_inf_nan=False)] | None = None


_Login: TypeAlias = Sasl | NickServ | SecretStr | None


class Irc(_Block):
    """The one network. `network` names it in logs and addresses; `password` is the server's own.

    `tls_ca` is an absolute path: the authorities to trust in place of the system's.
    """

    network: kinds.Network = Field(description="the network's short name, like libera")
    host: kinds.Host = Field(description="the server's name, like irc.libera.chat")
    port: Annotated[int, Field(ge=1, le=65535)] = 6697
    tls: bool = True
    tls_verify: bool = True
    tls_ca: kinds.File | None = None
    nick: kinds.Nick = "cohortbot"
    realname: kinds.Line = Field(description="what WHOIS says about the bot")
    sasl: Sasl | None = None
    nickserv: NickServ | None = None
    password: Secret | None = None
    ignore: tuple[kinds.Nick, ...] = ()
    channels: Channels = Channels()
    flood: Flood = Flood()

    @field_validator("sasl", "nickserv", "password")
    @classmethod
    def _needs_tls(cls, value: _Login, info: ValidationInfo) -> _Login:
        open_wire = info.data.get("tls") is False
        if isinstance(value, Sasl) and value.certificate is not None and open_wire:
            raise ValueError("a client certificate is shown by TLS only; set irc.tls to true")
        if value is not None and open_wire and not _is_loopback(info.data.get("host", "localhost")):
            raise ValueError(_PLAIN_TEXT_PASSWORD)
        return value

    @property
    def services_nick(self) -> str:
        """What the network's services are called by those who log in to them."""
        return self.nickserv.service if self.nickserv else "NickServ"

    @property
    def logs_in(self) -> bool:
        """Whether the network has services that the bot logs in to."""
        return self.sasl is not None or self.nickserv is not None


class Database(_Block):
    """`url` may hold a password, so it shows itself nowhere; a SQLite file's path in it is absolute."""

    url: DatabaseUrl = Field(default=SecretStr("sqlite:///cohortbot.db"), validate_default=True)


class Logs(_Block):
    """`folder` is absolute."""

    folder: kinds.Folder = Field(default=Path("logs"), validate_default=True)
    off_record_prefix: kinds.Line = "[off]"
    notice: bool = True
    public: bool = True


class Web(_Block):
    """`base_url` has no `/` at its end; `chat_url` is used through `chat_link`."""

    listen: kinds.ListenAddress = kinds.Listen("127.0.0.1", 8080)
    base_url: kinds.SiteAddress = Field(default_factory=lambda earlier: f"http://{earlier['listen']}")
    title: kinds.Line = Field(description="the site's title")
    chat_url: kinds.ChatAddress | None = None

    def chat_link(self, channel: str) -> str | None:
        """The web client's address for a channel, None where no web client is configured.

        Behind a `?` the channel is quoted as in every query. Elsewhere its `#` stays as it is: the web
        clients of Libera and others look for the channel in the address's fragment and ignore a `%23`.
        """
        if self.chat_url is None:
            return None
        before, placeholder, after = self.chat_url.partition("{channel}")
        safe = "" if "?" in before else "#&"
        return before + quote(channel, safe=safe) + after if placeholder else before


class Identity(_Block):
    """`throwaway` are patterns (`*`, `?`) of nicks that web clients make up."""

    require_proven: Literal["mentors", "everyone"] = "mentors"
    throwaway: tuple[kinds.Word, ...] = ("guest*", "webchat*", "qwebirc*")


class Checkin(_Block):
    """A schedule of check-ins. `starts` None means the first such day after the cohort was made.

    On dates in `skip` there is none. `question` takes the place of what the prompt asks.
    """

    every: kinds.Period = timedelta(weeks=1)
    day: kinds.Weekday = Field(description="the day of the week, like thursday")
    time: kinds.ClockTime = Field(description="the time of day in the cohort's zone, like 17:00")
    zone: kinds.Zone = "UTC"
    starts: kinds.Day | None = None
    open_for: kinds.Duration = timedelta(hours=72)
    skip: tuple[kinds.Day, ...] = ()
    question: kinds.Question | None = None

    @property
    def weeks(self) -> int:
        """The period in weeks: 1 or 2."""
        return self.every // timedelta(weeks=1)

    @property
    def weekday(self) -> int:
        """The day of the week as `date.weekday()` counts: Monday is 0."""
        return kinds.WEEKDAYS.index(self.day)

    @field_validator("starts")
    @classmethod
    def _falls_on_day(cls, starts: date | None, info: ValidationInfo) -> date | None:
        day = info.data.get("day")
        if starts is None or day is None or kinds.WEEKDAYS[starts.weekday()] == day:
            return starts
        actual = kinds.WEEKDAYS[starts.weekday()]
        later = (kinds.WEEKDAYS.index(day) - starts.weekday()) % 7
        right = starts + timedelta(days=later)
        raise ValueError(f"is a {actual.title()}, not a {day.title()}; the next {day.title()} is {right}")

    @field_validator("open_for")
    @classmethod
    def _ends_before_the_next(cls, open_for: timedelta, info: ValidationInfo) -> timedelta:
        every = info.data.get("every")
        if every is not None and open_for >= every:
            raise ValueError(f"is not shorter than the period ({kinds.period_text(every)})")
        return open_for


class Badge(_Block):
    """What is None is taken from the cohort: its title, its goal, its steps."""

    name: kinds.Line | None = None
    description: kinds.Line | None = None
    criteria: kinds.Line | None = None


class CohortConfig(_Block):
    """A cohort as the file, or an organizer in chat, describes it; without `checkin` it has no schedule.

    On the date `ends` its run is over; `next` are the cohorts to suggest to whoever finishes.
    """

    title: kinds.Line = Field(description="the cohort's title")
    goal: kinds.Line = Field(description="what a mentee will have done, in one sentence")
    channel: kinds.Channel = Field(description="the cohort's channel")
    channel_key: ChannelKey | None = None
    places: Annotated[int, Field(ge=1, le=10_000)] = 8
    mentors: Annotated[int, Field(ge=0, le=10_000)] = 3
    public: bool = True
    ends: kinds.Day | None = None
    next: tuple[kinds.Slug, ...] = ()
    steps: tuple[kinds.Line, ...] = ()
    checkin: Checkin | None = None
    badge: Badge = Badge()


@dataclass(frozen=True, slots=True)
class Config:
    """A whole configuration without a fault. `warnings` are sentences for `check`."""

    path: Path
    programme: Programme
    irc: Irc
    database: Database
    logs: Logs
    web: Web
    identity: Identity
    cohorts: Mapping[str, CohortConfig]
    warnings: tuple[str, ...] = ()


SECTIONS: Mapping[str, type[BaseModel]] = {
    "programme": Programme,
    "irc": Irc,
    "database": Database,
    "logs": Logs,
    "web": Web,
    "identity": Identity,
}
COHORTS = "cohorts"


def blocks_under(model: type[BaseModel]) -> dict[str, type[BaseModel]]:
    """The keys of a block that are blocks themselves, with the model of each."""
    return {
        name: kind
        for name, field in model.model_fields.items()
        for kind in _types_in(field.annotation)
        if issubclass(kind, BaseModel)
    }


def is_secret(model: type[BaseModel], key: str) -> bool:
    """Whether a key's value is never shown."""
    field = model.model_fields.get(key)
    return field is not None and SecretStr in _types_in(field.annotation)


def keys(model: type[BaseModel], prefix: str = "") -> list[str]:
    """Every dotted key of a block that holds a value, those of inner blocks in their place."""
    inner = blocks_under(model)
    listed: list[str] = []
    for name in model.model_fields:
        listed += keys(inner[name], f"{prefix}{name}.") if name in inner else [f"{prefix}{name}"]
    return listed


def _types_in(annotation: object) -> Iterator[type]:
    """The classes that an annotation is made of: of `Secret | None`, SecretStr and NoneType."""
    if isinstance(annotation, type):
        yield annotation
    for inner in get_args(annotation):
        yield from _types_in(inner)


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host.lower().rstrip(".") == "localhost"
