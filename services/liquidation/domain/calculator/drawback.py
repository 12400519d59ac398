"""The clocks of drawback claims: complete until when, and the liquidation without a year; the year is a period."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from typing import Final

from services.liquidation.domain import drawback
from services.liquidation.domain.calculator.case import Case
from services.liquidation.domain.calculator.row import Row
from services.liquidation.domain.drawback import DrawbackLaw
from services.liquidation.domain.liquidation_period import PeriodStart
from services.liquidation.domain.rules.rule import Finding


def _judge_claim(case: Case) -> Finding | None:
    facts = case.facts
    if not case.kind.drawback or facts.drawback_claimed_on is None:
        return None
    return drawback.judge_drawback_claim(
        facts.drawback_claimed_on,
        facts.designated_imports,
        deposited_on=facts.drawback_deposited_on,
        waived_on=facts.drawback_waived_on,
        law=case.law,
    )


def _end_of_waived_claim(case: Case) -> PeriodStart | None:
    """The end of a claim that deposit, request and waiver liquidate; None for any other."""
    found = _judge_claim(case)
    if case.is_liquidated or found is None or found.rule != "liq-drawback-unliquidated":
        return None
    if found.outcome == "no-time-limit":
        return None
    return drawback.end_of_waived_claim(date.fromisoformat(found.outcome), case.facts.suspensions)


def _is_waived(case: Case, rule: str) -> bool:
    end = _end_of_waived_claim(case)
    return end is not None and end.rule == rule


def _day_of_waived_claim(case: Case) -> date | None:
    end = _end_of_waived_claim(case)
    return end.on if end is not None else None


def _is_drawback(case: Case) -> bool:
    return case.kind.drawback or case.facts.designated_imported_on is not None


def _law(case: Case) -> DrawbackLaw | None:
    return drawback.find_drawback_law(case.facts.drawback_claimed_on, case.facts.drawback_law, case.law)


_WAIVED: Final = ("drawback_claimed_on", "drawback_deposited_on", "drawback_waived_on")
_WHAT: Final = "deemed liquidated with deposit, request and waiver"
_EFFECT: Final = "liquidated by operation of law at the drawback that was asserted"
ROWS: Final = (
    Row(
        "liq-drawback-unliquidated",
        _WHAT,
        _WAIVED,
        "government",
        _day_of_waived_claim,
        _EFFECT,
        lambda case: _is_waived(case, "liq-drawback-unliquidated"),
    ),
    Row(
        "susp-lift-6mo",
        _WHAT,
        (*_WAIVED, "lift_noticed_on"),
        "government",
        _day_of_waived_claim,
        _EFFECT,
        lambda case: _is_waived(case, "susp-lift-6mo"),
    ),
    Row(
        "drawback-file",
        "drawback claim complete until",
        ("designated_imported_on",),
        "none",
        lambda case: drawback.drawback_claim_due(case.day("designated_imported_on"), case.law),
        "abandoned, unless CBP was at fault",
        lambda case: _is_drawback(case) and _law(case) == "190",
    ),
    Row(
        "drawback-file-191",
        "drawback claim complete until",
        ("exported_on",),
        "none",
        lambda case: drawback.old_drawback_claim_due(case.day("exported_on"), case.law),
        "abandoned, unless CBP was at fault",
        lambda case: _is_drawback(case) and _law(case) == "191",
    ),
    Row(
        "drawback-file-191",
        "drawback claim complete until",
        ("drawback_law",),
        "none",
        lambda _: None,
        "abandoned, unless CBP was at fault",
        lambda case: _is_drawback(case) and _law(case) is None,
    ),
)


def find(case: Case) -> Iterator[Finding]:
    """Whether a limit of time runs for the claim, which law it is under, and whether the export supports it."""
    facts = case.facts
    found = _judge_claim(case)
    is_said = found is not None and (facts.designated_imports or found.outcome != "missing-fact")
    if found is not None and is_said and not case.is_liquidated:
        if case.period is not None:
            found = replace(found, outcome=str(case.period.ends_on or "suspended"))
        yield found
    if _is_drawback(case) and facts.drawback_claimed_on is not None and facts.drawback_law is not None:
        yield drawback.judge_drawback_law(facts.drawback_claimed_on, facts.drawback_law, case.law)
    if facts.designated_imported_on is not None and facts.exported_on is not None and _law(case) == "190":
        yield drawback.judge_drawback_export(facts.designated_imported_on, facts.exported_on, facts.drawback_claimed_on)
