"""The clocks of drawback claims."""

from collections.abc import Iterator
from datetime import date
from typing import Final

from services.liquidation.domain import special_clocks
from services.liquidation.domain.calculator.case import Case
from services.liquidation.domain.calculator.row import Row
from services.liquidation.domain.liquidation_period import (
    judge_drawback_claim,
)
from services.liquidation.domain.rules.rule import Finding


def _drawback_deemed(case: Case) -> date | None:
    found = _judge_drawback(case)
    return date.fromisoformat(found.outcome) if found.rule == "liq-1yr-drawback" else None


def _judge_drawback(case: Case) -> Finding:
    facts = case.facts
    return judge_drawback_claim(
        case.day("drawback_claimed_on"),
        facts.designated_imports,
        deposited_on=facts.drawback_deposited_on,
        waived_on=facts.drawback_waived_on,
        law=case.law,
    )


ROWS: Final = (
    Row(
        "liq-1yr-drawback",
        "drawback claim deemed liquidated",
        ("drawback_claimed_on", "designated_imports"),
        "government",
        _drawback_deemed,
        "liquidated by operation of law at the drawback that was asserted",
        lambda case: case.kind.drawback and not case.is_liquidated,
    ),
    Row(
        "drawback-file",
        "drawback claim complete until",
        ("designated_imported_on",),
        "private",
        lambda case: special_clocks.drawback_claim_due(case.day("designated_imported_on"), case.law),
        "abandoned, unless CBP was at fault",
        lambda case: case.kind.drawback or case.facts.designated_imported_on is not None,
    ),
)


def find(case: Case) -> Iterator[Finding]:
    """Whether a time limit runs for the claim."""
    if case.kind.drawback and case.facts.drawback_claimed_on is not None and case.facts.designated_imports:
        yield _judge_drawback(case)
