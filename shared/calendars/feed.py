"""A feed: whose it is, what was chosen for it, and the secret by which calendar programs read it."""

import base64
import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal
from uuid import UUID

from shared.runtime.identity import Identity, RoleName

FeedKind = Literal["importer", "clients", "officer"]

MOST_FEEDS: Final = 10
"""Feeds of one owner that are open at once."""
_RANDOM_BYTES: Final = 32
_TAG_BYTES: Final = 12


@dataclass(frozen=True, slots=True)
class Choices:
    """What was chosen for a feed.

    `clients`: the importers whose days are in it; None: all that delegated to the party on the day of reading.
    `is_mine_only`: only days by which the importer has to act. `has_team`: what the team holds as well.
    `alarm_days`: the calendar program reminds so many days before; None: it does not.
    """

    clients: tuple[str, ...] | None = None
    is_mine_only: bool = False
    has_team: bool = False
    alarm_days: int | None = None

    def document(self) -> dict[str, Any]:
        """As it is kept."""
        return {
            "clients": None if self.clients is None else list(self.clients),
            "is_mine_only": self.is_mine_only,
            "has_team": self.has_team,
            "alarm_days": self.alarm_days,
        }


def read_choices(kept: dict[str, Any]) -> Choices:
    """What `Choices.document` kept."""
    clients = kept["clients"]
    return Choices(
        None if clients is None else tuple(clients), kept["is_mine_only"], kept["has_team"], kept["alarm_days"]
    )


@dataclass(frozen=True, slots=True)
class Feed:
    """A feed as it stands. `owner` is an importer number, the id of a party, or the subject of an officer.

    `caller` is who made it, as far as an officer's authority goes. `made_at` is when its text was made last, `made_for`
    what it was made for: other choices or permissions make it anew.
    """

    feed_id: UUID
    kind: FeedKind
    owner: str
    name: str
    token_hash: bytes
    choices: Choices
    caller: dict[str, Any]
    created_by: str
    created_at: datetime
    expires_on: date
    revoked_at: datetime | None = None
    revoked_by: str | None = None
    read_at: datetime | None = None
    made_at: datetime | None = None
    made_for: str | None = None
    body: str | None = None

    def is_open(self, today: date) -> bool:
        """Whether the feed answers on a legal day."""
        return self.revoked_at is None and today <= self.expires_on


class AddressKey:
    """The key that addresses of feeds are signed with: another key closes them all, and a guess costs no query."""

    def __init__(self, key: str) -> None:
        self._key = key.encode()

    def fresh_token(self) -> str:
        """A token that nobody knows yet."""
        secret = _written(secrets.token_bytes(_RANDOM_BYTES))
        return secret + self._tag(secret)

    def is_signed(self, token: str) -> bool:
        """Whether a token was made with this key."""
        length = len(_written(bytes(_TAG_BYTES)))
        secret, tag = token[:-length], token[-length:]
        return bool(secret) and hmac.compare_digest(self._tag(secret).encode(), tag.encode("utf-8", "replace"))

    def _tag(self, secret: str) -> str:
        signed = hmac.digest(self._key, b"calendar-feed:" + secret.encode("utf-8", "replace"), "sha256")
        return _written(signed[:_TAG_BYTES])


def hash_token(token: str) -> bytes:
    """What is kept of a token: with 256 random bits behind it a plain digest cannot be turned round."""
    return hashlib.sha256(token.encode("utf-8", "replace")).digest()


def keep_officer(caller: Identity) -> dict[str, Any]:
    """An officer's authority as far as what they read follows from it; their token is not kept."""
    return {
        "subject": caller.subject,
        "name": caller.name,
        "roles": sorted(role.value for role in caller.roles),
        "centers": sorted(caller.centers),
        "divisions": sorted(caller.divisions),
        "ports": sorted(caller.ports),
    }


def read_officer(kept: dict[str, Any]) -> Identity:
    """The officer whom `keep_officer` kept."""
    return Identity(
        kept["subject"],
        kept["name"],
        frozenset(map(RoleName, kept["roles"])),
        centers=frozenset(kept["centers"]),
        divisions=frozenset(kept["divisions"]),
        ports=frozenset(kept["ports"]),
    )


def _written(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).decode().rstrip("=")
