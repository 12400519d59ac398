"""The clocks of reconciliation, temporary importation and quota."""

from datetime import date, datetime
from typing import Final

from services.liquidation.domain.counting import due_in_months
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.rules.rule import Finding
from shared.customs.calendar import Due, add_days, add_years

RECONCILIATION_MONTHS: Final = 21
RECONCILIATION_AGREEMENT_MONTHS: Final = 12
TIB_YEARS: Final = 1


def reconciliation_due(earliest_summary_on: date, law: LawSettings) -> Due:
    """By when a reconciliation other than of a trade agreement is filed.

    Rule recon-other [P], 19 USC 1484(b): 21 months from the earliest underlying summary. The old system computed an
    earlier day (HQ 229670), it seems by counting days: that is the safe one, with 30 days to a month by setting.

    >>> reconciliation_due(date(2025, 1, 15), LAW)
    Due(safe=datetime.date(2026, 10, 7), last_arguable=datetime.date(2026, 10, 15))
    """
    by_days = add_days(earliest_summary_on, RECONCILIATION_MONTHS * law.reconciliation_month_days)
    by_months = due_in_months(earliest_summary_on, RECONCILIATION_MONTHS, "none", law)
    return Due(min(by_days, by_months.safe), max(by_days, by_months.last_arguable))


def agreement_reconciliation_due(earliest_imported_on: date, law: LawSettings) -> Due:
    """By when a reconciliation of a trade agreement claim is filed.

    Rule recon-fta [P], 19 USC 1520(d): 12 months from the earliest importation in the group.

    >>> agreement_reconciliation_due(date(2025, 5, 18), LAW).safe
    datetime.date(2026, 5, 18)
    """
    return due_in_months(earliest_imported_on, RECONCILIATION_AGREEMENT_MONTHS, "private", law)


def judge_reconciliation_flag(*, is_flagged_at_summary: bool) -> Finding:
    """Whether an entry can be reconciled.

    Rule recon-noflag [P], customs broker examination key (2022): a flag cannot be added later, and its refusal cannot
    be protested.

    >>> judge_reconciliation_flag(is_flagged_at_summary=False).outcome
    'refused'
    """
    outcome = "may-reconcile" if is_flagged_at_summary else "refused"
    return Finding("recon-noflag", outcome, "the flag is set with the entry summary, or not at all")


def tib_due(imported_on: date, extended_years: int = 0, *, law: LawSettings) -> date:
    """By when goods temporarily imported under bond leave or are destroyed, with the years of their extensions.

    Rules tib-initial [S], HTSUS chapter 98 subchapter XIII note 1, 19 CFR 10.37: one year, the anniversary included;
    tib-extend [S, M], 19 CFR 10.37: up to two more years. Headings with shorter periods are not among the facts.

    >>> tib_due(date(2026, 3, 2), law=LAW), tib_due(date(2026, 3, 2), extended_years=5, law=LAW)
    (datetime.date(2027, 3, 2), datetime.date(2029, 3, 2))
    """
    return add_years(imported_on, TIB_YEARS + min(max(extended_years, 0), law.tib_extension_years))


def judge_tib_request(due_on: date, requested_on: date) -> Finding:
    """Whether a request to extend a temporary importation comes in time.

    Rule tib-extend [S], 19 CFR 10.37: before it ends; on a late one headquarters is asked.

    >>> judge_tib_request(date(2027, 3, 2), date(2027, 3, 3)).outcome
    'ask-headquarters'
    """
    outcome = "in-time" if requested_on <= due_on else "ask-headquarters"
    return Finding("tib-extend", outcome, f"requested {requested_on}, ends {due_on}")


def judge_quota_release(presented_at: datetime | None, released_at: datetime) -> Finding:
    """Whether quota goods could be released; the time of presentation fixes their priority.

    Rule quota-present [P], 19 CFR 132.1, 132.11a, 142.13(b): no release before presentation in proper form.

    >>> judge_quota_release(None, datetime.fromisoformat("2026-03-02T15:00:00Z")).outcome
    'not-presented'
    """
    if presented_at is None or released_at < presented_at:
        return Finding("quota-present", "not-presented", f"presented: {presented_at or 'not yet'}")
    return Finding("quota-present", "may-release", f"presented: {presented_at}")
