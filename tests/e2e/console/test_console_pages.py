"""Every page of the console as the person it is for sees it: fits, is light, is accessible, keeps its policy."""

import asyncio
import os
import re
import signal
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from html import unescape
from pathlib import Path

import httpx
import pytest
from playwright.async_api import Browser, Page
from playwright.async_api import TimeoutError as NotInTime

from services.console.acts.people import SAMPLE_PEOPLE
from services.console.domain.words import say_text
from shared.runtime.identity import Identity, RoleName
from shared.runtime.together import together
from tests.support.asking import ask
from tests.support.browser import (
    NARROW,
    OF_LAYOUT,
    WIDE,
    Said,
    look,
    open_context,
    sign_in,
    take_picture,
    violations,
)
from tests.support.pages import reading_as
from tests.support.product import Product

pytestmark = [pytest.mark.verify, pytest.mark.timeout(900)]

FIRST_VIEW_BYTES = 180_000
PAGE_BYTES = 30_000
SSN = re.compile(r"(?<![0-9-])[0-9]{3}-[0-9]{2}-[0-9]{4}(?![0-9-])")
SOCIAL_SECURITY = "972-57-9749"

FOR_ANYONE = {
    "start": "/",
    "login": "/login",
    "centers": "/centers",
    "center": "/centers/CEE003",
    "calculator": "/calculator?entry_type=01&entry_date=2026-03-02",
    "calculator-asks": "/calculator?entry_type=21&entry_date=2026-03-02",
    "calculator-refuses": "/calculator?entry_type=01&entry_date=2026-03-02&liquidated_on=2025-01-01",
    "calculator-if": "/calculator?was=entry_type%3D01%26entry_date%3D2026-03-02&entry_type=01&entry_date=2026-03-20",
    "tariff": "/tariff/8471300100",
    "tariff-special": "/tariff/99038815",
    "bulletin": "/bulletin",
    "bulletin-found": "/bulletin?posted_from=2026-01-01&event_type=liquidation",
    "figures": "/figures",
    "rules": "/rules",
    "rule": "/rules/liq-1yr-entry",
    "problem": "/problems/stale-token",
    "help": "/help",
    "nowhere": "/nowhere",
}


@dataclass(frozen=True, slots=True)
class Things:
    """Pages of things that the sample has, by name."""

    pages: dict[str, str]
    social_security_entry: str


@pytest.fixture(scope="module")
async def things(product: Product) -> Things:
    """An item of each kind, an entry and an account; found through the APIs as an officer finds them."""
    tess = Identity("tess", "Tess Quinn", frozenset({RoleName.OFFICE_OF_TRADE}))
    pages = {}
    for kind in ("review", "protest", "filing", "matter"):
        found = (await ask(product, tess, "workqueue", f"/items?kind={kind}&state=open&limit=1"))["items"][0]
        pages[kind] = f"/items/{found['item_id']}"
        if kind == "review":
            pages["entry"] = f"/entries/{found['entry_number']}"
            pages["account"] = f"/accounts/{found['importer_number']}"
    path = f"/entries?importer={SOCIAL_SECURITY}&limit=1"
    masked = (await ask(product, tess, "liquidation", path))["items"][0]["entry_number"]
    pages |= {
        "queue": "/queue?center=CEE003",
        "queue-any": "/queue?center=&state=any&kind=matter",
        "team": "/team?center=CEE003",
        "bulk": "/queue/bulk?center=CEE003&process=quota",
        "letters": "/letters?state=issued",
        "tariff-work": "/tariff/8703230170",
        "radar": "/radar",
        "radar-cell": "/radar?horizon=90&cause=any",
    }
    return Things(pages, masked)


async def seen_by(page: Page, product: Product, things: Things) -> AsyncIterator[tuple[str, str]]:
    """Every page with its address, first as anybody, then as an officer of headquarters."""
    console = product.environment.address_of("console")
    for name, path in FOR_ANYONE.items():
        yield name, console + path
    await sign_in(page, console, "Tess Quinn")
    for name, path in things.pages.items():
        yield name, console + path


