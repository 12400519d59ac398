"""After an inquiry or a visit the party is asked how it went: by the notice that the work queue's own event causes."""

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import urlsplit

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifications.acts.rendering import render_text
from services.notifications.store.notices import find_notice
from services.notifications.store.tables import notices
from shared.db.transaction import reading
from tests.integration.notifications.builders import apply, rows
from tests.integration.workqueue.desk import Desk
from tests.integration.workqueue.test_process_walks import person, take
from tests.integration.workqueue.test_workqueue_files import HOLDER
from tests.integration.workqueue.test_workqueue_matters import opened
from tests.integration.workqueue.walks import WALKS, S, Walk
from tests.support.events import decode_event

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

IMPORTER = "07-345678900"
ANSWERED = Walk(
    "inquiry", "received", "IS", (S("take-up", "in-hand"), S("answer", "answered"), S("close-answered", "closed"))
)
ELSEWHERE = Walk("inquiry", "received", "IS", (S("take-up", "in-hand"), S("close-elsewhere", "closed")))
WITHDRAWN = Walk("inquiry", "received", "IS", (S("take-up", "in-hand"), S("withdraw", "closed")))
CANCELLED = Walk("engagement", "planned", "IS", (S("set-day", "planned"), S("cancel", "cancelled")))


async def walked(desk: Desk, walk: Walk, importer: str | None = IMPORTER) -> str:
    body = {"process": walk.process, "title": "Status", "entry_numbers": [], "importer_number": importer}
    answer = await opened(desk, person(walk.holder), **body)
    assert answer.status_code == 201, answer.text
    item_id: str = answer.json()["item_id"]
    await desk.claim(item_id, person(walk.holder))
    for number, step in enumerate(walk.steps):
        await take(desk, item_id, walk, number, step)
    return item_id


async def told(desk: Desk, engine: AsyncEngine) -> list[Any]:
    """The notices that notifications make of what the work queue published, in the order in which it did."""
    sent = [each for each in await desk.published() if each["type"] == "gov.cbp.work.item-changed.v1"]
    assert sent
    events = [decode_event("work-item-changed", each) for each in sent]
    await apply(engine, events)
    await apply(engine, events)  # delivered twice, told once
    return await rows(engine, notices)


@pytest.mark.parametrize(
    ("walk", "variant", "says"),
    [
        (ANSWERED, None, "has closed your inquiry as answered"),
        (ELSEWHERE, "elsewhere", "it is for the office named here"),
        (WALKS["engagement"], "visit", "that the Center held with you"),
    ],
)
async def test_closing_notice_asks_how_it_went_with_the_address_that_takes_the_answer(
    service_engine: MakeEngine, walk: Walk, variant: str | None, says: str
) -> None:
    desk = Desk(await service_engine("workqueue"))
    engine = await service_engine("notifications")
    item_id = await walked(desk, walk)
    (notice,) = await told(desk, engine)
    assert (notice.kind, notice.variant, notice.importer_number) == ("N-42", variant, IMPORTER)
    assert notice.body["answer_at"] == f"http://queue/items/{item_id}/satisfaction"
    async with reading(engine) as connection:
        written = await find_notice(connection, notice.notice_id)
    assert written is not None
    text = render_text(written, name="SYNTHETIC IMPORTER", base_url="http://notices")
    assert says in " ".join(text.split())
    assert f"Say how it was at: {notice.body['answer_at']}" in text
    # The address that the notice names is the one that takes the answer, and then asks no more.
    path = urlsplit(notice.body["answer_at"]).path
    answer = await desk.call("POST", path, HOLDER, json={"score": 5, "is_resolved": True})
    assert answer.status_code == 201, answer.text
    assert (await desk.call("GET", "/satisfaction-questions", HOLDER)).json()["items"] == []
    await desk.close()


@pytest.mark.parametrize("walk", [WITHDRAWN, CANCELLED])
async def test_nobody_is_asked_after_what_was_withdrawn_or_did_not_happen(
    service_engine: MakeEngine, walk: Walk
) -> None:
    desk = Desk(await service_engine("workqueue"))
    engine = await service_engine("notifications")
    await walked(desk, walk)
    assert await told(desk, engine) == []
    await desk.close()


async def test_inquiry_of_nobody_with_an_importer_number_asks_nobody(service_engine: MakeEngine) -> None:
    desk = Desk(await service_engine("workqueue"))
    engine = await service_engine("notifications")
    await walked(desk, ANSWERED, importer=None)
    assert await told(desk, engine) == []
    await desk.close()
