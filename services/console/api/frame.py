"""What every page has: templates, the person who looks at it, and the answers when something is wrong."""

import hashlib
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, Final

import httpx
from fastapi import Request
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.background import BackgroundTask
from starlette.exceptions import HTTPException
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse

from services.console.acts.calls import Panel, Person, Services
from services.console.acts.people import ELSEWHERE, OUTSIDE
from services.console.acts.reads import Problem
from services.console.acts.secrets import Vault, act_key, digest
from services.console.api.session import Sessions
from services.console.domain import changes, words
from services.console.domain.days_file import Day, write_days
from services.console.domain.table_file import write_table
from services.console.settings import ConsoleSettings
from services.console.store.sessions import Lifetime
from shared.customs.calendar import legal_date
from shared.customs.glossary import words_of_the_field
from shared.runtime.identity import RoleName
from shared.runtime.platform import Platform

Form = Mapping[str, list[str]]

HERE: Final = Path(__file__).resolve().parent.parent
STATIC: Final = HERE / "static"
HANDED_ON: Final = ("content-type", "content-length", "content-encoding", "content-disposition", "content-digest")
PAGE_OF_FILE: Final = 500
"""Rows that a service is asked for at once, for a file."""
MOST_PAGES: Final = 40
"""So many pages of a list, or 20,000 rows, are given as one file."""
_FOR_OUTSIDERS: Final = (
    ("/my", "My work"),
    ("/inbox", "Inbox"),
    ("/my/entries", "Entries"),
    ("/my/refunds", "Refunds"),
    ("/my/channels", "Channels"),
    ("/my/delegations", "Who acts for whom"),
)
_FOR_ANYONE: Final = (
    ("/centers", "Centers"),
    ("/calculator", "Deadlines"),
    ("/bulletin", "Bulletin"),
    ("/answers", "Answers"),
    ("/figures", "Figures"),
    ("/rules", "Rules"),
)

_OF_OFFICERS: Final = (
    ("/cycles", "Cycles"),
    ("/protests", "Protests"),
    ("/criteria", "Criteria"),
)


@dataclass(frozen=True, slots=True)
class Console:
    """What the pages stand on."""

    platform: Platform
    settings: ConsoleSettings
    services: Services
    vault: Vault
    lifetime: Lifetime
    sessions: Sessions
    templates: Environment

    @property
    def cookie(self) -> str:
        """The name of the session cookie; the prefix binds it to this host over https."""
        return "__Host-cl" if self.settings.is_secure else "cl"


@dataclass(frozen=True, slots=True)
class Visitor:
    """Who looks at a page: somebody signed in, or anyone."""

    person: Person
    session_id: str | None = None
    subject: str | None = None
    name: str = ""
    roles: tuple[str, ...] = ()
    centers: tuple[str, ...] = ()
    importers: tuple[str, ...] = ()
    why_next: Mapping[str, str] = field(default_factory=dict)
    """Why items that this person took by Next came first, by item."""
    acting_for: str | None = None
    """For whom this person acts, under a delegation."""

    @property
    def is_of_cbp(self) -> bool:
        """Whether somebody of the government looks, who has queues to look at."""
        return bool(self.roles) and not OUTSIDE & set(self.roles)

    @property
    def is_outside(self) -> bool:
        """Whether a party looks: an importer, or who acts for one or stands behind one."""
        return bool(OUTSIDE & set(self.roles))

    @property
    def is_operator(self) -> bool:
        """Whether somebody looks who keeps the system running."""
        return RoleName.OPERATOR in self.roles

    @property
    def is_signed_in(self) -> bool:
        """Whether it is known who looks."""
        return self.session_id is not None


def _navigation(who: Visitor) -> list[tuple[str, str]]:
    """The pages that the head of every page leads to."""
    own = [(f"/accounts/{each}", "Account") for each in who.importers[:1]]
    if who.is_outside:
        own = [*_FOR_OUTSIDERS, *own]
    if who.is_of_cbp:
        of_centers = _OF_OFFICERS if set(who.roles) - ELSEWHERE else ()
        own = [("/queue", "Queue"), ("/team", "Team"), ("/radar", "Radar"), *of_centers, *own]
    if who.is_operator:
        own = [("/ops", "Operations"), *own]
    return [*own, *_FOR_ANYONE]


class NotSignedIn(Exception):  # noqa: N818  says what is the matter
    """A page is for people who are signed in."""


class FormRefused(Exception):  # noqa: N818  says what happened
    """A form has no key of this session: it is old, or not ours."""