async def test_pages_fit_are_light_and_keep_their_policy(product: Product, browser: Browser, things: Things) -> None:
    """Each is opened once, and looked at in a wide and in a narrow window."""
    context = await open_context(browser, WIDE)
    page = await context.new_page()
    said = Said()
    wrong: list[tuple[str, str]] = []
    said.listen(page)
    async for name, url in seen_by(page, product, things):
        answer = await look(page, url)
        text, size = await answer.text(), len(await answer.body())
        expected = {"nowhere": 404, "calculator-refuses": 422}.get(name, 200)
        if answer.status != expected:
            wrong.append((name, f"status {answer.status}"))
        if size > PAGE_BYTES:
            wrong.append((name, f"{size} bytes"))
        if found := SSN.findall(text):
            wrong.append((name, f"shows {found}"))
        if await page.locator("h1").count() != 1:
            wrong.append((name, "not one h1"))
        if name in {"queue", "entry"}:
            await take_picture(page, f"readme-{name}", is_whole=False)
        for width in (NARROW, WIDE):
            await page.set_viewport_size({"width": width, "height": 900})
            if (wide := await page.evaluate("document.documentElement.scrollWidth")) > width:
                wrong.append((name, f"is {wide} pixels wide in {width}"))
            await take_picture(page, name)
    assert wrong == []
    assert said.lines == []
    await context.close()


async def test_axe_finds_nothing(product: Product, browser: Browser, things: Things) -> None:
    context = await open_context(browser, bypass_csp=True)
    page = await context.new_page()
    found = {}
    async for name, url in seen_by(page, product, things):
        await page.goto(url)
        await page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
        if some := await violations(page):
            found[name, WIDE] = some
        await page.set_viewport_size({"width": NARROW, "height": 900})
        if some := await violations(page, OF_LAYOUT):
            found[name, NARROW] = some
        await page.set_viewport_size({"width": WIDE, "height": 900})
    assert found == {}
    await context.close()


async def test_every_process_and_every_corrected_entry_has_its_page(product: Product, console: str) -> None:
    """By the forms alone: what differs between them is what the services say, not what the browser does with it."""
    tess = Identity("tess", "Tess Quinn", frozenset({RoleName.OFFICE_OF_TRADE}))
    items = (await ask(product, tess, "workqueue", "/items?state=open&limit=500"))["items"]
    one_of = {(each["kind"], each["process"], each["stage"]): each for each in items}
    entries = {each["entry_number"] for each in one_of.values() if each["entry_number"]}
    records = [await ask(product, tess, "liquidation", f"/entries/{number}") for number in sorted(entries)]
    corrected = [each for each in records if len(each["versions"]) > 1]
    assert len(one_of) > 10
    assert corrected, "the sample has reviews and matters of entries that were corrected"
    wrong = []
    async with reading_as(console, "tess") as reader:
        paths = [f"/items/{each['item_id']}" for each in one_of.values()]
        paths += [f"/entries/{each['entry_number']}" for each in corrected]
        for path in paths:
            answer = await reader.client.get(path)
            main = answer.text.partition("<main")[2]
            if answer.status_code != 200 or len(answer.content) > PAGE_BYTES or SSN.search(answer.text):
                wrong.append((path, answer.status_code, len(answer.content)))
            if raw := RAW.findall(re.sub(r"<[^>]+>", " ", main)):
                wrong.append((path, 0, raw[0]))
        first, second = (each["version"] for each in corrected[0]["versions"][:2])
        number = corrected[0]["entry_number"]
        assert "From version" in await reader.read(f"/entries/{number}?before={first}&after={second}")
    assert wrong == []


RAW = re.compile(r"the token carries|\[&#39;|\b20[0-9]{2}-[0-9]{2}-[0-9]{2}\b")
"""What a person should not have to read: roles by code, lists of a program, days of a program."""


