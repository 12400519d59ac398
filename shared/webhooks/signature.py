"""Signatures of webhooks by Standard Webhooks 1.0: HMAC-SHA256 over id, time and body."""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence
from typing import Final

PREFIX: Final = "whsec_"
SECRET_BYTES: Final = 32


def fresh_secret() -> str:
    """A secret that nobody has."""
    return write_secret(secrets.token_bytes(SECRET_BYTES))


def write_secret(random: bytes) -> str:
    """A secret as its receiver gets it: what signs is the random part.

    >>> write_secret(b"0" * 32)
    'whsec_MDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDAwMDA='
    """
    return PREFIX + base64.b64encode(random).decode()


def sign(keys: Sequence[str], message_id: str, timestamp: int, body: bytes) -> dict[str, str]:
    """The headers of a webhook. While a secret is rotated there is a signature by each; the receiver needs one."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    signatures = " ".join(f"v1,{_signature(secret, signed)}" for secret in keys)
    return {"webhook-id": message_id, "webhook-timestamp": str(timestamp), "webhook-signature": signatures}


def _signature(secret: str, signed: bytes) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
