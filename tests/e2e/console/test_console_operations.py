"""The operator at the console: sees why a message could not be applied, looks before settling many, and it is done."""

import asyncio
import os
import re
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from html import unescape

import orjson
import pytest
from playwright.async_api import Browser, expect

from cli import operations
from shared.bus.protocol import Message
from shared.db import bulk
from shared.db.transaction import transaction
from shared.runtime.identity import Identity, RoleName
from tests.support.asking import ask
from tests.support.browser import NARROW, WIDE, Said, look, open_context, sign_in, take_picture, violations
from tests.support.events import cloud_event, entry_body, entry_number
from tests.support.pages import Reader, reading_as
from tests.support.product import Product

pytestmark = [pytest.mark.verify, pytest.mark.timeout(900)]

OTTO = Identity("otto", "Otto Berg", frozenset({RoleName.OPERATOR}))
SSN = "123-45-6789"
SSN_SHOWN = re.compile(r"(?<![0-9-])[0-9]{3}-[0-9]{2}-[0-9]{4}(?![0-9-])")
PAGE_BYTES = 30_000
LETTERS = 60


@dataclass(frozen=True, slots=True)
class Bad:
    """What lies among the letters of routing."""

    good_id: int
    numbers: list[str]


@pytest.fixture(scope="module")
async def bad(product: Product) -> Bad:
    """Bad messages on the bus: some are no JSON, one is of a person; and letters whose messages can be read."""
    environment = product.environment
    numbers = [entry_number() for _ in range(LETTERS)]
    async with operations.open_bus(environment) as bus:
        await bus.publish(
            [
                *(Message("entry-filed", b"B7603245278", b"this is no json %d" % each) for each in range(3)),
                Message("entry-filed", b"B7603245278", orjson.dumps({"importer_number": SSN, "note": "<b>é</b>"})),
            ]
        )
    good = [orjson.dumps(cloud_event("entry-filed", entry_body(each), id=f"ops-{each}")) for each in numbers]
    async with operations.service_engine(environment, "routing") as engine:
        async with asyncio.timeout(60):
            while True:
                async with transaction(engine) as tx:
                    rows = await bulk.fetch(tx, "SELECT count(*) AS letters FROM dead_letters WHERE state = 'parked'")
                if rows[0]["letters"] >= 4:
                    break
                await asyncio.sleep(0.1)
        # What a release parks that cannot read what its successor can.
        async with transaction(engine) as tx:
            rows = await bulk.fetch(
                tx,
                "INSERT INTO dead_letters (group_name, topic, partition, log_offset, key, value, headers, reason,"
                " detail, attempts, first_failed_at, last_failed_at, code_version)"
                " SELECT 'routing', 'entry-filed', 0, 10000000 + at, key::bytea, value, $3::jsonb, 'unknown-version',"
                " 'this release does not know the version', 1, $4, $4, 'old'"
                " FROM unnest($1::text[], $2::bytea[]) WITH ORDINALITY AS given(key, value, at) RETURNING id",
                numbers,
                good,
                '{"content-type": "YXBwbGljYXRpb24vY2xvdWRldmVudHMranNvbg=="}',
                datetime.now(UTC),
            )
    return Bad(rows[0]["id"], numbers)


async def settled(reader: Reader, path: str, words: str) -> str:
    """The page of an act, once it says so; its service may be away meanwhile."""
    async with asyncio.timeout(120):
        while True:
            answer = await reader.client.get(path)
            assert answer.status_code in {200, 503}
            if words in (text := unescape(answer.text)):
                return text
            await asyncio.sleep(0.2)


