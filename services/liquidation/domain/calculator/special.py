"""The clocks of reconciliation, temporary importation, bonds and informal entries."""

from collections.abc import Iterator
from typing import Final

from services.liquidation.domain import special_clocks
from services.liquidation.domain.calculator.case import Case
from services.liquidation.domain.calculator.row import Row
from services.liquidation.domain.clocks import (
    informal_date,
)
from services.liquidation.domain.counting import bond_document_due
from services.liquidation.domain.plan import not_liquidating
from services.liquidation.domain.rules.rule import Finding
from services.liquidation.domain.start_dates import MODERNIZED_ON
from services.liquidation.domain.summary_clocks import (
    judge_deminimis,
)


def _is_short(case: Case) -> bool:
    """Whether the heading of a temporary importation has a shorter period."""
    on = case.facts.imported_on
    return on is not None and special_clocks.find_short_period(case.facts.tib_heading, on) is not None


ROWS: Final = (
    Row(
        "recon-other",
        "reconciliation due",
        ("earliest_summary_on",),
        "none",
        lambda case: special_clocks.reconciliation_due(case.day("earliest_summary_on"), case.law),
        "liquidated damages for a missed reconciliation",
        lambda case: "other" in case.facts.reconciliation_issues,
    ),
    Row(
        "recon-fta",
        "reconciliation of a trade agreement due",
        ("earliest_imported_on",),
        "private",
        lambda case: special_clocks.agreement_reconciliation_due(case.day("earliest_imported_on"), case.law),
        "the right under 1520(d) is lost",
        lambda case: "agreement" in case.facts.reconciliation_issues,
    ),
    Row(
        "tib-initial",
        "temporary importation ends",
        ("imported_on",),
        "none",
        lambda case: special_clocks.tib_due(case.day("imported_on"), law=case.law),
        "breach of the bond, unless exported, destroyed or extended before",
        lambda case: case.kind.tib and case.facts.tib_extended_years <= 0 and not _is_short(case),
    ),
    Row(
        "tib-extend",
        "extended temporary importation ends",
        ("imported_on", "tib_extended_years"),
        "none",
        lambda case: special_clocks.tib_due(case.day("imported_on"), case.facts.tib_extended_years, law=case.law),
        "breach of the bond, unless exported or destroyed before",
        lambda case: case.kind.tib and case.facts.tib_extended_years > 0 and not _is_short(case),
    ),
    Row(
        "tib-short-heading",
        "temporary importation ends",
        ("imported_on", "tib_heading"),
        "none",
        lambda case: special_clocks.tib_due(case.day("imported_on"), heading=case.facts.tib_heading, law=case.law),
        "breach of the bond, unless exported or destroyed before; it cannot be extended",
        lambda case: case.kind.tib and _is_short(case),
    ),
    Row(
        "roll-specific-113-42",
        "missing document produced until",
        ("document_demanded_on",),
        "by-text",
        lambda case: bond_document_due(case.day("document_demanded_on"), case.law),
        "liquidated damages",
        lambda case: case.facts.document_demanded_on is not None,
    ),
    Row(
        "liquidation-date-informal",
        "informal entry liquidates",
        ("paid_on",),
        "government",
        lambda case: informal_date(case.facts.paid_on, case.facts.released_on),
        "the receipt or the release is the notice; the time to protest begins",
        lambda case: case.kind.informal and case.facts.liquidated_on is None and case.facts.released_on is None,
    ),
    Row(
        "liquidation-date-informal",
        "informal entry liquidates",
        ("released_on",),
        "government",
        lambda case: informal_date(case.facts.paid_on, case.facts.released_on),
        "the receipt or the release is the notice; the time to protest begins",
        lambda case: case.kind.informal and case.facts.liquidated_on is None and case.facts.released_on is not None,
    ),
)


def find(case: Case) -> Iterator[Finding]:
    """Whether the entry liquidates, may claim the exemption of low value, or be extended as a temporary importation."""
    if not case.kind.liquidates:
        outcome = not_liquidating(case.kind)
        yield Finding(outcome.rule, outcome.state, outcome.why)
    if case.is_before_modernization:
        known = case.entry_date or case.liquidated_on
        yield Finding(
            "law-before-1993", "other-law", f"{known}: before the Customs Modernization Act of {MODERNIZED_ON}"
        )
    if case.kind.low_value and case.entry_date is not None:
        yield judge_deminimis(case.entry_date, case.law)
    imported_on, heading = case.facts.imported_on, case.facts.tib_heading
    if case.kind.tib and heading is not None and imported_on is not None and case.facts.tib_extended_years > 0:
        yield special_clocks.judge_tib_extension(imported_on, heading)
