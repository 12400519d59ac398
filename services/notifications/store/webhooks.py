"""Webhooks of recipients."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.domain.webhooks import CHANNEL, Secret, Webhook
from services.notifications.store.tables import webhooks
from shared.db import bulk
from shared.db.transaction import Transaction

_COLUMNS: Final = (
    "webhook_id",
    "recipient",
    "url",
    "kinds",
    "secrets",
    "state",
    "failing_since",
    "off_reason",
    "created_by",
    "created_at",
    "paused_until",
)
_REPLACE: Final = (
    "(webhook_id) DO UPDATE SET url = excluded.url, kinds = excluded.kinds, secrets = excluded.secrets,"
    " state = excluded.state, failing_since = excluded.failing_since, off_reason = excluded.off_reason,"
    " paused_until = excluded.paused_until"
)
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('webhook-' || $1, 0))"
_HOLD: Final = "SELECT FROM webhooks WHERE webhook_id = $1 FOR UPDATE"
_WORKED: Final = "UPDATE webhooks SET failing_since = NULL, paused_until = NULL WHERE webhook_id = ANY($1::uuid[])"
_FAILED: Final = (
    "UPDATE webhooks SET failing_since = coalesce(failing_since, $2), paused_until = $3 WHERE webhook_id = $1"
)
_PAUSE: Final = "UPDATE webhooks SET paused_until = $2 WHERE webhook_id = $1"
_CALLED: Final = "UPDATE webhooks SET called_at = $2 WHERE webhook_id = ANY($1::uuid[])"

# Whose turn it is: the channels for which something waits, found by one look into the index for each, whatever waits
# behind it. Receivers of one server take turns among themselves, so that many addresses of one are one neighbour.
_NEXT: Final = f"""
WITH RECURSIVE heads(channel) AS (
    (SELECT channel FROM deliveries WHERE state = 'queued' AND lane = 3 ORDER BY channel LIMIT 1)
    UNION ALL
    SELECT (SELECT d.channel FROM deliveries d
            WHERE d.state = 'queued' AND d.lane = 3 AND d.channel > h.channel ORDER BY d.channel LIMIT 1)
    FROM heads h WHERE h.channel IS NOT NULL
), waiting AS (
    SELECT w.*, row_number() OVER (
        PARTITION BY substring(lower(w.url) FROM '^[a-z]+://([^/?#]+)')
        ORDER BY (w.webhook_id = ANY($2::uuid[])) DESC, w.called_at NULLS FIRST, w.webhook_id
    ) AS turn
    FROM heads h JOIN webhooks w ON w.webhook_id = substr(h.channel, {len(CHANNEL) + 1})::uuid
    WHERE w.webhook_id = ANY($2::uuid[]) OR (
        (w.state <> 'active' OR w.paused_until IS NULL OR w.paused_until <= $1) AND EXISTS (
            SELECT FROM deliveries d
            WHERE d.state = 'queued' AND d.lane = 3 AND d.channel = h.channel AND d.next_try_at <= $1
        )
    )
)
SELECT {", ".join(_COLUMNS)} FROM waiting WHERE turn <= $3 AND webhook_id <> ALL($2::uuid[])
    AND ($4::uuid[] IS NULL OR webhook_id = ANY($4::uuid[]))
