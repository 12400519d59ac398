"""Every page of the console walked by its routes: who is shown it, what it asks of services, and one that is silent."""

import re
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any

import httpx
from fastapi.routing import APIRoute

from services.console.api.application import ROUTERS

VOID = frozenset({"area", "br", "col", "hr", "img", "input", "link", "meta", "source", "wbr", "use"})
CLAIM = re.compile(r"(none|nothing|nobody|no one|no|0)\b", re.IGNORECASE)
"""How a text begins that says that there is nothing."""


def pages_of_routes(but: frozenset[str]) -> Iterator[str]:
    """The path of every page, file and part of a page."""
    for router in ROUTERS:
        for route in router.routes:
            assert isinstance(route, APIRoute)
            if "GET" in (route.methods or ()) and route.path not in but:
                yield route.path


@dataclass(slots=True)
class Calls:
    """What one request to the console asks of services: which, and in how many rounds, one after the other."""

    made: list[str] = field(default_factory=list)
    _begun: dict[int, int] = field(default_factory=dict)
    _round: int = 0
    rounds: int = 0

    def begin(self, service: str, request: httpx.Request) -> None:
        """A call goes out: in the round after the last one that has come back."""
        self.made.append(service)
        self._begun[id(request)] = self._round + 1
        self.rounds = max(self.rounds, self._round + 1)

    def end(self, request: httpx.Request) -> None:
        """Its answer is here."""
        self._round = max(self._round, self._begun.pop(id(request), 0))


class Walker:
    """The clients of a console in this process, listened to, and silenced one at a time."""

    def __init__(self, app: Any) -> None:
        self._clients: dict[str, httpx.AsyncClient] = app.state.console.services._clients
        self.calls = Calls()
        for name, client in self._clients.items():
            client.event_hooks = {"request": [self._begin(name)], "response": [self._end]}

    def _begin(self, name: str) -> Any:
        async def begin(request: httpx.Request) -> None:
            self.calls.begin(name, request)

        return begin

    async def _end(self, response: httpx.Response) -> None:
        self.calls.end(response.request)

    def start(self) -> None:
        """Forget what was asked before."""
        self.calls = Calls()

    @contextmanager
    def silent(self, service: str) -> Iterator[None]:
        """Let a service take calls and answer none of them; its time is over at once, as nobody wants to wait here."""
        kept = self._clients[service]
        self._clients[service] = type(kept)(transport=_Silent(), base_url=kept.base_url)
        try:
            yield
        finally:
            self._clients[service] = kept


class _Silent(httpx.AsyncBaseTransport):
    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        raise httpx.ReadTimeout("silent", request=request)


@dataclass(slots=True)
class PageParts(HTMLParser):
    """What a page has in its middle: texts, headings, forms with their buttons, what asks by itself."""

    texts: list[str] = field(default_factory=list)
    headings: int = 0
    faults: list[str] = field(default_factory=list)
    _open: list[tuple[str, dict[str, str | None]]] = field(default_factory=list)
    _forms: list[list[str]] = field(default_factory=list)
    _asking: list[bool] = field(default_factory=list)

    def __post_init__(self) -> None:
        HTMLParser.__init__(self)

    @property
    def is_main(self) -> bool:
        """Whether the parser stands in the middle of the page."""
        return any(tag == "main" for tag, _ in self._open)

    def handle_starttag(self, tag: str, attrs: Sequence[tuple[str, str | None]]) -> None:
        """A part begins; what would need a script is a fault."""
        given = dict(attrs)
        if tag not in VOID:
            self._open.append((tag, given))
        if not self.is_main:
            return
        match tag:
            case "h1":
                self.headings += 1
            case "form":
                self._forms.append([])
                method = given.get("method") or "get"
                if method not in {"get", "post"} or (method == "post" and not given.get("action")):
                    self.faults.append(f"a form without where it goes: {given}")
            case "button":
                if given.get("type") != "submit" or not self._forms:
                    self.faults.append(f"a button that sends nothing: {given}")
                else:
                    self._forms[-1].append(given.get("type") or "")
            case "a":
                href = given.get("href")
                if href is None or href == "#" or href.startswith("javascript"):
                    self.faults.append(f"a link that leads nowhere: {given}")
                self._asking = [True for _ in self._asking]
        if "hx-get" in given:
            self._asking.append(False)

    def handle_endtag(self, tag: str) -> None:
        """A part ends: a form has a button, and what asks by itself a link that asks for the same."""
        while self._open:
            name, given = self._open.pop()
            if name == "form" and self._forms and not self._forms.pop():
                self.faults.append(f"a form without a button: {given.get('action')}")
            if "hx-get" in given and self._asking and not self._asking.pop():
                self.faults.append(f"changes by a script alone: {given.get('hx-get')}")
            if name == tag:
                return

    def handle_data(self, data: str) -> None:
        """A text in the middle of the page."""
        text = " ".join(data.split())
        if text and self.is_main and self._open[-1][0] not in {"option", "textarea"}:
            self.texts.append(text)


def parts_of(text: str) -> PageParts:
    """What stands in the middle of a page."""
    parts = PageParts()
    parts.feed(text)
    return parts


def claims_in(texts: Sequence[str], before: Sequence[str]) -> list[str]:
    """Texts that say that there is nothing, and were not there before."""
    left = list(before)
    found = []
    for text in texts:
        if text in left:
            left.remove(text)
        elif CLAIM.match(text):
            found.append(text)
    return found
