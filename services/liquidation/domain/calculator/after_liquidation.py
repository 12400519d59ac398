"""The clocks that a liquidation starts: its notice, reliquidation, and the two meanings of final."""

from collections.abc import Iterator
from typing import Final

from services.liquidation.domain import reliquidation
from services.liquidation.domain.calculator.case import Case
from services.liquidation.domain.calculator.protests import judge_protest
from services.liquidation.domain.calculator.row import Row
from services.liquidation.domain.clocks import (
    reliquidation_due,
)
from services.liquidation.domain.rules.rule import Finding
from services.liquidation.domain.start_dates import (
    notice_kept_until,
)
from services.liquidation.domain.suspension import (
    judge_deemed_posting,
    judge_liquidation,
)
from shared.customs.calendar import Due


def _final_1514(case: Case) -> Due | None:
    facts = case.facts
    verdict = judge_protest(case)
    is_contested = verdict is not None and verdict.outcome in ("timely", "arguable")
    contest = reliquidation.Contest(case.denied_on, is_sued_on=facts.is_sued_on) if is_contested else None
    posted_on = facts.posted_on if facts.is_deemed else None
    return reliquidation.final_1514_on(
        case.day("liquidated_on"), contest, posted_on=posted_on, entered_on=case.entry_date, law=case.law
    )


ROWS: Final = (
    Row(
        "liquidation-date",
        "the notice stays posted at least until",
        ("posted_on",),
        "none",
        lambda case: notice_kept_until(case.day("posted_on")),
        "the posting may be taken down",
        lambda case: case.is_liquidated,
    ),
    Row(
        "reliq-1501",
        "CBP may reliquidate until",
        ("liquidated_on",),
        "government",
        lambda case: reliquidation_due(case.day("liquidated_on")),
        "CBP loses the power to reliquidate on its own motion",
        lambda case: case.is_liquidated and not case.facts.is_deemed,
    ),
    Row(
        "liq-after-deemed",
        "CBP may reliquidate until",
        ("liquidated_on",),
        "government",
        lambda case: reliquidation_due(case.day("liquidated_on")),
        "CBP has no power left on its own motion",
        lambda case: case.is_liquidated and case.facts.is_deemed,
    ),
    Row(
        "final-two-meanings",
        "final under 1501 from",
        ("liquidated_on",),
        "government",
        lambda case: reliquidation.final_1501_on(case.day("liquidated_on")),
        "only a protest, a court or a listed exception changes the entry",
        lambda case: case.is_liquidated,
    ),
    Row(
        "final-1514",
        "final under 1514 from",
        ("liquidated_on",),
        "none",
        _final_1514,
        "final for everyone, right or wrong",
        lambda case: case.is_liquidated,
    ),
    Row(
        "reliq-cape-80",
        "CAPE phase 1 takes the entry until",
        ("liquidated_on",),
        "none",
        lambda case: reliquidation.cape_filing_due(case.day("liquidated_on")),
        "excluded from phase 1: protest, or court",
        lambda case: case.is_liquidated and case.facts.asks_cape_refund,
    ),
    Row(
        "duty-1592d",
        "lost duties owed until",
        ("violated_on",),
        "none",
        lambda case: reliquidation.lost_duty_until(
            case.day("violated_on"), case.facts.fraud_discovered_on, law=case.law
        ),
        "a suit is barred",
        lambda case: case.facts.violated_on is not None,
    ),
)


def find(case: Case) -> Iterator[Finding]:
    """What the rules say of the liquidation itself."""
    facts = case.facts
    if facts.liquidated_on is not None and facts.suspensions:
        judge = judge_deemed_posting if facts.is_deemed else judge_liquidation
        yield judge(facts.suspensions, facts.liquidated_on)
    if facts.liquidated_on is not None and facts.records_demanded_on is not None:
        yield reliquidation.judge_records_reliquidation(facts.liquidated_on, facts.records_demanded_on)
    if facts.liquidated_on is not None and facts.court_ordered_on is not None:
        yield reliquidation.judge_court_order(_final_1514(case), facts.court_ordered_on, is_in_suit=facts.is_in_suit)
