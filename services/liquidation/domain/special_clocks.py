"""The clocks of reconciliation, temporary importation and quota."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

from services.liquidation.domain.counting import due_in_months
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.rules.rule import Finding
from shared.customs.calendar import Due, add_days

RECONCILIATION_MONTHS: Final = 21
RECONCILIATION_AGREEMENT_MONTHS: Final = 12
MONTHS_OF_YEAR: Final = 12
TIB_MONTHS: Final = 12
TIB_SHORT_MONTHS: Final = 6
TIB_SHORT_SINCE: Final = date(1989, 1, 1)
"""Since when the tariff schedule has these headings: the HTSUS took effect on that day."""


@dataclass(frozen=True, slots=True)
class ShortPeriod:
    """A heading whose goods are imported temporarily for less than a year, from a day of importation on."""

    heading: str
    since: date
    months: int
    is_extendable: bool


def list_short_periods() -> tuple[ShortPeriod, ...]:
    """The headings with a shorter period. Others that have one are not known here.

    Rule tib-short-heading [S], HTSUS chapter 98 subchapter XIII, US note 1(a)(1).

    >>> [each.heading for each in list_short_periods()]
    ['9813.00.75']
    """
    return (ShortPeriod("9813.00.75", TIB_SHORT_SINCE, TIB_SHORT_MONTHS, is_extendable=False),)


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


def find_short_period(heading: str | None, imported_on: date) -> ShortPeriod | None:
    """The shorter period of a heading; None when its goods have the year of all others, or it is not known.

    Rule tib-short-heading [S], HTSUS chapter 98 subchapter XIII, US note 1(a)(1). Dots do not matter, nor what follows
    the eight digits.

    >>> find_short_period("98130075", date(2026, 3, 2)).months, find_short_period("9813.00.05", date(2026, 3, 2))
    (6, None)
    """
    digits = heading.replace(".", "") if heading is not None else ""
    named = (each for each in list_short_periods() if digits.startswith(each.heading.replace(".", "")))
    return next((each for each in named if imported_on >= each.since), None)


def tib_due(imported_on: date, extended_years: int = 0, heading: str | None = None, *, law: LawSettings) -> Due:
    """By when goods temporarily imported under bond leave or are destroyed, with the years of their extensions.

    Rules tib-initial [S], HTSUS chapter 98 subchapter XIII, US note 1(a), 19 CFR 10.37: one year, the anniversary
    included; tib-extend [S, M], 19 CFR 10.37: up to two more years; tib-short-heading [S], note 1(a)(1): six months for
    heading 9813.00.75, which no extension lengthens.

    >>> tib_due(date(2026, 3, 2), law=LAW).safe, tib_due(date(2026, 3, 2), extended_years=5, law=LAW).safe
    (datetime.date(2027, 3, 2), datetime.date(2029, 3, 2))
    >>> tib_due(date(2026, 3, 2), extended_years=1, heading="9813.00.75", law=LAW).safe
    datetime.date(2026, 9, 2)
    """
    years = min(max(extended_years, 0), law.tib_extension_years)
    short = find_short_period(heading, imported_on)
    months = TIB_MONTHS if short is None else short.months
    if short is None or short.is_extendable:
        months += years * MONTHS_OF_YEAR
    return due_in_months(imported_on, months, "none", law)


def judge_tib_extension(imported_on: date, heading: str) -> Finding:
    """Whether a temporary importation under a heading can be extended at all.

    Rules tib-short-heading [S], HTSUS chapter 98 subchapter XIII, US note 1(a)(1); tib-extend [S, M], 19 CFR 10.37.

    >>> judge_tib_extension(date(2026, 3, 2), "9813.00.75").outcome
    'no-extension'
    """
    short = find_short_period(heading, imported_on)
    if short is not None and not short.is_extendable:
        why = f"goods of heading {short.heading} leave within {short.months} months, and no extension is given"
        return Finding("tib-short-heading", "no-extension", why)
    return Finding("tib-extend", "may-be-extended", f"no shorter period of heading {heading} is known")


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
