"""The rules of routing: Center, division, lane, each with its reasons."""

from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.domain.center import choose_center
from services.routing.domain.decisions import Rules, decide, name_versions
from services.routing.domain.directory import build_directory
from services.routing.domain.facts import Account, EntryFacts, LineFacts
from services.routing.domain.policies import DEFAULT_VERSION, shipped_policies
from services.routing.domain.selection import Criteria, first_criteria, random_draw, select
from shared.customs.centers import PENDING
from shared.customs.tariff_map import default_tariff_map

ON = date(2026, 3, 2)
MAP = default_tariff_map()
NO_FLOOR = first_criteria(0)
OPEN = build_directory(()).open_centers(ON)
RULES = Rules(MAP, NO_FLOOR, shipped_policies()[DEFAULT_VERSION], OPEN, "directory-test")


def line(number: int = 1, tariff: str | None = "8471300100", value_usd: int = 1000, **changes: Any) -> LineFacts:
    facts = LineFacts(number, tariff, (), value_usd, "CN", None, (), (), 0, None, None, None)
    return facts._replace(**changes)


def entry(*lines: LineFacts, entry_type: str = "01", number: str = "B7603245278") -> EntryFacts:
    lines = lines or (line(),)
    return EntryFacts(number, 1, "07-345678900", entry_type, "2704", ON, lines, sum(x.value_usd for x in lines), 0)


def account(center: str | None = "CEE005", *, programs: tuple[str, ...] = (), is_broker: bool = False) -> Account:
    return Account(
        "07-345678900",
        "SYNTHETIC",
        center,
        ON if center else None,
        "registered",
        programs,
        is_broker,
        None,
        "small",
        None,
        True,
        3,
        2 if center else None,
    )


def codes(reasons: Any) -> list[str]:
    return [reason.code for reason in reasons]


def test_assigned_account_decides_whatever_the_goods_are() -> None:
    choice = choose_center(entry(line(tariff="6109100012")), account("CEE005"), MAP, OPEN, broker_by_goods=True)
    assert (choice.center, choice.basis) == ("CEE005", "account")


def test_predominant_number_of_goods_decides_without_an_assignment() -> None:
    facts = entry(line(1), line(2), line(3, "6109100012", value_usd=1_000_000))
    choice = choose_center(facts, account(None), MAP, OPEN, broker_by_goods=True)
    assert (choice.center, choice.basis, choice.predominant_tariff) == ("CEE007", "tariff", "8471300100")
    assert codes(choice.reasons) == ["account-unaligned", "center-by-tariff"]


def test_value_breaks_a_tie_between_goods() -> None:
    facts = entry(line(1, "8471300100", value_usd=10), line(2, "6109100012", value_usd=20))
    assert choose_center(facts, None, MAP, OPEN, broker_by_goods=True).center == "CEE004"


def test_broker_as_importer_is_routed_by_the_goods() -> None:
    choice = choose_center(entry(), account("CEE005", is_broker=True), MAP, OPEN, broker_by_goods=True)
    assert (choice.center, choice.reasons[0].code) == ("CEE007", "broker-as-importer")


def test_chapter_99_alone_leaves_the_entry_pending() -> None:
    choice = choose_center(
        entry(line(tariff=None, special_tariffs=("99038815",))), None, MAP, OPEN, broker_by_goods=True
    )
    assert (choice.center, choice.basis) == (PENDING, "pending")


@given(st.permutations([line(1), line(2, "6109100012"), line(3, "6109100012"), line(4, "2709001000", value_usd=5)]))
def test_order_of_lines_does_not_matter(lines: list[LineFacts]) -> None:
    assert choose_center(entry(*lines), None, MAP, OPEN, broker_by_goods=True).center == "CEE004"


@pytest.mark.parametrize(
    ("facts", "lane", "process"),
    [
        (entry(line(cases=("A570012000",))), "enforcement", "ad-cvd"),
        (entry(entry_type="02"), "document-review", "quota"),
        (entry(line(preference="S", value_usd=100_000)), "document-review", "preference"),
        (entry(line(value_usd=1_000_000)), "document-review", "entry-summary-review"),
    ],
)
def test_each_criterion_opens_its_lane_and_process(facts: EntryFacts, lane: str, process: str) -> None:
    selection = select(facts, account(), NO_FLOOR)
    assert (selection.lane, selection.processes) == (lane, (process,))


def test_ordinary_entry_of_a_known_importer_is_not_reviewed_and_says_so() -> None:
    selection = select(entry(), account(), NO_FLOOR)
    assert (selection.lane, selection.processes, codes(selection.reasons)) == ("no-review", (), ["no-criterion"])


def test_trusted_trader_is_spared_value_criteria_but_not_cases() -> None:
    trusted = account(programs=("CTPAT",))
    assert select(entry(line(value_usd=1_000_000)), trusted, NO_FLOOR).lane == "no-review"
    assert select(entry(line(cases=("A570012000",))), trusted, NO_FLOOR).lane == "enforcement"


def test_floor_reviews_trusted_traders_too() -> None:
    selection = select(entry(), account(programs=("CTPAT",)), first_criteria(10_000))
    assert (selection.lane, codes(selection.reasons)) == ("document-review", ["random-floor"])


def test_floor_draws_about_its_share_and_always_the_same() -> None:
    draws = [random_draw("v", f"B76{number:08d}") for number in range(20_000)]
    assert draws == [random_draw("v", f"B76{number:08d}") for number in range(20_000)]
    assert 150 < sum(draw < 100 for draw in draws) < 250


def test_criteria_that_draw_as_others_do_draw_the_same_entries() -> None:
    base = first_criteria(100)
    fewer, alone = (
        Criteria(base.live[1:], (), base.floor_basis_points, base.unit_values, draws)
        for draws in (base.draw_version, None)
    )
    entries = [entry(number=f"B76{number:08d}") for number in range(2_000)]

    def drawn(criteria: Criteria) -> set[str]:
        return {facts.entry_number for facts in entries if select(facts, account(), criteria).is_drawn}

    assert fewer.version != base.version
    assert drawn(fewer) == drawn(base) != drawn(alone)
    assert len(drawn(base)) > 5


def test_decision_names_the_account_and_the_assignment_that_it_rests_on() -> None:
    named = [name_versions(RULES, known) for known in (None, account(None), account("CEE005"))]
    assert [(each["account"], each["assignment"]) for each in named] == [
        ("none-known", "none-known"),
        ("3", "none-known"),
        ("3", "2"),
    ]
    assert all(each.items() >= RULES.versions.items() for each in named)


@pytest.mark.parametrize(
    ("facts", "importer", "division"),
    [
        (entry(), account(), "validation-and-compliance"),
        (entry(), account(programs=("CTPAT",)), "partnership"),
        (entry(line(cases=("C570013000",))), account(programs=("CTPAT",)), "enforcement"),
        (entry(), None, "validation-and-compliance"),
    ],
)
def test_division_follows_case_then_trust(facts: EntryFacts, importer: Account | None, division: str) -> None:
    decision = decide(facts, importer, RULES, None)
    assert decision.division == division
    assert f"division-{division.split('-', maxsplit=1)[0]}" in codes(decision.reasons)


def test_decision_names_the_versions_that_it_rests_on() -> None:
    assert RULES.versions == {
        "tariff_map": MAP.version,
        "criteria": NO_FLOOR.version,
        "criteria_on_trial": NO_FLOOR.shadow_version,
        "assignment_policy": DEFAULT_VERSION,
        "directory": "directory-test",
    }
