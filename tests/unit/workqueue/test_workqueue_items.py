"""The states of an item and what people do with it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import get_args
from uuid import UUID

import pytest

from services.workqueue.domain import claim as claims
from services.workqueue.domain.item import NEXT_STATE, Change, Item, NotAllowed, Person, State, next_state

NOW = datetime(2026, 3, 2, 19, tzinfo=UTC)
LEASE = timedelta(minutes=30)
KIM, LEE = Person("kim", "Kim Reyes"), Person("lee", "Lee Park")
OPEN = Item(
    item_id=UUID(int=1),
    kind="review",
    process="ad-cvd",
    entry_number="B7603245275",
    protest_number=None,
    importer_number="07-345678900",
    center="CEE007",
    division="enforcement",
    priority=1,
    value_usd=1000,
    opened_at=NOW,
    due_on=None,
)

MOVES_OF_PEOPLE = {
    ("open", "claimed"): "claimed",
    ("claimed", "released"): "open",
    ("claimed", "lease-expired"): "open",
    ("claimed", "completed"): "completed",
}


@pytest.mark.parametrize("state", get_args(State))
@pytest.mark.parametrize("change", ["claimed", "released", "lease-expired", "completed"])
def test_only_listed_moves_are_allowed(state: State, change: Change) -> None:
    expected = MOVES_OF_PEOPLE.get((state, change))
    if expected is None:
        with pytest.raises(NotAllowed):
            next_state(state, change)
    else:
        assert next_state(state, change) == expected


@pytest.mark.parametrize("state", get_args(State))
def test_routing_may_speak_of_an_item_in_any_state(state: State) -> None:
    assert {(state, "routed"), (state, "cancelled")} <= NEXT_STATE.keys()


def test_completed_is_final_unless_the_legal_record_refuses_the_decision() -> None:
    left = {change for (state, change), after in NEXT_STATE.items() if state == "completed" and after != "completed"}
    assert left == {"reopened"}


def test_claim_names_the_holder_and_grows_the_token() -> None:
    claimed, (note,) = claims.claim(OPEN, KIM, NOW, LEASE)
    assert (claimed.state, claimed.holder, claimed.token, claimed.lease_until) == ("claimed", "kim", 1, NOW + LEASE)
    assert (note.key, note.sequence, note.by) == ("claimed:1", 1_000_001, KIM)


def test_claim_of_a_held_item_names_the_holder() -> None:
    claimed, _ = claims.claim(OPEN, KIM, NOW, LEASE)
    with pytest.raises(NotAllowed, match="Kim Reyes holds") as refusal:
        claims.claim(claimed, LEE, NOW + LEASE - timedelta(seconds=1), LEASE)
    assert refusal.value.code == "already-claimed"


def test_lease_ends_at_its_last_instant() -> None:
    claimed, _ = claims.claim(OPEN, KIM, NOW, LEASE)
    taken, notes = claims.claim(claimed, LEE, NOW + LEASE, LEASE)
    assert (taken.holder, taken.token) == ("lee", 2)
    assert [(note.change, note.at) for note in notes] == [
        ("lease-expired", NOW + LEASE),
        ("claimed", NOW + LEASE),
    ]
    assert [note.sequence for note in notes] == [1_000_002, 1_000_003]


def test_claim_that_ran_out_unnoticed_still_writes() -> None:
    claimed, _ = claims.claim(OPEN, KIM, NOW, LEASE)
    completed, _ = claims.complete(claimed, KIM, 1, NOW + 2 * LEASE)
    assert (completed.state, completed.holder, completed.lease_until) == ("completed", "kim", None)


@pytest.mark.parametrize("person", [KIM, LEE])
def test_token_of_an_earlier_claim_is_stale(person: Person) -> None:
    claimed, _ = claims.claim(OPEN, KIM, NOW, LEASE)
    taken, _ = claims.claim(claimed, LEE, NOW + LEASE, LEASE)
    with pytest.raises(NotAllowed) as refusal:
        claims.keep(taken, person, 1, NOW + LEASE, LEASE)
    assert refusal.value.code == "stale-token"


@pytest.mark.parametrize("state", ["open", "completed", "cancelled"])
def test_no_token_writes_on_an_item_that_nobody_holds(state: State) -> None:
    item = replace(OPEN, state=state, token=1, holder="kim" if state == "completed" else None)
    with pytest.raises(NotAllowed) as refusal:
        claims.release(item, KIM, 1, NOW)
    assert refusal.value.code == "stale-token"


def test_finished_items_cannot_be_claimed() -> None:
    for state, code in (("completed", "item-completed"), ("cancelled", "item-cancelled")):
        with pytest.raises(NotAllowed) as refusal:
            claims.claim(replace(OPEN, state=state), KIM, NOW, LEASE)  # type: ignore[arg-type]
        assert refusal.value.code == code
