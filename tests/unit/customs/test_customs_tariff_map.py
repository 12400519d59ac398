"""The map from tariff number to Center: longest prefix, special provisions, versions, damaged rows."""

import pytest

from shared.customs.centers import centers
from shared.customs.tariff_map import UNDERLYING, TariffMap, TariffMapRow, default_tariff_map
from shared.customs.tariff_schedule import tariff_lines


def make_row(prefix_from: str, prefix_to: str, center_code: str) -> TariffMapRow:
    return TariffMapRow(prefix_from, prefix_to, center_code, source="test", confidence="high", note="")


@pytest.mark.parametrize(
    ("hts", "center"),
    [
        ("8471300100", "CEE007"),
        ("8459708060", "CEE010"),
        ("8414", "CEE010"),
        ("8471", "CEE007"),
        ("8712001510", "CEE008"),
        ("3302100000", "CEE001"),
        ("3303001000", "CEE008"),
        ("0101210010", "CEE002"),
        ("847", "CEE010"),
    ],
)
def test_a_heading_row_goes_before_the_chapter_row(hts: str, center: str) -> None:
    assert default_tariff_map().center_for(hts) == center


@pytest.mark.parametrize("hts", ["9802008000", "99038815"])
def test_special_provisions_have_no_center_but_a_row_that_says_why(hts: str) -> None:
    assert default_tariff_map().center_for(hts) is None
    row = default_tariff_map().row_for(hts)
    assert row is not None
    assert row.center_code == UNDERLYING


@pytest.mark.parametrize("hts", ["", "0", "0012345678", "XX"])
def test_a_number_outside_the_map_has_no_center(hts: str) -> None:
    assert default_tariff_map().center_for(hts) is None
    assert default_tariff_map().row_for(hts) is None


def test_every_tariff_line_of_chapters_1_to_97_has_a_known_center() -> None:
    assert {
        default_tariff_map().center_for(number) for number in tariff_lines() if number[:2] not in {"98", "99"}
    } <= set(centers())


def test_the_deciding_row_tells_its_confidence_and_source() -> None:
    row = default_tariff_map().row_for("8511100000")
    assert row is not None
    assert (row.prefix_from, row.confidence, row.note) == ("8511", "confirmed", "moved from Machinery")
    assert row.source.startswith("79 FR 13322")


def test_longer_prefixes_than_a_heading_win() -> None:
    tariff_map = TariffMap(
        [make_row("40", "40", "A"), make_row("4015", "4015", "B"), make_row("401512", "401512", "C")]
    )
    assert [tariff_map.center_for(hts) for hts in ("4015121010", "4015190000", "4011", "401512")] == [
        "C",
        "B",
        "A",
        "C",
    ]


def test_the_version_follows_the_content_and_not_the_order_of_rows() -> None:
    rows = [make_row("01", "02", "A"), make_row("03", "03", "B")]
    assert TariffMap(rows).version == TariffMap(reversed(rows)).version
    assert TariffMap(rows).version != TariffMap([*rows, make_row("0301", "0301", "A")]).version
    assert TariffMap(rows, version="2026-11").version == "2026-11"


def test_overlapping_rows_of_one_length_are_refused() -> None:
    with pytest.raises(ValueError, match="prefix 03 stands in two rows"):
        TariffMap([make_row("01", "03", "A"), make_row("03", "04", "B")])


@pytest.mark.parametrize(
    ("prefix_from", "prefix_to"),
    [("1", "2"), ("01", "0201"), ("0A", "0B"), ("", ""), ("04", "03"), ("0100000000", "0200000000")],
)
def test_a_damaged_range_is_refused(prefix_from: str, prefix_to: str) -> None:
    with pytest.raises(ValueError, match="expected"):
        TariffMap([make_row(prefix_from, prefix_to, "A")])
