"""What is dated about an account, what a change of it changes, and how files of accounts are read."""

from collections.abc import AsyncIterator
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.routing.api.account_files import read_account, read_rows
from services.routing.domain.account_imports import Fault, Format, Row
from services.routing.domain.accounts import (
    AccountRecord,
    BrokerAuthorisation,
    Contact,
    GivenAccount,
    RelatedParty,
    StandingLapse,
    Term,
    TrustedProgram,
    is_in_good_standing,
    keep_known_terms,
    keep_verification,
    list_changes,
    may_represent,
    programs_on,
    read_programs,
    write_document,
)
from services.routing.store.accounts import read_account as read_account_row
from shared.runtime.errors import Malformed

DAY = date(2026, 3, 2)
YEAR = Term(date(2026, 1, 1), date(2026, 12, 31))
HEADER = "importer_number,name,size,trusted_programs,assigned_center,broker_as_importer,email,filer_code\n"

WHOLE = AccountRecord(
    importer_number="900-12-3456",
    name="SYNTHETIC",
    size="mid",
    is_broker=True,
    contact_email="a@b.example",
    filer_code="B76",
    trusted_programs=(TrustedProgram("CTPAT", YEAR), TrustedProgram("ISA")),
    other_names=("SYNTHETIC TRADE NAME",),
    contacts=(Contact("protest", "Pat", "manager", "p@b.example", "+1 555 0100", YEAR, DAY),),
    brokers=(BrokerAuthorisation("301", "SYNTHETIC BROKER", ("protest",), YEAR),),
    standing=(StandingLapse("bond insufficient", YEAR),),
    related_parties=(RelatedParty("parent", None, "SYNTHETIC HOLDING"),),
    family="G1",
    registered_on=DAY,
    revision=4,
)


@pytest.mark.parametrize(
    ("day", "holds"),
    [(date(2025, 12, 31), False), (date(2026, 1, 1), True), (date(2026, 12, 31), True), (date(2027, 1, 1), False)],
)
def test_program_is_in_force_from_its_first_day_to_its_last(day: date, holds: bool) -> None:
    assert programs_on([TrustedProgram("CTPAT", YEAR)], day) == (("CTPAT",) if holds else ())


@given(st.dates(date(2000, 1, 1), date(2050, 1, 1)))
def test_program_without_dates_is_always_in_force_and_named_once(day: date) -> None:
    assert programs_on([TrustedProgram("CTPAT"), TrustedProgram("CTPAT", YEAR)], day) == ("CTPAT",)


def test_account_is_in_good_standing_but_for_its_lapses() -> None:
    lapses = [StandingLapse("unpaid bills", Term(DAY, None))]
    assert is_in_good_standing([], DAY)
    assert is_in_good_standing(lapses, DAY - timedelta(days=1))
    assert not is_in_good_standing(lapses, DAY + timedelta(days=4000))


@pytest.mark.parametrize(
    ("filer_code", "process", "day", "may"),
    [
        ("301", "protest", DAY, True),
        ("301", None, DAY, True),
        ("301", "quota", DAY, False),
        ("8CG", "quota", DAY, True),
        ("M42", "protest", DAY, False),
        ("301", "protest", date(2027, 1, 1), False),
    ],
)
def test_broker_represents_within_processes_and_term(
    filer_code: str, process: str | None, day: date, may: bool
) -> None:
    brokers = [BrokerAuthorisation("301", "ONE", ("protest",), YEAR), BrokerAuthorisation("8CG", "ALL")]
    assert may_represent(brokers, filer_code, process, day) is may


def test_bare_program_name_keeps_the_dates_that_are_known() -> None:
    known = (TrustedProgram("CTPAT", YEAR),)
    assert keep_known_terms(["CTPAT", "ISA"], known) == (TrustedProgram("CTPAT", YEAR), TrustedProgram("ISA"))
    assert keep_known_terms([TrustedProgram("CTPAT")], known) == (TrustedProgram("CTPAT"),)
    assert keep_known_terms([], known) == ()


def test_importer_cannot_verify_its_own_contact() -> None:
    known = Contact("protest", "Pat", verified_on=DAY)
    claimed = [Contact("protest", "Pat", verified_on=date(2030, 1, 1)), Contact("quota", "Kim", verified_on=DAY)]
    assert keep_verification(claimed, [known]) == (known, Contact("quota", "Kim"))


def test_account_is_the_same_after_it_was_kept() -> None:
    row: dict[str, Any] = {**write_document(WHOLE), "importer_number": WHOLE.importer_number, "revision": 4}
    row["registered_on"] = DAY
    assert read_account_row(row) == WHOLE
    assert read_programs(write_document(WHOLE)["trusted_programs"]) == WHOLE.trusted_programs


