"""What the lines of a summary assert under the numbers that programs look at, and amounts by class of the whole."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from functools import cache
from typing import Any, Final, NamedTuple

from services.liquidation.domain.money.amounts import (
    CaseDeposit,
    FeeAmount,
    LineFacts,
    TariffAmount,
    amounts_of_entry,
)
from shared.customs.money import round_fractional_cents, to_cents
from shared.customs.tariff_schedule import find_tariff_line

_SPECIAL: Final = ("98", "99")


@dataclass(frozen=True, slots=True)
class GoodsLine:
    """One line of a summary: where the goods come from beside its money."""

    origin: str
    money: LineFacts


class LineDuty(NamedTuple):
    """What a line asserts under one number, money in cents; fields as `SpecialDuty` of the judgment has them."""

    line_number: int
    hts: str
    value_usd: int
    duty_cents: int
    origin: str
    goods: str
    preference: str | None
    base_duty_cents: int
    base_owed_cents: int | None


def read_duties(lines: Iterable[GoodsLine]) -> list[LineDuty]:
    """Each number of chapters 98 and 99 on each line, and every number of a line that claims a preference.

    A number that stands twice on a line is one, summed; cases on the line change nothing. The value of the goods is
    what stands under their own number, or over the whole line where filers put it under another.
    """
    found: list[LineDuty] = []
    for line in lines:
        money = line.money
        is_special = any(each.hts.startswith(_SPECIAL) for each in money.tariffs)
        if not is_special and money.preference is None:
            continue
        base = [each for each in money.tariffs if not each.hts.startswith(_SPECIAL)]
        goods = base[0].hts if base else ""
        base_value = sum(each.value_usd for each in base) or money.value_usd
        owed = owe_general_rate(goods, base_value) if goods else None
        sums: defaultdict[str, list[int]] = defaultdict(lambda: [0, 0])
        for each in money.tariffs:
            if money.preference is not None or each.hts.startswith(_SPECIAL):
                sums[each.hts][0] += each.value_usd
                sums[each.hts][1] += each.duty_cents
        base_duty = sum(each.duty_cents for each in base)
        found += (
            LineDuty(money.line_number, hts, value, duty, line.origin, goods, money.preference, base_duty, owed)
            for hts, (value, duty) in sums.items()
        )
    return found


@cache
def _general_rate(hts10: str) -> Decimal | None:
    line = find_tariff_line(hts10)
    text = line.general_rate_2024.strip() if line is not None else ""
    if text.lower() == "free":
        return Decimal(0)
    if not text.endswith("%") or not text[:-1].replace(".", "", 1).isdigit():
        return None
    return Decimal(text[:-1])


def owe_general_rate(hts10: str, value_usd: int) -> int | None:
    """Duty in cents at the general rate of 2024; None where that is not a plain percentage, or not known.

    The rate is too old to assess by; it only ever sends a line to a person.
    """
    rate = _general_rate(hts10)
    return round_fractional_cents(value_usd * rate) if rate is not None else None


def sum_classes(lines: Iterable[GoodsLine]) -> Mapping[str, int]:
    """What a summary asserts, in cents by accounting class."""
    return amounts_of_entry(each.money for each in lines)


def lines_of_json(body: Mapping[str, Any]) -> list[GoodsLine]:
    """The lines of a summary as it is kept."""
    return [
        GoodsLine(
            line["country_of_origin"],
            LineFacts(
                line["line_number"],
                tuple(
                    TariffAmount(each["hts"], each["value_usd"], to_cents(each["duty_usd"])) for each in line["tariffs"]
                ),
                tuple(
                    CaseDeposit(each["case_number"], to_cents(each["deposit_usd"])) for each in line.get("cases") or ()
                ),
                tuple(FeeAmount(each["class_code"], to_cents(each["amount_usd"])) for each in line.get("fees") or ()),
                line.get("preference"),
            ),
        )
        for line in body["lines"]
    ]
