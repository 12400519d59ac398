"""The money of liquidation: every row of the vectors, the worked examples of the document, and what rows cannot say."""

import ast
import csv
import json
import re
from dataclasses import replace
from datetime import date
from decimal import Decimal
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.money import amounts, assessment, balance, bills, interest, payees, refunds, rules
from services.liquidation.domain.money.amounts import (
    CaseDeposit,
    ExpectedFee,
    FeeAmount,
    LineFacts,
    SummaryFacts,
    TariffAmount,
    amounts_of_entry,
    amounts_of_line,
    compare_fees,
    duty_by_heading,
    expected_hmf,
    expected_mpf,
    total_cents,
)
from services.liquidation.domain.money.assessment import (
    Assessment,
    Deposit,
    InvalidFinding,
    LiquidationFacts,
    apply_effect,
    apply_minimum,
    assess,
    deposits_before,
    find_changes,
    foresee_outcome,
)
from services.liquidation.domain.money.bills import (
    Bill,
    Payment,
    find_next_step,
    find_notices,
    issue_bill,
    may_set_off,
    settle,
    surety_demand_cents,
)
from services.liquidation.domain.money.interest import (
    Interest,
    Movement,
    Segment,
    Undetermined,
    accrue_segments,
    find_segments,
    payee_kind,
)
from services.liquidation.domain.money.refunds import (
    PayeeFacts,
    Unready,
    check_readiness,
    delay_of,
    open_refund,
    state_of,
)
from services.liquidation.domain.money.settings import MONEY, POLICY, MoneySettings
from services.liquidation.domain.rules.table import RULES
from shared.customs.calendar import add_days
from shared.customs.money import format_cents, to_cents

ROOT = Path(__file__).resolve().parents[3]
MODULES = (amounts, assessment, balance, bills, interest, payees, refunds, rules)


