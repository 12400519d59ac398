"""Deliveries and their ledger: made with the notice, claimed for sending, settled; each change is one ledger line."""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import func, or_, select, text, tuple_
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.domain.delivery import DIGEST, LETTER, PORTAL, SECOND, Recipient, State
from services.notifications.domain.holding import AT_ONCE, HeldFor, Hold, Manner
from services.notifications.domain.kind import MAIL_LANES, RATED_LANES, Lane
from services.notifications.domain.languages import DEFAULT
from services.notifications.domain.recipients import recipient_of, second_of
from services.notifications.domain.reminding import why_not_told
from services.notifications.store.notices import NOTICE_COLUMNS, WrittenNotice, matter_of, notice_of
from services.notifications.store.preferences import manner_of
from services.notifications.store.tables import deliveries
from services.notifications.store.tables.deliveries import delivery_events
from shared.customs.calendar import legal_date
from shared.customs.parties import Party, read_contacts
from shared.db import bulk
from shared.db.transaction import Transaction

_COLUMNS = (
    "notice_id",
    "channel",
    "recipient_role",
    "kind",
    "importer_number",
    "state",
    "sequence",
    "attempts",
    "is_waiting",
    "message_id",
    "queued_at",
    "next_try_at",
    "settled_at",
    "lane",
)
_KEEP_BEGUN = "(notice_id, channel, recipient_role) DO NOTHING"
_EVENT_COLUMNS = ("notice_id", "channel", "recipient_role", "sequence", "event", "detail", "at")

# The next try is put off for the length of the lease: a sender that dies gives its claim back by doing nothing.
_FACTS = f"""
SELECT {", ".join(f"n.{name}" for name in NOTICE_COLUMNS)},
    c.channel, c.recipient_role, c.attempts, c.message_id, c.queued_at, c.next_try_at,
    i.sequence + i.revision AS sequence, i.name, i.email,
    f.language, f.second_email, f.quiet_since, f.quiet_to, f.time_zone, f.is_digest, f.wants_reminders, c.lane,
    c.held_for, EXISTS (SELECT FROM withdrawn_reminders w
        WHERE w.subject = n.subject AND w.withdrawn_at >= n.caused_at) AS is_withdrawn,
    p.version AS party_version, p.kind AS party_kind, p.name AS party_name, p.state AS party_state, p.closed_on,
    p.contacts,
    (SELECT jsonb_agg(e.scopes) FROM delegations e
     WHERE e.party_id = c.recipient_role AND e.importer_number = c.importer_number AND e.from_on <= n.issued_on
        AND (e.to_on IS NULL OR n.issued_on <= e.to_on) AND (e.revoked_on IS NULL OR $4 < e.revoked_on)) AS scopes
FROM claimed c JOIN notices n USING (notice_id) LEFT JOIN importers i ON i.importer_number = c.importer_number
    LEFT JOIN parties p ON p.party_id = c.recipient_role
    LEFT JOIN preferences f
        ON f.recipient = CASE WHEN c.recipient_role = 'importer' THEN c.importer_number ELSE c.recipient_role END
ORDER BY n.caused_at, n.notice_id
"""
_CLAIM = f"""
WITH due AS (
    SELECT notice_id, channel, recipient_role FROM deliveries
    WHERE state = 'queued' AND lane = $5 AND next_try_at <= $1
    ORDER BY next_try_at LIMIT $2 FOR UPDATE SKIP LOCKED
), claimed AS (
    UPDATE deliveries d SET next_try_at = $3 FROM due
    WHERE (d.notice_id, d.channel, d.recipient_role) = (due.notice_id, due.channel, due.recipient_role)
    RETURNING d.*
)
{_FACTS}"""
# Taken in two statements: of a limit that is a column the planner expects a tenth of all that waits, for which it would
# join with the whole table; how long an array is, it sees.
_DUE_CALLS = """
SELECT d.notice_id, d.channel, d.recipient_role
FROM unnest($2::text[], $3::integer[]) AS g(channel, most), LATERAL (
    SELECT notice_id, channel, recipient_role FROM deliveries
    WHERE state = 'queued' AND lane = 3 AND channel = g.channel AND next_try_at <= $1
    ORDER BY next_try_at LIMIT g.most FOR UPDATE SKIP LOCKED
) d
"""
_CLAIM_CALLS = f"""
WITH claimed AS (
    UPDATE deliveries d SET next_try_at = $2
    FROM unnest($1::uuid[], $3::text[], $5::text[]) AS due(notice_id, channel, recipient_role)
    WHERE (d.notice_id, d.channel, d.recipient_role) = (due.notice_id, due.channel, due.recipient_role)
    RETURNING d.*
)
{_FACTS}"""

