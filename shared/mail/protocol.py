"""Mails, what may become of them, and the protocol that each way of mail keeps."""

import os
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from typing import Final, Protocol

_LONGEST_ERROR: Final = 300


@dataclass(frozen=True, slots=True)
class Mail:
    """One mail. The same notice always gives the same bytes, so that a repeat can be recognised.

    `reply_to` is the address for answers by people, `list_id` names the sort of mail (RFC 2919: no brackets),
    `return_path` is where bounces go (RFC 5321, 4.4), `unsubscribe` the https address by which the recipient gets no
    more mails of the sort (RFC 2369, RFC 8058); all are plain ASCII, which whoever makes the mail has checked.
    """

    message_id: str
    to: str
    subject: str
    text: str
    html: str
    dated_at: datetime
    reply_to: str | None = None
    list_id: str | None = None
    return_path: str | None = None
    unsubscribe: str | None = None


class Fate(StrEnum):
    """What became of a mail: accepted, refused for good, refused for now, or not even offered.

    `away` is that of a server which was not reached, `left` that of a mail for which its batch had no time: it
    goes with the next.
    """

    SENT = "sent"
    REFUSED = "refused"
    DEFERRED = "deferred"
    AWAY = "away"
    LEFT = "left"


@dataclass(frozen=True, slots=True)
class Outcome:
    """The fate of a mail and, unless it was sent, why."""

    fate: Fate
    error: str | None = None


WriteDown = Callable[[Sequence[tuple[int, Outcome]]], Awaitable[None]]
"""Writes down outcomes, each with its mail's place in the batch; returns when they are kept for good."""


class Mailer(Protocol):
    """Takes batches of mails. Never raises for a mail or a server that fails: the outcomes say so."""

    @property
    def batch(self) -> int:
        """How many mails it takes at once."""
        ...

    @property
    def longest(self) -> timedelta:
        """How long a batch may take at most, besides the writing down."""
        ...

    async def send(self, mails: Sequence[Mail], write_down: WriteDown, /) -> None:
        """Send mails, and have the outcome of each written down as soon as it is known, once.

        What `write_down` raises ends the sending: mails that were not begun are away, and then it is raised.
        """
        ...

    async def rest(self) -> None:
        """No batch follows for now: what was kept open for the next is closed. Never raises."""
        ...


def explain(error: Exception) -> str:
    """Why a mail was not sent, short enough for a row; a failure of the system by its name."""
    if isinstance(error, OSError) and error.errno is not None:
        return f"{type(error).__name__}: {os.strerror(error.errno)}"
    return f"{type(error).__name__}: {error}"[:_LONGEST_ERROR]