def read_vectors() -> list[dict[str, str]]:
    with (ROOT / "tests" / "vectors" / "money.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


VECTORS = read_vectors()


def cents_by_class(usd: dict[str, str]) -> dict[str, int]:
    return {class_code: to_cents(text) for class_code, text in usd.items()}


def summary_of(facts: dict[str, Any]) -> SummaryFacts:
    lines = tuple(
        LineFacts(
            number,
            (TariffAmount("8471300100", value, 0),),
            # Where a preference is claimed, the first line claims it.
            preference=facts.get("preference") if number == 1 else None,
        )
        for number, value in enumerate(facts["values"], start=1)
    )
    return SummaryFacts(facts.get("entry_type", "01"), date.fromisoformat(facts["on"]), lines, facts.get("mode"))


def show_fee(fee: ExpectedFee) -> tuple[str, str]:
    return ("unknown" if fee.cents is None else format_cents(fee.cents)), fee.rule


def run_mpf(facts: dict[str, Any]) -> tuple[str, str]:
    exempt = frozenset(facts["exempt_lines"]) if "exempt_lines" in facts else None
    settings = MoneySettings(fee_rounding=facts.get("rounding", "line"))
    return show_fee(expected_mpf(summary_of(facts), settings, exempt_lines=exempt))


def run_hmf(facts: dict[str, Any]) -> tuple[str, str]:
    return show_fee(expected_hmf(summary_of(facts), MONEY, is_covered_port=facts.get("covered", True)))


def run_limit(facts: dict[str, Any]) -> tuple[str, str]:
    result = apply_minimum(
        find_changes(cents_by_class(facts["before"]), cents_by_class(facts["found"])),
        Interest(to_cents(facts.get("interest", "0.00")), ()),
        facts.get("occasion", "liquidation"),
        is_informal=facts.get("informal", False),
        assessed_interest_cents=0,
    )
    return result.outcome, result.rule


def run_interest(facts: dict[str, Any]) -> tuple[str, str]:
    segment = Segment(
        facts["debtor"], to_cents(facts["usd"]), date.fromisoformat(facts["start"]), date.fromisoformat(facts["end"])
    )
    settings = MoneySettings(days_in_leap_year=facts.get("leap", 365))
    result = accrue_segments([segment], facts.get("payee"), settings)
    if isinstance(result, Undetermined):
        return f"unknown {result.missing}", result.rule
    return format_cents(abs(result.cents)), "int-underpay" if facts["debtor"] == "importer" else "int-overpay"


def run_segments(facts: dict[str, Any]) -> tuple[str, str]:
    claimed = facts.get("claimed")
    segments = find_segments(
        to_cents(facts["found"]),
        [Movement(date.fromisoformat(on), to_cents(usd)) for on, usd in facts["moves"]],
        required_on=date.fromisoformat(facts["required"]),
        until=date.fromisoformat(facts["until"]),
        claimed_on=None if claimed is None else date.fromisoformat(claimed),
    )
    result = accrue_segments(segments, facts.get("payee"), MONEY)
    assert isinstance(result, Interest)
    ordered = sorted(segments, key=lambda segment: (segment.start, segment.end))
    shown = " ".join(f"{each.debtor}:{format_cents(each.cents)}:{each.start}:{each.end}" for each in ordered)
    return f"{shown} = {format_cents(result.cents)}", "int-segments" if claimed is None else "int-overpay-1520d"


def run_bill(facts: dict[str, Any]) -> tuple[str, str]:
    issued = date.fromisoformat(facts["issued"])
    bill = Bill(
        date.fromisoformat(facts["liquidated"]), issued, add_days(issued, 30), {"duty": to_cents(facts["usd"])}, 0
    )
    payments = [Payment(date.fromisoformat(on), to_cents(usd)) for on, usd in facts["payments"]]
    settings = MoneySettings(delinquency_base=facts.get("base", "billed"))
    rule = "bill-payment-order" if payments else "int-delinquent"
    result = settle(bill, payments, date.fromisoformat(facts["on"]), settings)
    if isinstance(result, Undetermined):
        return f"unknown {result.missing}", rule
    assert format_cents(result.surplus_cents) == facts.get("surplus", "0.00")
    return format_cents(result.open_cents), rule


def run_refund(facts: dict[str, Any]) -> tuple[str, str]:
    liquidated = date.fromisoformat(facts["liquidated"])
    refund = refunds.Refund(liquidated, add_days(liquidated, 30), {"duty": to_cents(facts["usd"])}, 0)
    spells = [
        Unready(date.fromisoformat(start), None if end is None else date.fromisoformat(end))
        for start, end in facts.get("unready", [])
    ]
    result = delay_of(
        refund,
        date.fromisoformat(facts["on"]),
        facts.get("payee"),
        MoneySettings(unready_block=facts.get("unready_block", "any-day")),
        unready=spells,
    )
    rule = "refund-ach" if spells else "refund-due"
    if isinstance(result, Undetermined):
        return f"unknown {result.missing}", rule
    return format_cents(result.interest_cents), rule


def run_readiness(facts: dict[str, Any]) -> tuple[str, str]:
    payee = PayeeFacts(
        is_identified=facts.get("identified", True),
        has_ach_enrollment=facts.get("enrolled"),
        has_valid_bank_data=facts.get("bank"),
        has_paper_waiver=facts.get("waiver", False),
    )
    result = check_readiness(payee, date.fromisoformat(facts["certified"]))
    return " ".join((result.state, result.way, *result.missing)), result.rule


RUNNERS = {
    "mpf": run_mpf,
    "hmf": run_hmf,
    "limit": run_limit,
    "interest": run_interest,
    "segments": run_segments,
    "bill": run_bill,
    "refund": run_refund,
    "readiness": run_readiness,
}


@pytest.mark.parametrize("row", VECTORS, ids=lambda row: row["id"])
def test_vector_holds(row: dict[str, str]) -> None:
    assert RUNNERS[row["kind"]](json.loads(row["facts"])) == (row["expected"], row["rule"]), row["note"]


def test_vectors_are_numbered_once_and_every_kind_has_rows() -> None:
    assert len(VECTORS) >= 50
    assert len({row["id"] for row in VECTORS}) == len(VECTORS)
    assert {row["kind"] for row in VECTORS} == set(RUNNERS)


def test_every_rule_of_money_has_a_vector_or_a_test_of_its_own() -> None:
    tested_here = {"int-adcvd"}
    assert set(rules.MONEY_RULES) - {row["rule"] for row in VECTORS} == tested_here
    assert not set(rules.MONEY_RULES) & set(RULES), "a rule stands in one table"
    assert {row["rule"] for row in VECTORS} <= set(rules.MONEY_RULES) | set(RULES)


@pytest.mark.parametrize("step", [-1, 1])
@pytest.mark.parametrize(
    ("module", "name"),
    [
        (assessment, "MINIMUM_CENTS"),
        (bills, "INTEREST_BLOCK_DAYS"),
        (refunds, "INTEREST_BLOCK_DAYS"),
        (refunds, "ELECTRONIC_REFUNDS_FROM"),
    ],
    ids=lambda value: value if isinstance(value, str) else value.__name__.rpartition(".")[2],
)
def test_no_number_can_change_without_failing_a_vector(
    monkeypatch: pytest.MonkeyPatch, module: ModuleType, name: str, step: int
) -> None:
    value = getattr(module, name)
    monkeypatch.setattr(module, name, add_days(value, step) if isinstance(value, date) else value + step)
    outcomes = (RUNNERS[row["kind"]](json.loads(row["facts"])) == (row["expected"], row["rule"]) for row in VECTORS)
    assert not all(outcomes)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_every_rule_that_a_docstring_cites_is_in_a_table(module: ModuleType) -> None:
    text = Path(str(module.__file__)).read_text(encoding="utf-8")
    cited = set(re.findall(r"\b((?:fee|min|int|bill|refund)-[a-z0-9-]+)(?: \[|\", |,)", text))
    assert cited <= set(rules.MONEY_RULES) | set(RULES)


@pytest.mark.parametrize("module", MODULES, ids=lambda module: module.__name__.rpartition(".")[2])
def test_no_number_of_money_is_a_float_or_comes_from_a_division(module: ModuleType) -> None:
    tree = ast.parse(Path(str(module.__file__)).read_text(encoding="utf-8"))
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Constant) and isinstance(node.value, float)]
    assert not [node for node in ast.walk(tree) if isinstance(node, ast.Div)]
    assert "float" not in {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}