# What comes back for a mail that a server took: its recipient is looked up as when it was claimed.
_COME_BACK = f"""
WITH claimed AS (
    UPDATE deliveries d SET state = $5, sequence = d.sequence + 1, last_error = $6, settled_at = $3
    WHERE (d.notice_id, d.channel, d.recipient_role) = ($1::uuid, $2, $7)
        AND d.state = ANY(CASE WHEN $5 = 'bounced' THEN ARRAY['sent', 'delivered'] ELSE ARRAY['sent'] END)
    RETURNING d.*
)
{_FACTS}"""

# A claim is told by the end of its lease: whoever lost it changes nothing. Nor is a delivery given up for want of an
# address when the account has changed since it was looked at; it is looked at again after the lease.
_SETTLE = """
WITH settled AS (
UPDATE deliveries d SET state = g.state, sequence = d.sequence + g.lines, attempts = d.attempts + g.tries,
    is_waiting = false, sent_to = g.sent_to, last_error = g.error, next_try_at = g.next_try_at,
    held_for = g.held_for, message_id = coalesce(g.message_id, d.message_id),
    settled_at = CASE WHEN g.state = 'queued' THEN NULL ELSE $1::timestamptz END
FROM unnest($2::uuid[], $3::text[], $4::text[], $5::timestamptz[], $6::text[], $7::integer[], $8::integer[],
    $9::text[], $10::text[], $11::timestamptz[], $12::integer[], $13::text[], $14::text[], $15::text[], $16::text[])
    AS g(notice_id, channel, recipient_role, lease_until, state, lines, tries, sent_to, error, next_try_at, account,
        held_for, message_id, event, detail)
WHERE (d.notice_id, d.channel, d.recipient_role) = (g.notice_id, g.channel, g.recipient_role)
    AND d.state = 'queued' AND d.next_try_at = g.lease_until
    AND (g.state <> 'no-address' OR g.account IS NOT DISTINCT FROM CASE WHEN d.recipient_role = 'importer'
        THEN (SELECT i.sequence + i.revision FROM importers i WHERE i.importer_number = d.importer_number)
        ELSE (SELECT p.version FROM parties p WHERE p.party_id = d.recipient_role) END)
RETURNING d.notice_id, d.channel, d.recipient_role, d.sequence, g.event, g.detail
), lines AS (
INSERT INTO delivery_events (notice_id, channel, recipient_role, sequence, event, detail, at)
SELECT notice_id, channel, recipient_role, sequence, event, detail, $1 FROM settled WHERE event IS NOT NULL
)
SELECT notice_id, channel, recipient_role, sequence FROM settled
"""
_WAIT = """
UPDATE deliveries d SET is_waiting = true, next_try_at = g.until
FROM unnest($1::uuid[], $2::text[], $3::text[], $4::timestamptz[], $5::timestamptz[])
    AS g(notice_id, channel, recipient_role, lease_until, until)
WHERE (d.notice_id, d.channel, d.recipient_role) = (g.notice_id, g.channel, g.recipient_role)
    AND d.state = 'queued' AND d.next_try_at = g.lease_until
    AND NOT EXISTS (SELECT FROM importers i WHERE i.importer_number = d.importer_number)
"""
# A party has a row of the inbox from when it acknowledges, or is told there alone.
_ACKNOWLEDGE = """
INSERT INTO deliveries AS d (notice_id, channel, recipient_role, kind, importer_number, state, sequence, attempts,
    is_waiting, queued_at, settled_at)
VALUES ($1::uuid, $2, $3, $4, $5, 'acknowledged', 1, 0, false, $6, $6)
ON CONFLICT (notice_id, channel, recipient_role) DO UPDATE SET state = 'acknowledged', sequence = d.sequence + 1,
    settled_at = excluded.settled_at WHERE d.state = 'delivered'
RETURNING d.sequence
"""
_HOLD_ACCOUNTS = "LOCK TABLE importers, parties IN SHARE MODE"
_WAKE = """
UPDATE deliveries d SET is_waiting = false, next_try_at = $2
WHERE d.importer_number = ANY($1::text[]) AND d.is_waiting AND d.state = 'queued'
"""
_REQUEUE = """
UPDATE deliveries d SET state = 'queued', sequence = d.sequence + 1, last_error = NULL, next_try_at = $2,
    settled_at = NULL
FROM importers i
WHERE d.importer_number = ANY($1::text[]) AND (d.is_waiting OR d.state = 'no-address') AND d.state = 'no-address'
    AND d.recipient_role = 'importer'
    AND d.queued_at > $3 AND i.importer_number = d.importer_number AND i.email IS NOT NULL
RETURNING d.notice_id, d.channel, d.recipient_role, d.sequence, d.kind, d.importer_number,
    (SELECT n.entry_number FROM notices n WHERE n.notice_id = d.notice_id) AS entry_number
"""
_HOLD_BACK = """
WITH held AS (
    UPDATE deliveries SET state = 'withdrawn', sequence = sequence + 1, is_waiting = false, next_try_at = NULL,
        last_error = $2, settled_at = $1
    WHERE state = 'queued' RETURNING notice_id, channel, recipient_role, sequence
)
INSERT INTO delivery_events (notice_id, channel, recipient_role, sequence, event, detail, at)
SELECT notice_id, channel, recipient_role, sequence, 'withdrawn', $2, $1 FROM held
"""
_WAKE_PARTIES = """
UPDATE deliveries d SET is_waiting = false, next_try_at = $2
WHERE d.recipient_role = ANY($1::text[]) AND d.recipient_role <> 'importer' AND d.is_waiting AND d.state = 'queued'
"""
_REQUEUE_FOR_PARTIES = """
UPDATE deliveries d SET state = 'queued', sequence = d.sequence + 1, last_error = NULL, next_try_at = $2,
    settled_at = NULL
FROM parties p
WHERE d.recipient_role = ANY($1::text[]) AND d.recipient_role <> 'importer'
    AND (d.is_waiting OR d.state = 'no-address') AND d.state = 'no-address'
    AND d.queued_at > $3 AND p.party_id = d.recipient_role AND p.closed_on IS NULL
RETURNING d.notice_id, d.channel, d.recipient_role, d.sequence, d.kind, d.importer_number,
    (SELECT n.entry_number FROM notices n WHERE n.notice_id = d.notice_id) AS entry_number
"""


