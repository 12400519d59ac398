"""Terms of an order on which a refund is assessed where they differ from the statute: interest, and what is small."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Context, Decimal
from typing import Any, Final, Literal

InterestTerms = Literal["1505c", "none", "ordered"]
SmallTerms = Literal["by-writer", "disregard", "refund"]

_EXACT: Final = Context(prec=60)
_HUNDRED: Final = Decimal(100)
_DAYS_OF_A_YEAR: Final = Decimal(365)


@dataclass(frozen=True, slots=True)
class Terms:
    """The terms of a program for what CBP owes; what an importer owes is always reckoned by the statute.

    `interest` is that of 19 USC 1505(c), none, or simple interest at `ordered_rate_pct` from `ordered_from` or the
    payment, whichever is later [U: orders say it in words of their own]. `small`: whether less than 20 dollars is
    refunded, as who writes the act is bound (19 CFR 159.6), or as the program says. `is_mixed`: another decision
    changes the same act, so that these terms cannot be applied to the whole of it.
    """

    program: str
    interest: InterestTerms = "1505c"
    small: SmallTerms = "by-writer"
    ordered_rate_pct: str | None = None
    ordered_from: date | None = None
    is_mixed: bool = False

    @property
    def is_statutory(self) -> bool:
        """Whether they say nothing but what the statute says."""
        return self.interest == "1505c" and self.small == "by-writer"

    def as_json(self) -> dict[str, Any]:
        """The terms as they are stored with an assessment."""
        told = {
            "program": self.program,
            "interest": self.interest,
            "small": self.small,
            "ordered_rate_pct": self.ordered_rate_pct,
            "ordered_from": self.ordered_from.isoformat() if self.ordered_from is not None else None,
            "is_mixed": self.is_mixed or None,
        }
        return {name: value for name, value in told.items() if value is not None}


def terms_from_json(stored: Mapping[str, Any] | None) -> Terms | None:
    """The terms of an assessment as it is stored; None: those of the statute, of no program."""
    if stored is None:
        return None
    since = stored.get("ordered_from")
    return Terms(
        stored["program"],
        stored["interest"],
        stored["small"],
        stored.get("ordered_rate_pct"),
        date.fromisoformat(since) if since else None,
        bool(stored.get("is_mixed")),
    )


def share_ordered(rate_pct: str, since: date, paid_on: date, until: date) -> Decimal:
    """What simple interest at a yearly rate adds to each cent from a day or the payment, whichever is later.

    >>> share_ordered("3.65", date(2026, 1, 1), date(2025, 6, 1), date(2026, 1, 11))
    Decimal('0.0010')
    """
    days = Decimal(max((until - max(paid_on, since)).days, 0))
    yearly = _EXACT.divide(Decimal(rate_pct), _HUNDRED)
    return _EXACT.divide(_EXACT.multiply(yearly, days), _DAYS_OF_A_YEAR)