# Amounts


LINE = LineFacts(
    1,
    (TariffAmount("7208390015", 50000, 0), TariffAmount("99038187", 0, 2500000)),
    (CaseDeposit("A570012000", 1250000), CaseDeposit("C570013000", 300000)),
    (FeeAmount("499", 17320), FeeAmount("501", 6250), FeeAmount("022", 100)),
)


def test_a_line_is_divided_by_class_and_its_classes_add_up() -> None:
    assert amounts_of_line(LINE) == {
        "022": 100,
        "499": 17320,
        "501": 6250,
        "additional-duty": 2500000,
        "antidumping": 1250000,
        "countervailing": 300000,
    }
    assert total_cents(amounts_of_entry([LINE, LINE])) == 2 * total_cents(amounts_of_line(LINE)) == 2 * 4073670


def test_what_one_heading_brought_can_be_told() -> None:
    assert duty_by_heading([LINE, LINE]) == {"99038187": 5000000}


def test_a_fee_that_is_not_expected_is_found_too_high_and_an_unknown_one_is_not_judged() -> None:
    by_air = SummaryFacts("01", date(2026, 3, 2), (LINE,), "40")
    assert [finding.verdict for finding in compare_fees(by_air, MONEY)] == ["agrees", "too-high"]
    later = SummaryFacts("01", date(2026, 10, 1), (LINE,), "11")
    assert [finding.verdict for finding in compare_fees(later, MONEY)] == ["unknown", "agrees"]


