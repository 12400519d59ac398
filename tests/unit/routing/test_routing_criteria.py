"""The language of criteria, what each condition hits and says, and how a hit is explained."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from services.routing.domain.criteria import Criterion, HowMuch, What, Where, Who, find_faults
from services.routing.domain.facts import Account, EntryFacts, LineFacts
from services.routing.domain.selection import Criteria, Hit, compile_criteria, sample_draw, select
from services.routing.domain.shipped_criteria import SHIPPED_CRITERIA
from services.routing.domain.unit_values import NO_UNIT_VALUES, UnitValues, unit_values_of

ON = date(2026, 3, 2)
IMPORTER = "07-345678900"
MEDIANS = UnitValues("2026-02-28", {("6109100012", "DOZ"): Decimal(40)})


def criterion(**changes: Any) -> Criterion:
    base = Criterion("x", 1, "A title.", "owner", "document-review", ("quota",), "Look.")
    return replace(base, **changes)


def line(**changes: Any) -> LineFacts:
    base = LineFacts(
        1, "6109100012", (), 20_000, "VN", None, (), (("6109100012", 20_000),), 330_000, "VN", "VNABC", None
    )
    return base._replace(**changes)


def entry(*lines: LineFacts, **changes: Any) -> EntryFacts:
    lines = lines or (line(),)
    value, duty = sum(item.value_usd for item in lines), sum(item.duty_cents for item in lines)
    return EntryFacts("B7603245278", 1, IMPORTER, "01", "2704", ON, lines, value, duty)._replace(**changes)


def account(**changes: Any) -> Account:
    known = (IMPORTER, "SYNTHETIC", "CEE004", ON, "registered", (), False, None, "mid", date(2020, 1, 1), True)
    base = Account(*known, revision=1, assignment=1)
    return base._replace(**changes)


def compiled(
    live: Sequence[Criterion],
    *,
    shadow: Sequence[Criterion] = (),
    floor: int = 0,
    unit_values: UnitValues = NO_UNIT_VALUES,
) -> Criteria:
    return compile_criteria(live, shadow=shadow, floor_basis_points=floor, unit_values=unit_values)


def fact_of(item: Criterion, facts: EntryFacts, importer: Account | None) -> str | None:
    selection = select(facts, importer, compiled([item], unit_values=MEDIANS))
    return selection.reasons[0].fact if selection.hits else None


FLAGGED = line(tariff="8471300100", goods=())
HITS: list[tuple[Criterion, EntryFacts, Account | None, str]] = [
    (criterion(who=Who(importers=(IMPORTER,))), entry(), account(), "an importer that the criterion names"),
    (criterion(who=Who(families=("ACME",))), entry(), account(family="ACME"), "account family ACME"),
    (criterion(who=Who(trust="trusted")), entry(), account(trusted_programs=("CTPAT",)), "trusted trader (CTPAT)"),
    (criterion(who=Who(trust="not-trusted")), entry(), None, "no trusted trader"),
    (criterion(who=Who(sizes=("mid",))), entry(), account(), "mid account"),
    (criterion(who=Who(new_within_days=90)), entry(), None, "no account"),
    (
        criterion(who=Who(new_within_days=90)),
        entry(),
        account(registered_on=date(2026, 1, 1)),
        "account registered on 2026-01-01",
    ),
    (
        criterion(who=Who(not_in_good_standing=True)),
        entry(),
        account(is_in_good_standing=False),
        "account not in good standing",
    ),
    (criterion(what=What(tariff_prefixes=("84", "6109"))), entry(), None, "line 1: 6109100012"),
    (
        criterion(what=What(program_families=("301",))),
        entry(line(special_tariffs=("99038815",))),
        None,
        "line 1: 99038815 (program 301)",
    ),
    (criterion(what=What(preference_symbols=("S",))), entry(line(preference="S")), None, "line 1: preference S"),
    (criterion(what=What(preference="none")), entry(), None, "line 1: no preference"),
    (
        criterion(what=What(case_prefixes=("A570",))),
        entry(line(cases=("A570012000",))),
        None,
        "line 1: case A570012000",
    ),
    (criterion(what=What(agency_flags=("FD", "FD1"))), entry(FLAGGED), None, "line 1: agency flag FD"),
    (criterion(what=What(entry_types=("11",))), entry(entry_type="11"), None, "entry type 11"),
    (criterion(where=Where(origins=("VN",))), entry(), None, "line 1: origin VN"),
    (criterion(where=Where(export_countries=("VN",))), entry(), None, "line 1: exported from VN"),
    (criterion(where=Where(ports=("2704",))), entry(), None, "port 2704"),
    (criterion(where=Where(manufacturers=("VNABC",))), entry(), None, "line 1: manufacturer VNABC"),
    (criterion(how_much=HowMuch(entry_duty_at_least_cents=330_000)), entry(), None, "duty $3300.00"),
    (criterion(how_much=HowMuch(entry_value_at_most_cents=2_000_000)), entry(), None, "$20,000"),
    (criterion(how_much=HowMuch(line_value_at_least_cents=2_000_000)), entry(), None, "line 1: $20,000"),
    (criterion(how_much=HowMuch(line_duty_at_most_cents=330_000)), entry(), None, "line 1: duty $3300.00"),
    (
        criterion(how_much=HowMuch(unit_value_below_pct=51)),
        entry(line(quantity=("1000", "DOZ"))),
        None,
        "line 1: unit value 50 % of the median",
    ),
]


@pytest.mark.parametrize(("item", "facts", "importer", "fact"), HITS, ids=[hit[3] for hit in HITS])
def test_condition_that_is_met_names_its_fact(
    item: Criterion, facts: EntryFacts, importer: Account | None, fact: str
) -> None:
    assert fact_of(item, facts, importer) == fact


MISSES: list[tuple[Criterion, EntryFacts, Account | None]] = [
    (criterion(who=Who(importers=("11-111111111",))), entry(), account()),
    (criterion(who=Who(new_within_days=60)), entry(), account(registered_on=date(2026, 1, 1))),
    (criterion(who=Who(new_within_days=60)), entry(), account(registered_on=None)),
    (criterion(who=Who(sizes=("mid",))), entry(), None),
    (criterion(what=What(program_families=("IEEPA",))), entry(line(special_tariffs=("99030125",))), None),
    (criterion(how_much=HowMuch(entry_value_at_least_cents=2_000_001)), entry(), None),
    (criterion(how_much=HowMuch(unit_value_below_pct=50)), entry(line(quantity=("1000", "DOZ"))), None),
    (criterion(how_much=HowMuch(unit_value_below_pct=99)), entry(line(quantity=("1000", "KG"))), None),
    (criterion(how_much=HowMuch(unit_value_below_pct=99)), entry(line(quantity=("0", "DOZ"))), None),
    (criterion(how_much=HowMuch(unit_value_above_pct=100)), entry(), None),
]


@pytest.mark.parametrize(("item", "facts", "importer"), MISSES)
def test_condition_that_is_not_met_selects_nothing(
    item: Criterion, facts: EntryFacts, importer: Account | None
) -> None:
    assert fact_of(item, facts, importer) is None


def test_line_conditions_are_met_by_one_line_together() -> None:
    item = criterion(what=What(tariff_prefixes=("61",)), where=Where(origins=("CN",)))
    apart = entry(line(), line(line_number=2, tariff="8471300100", goods=(), origin="CN"))
    assert fact_of(item, apart, None) is None
    together = entry(line(), line(line_number=2, origin="CN"))
    assert fact_of(item, together, None) == "line 2: 6109100012, origin CN"


def test_trusted_trader_that_is_not_compliant_is_not_spared() -> None:
    item = criterion(where=Where(ports=("2704",)), spares_trusted=True)
    trusted = account(trusted_programs=("CTPAT",))
    assert fact_of(item, entry(), trusted) is None
    assert fact_of(item, entry(), trusted._replace(is_in_good_standing=False)) == "port 2704"


def test_sampled_criterion_selects_its_share_and_says_which_draw() -> None:
    item = criterion(where=Where(ports=("2704",)), sampling_basis_points=2_500)
    numbers = [f"B76{number:08d}" for number in range(4_000)]
    facts = [fact_of(item, entry(entry_number=number), None) for number in numbers]
    assert 900 < sum(fact is not None for fact in facts) < 1_100
    assert [fact is not None for fact in facts] == [sample_draw(item, number) < 2_500 for number in numbers]
    assert next(fact for fact in facts if fact).startswith("port 2704; sample: ")


def test_strictest_lane_comes_first_and_processes_are_opened_once() -> None:
    mild = criterion(id="mild", where=Where(ports=("2704",)), processes=("preference", "quota"))
    strict = criterion(id="strict", lane="enforcement", where=Where(origins=("VN",)), processes=("ad-cvd", "quota"))
    selection = select(entry(), None, compiled([mild, strict]))
    assert selection.lane == "enforcement"
    assert [reason.code for reason in selection.reasons] == ["strict", "mild"]
    assert selection.processes == ("ad-cvd", "quota", "preference")
    assert selection.hits == (Hit("strict", 1), Hit("mild", 1))
    assert selection.instructions == ("Look.",)


def test_version_changes_with_what_decides_and_not_with_a_trial() -> None:
    items = [criterion(where=Where(ports=("2704",)))]
    version = compiled(items, floor=100).version
    assert compiled(items, shadow=[criterion(id="y")], floor=100).version == version
    assert compiled(items, floor=100, unit_values=MEDIANS).version == version
    assert compiled(items, floor=0).version != version
    assert compiled([criterion(where=Where(ports=("2709",)))], floor=100).version != version
    asking = [criterion(how_much=HowMuch(unit_value_below_pct=50))]
    with_medians = compiled(asking, floor=100, unit_values=MEDIANS)
    assert with_medians.version != compiled(asking, floor=100).version


def test_shipped_criteria_have_no_fault() -> None:
    assert [find_faults(item) for item in SHIPPED_CRITERIA] == [[]] * len(SHIPPED_CRITERIA)


@pytest.mark.parametrize(
    ("item", "field"),
    [
        (criterion(), "sampling_basis_points"),
        (criterion(who=Who(sizes=("huge",))), "who.sizes"),
        (criterion(who=Who(importers=("900-12",))), "who.importers"),
        (criterion(who=Who(without_account=True, sizes=("small",))), "who.without_account"),
        (criterion(who=Who(trust="not-trusted", trusted_programs=("CTPAT",))), "who.trust"),
        (criterion(who=Who(trust="trusted"), spares_trusted=True), "spares_trusted"),
        (criterion(what=What(tariff_prefixes=("8",))), "what.tariff_prefixes"),
        (criterion(what=What(tariff_prefixes=("84.71",))), "what.tariff_prefixes"),
        (criterion(what=What(program_families=("999",))), "what.program_families"),
        (criterion(what=What(preference_symbols=("?",))), "what.preference_symbols"),
        (criterion(what=What(preference="none", preference_symbols=("S",))), "what.preference"),
        (criterion(what=What(case_prefixes=("B570",))), "what.case_prefixes"),
        (criterion(what=What(agency_flags=("fd",))), "what.agency_flags"),
        (criterion(what=What(entry_types=("99",))), "what.entry_types"),
        (criterion(where=Where(origins=("XX",))), "where.origins"),
        (criterion(where=Where(export_countries=("China",))), "where.export_countries"),
        (criterion(where=Where(ports=("0000",))), "where.ports"),
        (
            criterion(how_much=HowMuch(line_duty_at_least_cents=2, line_duty_at_most_cents=1)),
            "how_much.line_duty_at_least_usd",
        ),
        (
            criterion(how_much=HowMuch(unit_value_below_pct=50, unit_value_above_pct=200)),
            "how_much.unit_value_below_pct",
        ),
        (criterion(what=What(is_quota=True), processes=()), "processes"),
        (criterion(what=What(is_quota=True), processes=("quota", "commercial-fraud")), "processes"),
        (criterion(what=What(is_quota=True), lane="no-review"), "lane"),
    ],
)
def test_fault_names_the_field_and_what_to_do(item: Criterion, field: str) -> None:
    (fault,) = find_faults(item)
    assert fault.field == field
    assert fault.text
    assert fault.remedy


def test_unit_values_come_from_lines_with_goods_value_and_quantity() -> None:
    facts = entry(
        line(quantity=("1000", "DOZ")),
        line(line_number=2, quantity=None),
        line(line_number=3, quantity=("0", "DOZ")),
        line(line_number=4, quantity=("5", "KG"), goods=(), value_usd=0),
        line(line_number=5, quantity=("5", "NO"), tariff=None, goods=()),
    )
    assert unit_values_of(facts) == [("6109100012", "DOZ", 20_000, "1000")]
