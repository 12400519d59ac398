"""The dates of liquidation: one small function per rule. Tags: S read, P partly read, M recalled, U unsettled."""

from datetime import date
from typing import Final

from services.liquidation.domain.law import CyclePolicy
from shared.customs.calendar import (
    add_days,
    add_months,
    add_years,
    friday_on_or_after,
    friday_on_or_before,
)

FIRST_PERIOD_MONTHS: Final = 12
MAX_EXTENSION_MONTHS: Final = 12
MAX_EXTENDED_MONTHS: Final = 36
CAP_YEARS: Final = 4
CORRECTION_DAYS: Final = 300
CORRECTION_DAYS_BEFORE_LIQUIDATION: Final = 15
PROTEST_DAYS: Final = 180
PROTEST_DECISION_YEARS: Final = 2
RELIQUIDATION_DAYS: Final = 90


def scheduled_date(entry_date: date, policy: CyclePolicy, extended_months: int = 0) -> date:
    """The Friday on which the cycle liquidates an entry; an extension moves it by the same length.

    Rule liq-cycle-314 [S for about 314 days; U for which Friday and for the move], CBP Dec. 16-25 (81 FR 89375).

    >>> scheduled_date(date(2025, 10, 1), CyclePolicy(314, "after"))
    datetime.date(2026, 8, 14)
    >>> scheduled_date(date(2025, 10, 1), CyclePolicy(314, "before"))
    datetime.date(2026, 8, 7)
    """
    target = add_months(add_days(entry_date, policy.days), extended_months)
    return friday_on_or_after(target) if policy.friday == "after" else friday_on_or_before(target)


def deemed_date(entry_date: date, extended_months: int = 0) -> date:
    """The last day on which CBP may liquidate; after it the entry is deemed liquidated, dated on this day.

    Rules liq-1yr-entry [S], 19 USC 1504(a)(1)(A), the anniversary included and never rolled; ext-length [S], 19 CFR
    159.12(a), (d); liq-4yr-cap [P], 19 USC 1504(b).

    >>> deemed_date(date(2025, 3, 2))
    datetime.date(2026, 3, 2)
    >>> deemed_date(date(2025, 3, 2), extended_months=12)
    datetime.date(2027, 3, 2)
    >>> deemed_date(date(2025, 3, 2), extended_months=48)
    datetime.date(2029, 3, 2)
    """
    return min(add_months(entry_date, FIRST_PERIOD_MONTHS + extended_months), four_year_cap(entry_date))


def four_year_cap(entry_date: date) -> date:
    """The day beyond which no extension reaches.

    Rule liq-4yr-cap [P], 19 USC 1504(b), 19 CFR 159.12(f), anniversary included, no roll.

    >>> four_year_cap(date(2025, 3, 2))
    datetime.date(2029, 3, 2)
    """
    return add_years(entry_date, CAP_YEARS)


def informal_date(paid_on: date | None, released_on: date | None) -> date | None:
    """The day on which an informal entry liquidates: payment, or release when no payment is known; None: unknown.

    Rule liquidation-date-informal [P], 19 CFR 159.10.

    >>> informal_date(date(2026, 3, 12), date(2026, 3, 2))
    datetime.date(2026, 3, 12)
    >>> informal_date(None, date(2026, 3, 2))
    datetime.date(2026, 3, 2)
    """
    return paid_on or released_on


def correction_deadline(
    entry_date: date, scheduled_on: date | None, *, is_extended: bool, is_suspended: bool
) -> date | None:
    """The last day for a post-summary correction; None while a suspension keeps the window open.

    Rules psc-window [S], CBP general notice of 1 Nov 2017: the earlier of 300 days from entry and 15 days before the
    scheduled liquidation; psc-window-extended [S], 84 FR 40430; psc-window-suspended [S], CBP PSC page.

    >>> correction_deadline(date(2025, 10, 1), date(2026, 8, 14), is_extended=False, is_suspended=False)
    datetime.date(2026, 7, 28)
    >>> correction_deadline(date(2025, 10, 1), date(2027, 8, 13), is_extended=True, is_suspended=False)
    datetime.date(2027, 7, 29)
    """
    if is_suspended or scheduled_on is None:
        return None
    before_liquidation = add_days(scheduled_on, -CORRECTION_DAYS_BEFORE_LIQUIDATION)
    return before_liquidation if is_extended else min(add_days(entry_date, CORRECTION_DAYS), before_liquidation)


def reliquidation_due(liquidated_on: date) -> date:
    """The last day on which CBP may reliquidate of its own motion; counted from the original liquidation only.

    Rule reliq-1501 [S], 19 USC 1501, 19 CFR 173.3: 90 calendar days, posted by day 90, no roll.

    >>> reliquidation_due(date(2026, 8, 14))
    datetime.date(2026, 11, 12)
    """
    return add_days(liquidated_on, RELIQUIDATION_DAYS)


def protest_decision_due(received_on: date) -> date:
    """By when a protest is to be decided; nothing happens by law when it is not.

    Rule protest-decide-2y [S], 19 USC 1515(a), 19 CFR 174.21(a); Hitachi (Fed. Cir. 2011).

    >>> protest_decision_due(date(2026, 9, 1))
    datetime.date(2028, 9, 1)
    """
    return add_years(received_on, PROTEST_DECISION_YEARS)


def nearest_fridays(on: date) -> tuple[date, date]:
    """The Fridays before and after a day: the cycles that could have been meant.

    >>> nearest_fridays(date(2026, 8, 12))
    (datetime.date(2026, 8, 7), datetime.date(2026, 8, 14))
    """
    return friday_on_or_before(on), friday_on_or_after(on)
