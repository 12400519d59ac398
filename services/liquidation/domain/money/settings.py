"""How the open questions of the money rules are read: each field is one, with its default."""

from dataclasses import dataclass
from typing import Final, Literal

from services.liquidation.domain.law import LAW, LawSettings

FeeRounding = Literal["line", "entry"]
Netting = Literal["entry", "class"]
DelinquencyBase = Literal["billed", "unpaid-balance"]
UnreadyBlock = Literal["any-day", "last-day"]
DepositReading = Literal["summary-due", "recorded-only"]


@dataclass(frozen=True, slots=True)
class MoneySettings:
    """One reading of each rule of money that the sources leave open (U). An answer that rests on one names its rule."""

    fee_rounding: FeeRounding = "line"
    """fee-mpf, fee-hmf: a computed fee is rounded to the cent for each line, or once for the entry."""
    days_in_leap_year: Literal[365, 366] = 365
    """int-rate-source: the divisor of the daily rate in leap years."""
    netting: Netting = "entry"
    """int-underpay, int-overpay: interest runs on the net of all classes of an entry, or on each class by itself."""
    delinquency_base: DelinquencyBase = "billed"
    """int-delinquent: blocks bear interest on the unpaid part of what was billed (19 CFR 24.3a(c)(3)), or on that and
    the interest of the blocks before (19 USC 1505(d), "any unpaid balance")."""
    unready_block: UnreadyBlock = "any-day"
    """refund-ach: a block of 30 days bears no interest when the payee could not be paid on any day of it, or only when
    that was so on its last day."""


@dataclass(frozen=True, slots=True)
class MoneyPolicy:
    """How open questions are read, and from what the day of the deposit is taken when nobody recorded it."""

    settings: MoneySettings
    deposit_reading: DepositReading
    law: LawSettings


@dataclass(frozen=True, slots=True)
class PaymentPolicy:
    """How programs pay: how many calendar days before it is applied a set-off is told.

    The days are judged, not law: 19 CFR 24.72 names none. They let the payee pay the bill, or say that it is wrong.
    """

    set_off_days: int


MONEY: Final = MoneySettings()
POLICY: Final = MoneyPolicy(MONEY, "summary-due", LAW)
"""How money is read where an operator sets nothing: for settings and examples, never for a rule or an act."""
