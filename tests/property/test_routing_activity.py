"""Activity is the same whatever the order and repetition; scores add up; nothing flips with too small a lead."""

from collections.abc import Awaitable, Callable, Iterable
from dataclasses import replace
from datetime import date
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Table, select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.routing.acts.activity import fold
from services.routing.domain.activity import (
    NOTHING,
    Activity,
    ActivityKey,
    Contribution,
    CountedVersion,
    Figures,
    deltas,
    month_of,
    months_before,
)
from services.routing.domain.policies import DEFAULT_VERSION, policy_on, shipped_policies
from services.routing.domain.proposals import (
    SHOWN_MEASURES,
    AssignmentRules,
    Candidate,
    amount,
    propose_center,
    rank,
    score,
    score_window,
)
from services.routing.store import activity as activity_store
from services.routing.store.tables.activity import activity_changes, counted_activity, import_activity
from shared.customs.tariff_map import default_tariff_map
from shared.db.transaction import reading, transaction

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]
Versions = dict[tuple[str, int], CountedVersion]
Cells = dict[ActivityKey, Figures]

MARCH = date(2026, 3, 1)
DEFAULT = shipped_policies()[DEFAULT_VERSION]
NUMBERS = ("847130", "731815", "610910", "300490", "870323", "010121")
MAP = default_tariff_map()
OPEN = {row.center_code: row.center_code for row in MAP.rows}

numbers = st.sampled_from(NUMBERS)
counts = st.integers(0, 40)


@st.composite
def contributions(draw: st.DrawFn) -> Contribution:
    """What one version adds, as `contribution` gives it: subheadings in order, each once, none empty."""
    found: Contribution = []
    for number in sorted(draw(st.sets(numbers, max_size=4))):
        lines = draw(st.integers(0, 3))
        found.append([number, lines, lines + draw(st.integers(0 if lines else 1, 2)), draw(st.integers(0, 9_999))])
    return found


standings = st.builds(
    CountedVersion,
    st.sampled_from(["07-345678900", "08-345678900"]),
    st.dates(date(2026, 1, 1), date(2026, 4, 30)),
    contributions(),
)
filed = st.dictionaries(
    st.tuples(st.sampled_from(["A", "B", "C"]), st.integers(1, 4)), standings, min_size=1, max_size=9
)


def from_scratch(versions: Versions) -> Cells:
    """The activity of the highest version of each entry, counted once."""
    highest = {entry: versions[entry, version] for entry, version in sorted(versions)}
    cells: Cells = {}
    for standing in highest.values():
        for number, lines, goods, value in standing.goods:
            key = ActivityKey(standing.importer_number, month_of(standing.entry_date), str(number))
            cells[key] = cells.get(key, NOTHING).plus(Figures(int(lines), int(goods), int(value)))
    return cells


