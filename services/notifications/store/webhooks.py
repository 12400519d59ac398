"""Webhooks of recipients."""

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncConnection

from services.notifications.domain.webhooks import Secret, Webhook
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
)
_REPLACE: Final = (
    "(webhook_id) DO UPDATE SET url = excluded.url, kinds = excluded.kinds, secrets = excluded.secrets,"
    " state = excluded.state, failing_since = excluded.failing_since, off_reason = excluded.off_reason"
)
_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended('webhook-' || $1, 0))"
_WORKED: Final = "UPDATE webhooks SET failing_since = NULL WHERE webhook_id = $1 AND failing_since IS NOT NULL"
_FAILED: Final = "UPDATE webhooks SET failing_since = coalesce(failing_since, $2) WHERE webhook_id = $1"
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
    )
    await bulk.insert(tx, webhooks, _COLUMNS, [row], on_conflict=_REPLACE)


async def hold_webhook(tx: Transaction, webhook_id: UUID) -> None:
    """Let nobody else change the webhook until this transaction ends."""
    await bulk.execute(tx, _LOCK, str(webhook_id))


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


async def load_webhooks(tx: Transaction, webhook_ids: Sequence[UUID]) -> dict[UUID, Webhook]:
    """These webhooks, by id."""
    query = select(*(webhooks.c[name] for name in _COLUMNS)).where(webhooks.c.webhook_id.in_(webhook_ids))
    return {row.webhook_id: _webhook(row) for row in await tx.connection.execute(query)}


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
    """Write the secrets of a webhook, sealed anew."""
    await bulk.execute(tx, _SECRETS, webhook_id, _secrets_json(secrets))


async def note_worked(tx: Transaction, webhook_id: UUID) -> None:
    """The receiver has taken something."""
    await bulk.execute(tx, _WORKED, webhook_id)


async def note_failed(tx: Transaction, webhook_id: UUID, now: datetime) -> None:
    """The receiver has not taken something; since when is kept."""
    await bulk.execute(tx, _FAILED, webhook_id, now)


async def turn_off(tx: Transaction, webhook_id: UUID, why: str) -> int | None:
    """Send nothing more to the receiver; gives how often that has been done, None when it was off before."""
    rows = await bulk.fetch(tx, _TURN_OFF, webhook_id, why)
    return rows[0]["times_off"] if rows else None


def _secrets_json(secrets: Sequence[Secret]) -> str:
    return orjson.dumps([{"value": each.sealed, "until": each.until} for each in secrets]).decode()


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