async def test_operator_sees_a_reason_previews_replays_and_it_is_gone(
    product: Product, browser: Browser, console: str, bad: Bad
) -> None:
    context = await open_context(browser, WIDE)
    page = await context.new_page()
    said = Said()
    said.listen(page)
    await sign_in(page, console, "Otto Berg")
    assert page.url == f"{console}/ops"
    await page.get_by_role("link", name="Dead letters", exact=True).click()
    row = page.get_by_role("row", name="unknown version")
    await expect(row).to_contain_text(str(LETTERS))
    await row.get_by_role("link", name="unknown version").click()
    await page.get_by_role("link", name=str(bad.good_id), exact=True).click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(f"Dead letter {bad.good_id} of Routing: parked")
    await expect(page.get_by_text("this release can read it")).to_be_visible()
    await expect(page.get_by_label("The message in hexadecimal digits")).to_contain_text("7b 22")
    await page.go_back()
    await page.get_by_role("link", name="Replay all of these…").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text(
        f"Replay {LETTERS} letters: reason unknown version, topic entry-filed"
    )
    await page.get_by_label("Why").fill("This release reads them.")
    await page.get_by_role("button", name=f"Replay {LETTERS} letters").click()
    await expect(page.get_by_role("heading", level=1)).to_have_text("Replay of dead letters: Routing")
    await expect(page.get_by_role("status")).to_contain_text(f"{LETTERS} of {LETTERS} letters settled")
    await expect(page.get_by_text("This release reads them.")).to_be_visible()
    async with operations.service_engine(product.environment, "routing") as engine, asyncio.timeout(60):
        while True:
            async with transaction(engine) as tx:
                rows = await bulk.fetch(
                    tx,
                    "SELECT state, count(*) AS letters FROM dead_letters WHERE reason = 'unknown-version'"
                    " GROUP BY state",
                )
            if [(row["state"], row["letters"]) for row in rows] == [("replayed", LETTERS)]:
                break
            await asyncio.sleep(0.2)
    tess = Identity("tess", "Tess Quinn", frozenset({RoleName.OFFICE_OF_TRADE}))
    routed = await ask(product, tess, "routing", f"/entries/{bad.numbers[-1]}/routing")
    assert routed["entry_number"] == bad.numbers[-1]
    await page.goto(f"{console}/ops/letters")
    await expect(page.get_by_role("row", name="unknown version")).to_have_count(0)
    assert said.lines == []
    await context.close()


async def test_one_letter_is_discarded_without_javascript_and_the_reason_is_kept(
    browser: Browser, console: str, bad: Bad
) -> None:
    context = await open_context(browser, java_script_enabled=False)
    page = await context.new_page()
    await sign_in(page, console, "Otto Berg")
    await page.goto(f"{console}/ops/routing/letters?reason=not-json")
    await page.locator("input[name=id]").first.check()
    chosen = await page.locator("input[name=id]").first.get_attribute("value")
    await page.get_by_label("Why").fill("The filer sent it again.")
    await page.get_by_role("button", name="Discard the chosen").click()
    await expect(page.get_by_role("status")).to_contain_text("1 of 1 letters settled")
    await page.goto(f"{console}/ops/routing/letters/{chosen}")
    await expect(page.get_by_role("heading", level=1)).to_contain_text("discarded")
    await expect(page.get_by_text("The filer sent it again.")).to_be_visible()
    await context.close()


async def test_a_form_that_says_too_little_or_comes_too_late_is_refused_and_kept(console: str, bad: Bad) -> None:
    async with reading_as(console, "otto") as otto:
        on = "/ops/routing/letters?reason=not-json"
        answer = await otto.send(
            on, "/ops/routing/letters/acts", {"act": "replay", "why": "Try.", "of_reason": "not-json"}
        )
        assert answer.status_code == 422
        assert 'value="Try."' in answer.text
        late = {"act": "discard", "why": "Rubbish.", "letters": "4711", "up_to": "99999", "of_reason": "not-json"}
        answer = await otto.send(on, "/ops/routing/letters/acts", late)
        assert answer.status_code == 409
        assert "preview" in answer.text
        assert re.search(r"<h1>Discard [0-9]+ letters?:", answer.text)
        assert (await otto.client.get("/ops/nowhere")).status_code == 404
        assert (await otto.client.get("/ops/routing/letters/99999999999999999999")).status_code == 422


async def test_job_runs_now_and_invariants_are_checked(console: str) -> None:
    async with reading_as(console, "otto") as otto:
        text = await otto.read("/ops/jobs?service=workqueue")
        assert "count-pending" in text
        page = "/ops/workqueue/jobs/count-pending"
        answer = await otto.send(page, f"{page}/acts", {"act": "run", "why": "To see."})
        assert answer.status_code == 200
        text = await settled(otto, answer.url.path, "Done.")
        assert "succeeded after" in text
        answer = await otto.send(
            "/ops/invariants?service=notifications", "/ops/notifications/invariants/acts", {"why": "To see."}
        )
        text = await settled(otto, answer.url.path, "Done.")
        assert "0 broken" in text
        assert "by otto" in await otto.read("/ops/invariants?service=notifications")
        acts = await otto.read("/ops/acts")
        assert "To see." in acts


