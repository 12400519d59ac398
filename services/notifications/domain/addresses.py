"""The addresses that a mail names beside its own: the team for answers, a list, and one of its own for bounces.

The address for bounces holds the notice and a tag that only this service can make (VERP): who forges a bounce does not
know it, and each bounce finds its delivery without reading the mail that came back.
"""

import hashlib
import hmac
import re
from dataclasses import dataclass
from typing import Final
from uuid import UUID

_TAG_LENGTH: Final = 20
_LOCAL_PART: Final = re.compile(rf"b-([0-9a-f]{{32}})-([0-9a-f]{{{_TAG_LENGTH}}})")


@dataclass(frozen=True, slots=True)
class MailAddresses:
    """What an operator set: each is None where it is not.

    `team` is the address of a Center's team with `{center}` in it, `list_host` the host that lists of mails end in,
    `bounce_host` the one that takes bounces, `bounce_secret` what their tags are made with.
    """

    team: str | None = None
    list_host: str | None = None
    bounce_host: str | None = None
    bounce_secret: bytes | None = None

    def reply_to(self, center: str | None) -> str | None:
        """Where people answer to: the team of the Center."""
        if self.team is None or (center is None and "{center}" in self.team):
            return None
        return self.team.replace("{center}", (center or "").lower())

    def list_id(self, kind: str) -> str | None:
        """The list that mails of a kind belong to.

        >>> MailAddresses(list_host="centerline.example").list_id("N-09")
        'n-09.notices.centerline.example'
        """
        return None if self.list_host is None else f"{kind.lower()}.notices.{self.list_host}"

    def return_path(self, notice_id: UUID, channel: str, recipient_role: str) -> str | None:
        """Where the bounce of one delivery goes."""
        if self.bounce_host is None or self.bounce_secret is None:
            return None
        return f"b-{notice_id.hex}-{self.tag(notice_id, channel, recipient_role)}@{self.bounce_host}"

    def tag(self, notice_id: UUID, channel: str, recipient_role: str) -> str:
        """What tells the deliveries of a notice apart; nobody else can make it."""
        assert self.bounce_secret is not None
        told = f"{notice_id} {channel} {recipient_role}".encode()
        return hmac.new(self.bounce_secret, told, hashlib.sha256).hexdigest()[:_TAG_LENGTH]

    def is_of(self, tag: str, notice_id: UUID, channel: str, recipient_role: str) -> bool:
        """Whether a tag is that of a delivery."""
        return hmac.compare_digest(tag, self.tag(notice_id, channel, recipient_role))


NO_ADDRESSES: Final = MailAddresses()
"""Where an operator set none."""


def read_return_path(address: str) -> tuple[UUID, str] | None:
    """The notice and the tag of an address for bounces; None for any other address.

    >>> read_return_path("b-" + "0" * 32 + "-" + "a" * 20 + "@bounces.example")
    (UUID('00000000-0000-0000-0000-000000000000'), 'aaaaaaaaaaaaaaaaaaaa')
    >>> read_return_path("postmaster@bounces.example") is None
    True
    """
    found = _LOCAL_PART.fullmatch(address.rpartition("@")[0].lower())
    return (UUID(found[1]), found[2]) if found is not None else None
