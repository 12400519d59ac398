"""The clocks of bills, refunds and interest."""

from datetime import date
from typing import Final

from services.liquidation.domain import bill_clocks, reliquidation
from services.liquidation.domain.calculator.case import Case
from services.liquidation.domain.calculator.row import Row
from shared.customs.calendar import Due


def _last_act(case: Case) -> date:
    """The liquidation, or the last reliquidation of it that stands."""
    assert case.standing is not None
    return max(case.standing.reliquidated_on, default=case.standing.on)


def _bond_suit(case: Case) -> Due:
    return reliquidation.bond_suit_due(case.day("liquidated_on"), case.surety_demanded_on, law=case.law)


def _interest_begins(case: Case, claimed: str | None = None) -> date:
    claimed_on = case.day(claimed) if claimed is not None else None
    return bill_clocks.overpayment_span(case.day("paid_on"), case.day("liquidated_on"), claimed_on).begins_on


ROWS: Final = (
    Row(
        "bill-due",
        "bill due",
        ("billed_on",),
        "none",
        lambda case: bill_clocks.bill_due(case.day("billed_on")),
        "delinquent the day after, protested or not; interest in whole blocks of 30 days from liquidation",
        lambda case: case.facts.billed_on is not None,
    ),
    Row(
        "bill-notice-surety",
        "the surety is billed about",
        ("billed_on",),
        "none",
        lambda case: bill_clocks.first_surety_bill(case.day("billed_on"), case.law),
        "the demand starts the surety's time to protest",
        lambda case: case.facts.billed_on is not None,
    ),
    Row(
        "bill-notice-principal",
        "next notice to the principal",
        ("billed_on",),
        "none",
        lambda case: bill_clocks.first_overdue_notice(case.day("billed_on")),
        "again every 30 days while unpaid",
        lambda case: case.facts.billed_on is not None,
    ),
    Row(
        "bill-dunning",
        "dunning letter",
        ("billed_on",),
        "none",
        lambda case: bill_clocks.dunning_on(case.day("billed_on")),
        "administrative",
        lambda case: case.facts.billed_on is not None,
    ),
    Row(
        "suit-bond-2415",
        "suit on the bond until",
        ("liquidated_on",),
        "none",
        _bond_suit,
        "the United States is barred",
        lambda case: case.facts.billed_on is not None or case.facts.surety_demanded_on is not None,
    ),
    Row(
        "refund-due",
        "a refund is due",
        ("liquidated_on",),
        "none",
        lambda case: bill_clocks.refund_due(_last_act(case)),
        "interest runs against CBP",
        lambda case: case.is_liquidated and not case.is_allowed,
    ),
    Row(
        "int-underpay",
        "interest on an underpayment runs from",
        ("deposit_required_on", "liquidated_on"),
        "none",
        lambda case: (
            bill_clocks.underpayment_span(case.day("deposit_required_on"), case.day("liquidated_on")).begins_on
        ),
        "to the liquidation or reliquidation",
        lambda case: case.is_liquidated,
    ),
    Row(
        "int-overpay",
        "interest on an overpayment runs from",
        ("paid_on", "liquidated_on"),
        "none",
        _interest_begins,
        "to the liquidation or reliquidation",
        lambda case: case.is_liquidated and case.facts.preference_claimed_on is None,
    ),
    Row(
        "int-overpay-1520d",
        "interest on the refund of a preference runs from",
        ("preference_claimed_on", "paid_on", "liquidated_on"),
        "none",
        lambda case: _interest_begins(case, "preference_claimed_on"),
        "to the reliquidation",
        lambda case: case.is_liquidated and case.facts.preference_claimed_on is not None,
    ),
)
