"""What the database puts together for a cycle is what the builders of `publishing` say of the same rows."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime, timedelta
from hashlib import md5
from random import Random
from typing import Any, Final
from uuid import UUID

import msgspec
import orjson
import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.cycles import cycle_day
from services.liquidation.domain.sequences import liquidation_key
from services.liquidation.publishing import (
    CYCLE_EVENTS,
    SOURCE,
    as_held,
    decision_refused,
    entry_changed,
    tell_liquidation,
)
from services.liquidation.store.cycles import publish_assessed, run_statements
from services.liquidation.store.records import EntryRow, LegalEvent, lock_entries
from services.liquidation.store.tables.records import entries, legal_events, review_decisions
from shared.bus import outbox
from shared.bus.outbox import Outgoing
from shared.bus.protocol import Message
from shared.contracts.decode import Rejection, decode
from shared.customs.calendar import legal_date
from shared.db import bulk
from shared.db.transaction import Transaction, transaction
from tests.integration.liquidation.builders import rows
from tests.support.events import entry_number

FRIDAY = date(2027, 1, 15)
RAN_AT = datetime(2027, 1, 15, 18, 30, tzinfo=UTC)
RAN_LATE_AT = datetime(2027, 1, 25, 18, 30, tzinfo=UTC)
FILED_AT = datetime(2026, 3, 2, 17, tzinfo=UTC)
ODD_ID: Final = 'd-"odd"\\ é'
COLUMNS: Final = (
    "entry_number",
    "state",
    "version",
    "governed_at",
    "importer_number",
    "entry_type",
    "surety_code",
    "port_of_entry",
    "entry_date",
    "center",
    "is_informal",
    "extensions",
    "turns",
    "scheduled_on",
    "deemed_on",
)
DECISION: Final = (
    "decision_id",
    "entry_number",
    "item_id",
    "process",
    "outcome",
    "duty_cents",
    "fees_cents",
    "decided_at",
    "event_at",
    "event_source",
    "event_id",
    "status",
    "body",
)


def some_entry(chance: Random) -> tuple[Any, ...]:
    """An entry that is due, or past its period, as any history may have left it."""
    is_informal = chance.random() < 0.2
    deemed_on = None if is_informal else FRIDAY + timedelta(days=chance.choice((-40, -1, 0, 30)))
    return (
        entry_number(),
        "scheduled",
        chance.randint(1, 4),
        FILED_AT,
        chance.choice(("07-345678900", "123-45-6789", "123456-12345")),
        chance.choice(("01", "06", "11")),
        chance.choice((None, "036")),
        chance.choice(("2704", "1001")),
        chance.choice((date(2026, 3, 2), date(2026, 3, 9), date(2004, 12, 17), date(2004, 12, 18))),
        chance.choice((None, "CEE007")),
        is_informal,
        chance.choice((0, 0, 1, 3)),
        chance.choice((0, 0, 1, 2, 41)),
        FRIDAY - timedelta(days=chance.choice((0, 7, 100))),
        deemed_on,
    )


def some_decision(chance: Random, number: str, position: int, *, is_late: bool) -> tuple[Any, ...]:
    decided_at = RAN_AT - timedelta(hours=2) if is_late else FILED_AT + timedelta(hours=1)
    cents = chance.choice((0, 12_345, -670))
    outcome = "increase" if cents > 0 else "refund" if cents else "no-change"
    name = f"{ODD_ID}{position}" if position % 5 == 0 else f"d-{position}"
    body = orjson.dumps({"importer_number": "07-345678900"}).decode()
    made = (decided_at, decided_at, "urn:x", f"e-{position}")
    return (name, number, f"i-{position}", "review", outcome, cents, 0, *made, "applied", body)


async def history_of(engine: AsyncEngine, numbers: list[str]) -> dict[str, tuple[EntryRow, LegalEvent]]:
    """Each liquidated entry with its act of liquidation."""
    acts = {(act.entry_number, act.event_key): act for act in await rows(engine, legal_events)}
    async with transaction(engine) as tx:
        found = await lock_entries(tx, numbers, create=False)
    history = {}
    for number, row in found.items():
        act = acts[number, liquidation_key(row.turns)]
        history[number] = (
            row,
            LegalEvent(
                number,
                act.event_key,
                act.sequence,
                act.change,
                act.to_state,
                act.occurred_on,
                act.rule,
                act.detail,
                act.scheduled_on,
                act.deemed_on,
                act.kind,
                act.actor,
            ),
        )
    return history


def read(topic: str, key: bytes | None, value: bytes | None) -> Any:
    """An event as a reader gets it."""
    event = decode(topic, key, value, {}, 524_288)
    assert not isinstance(event, Rejection), event
    return event


async def sent(tx: Transaction) -> dict[str, Message]:
    """What waits in the outbox, by the id of the event."""
    waiting = [row.message for row in await outbox.next_rows(tx, 10_000)]
    by_id = {orjson.loads(message.value)["id"]: message for message in waiting}
    assert len(by_id) == len(waiting)
    return by_id


def demand_equal(found: Message, built: Outgoing) -> None:
    """To a reader they are the same but for the id, and the database says nothing that the builder does not know."""
    topic, key, value = outbox.encode(built, SOURCE)
    assert (found.topic, found.key) == (topic, key.encode())
    one, other = read(topic, found.key, found.value), read(topic, key.encode(), value)
    assert msgspec.structs.replace(one, id=other.id) == other
    written, known = orjson.loads(found.value), orjson.loads(value)
    assert (set(written), set(written["data"]) - set(known["data"])) == (set(known), set())


def named(*parts: str) -> str:
    """The id of an event that the database names."""
    return str(UUID(md5(":".join(parts).encode(), usedforsecurity=False).hexdigest()))


@pytest.mark.parametrize(("seed", "ran_at"), [(1, RAN_AT), (2, RAN_AT), (3, RAN_LATE_AT)])
async def test_events_of_a_cycle_equal_what_the_builders_say_of_the_same_rows(
    service_engine: Callable[[str], Awaitable[AsyncEngine]], seed: int, ran_at: datetime
) -> None:
    engine, chance = await service_engine("liquidation"), Random(seed)
    given = [some_entry(chance) for _ in range(120)]
    numbers = [row[0] for row in given]
    decisions = [
        some_decision(chance, number, position, is_late=chance.random() < 0.5)
        for position, number in enumerate(numbers)
        if chance.random() < 0.6
    ]
    async with transaction(engine) as tx:
        await bulk.insert(tx, entries, COLUMNS, given)
        await bulk.insert(tx, review_decisions, DECISION, decisions)
        figures = await run_statements(tx, cycle_day(FRIDAY, legal_date(ran_at)), ran_at, "tests", CYCLE_EVENTS)
    assert figures.liquidated + figures.deemed == len(given)
    assert min(figures.liquidated, figures.deemed, figures.with_decision, figures.decisions_refused) > 0
    history = await history_of(engine, numbers)
    changed = {number for number, (row, _) in history.items() if row.effect_duty_cents}
    told = {number: {"effect": {"duty_usd": "1.00", "fees_usd": "0.00"}, "missing": 'a "fact"'} for number in changed}
    async with transaction(engine) as tx:
        await publish_assessed(tx, CYCLE_EVENTS.assessed, told, ran_at)
        events = await sent(tx)
    refused = [row for row in await rows(engine, review_decisions) if row.status == "refused"]
    assert len(events) == len(given) + len(refused)
    assert len(refused) == figures.decisions_refused
    for number, (row, act) in history.items():
        assert row.liquidated_on is not None
        assert row.liquidation_posted_on == legal_date(ran_at)
        days = tell_liquidation(row.liquidated_on, row.liquidation_posted_on, row.entry_date)
        built = entry_changed(
            as_held(row),
            act,
            ran_at,
            from_state="extended" if row.extensions else "scheduled",
            reasons=(),
            told={**days, **told.get(number, {"effect": {"duty_usd": "0.00", "fees_usd": "0.00"}})},
        )
        demand_equal(events[named("entry-changed", number, str(act.sequence))], built)
    for each in refused:
        importer = each.body["importer_number"]
        built = decision_refused(each.decision_id, each.entry_number, importer, each.rule, each.remedy, ran_at)
        demand_equal(events[named("decision-refused", each.decision_id)], built)
