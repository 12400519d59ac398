"""The feed of status records: each filer reads its own on from where it stopped, and misses none."""

from pathlib import Path
from typing import Any

import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifications.acts.hooking import message_of
from services.notifications.store.notices import NoticeFilter, list_notices
from shared.contracts.envelope import Event
from shared.db.transaction import reading
from shared.runtime.access import EVERYTHING
from shared.runtime.identity import Identity, RoleName
from tests.integration.notifications.builders import MakeEngine, account_assigned, apply, client_of, entry_changed
from tests.support.events import entry_number
from tests.unit.notifications.events import work_act

BROKER = Identity("bo", "Bo", frozenset({RoleName.BROKER}), filer_code="B76")
OTHER = Identity("sam", "Sam", frozenset({RoleName.BROKER}), filer_code="ZZ9")


@pytest.fixture
async def engine(service_engine: MakeEngine) -> AsyncEngine:
    return await service_engine("notifications")


def rejected(serial: int) -> Event[Any]:
    given = {"item_id": f"item-{serial}", "entry_number": entry_number(serial)}
    return work_act("entry-summary-review", "reject", {"reject_reason": "003", "rejected_on": "2026-03-20"}, **given)


async def test_a_filer_reads_on_from_the_last_record_that_it_has(engine: AsyncEngine, tmp_path: Path) -> None:
    await apply(engine, [account_assigned(center=None), entry_changed(), rejected(1), rejected(2)])
    async with client_of(engine, tmp_path, BROKER) as api:
        first = (await api.get("/status-records", params={"limit": 1})).json()["items"]
        again = (await api.get("/status-records", params={"after": first[-1]["position"]})).json()["items"]
        found = [(each["entry_number"], each["disposition"], each["reason"]) for each in (*first, *again)]
        assert found == [(entry_number(1), "4", "003"), (entry_number(2), "4", "003")]
        assert {each["due_on"] for each in again} == {"2026-03-24"}  # two working days
        last = again[-1]["position"]
        assert (await api.get("/status-records", params={"after": last})).json()["items"] == []
        await apply(engine, [rejected(2), rejected(3)])
        (news,) = (await api.get("/status-records", params={"after": last, "filer": "B76"})).json()["items"]
        assert (news["entry_number"], news["notice_kind"], news["source"]) == (entry_number(3), "N-05", "1")
    async with client_of(engine, tmp_path, OTHER) as api:
        assert (await api.get("/status-records")).json()["items"] == []


async def test_a_webhook_carries_the_record_of_its_notice(engine: AsyncEngine) -> None:
    await apply(engine, [rejected(1), entry_changed()])
    async with reading(engine) as connection:
        written = await list_notices(connection, NoticeFilter(EVERYTHING), after=None, limit=10)
    said = {each.kind: orjson.loads(message_of(each, "https://n.example"))["data"]["status_record"] for each in written}
    assert said["N-05"] == {"disposition": "4", "reason": "003", "source": "1"}
    assert said["N-09"] is None
