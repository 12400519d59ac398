"""The bulletin under addresses that stay, as a file and as a feed; nothing on it can be changed."""

import csv
import io
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.db.transaction import transaction
from tests.integration.notifications.builders import MakeEngine, apply, client_of, entry_changed
from tests.support.events import entry_number

ATOM = "{http://www.w3.org/2005/Atom}"


@pytest.fixture
async def engine(service_engine: MakeEngine) -> AsyncEngine:
    return await service_engine("notifications")


@pytest.mark.parametrize(
    "statement",
    ["UPDATE bulletin_postings SET action = 'x'", "DELETE FROM bulletin_postings", "TRUNCATE bulletin_postings"],
)
async def test_a_posting_is_neither_changed_nor_removed(engine: AsyncEngine, statement: str) -> None:
    await apply(engine, [entry_changed()])
    with pytest.raises(DBAPIError, match="neither changed nor removed"):
        async with transaction(engine) as tx:
            await tx.connection.execute(text(statement))


async def test_file_feed_and_permalink_say_what_the_search_says(engine: AsyncEngine, tmp_path: Path) -> None:
    number = entry_number(900_020)
    await apply(engine, [entry_changed(number=number), entry_changed()])
    terms = {"entry_number": number, "filer": number[:3]}
    async with client_of(engine, tmp_path, None) as anyone:
        (posting,) = (await anyone.get("/bulletin", params=terms)).json()["items"]
        assert (await anyone.get(f"/bulletin/{posting['notice_id']}")).json() == posting
        (line,) = csv.DictReader(io.StringIO((await anyone.get("/bulletin.csv", params=terms)).text))
        told = {name: "" if value is None else value for name, value in posting.items()}
        assert line == told
        feed = await anyone.get("/bulletin.atom", params=terms)
        assert feed.headers["content-type"].startswith("application/atom+xml")
        (entry,) = ET.fromstring(feed.text).findall(f"{ATOM}entry")
        link = entry.find(f"{ATOM}link")
        assert link is not None
        assert link.attrib["href"] == f"https://bulletin.example/bulletin/{posting['notice_id']}"
        for path in ("/bulletin.csv", "/bulletin.atom"):
            assert (await anyone.get(path, params={"filer": "B76"})).status_code == 422
        unknown = await anyone.get("/bulletin/00000000-0000-0000-0000-000000000000")
        assert (unknown.status_code, unknown.headers["content-type"]) == (404, "application/problem+json")
