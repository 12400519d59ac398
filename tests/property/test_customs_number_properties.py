"""Properties of entry numbers, importer numbers and money."""

import string
from decimal import Decimal

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from shared.customs.entry_number import (
    InvalidEntryNumber,
    check_digit,
    format_entry_number,
    parse_entry_number,
)
from shared.customs.importer_number import InvalidImporterNumber, mask_importer_number, parse_importer_number
from shared.customs.money import MAX_CENTS, InvalidMoney, format_cents, round_half_up, to_cents
from shared.customs.tariff_number import format_tariff_number, parse_tariff_number

DIGITS = string.digits
filer_codes = st.text(DIGITS + string.ascii_uppercase, min_size=3, max_size=3).filter(lambda code: code != "000")
transaction_numbers = st.text(DIGITS, min_size=7, max_size=7)


@st.composite
def entry_numbers(draw: st.DrawFn) -> str:
    first_ten = draw(filer_codes) + draw(transaction_numbers)
    return first_ten + check_digit(first_ten)


def digit_by_definition(first_ten: str) -> str:
    """AE Table 1 step by step, without the tables of the module."""
    total = 0
    for position, character in enumerate(first_ten, start=1):
        if character in string.digits:
            value = int(character)
        elif character <= "R":
            value = (ord(character) - ord("A")) % 9 + 1
        else:
            value = ord(character) - ord("S") + 2
        if position % 2:
            total += value
        else:
            total += (2 * value + (1 if 2 * value > 9 else 0)) % 10
    return str((10 - total % 10) % 10)


@given(filer_codes, transaction_numbers)
def test_the_check_digit_is_the_one_of_the_published_steps(filer_code: str, transaction_number: str) -> None:
    first_ten = filer_code + transaction_number
    assert check_digit(first_ten) == digit_by_definition(first_ten)


@given(entry_numbers())
def test_a_number_survives_printing_and_reading(number: str) -> None:
    assert parse_entry_number(number) == number
    assert parse_entry_number(format_entry_number(number)) == number


@given(entry_numbers(), st.integers(3, 10), st.sampled_from(DIGITS))
def test_any_single_wrong_digit_after_the_filer_code_is_found(number: str, place: int, digit: str) -> None:
    assume(number[place] != digit)
    with pytest.raises(InvalidEntryNumber) as refusal:
        parse_entry_number(number[:place] + digit + number[place + 1 :])
    assert refusal.value.code == "bad-check-digit"


@given(entry_numbers(), st.integers(3, 8))
def test_swapped_neighbours_are_found_except_a_nought_and_a_nine(number: str, place: int) -> None:
    first, second = number[place], number[place + 1]
    assume(first != second)
    swapped = number[:place] + second + first + number[place + 2 :]
    if {first, second} == {"0", "9"}:
        assert parse_entry_number(swapped) == swapped
    else:
        with pytest.raises(InvalidEntryNumber):
            parse_entry_number(swapped)


@given(entry_numbers(), st.integers(0, 2), st.sampled_from(["1AJ", "2BKS", "8HQY", "9IRZ"]))
def test_letters_of_equal_value_in_a_filer_code_are_not_told_apart(number: str, place: int, alike: str) -> None:
    """What the check digit cannot see: A, J and 1 weigh the same."""
    first_ten = number[:place] + alike[0] + number[place + 1 : 10]
    digit = check_digit(first_ten)
    for character in alike:
        changed = first_ten[:place] + character + first_ten[place + 1 :] + digit
        assert parse_entry_number(changed) == changed


@given(st.text(max_size=14))
def test_any_text_is_an_entry_number_or_refused(text: str) -> None:
    try:
        number = parse_entry_number(text)
    except InvalidEntryNumber:
        return
    assert text in {number, format_entry_number(number)}


@given(st.one_of(st.text(max_size=14), st.from_regex(r"[0-9]{3}-[0-9]{2}-[0-9]{4} ?", fullmatch=True)))
def test_a_masked_importer_number_shows_at_most_four_characters(text: str) -> None:
    masked = mask_importer_number(text)
    assert sum(character not in "*-" for character in masked) <= 4
    try:
        number = parse_importer_number(text)
    except InvalidImporterNumber:
        assert set(masked) == {"*"}
    else:
        assert number == text.rstrip(" ")


@given(st.integers(-MAX_CENTS, MAX_CENTS))
def test_money_survives_writing_and_reading(cents: int) -> None:
    assert to_cents(format_cents(cents)) == cents
    assert to_cents(Decimal(cents) / 100) == cents
    assert round_half_up(Decimal(cents) / 100) == cents


@given(st.text("0123456789.-+eE ", max_size=20))
def test_any_text_is_exact_money_or_refused(text: str) -> None:
    try:
        cents = to_cents(text)
    except InvalidMoney:
        return
    assert Decimal(cents) == Decimal(text) * 100


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**12), max_value=10**12))
def test_rounding_is_never_off_by_more_than_half_a_cent(usd: Decimal) -> None:
    assert abs(Decimal(round_half_up(usd)) - usd * 100) <= Decimal("0.5000000000000001")
    assert round_half_up(-usd) == -round_half_up(usd)


@given(st.sampled_from([4, 6, 8, 10]).flatmap(lambda length: st.text(DIGITS, min_size=length, max_size=length)))
def test_a_tariff_number_survives_printing_and_reading(number: str) -> None:
    assert parse_tariff_number(number) == number
    assert parse_tariff_number(format_tariff_number(number)) == number
