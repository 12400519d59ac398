"""The clocks of a preference claimed after entry."""

from collections.abc import Iterator
from typing import Final

from services.liquidation.domain import reliquidation
from services.liquidation.domain.calculator.case import Case
from services.liquidation.domain.calculator.row import Row
from services.liquidation.domain.rules.rule import Finding

ROWS: Final = (
    Row(
        "claim-1520d",
        "preference claimed after entry until",
        ("imported_on",),
        "private",
        lambda case: reliquidation.preference_claim_due(case.day("imported_on"), case.law),
        "the claim is barred, and cannot be raised first by protest",
        lambda case: case.facts.preference_program in reliquidation.PREFERENCE_CLAIM_PROGRAMS,
    ),
    Row(
        "claim-1520d-form",
        "denial of the preference protested until",
        ("preference_denied_on",),
        "private",
        lambda case: reliquidation.preference_denial_window(
            case.day("preference_denied_on"), case.entry_date, case.law
        ),
        "the denial is final",
        lambda case: case.facts.preference_denied_on is not None,
    ),
)


def find(case: Case) -> Iterator[Finding]:
    """Whether the program of the preference is one that may be claimed after entry."""
    if case.facts.preference_program is not None:
        yield reliquidation.judge_preference_program(case.facts.preference_program)
