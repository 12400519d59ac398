"""User fees and value limits by date: merchandise processing (MPF), harbor maintenance (HMF), informal limit.

A value that was not found in a source is not known here; the functions say so and never carry an old one on.
"""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from functools import cache

from shared.customs.reference_data import read_date, read_table


class FeeItem(StrEnum):
    """What a value is; the comment gives its unit."""

    MPF_RATE = "mpf_rate"  # percent of entered value
    MPF_MINIMUM = "mpf_minimum"  # USD per formal entry, class 499
    MPF_MAXIMUM = "mpf_maximum"  # USD per formal entry, class 499
    MPF_INFORMAL = "mpf_informal"  # USD per informal automated entry, class 311
    MPF_MANUAL_SURCHARGE = "mpf_manual_surcharge"  # USD per manual entry, class 500
    EXPRESS_CONSIGNMENT = "express_consignment"  # USD per waybill
    HMF_RATE = "hmf_rate"  # percent of value of cargo unloaded from a vessel at a covered port, class 501
    INFORMAL_LIMIT = "informal_limit"  # USD; 19 USC 1498, 19 CFR 143.21
    DE_MINIMIS = "de_minimis"  # USD per person per day, 0 while suspended; 19 USC 1321(a)(2)(C)
    DE_MINIMIS_CHINA_HONG_KONG = "de_minimis_china_hong_kong"  # 0 USD from its exclusion on; before, DE_MINIMIS
    GIFT_EXEMPTION = "gift_exemption"  # USD per person per day; dates not known
    PERSONAL_EXEMPTION = "personal_exemption"  # USD per traveler; dates not known


@dataclass(frozen=True, slots=True)
class Fee:
    """One value in one period, both days included; None stands for a value that was not found."""

    item: FeeItem
    name: str
    period: str
    effective_from: date | None
    effective_to: date | None
    value: Decimal | None
    unit: str
    source: str
    from_memory: str
    """Which parts of the row are recalled and not read."""


@cache
def fees() -> tuple[Fee, ...]:
    """All rows, in order of the table."""
    return tuple(
        Fee(
            item=FeeItem(row["key"]),
            name=row["item"],
            period=row["period"],
            effective_from=read_date(row["effective_from"]),
            effective_to=read_date(row["effective_to"]),
            value=Decimal(row["value"]) if row["value"] else None,
            unit=row["unit"],
            source=row["source"],
            from_memory=row["from_memory"],
        )
        for row in read_table("fees_and_thresholds")
        if row["key"]  # the table also holds a date of change that has no value
    )


@cache
def _fees_by_item() -> dict[FeeItem, tuple[Fee, ...]]:
    return {item: tuple(fee for fee in fees() if fee.item is item) for item in FeeItem}


def find_fee(item: FeeItem, on: date) -> Fee | None:
    """The row in force on that legal day, to cite its source; None when no dated row covers the day.

    A row without a first day is never in force: since when it holds is not known.
    """
    for fee in _fees_by_item()[item]:
        if (
            fee.effective_from is not None
            and fee.effective_from <= on
            and (fee.effective_to is None or on <= fee.effective_to)
        ):
            return fee
    return None


def fee_value(item: FeeItem, on: date) -> Decimal | None:
    """The value in force on that legal day in the unit of the item (dollars, or percent for the two rates).

    None means not known, as for the MPF minimum of fiscal year 2027: the caller must stop or ask, not assume.

    >>> fee_value(FeeItem.MPF_MINIMUM, date(2026, 3, 2))
    Decimal('33.58')
    >>> fee_value(FeeItem.MPF_MINIMUM, date(2026, 10, 1)) is None
    True
    """
    fee = find_fee(item, on)
    return None if fee is None else fee.value
