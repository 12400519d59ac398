"""The clocks that a liquidation starts: its notice, reliquidation, and the two meanings of final."""

from collections.abc import Iterator
from typing import Final

from services.liquidation.domain import reliquidation
from services.liquidation.domain.calculator.case import Case
from services.liquidation.domain.calculator.row import Row
from services.liquidation.domain.liquidation_acts import StandingLiquidation
from services.liquidation.domain.rules.rule import Finding
from services.liquidation.domain.start_dates import notice_kept_until
from shared.customs.calendar import Due


def _standing(case: Case) -> StandingLiquidation:
    assert case.standing is not None
    return case.standing


def _final_1514(case: Case, *, is_original: bool = False) -> Due | None:
    """For everyone; `is_original`: of what was decided first, whatever a reliquidation or a demand opened later."""
    standing = _standing(case)
    contests = [reliquidation.Contest(case.denied_on, is_sued_on=case.facts.is_sued_on)] if case.is_contested else []
    return reliquidation.final_1514_on(
        standing.on,
        contests,
        posted_on=standing.latest_start,
        reliquidated_on=() if is_original else standing.reliquidated_on,
        demanded_on=None if is_original else case.surety_demanded_on,
        entered_on=case.entered_by,
        law=case.law,
    )


def _judge_cape_refund(case: Case) -> Finding | None:
    return reliquidation.judge_cape_refund(
        case.kind,
        is_flagged=bool(case.facts.reconciliation_issues),
        is_protest_open=case.is_protest_open,
        liquidated_on=case.liquidated_on,
    )


ROWS: Final = (
    Row(
        "reliq-1501",
        "CBP may reliquidate until",
        ("liquidated_on",),
        "government",
        lambda _: None,
        "CBP loses the power to reliquidate on its own motion",
        lambda case: case.judged is None and bool(case.facts.reliquidated_on or case.facts.reliquidations),
    ),
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
        lambda case: reliquidation.own_motion_until(_standing(case).on, _standing(case).posted_on),
        "CBP loses the power to reliquidate on its own motion",
        lambda case: case.is_liquidated and not case.is_deemed,
    ),
    Row(
        "liq-after-deemed",
        "CBP may reliquidate until",
        ("liquidated_on",),
        "government",
        lambda case: reliquidation.own_motion_until(_standing(case).on, _standing(case).posted_on),
        "CBP has no power left on its own motion",
        lambda case: case.is_liquidated and case.is_deemed,
    ),
    Row(
        "final-two-meanings",
        "final under 1501 from",
        ("liquidated_on",),
        "government",
        lambda case: reliquidation.final_1501_on(_standing(case).on, _standing(case).posted_on),
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
        lambda case: case.is_liquidated and case.facts.asks_cape_refund and _judge_cape_refund(case) is None,
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
    """What the rules say of the acts themselves: without effect, too late, in time as a reliquidation."""
    if case.judged is not None:
        yield from case.judged.findings
    if case.standing is not None and case.standing.reliquidated_on and not case.is_contested:
        others = _final_1514(case, is_original=True)
        if others is not None:
            why = f"what the reliquidation left as it was is final from {others.safe}, arguably {others.last_arguable}"
            yield Finding("protest-reliq-scope", "stays-final", why)
    if case.facts.asks_cape_refund and (found := _judge_cape_refund(case)) is not None:
        yield found
    if case.liquidated_on is not None and case.facts.records_demanded_on is not None:
        yield reliquidation.judge_records_reliquidation(case.liquidated_on, case.facts.records_demanded_on)
    if case.liquidated_on is not None and case.facts.court_ordered_on is not None:
        ordered_on, is_in_suit = case.facts.court_ordered_on, case.facts.is_in_suit
        found = reliquidation.judge_court_order(_final_1514(case, is_original=True), ordered_on, is_in_suit=is_in_suit)
        if case.judged is None or found not in case.judged.findings:
            yield found
