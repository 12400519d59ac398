"""The two lanes of posting leave the same rows: whatever the plain lane takes, the careful one judges alike."""

import random
from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from sqlalchemy import text

from services.liquidation.acts.program_posting import post_chunk
from services.liquidation.domain.money.settings import MONEY, POLICY
from services.liquidation.store import program_posting as store
from shared.db.transaction import Transaction, attempt, transaction
from tests.integration.liquidation.builders import cycle
from tests.integration.liquidation.program_office import (
    IEEPA,
    LIQUIDATED,
    Office,
    duties,
    open_office_on,
    program,
)

TABLES = {
    "assessments": "",
    "refunds": "",
    "bills": "",
    "reliquidations": "",
    "review_decisions": "",
    "declared_entries": "",
    "entries": "",
    "legal_events": "recorded_at",
    "program_postings": "lane",
}
IMPORTERS = ("07-345678900", "900-12-3456", "11-222333400")
TUESDAY = date(2026, 12, 29)


async def read_rows(tx: Transaction) -> dict[str, list[Any]]:
    """What every table of the posting holds, and every event without its place in the outbox."""
    found: dict[str, list[Any]] = {}
    for table, without in TABLES.items():
        rows = (await tx.connection.execute(text(f"SELECT * FROM {table}"))).mappings()
        found[table] = sorted(repr({name: value for name, value in row.items() if name != without}) for row in rows)
    events = await tx.connection.execute(
        text("SELECT topic, key, convert_from(value, 'UTF8')::jsonb FROM outbox WHERE topic = 'entry-changed'")
    )
    found["outbox"] = sorted(map(repr, events))
    return found


async def post_and_undo(office: Office, policy: Any = POLICY) -> tuple[dict[str, list[Any]], tuple[int, int]]:
    async with transaction(office.engine) as tx, attempt(tx):
        done = await post_chunk(tx, "ieepa-2026", office.clock.now(), policy)
        assert done is not None
        return await read_rows(tx), (done.set_based, done.careful)


@pytest.fixture
async def office(service_engine: Any) -> AsyncIterator[Office]:
    async with open_office_on(await service_engine("liquidation")) as office:
        yield office


async def fill(office: Office, draw: random.Random, count: int) -> None:
    """Entries of every kind that a lane is chosen by, half of them liquidated, all of them declared."""
    async with transaction(office.engine) as tx:
        for importer, is_corporation, is_monthly in ((IMPORTERS[0], True, None), (IMPORTERS[1], None, True)):
            await tx.connection.execute(
                text(
                    "INSERT INTO importer_refund_accounts (importer_number, revision, effective_on, is_corporation,"
                    " pays_monthly, has_ach_enrollment, has_valid_bank_data, has_paper_waiver, recorded_by)"
                    " VALUES (:importer, 1, '2026-01-01', :is_corporation, :is_monthly, true, :is_corporation,"
                    " false, 'k')"
                ),
                {"importer": importer, "is_corporation": is_corporation, "is_monthly": is_monthly},
            )
    for _ in range(count):
        paid_on = draw.choice(["2026-02-12", "2026-02-20", "2026-02-24", "2026-03-20", None])
        extra = [("99038815", 0, "100.00")] if draw.random() < 0.3 else []
        refunded = draw.choice(["9375.00", "19.90", "15.00", "123456.78", "33.33"])
        given = {"paid_on": paid_on, "importer_number": draw.choice(IMPORTERS), "entry_type": "01"}
        goods = [("8471300100", 125_000, draw.choice(["0.00", "250.00"])), (IEEPA, 0, refunded), *extra]
        number = await office.file(duties(*goods), **given)
        if draw.random() < 0.2:
            changed = [*goods[:1], (IEEPA, 0, "777.77"), *extra]
            await office.correct(number, 2, duties(*changed), at="2026-03-01T19:00:00Z", **given)


async def declare_all(office: Office) -> None:
    async with transaction(office.engine) as tx:
        numbers = list(await tx.connection.scalars(text("SELECT entry_number FROM entries ORDER BY 1")))
    await office.declare(numbers, who=office.broker())
    await office.judge()


@pytest.mark.parametrize("seed", range(2))
@pytest.mark.parametrize("is_liquidated", [False, True])
@pytest.mark.parametrize(
    "money",
    [
        {"interest": "1505c", "small": "by-writer"},
        {"interest": "none", "small": "refund"},
        {"interest": "ordered", "small": "disregard", "ordered_rate_pct": "4.5", "ordered_from": "2026-02-21"},
    ],
    ids=lambda given: given["interest"],
)
async def test_both_lanes_leave_the_same_rows(
    office: Office, monkeypatch: pytest.MonkeyPatch, seed: int, is_liquidated: bool, money: dict[str, Any]
) -> None:
    draw = random.Random(seed)
    await office.release(program(money=program()["money"] | money))
    await fill(office, draw, 24)
    if is_liquidated:
        await cycle(office.engine, LIQUIDATED)
        office.on(LIQUIDATED + timedelta(days=3))
    await declare_all(office)
    office.on(TUESDAY if is_liquidated else date(2026, 6, 15))
    policy = replace(POLICY, settings=replace(MONEY, netting="class")) if seed else POLICY
    plain, lanes = await post_and_undo(office, policy)
    assert lanes[0] >= 4
    assert lanes[1] >= 4

    look_at = store.look_at

    async def none_is_plain(*given: Any) -> dict[str, Any]:
        return {number: each._replace(paid_on=None) for number, each in (await look_at(*given)).items()}

    monkeypatch.setattr(store, "look_at", none_is_plain)
    careful, lanes = await post_and_undo(office, policy)
    assert lanes[0] == 0
    for name, found in plain.items():
        assert found == careful[name], name