@cache
def build_templates() -> Environment:
    """The templates, compiled once for a process; what one names and the page does not give is an error."""
    templates = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters |= {
        "day": words.say_day,
        "legal_day": legal_date,
        "moment": words.say_moment,
        "money": words.say_money,
        "code": words.say_code,
        "entry": words.say_entry,
        "size": words.say_size,
        "party": words.say_party,
        "remedy": words.say_remedy,
        "said": words.say_text,
        "fact": words.say_fact,
        "class": words.say_class,
        "port": words.say_port,
        "entry_type": words.say_entry_type,
        "value": changes.say_value,
        "span": words.say_span,
        "days_left": words.say_days_left,
    }
    templates.tests |= {"masked": words.is_masked, "real_center": words.is_center}
    templates.globals |= {"asset": _asset, "center_name": words.center_name, "mark": words.MARKS}
    templates.globals["glossary"] = words_of_the_field()
    templates.globals["differences"] = changes.differences
    templates.globals["why_not"] = words.say_refusal
    templates.globals["why_center"] = words.say_why_center
    return templates


def _asset(path: str) -> str:
    """The address of a file under static, which changes when its content does."""
    tag = hashlib.sha256((STATIC / path).read_bytes()).hexdigest()[:12]
    return f"/static/{path}?v={tag}"


def console_of(request: Request) -> Console:
    """What the application stands on."""
    console: Console = request.app.state.console
    return console


async def visitor(request: Request) -> Visitor:
    """Dependency: who looks, by the session cookie."""
    return await _find(request, is_used=True)


async def watcher(request: Request) -> Visitor:
    """Dependency: whose page asks by itself; that keeps no session alive."""
    return await _find(request, is_used=False)


async def _find(request: Request, *, is_used: bool) -> Visitor:
    console = console_of(request)
    session_id = request.cookies.get(console.cookie)
    anyone = Visitor(console.services.of(None, request.client.host if request.client is not None else None))
    if session_id is None:
        return anyone
    content = await console.sessions.read(digest(session_id), is_used=is_used)
    if content is None:
        return anyone
    return Visitor(
        console.services.of(content["token"]),
        session_id,
        content["subject"],
        content["name"],
        tuple(content["roles"]),
        tuple(content["centers"]),
        tuple(content["importers"]),
        content.get("why_next", {}),
        content.get("acting_for"),
    )


async def signed_in(request: Request) -> Visitor:
    """Dependency: who looks, signed in; others are led to the sign-in and back."""
    found = await visitor(request)
    if not found.is_signed_in:
        raise NotSignedIn
    return found


async def outsider(request: Request) -> Visitor:
    """Dependency: who looks, signed in as a party; for others there are no such pages."""
    found = await signed_in(request)
    if not found.is_outside:
        raise HTTPException(404)
    return found


async def officer(request: Request) -> Visitor:
    """Dependency: who looks, signed in and no party; for parties there are no such pages."""
    found = await signed_in(request)
    if found.is_outside:
        raise HTTPException(404)
    return found


async def form_of(request: Request, who: Visitor) -> dict[str, list[str]]:
    """The fields of a form that this session's page sent; raises `FormRefused` where its key is not ours."""
    form = await request.form()
    fields: dict[str, list[str]] = {}
    for name, value in form.multi_items():
        if isinstance(value, str):
            fields.setdefault(name, []).append(value.strip())
    demand_own(request, who, fields.get("form_key", [""])[0])
    return fields


def demand_own(request: Request, who: Visitor, form_key: str) -> None:
    """Raise `FormRefused` where the key of a form is not of this session."""
    if who.session_id is None or not console_of(request).vault.is_form_key(who.session_id, form_key):
        raise FormRefused
    request.state.form_key = form_key


def key_of(request: Request) -> str:
    """The Idempotency-Key of what the form that came asks for."""
    return act_key(request.state.form_key, request.url.path)


def version_of(form: Form) -> int:
    """The version that the form of an act names; -1, which no thing has, where it names none."""
    text = form.get("version", [""])[0]
    return int(text) if text.isascii() and text.isdigit() else -1


def tag_of(form: Form) -> str:
    """The version that the form of an act names, where versions have names; -1, which none has, where it names none."""
    text = form.get("version", [""])[0]
    return text if text.replace("-", "").isalnum() and text.isascii() else "-1"


