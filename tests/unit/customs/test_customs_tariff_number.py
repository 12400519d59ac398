"""Tariff numbers: lengths, dots, and the parts of a number."""

import pytest

from shared.customs.tariff_number import (
    InvalidTariffNumber,
    chapter,
    format_tariff_number,
    heading,
    is_chapter_98_99,
    parse_tariff_number,
)


@pytest.mark.parametrize(
    ("text", "digits"),
    [
        ("8471", "8471"),
        ("847130", "847130"),
        ("8471.30", "847130"),
        ("9903.01.25", "99030125"),
        ("8471300100", "8471300100"),
        ("8471.30.0100", "8471300100"),
        ("8471.30.01.00", "8471300100"),
    ],
)
def test_four_to_ten_digits_are_accepted_with_or_without_dots(text: str, digits: str) -> None:
    assert parse_tariff_number(text) == digits


@pytest.mark.parametrize(
    "text",
    [
        "",
        "84",
        "847",
        "84713",
        "84713001000",
        "84.71",
        "8471..30",
        "8471.3",
        ".8471",
        "8471.",
        "8471 30",
        "84AB",
        "\uff18\uff14\uff17\uff11",
    ],
)
def test_any_other_text_is_refused(text: str) -> None:
    with pytest.raises(InvalidTariffNumber, match="4, 6, 8 or 10 digits"):
        parse_tariff_number(text)


def test_heading_and_chapter_are_the_leading_digits() -> None:
    assert heading("8471300100") == "8471"
    assert chapter("8471300100") == "84"


@pytest.mark.parametrize(
    ("number", "expected"), [("98020080", True), ("99038815", True), ("9701", False), ("0101210010", False)]
)
def test_special_and_temporary_provisions_are_chapters_98_and_99(number: str, expected: bool) -> None:
    assert is_chapter_98_99(number) is expected


@pytest.mark.parametrize(
    ("number", "printed"),
    [("8471", "8471"), ("847130", "8471.30"), ("99038815", "9903.88.15"), ("8471300100", "8471.30.0100")],
)
def test_the_printed_form_can_be_read_back(number: str, printed: str) -> None:

    assert format_tariff_number(number) == printed
    assert parse_tariff_number(printed) == number
