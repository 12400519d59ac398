"""What is kept sealed: opened by its key and by the one after it, and by no other."""

import pytest

from shared.runtime.seals import Seals, Unsealable

OLD, NEW = "o" * 32, "n" * 32


def test_what_is_sealed_shows_nothing_and_opens_by_its_key_alone() -> None:
    sealed = Seals("webhook", OLD).seal(b"whsec_secret")
    assert b"secret" not in sealed
    assert Seals("webhook", OLD).open(sealed) == b"whsec_secret"
    for other in (Seals("webhook", NEW), Seals("session", OLD)):
        with pytest.raises(Unsealable):
            other.open(sealed)


def test_while_a_key_is_changed_both_open_and_the_new_one_seals() -> None:
    before = Seals("webhook", OLD).seal(b"content")
    both = Seals("webhook", NEW, OLD)
    assert both.open(before) == b"content"
    assert not both.is_newest(before)
    assert both.is_newest(both.seal(b"content"))
    assert Seals("webhook", NEW).open(both.seal(b"content")) == b"content"