def test_changes_name_each_field_with_what_it_was_and_became() -> None:
    after = replace(WHOLE, size="large", trusted_programs=(), revision=5)
    assert [(change.name, change.before, change.after) for change in list_changes(WHOLE, after)] == [
        ("size", "mid", "large"),
        (
            "trusted_programs",
            [
                {"program": "CTPAT", "from": "2026-01-01", "to": "2026-12-31"},
                {"program": "ISA", "from": None, "to": None},
            ],
            [],
        ),
    ]
    assert list_changes(WHOLE, replace(WHOLE, revision=9)) == ()


async def rows_of(content: bytes, form: Format = "csv", piece: int = 1 << 20) -> list[Row]:
    async def body() -> AsyncIterator[bytes]:
        for start in range(0, len(content), piece):
            yield content[start : start + piece]

    return [row async for row in read_rows(body(), form)]


def account_of(row: Row) -> GivenAccount | Fault:
    return row.content if isinstance(row.content, Fault) else read_account(row.content)


@pytest.mark.parametrize("piece", [1, 7, 1 << 20])
async def test_file_reads_the_same_however_it_is_cut(piece: int) -> None:
    content = (
        "\ufeff" + HEADER + "70-253082900,SYNTHETIC Ä 0001,small,,CEE002,N,trade@importer.example,8CG\r\n\r\n"
        '900-12-3456,"SYNTHETIC, ""TWO""\nLINES",mid,CTPAT@2020-01-01/;ISA,,Y,,'
    ).encode()
    first, second = [account_of(row) for row in await rows_of(content, piece=piece)]
    assert isinstance(first, GivenAccount)
    assert isinstance(second, GivenAccount)
    assert (first.name, first.center, first.is_broker) == ("SYNTHETIC Ä 0001", "CEE002", False)
    assert (second.name, second.is_broker) == ('SYNTHETIC, "TWO"\nLINES', True)
    assert "center" not in second.named
    ctpat, isa = second.trusted_programs
    assert (ctpat, isa) == (TrustedProgram("CTPAT", Term(date(2020, 1, 1), None)), "ISA")


@pytest.mark.parametrize("number", ["07-345678900", "900-12-3456", "260101-00001"])
async def test_each_shape_of_importer_number_is_an_account(number: str) -> None:
    (row,) = await rows_of(f'{{"importer_number": "{number}", "name": "SYNTHETIC"}}\n'.encode(), "ndjson")
    account = account_of(row)
    assert isinstance(account, GivenAccount)
    assert account.importer_number == number


@pytest.mark.parametrize(
    ("line", "code", "says"),
    [
        ("not a number,X,small,,,,,", "invalid-row", "importer_number"),
        ("07-345678900,X,huge,,,,,", "invalid-row", "size"),
        ("07-345678900,X,small,,,,nobody,", "invalid-row", "contact_email"),
        ("07-345678900,X,small,CTPAT@2020-01-01/2019-01-01,,,,", "invalid-row", "`to` lies before `from`"),
        ("07-345678900,X,small", "wrong-cell-count", "3 cells"),
        ('07-345678900,"X" Y,small,,,,,', "invalid-row", "row"),
    ],
)
async def test_bad_row_says_what_is_wrong_and_the_next_one_is_read(line: str, code: str, says: str) -> None:
    bad, good = await rows_of((HEADER + line + "\n07-345678900,SYNTHETIC,small,,,,,\n").encode())
    fault = account_of(bad)
    assert isinstance(fault, Fault)
    assert (fault.code, says in fault.detail, bool(fault.remedy)) == (code, True, True)
    assert isinstance(account_of(good), GivenAccount)


async def test_fault_does_not_repeat_what_may_be_a_social_security_number() -> None:
    (row,) = await rows_of(b'{"importer_number": "900123456", "name": "X", "900-12-3456": 1}\n', "ndjson")
    fault = account_of(row)
    assert isinstance(fault, Fault)
    assert "900123456" not in fault.detail
    assert "900-12-3456" not in fault.detail


@pytest.mark.parametrize("line", [b"[1]", b"{", b"7"])
async def test_line_that_is_no_json_object_is_refused(line: bytes) -> None:
    (row,) = await rows_of(line, "ndjson")
    assert isinstance(row.content, Fault)


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "bad-header"),
        (b"importer_number,name,colour\n", "bad-header"),
        (b"importer_number\n", "bad-header"),
        (b"importer_number,name,email,contact_email\n", "bad-header"),
        (b"importer_number,name\n\xff\xfe,X\n", "not-utf-8"),
        (b'importer_number,name\n07-345678900,"X\n', "open-quotation"),
        (b'importer_number,name\n07-345678900,"X' + b"\n" * 200, "row-too-long"),
        (b"importer_number,name\n" + b"X" * 70_000, "row-too-long"),
    ],
)
async def test_file_that_cannot_be_read_says_why(content: bytes, code: str) -> None:
    with pytest.raises(Malformed) as refused:
        await rows_of(content)
    assert refused.value.code == code
    assert refused.value.remedy