async def test_every_sample_person_begins_on_a_page_and_no_link_of_the_head_is_broken(console: str) -> None:
    wrong, seen = [], set(FOR_ANYONE.values())
    for person in SAMPLE_PEOPLE:
        async with reading_as(console, person.identity.subject) as reader:
            begins = await reader.client.get(person.begins)
            head = begins.text.partition("<nav")[2].partition("</nav")[0]
            for path in re.findall(r'<a href="(/[^"]*)"', head):
                if (person.identity.roles, path) in seen or path in seen:
                    continue
                seen.add((person.identity.roles, path))
                answer = await reader.client.get(unescape(path))
                if answer.status_code not in {200, 403}:
                    wrong.append((person.identity.subject, path, answer.status_code))
            if begins.status_code != 200:
                wrong.append((person.identity.subject, person.begins, begins.status_code))
    assert wrong == []


async def test_a_center_says_which_goods_it_has_and_how_it_is_reached(console: str) -> None:
    async with httpx.AsyncClient(base_url=console, trust_env=False) as client:
        text = unescape((await client.get("/centers/CEE003")).text)
        for said in ("8716", "Director: Dora Lindgren", "SYNTHETIC Vehicles (731)", "cee003@centers.example"):
            assert said in text, said
        assert "cee003.protests@centers.example" in text
        assert "cl-tile--office" in (await client.get("/centers")).text


async def test_centers_say_what_changed(product: Product, console: str) -> None:
    """What the directory has recorded within a year, on the page of the Center and in the list of all."""
    tess = Identity("tess", "Tess Quinn", frozenset({RoleName.OFFICE_OF_TRADE}))
    told = (await ask(product, tess, "routing", "/directory/changes?center=CEE003&limit=500"))["items"]
    assert told, "the sample writes the directory"
    async with httpx.AsyncClient(base_url=console, trust_env=False) as client:
        page = unescape((await client.get("/centers/CEE003")).text).partition("What changes and changed")[2]
        public = [each for each in told if each["kind"] != "person"]
        assert say_text(public[-1]["text"]) in page
        assert all(each["text"] not in page for each in told if each["kind"] == "person"), "nobody is named in public"
        assert "CEE003" in (await client.get("/centers")).text


async def test_lists_come_as_files(product: Product, console: str, things: Things) -> None:
    importer = things.pages["account"].rpartition("/")[2]
    files = {
        "/queue.csv?center=CEE003&process=quota": "item_id,",
        "/radar.csv?horizon=90&cause=any": "entry_number,act_by",
        f"/accounts/{importer}/entries.csv?state=all": "entry_number,state",
        "/letters.csv?state=issued": "due_on,form",
        "/team.csv?center=CEE003": "user,name",
        "/rules.csv?q=protest": "id,section",
        "/figures.csv?period=2026-Q3": "period,center",
        "/bulletin.csv?posted_from=2026-01-01&event_type=liquidation": "",
        "/bulletin.atom?posted_from=2026-01-01&event_type=liquidation": "<?xml",
    }
    async with reading_as(console, "tess") as reader:
        for path, begins in files.items():
            answer = await reader.client.get(path)
            assert (answer.status_code, answer.text.startswith(begins)) == (200, True), path
            assert len(answer.text.splitlines()) > 1 or path.startswith("/letters"), path
            assert not SSN.search(answer.text), path
        assert (await reader.client.get("/bulletin.csv")).status_code == 422
        assert (await reader.client.get("/radar.csv?horizon=soon")).status_code == 422


