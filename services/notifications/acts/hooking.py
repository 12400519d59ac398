"""Sending webhooks, which the service does by itself: claim what is due, call the receivers, write down what they said.

Each receiver gets its calls one after the other, and all receivers at once: one that is slow or away holds up its own
alone. A call that was answered and not written down, because the process died, is made again with the same id.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson
import structlog

from services.notifications.acts.rendering import render_text
from services.notifications.acts.secrecy import decrypt_secret
from services.notifications.acts.turning_off import turn_off
from services.notifications.domain.catalogue import CATALOGUE
from services.notifications.domain.delivery import State, host_of
from services.notifications.domain.status_records import status_record_of
from services.notifications.domain.webhooks import (
    ENDPOINT_PAUSE,
    Webhook,
    is_to_turn_off,
    retry_after,
    webhook_of,
)
from services.notifications.publishing import SOURCE, changes_told
from services.notifications.store import deliveries as store
from services.notifications.store import webhooks as webhook_store
from services.notifications.store.deliveries import Claimed, Settlement
from services.notifications.store.notices import WrittenNotice
from shared.bus import outbox
from shared.customs.importer_number import ImporterNumberKind, kind_of, mask_importer_number
from shared.db.transaction import Connections, transaction
from shared.runtime.clock import Clock, start_stopwatch
from shared.runtime.encryption import Cipher, Undecipherable
from shared.webhooks.client import Answer, Unreachable, WebhookClient
from shared.webhooks.signature import sign

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

_BATCH: Final = 200
_LONGEST_RUN: Final = 5.0
"""Seconds after which no further call is begun, so that a receiver that takes its time holds up its own alone."""
_LEASE: Final = timedelta(minutes=2)
_CALLS_OF_ONE: Final = 100
"""Calls to one receiver in a batch; what is beyond is due again at once, for the next."""
_OK: Final = range(200, 300)


def message_of(notice: WrittenNotice, base_url: str) -> bytes:
    """The body of a webhook: type, time and data. A number that is a social security number is masked."""
    kind = CATALOGUE[notice.kind]
    record = status_record_of(notice.kind, notice.variant, notice.body)
    data: dict[str, Any] = {
        "notice_id": str(notice.notice_id),
        "kind": notice.kind,
        "name": kind.name,
        "form": kind.form,
        "variant": notice.variant,
        "version": notice.version,
        "importer_number": _shown(notice.importer_number),
        "entry_numbers": list(notice.entry_numbers),
        "filer_code": notice.filer_code,
        "center": notice.center,
        "issued_on": notice.issued_on.isoformat(),
        "due_on": notice.due_on.isoformat() if notice.due_on is not None else None,
        "citation": notice.citation,
        "if_nothing_is_done": notice.if_nothing_is_done,
        "status_record": asdict(record) if record is not None else None,
        "facts": notice.body,
        "text": render_text(notice, name="the importer of record", base_url=base_url),
        "url": f"{base_url.rstrip('/')}/notices/{notice.notice_id}",
    }
    told = {"type": "notice.issued", "timestamp": notice.caused_at.isoformat(), "data": data}
    return orjson.dumps(told, option=orjson.OPT_SORT_KEYS)


def _shown(importer_number: str | None) -> str | None:
    if importer_number is not None and kind_of(importer_number) is ImporterNumberKind.SSN:
        return mask_importer_number(importer_number)
    return importer_number


def trial_message(webhook: Webhook, now: datetime) -> bytes:
    """The body of a test event, of which nothing is real."""
    told = {"type": "webhook.test", "timestamp": now.isoformat(), "data": {"webhook_id": str(webhook.webhook_id)}}
    return orjson.dumps(told)


async def call(
    client: WebhookClient, cipher: Cipher, webhook: Webhook, message_id: str, body: bytes, now: datetime
) -> Answer:
    """Make one signed call; raises `Unreachable`, and `Undecipherable` where no key opens its secrets."""
    secrets = [decrypt_secret(cipher, each.encrypted) for each in webhook.signing(now)]
    headers = sign(secrets, message_id, int(now.timestamp()), body)
    return await client.post(webhook.url, headers, body)


class WebhookSender:
    """Empties the queue of webhooks."""

    def __init__(
        self, database: Connections, client: WebhookClient, cipher: Cipher, clock: Clock, base_url: str
    ) -> None:
        self._database = database
        self._client = client
        self._cipher = cipher
        self._clock = clock
        self._base_url = base_url
        self._writing = asyncio.Lock()

    async def run(self) -> None:
        """Call until nothing is due, or it has taken long enough."""
        elapsed = start_stopwatch()
        while await self.send_batch() and elapsed() < _LONGEST_RUN:
            pass

    async def send_batch(self) -> bool:
        """Make the calls of one batch; whether more may be due. Raises `Transient` when the database is away."""
        now = self._clock.now()
        async with transaction(self._database) as tx:
            claimed = await store.claim_webhooks(tx, now, _LEASE, _BATCH)
            ids = sorted({webhook_of(item.channel) for item in claimed})
            known = await webhook_store.load_webhooks(tx, ids) if ids else {}
        by_webhook: dict[UUID, list[Claimed]] = {}
        for item in claimed:
            by_webhook.setdefault(webhook_of(item.channel), []).append(item)
        # All are waited for, so that none is cut off with a call in hand.
        ends = await asyncio.gather(
            *(self._send_to(known[webhook_id], items) for webhook_id, items in by_webhook.items()),
            return_exceptions=True,
        )
        for end in ends:
            if end is not None:
                raise end
        return len(claimed) == _BATCH

    async def _send_to(self, webhook: Webhook, items: Sequence[Claimed]) -> None:
        """The calls to one receiver, in order, until one fails: what is left is put off, and no try of its own."""
        if webhook.state != "active":
            why = f"the webhook is off: {webhook.off_reason}"
            await self._write([Settlement(item, State.BOUNCED, "bounced", 0, error=why) for item in items])
            return
        elapsed = start_stopwatch()
        for position, item in enumerate(items):
            now = self._clock.now()
            if position and (position >= _CALLS_OF_ONE or elapsed() >= _LONGEST_RUN):
                await self._put_off(items[position:], now)  # due again at once
                return
            if item.recipient is not None and item.recipient.barred is not None:
                await self._write([Settlement(item, State.NO_ADDRESS, "no-address", 0, error=item.recipient.barred)])
                continue
            try:
                status, error = await self._call(webhook, item, now)
            except Undecipherable:
                log.error("webhook_secret_undecipherable", webhook_id=str(webhook.webhook_id))
                await self._put_off(items[position:], now + ENDPOINT_PAUSE)  # the operator's fault, not the receiver's
                return
            if error is None:
                await self._write(
                    [Settlement(item, State.DELIVERED, "delivered", 1, sent_to=webhook.host)], worked=webhook
                )
                continue
            off = is_to_turn_off(status, webhook.failing_since, now)
            pause = None if off is not None else retry_after(item.attempts + 1)
            if pause is None:
                settlement = Settlement(item, State.BOUNCED, "bounced", 1, sent_to=webhook.host, error=error)
            else:
                settlement = Settlement(item, State.QUEUED, "failed", 1, error=error, next_try_at=now + pause)
            await self._write([settlement], failed=webhook, off=off)
            await self._put_off(items[position + 1 :], now + ENDPOINT_PAUSE)
            return

    async def _call(self, webhook: Webhook, item: Claimed, now: datetime) -> tuple[int | None, str | None]:
        """The status of the answer, and what is wrong."""
        message_id = f"{item.notice.notice_id}.{item.recipient_role.replace(':', '-')}"
        try:
            answer = await call(
                self._client, self._cipher, webhook, message_id, message_of(item.notice, self._base_url), now
            )
        except Unreachable as error:
            return None, str(error)
        return answer.status, None if answer.status in _OK else f"answered {answer.status}: {answer.says}"[:300]

    async def _put_off(self, items: Sequence[Claimed], later: datetime) -> None:
        """Let calls wait until an instant; a try that was not made costs none."""
        await self._write([Settlement(item, State.QUEUED, None, 0, next_try_at=later) for item in items])

    async def _write(
        self,
        settlements: Sequence[Settlement],
        *,
        worked: Webhook | None = None,
        failed: Webhook | None = None,
        off: str | None = None,
    ) -> None:
        if not settlements:
            return
        now = self._clock.now()
        async with self._writing, transaction(self._database) as tx:
            changed = await store.settle(tx, settlements, now)
            await outbox.add(tx, SOURCE, changes_told(changed, now))
            if worked is not None:
                await webhook_store.note_worked(tx, worked.webhook_id)
            if failed is not None:
                await webhook_store.note_failed(tx, failed.webhook_id, now)
                if off is not None:
                    await turn_off(tx, failed, off, host_of(settlements[0].claimed.message_id), now)