def test_an_expected_fee_says_how_it_came_about() -> None:
    fee = expected_mpf(
        SummaryFacts("01", date(2026, 3, 2), (LineFacts(1, (TariffAmount("8471300100", 1000, 0),)),)), MONEY
    )
    assert fee.why == "FY2026: 0.3464 % of 1000 = 3.46, the minimum"
    assert "90 FR 34665" in fee.source


def test_a_chapter_98_line_leaves_the_processing_fee_open() -> None:
    returned = LineFacts(1, (TariffAmount("9801001000", 5000, 0),))
    assert expected_mpf(SummaryFacts("01", date(2026, 3, 2), (returned,)), MONEY).rule == "fee-mpf-exempt"


def test_a_fee_of_a_day_that_the_table_does_not_cover_is_unknown() -> None:
    goods = (LineFacts(1, (TariffAmount("8471300100", 1000, 0),)),)
    informal = expected_mpf(SummaryFacts("11", date(2026, 10, 1), goods), MONEY)
    assert (informal.cents, informal.class_code) == (None, "311")
    assert "2026-10-01" in informal.why
    assert expected_hmf(SummaryFacts("01", date(1990, 12, 31), goods, "11"), MONEY).cents is None


# Assessment


def facts(**changes: Any) -> LiquidationFacts:
    base: dict[str, Any] = {
        "entry_date": date(2025, 2, 26),
        "liquidated_on": date(2026, 1, 16),
        "before": {"duty": 500_00, "499": 100_00},
        "found": {"duty": 500_00, "499": 100_00},
        "deposits": (Deposit(date(2025, 3, 10), {"duty": 500_00, "499": 100_00}),),
        "required_on": date(2025, 3, 10),
        "payee": "corporate",
    }
    return LiquidationFacts(**(base | changes))


def assessed(of: LiquidationFacts, settings: MoneySettings = MONEY) -> Assessment:
    result = assess(of, settings)
    assert isinstance(result, Assessment)
    return result


def test_an_entry_without_change_is_liquidated_as_entered_and_needs_no_other_fact() -> None:
    result = assessed(facts(deposits=None, required_on=None, payee=None, liquidated_on=date(2030, 1, 4)))
    assert (result.outcome, result.total_cents, result.interest.segments) == ("no-change", 0, ())
    assert not result.is_disregarded


def test_classes_are_netted_for_interest_unless_the_setting_takes_each_by_itself() -> None:
    mixed = facts(found={"duty": 600_00, "499": 20_00})
    netted = assessed(mixed)
    assert [(each.debtor, each.cents) for each in netted.interest.segments] == [("importer", 20_00)]
    apart = assessed(mixed, MoneySettings(netting="class"))
    assert sorted((each.debtor, each.cents) for each in apart.interest.segments) == [
        ("cbp", 80_00),
        ("importer", 100_00),
    ]
    assert netted.principal == apart.principal == {"499": -80_00, "duty": 100_00}


def test_a_deposit_that_was_late_bears_interest_though_nothing_else_changes() -> None:
    late = facts(deposits=(Deposit(date(2025, 3, 20), {"duty": 500_00, "499": 100_00}),))
    result = assessed(late)
    assert (result.change_cents, result.interest.cents) == (0, 1_15), "600.00 for 10 days at 7 % is 1.15"
    assert result.is_disregarded, "1.15 in all"


def test_a_refund_needs_to_know_whether_the_importer_is_a_corporation() -> None:
    result = assess(facts(found={"duty": 100_00, "499": 100_00}, payee=None), MONEY)
    assert isinstance(result, Undetermined)
    assert result.missing == "payee-kind"


def test_an_increase_does_not_need_the_kind_of_the_importer_but_the_day_the_deposit_was_due() -> None:
    increase = {"duty": 900_00, "499": 100_00}
    assert assessed(facts(found=increase, payee=None)).outcome == "increase"
    result = assess(facts(found=increase, required_on=None), MONEY)
    assert isinstance(result, Undetermined)
    assert result.missing == "deposit-due-date"


def test_a_refund_does_not_need_the_day_the_deposit_was_due() -> None:
    less = {"duty": 100_00, "499": 100_00}
    assert assessed(facts(found=less, required_on=None)) == assessed(facts(found=less))