async def test_first_view_is_light_over_the_wire(product: Product, browser: Browser, console: str) -> None:
    context = await open_context(browser)
    page = await context.new_page()
    session = await context.new_cdp_session(page)
    await session.send("Network.enable")
    sizes: list[int] = []
    session.on("Network.loadingFinished", lambda event: sizes.append(int(event["encodedDataLength"])))
    await page.goto(console, wait_until="networkidle")
    assert len(sizes) > 3
    assert sum(sizes) <= FIRST_VIEW_BYTES, sizes
    sizes.clear()
    await page.goto(f"{console}/centers", wait_until="networkidle")
    assert sum(sizes) <= PAGE_BYTES, sizes
    await context.close()


async def test_without_javascript_every_page_is_there(product: Product, browser: Browser, things: Things) -> None:
    context = await open_context(browser, java_script_enabled=False)
    page = await context.new_page()
    console = product.environment.address_of("console")
    for path in FOR_ANYONE.values():
        await page.goto(console + path)
        assert await page.locator("main h1").count() == 1, path
    await page.goto(f"{console}/login")
    await page.get_by_role("button", name="Sign in as Kim Sato").click()
    for path in things.pages.values():
        await page.goto(console + path)
        assert await page.locator("main h1").count() == 1, path
    await page.goto(console + things.pages["queue"])
    await page.get_by_label("Process").select_option("consultation")
    await page.get_by_role("button", name="Show").click()
    assert "process=consultation" in page.url
    await context.close()


async def test_focus_is_never_hidden_and_targets_are_large_enough(
    product: Product, browser: Browser, things: Things
) -> None:
    """WCAG 2.2: 2.4.11 focus not obscured, 2.5.8 target size (also axe's), 3.2.6 consistent help is the footer."""
    context = await open_context(browser, NARROW)
    page = await context.new_page()
    console = product.environment.address_of("console")
    await sign_in(page, console, "Kim Sato")
    hidden = []
    for name in ("queue", "review"):
        await page.goto(console + things.pages[name])
        for _ in range(30):
            await page.keyboard.press("Tab")
            try:
                await page.wait_for_function(IS_SEEN, timeout=3000)  # the skip link slides in
            except NotInTime:
                hidden.append((name, await page.evaluate("document.activeElement.outerHTML.slice(0, 120)")))
    assert hidden == []
    await context.close()


async def test_text_with_wide_spaces_is_not_cut_off_and_help_is_in_one_place(
    product: Product, browser: Browser, things: Things
) -> None:
    """WCAG 2.2: 1.4.12 text spacing, 1.4.10 reflow, 3.2.6 consistent help."""
    context = await open_context(browser, NARROW, bypass_csp=True)
    page = await context.new_page()
    console = product.environment.address_of("console")
    await sign_in(page, console, "Kim Sato")
    wrong = []
    for name in ("queue", "review", "entry", "team", "radar", "tariff-work", "calculator", "letters"):
        await page.goto(console + (things.pages.get(name) or FOR_ANYONE[name]))
        await page.add_style_tag(content=WIDE_SPACES)
        if (wide := await page.evaluate("document.documentElement.scrollWidth")) > NARROW:
            wrong.append((name, f"is {wide} pixels wide"))
        wrong += [(name, cut) for cut in await page.evaluate(CUT_OFF)]
        if await page.locator("footer a[href='/help']").count() != 1:
            wrong.append((name, "has no help in its foot"))
    assert wrong == []
    await context.close()


WIDE_SPACES = """* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }
p { margin-bottom: 2em !important }"""
CUT_OFF = """() => [...document.querySelectorAll("main :is(h1, h2, p, td, th, li, dd, button)")]
.filter(each => getComputedStyle(each).overflow === "hidden" && each.scrollHeight > each.clientHeight + 1)
.map(each => each.outerHTML.slice(0, 100))"""


IS_SEEN = """() => { const it = document.activeElement, box = it.getBoundingClientRect();
const at = document.elementFromPoint(box.x + box.width / 2, box.y + box.height / 2);
return it === document.body || box.width === 0 || it.contains(at) || Boolean(at?.contains(it)) }"""


