"""The inventory of flagged summaries that no reconciliation names: by issue, with the month in which each is due."""

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Final, Literal

from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.preference_programs import has_agreement_issue
from services.liquidation.domain.special_clocks import agreement_reconciliation_due, reconciliation_due
from shared.customs.calendar import Due

ReconciliationIssue = Literal["agreement", "other"]
RULES: Final[dict[ReconciliationIssue, str]] = {"agreement": "recon-fta", "other": "recon-other"}


@dataclass(frozen=True, slots=True)
class Flagged:
    """A summary that leaves issues to a reconciliation; days None where the summary does not say them."""

    entry_number: str
    entry_date: date | None
    import_date: date | None
    issues: tuple[str, ...]
    is_liquidated: bool


@dataclass(frozen=True, slots=True)
class DueMonth:
    """Flagged summaries of one issue that are due in one month; `month` None: the day that counts is not known."""

    issue: ReconciliationIssue
    month: str | None
    due: Due | None
    entry_numbers: tuple[str, ...]


def issues_of(flagged: Flagged) -> tuple[ReconciliationIssue, ...]:
    """The kinds of reconciliation that a summary waits for: two for one that is flagged twice."""
    is_agreement = has_agreement_issue(flagged.issues)
    is_other = any(not has_agreement_issue([each]) for each in flagged.issues)
    kinds: tuple[tuple[ReconciliationIssue, bool], ...] = (("agreement", is_agreement), ("other", is_other))
    return tuple(kind for kind, holds in kinds if holds)


def due_of(issue: ReconciliationIssue, flagged: Flagged, law: LawSettings) -> Due | None:
    """By when a summary is reconciled, were it the earliest of its reconciliation.

    Rule recon-fta [P]: 12 months from importation; rule recon-other [P]: 21 months from the summary.
    """
    if issue == "agreement":
        return agreement_reconciliation_due(flagged.import_date, law) if flagged.import_date is not None else None
    return reconciliation_due(flagged.entry_date, law) if flagged.entry_date is not None else None


def inventory_of(summaries: Iterable[Flagged], law: LawSettings) -> list[DueMonth]:
    """The months in which summaries are due, the unknown first, each with the earliest of its days."""
    found: defaultdict[tuple[ReconciliationIssue, str | None], list[tuple[Due | None, str]]] = defaultdict(list)
    for flagged in summaries:
        for issue in issues_of(flagged):
            due = due_of(issue, flagged, law)
            month = due.safe.isoformat()[:7] if due is not None else None
            found[issue, month].append((due, flagged.entry_number))
    months = [
        DueMonth(
            issue,
            month,
            min((due for due, _ in rows if due is not None), key=lambda due: due.safe, default=None),
            tuple(sorted(number for _, number in rows)),
        )
        for (issue, month), rows in found.items()
    ]
    return sorted(months, key=lambda each: (each.month or "", each.issue))
