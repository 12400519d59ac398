"""A predicate in SQL matches what it says, entry by entry; a cycle does what was forecast, whatever is held."""

from collections.abc import Awaitable, Callable
from datetime import UTC, date, datetime
from random import Random
from typing import Any

import orjson
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.cycles import cycle_day
from services.liquidation.domain.predicate import (
    EntryPredicate,
    HeadingRange,
    HeadingSet,
    predicate_from_json,
    predicate_to_json,
)
from services.liquidation.store import hold_sets as holds
from services.liquidation.store.cycles import forecast
from services.liquidation.store.hold_sets import HoldSet
from services.liquidation.store.invariants.records import RECORD_INVARIANTS
from services.liquidation.store.predicates import compile_predicate
from shared.db import bulk
from shared.db.transaction import transaction
from tests.integration.liquidation.builders import apply, cycle, review_decided
from tests.support.events import decoded, entry_body, entry_number, line
from tests.support.invariants import find_violations

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

HTS = ("8471300100", "8471500150", "7306305020", "6109100012")
DUTIES = ("99038815", "99038803", "99030124")
ORIGINS = ("CN", "VN", "KR")
CASES = ("A570012000", "A570979000", "C570980000")
FILERS = ("B76", "ZZ9")
MAKERS = (None, "CNSYNTH123SHE", "CN SYNTH123 SHE", "KROTHER45SEO")
EXPORTERS = (None, "CNEXPORT99SHE", "HKTRADER77HON")
SURETIES = (None, "036", "891")
HEADINGS = ("8471300100", "84", "8471", "73063050", "99", "9903", "990301", "99038803", "99038815", "990388")
FRIDAYS = (date(2027, 1, 15), date(2027, 1, 22), date(2027, 2, 26), date(2027, 3, 5), date(2027, 3, 12))

ranges = st.tuples(st.sampled_from(HEADINGS), st.sampled_from(HEADINGS)).map(lambda two: HeadingRange(*sorted(two)))
some_ranges = st.lists(ranges, min_size=1, max_size=3).map(tuple)
predicates = st.builds(
    EntryPredicate,
    duty_heading=st.none() | st.sampled_from(("9903", "990388", "99038815")),
    tariff_prefix=st.none() | st.sampled_from(("84", "8471", "847130", "99", "6109100012")),
    headings=st.none() | st.builds(HeadingSet, some_ranges, st.just(()) | some_ranges),
    origin=st.none() | st.sampled_from(ORIGINS),
    case_numbers=st.just(()) | st.lists(st.sampled_from(CASES), min_size=1, max_size=2, unique=True).map(tuple),
    manufacturer_ids=st.just(()) | st.just(("CN SYNTH123SHE",)) | st.just(("KROTHER45SEO", "CNSYNTH123SHE")),
    exporter_ids=st.just(()) | st.just(("CNEXPORT99SHE",)),
    case_prefix=st.none() | st.sampled_from(("A", "A570", "C570980000")),
    entered_from=st.none() | st.dates(date(2026, 2, 25), date(2026, 3, 10)),
    entered_to=st.none() | st.dates(date(2026, 2, 25), date(2026, 3, 10)),
    port_of_entry=st.none() | st.sampled_from(("2704", "1001")),
    entry_type=st.none() | st.sampled_from(("01", "06")),
    filer_code=st.none() | st.sampled_from(FILERS),
    surety_code=st.none() | st.sampled_from(SURETIES),
)
# Most parts are left out of most predicates, so that many of them match something.
FIELDS = tuple(EntryPredicate.__dataclass_fields__)
few_parts = st.builds(
    lambda predicate, kept: EntryPredicate(**{name: getattr(predicate, name) for name in kept}),
    predicates,
    st.lists(st.sampled_from(FIELDS), min_size=1, max_size=3, unique=True),
)


