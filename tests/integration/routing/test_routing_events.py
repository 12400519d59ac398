"""What the event path leads to beside a Center: consultations, activity, hits, feedback, filings, moves."""

import asyncio
from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from typing import Any

import pytest
from sqlalchemy import select, text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.routing.handlers.handler import RoutingHandler
from services.routing.store.invariants import INVARIANTS
from services.routing.store.rulebook import RulesInForce
from services.routing.store.tables import appeals
from services.routing.store.tables.activity import counted_activity
from services.routing.store.tables.criteria import criterion_hits
from services.routing.store.tables.decisions import routing_decisions
from services.routing.store.tables.filings import post_entry_filings
from services.routing.store.tables.outcomes import review_outcomes
from shared.bus.outbox import Outgoing, encode
from shared.contracts.decode import Rejection, decode
from shared.contracts.envelope import Event
from shared.db.transaction import reading, transaction
from shared.runtime.metrics import Metrics
from shared.runtime.together import together
from tests.support.events import decoded, demand_known_words, entry_body, entry_number, line
from tests.support.invariants import find_violations
from tests.support.recorded import recorded

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]
IMPORTER = "07-345678900"


class Path:
    """The event path on a database."""

    def __init__(self, engine: AsyncEngine, floor: int = 0) -> None:
        self.engine = engine
        self.handler = RoutingHandler(RulesInForce(floor), Metrics.create().conflicts_total)

    async def apply(self, *events: Event[Any]) -> list[Any]:
        """Apply events in one transaction; gives the data of the events that follow, as readers get them."""
        async with transaction(self.engine) as tx:
            outgoing = await self.handler(tx, events)
        return [_read(item) for item in outgoing]

    async def rows(self, table: Any) -> list[Any]:
        async with reading(self.engine) as connection:
            return list(await connection.execute(select(table).order_by(*table.primary_key.columns)))

    async def execute(self, statement: str, **values: Any) -> None:
        async with transaction(self.engine) as tx:
            await tx.connection.execute(text(statement), values)

    async def register(self, center: str | None = "CEE005", number: str = IMPORTER) -> None:
        await self.execute(
            "INSERT INTO accounts (importer_number, name, size, is_broker, trusted_programs)"
            " VALUES (:number, 'SYNTHETIC', 'small', false, '[]')",
            number=number,
        )
        await self.execute(
            "INSERT INTO assignments (importer_number, sequence, center, basis, effective_on, reasons, assigned_by)"
            " VALUES (:number, 1, :center, 'registered', '2020-01-01', '[]', 'kim')",
            number=number,
            center=center,
        )


def _read(item: Outgoing) -> Any:
    topic, key, value = encode(item, "urn:test")
    event = decode(topic, key.encode(), value, {}, 524_288)
    assert not isinstance(event, Rejection), event
    demand_known_words(event)
    return event.data


@pytest.fixture
async def path(service_engine: MakeEngine) -> Path:
    return Path(await service_engine("routing"))


def filed(number: str, *lines: dict[str, Any], **changes: Any) -> Event[Any]:
    return decoded("entry-filed", entry_body(number, lines=list(lines) or [line()], **changes))


def corrected(number: str, version: int, *lines: dict[str, Any], **changes: Any) -> Event[Any]:
    body = entry_body(number, lines=list(lines), version=version, reasons=["H06"], **changes)
    return decoded("entry-corrected", body)


def activity(rows: Sequence[Any]) -> dict[str, tuple[int, int, int]]:
    return {row.hts6: (row.lines, row.goods, row.value_usd) for row in rows}


CASE = {"case_number": "A570012000", "rate_pct": "25.00", "deposit_usd": "0.00"}


