"""Parties, their contacts, and what of a delegation has force on a day."""

from datetime import date

import pytest

from shared.customs.parties import (
    SCOPE_MEANINGS,
    Contact,
    PartyKind,
    contact_for,
    covers,
    is_party_id,
    party_id,
    read_contacts,
    write_contacts,
)
from tests.support.parties import delegation, party

DESK = Contact("all", "ENTRY DESK", "entries@broker.example")
PROTESTS = Contact("protest", "PROTEST DESK", "protests@broker.example", None, date(2026, 1, 5))


@pytest.mark.parametrize(
    ("kind", "code", "expected"),
    [
        ("filer", "B76", "filer:B76"),
        ("surety", "036", "surety:036"),
        ("agent", "1001", "agent:1001"),
        ("counsel", "NY-2001", "counsel:NY-2001"),
    ],
)
def test_id_is_kind_and_code(kind: PartyKind, code: str, expected: str) -> None:
    assert party_id(kind, code) == expected
    assert is_party_id(expected)


@pytest.mark.parametrize("text", ["filer:B7", "filer:b76", "surety:0366", "agent:", "importer:1", "filer:B76\n", "B76"])
def test_other_text_is_no_id(text: str) -> None:
    assert not is_party_id(text)


def test_code_of_another_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="is not the code of a filer"):
        party_id("filer", "1001")


def test_contact_of_the_process_goes_before_that_of_every_process() -> None:
    assert contact_for([DESK, PROTESTS], "protest") == PROTESTS
    assert contact_for([DESK, PROTESTS], "liquidation") == DESK
    assert contact_for([PROTESTS], "liquidation") is None


def test_contacts_are_kept_as_they_are() -> None:
    assert read_contacts(write_contacts([DESK, PROTESTS])) == (DESK, PROTESTS)


@pytest.mark.parametrize(
    ("on", "expected"),
    [
        (date(2026, 3, 1), False),
        (date(2026, 3, 2), True),
        (date(2026, 3, 31), True),
        (date(2026, 4, 1), False),
    ],
)
def test_first_and_last_day_of_a_delegation_are_counted(on: date, expected: bool) -> None:
    assert delegation(from_on=date(2026, 3, 2), to_on=date(2026, 3, 31)).in_force(on) is expected


def test_delegation_without_last_day_holds_until_the_day_on_which_it_is_revoked() -> None:
    assert delegation().in_force(date(2099, 12, 31))
    revoked = delegation(revoked_on=date(2026, 3, 20))
    assert [revoked.in_force(date(2026, 3, day)) for day in (19, 20, 21)] == [True, False, False]


def test_party_is_closed_from_its_day_on() -> None:
    closed = party(closed_on=date(2026, 3, 20))
    assert [closed.is_closed(date(2026, 3, day)) for day in (19, 20)] == [False, True]


def test_every_scope_gives_sight_and_all_gives_everything() -> None:
    assert all(covers([scope], "see") for scope in SCOPE_MEANINGS)
    assert all(covers(["all"], scope) for scope in SCOPE_MEANINGS)
    assert [scope for scope in SCOPE_MEANINGS if covers(["protest"], scope)] == ["see", "protest"]


def test_scope_of_a_later_release_gives_nothing() -> None:
    assert not any(covers(["sign-bonds"], scope) for scope in SCOPE_MEANINGS)
