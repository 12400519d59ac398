"""Webhooks of recipients: where their notices go as calls, when one is tried again, and when it is turned off."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from urllib.parse import urlsplit
from uuid import UUID

CHANNEL: Final = "webhook:"
"""What the channel of a delivery by webhook begins with; the id of the webhook follows."""
BACKOFF: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
"""How long to wait after each failed try (Standard Webhooks, operational considerations); after the last it is over."""
ENDPOINT_PAUSE: Final = timedelta(minutes=1)
"""How long a receiver that has just failed is not called at all, so that what waits for it costs no try."""
LONGEST_PAUSE: Final = timedelta(hours=1)
"""How long that becomes for one that has failed for hours."""
OFF_AFTER: Final = timedelta(days=5)
"""A receiver that has taken nothing for so long is turned off."""
ROTATION: Final = timedelta(hours=24)
"""How long the old secret signs beside the new one."""
GONE: Final = 410


@dataclass(frozen=True, slots=True)
class Secret:
    """A secret that signs until an instant, None: until it is rotated. `encrypted` is not it, but what opens to it."""

    encrypted: str
    until: datetime | None


@dataclass(frozen=True, slots=True)
class Webhook:
    """A receiver of a recipient's notices: an importer number, or the id of a party. No `kinds`: all of them."""

    webhook_id: UUID
    recipient: str
    url: str
    kinds: tuple[str, ...]
    secrets: tuple[Secret, ...]
    state: str
    failing_since: datetime | None
    off_reason: str | None
    created_by: str
    created_at: datetime
    paused_until: datetime | None = None

    @property
    def channel(self) -> str:
        """The channel of deliveries to it."""
        return f"{CHANNEL}{self.webhook_id}"

    @property
    def host(self) -> str:
        """Where it goes, as the ledger tells it: the rest of an address may hold a secret of the receiver."""
        return urlsplit(self.url).hostname or ""

    def wants(self, kind: str) -> bool:
        """Whether it is told of notices of this kind."""
        return not self.kinds or kind in self.kinds

    def signing(self, now: datetime) -> tuple[Secret, ...]:
        """The secrets that sign now, the newest first."""
        return tuple(each for each in self.secrets if each.until is None or now < each.until)


def rotate(secrets: tuple[Secret, ...], fresh: str, now: datetime) -> tuple[Secret, ...]:
    """A new secret before the one that signed; that goes on for a day, and older ones end. `fresh` is encrypted."""
    before = tuple(Secret(each.encrypted, now + ROTATION) for each in secrets if each.until is None)
    return (Secret(fresh, None), *before)


def find_flaw(url: str, *, allow_private: bool) -> str | None:
    """Why webhooks cannot go to an address; None when they can, as far as its text says.

    >>> find_flaw("http://receiver.example/hooks", allow_private=False)
    'it is no https address'
    >>> find_flaw("https://user:secret@receiver.example/", allow_private=False)
    'it names a user'
    >>> find_flaw("https://receiver..example/", allow_private=False)
    'it is no address'
    >>> find_flaw("https://receiver.example/hooks", allow_private=False) is None
    True
    """
    try:
        parts = urlsplit(url)
        _ = parts.port
        (parts.hostname or "").encode("idna")  # as it is looked up
    except ValueError:
        return "it is no address"
    if parts.scheme != "https" and not (allow_private and parts.scheme == "http"):
        return "it is no https address"
    if not parts.hostname:
        return "it names no host"
    if parts.username is not None or parts.password is not None:
        return "it names a user"
    if parts.fragment or not url.isascii() or not url.isprintable() or " " in url:
        return "it has signs that an address of a call does not have"
    return None


def webhook_of(channel: str) -> UUID:
    """The webhook that a channel is of."""
    return UUID(channel.removeprefix(CHANNEL))


def retry_after(failed_tries: int) -> timedelta | None:
    """How long to wait after so many failed tries (1 or more); None when it is time to give up."""
    return BACKOFF[failed_tries - 1] if failed_tries <= len(BACKOFF) else None


def pause_after(failing_since: datetime | None, now: datetime) -> timedelta:
    """How long a receiver is left alone after a failed call: a quarter of the time for which it has taken nothing.

    >>> pause_after(None, datetime(2026, 3, 6)), pause_after(datetime(2026, 3, 5, 22), datetime(2026, 3, 6))
    (datetime.timedelta(seconds=60), datetime.timedelta(seconds=1800))
    """
    failing = now - failing_since if failing_since is not None else timedelta()
    return min(max(ENDPOINT_PAUSE, failing / 4), LONGEST_PAUSE)


def is_to_turn_off(status: int | None, failing_since: datetime | None, now: datetime) -> str | None:
    """Why a receiver is turned off after a failed try: it says that it is gone, or has taken nothing for days.

    >>> is_to_turn_off(410, None, datetime(2026, 3, 6))
    'it answered 410 Gone'
    >>> is_to_turn_off(503, datetime(2026, 3, 5), datetime(2026, 3, 6)) is None
    True
    """
    if status == GONE:
        return "it answered 410 Gone"
    if failing_since is not None and now - failing_since >= OFF_AFTER:
        return f"it has taken nothing for {OFF_AFTER.days} days"
    return None