@contextmanager
def silent(product: Product, service: str) -> Iterator[None]:
    """A service that takes calls and answers none of them."""
    pid = product.pids()[service]
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize("service", ["routing", "workqueue", "liquidation", "notifications"])
async def test_a_service_that_is_silent_costs_its_part_of_a_page(
    product: Product, console: str, things: Things, service: str
) -> None:
    """Pages side by side, as several people ask for them: each waits for its own parts alone."""
    async with reading_as(console, "tess") as reader:

        async def read(name: str) -> list[tuple[str, object]]:
            began = time.monotonic()
            answer = await reader.client.get(things.pages.get(name) or FOR_ANYONE[name])
            seconds, owner, wrong = time.monotonic() - began, OWNERS[name], list[tuple[str, object]]()
            if answer.status_code != (503 if owner == service else 200):
                wrong.append((name, answer.status_code))
            if (answer.headers.get("retry-after") is None) == (owner == service):
                wrong.append((name, "does not say when to come again"))
            if (name, service) in READ and "does not answer" not in answer.text:
                wrong.append((name, "does not say what is missing"))
            if seconds > (2 if name == "review" else 1) * 2.3 + 2:
                wrong.append((name, f"took {seconds:.1f} s"))
            return wrong

        async def read_in_turn(name: str) -> list[tuple[str, object]]:
            async with turns:
                return await read(name)

        turns = asyncio.Semaphore(4)  # more at once would wait for the processor
        with silent(product, service):
            wrong = [each for part in await together(*map(read_in_turn, OWNERS)) for each in part]
    assert wrong == []


OWNERS = {
    "start": None,
    "centers": "routing",
    "figures": "routing",
    "rules": "liquidation",
    "calculator": "liquidation",
    "bulletin-found": "notifications",
    "entry": "liquidation",
    "account": "routing",
    "review": "workqueue",
    "queue": "workqueue",
    "team": "workqueue",
    "radar": "liquidation",
    "letters": "workqueue",
    "tariff": "routing",
    "tariff-work": "routing",
}
"""Pages with the service that owns what they are about."""
READ = {
    ("entry", "routing"),
    ("entry", "workqueue"),
    ("entry", "liquidation"),
    ("entry", "notifications"),
    ("account", "routing"),
    ("account", "workqueue"),
    ("account", "liquidation"),
    ("account", "notifications"),
    ("review", "routing"),
    ("review", "liquidation"),
    ("review", "workqueue"),
    ("team", "workqueue"),
    ("start", "routing"),
    ("start", "workqueue"),
    ("queue", "workqueue"),
    ("radar", "liquidation"),
    ("tariff-work", "routing"),
    ("tariff-work", "workqueue"),
}
"""Pages with the services that they show something of."""


async def test_no_page_shows_a_social_security_number(
    product: Product, browser: Browser, console: str, things: Things
) -> None:
    context = await open_context(browser)
    page = await context.new_page()
    await sign_in(page, console, "Tess Quinn")
    for path in (
        f"/entries/{things.social_security_entry}",
        f"/accounts/{SOCIAL_SECURITY}",
        "/queue?center=&state=any",
        f"/bulletin?entry_number={things.social_security_entry}&event_type=liquidation",
    ):
        answer = await look(page, console + path)
        body = re.sub(r"<input[^>]*>", "", await answer.text())  # what somebody typed comes back to them
        assert SSN.findall(body) == [], path
    await context.close()


async def test_console_stays_small(product: Product, console: str) -> None:
    async with httpx.AsyncClient(trust_env=False) as client:
        for _ in range(50):
            assert (await client.get(console)).status_code == 200
    assert kilobytes_of(product.pids()["console"]) <= 120 * 1024


def kilobytes_of(pid: int) -> int:
    """What a process holds in memory; of what it shares with others, as libraries, its part."""
    rollup = Path(f"/proc/{pid}/smaps_rollup").read_text()
    [kilobytes] = [int(line.split()[1]) for line in rollup.splitlines() if line.startswith("Pss:")]
    return kilobytes
