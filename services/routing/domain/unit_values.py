"""Unit values: what goods cost per unit, and how that compares with the rolling median of their tariff number."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Final, NamedTuple

from services.routing.domain.facts import EntryFacts, LineFacts


class Measured(NamedTuple):
    """The value of goods in whole dollars for a quantity, as declared on a line."""

    hts: str
    unit: str
    value_usd: int
    amount: str


@dataclass(frozen=True, slots=True)
class UnitValues:
    """A dated version of the rolling medians: dollars per unit by tariff number and unit."""

    version: str
    medians: Mapping[tuple[str, str], Decimal]


NO_UNIT_VALUES: Final = UnitValues("none", {})


def unit_values_of(facts: EntryFacts) -> list[Measured]:
    """What medians are computed from: each line that has goods, a value and a quantity above zero."""
    return [measured for line in facts.lines if (measured := measure(line)) is not None]


def measure(line: LineFacts) -> Measured | None:
    """The value and quantity of the first goods of a line; None where one of them is missing or zero."""
    if line.tariff is None or line.quantity is None:
        return None
    amount, unit = line.quantity
    value_usd = line.goods[0][1] if line.goods else line.value_usd
    if value_usd <= 0 or not amount.strip("0."):  # digits and one point, by the contract
        return None
    return Measured(line.tariff, unit, value_usd, amount)


def percent_of_median(line: LineFacts, unit_values: UnitValues) -> Decimal | None:
    """The unit value of a line as a percentage of its median; None where either is unknown."""
    measured = measure(line)
    if measured is None:
        return None
    median = unit_values.medians.get((measured.hts, measured.unit))
    if not median:
        return None
    quantity = _quantity(measured.amount)
    return 100 * measured.value_usd / (quantity * median) if quantity else None


def year_before(day: date) -> date:
    """The same day a year before; of 29 February the 28th. Medians are those of the twelve months after it.

    >>> year_before(date(2028, 2, 29))
    datetime.date(2027, 2, 28)
    """
    return date(day.year - 1, day.month, min(day.day, 28) if day.month == 2 else day.day)


def _quantity(amount: str) -> Decimal:
    try:
        quantity = Decimal(amount)
    except InvalidOperation:
        return Decimal(0)
    return quantity if quantity.is_finite() else Decimal(0)
