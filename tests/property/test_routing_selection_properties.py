"""Selection: found by an index or asked one by one, criteria hit the same entries; a trial changes nothing."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.criteria import Criterion, HowMuch, What, Where, Who, from_document, to_document
from services.routing.domain.facts import Account, EntryFacts, LineFacts
from services.routing.domain.selection import Hit, compile_criteria, random_draw, select
from services.routing.domain.unit_values import UnitValues
from shared.customs.entry_types import entry_types
from shared.customs.programs import families_of
from shared.customs.tariff_schedule import find_tariff_line

DAYS = (date(2025, 6, 1), date(2026, 3, 2))
NUMBERS = ("8471300100", "8471410150", "6109100012", "0301110010", "0201200200")
SPECIAL = ("99038815", "99030124", "99030125", "98020080")
CASES = ("A570012000", "A570967001", "C570013000")
IMPORTERS = ("07-345678900", "11-111111111")
MEDIANS = UnitValues("2026-02-28", {("8471300100", "NO"): Decimal(100), ("6109100012", "DOZ"): Decimal("12.5")})


def some(values: tuple[str, ...]) -> st.SearchStrategy[tuple[str, ...]]:
    chosen = st.lists(st.sampled_from(values), max_size=2, unique=True).map(tuple)
    return st.one_of(st.just(()), st.just(()), st.just(()), chosen)


def rarely(values: st.SearchStrategy[Any], otherwise: Any = None) -> st.SearchStrategy[Any]:
    return st.one_of(st.just(otherwise), st.just(otherwise), st.just(otherwise), values)


cents = st.integers(0, 12).map(lambda step: step * 2_500_050)
who = st.builds(
    Who,
    importers=some(IMPORTERS),
    families=some(("ACME", "ZED")),
    trust=rarely(st.sampled_from(["trusted", "not-trusted"])),
    trusted_programs=some(("CTPAT", "ISA")),
    sizes=some(("small", "mid", "large")),
    without_account=rarely(st.just(True), False),
    new_within_days=rarely(st.integers(1, 400)),
    not_in_good_standing=rarely(st.just(True), False),
)
what = st.builds(
    What,
    tariff_prefixes=some(("84", "8471", "61091000", "8471300100", "9903", "03")),
    program_families=some(("301", "IEEPA", "chapter-98")),
    preference=rarely(st.sampled_from(["any", "none"])),
    preference_symbols=some(("S", "KR")),
    has_case=rarely(st.just(True), False),
    case_prefixes=some(("A", "A570", "C570013000")),
    agency_flags=some(("FD", "FD1", "FW3", "NM")),
    entry_types=some(("01", "02", "11")),
    is_quota=rarely(st.just(True), False),
)
where = st.builds(
    Where,
    origins=some(("CN", "MX", "IS")),
    export_countries=some(("CN", "MX")),
    ports=some(("2704", "1001")),
    manufacturers=some(("CNABCELE123SHE", "MXABCTEX9TIJ")),
)
how_much = st.builds(
    HowMuch,
    entry_value_at_least_cents=rarely(cents),
    entry_value_at_most_cents=rarely(cents),
    entry_duty_at_least_cents=rarely(cents),
    entry_duty_at_most_cents=rarely(cents),
    line_value_at_least_cents=rarely(cents),
    line_value_at_most_cents=rarely(cents),
    line_duty_at_least_cents=rarely(cents),
    line_duty_at_most_cents=rarely(cents),
    unit_value_below_pct=rarely(st.sampled_from([50, 90])),
    unit_value_above_pct=rarely(st.sampled_from([110, 300])),
)
one_criterion = st.builds(
    Criterion,
    id=st.just("x"),
    revision=st.integers(1, 3),
    title=st.just("A title."),
    owner=st.just("office-of-trade"),
    lane=st.sampled_from(["document-review", "enforcement"]),
    processes=st.sampled_from([("quota",), ("preference", "entry-summary-review")]),
    instruction=st.sampled_from(["Look here.", "Look there."]),
    sampling_basis_points=rarely(st.integers(1, 9_999), 10_000),
    spares_trusted=st.booleans(),
    who=st.one_of(st.just(Who()), who),
    what=st.one_of(st.just(What()), what),
    where=st.one_of(st.just(Where()), where),
    how_much=st.one_of(st.just(HowMuch()), how_much),
)
criteria_sets = st.lists(one_criterion, max_size=12).map(
    lambda items: [replace(item, id=f"criterion-{place}") for place, item in enumerate(items)]
)


@st.composite
def lines(draw: st.DrawFn) -> LineFacts:
    numbers = draw(st.lists(st.sampled_from(NUMBERS), max_size=2, unique=True))
    values = [draw(st.sampled_from([1, 200, 25_000, 50_000, 100_001])) for _ in numbers]
    return LineFacts(
        line_number=draw(st.integers(1, 9)),
        tariff=numbers[0] if numbers else None,
        special_tariffs=tuple(draw(st.lists(st.sampled_from(SPECIAL), max_size=2, unique=True))),
        value_usd=sum(values),
        origin=draw(st.sampled_from(["CN", "MX", "IS", "DE"])),
        preference=draw(st.sampled_from([None, "S", "KR", "P"])),
        cases=tuple(draw(st.lists(st.sampled_from(CASES), max_size=2, unique=True))),
        goods=tuple(zip(numbers, values, strict=True)) if draw(st.booleans()) else (),
        duty_cents=draw(st.integers(0, 20)) * 1_250_025,
        export=draw(st.sampled_from([None, "CN", "MX"])),
        manufacturer=draw(st.sampled_from([None, "CNABCELE123SHE", "MXABCTEX9TIJ"])),
        quantity=draw(st.sampled_from([None, ("10", "NO"), ("0", "NO"), ("3.5", "DOZ"), ("600", "NO")])),
    )


@st.composite
def entries(draw: st.DrawFn) -> EntryFacts:
    content = tuple(draw(st.lists(lines(), min_size=1, max_size=4)))
    return EntryFacts(
        entry_number=draw(st.sampled_from(["B7603245278", "B7603245286", "B7603245294"])),
        version=1,
        importer_number=draw(st.sampled_from(IMPORTERS)),
        entry_type=draw(st.sampled_from(["01", "02", "11"])),
        port_of_entry=draw(st.sampled_from(["2704", "1001", "3901"])),
        entry_date=draw(st.sampled_from(DAYS)),
        lines=content,
        value_usd=sum(line.value_usd for line in content),
        duty_cents=sum(line.duty_cents for line in content),
    )


accounts = st.one_of(
    st.none(),
    st.builds(
        Account,
        importer_number=st.just(IMPORTERS[0]),
        name=st.just("SYNTHETIC"),
        center=st.none(),
        assigned_on=st.none(),
        assignment_basis=st.just("unaligned"),
        trusted_programs=st.sampled_from([(), ("CTPAT",), ("CTPAT", "ISA")]),
        is_broker=st.just(False),
        family=st.sampled_from([None, "ACME", "ZED"]),
        size=st.sampled_from(["small", "mid", "large"]),
        registered_on=st.sampled_from([None, date(2020, 1, 1), date(2025, 5, 1), date(2026, 4, 1)]),
        is_in_good_standing=st.booleans(),
    ),
)


def is_met_by(item: Criterion, facts: EntryFacts, account: Account | None) -> bool:
    """Asked one by one, as the criterion reads."""
    if item.spares_trusted and account and account.trusted_programs and account.is_in_good_standing:
        return False
    if not (who_is_met(item.who, facts, account) and entry_is_met(item, facts)):
        return False
    asks_of_line = any(line_asks(item))
    return any(line_is_met(item, facts, line) for line in facts.lines) if asks_of_line else True


def who_is_met(asked: Who, facts: EntryFacts, account: Account | None) -> bool:
    programs = account.trusted_programs if account else ()
    registered = account.registered_on if account else None
    is_new = account is None or (
        registered is not None and (facts.entry_date - registered).days < (asked.new_within_days or 0)
    )
    return all(
        [
            not asked.importers or facts.importer_number in asked.importers,
            not asked.families or (account is not None and account.family in asked.families),
            asked.trust != "trusted" or bool(programs),
            asked.trust != "not-trusted" or not programs,
            not asked.trusted_programs or bool(set(programs) & set(asked.trusted_programs)),
            not asked.sizes or (account is not None and account.size in asked.sizes),
            not asked.without_account or account is None,
            asked.new_within_days is None or is_new,
            not asked.not_in_good_standing or (account is not None and not account.is_in_good_standing),
        ]
    )


def is_within(cents_found: int, least: int | None, most: int | None) -> bool:
    return (least is None or least <= cents_found) and (most is None or cents_found <= most)


def entry_is_met(item: Criterion, facts: EntryFacts) -> bool:
    much = item.how_much
    return all(
        [
            not item.what.entry_types or facts.entry_type in item.what.entry_types,
            not item.what.is_quota or entry_types()[facts.entry_type].quota,
            not item.where.ports or facts.port_of_entry in item.where.ports,
            is_within(facts.value_usd * 100, much.entry_value_at_least_cents, much.entry_value_at_most_cents),
            is_within(facts.duty_cents, much.entry_duty_at_least_cents, much.entry_duty_at_most_cents),
        ]
    )


def line_asks(item: Criterion) -> list[Any]:
    asked, there, much = item.what, item.where, item.how_much
    bounds = [
        much.line_value_at_least_cents,
        much.line_value_at_most_cents,
        much.line_duty_at_least_cents,
        much.line_duty_at_most_cents,
        much.unit_value_below_pct,
        much.unit_value_above_pct,
    ]
    lists = [asked.tariff_prefixes, asked.program_families, asked.preference_symbols, asked.case_prefixes]
    lists += [asked.agency_flags, there.origins, there.export_countries, there.manufacturers]
    return [*lists, asked.preference, asked.has_case, *(bound is not None for bound in bounds)]


def line_is_met(item: Criterion, facts: EntryFacts, line: LineFacts) -> bool:
    asked, there, much = item.what, item.where, item.how_much
    goods = [number for number, _ in line.goods] or ([line.tariff] if line.tariff else [])
    numbers = [*goods, *line.special_tariffs]
    flags = {flag for number in numbers if (known := find_tariff_line(number)) for flag in known.pga_flags}
    families = {family for number in line.special_tariffs for family in families_of(number, facts.entry_date)}
    return all(
        [
            not asked.tariff_prefixes or any(number.startswith(asked.tariff_prefixes) for number in numbers),
            not asked.program_families or bool(families & set(asked.program_families)),
            asked.preference != "any" or line.preference is not None,
            asked.preference != "none" or line.preference is None,
            not asked.preference_symbols or line.preference in asked.preference_symbols,
            not asked.has_case or bool(line.cases),
            not asked.case_prefixes or any(case.startswith(asked.case_prefixes) for case in line.cases),
            not asked.agency_flags or any(flag.startswith(asked.agency_flags) for flag in flags),
            not there.origins or line.origin in there.origins,
            not there.export_countries or line.export in there.export_countries,
            not there.manufacturers or line.manufacturer in there.manufacturers,
            is_within(line.value_usd * 100, much.line_value_at_least_cents, much.line_value_at_most_cents),
            is_within(line.duty_cents, much.line_duty_at_least_cents, much.line_duty_at_most_cents),
            unit_value_is_met(much, line),
        ]
    )


def unit_value_is_met(much: HowMuch, line: LineFacts) -> bool:
    if much.unit_value_below_pct is None and much.unit_value_above_pct is None:
        return True
    value = line.goods[0][1] if line.goods else line.value_usd
    if line.tariff is None or line.quantity is None or Decimal(line.quantity[0]) == 0:
        return False
    median = MEDIANS.medians.get((line.tariff, line.quantity[1]))
    if median is None:
        return False
    share = value / Decimal(line.quantity[0]) / median * 100
    below, above = much.unit_value_below_pct, much.unit_value_above_pct
    return (below is None or share < below) and (above is None or share > above)


@given(criteria_sets, entries(), accounts)
def test_index_finds_what_asking_one_by_one_finds(
    items: list[Criterion], facts: EntryFacts, account: Account | None
) -> None:
    selection = select(facts, account, compile_criteria(items, shadow=(), floor_basis_points=0, unit_values=MEDIANS))
    expected = [
        Hit(item.id, item.revision)
        for item in sorted(items, key=lambda item: item.lane != "enforcement")
        if is_met_by(item, facts, account)
        and random_draw(f"{item.id}.{item.revision}", facts.entry_number) < item.sampling_basis_points
    ]
    assert list(selection.hits) == expected
    assert [reason.code for reason in selection.reasons] == ([hit.criterion_id for hit in expected] or ["no-criterion"])


@given(criteria_sets, criteria_sets, entries(), accounts, st.sampled_from([0, 5_000, 10_000]))
def test_trial_changes_nothing_but_what_is_noted_of_it(
    items: list[Criterion], trial: list[Criterion], facts: EntryFacts, account: Account | None, floor: int
) -> None:
    trial = [replace(item, id=f"trial-{item.id}") for item in trial]
    alone = compile_criteria(items, shadow=(), floor_basis_points=floor, unit_values=MEDIANS)
    beside = compile_criteria(items, shadow=trial, floor_basis_points=floor, unit_values=MEDIANS)
    selection = select(facts, account, beside)
    assert selection._replace(shadow=()) == select(facts, account, alone)
    assert set(selection.shadow) == {
        Hit(item.id, item.revision)
        for item in trial
        if is_met_by(item, facts, account)
        and random_draw(f"{item.id}.{item.revision}", facts.entry_number) < item.sampling_basis_points
    }


@given(criteria_sets, entries(), accounts, st.integers(0, 10_000))
def test_random_floor_draws_whatever_the_criteria_say(
    items: list[Criterion], facts: EntryFacts, account: Account | None, floor: int
) -> None:
    criteria = compile_criteria(items, shadow=(), floor_basis_points=floor, unit_values=MEDIANS)
    selection = select(facts, account, criteria)
    assert selection.draw == random_draw(criteria.version, facts.entry_number)
    assert selection.is_drawn == (selection.draw < floor)
    assert (selection.lane == "no-review") == (not selection.hits and not selection.is_drawn)
    assert bool(selection.processes) == (selection.lane != "no-review")


@given(one_criterion)
def test_criterion_survives_being_kept(item: Criterion) -> None:
    assert from_document(item.id, item.revision, to_document(item)) == item
