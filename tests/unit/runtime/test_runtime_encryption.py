"""What is kept encrypted: opened by its key and by the one after it, and by no other."""

import pytest

from shared.runtime.encryption import Cipher, Undecipherable

OLD, NEW = "o" * 32, "n" * 32


def test_what_is_encrypted_shows_nothing_and_opens_by_its_key_alone() -> None:
    encrypted = Cipher("webhook", OLD).encrypt(b"whsec_secret")
    assert b"secret" not in encrypted
    assert Cipher("webhook", OLD).decrypt(encrypted) == b"whsec_secret"
    for other in (Cipher("webhook", NEW), Cipher("session", OLD)):
        with pytest.raises(Undecipherable):
            other.decrypt(encrypted)


def test_while_a_key_is_changed_both_open_and_the_new_one_cipher() -> None:
    before = Cipher("webhook", OLD).encrypt(b"content")
    both = Cipher("webhook", NEW, OLD)
    assert both.decrypt(before) == b"content"
    assert not both.is_newest(before)
    assert both.is_newest(both.encrypt(b"content"))
    assert Cipher("webhook", NEW).decrypt(both.encrypt(b"content")) == b"content"
