"""What a party may ask to be told of, or no more: news of a Center, and never what the law has told.

A link in the mail of such a notice ends it with one click (RFC 8058). It names the notice, never the recipient, and
bears a tag that only this service can make.
"""

import hashlib
import hmac
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final, Literal, get_args
from uuid import UUID

Topic = Literal["broadcasts", "directory", "guidance", "questions"]
TOPICS: Final[tuple[Topic, ...]] = get_args(Topic)

MEANINGS: Final[Mapping[Topic, str]] = MappingProxyType(
    {
        "broadcasts": "broadcasts of the Center",
        "directory": "changes of the Center's phone numbers, contacts and lines",
        "guidance": "new versions of the Center's guidance",
        "questions": "answers to questions that you asked the Center or follow",
    }
)
MEANINGS_ES: Final[Mapping[Topic, str]] = MappingProxyType(
    {
        "broadcasts": "comunicados del Centro",
        "directory": "cambios de teléfonos, contactos y líneas del Centro",
        "guidance": "nuevas versiones de la orientación del Centro",
        "questions": "respuestas a preguntas que usted hizo al Centro o sigue",
    }
)
_TOPIC_OF_KIND: Final[Mapping[tuple[str, str | None], Topic]] = MappingProxyType(
    {
        **dict.fromkeys([("N-33", variant) for variant in (None, "party", "correction")], "broadcasts"),
        **dict.fromkeys([("N-46", variant) for variant in (None, "refused", "merged", "withdrawn")], "questions"),
        ("N-47", None): "directory",
        ("N-47", "guidance"): "guidance",
    }
)
NEWS_KINDS: Final = frozenset(kind for kind, _ in _TOPIC_OF_KIND)
"""The kinds of notice that somebody may be told no more of: these and no others."""

_TAG_LENGTH: Final = 32
_TOKEN: Final = re.compile(rf"([0-9a-f]{{32}})([0-9a-f]{{{_TAG_LENGTH}}})")


def topic_of(kind: str, variant: str | None) -> Topic | None:
    """What a notice is news of; None for one that is no news, of which nobody can be told less.

    >>> topic_of("N-33", None), topic_of("N-04", None)
    ('broadcasts', None)
    """
    return _TOPIC_OF_KIND.get((kind, variant))


@dataclass(frozen=True, slots=True)
class Subscription:
    """What a recipient asked for of a Center: to be told, or no more. `way` is `api` or `link`."""

    recipient: str
    topic: Topic
    center: str
    is_on: bool
    revision: int
    way: str
    changed_by: str
    changed_at: datetime


@dataclass(frozen=True, slots=True)
class Links:
    """Makes links that unsubscribe, and knows them again. `secrets` are the newest and those before it."""

    base_url: str
    secrets: tuple[bytes, ...]

    def link(self, notice_id: UUID, recipient_role: str) -> str:
        """The link in the mail of a notice to a recipient."""
        return f"{self.base_url.rstrip('/')}/unsubscribe/{self.token(notice_id, recipient_role)}"

    def token(self, notice_id: UUID, recipient_role: str) -> str:
        """What the link ends in: the notice, and a tag of it and the recipient."""
        return f"{notice_id.hex}{_tag(self.secrets[0], notice_id, recipient_role)}"

    def is_of(self, tag: str, notice_id: UUID, recipient_role: str) -> bool:
        """Whether a tag is that of a notice to a recipient, under the newest secret or one before it."""
        matches = [hmac.compare_digest(tag, _tag(each, notice_id, recipient_role)) for each in self.secrets]
        return any(matches)


def read_token(token: str) -> tuple[UUID, str] | None:
    """The notice and the tag of a link; None for what is no link of ours.

    >>> read_token("0" * 32 + "a" * 32)
    (UUID('00000000-0000-0000-0000-000000000000'), 'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa')
    """
    found = _TOKEN.fullmatch(token)
    return (UUID(found[1]), found[2]) if found is not None else None


def _tag(secret: bytes, notice_id: UUID, recipient_role: str) -> str:
    told = f"unsubscribe {notice_id} {recipient_role}".encode()
    return hmac.new(secret, told, hashlib.sha256).hexdigest()[:_TAG_LENGTH]
