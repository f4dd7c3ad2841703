"""The site without a network: requests go straight into the application, pages are taken apart."""

from __future__ import annotations

import asyncio
import re
from html.parser import HTMLParser
from urllib.parse import urljoin, urlsplit

import httpx

from cohortbot.service.app import App
from cohortbot.web.app import create_app

_APART = {"br", "dd", "dt", "li", "p"}
_VOID = {"br", "link", "meta", "hr", "img", "input"}
_UNQUOTED = re.compile(r"""\s[\w-]+=[^"]""")


class Browser:
    """One reader of the site over `app`; redirects are followed only by hand."""

    def __init__(self, app: App) -> None:
        self._site = create_app(app)

    def get(self, path: str, **query: str | int) -> httpx.Response:
        """`query` is put behind a path that has none; without any the path's own is left as it is."""
        return self.request("GET", path, **query)

    def request(self, method: str, path: str, **query: str | int) -> httpx.Response:
        return asyncio.run(self._request(method, path, query))

    async def _request(self, method: str, path: str, query: dict[str, str | int]) -> httpx.Response:
        transport = httpx.ASGITransport(self._site, raise_app_exceptions=False)
        async with httpx.AsyncClient(transport=transport, base_url="https://m.example.org") as client:
            return await client.request(method, path, params=query or None)

    def crawl(self, *starts: str) -> dict[str, httpx.Response]:
        """Every page of the site that `starts` lead to, by address; JSON is read for its `next` alone."""
        seen: dict[str, httpx.Response] = {}
        waiting = list(starts)
        while waiting:
            path = waiting.pop()
            if path not in seen:
                seen[path] = self.get(path)
                waiting += links(seen[path], path)
        return seen


def links(response: httpx.Response, at: str) -> list[str]:
    """Where a page leads within the site, without fragments."""
    if response.is_redirect:
        return [response.headers["location"]]
    if "json" in response.headers["content-type"]:
        following = response.json().get("next")
        return [following] if following else []
    if "html" not in response.headers["content-type"]:
        return []
    found = (urlsplit(urljoin(at, link)) for link in page(response.text).links)
    return [f"{one.path}{f'?{one.query}' if one.query else ''}" for one in found if not one.scheme]


class Page(HTMLParser):
    """A page taken apart: `faults` are what is wrong with its markup, `text` what a person reads."""

    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.faults: list[str] = []
        self.links: list[str] = []
        self.ids: list[str] = []
        self.text = ""
        self._open: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if _UNQUOTED.search(re.sub(r'"[^"]*"', '""', self.get_starttag_text() or "")):
            self.faults.append(f"an attribute without double quotes: {self.get_starttag_text()}")
        values = dict(attrs)
        self.links += [value for name, value in attrs if name in ("href", "src") and value]
        if (name := values.get("id")) is not None:
            if name in self.ids:
                self.faults.append(f"two elements have the id {name}")
            self.ids.append(name)
        if tag in _APART:
            self.text += "\n"
        if tag not in _VOID:
            self._open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        if not self._open or self._open.pop() != tag:
            self.faults.append(f"</{tag}> at {self.getpos()} closes what is not open")

    def handle_data(self, data: str) -> None:
        self.text += data

    def close(self) -> None:
        super().close()
        self.text = " ".join(self.text.split())
        self.faults += [f"<{tag}> is never closed" for tag in self._open]


def page(html: str) -> Page:
    parsed = Page()
    parsed.feed(html)
    parsed.close()
    return parsed
