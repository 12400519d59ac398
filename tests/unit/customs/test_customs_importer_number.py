"""Importer numbers: the three shapes, the padding, and what is shown of them."""

import pytest

from shared.customs.importer_number import (
    ImporterNumberKind,
    InvalidImporterNumber,
    kind_of,
    mask_importer_number,
    parse_importer_number,
)


@pytest.mark.parametrize(
    ("number", "kind", "masked"),
    [
        ("07-123456700", ImporterNumberKind.EIN, "**-*****6700"),
        ("07-1234567AB", ImporterNumberKind.EIN, "**-*****67AB"),
        ("900-12-3456", ImporterNumberKind.SSN, "***-**-3456"),
        ("262704-00017", ImporterNumberKind.CBP_ASSIGNED, "******-*0017"),
    ],
)
def test_each_shape_is_accepted_told_apart_and_masked(number: str, kind: ImporterNumberKind, masked: str) -> None:
    assert parse_importer_number(number) == number
    assert kind_of(number) is kind
    assert mask_importer_number(number) == masked


def test_padding_on_the_right_is_removed() -> None:
    assert parse_importer_number("900-12-3456 ") == "900-12-3456"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "12 ",
        "07-1234567",
        "07-12345670",
        "07-1234567ab",
        "07-1234567000",
        "071234567000",
        " 07-123456700",
        "07-123456700\n",
        "900123456",
        "900-123456",
        "262704-0001",
        "2627A4-00017",
        "07-12345٦700",
    ],
)
def test_any_other_shape_is_refused_without_repeating_it(text: str) -> None:
    with pytest.raises(InvalidImporterNumber, match="expected an importer number") as refusal:
        parse_importer_number(text)
    assert not text.strip() or text not in str(refusal.value)


def test_a_malformed_number_has_no_kind() -> None:
    with pytest.raises(InvalidImporterNumber):
        kind_of("900123456")


@pytest.mark.parametrize("text", ["", "900123456", "not a number at all", "900-12-3456 "])
def test_what_is_no_importer_number_is_masked_whole(text: str) -> None:
    assert mask_importer_number(text) == "************"