async def test_a_row_whose_key_is_not_shown_whole_is_tried_again(product: Product, console: str) -> None:
    until = "SELECT key, skipped_until > now() AS is_left_out FROM rows_set_aside WHERE job = 'count-pending'"
    async with operations.service_engine(product.environment, "workqueue") as engine, transaction(engine) as tx:
        await bulk.execute(
            tx,
            "INSERT INTO rows_set_aside SELECT 'count-pending', key, 'lost', 1, now(), now(), now() + interval '1 day'"
            " FROM unnest(ARRAY['123-45-6789', 'B7603245278']) AS key",
        )
    page = "/ops/workqueue/jobs/count-pending"
    async with reading_as(console, "otto") as otto:
        text = await otto.read(page)
        assert "123-45-6789" not in text
        (row,) = re.findall(r'name="id" value="([0-9]+)" aria-label="Row [0-9]+, \*\*\*-\*\*-6789"', text)
        answer = await otto.send(page, f"{page}/acts", {"act": "retry-chosen", "why": "None is chosen."})
        assert answer.status_code == 422
        answer = await otto.send(page, f"{page}/acts", {"act": "retry-chosen", "why": "Mended.", "id": row})
        assert "1 of 1 rows settled" in await settled(otto, answer.url.path, "Done.")
    async with operations.service_engine(product.environment, "workqueue") as engine, transaction(engine) as tx:
        left_out = {row["key"]: row["is_left_out"] for row in await bulk.fetch(tx, until)}
        await bulk.execute(tx, "DELETE FROM rows_set_aside WHERE job = 'count-pending'")
    assert left_out == {"123-45-6789": False, "B7603245278": True}


async def test_a_killed_service_goes_on_with_many_letters(product: Product, console: str) -> None:
    """Most of them are settled by a scheduler that is another process than the one that was asked."""
    many = 40_000
    async with operations.service_engine(product.environment, "liquidation") as engine, transaction(engine) as tx:
        await bulk.execute(
            tx,
            "INSERT INTO dead_letters (group_name, topic, partition, log_offset, key, value, headers, reason, detail,"
            " attempts, first_failed_at, last_failed_at, code_version)"
            " SELECT 'liquidation', 'entry-filed', 0, 20000000 + n, 'B7603245278', '{}', '{}', 'bulk', 'wrong', 1,"
            " now(), now(), 'x' FROM generate_series(1, $1::bigint) AS n",
            many,
        )
    async with reading_as(console, "otto") as otto:
        on = "/ops/liquidation/letters/preview?act=discard&reason=bulk"
        text = await otto.read(on)
        assert "Discard 40,000 letters" in text
        (up_to,) = re.findall(r'name="up_to" value="([0-9]+)"', text)
        form = {"act": "discard", "why": "Of a test.", "letters": str(many), "up_to": up_to, "of_reason": "bulk"}
        answer = await otto.send(on, "/ops/liquidation/letters/acts", form)
        product.kill("liquidation")
        act = answer.url.path
        assert answer.status_code in {200, 503}
        await product.wait_until_ready()
        text = await settled(otto, act, "Done.")
        assert "40,000 of 40,000 letters settled" in text


def pages(bad: Bad) -> dict[str, str]:
    return {
        "ops": "/ops",
        "ops-service": "/ops/liquidation",
        "ops-reasons": "/ops/letters",
        "ops-letters": "/ops/routing/letters",
        "ops-letter": f"/ops/routing/letters/{bad.good_id}",
        "ops-preview": "/ops/routing/letters/preview?act=discard&reason=not-json",
        "ops-jobs": "/ops/jobs",
        "ops-jobs-of": "/ops/jobs?service=notifications",
        "ops-job": "/ops/routing/jobs/check-invariants",
        "ops-invariants": "/ops/invariants?service=liquidation",
        "ops-deliveries": "/ops/deliveries",
        "ops-events": "/ops/workqueue/events",
        "ops-acts": "/ops/acts",
        "ops-act": "/ops/routing/acts/1",
    }