def test_a_change_with_an_unknown_day_of_deposit_is_not_computed() -> None:
    result = assess(facts(found={"duty": 100_00}, deposits=None), MONEY)
    assert isinstance(result, Undetermined)
    assert (result.missing, result.rule) == ("deposit-date", "int-overpay")


def test_a_day_without_a_rate_leaves_the_money_undetermined() -> None:
    result = assess(facts(found={"duty": 900_00}, liquidated_on=date(2027, 1, 8)), MONEY)
    assert isinstance(result, Undetermined)
    assert (result.rule, result.missing) == ("int-rate-source", "interest-rate")
    assert "2027-01-01" in result.why
    assert "2026-12-31" in result.why


@pytest.mark.parametrize(
    ("order_on", "is_known"), [(None, False), (date(2025, 2, 26), True), (date(2025, 2, 27), False)]
)
def test_interest_of_a_case_runs_only_for_entries_since_its_order(order_on: date | None, is_known: bool) -> None:
    """Rule int-adcvd, 19 USC 1677g."""
    paid = {"antidumping": 1000_00, "duty": 500_00}
    case = facts(
        before=paid,
        found={"antidumping": 400_00, "duty": 500_00},
        deposits=(Deposit(date(2025, 3, 10), paid),),
        case_order_on=order_on,
    )
    result = assess(case, MONEY)
    if is_known:
        assert isinstance(result, Assessment)
        assert [(each.debtor, each.cents) for each in result.interest.segments] == [("cbp", 600_00)]
    else:
        assert isinstance(result, Undetermined)
        assert (result.rule, result.missing) == ("int-adcvd", "case-order-date")


def test_an_allowed_protest_refunds_with_interest_to_the_reliquidation() -> None:
    allowed = facts(
        found={"duty": 300_00, "499": 100_00}, liquidated_on=date(2026, 3, 20), occasion="reliquidation-on-request"
    )
    result = assessed(allowed)
    assert result.interest.segments == (Segment("cbp", 200_00, date(2025, 3, 10), date(2026, 3, 20)),)
    assert (result.outcome, result.change_cents) == ("refund", -200_00)


def test_a_reliquidation_counts_only_the_interest_that_is_new() -> None:
    first = assessed(facts(found={"duty": 900_00, "499": 100_00}))
    again = assessed(
        facts(
            before={"duty": 900_00, "499": 100_00},
            found={"duty": 900_00, "499": 100_00},
            deposits=(
                Deposit(date(2025, 3, 10), {"duty": 500_00, "499": 100_00}),
                Deposit(date(2026, 1, 16), {"duty": 400_00}),
            ),
            liquidated_on=date(2026, 3, 20),
            occasion="reliquidation",
            assessed_interest_cents=first.interest.cents,
        )
    )
    assert (again.outcome, again.interest_change_cents, again.total_cents) == ("no-change", 0, 0)


def test_deposits_that_do_not_add_up_to_what_stood_before_are_an_error() -> None:
    with pytest.raises(ValueError, match="stood before"):
        assess(facts(before={"duty": 1_00}), MONEY)


def test_the_outcome_is_foreseen_only_where_interest_cannot_turn_it() -> None:
    refund = facts(found={"duty": 480_00, "499": 100_00}, payee=None)
    assert foresee_outcome(refund, MONEY) == "refund"
    assert foresee_outcome(facts(), MONEY) == "no-change"
    assert foresee_outcome(facts(found={"duty": 481_00, "499": 100_00}), MONEY) is None, (
        "interest may bring it to 20.00"
    )
    late = (Deposit(date(2025, 3, 20), {"duty": 500_00, "499": 100_00}),)
    assert foresee_outcome(facts(found={"duty": 480_00, "499": 100_00}, deposits=late), MONEY) is None
    case = facts(found={"duty": 480_00, "499": 100_00, "antidumping": 90_00})
    assert foresee_outcome(case, MONEY) is None, "the case goes the other way"
    assert foresee_outcome(facts(occasion="reliquidation"), MONEY) is None, "interest assessed before may change"


