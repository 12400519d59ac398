"""Secrets that a database keeps for later use, sealed with an operator's key so that its reader cannot use them."""

import hashlib
from base64 import urlsafe_b64encode

from cryptography.fernet import Fernet, InvalidToken, MultiFernet


class Unsealable(Exception):  # noqa: N818  says what was found
    """None of the keys opens what was sealed: it was sealed with another, or changed."""


class Seals:
    """Seals with one key, and opens what that one or the one before it sealed. `purpose` keeps uses of a key apart."""

    def __init__(self, purpose: str, key: str, before: str | None = None) -> None:
        self._newest = _fernet(purpose, key)
        self._known = MultiFernet([self._newest] if before is None else [self._newest, _fernet(purpose, before)])

    def seal(self, content: bytes) -> bytes:
        """The content under the newest key, as ASCII."""
        return self._newest.encrypt(content)

    def open(self, sealed: bytes) -> bytes:
        """The content; raises `Unsealable`."""
        try:
            return self._known.decrypt(sealed)
        except InvalidToken as error:
            raise Unsealable("no key of this service opens it") from error

    def is_newest(self, sealed: bytes) -> bool:
        """Whether the newest key sealed it, so that no other is needed to open it."""
        try:
            self._newest.decrypt(sealed)
        except InvalidToken:
            return False
        return True


def _fernet(purpose: str, key: str) -> Fernet:
    return Fernet(urlsafe_b64encode(hashlib.sha256(f"{purpose} {key}".encode()).digest()))
