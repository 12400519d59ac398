"""What is read with several statements is of one state, though a change is committed between two of them."""

import asyncio
from collections.abc import Awaitable, Callable, Coroutine
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any, TypeVar

import pytest
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.cycles import run_cycle
from services.liquidation.domain.money.settings import POLICY
from services.liquidation.store.pictures import EntryPicture, find_picture
from services.routing.acts.deciding import read_facts
from services.routing.acts.decisions import preview_decision
from services.routing.domain.policies import DEFAULT_VERSION, shipped_policies
from services.routing.domain.rulebook import RuleBook
from services.routing.store import policies, rulebook, tariff_maps
from services.routing.store.policies import load_rules
from services.routing.store.rulebook import RulesInForce
from shared.customs.tariff_map import default_tariff_map
from shared.db.engine import Patience, create_engine
from shared.db.transaction import Transaction, reading, snapshot, transaction
from shared.runtime.together import together
from tests.integration.liquidation.builders import apply
from tests.support.events import decoded, entry_body, entry_number

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]
Read = TypeVar("Read")

NOW = datetime(2026, 3, 2, tzinfo=UTC)
DAY = date(2026, 3, 2)
WAITING = "SELECT count(*) FROM pg_locks WHERE relation = CAST(:table AS regclass) AND NOT granted"


async def read_around(
    engine: AsyncEngine, table: str, read: Coroutine[Any, Any, Read], change: Callable[[Transaction], Awaitable[Any]]
) -> Read:
    """Stop a reader at a table, commit a change, and let it go on; gives what it read."""
    async with transaction(engine) as tx:
        await tx.connection.execute(text(f"LOCK TABLE {table} IN ACCESS EXCLUSIVE MODE"))
        reader = asyncio.create_task(read)
        while not await tx.connection.scalar(text(WAITING), {"table": table}):
            assert not reader.done(), reader
        await change(tx)
    return await reader


async def change_map_and_policy(tx: Transaction) -> None:
    """A new tariff map and a new policy, both in force from the same day: one change of the rules."""
    row = replace(default_tariff_map().rows[0], note="SYNTHETIC")
    draft = await tariff_maps.add_draft(tx, title="SYNTHETIC", based_on="", rows=[row], rolls_back=None)
    await tariff_maps.mark_published(tx, draft, DAY)
    policy = replace(shipped_policies()[DEFAULT_VERSION], version="new")
    await policies.append_policy(tx, policy, reason="r", proposed_by="kim", acting_for=None, recorded_at=NOW)
    await policies.confirm_policy(
        tx, "new", effective_on=DAY, reason="r", confirmed_by="lee", acting_for=None, confirmed_at=NOW
    )
    await rulebook.note_change(tx, "tariff-map", draft.version, "kim")


def versions_of(book: RuleBook) -> tuple[str, str]:
    rules = book.on(DAY)
    return rules.tariff_map.version, rules.policy.version


OLD = (default_tariff_map().version, DEFAULT_VERSION)
NEW = ("tariff-map-0001", "new")


@pytest.mark.parametrize("table", ["tariff_map_rows", "criteria", "assignment_policies", "directory_changes"])
async def test_rule_book_read_while_a_change_commits_is_of_one_state(service_engine: MakeEngine, table: str) -> None:
    engine = await service_engine("routing")
    rules = RulesInForce(0)

    async def read() -> RuleBook:
        async with transaction(engine) as tx:
            return await rules.read(tx.connection)

    book = await read_around(engine, table, read(), change_map_and_policy)
    assert versions_of(book) in (OLD, NEW)
    assert versions_of(await read()) == NEW  # the next batch has the change


async def test_readers_at_once_get_the_newest_rules(service_engine: MakeEngine) -> None:
    engine = await service_engine("routing")
    rules = RulesInForce(0)

    async def read() -> RuleBook:
        async with transaction(engine) as tx:
            return await rules.read(tx.connection)

    async def read_twice() -> list[RuleBook]:
        return await together(read(), read())

    books = await read_around(engine, "criteria", read_twice(), change_map_and_policy)
    assert all(versions_of(book) in (OLD, NEW) for book in books)
    assert [versions_of(book) for book in await read_twice()] == [NEW, NEW]


async def test_preview_reads_new_rules_also_when_it_has_one_connection(service_engine: MakeEngine) -> None:
    engine = await service_engine("routing")
    single = create_engine(
        engine.url.render_as_string(hide_password=False),
        application="tests",
        pool_size=1,
        overflow=0,
        patience=Patience(connection=5),
    )
    event = decoded("entry-filed", entry_body(entry_number()))
    try:
        assert await preview_decision(single, RulesInForce(0), read_facts(event.data))
    finally:
        await single.dispose()


async def test_rules_of_an_assignment_are_of_one_state(service_engine: MakeEngine) -> None:
    engine = await service_engine("routing")

    async def read() -> tuple[str, str]:
        async with reading(engine) as connection:
            rules = await load_rules(connection, DAY)
        return rules.tariff_map.version, rules.policy.version

    assert await read_around(engine, "tariff_maps", read(), change_map_and_policy) == OLD
    assert await read() == NEW


async def test_picture_of_an_entry_is_of_one_state_while_a_cycle_liquidates_it(service_engine: MakeEngine) -> None:
    engine = await service_engine("liquidation")
    number = entry_number()
    await apply(engine, [decoded("entry-filed", entry_body(number))])

    async def read() -> EntryPicture | None:
        async with reading(engine) as connection:
            return await find_picture(connection, number)

    async def liquidate(tx: Transaction) -> None:
        at = datetime(2027, 1, 15, 18, tzinfo=UTC)
        await run_cycle(tx, at, date(2027, 1, 15), "tests", needs_cut_sheet=False, policy=POLICY)

    picture = await read_around(engine, "legal_events", read(), liquidate)
    after = await read()
    assert picture is not None
    assert after is not None
    for each in (picture, after):
        is_liquidated = each.entry.liquidated_on is not None
        assert is_liquidated == any(act.change == "liquidated" for act in each.acts)
    assert after.entry.liquidated_on == date(2027, 1, 15)


async def test_snapshot_stays_as_it_was_at_its_first_question_and_refuses_writes(service_engine: MakeEngine) -> None:
    engine = await service_engine("routing")
    async with snapshot(engine) as tx:
        assert await rulebook.count_changes(tx.connection) == 0
        async with transaction(engine) as other:
            await rulebook.note_change(other, "center", "CEE001", "kim")
        assert await rulebook.count_changes(tx.connection) == 0
        assert (await tx.driver.fetchval("SELECT count(*) FROM rule_changes")) == 0
        with pytest.raises(Exception, match="read-only transaction"):
            await rulebook.note_change(tx, "center", "CEE002", "kim")
    async with snapshot(engine) as tx:
        assert await rulebook.count_changes(tx.connection) == 1