@dataclass(frozen=True, slots=True)
class NewDelivery:
    """A delivery as it begins: posted, or queued with the id that its mail will bear.

    `recipient_role` is `public`, `importer`, or the id of a party.
    """

    notice_id: str
    channel: str
    recipient_role: str
    kind: str
    importer_number: str | None
    entry_number: str | None
    state: State
    message_id: str | None
    at: datetime
    lane: Lane = Lane.USUAL


@dataclass(frozen=True, slots=True)
class Claimed:
    """A delivery that this process may send until its lease ends.

    `recipient` and `account_sequence` are what the account of the importer or the party said when claiming, None while
    it is unknown. `overtaken` is why what the notice says is not told any more, which a reminder alone can be.
    """

    notice: WrittenNotice
    channel: str
    recipient_role: str
    attempts: int
    message_id: str
    queued_at: datetime
    lease_until: datetime
    recipient: Recipient | None
    account_sequence: int | None
    lane: Lane
    held_for: HeldFor | None
    overtaken: str | None

    @property
    def key(self) -> tuple[UUID, str, str]:
        """What tells deliveries apart."""
        return (self.notice.notice_id, self.channel, self.recipient_role)


@dataclass(frozen=True, slots=True)
class Settlement:
    """What became of a claimed delivery. `event` is the ledger line, None for a try that says nothing.

    `held` is until when it waits though it could go out, `digest` the Message-ID of a mail that told it with others.
    """

    claimed: Claimed
    state: State
    event: str | None
    tries: int
    sent_to: str | None = None
    error: str | None = None
    next_try_at: datetime | None = None
    held: Hold | None = None
    digest: str | None = None

    @property
    def detail(self) -> str | None:
        """What its line in the ledger says further."""
        if self.held is not None:
            return f"{self.held.why}, until {self.held.until:%Y-%m-%d %H:%M} UTC"
        return f"in {self.digest}" if self.digest is not None else self.error