def test_more_cannot_be_taken_back_than_stands_there() -> None:
    with pytest.raises(InvalidFinding, match="class duty"):
        apply_effect({"duty": 100, "499": 500}, {"duty": -101})
    with pytest.raises(InvalidFinding, match="all classes"):
        apply_effect({"duty": 100}, {"duty-unspecified": -101})
    assert apply_effect({"additional-duty": 100}, {"duty-unspecified": -60}) == {
        "additional-duty": 100,
        "duty-unspecified": -60,
    }


def test_deposits_and_early_refunds_add_up_by_class() -> None:
    moved = (Deposit(date(2025, 1, 1), {"duty": 100, "499": 5}), Deposit(date(2025, 5, 1), {"duty": -100}))
    assert deposits_before(moved) == {"499": 5}


def test_a_deposit_not_yet_due_when_the_entry_liquidates_is_short_for_no_day() -> None:
    paid = [Movement(date(2026, 1, 5), 1200_00)]
    assert find_segments(1500_00, paid, required_on=date(2026, 1, 20), until=date(2026, 1, 16)) == ()
    excess = find_segments(1000_00, paid, required_on=date(2026, 1, 20), until=date(2026, 1, 16))
    assert excess == (Segment("cbp", 200_00, date(2026, 1, 5), date(2026, 1, 16)),)


def test_a_social_security_number_is_a_natural_persons() -> None:
    assert payee_kind("900-12-3456", is_corporation=None) == "non-corporate"
    assert payee_kind("262607-12345", is_corporation=None) is None
    assert payee_kind("07-123456700", is_corporation=True) == "corporate"


# Bills and refunds


def bill_of(found: dict[str, int]) -> Bill:
    return issue_bill(assessed(facts(found=found)), date(2026, 1, 16), date(2026, 1, 16))


def test_a_bill_keeps_its_classes_and_the_interest_to_liquidation() -> None:
    bill = bill_of({"duty": 900_00, "499": 60_00})
    assert bill.principal == {"499": -40_00, "duty": 400_00}
    assert (bill.due_on, bill.interest_cents) == (date(2026, 2, 15), 22_20), "360.00 for 312 days at 7 %"
    assert bill.billed_cents == 382_20


def test_a_refund_shows_what_cbp_owes_as_positive() -> None:
    refund = open_refund(assessed(facts(found={"duty": 100_00, "499": 100_00})), date(2026, 1, 16))
    assert refund.principal == {"duty": 400_00}
    assert (refund.interest_cents, refund.refund_cents) == (21_05, 421_05), "400.00 for 312 days at 6 %"


def test_neither_bill_nor_refund_follows_from_a_difference_that_is_disregarded() -> None:
    small = assessed(facts(found={"duty": 505_00, "499": 100_00}))
    assert small.is_disregarded
    with pytest.raises(ValueError, match="no-change"):
        issue_bill(small, date(2026, 1, 16), date(2026, 1, 16))
    with pytest.raises(ValueError, match="no-change"):
        open_refund(small, date(2026, 1, 16))


def test_a_part_payment_counts_for_the_block_in_which_it_comes() -> None:
    bill = Bill(date(2026, 1, 16), date(2026, 1, 16), date(2026, 2, 15), {"duty": 1000_00}, 0)
    on_last_day = settle(bill, [Payment(date(2026, 3, 17), 505_77)], date(2026, 3, 18), MONEY)
    a_day_later = settle(bill, [Payment(date(2026, 3, 18), 505_77)], date(2026, 3, 18), MONEY)
    assert not isinstance(on_last_day, Undetermined)
    assert not isinstance(a_day_later, Undetermined)
    assert [block.base_cents for block in on_last_day.blocks] == [1000_00, 500_00], "5.77 went to interest first"
    assert [block.base_cents for block in a_day_later.blocks] == [1000_00, 1000_00]