async def test_pages_fit_are_light_accessible_and_keep_their_policy(
    product: Product, browser: Browser, console: str, bad: Bad
) -> None:
    async with operations.service_engine(product.environment, "workqueue") as engine, transaction(engine) as tx:
        await bulk.execute(
            tx,
            "INSERT INTO outbox_set_aside (id, topic, key, value, headers, reason)"
            " VALUES (900001, 'review-decided', $1, '{}', '{}', 'message larger than the broker takes')"
            " ON CONFLICT DO NOTHING",
            SSN,
        )
    (masked,) = await operations.list_dead_letters(
        product.environment, "routing", state=None, reason="not-cloudevent", after=0, limit=1
    )
    all_pages = {**pages(bad), "ops-letter-masked": f"/ops/routing/letters/{masked['id']}"}
    context = await open_context(browser, WIDE)
    page = await context.new_page()
    said = Said()
    said.listen(page)
    wrong: list[tuple[str, str]] = []
    await sign_in(page, console, "Otto Berg")
    for name, path in all_pages.items():
        answer = await look(page, console + path)
        text, size = await answer.text(), len(await answer.body())
        if answer.status != 200:
            wrong.append((name, f"status {answer.status}"))
        if size > PAGE_BYTES:
            wrong.append((name, f"{size} bytes"))
        if found := SSN_SHOWN.findall(text):
            wrong.append((name, f"shows {found}"))
        if SSN.encode().hex(" ") in text:
            wrong.append((name, "shows a number in hexadecimal digits"))
        if await page.locator("h1").count() != 1:
            wrong.append((name, "not one h1"))
        for width in (NARROW, WIDE):
            await page.set_viewport_size({"width": width, "height": 900})
            if (wide := await page.evaluate("document.documentElement.scrollWidth")) > width:
                wrong.append((name, f"is {wide} pixels wide in {width}"))
            await take_picture(page, name)
    assert said.lines == []
    await context.close()
    context = await open_context(browser, bypass_csp=True)
    page = await context.new_page()
    await sign_in(page, console, "Otto Berg")
    for name, path in all_pages.items():
        for width in (WIDE, NARROW):
            await page.set_viewport_size({"width": width, "height": 900})
            await page.goto(console + path)
            await page.evaluate("document.querySelectorAll('details').forEach(each => { each.open = true })")
            if found_by_axe := await violations(page):
                wrong.append((name, f"{width}: {found_by_axe}"))
    await context.close()
    assert wrong == []


async def test_nobody_else_has_the_entry_or_the_pages(console: str, bad: Bad) -> None:
    for subject in ("kim", "tess", "ines", "ida"):
        async with reading_as(console, subject) as reader:
            head = unescape((await reader.client.get("/")).text).partition("<nav")[2].partition("</nav")[0]
            assert "/ops" not in head, subject
            for path in pages(bad).values():
                answer = await reader.client.get(path)
                assert answer.status_code == 403, (subject, path)
                assert "no json" not in answer.text
    async with reading_as(console, "otto") as otto:
        assert 'href="/ops"' in (await otto.client.get("/")).text


@asynccontextmanager
async def silent(product: Product, service: str) -> AsyncIterator[None]:
    """A service that takes connections and answers nobody for a while."""
    pid = product.pids()[service]
    os.kill(pid, signal.SIGSTOP)
    try:
        yield
    finally:
        os.kill(pid, signal.SIGCONT)
        await product.wait_until_ready()


async def test_one_silent_service_is_named_and_the_others_are_shown(
    product: Product, browser: Browser, console: str
) -> None:
    context = await open_context(browser, WIDE)
    page = await context.new_page()
    await sign_in(page, console, "Otto Berg")
    async with silent(product, "workqueue"):
        for path in ("/ops", "/ops/letters", "/ops/jobs", "/ops/acts"):
            begin = asyncio.get_running_loop().time()
            answer = await look(page, console + path)
            took = asyncio.get_running_loop().time() - begin
            assert answer.status == 200, path
            assert took < 6.0, (path, took)  # a panel has two seconds; the machine of the tests may be busy
            await expect(page.get_by_text("workqueue does not answer").first).to_be_visible()
            if path == "/ops":
                await take_picture(page, "ops-silent")
                await expect(page.get_by_role("row", name="Routing")).to_contain_text("ready")
        answer = await look(page, f"{console}/ops/workqueue")
        assert answer.status == 503
    await page.goto(f"{console}/ops")
    await expect(page.get_by_role("row", name="Work queue")).to_contain_text("ready")
    await context.close()
