"""The rules of parties and delegations: overlaps, endings, standing, verification."""

from datetime import date
from typing import Any

import pytest

from services.routing.domain.parties import (
    GivenParty,
    Standing,
    end_standing,
    ending_act,
    find_overlap,
    grant_standing,
    is_verification_due,
    keep_verification,
    list_changes,
    register,
    revoke,
)
from services.routing.publishing import SOURCE, party_changed
from shared.bus.outbox import encode
from shared.contracts.decode import Rejection, decode
from shared.customs.parties import Contact
from tests.support.parties import AT, delegation, party

DESK = Contact("all", "ENTRY DESK", "entries@broker.example", None, date(2026, 1, 5))
MARCH: dict[str, Any] = {"from_on": date(2026, 3, 1), "to_on": date(2026, 3, 31)}


def given(name: str = "SYNTHETIC", **changes: Any) -> GivenParty:
    return GivenParty(**{"party_id": "filer:B76", "name": name, "closed_on": None, "contacts": None} | changes)


def test_registered_again_with_the_same_it_keeps_its_version() -> None:
    first = register(given(), None)
    assert (first.version, first.kind, first.state) == (1, "filer", "active")
    assert register(given(), first) == first
    assert register(given("OTHER"), first).version == 2


def test_contacts_that_are_not_said_stay_as_they_are_known() -> None:
    first = register(given(contacts=(DESK,)), None)
    assert register(given("OTHER"), first).contacts == (DESK,)
    assert register(given("OTHER", contacts=()), first).contacts == ()


def test_closing_is_a_change_of_state_and_day() -> None:
    first = register(given(), None)
    closed = register(given(closed_on=date(2026, 3, 2)), first)
    assert [(item.name, item.before, item.after) for item in list_changes(first, closed)] == [
        ("state", "active", "closed"),
        ("closed_on", None, "2026-03-02"),
    ]
    assert [item.name for item in list_changes(None, first)] == ["name", "state", "closed_on", "contacts"]


@pytest.mark.parametrize(("today", "expected"), [(date(2027, 1, 4), False), (date(2027, 1, 5), True)])
def test_contact_is_due_for_verification_a_year_after_the_last(today: date, expected: bool) -> None:
    assert is_verification_due(DESK, today) is expected


def test_contact_that_was_never_verified_is_due() -> None:
    assert is_verification_due(Contact("all", "DESK", "a@b.example"), date(2026, 1, 5))


def test_party_cannot_verify_its_own_contacts() -> None:
    new = Contact("protest", "PROTEST DESK", "p@broker.example", None, date(2026, 3, 1))
    kept, fresh = keep_verification([Contact("all", "ENTRY DESK", "entries@broker.example"), new], [DESK])
    assert (kept, fresh.verified_on) == (DESK, None)


@pytest.mark.parametrize(
    ("scopes", "days", "overlaps"),
    [
        (("protest",), {}, True),
        (("all",), {}, True),
        (("respond",), {}, False),
        (("respond", "protest"), {"from_on": date(2026, 3, 31), "to_on": date(2026, 4, 30)}, True),
        (("protest",), {"from_on": date(2026, 4, 1), "to_on": None}, False),
        (("protest",), {"from_on": date(2026, 1, 1), "to_on": date(2026, 2, 28)}, False),
    ],
)
def test_two_overlap_when_they_share_a_scope_and_a_day(
    scopes: tuple[str, ...], days: dict[str, Any], overlaps: bool
) -> None:
    standing = delegation(scopes=("protest",), **MARCH)
    found = find_overlap(delegation("delegation-2", scopes=scopes, **(MARCH | days)), [standing])
    assert found == (standing if overlaps else None)


def test_delegation_to_another_party_or_of_another_importer_does_not_overlap() -> None:
    others = [delegation(party_id="agent:1002"), delegation(importer_number="08-345678900")]
    assert find_overlap(delegation("delegation-2"), others) is None


def test_days_after_a_revocation_are_free() -> None:
    revoked = delegation(revoked_on=date(2026, 3, 20))
    assert find_overlap(delegation("delegation-2", from_on=date(2026, 3, 20)), [revoked]) is None
    assert find_overlap(delegation("delegation-2", from_on=date(2026, 3, 19)), [revoked]) == revoked


def test_revocation_may_come_earlier_but_not_be_put_off() -> None:
    planned = revoke(delegation(), date(2026, 4, 1))
    assert planned is not None
    assert (planned.version, planned.revoked_on) == (2, date(2026, 4, 1))
    assert revoke(planned, date(2026, 4, 1)) is None
    assert revoke(planned, date(2026, 5, 1)) is None
    sooner = revoke(planned, date(2026, 3, 20))
    assert sooner is not None
    assert (sooner.version, sooner.revoked_on) == (3, date(2026, 3, 20))


def test_delegation_that_is_over_cannot_be_revoked() -> None:
    over = delegation(**MARCH)
    assert revoke(over, date(2026, 4, 1)) is None
    assert revoke(over, date(2026, 3, 31)) is not None


@pytest.mark.parametrize(
    ("is_importer", "is_delegate", "is_registrar", "grants", "ends"),
    [
        (True, False, False, "importer", "importer"),
        (False, True, False, None, "delegate"),
        (False, False, True, "registrar", "registrar"),
        (False, False, False, None, None),
    ],
)
def test_importer_and_registrar_grant_and_the_delegate_only_ends(
    is_importer: bool, is_delegate: bool, is_registrar: bool, grants: Standing | None, ends: Standing | None
) -> None:
    assert grant_standing(is_importer=is_importer, is_registrar=is_registrar) == grants
    found = end_standing(is_importer=is_importer, is_delegate=is_delegate, is_registrar=is_registrar)
    assert found == ends


def test_delegate_renounces_what_others_revoke() -> None:
    assert [ending_act(each) for each in ("importer", "delegate", "registrar")] == ["revoked", "renounced", "revoked"]


def test_largest_event_fits_on_the_bus() -> None:
    wide = "\N{WHITE SQUARE}"  # three bytes in UTF-8
    contact = Contact("p" * 64, wide * 200, "a" * 254, "1" * 40, date(2026, 3, 2))
    whole = party("agent:" + "9" * 32, 10**6, *[contact] * 64)
    scopes = ("see", "respond", "correct", "protest", "extend", "refund", "all")
    days: dict[str, Any] = {"to_on": date(2027, 3, 1), "revoked_on": date(2026, 4, 1)}
    delegations = [delegation("d" * 64, 10**6, scopes=scopes, **days)] * 100
    topic, key, value = encode(party_changed(whole, delegations, AT), SOURCE)
    assert not isinstance(decode(topic, key.encode(), value, {}, 524_288), Rejection)


def test_event_of_more_delegations_than_fit_is_not_built() -> None:
    with pytest.raises(ValueError, match="delegations"):
        party_changed(party(), [delegation(f"d-{number}") for number in range(101)], AT)


def test_same_state_has_the_same_event_id_and_another_state_another() -> None:
    ids = {
        party_changed(party(), (), AT).id,
        party_changed(party(), (), AT).id,
        party_changed(party(version=2), (), AT).id,
        party_changed(party(), [delegation()], AT).id,
        party_changed(party(), [delegation(version=2)], AT).id,
    }
    assert len(ids) == 4
