"""Ports, entry types, Centers, fees, programs and the tariff schedule: the tables and the questions put to them."""

from dataclasses import FrozenInstanceError
from datetime import date
from decimal import Decimal
from itertools import pairwise

import pytest

from shared.customs.centers import NOT_ELIGIBLE, PENDING, Center, centers
from shared.customs.entry_types import UnknownEntryType, entry_type, entry_types
from shared.customs.fees import FeeItem, fee_value, fees, find_fee
from shared.customs.ports import find_port, is_port_code, ports
from shared.customs.programs import Program, find_preference, is_ad_cvd_case, programs, programs_for
from shared.customs.reference_data import read_flag
from shared.customs.tariff_schedule import chapter_titles, find_tariff_line, tariff_lines


def test_a_port_is_found_by_its_code() -> None:
    port = find_port("2704")
    assert port is not None
    assert (port.name, port.state) == ("Los Angeles", "CA")
    assert find_port("9998") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [("2704", True), ("0101", True), ("270", False), ("27040", False), ("27A4", False), ("²704", False)],
)
def test_a_port_code_is_four_digits(text: str, expected: bool) -> None:
    assert is_port_code(text) is expected


def test_every_port_code_in_the_table_has_the_shape() -> None:
    assert all(is_port_code(code) and port.code == code for code, port in ports().items())


def test_reference_mappings_cannot_be_changed() -> None:
    with pytest.raises(TypeError):
        ports()["2704"] = ports()["0101"]  # type: ignore[index]
    with pytest.raises(FrozenInstanceError):
        ports()["2704"].name = "elsewhere"  # type: ignore[misc]


@pytest.mark.parametrize("code", ["03", "07", "34", "38"])
def test_exactly_the_ad_cvd_types_carry_case_data(code: str) -> None:
    assert entry_type(code).ad_cvd
    assert sum(kind.ad_cvd for kind in entry_types().values()) == 4


def test_a_temporary_importation_is_not_liquidated() -> None:
    """Rule tib-no-liq, 19 CFR 159.2."""
    assert entry_type("23").tib
    assert not entry_type("23").liquidates


def test_in_bond_movements_are_not_liquidated() -> None:
    assert not any(kind.liquidates for kind in entry_types().values() if kind.in_bond)


@pytest.mark.parametrize("code", ["", "1", "99", "001"])
def test_an_unknown_entry_type_is_refused(code: str) -> None:
    with pytest.raises(UnknownEntryType, match="not known"):
        entry_type(code)


def test_a_flag_that_is_neither_yes_nor_no_is_refused() -> None:
    with pytest.raises(ValueError, match="expected Y or N"):
        read_flag("")


def test_centers_hold_no_value_that_stands_in_place_of_a_center() -> None:
    assert NOT_ELIGIBLE not in centers()
    assert PENDING not in centers()
    assert centers()["CEE007"].name == "Electronics"
    assert centers()["CEE001"].post_release_authority_from == date(2015, 1, 28)


def make_center(opened_on: date | None, closed_on: date | None) -> Center:
    return Center(
        code="CEE099",
        numeric_code="099",
        abbreviation="TEST",
        name="Test",
        office_city="Anywhere",
        state="NY",
        opened="",
        opened_on=opened_on,
        closed_on=closed_on,
        post_release_authority_from=None,
        made_permanent="",
        note="",
        source="",
    )


def test_a_center_is_open_from_its_opening_day_until_the_day_before_it_closes() -> None:
    center = make_center(date(2026, 1, 1), date(2026, 7, 1))
    assert [center.is_open(day) for day in (date(2025, 12, 31), date(2026, 1, 1))] == [False, True]
    assert [center.is_open(day) for day in (date(2026, 6, 30), date(2026, 7, 1))] == [True, False]


def test_a_center_without_known_days_is_open() -> None:
    assert make_center(None, None).is_open(date(2026, 1, 1))


@pytest.mark.parametrize(
    ("item", "on", "expected"),
    [
        (FeeItem.MPF_RATE, date(2026, 3, 2), "0.3464"),
        (FeeItem.MPF_RATE, date(2011, 9, 30), "0.21"),
        (FeeItem.HMF_RATE, date(2026, 3, 2), "0.125"),
        (FeeItem.MPF_MINIMUM, date(2025, 9, 30), "32.71"),
        (FeeItem.MPF_MINIMUM, date(2025, 10, 1), "33.58"),
        (FeeItem.MPF_MAXIMUM, date(2026, 9, 30), "651.50"),
        (FeeItem.INFORMAL_LIMIT, date(2013, 1, 6), "2000"),
        (FeeItem.INFORMAL_LIMIT, date(2013, 1, 7), "2500"),
        (FeeItem.DE_MINIMIS, date(2025, 8, 28), "800"),
        (FeeItem.DE_MINIMIS, date(2025, 8, 29), "0"),
        (FeeItem.DE_MINIMIS, date(2026, 11, 1), "0"),
        (FeeItem.DE_MINIMIS_CHINA_HONG_KONG, date(2025, 5, 2), "0"),
    ],
)
def test_a_fee_is_the_one_in_force_on_the_day(item: FeeItem, on: date, expected: str) -> None:
    assert fee_value(item, on) == Decimal(expected)


