"""Families of special tariff programs by date, and every program that an entry is under."""

from datetime import date

import pytest

from shared.customs.programs import FAMILIES, duty_order_of, families_of, programs, recognise_programs

ON = date(2026, 2, 1)


@pytest.mark.parametrize(
    ("hts", "on", "families"),
    [
        ("9903880100", date(2018, 7, 6), ("301",)),
        ("99038801", date(2018, 7, 5), ()),
        ("99038816", ON, ()),  # published and suspended before it took effect
        ("99030125", date(2026, 2, 20), ("IEEPA",)),
        ("99030125", date(2026, 2, 21), ()),
        ("99030301", date(2026, 2, 24), ("122",)),
        ("99030301", date(2026, 7, 24), ()),
        ("99034522", ON, ("201",)),
        ("99038001", date(2020, 1, 1), ("232",)),  # the authority is a proclamation, the name says which section
        ("99037901", ON, ("232",)),
        ("99039008", ON, ()),  # column 2 rates are no such program
        ("98020080", ON, ("chapter-98",)),
        ("9813000520", ON, ("TIB",)),
        ("8471300100", ON, ()),
    ],
)
def test_family_is_the_authority_of_the_heading_on_that_day(hts: str, on: date, families: tuple[str, ...]) -> None:
    assert families_of(hts, on) == families


def test_without_a_day_the_families_of_any_day_are_told() -> None:
    assert families_of("99030125", None) == ("IEEPA",)


@pytest.mark.parametrize(
    ("hts", "families"),
    [("99030113", ("IEEPA",)), ("99038195", ("232",)), ("99039431", ("232",)), ("99030685", ("301",))],
)
def test_headings_that_only_a_note_names_belong_to_its_program(hts: str, families: tuple[str, ...]) -> None:
    assert families_of(hts, None) == families


def test_first_day_of_a_heading_that_only_a_note_names_is_not_exact_and_not_before_its_program() -> None:
    rows = [row for row in programs() if "named in the note of" in row.note]
    parents = {row.code: row for row in programs()}
    assert len(rows) == 34
    for row in rows:
        parent = parents[row.note.removeprefix("named in the note of ").split(";")[0]]
        assert not row.is_start_exact
        assert row.effective_to == parent.effective_to
        assert (row.effective_from is None) == (parent.effective_from is None)
        if row.effective_from and parent.effective_from:
            assert row.effective_from == parent.effective_from.replace(day=1)


def test_every_family_that_a_row_has_is_named() -> None:
    found = {family for row in programs() if row.kind == "hts" for family in families_of(_number(row.code), None)}
    assert found == set(FAMILIES)


def _number(code: str) -> str:
    return code.replace(".", "").replace("x", "0").partition("-")[0].ljust(8, "0")


@pytest.mark.parametrize(
    ("case", "order"), [("A570910001", "AD"), ("C570911000", "CVD"), ("A-570-910", None), ("", None)]
)
def test_case_number_tells_which_order(case: str, order: str | None) -> None:
    assert duty_order_of(case) == order


def test_every_program_of_an_entry_is_recognised_once_and_sorted() -> None:
    found = recognise_programs(
        "02", ON, ["99038815", "99038115", "99038803", "99030125"], ["C570013000", "A570012000"], is_preferred=True
    )
    assert found == ("301", "AD", "CVD", "IEEPA", "preference", "quota")


@pytest.mark.parametrize(("entry_type", "special"), [("23", []), ("01", ["9813000520"])])
def test_temporary_importation_shows_in_the_type_or_in_the_heading(entry_type: str, special: list[str]) -> None:
    assert recognise_programs(entry_type, ON, special, [], is_preferred=False) == ("TIB",)


def test_ordinary_entry_is_under_no_program() -> None:
    assert recognise_programs("01", ON, [], [], is_preferred=False) == ()
