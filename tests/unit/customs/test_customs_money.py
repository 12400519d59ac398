"""Money: exact cents in, two decimals out, half a cent away from zero."""

from decimal import Context, Decimal, localcontext

import pytest

from shared.customs.money import (
    MAX_CENTS,
    InvalidMoney,
    format_cents,
    round_fractional_cents,
    round_half_up,
    to_cents,
)


@pytest.mark.parametrize(
    ("amount", "cents"),
    [
        ("9375.00", 937500),
        ("0.00", 0),
        ("-0.00", 0),
        ("-0.05", -5),
        ("7", 700),
        ("7.5", 750),
        ("0007.50", 750),
        ("9999999999999.99", MAX_CENTS),
        ("-9999999999999.99", -MAX_CENTS),
        (Decimal("12.5"), 1250),
        (Decimal("12.500"), 1250),
        (Decimal("1E+3"), 100000),
        (Decimal("-0"), 0),
    ],
)
def test_whole_cents_are_taken_exactly(amount: str | Decimal, cents: int) -> None:
    assert to_cents(amount) == cents


@pytest.mark.parametrize(
    "amount",
    [
        "",
        "-",
        ".",
        ".50",
        "5.",
        "1.005",
        "1.000",
        "1,000.00",
        "1e2",
        "+1.00",
        "--1.00",
        "1.-1",
        " 1.00",
        "1.00\n",
        "NaN",
        "Infinity",
        "$1.00",
        "\u0661.\u0660\u0660",
        "1_0.00",
        "10000000000000.00",
        "100000000000000",
        "9" * 5000,
        Decimal("1.005"),
        Decimal("1.00000000000000000000000000000000000001"),
        Decimal("NaN"),
        Decimal("sNaN"),
        Decimal("-Infinity"),
        Decimal("1E+999999"),
        Decimal("1E-999999"),
        Decimal(10000000000000),
    ],
)
def test_anything_but_dollars_with_two_decimals_is_refused(amount: str | Decimal) -> None:
    with pytest.raises(InvalidMoney):
        to_cents(amount)


def test_a_binary_float_is_never_money() -> None:
    with pytest.raises(InvalidMoney, match="float"):
        to_cents(1.5)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("cents", "text"), [(0, "0.00"), (5, "0.05"), (-5, "-0.05"), (-12345, "-123.45"), (100, "1.00")]
)
def test_cents_are_written_with_two_decimals(cents: int, text: str) -> None:
    assert format_cents(cents) == text


@pytest.mark.parametrize(
    ("usd", "cents"), [("0.125", 13), ("0.1249", 12), ("-0.125", -13), ("433.0000", 43300), ("0", 0), ("1E-50", 0)]
)
def test_half_a_cent_goes_away_from_zero(usd: str, cents: int) -> None:
    assert round_half_up(Decimal(usd)) == cents
    assert round_fractional_cents(Decimal(usd).scaleb(2)) == cents


@pytest.mark.parametrize("amount", ["NaN", "Infinity", "1E+40"])
def test_what_is_no_amount_cannot_be_rounded(amount: str) -> None:
    with pytest.raises(InvalidMoney):
        round_half_up(Decimal(amount))
    with pytest.raises(InvalidMoney):
        round_fractional_cents(Decimal(amount))


def test_a_callers_decimal_context_changes_nothing() -> None:
    with localcontext(Context(prec=3)):
        assert to_cents(Decimal("123456.78")) == 12345678
        assert round_half_up(Decimal("123456.785")) == 12345679
