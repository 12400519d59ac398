"""Drafts of the tariff map: each kind of fault, what moves, what became of a version."""

from datetime import date, timedelta

import pytest

from services.routing.domain.directory import Change, build_directory
from services.routing.domain.tariff_maps import (
    MapVersion,
    diff_headings,
    find_before,
    find_in_force,
    map_subheadings,
    state_on,
    tariff_subheadings,
    validate,
)
from shared.customs.tariff_map import UNDERLYING, TariffMap, TariffMapRow, default_tariff_map

DAY = date(2027, 1, 1)
ROWS = default_tariff_map().rows


def row(prefix_from: str, center: str = "CEE007", prefix_to: str | None = None) -> TariffMapRow:
    return TariffMapRow(prefix_from, prefix_to or prefix_from, center, "test", "high", "")


def without(*prefixes: str) -> list[TariffMapRow]:
    return [item for item in ROWS if item.prefix_from not in prefixes]


def test_shipped_map_is_without_fault_and_covers_every_heading() -> None:
    report = validate(ROWS, build_directory(()), DAY)
    assert report.faults == ()
    assert report.headings == len({number[:4] for number in tariff_subheadings()})
    assert sum(report.headings_by_center.values()) >= report.headings


@pytest.mark.parametrize(
    ("rows", "code", "prefix"),
    [
        ([*ROWS, row("8541", prefix_to="854")], "bad-range", "8541-854"),
        ([*ROWS, row("8542", prefix_to="8541")], "bad-range", "8542-8541"),
        ([*ROWS, row("85414100")], "prefix-too-long", "85414100"),
        ([*ROWS, row("2801", "CEE001")], "overlap", "2801"),
        (without("93"), "not-covered", "9301"),
        ([*without("93"), *(row(f"93{number:02d}") for number in range(2, 8))], "not-covered", "9301"),
        ([*ROWS, row("8541", "CEE099")], "unknown-center", "8541"),
        ([*ROWS, row("9903")], "not-underlying", "9903"),
        ([*ROWS, row("8541", UNDERLYING)], "center-missing", "8541"),
        ([*without("98"), row("98", "CEE001", "99")], "not-underlying", "98-99"),
    ],
)
def test_fault_is_found_where_it_is(rows: list[TariffMapRow], code: str, prefix: str) -> None:
    faults = validate(rows, build_directory(()), DAY).faults
    assert (code, prefix) in {(fault.code, fault.prefix) for fault in faults}
    assert {fault.code for fault in faults} == {code}


def test_center_is_no_choice_before_it_opens_and_after_it_closed() -> None:
    details = {"name": "SYNTHETIC", "numeric_code": "011", "office_city": "Denver", "state": "CO"}
    directory = build_directory(
        [
            Change("center", "CEE011", "CEE011", "open", DAY, details),
            Change("center", "CEE009", "CEE009", "close", DAY, {"successor": "CEE011"}),
        ]
    )
    rows = [*ROWS, row("8541", "CEE011")]
    before = validate(rows, directory, DAY - timedelta(days=1)).faults
    assert {(fault.code, fault.prefix) for fault in before} == {("center-not-open", "8541")}
    after = validate(rows, directory, DAY).faults
    assert {fault.code for fault in after} == {"center-not-open"}
    assert "8541" not in {fault.prefix for fault in after}


def test_overlap_of_two_long_rows_is_one_fault() -> None:
    rows = [*ROWS, row("850110", prefix_to="850180"), row("850120", prefix_to="850160")]
    (fault,) = validate(rows, build_directory(()), DAY).faults
    assert fault.code == "overlap"
    assert "and 36 more" in fault.detail


def test_heading_split_by_subheading_moves_in_part_only() -> None:
    open_centers = build_directory(()).open_centers(DAY)
    numbers = tariff_subheadings()
    split = TariffMap([*ROWS, row("851712", "CEE010"), row("851713", "CEE010")])
    moves = diff_headings(
        map_subheadings(numbers, default_tariff_map(), open_centers), map_subheadings(numbers, split, open_centers)
    )
    present = sum(number in {"851712", "851713"} for number in numbers)
    assert moves == [("8517", "CEE007", "CEE010", present)]


def test_row_for_the_successor_of_a_closed_center_moves_nothing() -> None:
    directory = build_directory([Change("center", "CEE009", "CEE009", "close", DAY, {"successor": "CEE010"})])
    numbers = tariff_subheadings()
    renamed = TariffMap(
        [
            TariffMapRow(item.prefix_from, item.prefix_to, "CEE010", item.source, item.confidence, item.note)
            if item.center_code == "CEE009"
            else item
            for item in ROWS
        ]
    )

    def moves(on: date) -> int:
        centers = directory.open_centers(on)
        return len(
            diff_headings(
                map_subheadings(numbers, default_tariff_map(), centers), map_subheadings(numbers, renamed, centers)
            )
        )

    assert moves(DAY) == 0
    assert moves(DAY - timedelta(days=1)) > 0


def version(number: int, effective_on: date, publication: int, rolls_back: str | None = None) -> MapVersion:
    return MapVersion(number, f"v{number}", "", "", "published", 1, effective_on, publication, effective_on, rolls_back)


SHIPPED = MapVersion(0, "v0", "", "", "published", 1)
FIRST = version(1, date(2026, 5, 1), 1)
SECOND = version(2, date(2026, 7, 1), 2)
BACK = version(3, date(2026, 9, 1), 3, rolls_back="v2")
PUBLISHED = [SHIPPED, FIRST, SECOND, BACK]


@pytest.mark.parametrize(
    ("on", "in_force", "states"),
    [
        (date(2026, 4, 30), "v0", ["published"] * 4),
        (date(2026, 5, 1), "v1", ["superseded", "published", "published", "published"]),
        (date(2026, 7, 1), "v2", ["superseded", "superseded", "published", "published"]),
        (date(2026, 9, 1), "v3", ["superseded", "superseded", "rolled-back", "published"]),
    ],
)
def test_what_became_of_a_version_depends_on_the_day(on: date, in_force: str, states: list[str]) -> None:
    assert find_in_force(PUBLISHED, on).version == in_force
    assert [state_on(item, PUBLISHED, on) for item in PUBLISHED] == states


def test_version_rolled_back_before_its_day_never_counts() -> None:
    undone = version(2, date(2026, 7, 1), 3, rolls_back="v1")
    published = [SHIPPED, version(1, date(2026, 7, 1), 2), undone]
    assert state_on(published[1], published, date(2026, 6, 1)) == "rolled-back"
    assert find_in_force(published, date(2026, 7, 1)) is undone
    assert find_before(published, published[1]) is SHIPPED


def test_draft_stays_one_on_any_day() -> None:
    draft = MapVersion(4, "v4", "", "", "draft", 1)
    assert state_on(draft, PUBLISHED, DAY) == "draft"
