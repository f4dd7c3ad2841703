"""Secrets: given in the file itself, as `${NAME}` from the environment, or as `file:PATH`; never shown again.

Whoever tells of a fault leaves the value of a SecretStr out (validate.py), so the sentences here stand alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated
from urllib.parse import urlsplit

from pydantic import BeforeValidator, SecretStr, ValidationInfo

from cohortbot.config.document import Plain
from cohortbot.config.faults import dotted
from cohortbot.config.kinds import Surroundings

_VARIABLE = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")
_FILE = "file:"
_PASSWORD_KEYS = frozenset({"password", "channel_key"})
_URL_KEY = "database.url"
_SQLITE = "sqlite:///"
_POSTGRESQL = ("postgresql://", "postgresql+psycopg2://")


def inline(plain: Plain, path: str = "") -> Iterator[str]:
    """The dotted keys under `path` whose secret stands in the file itself, in the file's order."""
    if isinstance(plain, dict):
        for key, value in plain.items():
            yield from inline(value, dotted(path, key))
    elif isinstance(plain, str) and _holds_secret(path, plain):
        yield path


def _holds_secret(path: str, text: str) -> bool:
    if path == _URL_KEY:
        return _password_in_url(text)
    return path.rpartition(".")[2] in _PASSWORD_KEYS and not _refers_elsewhere(text)


def _refers_elsewhere(text: str) -> bool:
    return text.startswith(_FILE) or _VARIABLE.fullmatch(text) is not None


def _password_in_url(text: str) -> bool:
    if text.startswith(_FILE):
        return False
    try:
        password = urlsplit(text).password
    except ValueError:  # such a URL is a fault of its own
        return False
    return bool(password) and _VARIABLE.fullmatch(password or "") is None


def _secret(value: object, info: ValidationInfo) -> str:
    text = _found(_text(value), info.context)
    if not text or "\n" in text or "\r" in text or "\0" in text:
        raise ValueError("is empty or more than one line; a secret is one line")
    return text


def _database_url(value: object, info: ValidationInfo) -> str:
    url = _secret(value, info)
    if url.startswith(_POSTGRESQL):
        return url
    place, question, options = url.removeprefix(_SQLITE).partition("?")
    if not url.startswith(_SQLITE) or not place or place == ":memory:":
        raise ValueError("is not a database; write sqlite:///FILE or postgresql://USER:PASSWORD@HOST/NAME")
    surroundings: Surroundings | None = info.context
    file = Path(place) if surroundings is None else surroundings.folder / place
    return f"{_SQLITE}{file}{question}{options}"


def _channel_key(value: object, info: ValidationInfo) -> str:
    key = _secret(value, info)
    if " " in key or "," in key or key.startswith(":"):
        raise ValueError("is not a channel key (no blanks, no commas, no : first)")
    return key


def _text(value: object) -> str:
    if isinstance(value, SecretStr):  # a default, or a value that was validated before
        return value.get_secret_value()
    if not isinstance(value, str):
        raise ValueError("is not text")
    return value


def _found(text: str, surroundings: Surroundings | None) -> str:
    """What a reference refers to; other text as it is. Without surroundings nothing is a reference."""
    if surroundings is None:
        return text
    if text.startswith(_FILE):
        return _from_file(surroundings.folder / text.removeprefix(_FILE).strip())
    return _VARIABLE.sub(lambda match: _from_environment(match[1], surroundings), text)


def _from_environment(name: str, surroundings: Surroundings) -> str:
    value = surroundings.environ.get(name)
    if not value:
        state = "is not set" if value is None else "is empty"
        raise ValueError(f"the environment variable {name} {state}; it has to hold this secret")
    return value


def _from_file(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").rstrip("\r\n")
    except OSError as error:
        raise ValueError(
            f"the file {path} has to hold this secret, but cannot be read: {error.strerror}"
        ) from None
    except ValueError:  # not UTF-8, or a NUL in the name
        raise ValueError(f"the file {str(path)!r} has to hold this secret as one line of UTF-8") from None


Secret = Annotated[SecretStr, BeforeValidator(_secret)]
DatabaseUrl = Annotated[SecretStr, BeforeValidator(_database_url)]
ChannelKey = Annotated[SecretStr, BeforeValidator(_channel_key)]