@dataclass(frozen=True, slots=True)
class ChangedDelivery:
    """A delivery that moved to another state, with its line in the ledger."""

    notice_id: str
    channel: str
    recipient_role: str
    sequence: int
    kind: str
    importer_number: str | None
    entry_number: str | None
    state: State


@dataclass(frozen=True, slots=True)
class Delivery:
    """Where a delivery of a notice stands."""

    channel: str
    recipient_role: str
    state: State
    attempts: int
    message_id: str | None
    sent_to: str | None
    last_error: str | None
    queued_at: datetime
    next_try_at: datetime | None
    held_for: str | None
    settled_at: datetime | None


@dataclass(frozen=True, slots=True)
class LedgerLine:
    """One line of a delivery's ledger."""

    channel: str
    recipient_role: str
    sequence: int
    event: str
    detail: str | None
    at: datetime


class WebhookDelivery(NamedTuple):
    """One line of a webhook's log."""

    notice_id: UUID
    recipient_role: str
    kind: str
    state: str
    attempts: int
    last_error: str | None
    queued_at: datetime
    next_try_at: datetime | None
    settled_at: datetime | None


class DeliveryCount(NamedTuple):
    """How many deliveries of a kind of notice are in a state."""

    kind: str
    state: str
    deliveries: int


class Unreached(NamedTuple):
    """Mails without an address, and letters that are to be mailed."""

    without_address: int
    letters: int


async def write_deliveries(tx: Transaction, new: Sequence[NewDelivery]) -> list[NewDelivery]:
    """Begin deliveries, each with its first ledger line; gives those that had not begun before."""
    rows = [
        (
            item.notice_id,
            item.channel,
            item.recipient_role,
            item.kind,
            item.importer_number,
            item.state.value,
            1,
            0,
            False,
            item.message_id,
            item.at,
            # A letter is taken by people, not by a sender.
            item.at if item.state is State.QUEUED and item.channel != "mail" else None,
            None if item.state is State.QUEUED else item.at,
            item.lane.value,
        )
        for item in new
    ]
    written = await bulk.insert(
        tx, deliveries, _COLUMNS, rows, on_conflict=_KEEP_BEGUN, returning="notice_id, channel, recipient_role"
    )
    keys = {_names(row) for row in written}
    begun = [item for item in new if (item.notice_id, item.channel, item.recipient_role) in keys]
    lines = [(item.notice_id, item.channel, item.recipient_role, 1, item.state.value, None, item.at) for item in begun]
    await bulk.insert(tx, delivery_events, _EVENT_COLUMNS, lines)
    return begun


