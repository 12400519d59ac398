"""The Python client against the real applications: typed reads, work, pages, refusals, repeats and tokens."""

import asyncio
from collections.abc import AsyncIterator
from datetime import date
from itertools import islice
from typing import Any
from uuid import UUID

import pytest
from centerline_client import Centerline, Conflict, Forbidden, NotFound, RuleBroken, Unauthenticated, each
from centerline_client.codes import Code
from centerline_client.models.workqueue import CompletionIn, EffectIn, ReasonIn
from centerline_client.tokens import GivenToken, sandbox_tokens

from tests.support.apis import Api, close_apis, open_apis
from tests.support.client_ways import ways_to
from tests.support.databases import TestDatabases

LINES = 600
URLS = {name: f"http://{name}" for name in ("routing", "workqueue", "liquidation", "notifications")}
REASON = ReasonIn.model_validate({"code": "no-issue", "text": "SYNTHETIC: nothing was found."})


@pytest.fixture(scope="module")
async def apis(databases: TestDatabases) -> AsyncIterator[dict[str, Api]]:
    apis = await open_apis(databases, lines=LINES, cycles=[])
    yield apis
    await close_apis(apis)


def client_as(apis: dict[str, Api], client_id: str) -> Centerline:
    """One of the sandbox's people, with tokens that the client gets by itself."""
    ways = ways_to(apis)
    tokens = sandbox_tokens(URLS["routing"], client_id, transport=ways["routing"])
    return Centerline(tokens, URLS, transports=ways)


async def test_entries_are_read_as_models_page_after_page(apis: dict[str, Api]) -> None:
    tess = client_as(apis, "tess")

    def read() -> None:
        first = tess.liquidation.list_entries(limit=10)
        assert (first.status, len(first.value.items)) == (200, 10)
        assert first.request_id
        numbers = [row.entry_number for row in islice(each(tess.liquidation.list_entries, limit=10), 35)]
        assert len(set(numbers)) == 35
        assert numbers[:10] == [row.entry_number for row in first.value.items]
        record = tess.liquidation.read_entry_record(numbers[0]).value
        assert record.entry_number == numbers[0]
        assert isinstance(record.paid_on, date)
        versions = tess.liquidation.list_entry_versions(numbers[0]).value.items
        assert [row.version for row in versions] == [1]

    await asyncio.to_thread(read)


async def test_the_last_page_ends_the_list(apis: dict[str, Api]) -> None:
    tess = client_as(apis, "tess")
    rows = await asyncio.to_thread(lambda: list(each(tess.workqueue.list_items, limit=100, state=["open"])))
    whole = await asyncio.to_thread(lambda: tess.workqueue.count_items(state=["open"]))
    assert len({row.item_id for row in rows}) == len(rows) == whole.value.count > 0


async def test_work_is_claimed_and_completed_and_a_repeat_does_nothing_twice(apis: dict[str, Api]) -> None:
    kim = client_as(apis, "kim")

    def work() -> None:
        taken = kim.workqueue.claim_next_item({"query": "kind=review"}, idempotency_key="first")
        assert taken.value is not None
        again = kim.workqueue.claim_next_item({"query": "kind=review"}, idempotency_key="first")
        assert again.is_replayed
        assert not taken.is_replayed
        assert again.value == taken.value
        item_id, token = taken.value.item_id, taken.value.token
        assert isinstance(item_id, UUID)
        assert kim.workqueue.read_item(item_id).value.holder == "kim"
        decision = CompletionIn(token=token, outcome="no-change", effect=EffectIn(duty_usd="0.00"), reasons=[REASON])
        done = kim.workqueue.complete_item(item_id, decision)
        assert done.value.item_id == item_id
        assert kim.workqueue.read_item(item_id).value.state == "completed"
        with pytest.raises(Conflict) as refused:
            kim.workqueue.complete_item(item_id, decision)
        assert refused.value.code in set(Code)
        assert refused.value.detail

    await asyncio.to_thread(work)


