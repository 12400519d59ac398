"""The enforcement board on the real service: set by its director, comparable matters first, votes and dissent."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Any

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from tests.integration.console.house import House, open_house
from tests.integration.workqueue.test_workqueue_board import SCREENED

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

MATTER = {"process": "cear", "title": "Assists", "center": "CEE003", "importer_number": "07-345678900"}


@pytest.fixture
async def house(service_engine: MakeEngine) -> House:
    return await open_house(service_engine, datetime(2026, 3, 16, 15, tzinfo=UTC), "workqueue")


async def heard(house: House) -> str:
    """A matter that was screened and heard, known to Emil, who opened it, and to Fay; gives its item."""
    opened = await house.call("emil", "workqueue", "POST", "/items", MATTER | {"entry_numbers": []})
    path = f"/items/{opened['item_id']}"
    claim = await house.call("emil", "workqueue", "POST", f"{path}/claim")
    named = {"subject": "fay", "reason": "Works on it."}
    await house.call("emil", "workqueue", "POST", f"{path}/need-to-know", named)
    acts: tuple[tuple[str, dict[str, Any]], ...] = (
        ("screen", SCREENED),
        ("schedule", {"scheduled_on": "2026-03-20", "members": "All."}),
        ("hear", {"heard_on": "2026-03-20", "present": "All.", "quorum": "reached"}),
        ("show-comparables", {"comparables": ["panel"]}),
    )
    for act, fields in acts:
        body = {"act": act, "token": claim["token"], "fields": fields}
        await house.call("emil", "workqueue", "POST", f"{path}/acts", body, key=act)
    return path


async def test_a_board_is_set_reads_comparable_matters_votes_and_stands_aside(house: House) -> None:
    page = await heard(house)
    async with house.reading_as("dora") as dora:
        assert "has set no board" in await dora.read("/boards/CEE003")
        board = {"quorum": "2", "members": "emil chair\nfay Fines, Penalties and Forfeitures", "reason": "New year."}
        answer = await dora.fill("/boards/CEE003", "set", board)
        assert "2 of 2 have to vote." in answer.text
        assert (await dora.client.get(f"{page}/board")).status_code == 404  # a board gives no need to know
    said = {"disposition": "warning-letter", "reason": "evidence", "opinion": "It was an error."}
    async with house.reading_as("emil") as emil, house.reading_as("fay") as fay:
        assert f'href="{page}/board"' in await emil.read(page)
        early = await emil.fill(f"{page}/board", "vote", said)
        assert early.status_code == 409
        assert "It was an error." in early.text
        answer = await emil.fill(f"{page}/board", "compare")
        assert "No board has disposed of one like it." in answer.text
        answer = await emil.fill(f"{page}/board", "vote", said)
        assert "Your vote is on record." in answer.text
        await fay.fill(f"{page}/board", "compare")
        answer = await fay.fill(f"{page}/board", "vote", said)
        assert "nothing yet" not in answer.text.partition("Carried")[2].partition("</dl>")[0]
        answer = await fay.fill(f"{page}/board", "recuse", {"reason": "Worked for the importer."})
        assert "nothing yet" in answer.text.partition("Carried")[2].partition("</dl>")[0]
        assert "Worked for the importer." in answer.text
    async with house.reading_as("lee") as lee:
        assert (await lee.client.get(f"{page}/board")).status_code == 404
