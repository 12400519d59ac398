"""A predicate in SQL matches what it says, entry by entry; a cycle does what was forecast, whatever is held."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from random import Random
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.cycles import cycle_day
from services.liquidation.domain.predicate import EntryPredicate
from services.liquidation.store import hold_sets as holds
from services.liquidation.store.cycles import forecast
from services.liquidation.store.invariants.records import RECORD_INVARIANTS
from services.liquidation.store.predicates import compile_predicate
from shared.db import bulk
from shared.db.transaction import reading, transaction
from shared.runtime.invariants import check_all
from tests.integration.liquidation.builders import apply, cycle, review_decided
from tests.support.events import decoded, entry_body, entry_number, line

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

HTS = ("8471300100", "8471500150", "7306305020", "6109100012")
DUTIES = ("99038815", "99038803", "99030124")
ORIGINS = ("CN", "VN", "KR")
CASES = ("A570012000", "A570979000", "C570980000")
FILERS = ("B76", "ZZ9")
FRIDAYS = (date(2027, 1, 15), date(2027, 1, 22), date(2027, 2, 26), date(2027, 3, 5), date(2027, 3, 12))

predicates = st.builds(
    EntryPredicate,
    duty_heading=st.none() | st.sampled_from(("9903", "990388", "99038815")),
    tariff_prefix=st.none() | st.sampled_from(("84", "8471", "847130", "99", "6109100012")),
    origin=st.none() | st.sampled_from(ORIGINS),
    case_prefix=st.none() | st.sampled_from(("A", "A570", "C570980000")),
    entered_from=st.none() | st.dates(date(2026, 2, 25), date(2026, 3, 10)),
    entered_to=st.none() | st.dates(date(2026, 2, 25), date(2026, 3, 10)),
    port_of_entry=st.none() | st.sampled_from(("2704", "1001")),
    entry_type=st.none() | st.sampled_from(("01", "06")),
    filer_code=st.none() | st.sampled_from(FILERS),
)


def some_entry(chance: Random) -> dict[str, Any]:
    def some_line(number: int) -> dict[str, Any]:
        numbers = [chance.choice(HTS), *chance.sample(DUTIES, chance.randint(0, 2))]
        cases = chance.sample(CASES, chance.choice((0, 0, 1, 2)))
        return line(
            number,
            country_of_origin=chance.choice(ORIGINS),
            tariffs=[{"hts": hts, "value_usd": 1, "duty_usd": "1.00"} for hts in numbers],
            cases=[{"case_number": case, "rate_pct": "1.00", "deposit_usd": "1.00"} for case in cases],
        )

    return entry_body(
        entry_number(filer=chance.choice(FILERS)),
        entry_type=chance.choice(("01", "06")),
        port_of_entry=chance.choice(("2704", "1001")),
        entry_date=f"2026-03-{chance.randint(1, 9):02d}",
        lines=[some_line(number) for number in range(1, chance.randint(2, 4))],
    )


def is_matched(predicate: EntryPredicate, body: dict[str, Any]) -> bool:
    """The predicate as its description reads, one entry at a time."""

    def is_line_matched(each: dict[str, Any]) -> bool:
        numbers = [tariff["hts"] for tariff in each["tariffs"]]
        cases = [case["case_number"] for case in each["cases"]]
        return (
            (predicate.duty_heading is None or any(hts.startswith(predicate.duty_heading) for hts in numbers))
            and (predicate.tariff_prefix is None or any(hts.startswith(predicate.tariff_prefix) for hts in numbers))
            and (predicate.origin is None or each["country_of_origin"] == predicate.origin)
            and (predicate.case_prefix is None or any(case.startswith(predicate.case_prefix) for case in cases))
        )

    entered = date.fromisoformat(body["entry_date"])
    return (
        bool(predicate.given)
        and (not predicate.is_about_lines or any(is_line_matched(each) for each in body["lines"]))
        and (predicate.entered_from is None or entered >= predicate.entered_from)
        and (predicate.entered_to is None or entered <= predicate.entered_to)
        and predicate.port_of_entry in (None, body["port_of_entry"])
        and predicate.entry_type in (None, body["entry_type"])
        and predicate.filer_code in (None, body["entry_number"][:3])
    )


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), asked=st.lists(predicates, min_size=20, max_size=20))
async def test_predicate_in_sql_matches_what_it_says(
    service_engine: MakeEngine, seed: int, asked: list[EntryPredicate]
) -> None:
    chance, engine = Random(seed), await service_engine("liquidation")
    bodies = [some_entry(chance) for _ in range(40)]
    await apply(engine, [decoded("entry-filed", body) for body in bodies])
    for predicate in asked:
        condition = compile_predicate(predicate)
        async with transaction(engine) as tx:
            statement = f"SELECT e.entry_number FROM entries e WHERE {condition.sql}"
            found = {row["entry_number"] for row in await bulk.fetch(tx, statement, *condition.arguments)}
        assert found == {body["entry_number"] for body in bodies if is_matched(predicate, body)}, predicate
    await engine.dispose()


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), held=st.lists(predicates.filter(lambda each: bool(each.given)), max_size=3))
async def test_cycle_does_what_was_forecast_and_no_hold_lets_a_period_end(
    service_engine: MakeEngine, seed: int, held: list[EntryPredicate]
) -> None:
    chance, engine = Random(seed), await service_engine("liquidation")
    bodies = [some_entry(chance) for _ in range(20)]
    decided = [
        review_decided(body["entry_number"], "increase", "9.00", decision_id=f"d-{position}")
        for position, body in enumerate(bodies)
        if chance.random() < 0.3
    ]
    await apply(engine, [*(decoded("entry-filed", body) for body in bodies), *decided])
    async with transaction(engine) as tx:
        for position, predicate in enumerate(held):
            applied = {"state": "applied", "applied_at": datetime(2026, 12, 1, tzinfo=UTC)}
            made = {"made_at": datetime(2026, 12, 1, tzinfo=UTC), "made_by": "kim", "name": "h", "reason": "a test"}
            values = {"hold_set_id": f"h-{position}", "revision": 2} | applied | made
            await holds.write_hold_set(tx, values, predicate)
    for friday in FRIDAYS:
        async with transaction(engine) as tx:
            counts = await forecast(tx, cycle_day(friday))
        done = await cycle(engine, friday)
        assert (done.liquidated, done.with_decision) == (counts.liquidated, counts.with_decision)
        assert done.deemed == counts.deemed == 0
    assert all(lines == [] for lines in (await check_all(lambda: reading(engine), RECORD_INVARIANTS)).values())
    await engine.dispose()