async def test_each_act_has_a_key_of_its_own_unless_one_is_given(apis: dict[str, Api]) -> None:
    kim = client_as(apis, "kim")
    way = kim.workqueue._http._transport

    def make() -> None:
        for key in (None, None, "mine"):
            kim.workqueue.create_view({"name": "Mine", "query": "state=open"}, idempotency_key=key)

    await asyncio.to_thread(make)
    keys = [each.headers["idempotency-key"] for each in way.made if each.url.path == "/views"]
    assert len(set(keys)) == 3
    assert keys[2] == "mine"


async def test_a_change_is_meant_for_the_version_that_was_read(apis: dict[str, Api]) -> None:
    kim = client_as(apis, "kim")

    def change() -> None:
        made = kim.workqueue.create_view({"name": "First", "query": "state=open"}).value
        assert made.view_id is not None
        read = kim.workqueue.read_view(made.view_id)
        assert read.etag is not None
        body = {"name": "Second", "query": "state=open"}
        changed = kim.workqueue.change_view(made.view_id, body, if_match=read.etag)
        assert changed.value.name == "Second"
        with pytest.raises(Exception, match="412 stale") as refused:
            kim.workqueue.change_view(made.view_id, body, if_match=read.etag)
        assert type(refused.value).__name__ == "Stale"

    await asyncio.to_thread(change)


async def test_a_refusal_is_typed_and_says_what_its_details_say(apis: dict[str, Api]) -> None:
    kim, ida = client_as(apis, "kim"), client_as(apis, "ida")

    def refuse() -> None:
        with pytest.raises(RuleBroken) as form:
            kim.liquidation.list_entries(limit=501)
        assert (form.value.status, form.value.code) == (422, Code.INVALID_REQUEST)
        assert [(each.field, each.rule) for each in form.value.errors] == [("query.limit", "too-large")]
        assert form.value.request_id
        with pytest.raises(NotFound) as absent:
            kim.workqueue.read_item(UUID(int=0))
        assert absent.value.code == "not-found"
        with pytest.raises(Forbidden) as forbidden:
            ida.workqueue.claim_next_item()
        assert forbidden.value.code == Code.ROLE_REQUIRED
        assert forbidden.value.rule
        assert "import-specialist" in forbidden.value.detail

    await asyncio.to_thread(refuse)


async def test_nobody_of_the_sandbox_and_a_token_that_is_none_are_refused(apis: dict[str, Api]) -> None:
    def refuse() -> None:
        with pytest.raises(Unauthenticated) as nobody:
            stranger.routing.read_me()
        assert nobody.value.code == Code.UNKNOWN_PERSONA
        with pytest.raises(Unauthenticated) as bad:
            forger.routing.read_me()
        assert bad.value.code == "invalid-token"

    stranger = client_as(apis, "nobody")
    forger = Centerline(GivenToken("x.y.z"), URLS, transports=ways_to(apis))
    await asyncio.to_thread(refuse)


async def test_without_a_token_what_is_public_is_read(apis: dict[str, Api]) -> None:
    public = Centerline(None, URLS, transports=ways_to(apis))
    centers = await asyncio.to_thread(lambda: public.routing.list_centers().value)
    assert "CEE003" in {center.code for center in centers}
    with pytest.raises(Unauthenticated):
        await asyncio.to_thread(public.routing.read_me)


async def test_a_file_is_added_and_read_back(apis: dict[str, Api]) -> None:
    from centerline_client import File

    kim = client_as(apis, "kim")

    def add() -> Any:
        item = next(each(kim.workqueue.list_items, kind=["review"], center=["CEE003"], state=["open"]))
        added = kim.workqueue.add_item_file(item.item_id, File("list.csv", b"a,b\r\n1,2\r\n", "text/csv"))
        assert added.location is not None
        listed = kim.workqueue.list_item_files(item.item_id).value.items
        assert [each.name for each in listed] == ["list.csv"]

    await asyncio.to_thread(add)