async def claim_due(
    tx: Transaction,
    now: datetime,
    lease: timedelta,
    limit: int,
    bulk_limit: int | None = None,
    lanes: Sequence[Lane] = MAIL_LANES,
) -> list[Claimed]:
    """Take mails of these lanes that are due, lane by lane; nobody else gets them until the lease has ended.

    Of the bulk and of news together at most `bulk_limit` are taken, None: as many as the rest leaves.
    """
    today = legal_date(now)
    claimed: list[Claimed] = []
    for lane in lanes:
        left = limit - len(claimed)
        if lane in RATED_LANES and bulk_limit is not None:
            left = min(left, bulk_limit - sum(item.lane in RATED_LANES for item in claimed))
        if left > 0:
            rows = await bulk.fetch(tx, _CLAIM, now, left, now + lease, today, lane.value)
            claimed += [_claimed(row, today) for row in rows]
    return claimed


async def claim_calls(tx: Transaction, now: datetime, lease: timedelta, most: Mapping[str, int]) -> list[Claimed]:
    """Take deliveries that are due, of each of these channels at most as many, those due longest first; nobody else
    gets them until the lease has ended.
    """
    due = await bulk.fetch(tx, _DUE_CALLS, now, list(most), list(most.values()))
    if not due:
        return []
    notices, channels, roles = map(list, zip(*due, strict=True))
    today = legal_date(now)
    rows = await bulk.fetch(tx, _CLAIM_CALLS, notices, now + lease, channels, today, roles)
    return [_claimed(row, today) for row in rows]


async def settle(tx: Transaction, settlements: Sequence[Settlement], now: datetime) -> list[ChangedDelivery]:
    """Write down what became of claimed deliveries; gives those that left the queue. A lost claim changes nothing.

    Accounts are not written while deliveries are given up for want of an address (the lock): one that arrives later
    finds them given up and queues them again.
    """
    if not settlements:
        return []
    columns = zip(
        *(
            (
                *item.claimed.key,
                item.claimed.lease_until,
                item.state.value,
                int(item.event is not None),
                item.tries,
                item.sent_to,
                item.error,
                item.next_try_at,
                item.claimed.account_sequence,
                _held_for(item),
                item.digest,
                item.event,
                item.detail,
            )
            for item in settlements
        ),
        strict=True,
    )
    if any(item.state is State.NO_ADDRESS for item in settlements):
        await bulk.execute(tx, _HOLD_ACCOUNTS)
    by_key = {item.claimed.key: item for item in settlements}
    written = await bulk.fetch(tx, _SETTLE, now, *(list(column) for column in columns))
    changed = []
    for row in written:
        item = by_key[row["notice_id"], row["channel"], row["recipient_role"]]
        if item.state is not State.QUEUED:
            notice = item.claimed.notice
            changed.append(
                ChangedDelivery(
                    *_names(row),
                    sequence=row["sequence"],
                    kind=notice.kind,
                    importer_number=notice.importer_number,
                    entry_number=notice.entry_number,
                    state=item.state,
                )
            )
    return changed


async def come_back(
    tx: Transaction, notice_id: UUID, channel: str, recipient_role: str, state: State, detail: str | None, now: datetime
) -> tuple[Claimed, ChangedDelivery] | None:
    """Write down that a sent mail was delivered, or bounced after all; None when it was not waiting for that."""
    today = legal_date(now)
    rows = await bulk.fetch(tx, _COME_BACK, notice_id, channel, now, today, state.value, detail, recipient_role)
    if not rows:
        return None
    claimed = _claimed(rows[0], today)
    query = select(deliveries.c.sequence).where(
        deliveries.c.notice_id == notice_id,
        deliveries.c.channel == channel,
        deliveries.c.recipient_role == recipient_role,
    )
    sequence: int = (await tx.connection.execute(query)).scalar_one()
    await bulk.insert(
        tx,
        delivery_events,
        _EVENT_COLUMNS,
        [(notice_id, channel, recipient_role, sequence, state.value, detail, now)],
    )
    notice = claimed.notice
    changed = ChangedDelivery(
        notice_id=str(notice_id),
        channel=channel,
        recipient_role=recipient_role,
        sequence=sequence,
        kind=notice.kind,
        importer_number=notice.importer_number,
        entry_number=notice.entry_number,
        state=state,
    )
    return claimed, changed


