"""Secrets that a database keeps for later use, encrypted with an operator's key so that its reader cannot use them."""

import hashlib
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class Undecipherable(Exception):  # noqa: N818  says what was found
    """None of the keys opens what was encrypted: it was encrypted with another, or changed."""


class Cipher:
    """Encrypts with one key; opens what that or the one before it encrypted. `purpose` keeps uses of a key apart."""

    def __init__(self, purpose: str, key: str, before: str | None = None) -> None:
        self._newest = _fernet(purpose, key)
        self._known = MultiFernet([self._newest] if before is None else [self._newest, _fernet(purpose, before)])

    def encrypt(self, content: bytes) -> bytes:
        """The content under the newest key, as ASCII."""
        return self._newest.encrypt(content)

    def decrypt(self, encrypted: bytes) -> bytes:
        """The content; raises `Undecipherable`."""
        try:
            return self._known.decrypt(encrypted)
        except InvalidToken as error:
            raise Undecipherable("no key of this service opens it") from error

    def is_newest(self, encrypted: bytes) -> bool:
        """Whether the newest key encrypted it, so that no other is needed to open it."""
        try:
            self._newest.decrypt(encrypted)
        except InvalidToken:
            return False
        return True


def _fernet(purpose: str, key: str) -> Fernet:
    return Fernet(urlsafe_b64encode(hashlib.sha256(f"{purpose} {key}".encode()).digest()))
