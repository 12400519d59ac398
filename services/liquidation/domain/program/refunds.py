"""What a refund of a program comes to with its interest, were it made on a day: for trials, never for an assessment."""

from collections.abc import Iterable
from datetime import date
from decimal import Context, Decimal
from typing import Final, NamedTuple

from services.liquidation.domain.money.interest import PayeeKind, interest_kind
from services.liquidation.domain.money.settings import MoneySettings
from services.liquidation.domain.money.terms import Terms, share_ordered
from services.liquidation.domain.program.definition import Cohort, Definition, Money
from shared.customs.interest import InterestRateUnknown, growth_factor

UNKNOWN_PAYEE: Final[PayeeKind] = "corporate"
"""As whom a trial reckons an importer of whom nobody recorded what it is: at the lower of the two rates."""
_EXACT: Final = Context(prec=60)


class Growth(NamedTuple):
    """What interest adds to each cent that was paid on a day, for a kind of payee."""

    paid_on: date
    payee: PayeeKind
    share: Decimal


def list_growths(money: Money, days: Iterable[date], until: date, settings: MoneySettings) -> list[Growth]:
    """Interest to a day by day of payment and kind of payee; what no published rate covers is absent.

    Interest of 19 USC 1505(c) by the rules of assessments (int-overpay); `ordered` is simple interest at the order's
    rate from its day or the payment, whichever is later [U: orders say it in words of their own]; `none` is none.
    """
    kinds: tuple[PayeeKind, ...] = ("corporate", "non-corporate")
    found = [(day, kind, _share(money, day, until, kind, settings)) for day in days for kind in kinds]
    return [Growth(day, kind, share) for day, kind, share in found if share is not None]


def _share(money: Money, paid_on: date, until: date, payee: PayeeKind, settings: MoneySettings) -> Decimal | None:
    if money.interest == "none" or paid_on >= until:
        return Decimal(0)
    if money.interest == "ordered":
        assert money.ordered_rate_pct is not None  # `find_faults` demands both
        assert money.ordered_from is not None
        return share_ordered(money.ordered_rate_pct, money.ordered_from, paid_on, until)
    kind = interest_kind("cbp", payee)
    assert kind is not None  # the kind of the payee is given
    try:
        growth = growth_factor(paid_on, until, kind=kind, days_in_leap_year=settings.days_in_leap_year)
    except InterestRateUnknown:
        return None
    return _EXACT.subtract(growth, Decimal(1))


def drops_small(program: Definition, cohort: Cohort, *, is_informal: bool) -> bool:
    """Whether less than 20 dollars is disregarded: as the program says, or by who writes the act.

    Rules min-20-liquidation, min-20-reliquidation and min-20-court [S], 19 CFR 159.6; min-20-informal [U]. A
    declaration is not taken for a request within 159.6(b)(1) [U]: a program says `refund` where it is.
    """
    if program.money.small != "by-writer":
        return program.money.small == "disregard"
    return cohort.by != "court-judgment" and (cohort.act == "reliquidate" or not is_informal)


def terms_of(program: Definition) -> Terms:
    """The terms on which its refunds are assessed."""
    money = program.money
    return Terms(program.program, money.interest, money.small, money.ordered_rate_pct, money.ordered_from)