async def list_told_together(connection: AsyncConnection, message_id: str) -> list[tuple[UUID, str, str]]:
    """The deliveries that one mail told, by what tells them apart; for the Message-ID of a digest."""
    columns = deliveries.c
    query = select(columns.notice_id, columns.channel, columns.recipient_role).where(
        columns.message_id == message_id, text(f"message_id LIKE '{DIGEST}%'")
    )
    return [tuple(row) for row in await connection.execute(query.order_by(columns.notice_id))]


async def acknowledge(
    tx: Transaction, notice: WrittenNotice, recipient_role: str, by: str, now: datetime
) -> ChangedDelivery | None:
    """Write down that a party acknowledged a notice; None when it did so before."""
    key = (str(notice.notice_id), PORTAL, recipient_role)
    rows = await bulk.fetch(tx, _ACKNOWLEDGE, *key, notice.kind, notice.importer_number, now)
    if not rows:
        return None
    return await _write_change(tx, notice, key, rows[0]["sequence"], State.ACKNOWLEDGED, f"by {by}", now)


async def wait_for_address(tx: Transaction, waiting: Sequence[tuple[Claimed, datetime]]) -> None:
    """Put off deliveries whose importer is not known, each until its moment; an account that arrives wakes them.

    Accounts are not written while this runs (the lock), so that none can arrive unseen between looking and waiting.
    """
    if not waiting:
        return
    await bulk.execute(tx, _HOLD_ACCOUNTS)
    columns = zip(*((*claimed.key, claimed.lease_until, until) for claimed, until in waiting), strict=True)
    await bulk.execute(tx, _WAIT, *(list(column) for column in columns))


async def wake(
    tx: Transaction, importer_numbers: Sequence[str], now: datetime, oldest: datetime
) -> list[ChangedDelivery]:
    """Deliveries of importers whose account has just been written become due.

    Those that were given up for want of an address are queued again when there is one now and they were queued after
    `oldest`; gives these.
    """
    if not importer_numbers:
        return []
    await bulk.execute(tx, _WAKE, list(importer_numbers), now)
    rows = await bulk.fetch(tx, _REQUEUE, list(importer_numbers), now, oldest)
    return await _note_requeued(tx, rows, now)


async def wake_parties(
    tx: Transaction, party_ids: Sequence[str], now: datetime, oldest: datetime
) -> list[ChangedDelivery]:
    """Deliveries to parties that have just changed, given up for want of an address, are queued again; gives these."""
    if not party_ids:
        return []
    await bulk.execute(tx, _WAKE_PARTIES, list(party_ids), now)
    return await _note_requeued(tx, await bulk.fetch(tx, _REQUEUE_FOR_PARTIES, list(party_ids), now, oldest), now)


async def hold_back(tx: Transaction, why: str, now: datetime) -> int:
    """Withdraw everything that waits to go out; gives how many ways of notices."""
    return await bulk.execute(tx, _HOLD_BACK, now, why)


async def _note_requeued(tx: Transaction, rows: Sequence[Mapping[str, Any]], now: datetime) -> list[ChangedDelivery]:
    changed = [
        ChangedDelivery(
            *_names(row),
            sequence=row["sequence"],
            kind=row["kind"],
            importer_number=row["importer_number"],
            entry_number=row["entry_number"],
            state=State.QUEUED,
        )
        for row in rows
    ]
    lines = [
        (item.notice_id, item.channel, item.recipient_role, item.sequence, "queued", "an address became known", now)
        for item in changed
    ]
    await bulk.insert(tx, delivery_events, _EVENT_COLUMNS, lines)
    return changed