def batches(versions: Versions, seed: int) -> Iterable[list[tuple[str, int]]]:
    """The versions repeated, shuffled and cut into batches at random."""
    random = Random(seed)
    order = [*versions, *random.sample(sorted(versions), len(versions) // 2)]
    random.shuffle(order)
    while order:
        size = random.randint(1, 4)
        yield order[:size]
        del order[:size]


def changes_of(
    batch: list[tuple[str, int]], versions: Versions, known: Versions
) -> list[tuple[CountedVersion | None, CountedVersion | None]]:
    """What each entry of a batch added before and adds after it; `known` grows with the batch."""

    def highest(entry: str) -> CountedVersion | None:
        mine = [version for number, version in known if number == entry]
        return known[entry, max(mine)] if mine else None

    entries = sorted({entry for entry, _ in batch})
    before = {entry: highest(entry) for entry in entries}
    known.update({key: versions[key] for key in batch})
    return [(before[entry], highest(entry)) for entry in entries]


@given(versions=filed, seed=st.integers(0, 2**32))
def test_any_order_and_repetition_adds_up_to_the_activity_from_scratch(versions: Versions, seed: int) -> None:
    known: Versions = {}
    cells: Cells = {}
    for batch in batches(versions, seed):
        for key, figures in deltas(changes_of(batch, versions, known)).items():
            cells[key] = cells.get(key, NOTHING).plus(figures)
    assert {key: figures for key, figures in cells.items() if figures != NOTHING} == from_scratch(versions)


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(versions=filed, seed=st.integers(0, 2**32))
async def test_any_order_and_repetition_leaves_the_same_rows(
    service_engine: MakeEngine, versions: Versions, seed: int
) -> None:
    engine = await service_engine("routing")
    known: Versions = {}
    random = Random(seed)
    for batch in batches(versions, seed):
        async with transaction(engine) as tx:
            await activity_store.add(tx, deltas(changes_of(batch, versions, known)))
        assert await read(engine, counted_activity) == from_scratch(known)
        async with transaction(engine) as tx:
            await activity_store.fold(tx, random.randint(0, 4))
        assert await read(engine, counted_activity) == from_scratch(known)
    await fold(engine)
    assert await read(engine, activity_changes) == {}
    assert await read(engine, import_activity) == from_scratch(versions)
    await engine.dispose()


async def read(engine: AsyncEngine, table: Table) -> Cells:
    async with reading(engine) as connection:
        rows = await connection.execute(select(table))
        return {ActivityKey(row[0], row[1], row[2]): Figures(*row[3:]) for row in rows}


@given(cells=st.lists(st.tuples(numbers, st.builds(Figures, counts, counts, counts)), max_size=12))
def test_scores_add_up_to_the_totals_and_rankings_hold(cells: list[tuple[str, Figures]]) -> None:
    scores = score(cells, MAP, OPEN)
    total = NOTHING
    for _, figures in cells:
        total = total.plus(figures)
    assert scores.total == total
    for measure in SHOWN_MEASURES:
        ranking = rank(scores, measure)
        amounts = sorted((amount(figures, measure) for figures in scores.by_center.values()), reverse=True)
        assert 0 <= ranking.margin_basis_points <= 10_000
        if ranking.predominant is None:
            assert not any(amounts)
        else:
            assert amount(scores.by_center[ranking.predominant], measure) == amounts[0]


@given(
    cells=st.lists(
        st.builds(
            Activity,
            st.integers(0, 14).map(lambda count: months_before(MARCH, count)),
            numbers,
            st.integers(1, 60).map(lambda count: Figures(count, count, count)),
        ),
        max_size=25,
    ),
    present=st.sampled_from(sorted(OPEN)),
    lead_points=st.integers(0, 60),
    months_ahead=st.integers(1, 4),
    measure=st.sampled_from(SHOWN_MEASURES),
)
def test_no_center_is_proposed_over_the_present_one_without_the_lead_in_every_window(
    cells: list[Activity], present: str, lead_points: int, months_ahead: int, measure: str
) -> None:
    policy = replace(
        DEFAULT,
        version="p",
        measure=measure,  # type: ignore[arg-type]
        minimum_lines=1,
        lead_points=lead_points,
        months_ahead=months_ahead,
    )
    rules = AssignmentRules(policy, MAP, OPEN)
    candidate = Candidate("07-345678900", None, False, present, None, cells, {})
    found = propose_center(candidate, MARCH, rules)
    windows = [score_window(cells, months_before(MARCH, count), MAP, OPEN) for count in range(months_ahead)]
    challenger = rank(windows[0], policy.measure).predominant
    reached = challenger is not None and all(
        rank(window, policy.measure).predominant == challenger
        and (
            amount(window.by_center[challenger], policy.measure)
            - amount(window.by_center.get(present, NOTHING), policy.measure)
        )
        * 100
        >= lead_points * amount(window.total, policy.measure)
        for window in windows
    )
    assert (found is not None) is (reached and challenger != present)


@given(
    days=st.sets(st.dates(date(2020, 1, 1), date(2030, 12, 31)), min_size=1, max_size=6),
    asked=st.dates(date(2020, 1, 1), date(2030, 12, 31)),
)
def test_policy_for_a_later_day_leaves_earlier_days_alone(days: set[date], asked: date) -> None:
    versions = [(day, replace(DEFAULT, version=day.isoformat())) for day in (date.min, *sorted(days))]
    earlier = [item for item in versions if item[0] <= asked]
    assert policy_on(versions, asked) == policy_on(earlier, asked) == earlier[-1][1]
