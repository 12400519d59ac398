"""Money as whole cents: a `Decimal` or a text is dollars, an `int` is cents, and a float is never money."""

from decimal import ROUND_HALF_UP, Context, Decimal, InvalidOperation
from typing import Final

MAX_CENTS: Final = 10**15 - 1
"""Largest amount taken in, ten trillion dollars: thousands of them still add up inside 64 bits."""

_MAX_TEXT_LENGTH: Final = 17  # sign, thirteen digits, point, two decimals
_CENT: Final = Decimal("0.01")
_ONE: Final = Decimal(1)
# An own context: rounding of money must not depend on what a caller did to the thread's.
_EXACT: Final = Context(prec=60, rounding=ROUND_HALF_UP, traps=[InvalidOperation])


class InvalidMoney(ValueError):  # noqa: N818 - says what the value is
    """Not an amount of dollars with at most two decimals."""


def to_cents(text: str | Decimal) -> int:
    """The cents in an amount of dollars, without rounding.

    A text is digits with an optional minus sign and at most two decimals after a point; a `Decimal` must be
    finite and a whole number of cents. Raises `InvalidMoney` for anything else and beyond `MAX_CENTS`.

    >>> to_cents("9375.00"), to_cents("-0.05"), to_cents(Decimal("12.5"))
    (937500, -5, 1250)
    """
    if isinstance(text, str):
        # The wire form "9375.00" is by far the most frequent.
        digits = text[:-3] + text[-2:]
        if text[-3:-2] == "." and digits.isdigit() and 2 < len(digits) < 16 and digits.isascii():
            return int(digits)
        return _cents_of_text(text)
    if isinstance(text, Decimal):
        return _cents_of_decimal(text)
    raise InvalidMoney(f"expected text or Decimal, got {type(text).__name__}; binary floats are not exact")


def _cents_of_text(text: str) -> int:
    whole, point, decimals = text.removeprefix("-").partition(".")
    digits = whole + decimals
    if (
        len(text) > _MAX_TEXT_LENGTH
        or not whole
        or not (digits.isascii() and digits.isdigit())
        or len(decimals) > 2
        or (point and not decimals)
    ):
        raise InvalidMoney(f"expected dollars with at most two decimals, as in 1250.00; got {text[:20]!r}")
    cents = int(whole + decimals.ljust(2, "0"))
    if cents > MAX_CENTS:
        raise InvalidMoney(f"amount above {format_cents(MAX_CENTS)} dollars: {text!r}")
    return -cents if text[0] == "-" else cents


def _cents_of_decimal(usd: Decimal) -> int:
    if not usd.is_finite():
        raise InvalidMoney(f"expected a finite amount of dollars, got {usd}")
    if usd.adjusted() > 13:
        raise InvalidMoney(f"amount above {format_cents(MAX_CENTS)} dollars")
    rounded = usd.quantize(_CENT, context=_EXACT)
    if rounded != usd:
        raise InvalidMoney("expected a whole number of cents; a computed amount is rounded by rule first")
    cents = int(rounded.scaleb(2, context=_EXACT))
    if abs(cents) > MAX_CENTS:
        raise InvalidMoney(f"amount above {format_cents(MAX_CENTS)} dollars: {usd}")
    return cents


def format_cents(cents: int) -> str:
    """Cents as dollars with two decimals, the form of the wire.

    >>> format_cents(937500), format_cents(-5)
    ('9375.00', '-0.05')
    """
    dollars, rest = divmod(abs(cents), 100)
    sign = "-" if cents < 0 else ""
    return f"{sign}{dollars}.{rest:02d}"


def round_half_up(usd: Decimal) -> int:
    """Cents nearest to a computed amount of dollars; a half cent goes away from zero.

    Raises `InvalidMoney` when the amount is not finite or larger than a sum of money can be.

    >>> round_half_up(Decimal("0.125")), round_half_up(Decimal("-0.125"))
    (13, -13)
    """
    _refuse_unbounded(usd)
    return int(usd.quantize(_CENT, context=_EXACT).scaleb(2, context=_EXACT))


def round_fractional_cents(cents: Decimal) -> int:
    """Whole cents nearest to a computed number of cents; a half cent goes away from zero.

    >>> round_fractional_cents(Decimal("12.5"))
    13
    """
    _refuse_unbounded(cents)
    return int(cents.quantize(_ONE, context=_EXACT))


def _refuse_unbounded(amount: Decimal) -> None:
    if not amount.is_finite() or amount.adjusted() > 30:
        raise InvalidMoney("expected a finite amount of money")