def page(request: Request, who: Visitor, template: str, *, status: int = 200, **content: Any) -> HTMLResponse:
    """A page, in the frame of all."""
    console = console_of(request)
    now = console.platform.clock.now()
    text = console.templates.get_template(template).render(
        who=who,
        path=request.url.path,
        navigation=_navigation(who),
        today=legal_date(now),
        now=now,
        is_official=console.settings.official_site,
        is_development=console.settings.development,
        form_key=lambda: form_key(
            console.vault, who.session_id, getattr(request.state, "form_key", ""), content.get("refused")
        ),
        **content,
    )
    return HTMLResponse(text, status)


def form_key(vault: Vault, session_id: str | None, sent: str, refused: Panel[Any] | None) -> str:
    """A new key of a form; after an act of which nobody knows whether it was done the one that was sent with it.

    Sent again it is done once, and with other content refused as a key that was used before.
    """
    if session_id is None:
        return ""
    if refused is not None and refused.silent is not None and not refused.silent.is_known:
        return sent
    return vault.form_key(session_id)


def part(request: Request, template: str, **content: Any) -> str:
    """A part of a page, without the frame of all."""
    return console_of(request).templates.get_template(template).render(**content)


def problem_page(request: Request, who: Visitor, panel: Panel[Any], *, subject: str) -> HTMLResponse:
    """What is shown instead of a page whose own subject cannot be shown."""
    if panel.problem is not None:
        status = panel.problem.status if panel.problem.status in {401, 403, 404, 409, 422, 429, 503} else 502
        return page(request, who, "problem.html", status=status, problem=panel.problem, subject=subject)
    answer = page(request, who, "silent.html", status=503, panel=panel, subject=subject)
    answer.headers["retry-after"] = "5"
    return answer


def status_after(refused: Panel[Any] | None) -> int:
    """The status of a page that is shown after an act which was refused, or whose service is silent."""
    if refused is None:
        return 200
    return refused.problem.status if refused.problem is not None else 503


def told(problem: Problem) -> Mapping[str, str]:
    """The faults of a refused form, by the field that they are about."""
    return {each.field.removeprefix("body."): each.message for each in problem.errors or ()}


def place_after(following: str | None) -> str | None:
    """The place from which the next page of a list goes on, of the link that a service gives."""
    if following is None:
        return None
    return following.partition("after=")[2].partition("&")[0] or None


def is_of_script(request: Request) -> bool:
    """Whether a script of the page asks, and not the person who looks at it."""
    return request.headers.get("sec-fetch-dest") == "empty"


def go(path: str) -> Response:
    """Lead on to a page, after an act."""
    return RedirectResponse(path, 303)


def hand_on(
    request: Request, who: Visitor, opened: Panel[httpx.Response], *, subject: str, name: str | None = None
) -> Response:
    """The bytes that a service began to give, to be kept and not shown in place."""
    answer = opened.value
    if answer is None:
        return problem_page(request, who, opened, subject=subject)
    headers = {each: answer.headers[each] for each in HANDED_ON if each in answer.headers}
    if name is not None:
        headers["content-disposition"] = f'attachment; filename="{name}"'
    return StreamingResponse(answer.aiter_raw(), headers=headers, background=BackgroundTask(answer.aclose))


def table_file(header: Sequence[str], rows: Iterable[Sequence[Any]], name: str) -> Response:
    """Rows to open in a spreadsheet."""
    headers = {"content-disposition": f'attachment; filename="{name}.csv"'}
    return Response(write_table(header, rows), media_type="text/csv", headers=headers)


async def whole_list(
    request: Request,
    who: Visitor,
    ask: Callable[[str], Awaitable[Panel[Any]]],
    header: Sequence[str],
    row: Callable[[Any], Sequence[Any]],
    *,
    name: str,
    subject: str,
) -> Response:
    """Every page of a list as one file: `ask` is given where a page begins. Without one of them there is no file.

    A list longer than `MOST_PAGES` of its pages is told as too long, with 422: half of it would look like all of it.
    """
    rows: list[Sequence[Any]] = []
    place: str | None = ""
    for _ in range(MOST_PAGES):
        found = await ask(place or "")
        if found.value is None:
            return problem_page(request, who, found, subject=subject)
        rows += [row(each) for each in found.value.items]
        place = place_after(found.value.next)
        if place is None:
            return table_file(header, rows, name)
    text = f"More than {len(rows):,} rows are too many for one file. Ask for fewer with the filters of the list."
    return page(request, who, "message.html", status=422, title=f"{subject} are too many", text=text)


def days_file(request: Request, days: Sequence[Day], name: str) -> Response:
    """Days to save in a calendar."""
    text = write_days(days, console_of(request).platform.clock.now())
    headers = {"content-disposition": f'attachment; filename="{name}.ics"'}
    return Response(text, media_type="text/calendar", headers=headers)
