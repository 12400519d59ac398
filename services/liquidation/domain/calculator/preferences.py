"""The clocks of a preference claimed after entry."""

from collections.abc import Iterator
from typing import Final

from services.liquidation.domain import reliquidation
from services.liquidation.domain.calculator.case import Case
from services.liquidation.domain.calculator.row import Row
from services.liquidation.domain.preference_claim import judge_preference
from services.liquidation.domain.preference_programs import judge_preference_program
from services.liquidation.domain.rules.rule import Finding


def _is_flagged(case: Case) -> bool:
    return "agreement" in case.facts.reconciliation_issues


def _may_claim(case: Case) -> bool:
    """Whether the program lets claim after entry, and the claim is not left to a reconciliation."""
    facts = case.facts
    if facts.preference_program is None or _is_flagged(case):
        return False
    found = judge_preference_program(
        facts.preference_program, entered_on=case.entry_date, imported_on=facts.imported_on
    )
    return found.outcome == "may-claim"


_WHAT: Final = "preference claimed after entry until"
_EFFECT: Final = "the claim is barred, and cannot be raised first by protest"
ROWS: Final = (
    Row(
        "claim-1520d",
        _WHAT,
        ("imported_on",),
        "private",
        lambda case: reliquidation.preference_claim_due(case.day("imported_on"), case.law),
        _EFFECT,
        _may_claim,
    ),
    Row(
        "claim-1520d",
        _WHAT,
        ("preference_program", "imported_on"),
        "private",
        lambda _: None,
        _EFFECT,
        lambda case: (
            case.facts.preference_claimed_on is not None
            and case.facts.preference_program is None
            and not _is_flagged(case)
        ),
    ),
    Row(
        "claim-1520d-form",
        "denial of the preference protested until",
        ("preference_denied_on",),
        "private",
        lambda case: reliquidation.preference_denial_window(
            case.day("preference_denied_on"), case.entered_by, case.law
        ),
        "the denial is final",
        lambda case: case.facts.preference_denied_on is not None,
    ),
)


def find(case: Case) -> Iterator[Finding]:
    """Whether the preference is one that may be claimed after entry, and whether the claim came in time."""
    facts = case.facts
    if facts.preference_program is None and facts.preference_claimed_on is None:
        return
    found = judge_preference(
        facts.preference_program,
        imported_on=facts.imported_on,
        entered_on=case.entry_date,
        claimed_on=facts.preference_claimed_on,
        is_flagged=_is_flagged(case),
        law=case.law,
    )
    if found is not None:
        yield found