async def list_webhook_deliveries(
    connection: AsyncConnection, channel: str, *, after: tuple[datetime, UUID] | None, limit: int
) -> list[WebhookDelivery]:
    """What went to a webhook, newest first."""
    columns = deliveries.c
    order = (columns.queued_at, columns.notice_id)
    query = (
        select(
            columns.notice_id,
            columns.recipient_role,
            columns.kind,
            columns.state,
            columns.attempts,
            columns.last_error,
            columns.queued_at,
            columns.next_try_at,
            columns.settled_at,
        )
        .where(columns.channel == channel, columns.channel != "email", columns.channel != "bulletin")
        .order_by(*(column.desc() for column in order))
        .limit(limit)
    )
    if after is not None:
        query = query.where(tuple_(*order) < tuple_(*after))
    return [WebhookDelivery(*row) for row in await connection.execute(query)]


async def find_deliveries(connection: AsyncConnection, notice_id: UUID) -> list[Delivery]:
    """The deliveries of a notice."""
    columns = deliveries.c
    query = select(
        columns.channel,
        columns.recipient_role,
        columns.state,
        columns.attempts,
        columns.message_id,
        columns.sent_to,
        columns.last_error,
        columns.queued_at,
        columns.next_try_at,
        columns.held_for,
        columns.settled_at,
    ).where(columns.notice_id == notice_id)
    rows = await connection.execute(query.order_by(columns.channel, columns.recipient_role))
    return [_delivery(row) for row in rows]


async def find_acknowledged(
    connection: AsyncConnection, notice_ids: Collection[UUID]
) -> dict[UUID, dict[str, datetime]]:
    """When notices were acknowledged, by recipient; a notice that nobody has is left out."""
    columns = deliveries.c
    query = select(columns.notice_id, columns.recipient_role, columns.settled_at).where(
        columns.notice_id.in_(sorted(notice_ids)),
        columns.channel == PORTAL,
        columns.state == State.ACKNOWLEDGED.value,
    )
    found: dict[UUID, dict[str, datetime]] = {}
    for notice_id, role, at in await connection.execute(query):
        found.setdefault(notice_id, {})[role] = at
    return found


async def find_ledger(connection: AsyncConnection, notice_id: UUID) -> list[LedgerLine]:
    """The ledger of a notice's deliveries, oldest line first."""
    columns = delivery_events.c
    query = select(
        columns.channel, columns.recipient_role, columns.sequence, columns.event, columns.detail, columns.at
    ).where(columns.notice_id == notice_id)
    rows = await connection.execute(query.order_by(columns.channel, columns.recipient_role, columns.sequence))
    return [LedgerLine(*row) for row in rows]


async def count_deliveries(connection: AsyncConnection) -> list[DeliveryCount]:
    """Deliveries by kind of notice and state, in the order of these."""
    by = (deliveries.c.kind, deliveries.c.state)
    rows = await connection.execute(select(*by, func.count()).group_by(*by))
    return sorted(DeliveryCount(kind, state, number) for kind, state, number in rows)


async def count_unreached(connection: AsyncConnection) -> Unreached:
    """What waits for people: notices without an address, and letters that are to be mailed."""
    columns = deliveries.c
    without = select(func.count()).where(
        or_(columns.is_waiting, columns.state == State.NO_ADDRESS.value), columns.state == State.NO_ADDRESS.value
    )
    letters = select(func.count()).where(columns.channel == LETTER, columns.state == State.QUEUED.value)
    row = (await connection.execute(select(without.scalar_subquery(), letters.scalar_subquery()))).one()
    return Unreached(*row)


def _delivery(row: bulk.Row) -> Delivery:
    channel, recipient_role, state, *rest = row
    return Delivery(*(channel, recipient_role, State(state), *rest))


