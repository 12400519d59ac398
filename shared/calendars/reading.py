"""Feeds made, revoked and read: whose days are in one is asked anew each time that it is read."""

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from hashlib import blake2b
from typing import Any, Final, Protocol
from uuid import UUID

import orjson
from sqlalchemy.ext.asyncio import AsyncConnection

from shared.calendars import store
from shared.calendars.day import Day, Followed, follow
from shared.calendars.feed import MOST_FEEDS, AddressKey, Choices, Feed, FeedKind, hash_token
from shared.calendars.ics import MOST_NAMED, write_calendar
from shared.customs.calendar import add_days, legal_date
from shared.db.idempotency import IdempotentCall, key_reused
from shared.db.transaction import Connections, Transaction, reading, transaction
from shared.runtime.access import no_such
from shared.runtime.errors import Conflict, NotFound
from shared.runtime.identity import Identity
from shared.runtime.ids import event_id

_NOTED_EVERY: Final = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class FeedRules:
    """How feeds are made and answered, as the operator has set it; `key` or `base_url` None: there are no feeds."""

    key: AddressKey | None
    base_url: str | None
    refresh_minutes: int
    kept_days: int
    open_days: int
    most_entries: int


@dataclass(frozen=True, slots=True)
class Allowed:
    """What a feed may show today: `made_for` says it in a word, so that another permission makes the feed anew.

    `scope` says it in words to the subscriber, after "In this calendar:".
    """

    made_for: str
    scope: str
    within: Any


class TooMany(Exception):  # noqa: N818  says what there is
    """A feed would have more entries or items than one may have."""


class DaySource(Protocol):
    """Where the days of a service's feeds come from."""

    async def allow(self, connection: AsyncConnection, feed: Feed, today: date, /) -> Allowed:
        """What the feed may show today, by delegations and authority as they stand today."""
        ...

    async def list_days(
        self, connection: AsyncConnection, feed: Feed, allowed: Allowed, first: date, most: int, /
    ) -> Sequence[Day]:
        """The days from `first` on, and those that are not known; raises `TooMany`."""
        ...

    async def sight(
        self, connection: AsyncConnection, allowed: Allowed, days: Collection[Day], /
    ) -> Callable[[Day], bool]:
        """Which of these days the subscriber may see now."""
        ...


async def make_feed(
    tx: Transaction,
    caller: Identity,
    call: IdempotentCall,
    rules: FeedRules,
    *,
    kind: FeedKind,
    owner: str,
    name: str,
    choices: Choices,
    kept: dict[str, Any],
    now: datetime,
) -> tuple[Feed, str]:
    """Make a feed; gives it with its token, of which only the digest is kept.

    Raises `Conflict` when the owner has many, and where the operator has set up none.
    """
    if rules.key is None or rules.base_url is None:
        raise Conflict(
            "This service has no calendar feeds: the operator has not said where they are reached.",
            rule="calendar-feeds",
            code="calendar-not-set-up",
            remedy="Ask the operator for CENTERLINE_CALENDAR_BASE_URL and CENTERLINE_CALENDAR_KEY.",
        )
    await store.lock_owner(tx, owner)
    today = legal_date(now)
    known = await store.list_feeds(tx.connection, [owner])
    if sum(each.is_open(today) for each in known) >= MOST_FEEDS:
        raise Conflict(
            f"{MOST_FEEDS} calendar feeds are open.",
            rule="calendar-feeds",
            code="too-many-calendar-feeds",
            remedy="Revoke one: POST /calendar-feeds/{feed_id}/revoke.",
        )
    feed_id = UUID(event_id("calendar-feed", call.identity, call.key))
    if any(each.feed_id == feed_id for each in known) or await store.find_feed(tx.connection, feed_id) is not None:
        raise key_reused()
    token = rules.key.fresh_token()
    feed = Feed(
        feed_id=feed_id,
        kind=kind,
        owner=owner,
        name=name,
        token_hash=hash_token(token),
        choices=choices,
        caller=kept,
        created_by=caller.signature,
        created_at=now,
        expires_on=add_days(today, rules.open_days),
    )
    await store.write_feed(tx, feed)
    return feed, token


async def revoke_feed(tx: Transaction, caller: Identity, feed_id: UUID, owners: Collection[str], now: datetime) -> Feed:
    """Close a feed of one of these owners, for good. Raises `NotFound` for all others."""
    feed = await store.hold_feed(tx, feed_id)
    if feed is None or feed.owner not in owners:
        raise no_such(f"calendar feed {feed_id}")
    if feed.revoked_at is None:
        await store.revoke_feed(tx, feed_id, now, caller.signature)
        feed = replace(feed, revoked_at=now, revoked_by=caller.signature)
    return feed