ORDER BY turn, called_at NULLS FIRST, webhook_id LIMIT $5
"""
_SECRETS: Final = "UPDATE webhooks SET secrets = $2::text::jsonb WHERE webhook_id = $1"
_TURN_OFF: Final = (
    "UPDATE webhooks SET state = 'off', off_reason = $2, times_off = times_off + 1"
    " WHERE webhook_id = $1 AND state = 'active' RETURNING times_off"
)


async def write_webhook(tx: Transaction, webhook: Webhook) -> None:
    """Write a webhook, new or changed."""
    row = (
        webhook.webhook_id,
        webhook.recipient,
        webhook.url,
        orjson.dumps(webhook.kinds).decode(),
        _secrets_json(webhook.secrets),
        webhook.state,
        webhook.failing_since,
        webhook.off_reason,
        webhook.created_by,
        webhook.created_at,
        webhook.paused_until,
    )
    await bulk.insert(tx, webhooks, _COLUMNS, [row], on_conflict=_REPLACE)


async def hold_webhook(tx: Transaction, webhook_id: UUID) -> None:
    """Let nobody else change the webhook until this transaction ends, the sender that turns it off neither."""
    await bulk.execute(tx, _LOCK, str(webhook_id))
    await bulk.fetch(tx, _HOLD, webhook_id)


async def find_webhook(connection: AsyncConnection, webhook_id: UUID) -> Webhook | None:
    """One webhook, or None."""
    query = select(*(webhooks.c[name] for name in _COLUMNS)).where(webhooks.c.webhook_id == webhook_id)
    row = (await connection.execute(query)).one_or_none()
    return _webhook(row) if row is not None else None


async def list_webhooks(connection: AsyncConnection, recipients: Collection[str]) -> list[Webhook]:
    """The webhooks of these recipients."""
    columns = webhooks.c
    query = select(*(columns[name] for name in _COLUMNS)).where(columns.recipient.in_(sorted(recipients)))
    rows = await connection.execute(query.order_by(columns.recipient, columns.webhook_id))
    return [_webhook(row) for row in rows]


async def load_active(tx: Transaction, recipients: Collection[str]) -> dict[str, list[Webhook]]:
    """The webhooks of these recipients that are on, by recipient."""
    found: dict[str, list[Webhook]] = {}
    if recipients:
        for webhook in await list_webhooks(tx.connection, recipients):
            if webhook.state == "active":
                found.setdefault(webhook.recipient, []).append(webhook)
    return found


async def next_to_call(
    tx: Transaction,
    now: datetime,
    *,
    busy: Collection[UUID],
    only: Collection[UUID] | None,
    of_server: int,
    limit: int,
) -> list[Webhook]:
    """The webhooks for which something is due, whose turn is next first: without the busy ones, and with them no more
    than `of_server` of one server; `only` None: of all.
    """
    among = None if only is None else list(only)
    rows = await bulk.fetch(tx, _NEXT, now, list(busy), of_server, among, limit)
    return [_webhook(row.values()) for row in rows]


async def note_called(tx: Transaction, webhook_ids: Sequence[UUID], now: datetime) -> None:
    """They have had their turn."""
    await bulk.execute(tx, _CALLED, list(webhook_ids), now)


async def hold_next(tx: Transaction, after: Webhook | None, without: Sequence[str], limit: int) -> list[Webhook]:
    """The next webhooks by id, without those of these ids; nobody changes them until this transaction ends."""
    columns = webhooks.c
    query = select(*(columns[name] for name in _COLUMNS)).order_by(columns.webhook_id).limit(limit).with_for_update()
    if after is not None:
        query = query.where(columns.webhook_id > after.webhook_id)
    if without:
        query = query.where(columns.webhook_id.not_in([UUID(each) for each in without]))
    return [_webhook(row) for row in await tx.connection.execute(query)]


async def write_secrets(tx: Transaction, webhook_id: UUID, secrets: Sequence[Secret]) -> None:
    """Write the secrets of a webhook, encrypted anew."""
    await bulk.execute(tx, _SECRETS, webhook_id, _secrets_json(secrets))


async def note_worked(tx: Transaction, webhook_ids: Sequence[UUID]) -> None:
    """The receivers have taken something."""
    await bulk.execute(tx, _WORKED, list(webhook_ids))


async def note_failed(tx: Transaction, webhook_id: UUID, now: datetime, until: datetime) -> None:
    """The receiver has not taken something: since when is kept, and all that waits for it does so until an instant."""
    await bulk.execute(tx, _FAILED, webhook_id, now, until)


async def pause(tx: Transaction, webhook_id: UUID, until: datetime) -> None:
    """Let all that waits for a receiver wait until an instant."""
    await bulk.execute(tx, _PAUSE, webhook_id, until)


async def turn_off(tx: Transaction, webhook_id: UUID, why: str) -> int | None:
    """Send nothing more to the receiver; gives how often that has been done, None when it was off before."""
    rows = await bulk.fetch(tx, _TURN_OFF, webhook_id, why)
    return rows[0]["times_off"] if rows else None


def _secrets_json(secrets: Sequence[Secret]) -> str:
    return orjson.dumps([{"value": each.encrypted, "until": each.until} for each in secrets]).decode()


def _webhook(row: Any) -> Webhook:
    webhook_id, recipient, url, kinds, secrets, *rest = row
    return Webhook(
        webhook_id,
        recipient,
        url,
        tuple(kinds),
        tuple(
            Secret(each["value"], datetime.fromisoformat(each["until"]) if each["until"] is not None else None)
            for each in secrets
        ),
        *rest,
    )
