"""The words of a proof: what was posted of an entry and what its interest rests on, told and read again."""

from calendar import isleap, monthrange
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from datetime import date, timedelta
from typing import Any, Final

from services.liquidation.domain.money.interest import PayeeKind, Segment, interest_kind
from services.liquidation.domain.money.terms import Terms
from services.liquidation.domain.program.proving import LEAF_FIELDS, Posted
from shared.customs.interest import rate_on
from shared.customs.money import format_cents, to_cents

PROOF_FORM: Final = "centerline-proof-1"
"""What a proof says first: of which fields it is made."""

_CENTS: Final = "_cents"
_USD: Final = "_usd"
_COUNTS: Final = frozenset({"revision", "version", "row_number", "sequence"})
_DAYS: Final = frozenset({"posted_on", "liquidated_on", "paid_on"})
_MAY_LACK: Final = frozenset({"paid_on", "interest_cents", "refund_cents", "refund_number", "missing"})


class Unreadable(ValueError):  # noqa: N818 - says what the value is
    """A value of a proof that is none of its field: `field` names it, the text says what it should be."""

    def __init__(self, field: str, says: Any, expected: str) -> None:
        super().__init__(f"{field}: {says!r} is {expected}")
        self.field, self.says, self.expected = field, says, expected


def posted_name(field: str) -> str:
    """The name under which a field of a leaf is told: money in dollars.

    >>> posted_name("removed_cents"), posted_name("cohort")
    ('removed_usd', 'cohort')
    """
    return field.removesuffix(_CENTS) + _USD if field.endswith(_CENTS) else field


def describe_posted(posted: Posted) -> dict[str, Any]:
    """What was posted as a proof tells it: days in ISO form, money in dollars and cents, null where there is none."""
    return {posted_name(name): _shown(name, value) for name, value in asdict(posted).items()}


def _shown(name: str, value: Any) -> Any:
    if value is None:
        return None
    if name.endswith(_CENTS):
        return format_cents(value)
    if name in _DAYS:
        return value.isoformat()
    return list(value) if name == "headings" else value


def read_posted(told: Mapping[str, Any]) -> Posted:
    """What a proof says was posted; raises `Unreadable` for the first field that is not what it should be.

    >>> read_posted({"program": "ieepa-2026", "revision": "1"})
    Traceback (most recent call last):
    services.liquidation.domain.program.proof_documents.Unreadable: posted.revision: '1' is no whole number
    """
    return Posted(**{name: _read(name, told) for name in LEAF_FIELDS})


def _read(name: str, told: Mapping[str, Any]) -> Any:
    shown = posted_name(name)
    field, value = f"posted.{shown}", told.get(shown)
    if value is None:
        if name not in _MAY_LACK:
            raise Unreadable(field, None, "not there")
        return None
    if name in _COUNTS:
        return read_count(field, value)
    if name.endswith(_CENTS):
        return read_usd(field, value)
    if name in _DAYS:
        return read_day(field, value)
    if name == "headings":
        if not isinstance(value, list) or not all(isinstance(each, str) and each.isdigit() for each in value):
            raise Unreadable(field, value, "no list of tariff numbers")
        return tuple(value)
    if not isinstance(value, str) or (not value and name in _MAY_LACK):
        raise Unreadable(field, value, "no text")
    return value


def read_count(field: str, value: Any) -> int:
    """A whole number, not negative; raises `Unreadable`."""
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Unreadable(field, value, "no whole number")
    return value


def read_usd(field: str, value: Any) -> int:
    """Cents of an amount in dollars, in the one form in which it is told; raises `Unreadable`."""
    try:
        cents = to_cents(value)
    except (ArithmeticError, TypeError, ValueError):
        raise Unreadable(field, value, "no amount in dollars and cents") from None
    if format_cents(cents) != value:
        raise Unreadable(field, value, "no amount in dollars and cents")
    return cents


