"""The states of a delivery, and what becomes of one: send now, wait for an address, try again, give up."""

import re
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final

from services.notifications.domain.holding import AT_ONCE, Manner


class State(StrEnum):
    """Where a delivery stands: `posted` from the start on the bulletin, `delivered` in the inbox of a portal.

    By e-mail it is `queued` and then `sent`, which the answer of the recipient's own server may make `delivered` or
    `bounced`; a letter is `sent` when people have mailed it. `acknowledged` says that the party itself did so.
    News that the Center withdrew, or the recipient wants no more, before it went out is `withdrawn`; so is a reminder
    that is not true any more.
    """

    POSTED = "posted"
    QUEUED = "queued"
    SENT = "sent"
    DELIVERED = "delivered"
    ACKNOWLEDGED = "acknowledged"
    BOUNCED = "bounced"
    NO_ADDRESS = "no-address"
    WITHDRAWN = "withdrawn"


TRANSITIONS: Final[dict[State, frozenset[State]]] = {
    State.POSTED: frozenset(),
    State.QUEUED: frozenset({State.SENT, State.BOUNCED, State.NO_ADDRESS, State.WITHDRAWN}),
    # What comes back later: the receipt, or the bounce, of the recipient's own mail server (RFC 3464).
    State.SENT: frozenset({State.DELIVERED, State.BOUNCED}),
    State.DELIVERED: frozenset({State.ACKNOWLEDGED}),
    State.ACKNOWLEDGED: frozenset(),
    State.BOUNCED: frozenset(),
    # An address that becomes known later brings the notice back.
    State.NO_ADDRESS: frozenset({State.QUEUED}),
    State.WITHDRAWN: frozenset(),
}

SECOND: Final = "email-second"
"""The channel of a mail to the second contact, after the first could not be reached."""
LETTER: Final = "mail"
"""The channel of a letter on paper: people print and mail it, and say so."""
PORTAL: Final = "portal"
"""The channel of the inbox, in which a party acknowledges what it was told."""
DIGEST: Final = "<digest."
"""What the Message-ID of a mail begins with that tells several notices."""
MAIL_CHANNELS: Final = ("email", SECOND)

BACKOFF: Final = (
    timedelta(minutes=1),
    timedelta(minutes=5),
    timedelta(minutes=15),
    timedelta(hours=1),
    timedelta(hours=4),
    timedelta(hours=12),
    timedelta(days=1),
)
"""How long to wait after the first, second … failed try; after the last of them the delivery has bounced."""

AWAY_PAUSE: Final = timedelta(seconds=15)
"""How long to wait when the mail server was not reached, which says nothing about the recipient."""

_ADDRESS: Final = re.compile(r"[A-Za-z0-9.!#$%&'*+/=?^_`{|}~-]{1,64}@[A-Za-z0-9-]+(\.[A-Za-z0-9-]+)*")
_LONGEST_ADDRESS: Final = 254


def is_mail_address(text: str) -> bool:
    """Whether mail can be sent to the text: one plain ASCII address, nothing that could break out of a header.

    >>> is_mail_address("trade@importer.example"), is_mail_address("a@b.example, c@d.example")
    (True, False)
    """
    return len(text) <= _LONGEST_ADDRESS and _ADDRESS.fullmatch(text) is not None


def message_id_of(kind: str, notice_id: str, recipient: str, host: str) -> str:
    """The Message-ID of the mail of a notice to a recipient; it has no colon before its host (RFC 5322, 3.6.4).

    >>> message_id_of("N-09", "8f0c", "filer:B76", "centerline.example")
    '<N-09.8f0c.filer-B76@centerline.example>'
    """
    return f"<{kind}.{notice_id}.{recipient.replace(':', '-')}@{host}>"


def host_of(message_id: str) -> str:
    """The host that a Message-ID names."""
    return message_id.rstrip(">").rpartition("@")[2]


@dataclass(frozen=True, slots=True)
class Recipient:
    """The importer's account, or a party, as it is known when sending; `barred` is why it may not be told any more.

    `second` is the address of the second contact, where there is one; `language` and `manner` are what the recipient
    asked for.
    """

    name: str
    email: str | None
    account: str = "the importer's account"
    barred: str | None = None
    language: str = "en"
    second: str | None = None
    manner: Manner = AT_ONCE


@dataclass(frozen=True, slots=True)
class SendTo:
    """Send it to this address."""

    address: str


@dataclass(frozen=True, slots=True)
class WaitForAddress:
    """The importer is not known yet: its account may still be on its way, until then."""

    until: datetime


@dataclass(frozen=True, slots=True)
class NoAddress:
    """There is nobody to send it to."""

    why: str


Step = SendTo | WaitForAddress | NoAddress


def next_step(recipient: Recipient | None, queued_at: datetime, now: datetime, grace: timedelta) -> Step:
    """What to do with a delivery that is due: an account without address settles it, an unknown one after `grace`."""
    if recipient is None:
        until = queued_at + grace
        return WaitForAddress(until) if now < until else NoAddress("no account of the importer became known")
    if recipient.barred is not None:
        return NoAddress(recipient.barred)
    if recipient.email is None:
        return NoAddress(f"{recipient.account} names no e-mail address")
    if not is_mail_address(recipient.email):
        return NoAddress(f"{recipient.account} names an e-mail address that cannot be used")
    return SendTo(recipient.email)


def is_unreached(state: State, recipient: Recipient | None) -> bool:
    """Whether a mail ended without reaching somebody who is to be told: another way follows.

    Who may not be told any more is not written to either. An address that becomes known later brings the mail back
    beside what followed.
    """
    is_barred = recipient is not None and recipient.barred is not None
    return state is State.BOUNCED or (state is State.NO_ADDRESS and not is_barred)


def retry_after(failed_tries: int) -> timedelta | None:
    """How long to wait after so many failed tries (1 or more); None when it is time to give up."""
    return BACKOFF[failed_tries - 1] if failed_tries <= len(BACKOFF) else None
