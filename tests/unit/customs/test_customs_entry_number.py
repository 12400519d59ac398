"""Entry numbers: the worked examples of CATAIR AE Table 1, the two forms, and what a refusal says."""

import pytest

from shared.customs.entry_number import (
    InvalidEntryNumber,
    check_digit,
    format_entry_number,
    mask_entry_number,
    parse_entry_number,
)

WORKED_EXAMPLES = ["ABC-1234567-6", "SP7-0000001-4", "8CG-0012345-4", "999-9999999-0"]


@pytest.mark.parametrize("printed", WORKED_EXAMPLES)
def test_the_published_check_digits_are_computed(printed: str) -> None:
    number = printed.replace("-", "")
    assert check_digit(number[:10]) == number[10]


@pytest.mark.parametrize("printed", WORKED_EXAMPLES)
def test_the_wire_form_and_the_printed_form_give_the_same_number(printed: str) -> None:
    wire = printed.replace("-", "")
    assert parse_entry_number(wire) == wire
    assert parse_entry_number(printed) == wire
    assert format_entry_number(wire) == printed


@pytest.mark.parametrize("filer_code", ["001", "A00", "AA0", "AAA", "A0A", "0A0", "00A", "0AA", "ZZZ", "9ZZ"])
def test_every_shape_of_filer_code_is_accepted(filer_code: str) -> None:
    first_ten = f"{filer_code}0000001"
    number = first_ten + check_digit(first_ten)
    assert parse_entry_number(number) == number


@pytest.mark.parametrize(
    "text",
    [
        "",
        "8CG0012345",
        "8CG001234544",
        "8cg00123454",
        " 8CG00123454",
        "8CG00123454 ",
        "8CG00123454\n",
        "8CG 0012345 4",
        "8CG-00123454",
        "8CG0012345-4",
        "8CG-0012345-44",
        "8CG--0012345-4",
        "8C--0012345-4",
        "8CG-001-345-4",
        "8CG0012A454",
        "8CG001234٤4",
        "8CG001234²4",
        "ÄCG00123454",
        "000-0000000-0",
        "00000000000",
        "8-G00123454",
    ],
)
def test_any_other_shape_is_refused_as_bad_entry_number(text: str) -> None:
    with pytest.raises(InvalidEntryNumber, match="expected an entry number of 11 characters") as refusal:
        parse_entry_number(text)
    assert refusal.value.code == "bad-entry-number"


def test_filer_code_000_is_named_as_the_reason() -> None:
    with pytest.raises(InvalidEntryNumber, match="filer code 000 is not assigned"):
        parse_entry_number("00000000018")


def test_a_wrong_check_digit_is_refused_with_the_right_one() -> None:
    with pytest.raises(InvalidEntryNumber, match=r"8CG-xxxx345-5 ends in 5, .* give check digit 4") as refusal:
        parse_entry_number("8CG00123455")
    assert refusal.value.code == "bad-check-digit"


def test_a_wrong_check_digit_is_found_in_the_printed_form_too() -> None:
    with pytest.raises(InvalidEntryNumber) as refusal:
        parse_entry_number("8CG-0012345-5")
    assert refusal.value.code == "bad-check-digit"


def test_a_misplaced_importer_number_does_not_appear_in_the_refusal() -> None:
    with pytest.raises(InvalidEntryNumber) as refusal:
        parse_entry_number("900-12-3456")
    assert "3456" not in str(refusal.value)


@pytest.mark.parametrize("first_ten", ["", "8CG001234", "8CG00123454", "8cg0012345", "0000012345", "8CG001234X"])
def test_no_check_digit_belongs_to_a_malformed_beginning(first_ten: str) -> None:
    with pytest.raises(InvalidEntryNumber) as refusal:
        check_digit(first_ten)
    assert refusal.value.code == "bad-entry-number"


def test_masking_keeps_the_filer_code_and_the_last_digits() -> None:
    assert mask_entry_number("66512340518") == "665-xxxx051-8"