def read_day(field: str, value: Any) -> date:
    """A day, in ISO form with hyphens; raises `Unreadable`."""
    try:
        day = date.fromisoformat(value)
    except (TypeError, ValueError):
        raise Unreadable(field, value, "no day") from None
    if day.isoformat() != value:
        raise Unreadable(field, value, "no day in the form 2026-05-20")
    return day


def clip_to_terms(segments: Sequence[Segment], terms: Terms | None) -> list[Segment]:
    """The segments as far as they bear interest: what CBP owes does so from the day on which an order lets it begin.

    >>> ordered = Terms("p", "ordered", ordered_rate_pct="3.65", ordered_from=date(2026, 3, 31))
    >>> clip_to_terms([Segment("cbp", 1, date(2025, 3, 12), date(2026, 5, 20))], ordered)[0].start
    datetime.date(2026, 3, 31)
    """
    since = terms.ordered_from if terms is not None and terms.interest == "ordered" else None
    if since is None:
        return list(segments)
    clipped = [
        replace(each, start=max(each.start, since)) if each.debtor == "cbp" and since < each.end else each
        for each in segments
    ]
    return [each for each in clipped if each.debtor == "importer" or since <= each.start]


def describe_segment(segment: Segment, payee: PayeeKind | None, terms: Terms | None) -> dict[str, Any]:
    """A time in which one side owed the other, with the rate of each quarter that it bears.

    The day of `start` bears no interest, that of `end` does. Raises `InterestRateUnknown` for a day without a
    published rate.
    """
    return {
        "debtor": segment.debtor,
        "amount_usd": format_cents(segment.cents),
        "start": segment.start.isoformat(),
        "end": segment.end.isoformat(),
        "rates": list_rates(segment, payee, terms),
    }


def list_rates(segment: Segment, payee: PayeeKind | None, terms: Terms | None) -> list[dict[str, Any]]:
    """The rate in percent a year of each quarter of a segment, with the days that bear it, both counted.

    An order of its own rate has one, over all quarters; what bears none has an empty list.

    >>> segment = Segment("cbp", 9_375_00, date(2026, 3, 12), date(2026, 4, 2))
    >>> [(each["quarter"], each["days"], each["rate_pct"]) for each in list_rates(segment, "non-corporate", None)]
    [('2026-Q1', 19, '7'), ('2026-Q2', 2, '6')]
    """
    if segment.debtor == "cbp" and terms is not None and terms.interest != "1505c":
        if terms.interest == "none" or terms.ordered_from is None or terms.ordered_rate_pct is None:
            return []
        since = max(segment.start, terms.ordered_from)
        return [_rate(None, since, segment.end, terms.ordered_rate_pct)] if since < segment.end else []
    kind = interest_kind(segment.debtor, payee)
    rates: list[dict[str, Any]] = []
    reached = segment.start
    while kind is not None and reached < segment.end:
        first = reached + timedelta(days=1)
        until = min(segment.end, _end_of_quarter(first))
        quarter = f"{first.year}-Q{(first.month + 2) // 3}"
        rates.append(_rate(quarter, reached, until, str(rate_on(first).rate_pct(kind))))
        reached = until
    return rates


def _rate(quarter: str | None, after: date, until: date, rate_pct: str) -> dict[str, Any]:
    first = after + timedelta(days=1)
    return {
        "quarter": quarter,
        "from": first.isoformat(),
        "to": until.isoformat(),
        "days": (until - after).days,
        "rate_pct": rate_pct,
    }


def _end_of_quarter(day: date) -> date:
    month = (day.month + 2) // 3 * 3
    return date(day.year, month, monthrange(day.year, month)[1])


def leap_years_matter(segments: Sequence[Segment]) -> bool:
    """Whether a day of a leap year bears interest: only then does the unsettled divisor of such years [U] count.

    >>> leap_years_matter([Segment("cbp", 1, date(2023, 12, 31), date(2024, 1, 1))])
    True
    """
    return any(
        isleap(year)
        for each in segments
        for year in range((each.start + timedelta(days=1)).year, each.end.year + 1)
        if each.start < each.end
    )
