"""Whether liquidation may be extended, and until when."""

from dataclasses import dataclass
from datetime import date
from typing import Literal

from services.liquidation.domain.clocks import (
    MAX_EXTENDED_MONTHS,
    MAX_EXTENSION_MONTHS,
    deemed_date,
    four_year_cap,
    scheduled_date,
)
from services.liquidation.domain.law import CyclePolicy

ExtensionReason = Literal["information-needed", "importer-request"]


@dataclass(frozen=True, slots=True)
class ExtensionRequest:
    """An extension as it was posted. `requested_on` is the day of the importer's written request, when it asked."""

    reason: ExtensionReason
    months: int
    posted_on: date
    requested_on: date | None = None


@dataclass(frozen=True, slots=True)
class OpenPeriod:
    """The period that an extension would lengthen: what stands before it."""

    entry_date: date
    deemed_on: date
    extended_months: int
    extensions: int


@dataclass(frozen=True, slots=True)
class Extended:
    """The new dates."""

    number: int
    extended_months: int
    scheduled_on: date
    deemed_on: date


@dataclass(frozen=True, slots=True)
class NotExtended:
    """Why an extension is void, under which rule, and what to do instead."""

    rule: str
    why: str
    remedy: str


def find_void(period: OpenPeriod, request: ExtensionRequest, *, is_suspended: bool = False) -> NotExtended | None:
    """Why an extension is void; None when it has effect.

    Rules ext-max [S], 19 CFR 159.12(e): three years in all, however many there are; ext-length [S], 159.12(a), (d): one
    year at most each; ext-notice [S], 159.12(b), (d): posted before the end of the open period; ext-reasons [S], 19 USC
    1504(b); ext-request-late [S], 159.12(a)(1)(ii): the importer's request came in writing before that end; liq-4yr-cap
    [P], 19 USC 1504(b): there is nothing left to extend at the fourth anniversary. While an entry is suspended its
    period is open: give the day of posting as its end.

    >>> open_until = OpenPeriod(date(2025, 3, 2), date(2026, 3, 2), 0, 0)
    >>> find_void(open_until, ExtensionRequest("information-needed", 12, date(2026, 3, 2))) is None
    True
    >>> find_void(open_until, ExtensionRequest("information-needed", 12, date(2026, 3, 3))).rule
    'ext-notice'
    """
    if period.extended_months >= MAX_EXTENDED_MONTHS:
        return NotExtended(
            "ext-max",
            f"Liquidation has been extended by {period.extended_months} months in all.",
            f"Liquidate by {period.deemed_on}: what goes over three years in all is void.",
        )
    if not is_suspended and period.deemed_on >= (cap := four_year_cap(period.entry_date)):
        why = f"The period ends on {period.deemed_on}; no extension reaches beyond {cap}."
        return NotExtended("liq-4yr-cap", why, "Liquidate by the end of the period.")
    if not 1 <= request.months <= MAX_EXTENSION_MONTHS:
        return NotExtended(
            "ext-length", f"{request.months} months were asked for.", "Extend by 1 to 12 months at a time."
        )
    if request.posted_on > period.deemed_on:
        return NotExtended(
            "ext-notice",
            f"The notice was posted on {request.posted_on}, after the period ended on {period.deemed_on}.",
            "None: a period that has ended cannot be extended; the entry is deemed liquidated.",
        )
    if request.reason == "importer-request":
        if request.requested_on is None:
            return NotExtended(
                "ext-reasons", "The importer's written request has no date.", "Give `requested_on`, the day it came."
            )
        if request.requested_on > min(period.deemed_on, request.posted_on):
            return NotExtended(
                "ext-request-late",
                f"The importer asked on {request.requested_on}, after the period ended or the notice was posted.",
                "A request counts only when it comes in writing before the current period ends.",
            )
    return None


def find_excess(extended_months: int, request: ExtensionRequest) -> NotExtended | None:
    """What of an extension goes over the total and is void; None when all of it has effect.

    Rule ext-max [S], 19 CFR 159.12(e): three years in all; the rest of it extends the period.

    >>> request = ExtensionRequest("information-needed", 12, date(2026, 3, 2))
    >>> find_excess(24, request) is None, find_excess(30, request).why
    (True, '12 months were posted, 6 are left of three years in all.')
    """
    left = max(MAX_EXTENDED_MONTHS - extended_months, 0)
    if request.months <= left:
        return None
    why = f"{request.months} months were posted, {left} are left of three years in all."
    return NotExtended("ext-max", why, f"Extend by at most {left} months.")


def extend(period: OpenPeriod, request: ExtensionRequest, policy: CyclePolicy) -> Extended | NotExtended:
    """The new period, or why the extension is void.

    Rules ext-* as in `find_void`; ext-length [S], 19 CFR 159.12(a), (d): counted from the end of the period before;
    liq-4yr-cap [P], 19 USC 1504(b): never past four years.

    >>> open_until = OpenPeriod(date(2025, 3, 2), date(2026, 3, 2), 0, 0)
    >>> extend(open_until, ExtensionRequest("information-needed", 12, date(2026, 2, 1)), LAW.cycle).deemed_on
    datetime.date(2027, 3, 2)
    >>> extend(open_until, ExtensionRequest("information-needed", 12, date(2026, 3, 3)), LAW.cycle).rule
    'ext-notice'
    """
    void = find_void(period, request)
    if void is not None:
        return void
    months = min(period.extended_months + request.months, MAX_EXTENDED_MONTHS)
    return Extended(
        number=period.extensions + 1,
        extended_months=months,
        scheduled_on=scheduled_date(period.entry_date, policy, months),
        deemed_on=deemed_date(period.entry_date, months),
    )
