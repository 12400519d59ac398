"""Antidumping and countervailing duty at liquidation, against the instruction: what went by law, what went wrong.

GAO-16-542: entries closed at the deposit rate, and nobody collected error data. An error stands until it is explained.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from typing import Literal

ErrorKind = Literal["deemed-liquidation", "another-rate", "rate-not-known"]


@dataclass(frozen=True, slots=True)
class InstructedRate:
    """A rate that a message names for a case: of one maker or exporter or of all, for entries of a time."""

    message_number: str
    case_number: str
    rate_pct: Decimal
    manufacturer_id: str | None
    entered_from: date | None
    entered_to: date | None


@dataclass(frozen=True, slots=True)
class LiquidatedCase:
    """A case on a line of an entry that was liquidated, with the rate at which it was asserted, in percent.

    `changed` is whether the liquidation changed the entry's money: then the rate at liquidation is not the asserted one
    and is not known line by line.
    """

    entry_number: str
    line_number: int
    case_number: str
    rate_pct: Decimal | None
    value_usd: int
    manufacturer_id: str | None
    entry_date: date | None
    liquidated_on: date
    is_deemed: bool
    changed: bool


@dataclass(frozen=True, slots=True)
class AdcvdError:
    """What is wrong, or not known, of a case on a line; `at_stake_cents` is what the instructed rate would add."""

    kind: ErrorKind
    case: LiquidatedCase
    instructed: InstructedRate | None
    at_stake_cents: int | None


def rate_for(case: LiquidatedCase, rates: Sequence[InstructedRate]) -> InstructedRate | None:
    """The rate that a message names for a case on a line, one of its maker before one of all; None: none is known."""
    fitting = [
        each
        for each in rates
        if each.case_number == case.case_number
        and each.manufacturer_id in {None, case.manufacturer_id}
        and case.entry_date is not None
        and (each.entered_from is None or each.entered_from <= case.entry_date)
        and (each.entered_to is None or case.entry_date <= each.entered_to)
    ]
    return next(iter(sorted(fitting, key=lambda each: each.manufacturer_id is None)), None)


def find_errors(cases: Iterable[LiquidatedCase], rates: Sequence[InstructedRate]) -> list[AdcvdError]:
    """Every deemed liquidation, every difference from the instruction, and what cannot be compared.

    A case without an instruction that is known is no error: Commerce's message has yet to be recorded.
    """
    found = []
    for case in cases:
        instructed = rate_for(case, rates)
        at_stake = None
        if instructed is not None and case.rate_pct is not None and not case.changed:
            more = Decimal(case.value_usd) * (instructed.rate_pct - case.rate_pct)  # dollars times percent are cents
            at_stake = int(more.quantize(Decimal(1), ROUND_HALF_UP))
        if case.is_deemed:
            found.append(AdcvdError("deemed-liquidation", case, instructed, at_stake))
        elif instructed is None:
            continue
        elif case.changed or case.rate_pct is None:
            found.append(AdcvdError("rate-not-known", case, instructed, None))
        elif case.rate_pct != instructed.rate_pct:
            found.append(AdcvdError("another-rate", case, instructed, at_stake))
    return found
