"""Pages of the console as a browser without scripts has them: forms are read from the page and sent with their keys."""

import re
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from html import unescape
from html.parser import HTMLParser
from typing import Any

import httpx

_KEY = re.compile(r'name="form_key" value="([^"]+)"')
_FROM_HERE = {"sec-fetch-site": "same-origin"}


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who is signed in at the console."""

    client: httpx.AsyncClient

    async def read(self, path: str) -> str:
        """A page, which is shown; gives its text."""
        answer = await self.client.get(path)
        assert answer.status_code == 200, f"{path}: {answer.status_code} {answer.text}"
        return unescape(answer.text)

    async def send(
        self, on: str, to: str, form: Mapping[str, Any], files: Mapping[str, Any] | None = None
    ) -> httpx.Response:
        """Send a form of the page `on`, with a key of that page; gives the page that it leads to."""
        found = _KEY.search(await self.read(on))
        assert found is not None, f"{on} has no form"
        return await self.client.post(to, data={"form_key": found[1], **form}, files=files)

    async def fill(self, on: str, act: str, form: Mapping[str, Any] | None = None) -> httpx.Response:
        """Send the form of an act as the page `on` has it, with all that it hides and what a person writes into it."""
        answer = await self.client.get(on)
        assert answer.status_code == 200, f"{on}: {answer.status_code} {answer.text}"
        forms = _Forms()
        forms.feed(answer.text)
        (found,) = [each for each in forms.found if each.hidden.get("act") == act]
        return await self.client.post(found.action, data={**found.hidden, **(form or {})})


@dataclass(slots=True)
class _Form:
    action: str
    hidden: dict[str, str]


class _Forms(HTMLParser):
    """The forms of a page with what they hide."""

    def __init__(self) -> None:
        super().__init__()
        self.found: list[_Form] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """A form, or a hidden field of the last one."""
        given = dict(attrs)
        if tag == "form":
            self.found.append(_Form(given.get("action") or "", {}))
        elif tag == "input" and given.get("type") == "hidden" and self.found:
            self.found[-1].hidden[given.get("name") or ""] = given.get("value") or ""


@asynccontextmanager
async def reading_as(console: str, subject: str) -> AsyncIterator[Reader]:
    """Be one of the sample people, without a browser."""
    async with _signed_in(subject, base_url=console, trust_env=False) as reader:
        yield reader


@asynccontextmanager
async def reading_through(transport: httpx.AsyncBaseTransport, subject: str) -> AsyncIterator[Reader]:
    """Be one of the sample people at a console in this process."""
    async with _signed_in(subject, base_url="http://localhost:8000", transport=transport) as reader:
        yield reader


@asynccontextmanager
async def _signed_in(subject: str, **given: Any) -> AsyncIterator[Reader]:
    async with httpx.AsyncClient(headers=_FROM_HERE, follow_redirects=True, timeout=30, **given) as client:
        answer = await client.post("/login/as", data={"subject": subject, "to": "/help"})
        assert answer.status_code == 200, answer.text
        yield Reader(client)