async def test_goods_of_another_center_under_review_are_brought_before_it_beside_the_account(path: Path) -> None:
    await path.register("CEE005")
    (routed,) = await path.apply(filed(entry_number(), line(cases=[CASE]), line(2, "8471410150", 500)))
    assert (routed.center, routed.basis) == ("CEE005", "account")
    (consultation,) = routed.consultations
    assert (consultation.center, consultation.line_count, consultation.value_usd) == ("CEE007", 2, 1500)
    assert routed.authority["consultation"]
    assert "consultation" not in routed.processes


async def test_goods_of_another_center_that_nobody_reviews_open_nothing(path: Path) -> None:
    await path.register("CEE005")
    (routed,) = await path.apply(filed(entry_number()))
    assert (routed.lane, routed.consultations) == ("no-review", ())


async def test_every_process_names_who_may_decide(path: Path) -> None:
    (routed,) = await path.apply(filed(entry_number(), line(cases=[CASE])))
    assert dict(routed.authority).keys() == set(routed.processes)


async def test_programs_are_recognised_by_heading_case_and_claim(path: Path) -> None:
    tariffs = [
        {"hts": "8471300100", "value_usd": 1000, "duty_usd": "0.00"},
        {"hts": "99038815", "value_usd": 0, "duty_usd": "75.00"},
    ]
    (routed,) = await path.apply(filed(entry_number(), line(tariffs=tariffs, cases=[CASE], preference="S")))
    assert routed.program_families == ("301", "AD", "preference")
    assert routed.programs == ("Section 301 China List 4A",)


async def test_hits_and_draw_are_kept_and_replaced_with_the_decision(path: Path) -> None:
    number = entry_number()
    late = decoded(
        "entry-filed", entry_body(number, lines=[line(cases=[CASE])]), time="2026-03-02T11:00:00Z", id="late"
    )
    early = decoded("entry-filed", entry_body(number), time="2026-03-02T10:00:00Z", id="early")
    await path.apply(late)
    assert {row.criterion_id for row in await path.rows(criterion_hits)} == {"case-on-line", "importer-unknown"}
    await path.apply(early)
    assert {row.criterion_id for row in await path.rows(criterion_hits)} == {"importer-unknown"}
    (row,) = await path.rows(routing_decisions)
    assert row.selection["hits"] == [["importer-unknown", 1]]
    assert 0 <= row.selection["draw"] < 10_000


async def test_activity_counts_the_highest_version_whatever_came_first(path: Path) -> None:
    first, second = entry_number(), entry_number()
    versions = [line(), line(2, "6109100012", 300)], [line(1, "6109100012", 900)]
    await path.apply(filed(first, *versions[0]), filed(first, *versions[0]), corrected(first, 2, *versions[1]))
    await path.apply(corrected(second, 2, *versions[1]))
    await path.apply(filed(second, *versions[0]))
    assert activity(await path.rows(counted_activity)) == {"610910": (2, 2, 1800)}


async def test_two_members_with_two_versions_of_one_entry_count_one(path: Path) -> None:
    number = entry_number()
    events = [filed(number, line()), corrected(number, 2, line(1, "6109100012", 900))]
    paths = [path, Path(path.engine)]
    for other in [entry_number() for _ in range(3)]:
        both = [filed(other, line()), corrected(other, 2, line(1, "6109100012", 900))]
        await together(*(member.apply(event) for member, event in zip(paths, both, strict=True)))
    async with transaction(path.engine) as slow:
        await paths[0].handler(slow, [events[0]])
        second = asyncio.create_task(paths[1].apply(events[1]))
        await _until_somebody_waits(path.engine)
    await second
    assert activity(await path.rows(counted_activity)) == {"610910": (4, 4, 3600)}
    assert not any((await find_violations(path.engine, INVARIANTS)).values())


async def _until_somebody_waits(engine: AsyncEngine) -> None:
    waiting = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
    while True:
        async with reading(engine) as connection:
            if await connection.scalar(text(waiting)):
                return
        await asyncio.sleep(0)