def test_a_late_bill_that_was_paid_by_the_divisor_of_leap_years_counts_as_deposited() -> None:
    """100,000.00 x ((1 + 0.08/366)^30 - 1) = 657.82 for the block of January 2024; by 365 days it is 659.63."""
    bill = Bill(date(2024, 1, 5), date(2024, 1, 5), date(2024, 2, 4), {"duty": 100_000_00}, 0)
    paid, later = [Payment(date(2024, 2, 14), 100_657_82)], date(2024, 3, 1)
    deposits = balance.find_later_deposits(bill, paid, later, MoneySettings(days_in_leap_year=366))
    assert deposits == (Deposit(date(2024, 2, 14), {"duty": 100_000_00}),)
    short = balance.find_later_deposits(bill, paid, later, MoneySettings(days_in_leap_year=365))
    assert isinstance(short, Undetermined), "1.81 is still open"


def test_a_late_bill_that_was_paid_with_interest_on_interest_counts_as_deposited() -> None:
    """Two blocks at 7 %: 576.95 on 100,000.00, and 580.27 on 100,576.95 where blocks run on any unpaid balance."""
    bill = Bill(date(2026, 1, 16), date(2026, 1, 16), date(2026, 2, 15), {"duty": 100_000_00}, 0)
    paid, later = [Payment(date(2026, 3, 18), 101_157_22)], date(2026, 4, 1)
    on_balance = MoneySettings(delinquency_base="unpaid-balance")
    deposits = balance.find_later_deposits(bill, paid, later, on_balance)
    assert deposits == (Deposit(date(2026, 3, 18), {"duty": 100_000_00}),)
    assert isinstance(balance.find_later_deposits(bill, paid, later, MONEY), Undetermined), "3.32 were paid too much"


def test_a_surety_is_billed_after_as_many_days_as_the_law_in_force_says() -> None:
    bill = Bill(date(2026, 1, 16), date(2026, 1, 16), date(2026, 2, 15), {"duty": 1000_00}, 0)
    earlier = replace(POLICY, law=LawSettings(surety_bill_days=40, surety_bill_every_months=2))
    due = find_notices(bill, [], date(2026, 1, 16), date(2026, 5, 1), has_surety=True, policy=earlier)
    demands = [notice.on for notice, _ in due if notice.kind == "surety-demand"]
    assert demands == [date(2026, 2, 25), date(2026, 4, 25)]
    assert find_next_step(bill, date(2026, 2, 16), has_surety=True, policy=earlier) == date(2026, 2, 25)


def test_a_protest_holds_back_sanctions_but_not_interest() -> None:
    """Rule bill-setoff-hold: delinquency takes no account of protests, set-off does."""
    due_on, filed = date(2026, 7, 15), date(2026, 7, 1)
    assert not may_set_off(date(2026, 7, 15), due_on, None, None), "it may still be filed"
    assert may_set_off(date(2026, 7, 16), due_on, None, None)
    assert may_set_off(date(2026, 7, 20), due_on, date(2026, 7, 16), None), "filed too late"
    assert not may_set_off(date(2026, 9, 1), due_on, filed, date(2026, 9, 2))
    assert may_set_off(date(2026, 9, 2), due_on, filed, date(2026, 9, 2))
    assert bills.is_delinquent(bill_of({"duty": 900_00}), date(2026, 2, 16), is_paid=False)


def test_a_surety_owes_no_more_than_is_left_of_the_bond() -> None:
    assert surety_demand_cents(100_00, 50_00, 60_00) == 0


def test_a_refund_waits_until_its_payee_can_be_paid() -> None:
    waiting = check_readiness(PayeeFacts(has_ach_enrollment=False), date(2026, 3, 1))
    assert state_of(waiting, None, date(2026, 3, 1)) == "waiting"
    assert "Enroll for ACH refunds" in waiting.remedy
    ready = check_readiness(PayeeFacts(has_ach_enrollment=True, has_valid_bank_data=True), date(2026, 3, 1))
    assert check_readiness(PayeeFacts(has_ach_enrollment=True, has_valid_bank_data=True), date(2026, 2, 5)).way == "ach"
    assert [state_of(ready, date(2026, 3, 3), date(2026, 3, day)) for day in (2, 3)] == ["ready", "paid"]


