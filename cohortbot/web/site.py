"""What every page has around it: the templates, the words of the config, and how a page is made of values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from urllib.parse import quote

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.responses import HTMLResponse

from cohortbot.config import Config
from cohortbot.service.app import App

HERE = Path(__file__).parent

_MAIL = re.compile(r"[^@\s:/?&]+@[^@\s:/?&]+\.[^@\s:/?&]+")


@dataclass(frozen=True, slots=True)
class Contact:
    """Where people turn; `href` is None if it is a sentence and no address."""

    text: str
    href: str | None


@dataclass(frozen=True, slots=True)
class Frame:
    """What stands above and below every page."""

    title: str
    programme: str
    programme_url: str | None
    contact: Contact | None
    code_of_conduct: str | None


class Site:
    """The parts that every view needs; it keeps nothing of a request."""

    def __init__(self, app: App) -> None:
        self.app = app
        self._templates = Environment(
            loader=FileSystemLoader(HERE / "templates"),
            autoescape=True,
            undefined=StrictUndefined,
            trim_blocks=True,
            lstrip_blocks=True,
        )

    def page(self, template: str, value: object, status: int = HTTPStatus.OK) -> HTMLResponse:
        """The page that `template` makes of `value`, which it knows as `page`."""
        frame = frame_of(self.app.config)
        text = self._templates.get_template(template).render(page=value, site=frame)
        return HTMLResponse(text, status)


def frame_of(config: Config) -> Frame:
    programme = config.programme
    return Frame(
        title=config.web.title,
        programme=programme.name,
        programme_url=programme.url,
        contact=contact(programme.contact),
        code_of_conduct=programme.code_of_conduct,
    )


def contact(text: str | None) -> Contact | None:
    """A mail address or a web address as a link, everything else as it is."""
    if text is None:
        return None
    if _MAIL.fullmatch(text):
        return Contact(text, f"mailto:{quote(text, safe='@+')}")
    return Contact(text, text if is_web_address(text) else None)


def is_web_address(text: str) -> bool:
    """Whether `text` is safe as a link that people follow out of the site."""
    return text.startswith(("https://", "http://")) and len(text.split()) == 1