async def test_review_outcomes_come_back_once(path: Path) -> None:
    number = entry_number()
    effect = {"duty_usd": "100.00", "fees_usd": "0.50", "by_class": []}
    for serial in range(2):
        decided = recorded("workqueue/decided-increase", id=f"event-{serial}", entry_number=number, effect=effect)
        await path.apply(decided)
    (row,) = await path.rows(review_outcomes)
    assert (row.entry_number, row.outcome, row.effect_cents) == (number, "increase", 10_050)


def filing(number: str, kind: str, **changes: Any) -> Event[Any]:
    data = {
        "filing_number": number,
        "kind": kind,
        "importer_number": IMPORTER,
        "filed_by": {"role": "importer", "id": IMPORTER},
        "received_at": "2026-03-02T19:00:00Z",
        "entries": [],
        "body": {},
    }
    return decoded("post-entry-filed", data | changes)


async def test_filing_goes_to_the_center_of_record_with_process_authority_and_clocks(path: Path) -> None:
    await path.register("CEE005")
    events = [filing("P-1", "protest"), filing("P-1", "protest"), filing("A-1", "center-appeal")]
    routed = await path.apply(*events)
    assert await path.apply(*events) == []
    protest = next(item for item in routed if item.kind == "protest")
    assert (protest.center, protest.process, protest.sequence) == ("CEE005", "protest", 1)
    assert [clock.rule for clock in protest.clocks] == ["protest-decide-2y"]
    assert protest.clocks[0].due_on == date(2028, 3, 2)
    assert len(await path.rows(post_entry_filings)) == 2
    (appeal,) = await path.rows(appeals)
    assert (appeal.appeal_number, appeal.state) == ("A-1", "appealed")


async def test_misfiled_paper_is_forwarded_and_keeps_its_receipt(path: Path) -> None:
    await path.register("CEE005")
    (routed,) = await path.apply(filing("D-1", "prior-disclosure", body={"filed_with": "2704"}))
    assert routed.center == "CEE005"
    assert routed.received_at.isoformat() == "2026-03-02T19:00:00+00:00"
    (kept,) = await path.rows(post_entry_filings)
    assert kept.body == {"filed_with": "2704"}


async def test_later_version_of_a_moved_entry_stays_where_it_was_moved(path: Path) -> None:
    number = entry_number()
    await path.register("CEE005")
    await path.apply(filed(number))
    await path.execute(
        "INSERT INTO moves (kind, number, sequence, from_center, to_center, reason, moved_by, moved_at)"
        " VALUES ('entry', :number, 1, 'CEE005', 'CEE007', 'SYNTHETIC', 'kim', now())",
        number=number,
    )
    (routed,) = await path.apply(corrected(number, 2, line(value_usd=2000)))
    assert (routed.center, routed.move, routed.reasons[0].code) == ("CEE007", 1, "moved")
    assert not any((await find_violations(path.engine, INVARIANTS)).values())


async def test_log_read_again_into_an_empty_copy_gives_every_decision_again(service_engine: MakeEngine) -> None:
    numbers = [entry_number() for _ in range(40)]
    events = [
        filed(number, line(value_usd=1000 * serial, cases=[CASE] if serial % 5 == 0 else []))
        for serial, number in enumerate(numbers)
    ]
    events += [corrected(number, 2, line(1, "6109100012", 50_000)) for number in numbers[::3]]
    events += [filing(f"F-{serial}", "prior-disclosure") for serial in range(5)]
    contents = []
    for order in (events, [*reversed(events), *events[:10]]):
        path = Path(await service_engine("routing"), floor=2000)
        await path.register("CEE005")
        for start in range(0, len(order), 7):
            await path.apply(*order[start : start + 7])
        contents.append(
            {
                table.name: sorted(str(tuple(row)) for row in await path.rows(table))
                for table in (routing_decisions, counted_activity, criterion_hits, post_entry_filings)
            }
        )
    assert contents[0] == contents[1]