def test_a_refund_that_is_paid_bears_nothing_after_its_payment() -> None:
    refund = refunds.Refund(date(2026, 1, 16), date(2026, 2, 15), {"duty": 1000_00}, 0)
    paid = delay_of(refund, date(2026, 8, 1), "non-corporate", MONEY, paid_on=date(2026, 3, 1))
    assert not isinstance(paid, Undetermined)
    assert (len(paid.blocks), paid.is_delinquent) == (1, False)
    assert paid == delay_of(refund, date(2026, 3, 1), "non-corporate", MONEY, paid_on=date(2026, 3, 1))


def test_a_late_refund_can_bear_interest_on_interest_by_setting() -> None:
    refund = refunds.Refund(date(2026, 1, 16), date(2026, 2, 15), {"duty": 100_000_00}, 0)
    setting = MoneySettings(delinquency_base="unpaid-balance")
    delay = delay_of(refund, date(2026, 3, 18), "non-corporate", setting)
    assert not isinstance(delay, Undetermined)
    assert [block.base_cents for block in delay.blocks] == [100_000_00, 100_576_95]


def test_a_late_refund_in_a_quarter_without_a_rate_is_undetermined() -> None:
    refund = refunds.Refund(date(2026, 12, 10), date(2027, 1, 9), {"duty": 1000_00}, 0)
    result = delay_of(refund, date(2027, 1, 20), "non-corporate", MONEY)
    assert isinstance(result, Undetermined)
    assert result.missing == "interest-rate"


# The document


DOCUMENT = (ROOT / "docs" / "money.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(r"^## (\d+)\. .+?\n(.*?)(?=^## |\Z)", DOCUMENT, re.MULTILINE | re.DOTALL)


def example_rows() -> list[tuple[str, str, str]]:
    """Example, vector id and figure of every row of the document that names a vector."""
    return [
        (number, vector_id, figure)
        for number, text in EXAMPLES
        for vector_id, figure in re.findall(r"^\|.*\| `([a-z]+-\d+)` \| \*\*(.+?)\*\* \|$", text, re.MULTILINE)
    ]


def test_the_document_has_worked_examples_and_each_names_a_vector() -> None:
    assert len(EXAMPLES) >= 6
    assert {number for number, _, _ in example_rows()} == {number for number, _ in EXAMPLES}


@pytest.mark.parametrize(("number", "vector_id", "figure"), example_rows(), ids=lambda value: str(value)[:12])
def test_the_figures_of_the_document_are_those_of_the_vectors(number: str, vector_id: str, figure: str) -> None:
    row = next(row for row in VECTORS if row["id"] == vector_id)
    expected = row["expected"].rpartition(" = ")[2]
    assert figure.replace(",", "") == expected, f"example {number}"


@pytest.mark.parametrize("formula", re.findall(r"`([\d,.]+ x .+?) = ([\d,.]+)`", DOCUMENT))
def test_the_formulas_of_the_document_come_out(formula: tuple[str, str]) -> None:
    """Reads `100,000.00 x ((1 + 0.07/365)^312 - 1)` and products of such factors with Decimal."""
    left, right = formula
    principal, _, factor = left.replace(",", "").partition(" x ")
    product = Decimal(1)
    for percent, year, days in re.findall(r"\(1 \+ ([\d.]+)/(\d+)\)\^(\d+)", factor):
        product *= (1 + Decimal(percent) / Decimal(year)) ** int(days)
    if "^" in factor:
        assert factor.endswith("- 1)")
        amount = Decimal(principal) * (product - 1)
    else:
        amount = Decimal(principal) * Decimal(factor.removesuffix(" %")) / 100
    places = Decimal(1).scaleb(-len(right.partition(".")[2]))
    assert amount.quantize(places) == Decimal(right.replace(",", ""))
