"""The routing handler on a real database."""

from collections.abc import Awaitable, Callable, Sequence
from typing import Any

import pytest
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.routing.app import SERVICE  # noqa: F401  proves that the service can be assembled
from services.routing.handlers.handler import RoutingHandler
from services.routing.store.rulebook import RulesInForce
from services.routing.store.tables.decisions import conflicts, releases, routing_decisions
from shared.bus.outbox import Outgoing, encode
from shared.contracts.decode import Rejection, decode
from shared.contracts.envelope import Event
from shared.db.transaction import reading, transaction
from shared.runtime.metrics import Metrics
from tests.support.events import decoded, entry_body, entry_number, line, released_body

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]


@pytest.fixture
async def engine(service_engine: MakeEngine) -> AsyncEngine:
    return await service_engine("routing")


async def apply(engine: AsyncEngine, events: Sequence[Event[Any]]) -> Sequence[Outgoing]:
    handler = RoutingHandler(RulesInForce(0), Metrics.create().conflicts_total)
    async with transaction(engine) as tx:
        return await handler(tx, events)


async def rows(engine: AsyncEngine, table: Any) -> list[Any]:
    async with reading(engine) as connection:
        return list(await connection.execute(select(table).order_by(*table.primary_key.columns)))


async def test_entry_without_account_goes_by_its_goods(engine: AsyncEngine) -> None:
    body = entry_body(lines=[line(1, "8471300100"), line(2, "8471410150"), line(3, "6109100012", value_usd=90_000)])
    (outgoing,) = await apply(engine, [decoded("entry-filed", body)])
    topic, _, value = encode(outgoing, "urn:test")
    published = decode(topic, None, value, {}, 524_288)
    assert not isinstance(published, Rejection), published
    assert published.data.center == "CEE007"
    (row,) = await rows(engine, routing_decisions)
    assert (row.center, row.basis, row.version, row.decision["line_count"]) == ("CEE007", "tariff", 1, 3)
    assert {reason["code"] for reason in row.decision["reasons"]} >= {"account-unknown", "center-by-tariff"}


async def test_same_content_under_another_id_is_a_repeat(engine: AsyncEngine) -> None:
    body = entry_body()
    await apply(engine, [decoded("entry-filed", body)])
    assert await apply(engine, [decoded("entry-filed", body | {"unknown_field": 1})]) == []
    assert await rows(engine, conflicts) == []


async def test_repeat_under_another_id_is_known_by_the_earlier_one_in_any_order(engine: AsyncEngine) -> None:
    first, second, third = (entry_body() for _ in range(3))
    await apply(engine, [decoded("entry-filed", first, id="a"), decoded("entry-filed", second, id="b")])
    await apply(engine, [decoded("entry-filed", first, id="b"), decoded("entry-filed", second, id="a")])
    await apply(engine, [decoded("entry-filed", third, id="b"), decoded("entry-filed", third, id="a")])
    assert [row.event_id for row in await rows(engine, routing_decisions)] == ["a"] * 3


async def test_of_two_contradicting_versions_the_earlier_stands_in_any_order(engine: AsyncEngine) -> None:
    number, other = entry_number(), entry_number()
    early = {"time": "2026-03-02T10:00:00Z"}
    late = {"time": "2026-03-02T11:00:00Z"}

    def event(number: str, hts: str, when: dict[str, str]) -> Event[Any]:
        return decoded("entry-filed", entry_body(number, lines=[line(hts=hts)]), **when)

    await apply(engine, [event(number, "8471300100", early), event(number, "6109100012", late)])
    await apply(engine, [event(other, "6109100012", late)])
    await apply(engine, [event(other, "8471300100", early)])
    assert [row.center for row in await rows(engine, routing_decisions)] == ["CEE007", "CEE007"]
    assert [row.kind for row in await rows(engine, conflicts)] == ["contradicting-version"] * 2


async def test_release_before_filing_is_kept_and_the_earliest_stands(engine: AsyncEngine) -> None:
    number = entry_number()
    await apply(engine, [decoded("entry-released", released_body(number, "2026-03-03T09:00:00Z"))])
    await apply(engine, [decoded("entry-released", released_body(number, "2026-03-02T09:00:00Z"))])
    await apply(engine, [decoded("entry-released", released_body(number, "2026-03-04T09:00:00Z"))])
    (row,) = await rows(engine, releases)
    assert row.released_at.day == 2
