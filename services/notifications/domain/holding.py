"""What may wait, and until when: quiet hours and digests that a recipient asked for, and the rate of a mail domain.

Nothing waits that the law has told, or on which a time runs: those go out at once, at any hour, each by itself.
"""

import zlib
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from services.notifications.domain.kind import Lane, NoticeKind

NEAR: Final = timedelta(days=30)
"""A notice whose day is nearer than this does not wait."""
DIGEST_AT: Final = time(7)
"""From when on the digests of a day go out, by the recipient's clock; each recipient's within an hour of it."""
MOST_IN_DIGEST: Final = 100
"""Notices in one mail; who has more has several."""
USUAL_ZONE: Final = "America/New_York"
_SPREAD_MILLISECONDS: Final = 3_600_000
_MOST_DOMAINS: Final = 10_000


class HeldFor(StrEnum):
    """Why a mail that could go out waits."""

    QUIET_HOURS = "quiet-hours"
    DIGEST = "digest"
    RATE = "rate"


@dataclass(frozen=True, slots=True)
class Hold:
    """A mail waits, until an instant."""

    why: HeldFor
    until: datetime


@dataclass(frozen=True, slots=True)
class Quiet:
    """The hours of each day, by the recipient's clock, in which it wants no mail that may wait."""

    since: time
    to: time

    def covers(self, at: time) -> bool:
        """Whether a time of the day is quiet.

        >>> [Quiet(time(21), time(7)).covers(time(hour)) for hour in (20, 21, 6, 7)]
        [False, True, True, False]
        """
        if self.since <= self.to:
            return self.since <= at < self.to
        return at >= self.since or at < self.to


@dataclass(frozen=True, slots=True)
class Manner:
    """When a recipient wants what may wait: outside of quiet hours, or in one mail a day, by the clock of its zone."""

    quiet: Quiet | None
    is_digest: bool
    zone: str


AT_ONCE: Final = Manner(None, is_digest=False, zone=USUAL_ZONE)
"""What a recipient gets that asked for nothing."""


def may_wait(kind: NoticeKind, variant: str | None, due_on: date | None, today: date) -> bool:
    """Whether a notice may go out later, or with others.

    Not one with an effect in law or with a letter behind it, not an urgent one, and none whose day is near or has come:
    a courtesy notice of liquidation may, whose 180 days have just begun (own rule of Centerline).
    """
    if variant is not None and variant not in kind.variants:
        return False  # of a later release, which knows
    is_near = due_on is not None and due_on - today < NEAR
    is_statutory = kind.words(variant).has_legal_effect or kind.is_lettered or kind.lane is Lane.URGENT
    return not (is_statutory or is_near)


def hold_asked_for(manner: Manner, recipient: str, held_for: HeldFor | None, now: datetime) -> Hold | None:
    """Until when a mail that may wait is held because its recipient asked; None: it goes now.

    `held_for` is why it was held before: what waited for a digest goes out with it, and waits for nothing more.
    """
    if held_for is HeldFor.DIGEST:
        return None
    local = now.astimezone(ZoneInfo(manner.zone))
    if manner.is_digest and held_for is None:
        return Hold(HeldFor.DIGEST, _next_digest(manner, recipient, local))
    if manner.quiet is not None and manner.quiet.covers(local.time()):
        return Hold(HeldFor.QUIET_HOURS, _next_at(local, manner.quiet.to))
    return None


def _next_digest(manner: Manner, recipient: str, local: datetime) -> datetime:
    """When the next digest of a recipient goes out: at its own instant, so that its notices come due as one."""
    begins = DIGEST_AT if manner.quiet is None or not manner.quiet.covers(DIGEST_AT) else manner.quiet.to
    spread = timedelta(milliseconds=zlib.crc32(recipient.encode()) % _SPREAD_MILLISECONDS)
    return _next_at(local - spread, begins) + spread


def _next_at(local: datetime, at: time) -> datetime:
    """The next instant at which the clock of a zone shows a time, in UTC as all instants are."""
    day = local.date() if local.time() < at else local.date() + timedelta(days=1)
    return datetime.combine(day, at, tzinfo=local.tzinfo).astimezone(UTC)


class DomainRates:
    """How many mails that may wait go to each domain in a minute; `per_minute` None: as many as there are.

    What is beyond is given the first minute that has room, and nothing else is then put there: each mail waits once.
    """

    def __init__(self, per_minute: int | None) -> None:
        self._per_minute = per_minute
        self._last: dict[str, tuple[datetime, int]] = {}

    def hold(self, address: str, now: datetime) -> Hold | None:
        """Take the next place of an address's domain; None: it is now."""
        if self._per_minute is None:
            return None
        domain = address.rpartition("@")[2].lower()
        this_minute = now.replace(second=0, microsecond=0)
        minute, taken = self._last.get(domain, (this_minute, 0))
        if minute < this_minute:
            minute, taken = this_minute, 0
        elif taken >= self._per_minute:
            minute, taken = minute + timedelta(minutes=1), 0
        self._last[domain] = (minute, taken + 1)
        self._forget(this_minute)
        return Hold(HeldFor.RATE, minute) if minute > this_minute else None

    def _forget(self, this_minute: datetime) -> None:
        if len(self._last) > _MOST_DOMAINS:
            self._last = {domain: last for domain, last in self._last.items() if last[0] >= this_minute}