def _claimed(row: Any, today: date) -> Claimed:
    notice = notice_of(list(row.values())[: len(NOTICE_COLUMNS)])
    recipient, sequence = _recipient(row, notice, today)
    return Claimed(
        notice=notice,
        channel=row["channel"],
        recipient_role=row["recipient_role"],
        attempts=row["attempts"],
        message_id=row["message_id"],
        queued_at=row["queued_at"],
        lease_until=row["next_try_at"],
        recipient=recipient,
        account_sequence=sequence,
        lane=Lane(row["lane"]),
        held_for=HeldFor(row["held_for"]) if row["held_for"] is not None else None,
        overtaken=_why_not_told(row, notice, today),
    )


def _held_for(item: Settlement) -> str | None:
    """Why a delivery waits from now on; one that is tried again keeps why it waited."""
    if item.held is not None:
        return item.held.why.value
    before = item.claimed.held_for
    return before.value if before is not None and item.state is State.QUEUED else None


def _recipient(row: Any, notice: WrittenNotice, today: date) -> tuple[Recipient | None, int | None]:
    """The importer's account or the party, as it stands in the row, with which version of it that is."""
    if row["recipient_role"] == "importer":
        sequence = row["sequence"]
        if sequence is None:
            return None, None
        is_second = row["channel"] == SECOND
        email = row["second_email"] if is_second else row["email"]
        second = row["second_email"] if not is_second and row["second_email"] != row["email"] else None
        account = Recipient(row["name"], email, language=row["language"] or DEFAULT, second=second, manner=_manner(row))
        return account, sequence
    if row["party_version"] is None:
        return None, None
    try:
        contacts = read_contacts(row["contacts"])
    except (AttributeError, KeyError, TypeError, ValueError):
        # What is broken of one party holds up no other: its mail has no address until the party is told anew.
        return Recipient(row["party_name"], None, account="the party, whose contacts cannot be read,"), row[
            "party_version"
        ]
    party = Party(
        party_id=row["recipient_role"],
        version=row["party_version"],
        kind=row["party_kind"],
        name=row["party_name"],
        state=row["party_state"],
        closed_on=row["closed_on"],
        contacts=contacts,
    )
    scopes = {scope for delegated in row["scopes"] or () for scope in delegated}
    told = recipient_of(matter_of(notice), party, scopes, today)
    second = second_of(told, party, notice.kind, row["second_email"])
    if row["channel"] == SECOND:
        return replace(told, email=second, second=None, language=row["language"] or DEFAULT), party.version
    return replace(told, second=second, language=row["language"] or DEFAULT, manner=_manner(row)), party.version


def _why_not_told(row: Any, notice: WrittenNotice, today: date) -> str | None:
    """Why what the notice says is not told to the recipient of the row any more; only a reminder can be so."""
    wanted = row["wants_reminders"] is not False
    return why_not_told(notice.kind, notice.body, today, is_wanted=wanted, is_withdrawn=row["is_withdrawn"])


def _manner(row: Any) -> Manner:
    """When the recipient of the row wants what may wait; at once where it asked for nothing."""
    if row["time_zone"] is None:
        return AT_ONCE
    return manner_of(row["quiet_since"], row["quiet_to"], row["time_zone"], row["is_digest"])


def _names(row: Mapping[str, Any]) -> tuple[str, str, str]:
    """What tells a delivery apart, as events name it."""
    return str(row["notice_id"]), row["channel"], row["recipient_role"]


async def _write_change(
    tx: Transaction,
    notice: WrittenNotice,
    key: tuple[str, str, str],
    sequence: int,
    state: State,
    detail: str,
    now: datetime,
) -> ChangedDelivery:
    """Write the line of a change that people made, and give what is told of it; `key` names the delivery."""
    await bulk.insert(tx, delivery_events, _EVENT_COLUMNS, [(*key, sequence, state.value, detail, now)])
    return ChangedDelivery(
        *key,
        sequence=sequence,
        kind=notice.kind,
        importer_number=notice.importer_number,
        entry_number=notice.entry_number,
        state=state,
    )