def some_entry(chance: Random) -> dict[str, Any]:
    def some_line(number: int) -> dict[str, Any]:
        numbers = [chance.choice(HTS), *chance.sample(DUTIES, chance.randint(0, 2))]
        cases = chance.sample(CASES, chance.choice((0, 0, 1, 2)))
        return line(
            number,
            country_of_origin=chance.choice(ORIGINS),
            manufacturer_id=chance.choice(MAKERS),
            exporter_id=chance.choice(EXPORTERS),
            tariffs=[{"hts": hts, "value_usd": 1, "duty_usd": "1.00"} for hts in numbers],
            cases=[{"case_number": case, "rate_pct": "1.00", "deposit_usd": "1.00"} for case in cases],
        )

    return entry_body(
        entry_number(filer=chance.choice(FILERS)),
        entry_type=chance.choice(("01", "06")),
        surety_code=chance.choice(SURETIES),
        port_of_entry=chance.choice(("2704", "1001")),
        entry_date=f"2026-03-{chance.randint(1, 9):02d}",
        lines=[some_line(number) for number in range(1, chance.randint(2, 4))],
    )


def is_within(number: str, within: HeadingRange) -> bool:
    """By the digits that both have: 9903881501 is within a range that ends with 99038815."""
    return number[: len(within.first)] >= within.first and number[: len(within.last)] <= within.last


def is_meant(number: str, headings: HeadingSet) -> bool:
    return any(is_within(number, each) for each in headings.ranges) and not any(
        is_within(number, each) for each in headings.exceptions
    )


def is_one_of(reported: str | None, meant: tuple[str, ...]) -> bool:
    return not meant or (reported or "").replace(" ", "") in [each.replace(" ", "") for each in meant]


def is_case_matched(predicate: EntryPredicate, cases: list[str]) -> bool:
    return not (predicate.case_prefix or predicate.case_numbers) or any(
        case.startswith(predicate.case_prefix or "") and case in (predicate.case_numbers or CASES) for case in cases
    )


def is_line_matched(predicate: EntryPredicate, each: dict[str, Any]) -> bool:
    numbers = [tariff["hts"] for tariff in each["tariffs"]]
    return (
        (predicate.duty_heading is None or any(hts.startswith(predicate.duty_heading) for hts in numbers))
        and (predicate.tariff_prefix is None or any(hts.startswith(predicate.tariff_prefix) for hts in numbers))
        and (predicate.headings is None or any(is_meant(hts, predicate.headings) for hts in numbers))
        and predicate.origin in (None, each["country_of_origin"])
        and is_case_matched(predicate, [case["case_number"] for case in each["cases"]])
        and is_one_of(each["manufacturer_id"], predicate.manufacturer_ids)
        and is_one_of(each["exporter_id"], predicate.exporter_ids)
    )


def is_matched(predicate: EntryPredicate, body: dict[str, Any]) -> bool:
    """The predicate as its description reads, one entry at a time."""
    entered = date.fromisoformat(body["entry_date"])
    return (
        bool(predicate.given)
        and any(is_line_matched(predicate, each) for each in body["lines"])
        and (predicate.entered_from is None or entered >= predicate.entered_from)
        and (predicate.entered_to is None or entered <= predicate.entered_to)
        and predicate.port_of_entry in (None, body["port_of_entry"])
        and predicate.entry_type in (None, body["entry_type"])
        and predicate.filer_code in (None, body["entry_number"][:3])
        and predicate.surety_code in (None, body["surety_code"])
    )


@given(predicate=predicates)
def test_predicate_is_the_same_after_it_was_stored(predicate: EntryPredicate) -> None:
    assert predicate_from_json(orjson.loads(orjson.dumps(predicate_to_json(predicate)))) == predicate


@settings(max_examples=10, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), asked=st.lists(few_parts, min_size=20, max_size=20))
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
@given(seed=st.integers(0, 2**32), held=st.lists(few_parts.filter(lambda each: bool(each.given)), max_size=3))
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
            on = datetime(2026, 12, 1, tzinfo=UTC)
            hold_set = HoldSet(f"h-{position}", 2, "h", predicate, "a test", "applied", on, "kim", applied_at=on)
            await holds.write_hold_set(tx, hold_set)
    for friday in FRIDAYS:
        async with transaction(engine) as tx:
            counts = await forecast(tx, cycle_day(friday, friday))
        done = await cycle(engine, friday)
        assert (done.liquidated, done.with_decision) == (counts.liquidated, counts.with_decision)
        assert done.deemed == counts.deemed == 0
    assert all(lines == [] for lines in (await find_violations(engine, RECORD_INVARIANTS)).values())
    await engine.dispose()
