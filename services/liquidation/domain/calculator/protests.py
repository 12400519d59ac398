"""The clocks of protests, of further review and of suits."""

from collections.abc import Iterator
from typing import Final

from services.liquidation.domain.calculator.case import Case
from services.liquidation.domain.calculator.row import Row
from services.liquidation.domain.clocks import (
    protest_decision_due,
    protest_due,
)
from services.liquidation.domain.protest import decision as protest_decision
from services.liquidation.domain.protest import further_review, timeliness
from services.liquidation.domain.rules.rule import Finding
from shared.customs.calendar import Due


def _protest_window(case: Case) -> Due:
    return timeliness.protest_window(case.day("liquidated_on"), case.entry_date, case.law)


def _deemed_protest_window(case: Case) -> Due:
    """From the deemed date (safe) and from the posting (arguable)."""
    liquidated_on = case.day("liquidated_on")
    safe = _protest_window(case)
    posted = protest_due(liquidated_on, case.facts.posted_on or liquidated_on, case.law)
    return Due(safe.safe, max(safe.last_arguable, posted.last_arguable))


def judge_protest(case: Case) -> Finding | None:
    """Whether the protest against the liquidation is in time; None when there is none."""
    facts = case.facts
    if facts.liquidated_on is None or facts.protest_received_on is None or facts.is_exclusion_protest:
        return None
    due = _deemed_protest_window(case) if facts.is_deemed else _protest_window(case)
    return timeliness.judge_timeliness(due, facts.liquidated_on, facts.protest_received_on)


def _is_legacy(case: Case) -> bool:
    return case.entry_date is not None and case.entry_date < timeliness.LONGER_PROTEST_SINCE


ROWS: Final = (
    Row(
        "protest-180",
        "protest until",
        ("liquidated_on",),
        "private",
        _protest_window,
        "final; a late protest is untimely, not denied on its merits",
        lambda case: case.is_liquidated and not case.facts.is_deemed and not _is_legacy(case),
    ),
    Row(
        "protest-90-legacy",
        "protest until",
        ("liquidated_on", "entry_date"),
        "private",
        _protest_window,
        "final; a late protest is untimely, not denied on its merits",
        lambda case: case.is_liquidated and not case.facts.is_deemed and _is_legacy(case),
    ),
    Row(
        "protest-deemed",
        "protest until",
        ("liquidated_on", "posted_on"),
        "private",
        _deemed_protest_window,
        "final; a late protest is untimely, not denied on its merits",
        lambda case: case.is_liquidated and case.facts.is_deemed,
    ),
    Row(
        "protest-reliq-scope",
        "protest what the reliquidation decided until",
        ("reliquidated_on",),
        "private",
        lambda case: timeliness.protest_window(case.day("reliquidated_on"), case.entry_date, case.law),
        "what it decided is final; older issues stay final",
        lambda case: case.facts.reliquidated_on is not None,
    ),
    Row(
        "protest-surety",
        "the surety protests until",
        ("surety_demanded_on",),
        "private",
        lambda case: timeliness.surety_window(case.day("surety_demanded_on"), case.law),
        "the surety is barred",
        lambda case: case.facts.surety_demanded_on is not None,
    ),
    Row(
        "afr-file",
        "further review applied for until",
        ("liquidated_on",),
        "private",
        lambda case: further_review.further_review_window(case.day("liquidated_on"), case.entry_date, case.law),
        "it cannot be added, nor after the denial",
        lambda case: case.is_liquidated and case.facts.denied_on is None,
    ),
    Row(
        "protest-decide-2y",
        "protest to be decided",
        ("protest_received_on",),
        "none",
        lambda case: protest_decision_due(case.day("protest_received_on")),
        "nothing by law: neither allowed nor denied",
        lambda case: case.facts.protest_received_on is not None and not case.facts.is_exclusion_protest,
    ),
    Row(
        "protest-exclusion-30",
        "protest against exclusion treated as denied",
        ("protest_received_on",),
        "government",
        lambda case: protest_decision.exclusion_denied_on(case.day("protest_received_on")),
        "denied at the end of the day: the time to sue begins",
        lambda case: case.facts.is_exclusion_protest,
    ),
    Row(
        "protest-accel-request",
        "accelerated disposition can be asked for from",
        ("protest_received_on",),
        "none",
        lambda case: protest_decision.acceleration_from(case.day("protest_received_on"), case.entry_date),
        "its mailing starts 30 days",
        lambda case: case.facts.protest_received_on is not None and case.facts.denied_on is None,
    ),
    Row(
        "protest-accel-30",
        "protest deemed denied after the request",
        ("acceleration_mailed_on",),
        "government",
        lambda case: protest_decision.accelerated_denied_on(case.day("acceleration_mailed_on")),
        "denied at the end of the day: the Center cannot decide it afterwards, further review falls away",
        lambda case: case.facts.acceleration_mailed_on is not None,
    ),
    Row(
        "afr-forward",
        "forwarding to headquarters expected until",
        ("protest_received_on",),
        "none",
        lambda case: further_review.forwarding_target(case.day("protest_received_on"), case.law),
        "an alert only",
        lambda case: case.facts.asks_further_review,
    ),
    Row(
        "afr-complaint-1515c",
        "ask to set aside the refusal of further review until",
        ("further_review_refused_on",),
        "private",
        lambda case: further_review.set_aside_request_due(case.day("further_review_refused_on"), case.law),
        "no review of the refusal",
        lambda case: case.facts.further_review_refused_on is not None,
    ),
    Row(
        "afr-complaint-answer",
        "unanswered request to set aside treated as denied",
        ("set_aside_requested_on",),
        "government",
        lambda case: further_review.set_aside_denied_on(case.day("set_aside_requested_on"), case.law),
        "treated as denied; the time to sue was never stopped",
        lambda case: case.facts.set_aside_requested_on is not None,
    ),
    Row(
        "void-1515d",
        "ask to void the denial until",
        ("denied_on",),
        "private",
        lambda case: further_review.void_request_due(case.day("denied_on"), case.law),
        "only CBP itself can void it",
        lambda case: case.facts.denied_on is not None,
    ),
    Row(
        "summons-180",
        "sue until",
        ("denied_on",),
        "court",
        lambda case: protest_decision.suit_due(case.day("denied_on"), case.law),
        "the action is barred; no request stops this clock",
        lambda case: (
            case.facts.protest_received_on is not None
            and not case.facts.is_protest_allowed
            and not case.facts.is_sued_on
        ),
    ),
    Row(
        "protest-allow",
        "refund on the allowed protest until",
        ("reliquidated_on",),
        "none",
        lambda case: protest_decision.protest_refund_due(case.day("reliquidated_on")),
        "interest runs against CBP",
        lambda case: case.facts.is_protest_allowed,
    ),
)


def find(case: Case) -> Iterator[Finding]:
    """Whether the protest is in time."""
    if (verdict := judge_protest(case)) is not None:
        yield verdict
