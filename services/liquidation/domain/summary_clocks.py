"""By when the entry summary is filed and the duty deposited, and which shipments need neither."""

from datetime import date, timedelta
from typing import Final

from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.rules.rule import Finding
from shared.customs.calendar import add_business_days, add_months

SUMMARY_WORKING_DAYS: Final = 10
DEPOSIT_WORKING_DAYS: Final = 12
STATEMENT_WORKING_DAY: Final = 15
DEMINIMIS_SUSPENDED_FROM: Final = date(2025, 8, 29)


def summary_due(entered_on: date, law: LawSettings) -> date:
    """By when the entry summary is filed, when it was not filed as the entry.

    Rules es-file [S], 19 CFR 142.12(b): ten working days; count-working-day [U]: business days. Late: liquidated
    damages.

    >>> summary_due(date(2026, 3, 2), LAW)
    datetime.date(2026, 3, 16)
    """
    return add_business_days(entered_on, SUMMARY_WORKING_DAYS, law.days_off)


def immediate_delivery_summary_due(
    released_on: date, quota_period_ends_on: date | None = None, *, law: LawSettings
) -> date:
    """By when the summary follows a release under a special permit; for quota goods not after the quota period.

    Rule es-file-immediate-delivery [S], 19 CFR 142.23: ten working days after release of any part.

    >>> immediate_delivery_summary_due(date(2026, 3, 25), date(2026, 3, 31), law=LAW)
    datetime.date(2026, 3, 31)
    """
    due = add_business_days(released_on, SUMMARY_WORKING_DAYS, law.days_off)
    return min(due, quota_period_ends_on) if quota_period_ends_on is not None else due


def deposit_limit(entered_or_released_on: date, law: LawSettings) -> date:
    """The latest day that a regulation may set for the deposit of estimated duties.

    Rule deposit-outer-limit [S], 19 USC 1505(a): 12 working days after entry or release.

    >>> deposit_limit(date(2026, 3, 2), LAW)
    datetime.date(2026, 3, 18)
    """
    return add_business_days(entered_or_released_on, DEPOSIT_WORKING_DAYS, law.days_off)


def monthly_statement_due(entered_on: date | None, released_on: date | None, law: LawSettings) -> date | None:
    """By when a periodic payer deposits; None when neither entry nor release is known.

    Rule deposit-pms [S], 19 USC 1505(a), 19 CFR 24.25: the 15th working day of the month after the entry or release,
    whichever is earlier.

    >>> monthly_statement_due(date(2026, 3, 2), date(2026, 2, 27), LAW)
    datetime.date(2026, 3, 20)
    """
    known = [day for day in (entered_on, released_on) if day is not None]
    if not known:
        return None
    last_of_month = add_months(min(known).replace(day=1), 1) - timedelta(days=1)
    return add_business_days(last_of_month, STATEMENT_WORKING_DAY, law.days_off)


def judge_informal_entry(value_usd: int, law: LawSettings) -> Finding:
    """Whether a shipment of this value, in whole dollars, may be entered informally; CBP may demand a formal entry.

    Rule informal-threshold [M], 19 USC 1498, 19 CFR 143.21.

    >>> judge_informal_entry(2500, LAW).outcome
    'informal-allowed'
    """
    outcome = "informal-allowed" if value_usd <= law.informal_limit_usd else "formal-required"
    return Finding("informal-threshold", outcome, f"{value_usd} USD against a limit of {law.informal_limit_usd} USD")


def judge_deminimis(entered_on: date, law: LawSettings) -> Finding:
    """Whether goods entered on a day may claim the exemption of section 321(a)(2)(C).

    Rules deminimis-suspended [S], EO 14324, 90 FR 42418: not since 29 August 2025; deminimis-repeal [M], Pub. L.
    119-21: repealed from 1 July 2027.

    >>> judge_deminimis(date(2025, 8, 29), LAW).outcome
    'suspended'
    """
    if entered_on >= law.deminimis_repealed_on:
        return Finding("deminimis-repeal", "repealed", f"entered {entered_on}, repealed {law.deminimis_repealed_on}")
    if entered_on >= DEMINIMIS_SUSPENDED_FROM:
        return Finding("deminimis-suspended", "suspended", f"entered {entered_on}, since {DEMINIMIS_SUSPENDED_FROM}")
    return Finding("deminimis-suspended", "may-claim", f"entered {entered_on}, before {DEMINIMIS_SUSPENDED_FROM}")