@pytest.mark.parametrize(
    ("item", "on"),
    [
        (FeeItem.MPF_MINIMUM, date(2026, 10, 1)),
        (FeeItem.MPF_MAXIMUM, date(2027, 3, 1)),
        (FeeItem.MPF_INFORMAL, date(2026, 10, 1)),
        (FeeItem.HMF_RATE, date(1990, 12, 31)),
        (FeeItem.EXPRESS_CONSIGNMENT, date(2022, 9, 30)),
        (FeeItem.GIFT_EXEMPTION, date(2026, 3, 2)),
        (FeeItem.DE_MINIMIS_CHINA_HONG_KONG, date(2025, 5, 1)),
    ],
)
def test_a_fee_that_is_not_known_is_not_invented(item: FeeItem, on: date) -> None:
    assert fee_value(item, on) is None


def test_a_known_fee_names_its_source() -> None:
    fee = find_fee(FeeItem.MPF_MINIMUM, date(2026, 3, 2))
    assert fee is not None
    assert "90 FR 34665" in fee.source


def test_no_two_rows_of_a_fee_are_in_force_on_the_same_day() -> None:
    for item in FeeItem:
        rows = sorted(
            (
                (fee.effective_from, fee.effective_to or date.max)
                for fee in fees()
                if fee.item is item and fee.effective_from
            ),
        )
        assert all(earlier[1] < later[0] for earlier, later in pairwise(rows))


def program_names(hts: str, on: date) -> list[str]:
    return [program.name for program in programs_for(hts, on)]


@pytest.mark.parametrize("hts", ["99030125", "9903012500"])
def test_a_program_is_found_with_and_without_statistical_suffix(hts: str) -> None:
    assert program_names(hts, date(2026, 2, 20)) == ["IEEPA reciprocal baseline"]


def test_the_ieepa_tariffs_end_with_their_last_day() -> None:
    assert program_names("99030125", date(2026, 2, 21)) == []


@pytest.mark.parametrize(
    ("hts", "name"),
    [
        ("99038815", "Section 301 China List 4A"),
        ("99038870", "Section 301 China exclusions"),
        ("99030163", "IEEPA reciprocal China"),
        ("99038222", "Section 232 metals, restructured provisions"),
        ("98020080", "U.S. components assembled abroad"),
        ("9813000520", "Temporary importation under bond (entry type 23)"),
    ],
)
def test_the_most_specific_row_decides(hts: str, name: str) -> None:
    on = date(2026, 2, 1)
    assert program_names(hts, on) == [name]


def test_a_heading_inside_a_range_with_a_shortened_end_is_found() -> None:
    assert program_names("99039009", date(2026, 2, 1)) == ["Russia column 2 increases"]
    assert program_names("99039010", date(2026, 2, 1)) == []


def test_a_heading_that_never_applied_is_never_in_force() -> None:
    assert program_names("99038816", date(2026, 2, 1)) == []


@pytest.mark.parametrize("hts", ["8471300100", "9903", "99999999", "9901"])
def test_other_numbers_have_no_program(hts: str) -> None:
    assert program_names(hts, date(2026, 2, 1)) == []


def test_a_start_known_by_month_counts_from_its_first_day_and_says_so() -> None:
    (program,) = programs_for("99030520", date(2026, 7, 1))
    assert not program.is_start_exact
    assert program_names("99030520", date(2026, 6, 30)) == []


def test_every_special_heading_row_can_be_found_by_its_own_number() -> None:
    def covers_its_own_number(program: Program) -> bool:
        number = program.code.replace(".", "").replace("x", "0").partition("-")[0].ljust(8, "0")
        on = program.effective_from or date(2026, 2, 1)
        return program in programs_for(number, on)

    rows = [row for row in programs() if row.kind == "hts" and not row.never_applied]
    assert rows
    assert [row.code for row in rows if not covers_its_own_number(row)] == []


def test_a_preference_is_found_by_its_symbol() -> None:
    usmca = find_preference("S")
    assert usmca is not None
    assert usmca.is_in_force(date(2026, 3, 2))
    assert not usmca.is_in_force(date(2020, 6, 30))
    assert find_preference("QQ") is None


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("A570910001", True),
        ("C570911000", True),
        ("A570910", False),
        ("A-570-910", False),
        ("B570910001", False),
        ("a570910001", False),
        ("A57091000\u0661", False),
        ("A570910001\n", False),
    ],
)
def test_an_ad_cvd_case_is_a_letter_and_nine_digits(text: str, expected: bool) -> None:
    assert is_ad_cvd_case(text) is expected


def test_a_tariff_line_tells_flags_and_agencies() -> None:
    line = find_tariff_line("0101210010")
    assert line is not None
    assert line.pga_flags == ("AM7", "FD3")
    assert (line.may_be_ad, line.general_rate_2024) == (False, "Free")
    assert find_tariff_line("9999999999") is None


def test_every_tariff_line_lies_in_a_titled_chapter() -> None:
    assert {number[:2] for number in tariff_lines()} <= set(chapter_titles())
