"""What nobody may guess or read: ids of sessions, keys of forms, and the encryption of what sessions keep."""

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from typing import Any

from shared.runtime.encryption import Cipher, Undecipherable
from shared.runtime.ids import event_id


def new_secret() -> str:
    """256 bits that nobody can guess."""
    return secrets.token_urlsafe(32)


def digest(secret: str) -> bytes:
    """Under what a secret stands in the database, where its reader cannot use it."""
    return hashlib.sha256(secret.encode()).digest()


class Vault:
    """Encrypts what sessions keep, and signs the keys of forms."""

    def __init__(self, key: str) -> None:
        self._cipher = Cipher("session", key)
        self._form_key = hashlib.sha256(b"form " + key.encode()).digest()

    def seal(self, content: Mapping[str, Any]) -> bytes:
        """The content, encrypted."""
        return self._cipher.encrypt(json.dumps(content).encode())

    def open(self, sealed: bytes) -> dict[str, Any] | None:
        """The content; None when another key sealed it."""
        try:
            return dict(json.loads(self._cipher.decrypt(sealed)))
        except Undecipherable:
            return None

    def form_key(self, session_id: str) -> str:
        """The key of a form in a session: new with each form, so that it also names the act that the form asks for."""
        number = secrets.token_urlsafe(9)
        return f"{number}.{self._sign(session_id, number)}"

    def is_form_key(self, session_id: str, key: str) -> bool:
        """Whether a form of this session has this key."""
        number, _, signature = key.partition(".")
        return hmac.compare_digest(signature.encode(), self._sign(session_id, number).encode())

    def _sign(self, session_id: str, number: str) -> str:
        return hmac.new(self._form_key, f"{session_id} {number}".encode(), hashlib.sha256).hexdigest()[:32]


def act_key(form_key: str, path: str) -> str:
    """The Idempotency-Key of the act that a form asks for at a path: sent twice, it is done once.

    A page that cannot say whether an act was done has the key of the form that asked for it in every form.
    """
    return event_id("console", form_key, path)
