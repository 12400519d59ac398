"""What becomes of a delivery."""

from datetime import UTC, datetime, timedelta

import pytest

from services.notifications.domain.delivery import (
    BACKOFF,
    TRANSITIONS,
    NoAddress,
    Recipient,
    SendTo,
    State,
    WaitForAddress,
    is_mail_address,
    next_step,
    retry_after,
)

QUEUED = datetime(2026, 3, 6, 21, 0, tzinfo=UTC)
GRACE = timedelta(hours=24)


def test_a_known_address_is_sent_to() -> None:
    assert next_step(Recipient("X", "a@b.example"), QUEUED, QUEUED, GRACE) == SendTo("a@b.example")


def test_an_unknown_importer_is_waited_for_until_the_grace_ends() -> None:
    assert next_step(None, QUEUED, QUEUED, GRACE) == WaitForAddress(QUEUED + GRACE)
    assert isinstance(next_step(None, QUEUED, QUEUED + GRACE, GRACE), NoAddress)


def test_an_account_without_address_is_not_waited_for() -> None:
    assert isinstance(next_step(Recipient("X", None), QUEUED, QUEUED, GRACE), NoAddress)


def test_pauses_grow_and_end() -> None:
    pauses = [retry_after(tries) for tries in range(1, len(BACKOFF) + 1)]
    assert pauses == sorted(BACKOFF)
    assert retry_after(len(BACKOFF) + 1) is None


def test_only_a_missing_address_can_be_mended() -> None:
    assert set(TRANSITIONS) == set(State)
    assert [state for state in State if State.QUEUED in TRANSITIONS[state]] == [State.NO_ADDRESS]
    assert TRANSITIONS[State.SENT] == {State.DELIVERED, State.BOUNCED}


@pytest.mark.parametrize("text", ["trade+1@importer.example", "a@b", "o'neil@x-y.example"])
def test_plain_addresses_are_addresses(text: str) -> None:
    assert is_mail_address(text)


@pytest.mark.parametrize(
    "text",
    ["", "a", "@b", "a@", "a b@c.example", "a@b\r\nBcc: c@d", "a@b\n", "<a@b>", "a@b,c@d", "ü@b", "a" * 260 + "@b"],
)
def test_anything_else_is_not(text: str) -> None:
    assert not is_mail_address(text)