async def read_feed(database: Connections, source: DaySource, rules: FeedRules, token: str, now: datetime) -> str:
    """The text of the feed of a token.

    Made anew when it is older than the refresh, or what it may show has changed: what a feed told before is asked for
    each time, so that a day which may not be seen any more is not answered from what was made. Raises `NotFound` alike
    for a token that nobody has, one that was revoked, and one whose time is over.
    """
    today = legal_date(now)
    if rules.key is None or rules.base_url is None or not rules.key.is_signed(token):
        raise no_feed()
    token_hash = hash_token(token)
    async with reading(database) as connection:
        feed = await store.find_feed_by_hash(connection, token_hash)
        if feed is None or not feed.is_open(today):
            raise no_feed()
        allowed = await source.allow(connection, feed, today)
        may_answer = await _may_answer(connection, feed, allowed, source, rules, now)
    if may_answer and feed.body is not None:
        async with transaction(database) as tx:
            await store.note_read(tx, feed.feed_id, now, now - _NOTED_EVERY)
        return feed.body
    async with transaction(database) as tx:
        held = await store.hold_feed(tx, feed.feed_id)
        if held is None or not held.is_open(today):
            raise no_feed()
        allowed = await source.allow(tx.connection, held, today)
        if await _may_answer(tx.connection, held, allowed, source, rules, now) and held.body is not None:
            return held.body  # another reader was quicker
        return await _make(tx, held, allowed, source, rules, now)


def no_feed() -> NotFound:
    """There is no calendar at an address, whyever; to be raised."""
    return NotFound("There is no calendar at this address.", remedy="Make one: POST /calendar-feeds.")


async def _make(
    tx: Transaction, feed: Feed, allowed: Allowed, source: DaySource, rules: FeedRules, now: datetime
) -> str:
    assert rules.base_url is not None
    today, kept = legal_date(now), timedelta(days=rules.kept_days)
    first = add_days(today, -rules.kept_days)
    known = await store.load_days(tx.connection, feed.feed_id)
    notice = None
    try:
        found = await source.list_days(tx.connection, feed, allowed, first, rules.most_entries)
    except TooMany as error:
        # A part would look like all: none is shown, and what was told before stays known for when it fits again.
        found, notice = (), str(error)
    may_see = await source.sight(tx.connection, allowed, [*found, *(told.day for told in known.values())])
    if notice is not None:
        gone = tuple(sorted(uid for uid, told in known.items() if not may_see(told.day)))
        followed = Followed((), (), gone, ())
    else:
        followed = follow(known, found, may_see, now, first, kept)
    body = write_calendar(
        feed.name,
        followed.days,
        followed.unknown,
        scope=allowed.scope,
        notice=notice,
        refresh=timedelta(minutes=rules.refresh_minutes),
        alarm_days=feed.choices.alarm_days,
        base_url=rules.base_url,
    )
    made_for = _MadeFor(allowed.made_for, _places(followed.unknown[:MOST_NAMED]))
    await store.write_followed(tx, feed.feed_id, followed, body, made_for=made_for.document(), at=now)
    return body


def digest_of(parts: Collection[str]) -> str:
    """A short word for a set of names, the same for the same names."""
    return blake2b("\n".join(sorted(parts)).encode(), digest_size=12).hexdigest()


@dataclass(frozen=True, slots=True)
class _MadeFor:
    """What a text was made for, and what it names beside its events: the (of, about) of days that are not known."""

    permission: str
    named: tuple[tuple[str, str], ...]

    def document(self) -> str:
        """As it is kept with the text."""
        return orjson.dumps([self.permission, self.named]).decode()


def _read_made_for(kept: str | None) -> _MadeFor | None:
    """What `document` kept; None where nothing was made, or by a release that kept less."""
    if kept is None or not kept.startswith("["):
        return None
    permission, named = orjson.loads(kept)
    return _MadeFor(permission, tuple((of, about) for of, about in named))


def _places(days: Iterable[Day]) -> tuple[tuple[str, str], ...]:
    return tuple(dict.fromkeys((day.of, day.about) for day in days))


async def _may_answer(
    connection: AsyncConnection, feed: Feed, allowed: Allowed, source: DaySource, rules: FeedRules, now: datetime
) -> bool:
    """Whether what was made may be answered: it is new enough, of this permission, and all in it may still be seen."""
    made_for = _read_made_for(feed.made_for)
    if feed.made_at is None or made_for is None or made_for.permission != allowed.made_for:
        return False
    same_day = legal_date(feed.made_at) == legal_date(now)
    if not same_day or not timedelta() <= now - feed.made_at < timedelta(minutes=rules.refresh_minutes):
        return False
    told = [each.day for each in (await store.load_days(connection, feed.feed_id)).values()]
    shown = [*told, *(_named(of, about) for of, about in made_for.named)]
    may_see = await source.sight(connection, allowed, shown)
    return all(may_see(day) for day in shown)


def _named(of: str, about: str) -> Day:
    """A day that is not known, as far as who may see it depends on it."""
    return Day(uid="", of=of, about=about, on=None, kind="law", title="", rule="", lapse=None, href="")
