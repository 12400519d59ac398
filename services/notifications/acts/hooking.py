"""Sending webhooks, which the service does by itself: claim what is due, call the receivers, write down what they said.

Each receiver has a queue of its own and gets its calls one after the other; receivers take turns, and those of one
server share a part of the places: one that is slow or away holds up its own alone, however much waits for it. A call
that was answered and not written down, because the process died, is made again with the same id.
"""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

import orjson
import structlog

from services.notifications.acts.news import Stop, find_stops, settlement_of_stop
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
    pause_after,
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
from shared.runtime.errors import Transient
from shared.webhooks.client import Answer, Unreachable, WebhookClient
from shared.webhooks.signature import sign

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

_AT_ONCE: Final = 50
"""Receivers that are called at once."""
_NOT_QUICK: Final = 40
"""Of them those of which it is not known that they answer quickly: the other places are left for those that do."""
_OF_SERVER: Final = 8
"""Of them those at one server, whatever their addresses."""
_LONGEST_RUN: Final = 5.0
"""Seconds after which no further call is begun, but to those that answer quickly while a slow one is waited for."""
_QUICK: Final = 1.0
"""Seconds in which a receiver answers that is called quick."""
_LOOK_AGAIN: Final = 0.2
"""Seconds after which it is looked whether more is due, while others are being called."""
_LEASE: Final = timedelta(minutes=2)
_CALLS_IN_TURN: Final = 100
"""Calls to a quick receiver before others have their turn."""
_CALLS_AT_FIRST: Final = 5
"""The same to one of which it is not known."""
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
    return await _call_signed(client, webhook, _keys_of(cipher, webhook, now), message_id, body, now)


async def _call_signed(
    client: WebhookClient, webhook: Webhook, keys: Sequence[str], message_id: str, body: bytes, now: datetime
) -> Answer:
    return await client.post(webhook.url, sign(keys, message_id, int(now.timestamp()), body), body)


def _keys_of(cipher: Cipher, webhook: Webhook, now: datetime) -> list[str]:
    return [decrypt_secret(cipher, each.encrypted) for each in webhook.signing(now)]


@dataclass(frozen=True, slots=True)
class Turn:
    """What a receiver is called with before others have their turn."""

    webhook: Webhook
    items: tuple[Claimed, ...]
    stops: Mapping[tuple[UUID, str, str], Stop]


@dataclass(eq=False, slots=True)
class _Result:
    """What became of calls to one receiver, until it is written down; `error` is why it could not be."""

    webhook: Webhook
    settlements: Sequence[Settlement]
    has_worked: bool = False
    has_failed: bool = False
    off: str | None = None
    paused_until: datetime | None = None
    is_written: bool = False
    error: Exception | None = None


@dataclass(slots=True)
class _Run:
    """The state of one run: which receivers are being called, whose turn is next, and whether it has to end."""

    elapsed: Callable[[], float] = field(default_factory=start_stopwatch)
    in_hand: set[UUID] = field(default_factory=set)
    ready: list[Turn] = field(default_factory=list)
    choosing: asyncio.Lock = field(default_factory=asyncio.Lock)
    ended: asyncio.Event = field(default_factory=asyncio.Event)
    has_failed: bool = False


class WebhookSender:
    """Empties the queues of webhooks."""

    def __init__(
        self,
        database: Connections,
        client: WebhookClient,
        cipher: Cipher,
        clock: Clock,
        base_url: str,
        quick: set[UUID] | None = None,
    ) -> None:
        """`quick` are the receivers that answered an earlier sender of this process quickly."""
        self._database = database
        self._client = client
        self._cipher = cipher
        self._clock = clock
        self._base_url = base_url
        self._quick = quick if quick is not None else set()
        self._database_free = asyncio.Lock()
        self._unwritten: list[_Result] = []

    async def run(self) -> None:
        """Call until nothing is due, or it has taken long enough. Raises `Transient` when the database is away.

        All calls are waited for, so that none is cut off; while a slow one is, those that answer quickly are called on.
        """
        run = _Run()
        ends = await asyncio.gather(*(self._work(run) for _ in range(_AT_ONCE)), return_exceptions=True)
        for end in ends:
            if end is not None:
                raise end

    async def _work(self, run: _Run) -> None:
        while (turn := await self._next_turn(run)) is not None:
            try:
                await self._send_to(turn, run)
            except BaseException:
                run.has_failed = True
                raise
            finally:
                run.in_hand.discard(turn.webhook.webhook_id)
                run.ended.set()

    async def _next_turn(self, run: _Run) -> Turn | None:
        """The receiver whose turn it is; None when this run is over."""
        async with run.choosing:
            while not run.has_failed:
                if run.ready:
                    return run.ready.pop()
                is_late = run.elapsed() >= _LONGEST_RUN
                if is_late and run.in_hand <= self._quick:
                    return None
                run.ended.clear()
                try:
                    run.ready += await self._claim(run.in_hand, only=self._quick if is_late else None)
                except BaseException:
                    run.has_failed = True
                    raise
                run.in_hand |= {turn.webhook.webhook_id for turn in run.ready}
                if run.ready:
                    continue
                if not run.in_hand:
                    return None
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_AGAIN):
                        await run.ended.wait()
            return None

    async def _claim(self, in_hand: AbstractSet[UUID], *, only: AbstractSet[UUID] | None) -> list[Turn]:
        """Take what is due for the receivers whose turn it is; the next is the last."""
        places, strange = _AT_ONCE - len(in_hand), _NOT_QUICK - len(in_hand - self._quick)
        if places <= 0:
            return []
        now = self._clock.now()
        async with self._database_free, transaction(self._database) as tx:
            due = await webhook_store.next_to_call(
                tx, now, busy=in_hand, only=only, of_server=_OF_SERVER, limit=places + _AT_ONCE
            )
            chosen: list[Webhook] = []
            for webhook in due:
                is_strange = webhook.webhook_id not in self._quick
                if len(chosen) == places or (is_strange and strange <= 0):
                    continue
                strange -= is_strange
                chosen.append(webhook)
            if not chosen:
                return []
            most = {
                webhook.channel: _CALLS_IN_TURN if webhook.webhook_id in self._quick else _CALLS_AT_FIRST
                for webhook in chosen
            }
            claimed = await store.claim_calls(tx, now, _LEASE, most)
            stops = await find_stops(tx, claimed)
            await webhook_store.note_called(tx, [webhook.webhook_id for webhook in chosen], now)
        items: dict[UUID, list[Claimed]] = {}
        for item in claimed:
            items.setdefault(webhook_of(item.channel), []).append(item)
        turns = [Turn(each, tuple(items[each.webhook_id]), stops) for each in chosen if each.webhook_id in items]
        return turns[::-1]

    async def _send_to(self, turn: Turn, run: _Run) -> None:
        """The calls to one receiver, in order, until one fails: then all that waits for it is put off together."""
        webhook, items = turn.webhook, turn.items
        if webhook.state != "active":
            why = f"the webhook is off: {webhook.off_reason}"
            await self._write(
                _Result(webhook, [Settlement(item, State.BOUNCED, "bounced", 0, error=why) for item in items])
            )
            return
        began = self._clock.now()
        try:
            keys = _keys_of(self._cipher, webhook, began)
        except Undecipherable:
            log.error("webhook_secret_undecipherable", webhook_id=str(webhook.webhook_id))
            # The operator's fault, not the receiver's: it costs no try.
            await self._write(_Result(webhook, _given_back(items, began), paused_until=began + ENDPOINT_PAUSE))
            return
        elapsed = start_stopwatch()
        for position, item in enumerate(items):
            now = self._clock.now()
            is_late = webhook.webhook_id not in self._quick and run.elapsed() >= _LONGEST_RUN
            if position and (is_late or elapsed() >= _LONGEST_RUN):
                await self._write(_Result(webhook, _given_back(items[position:], now)))
                return
            if (stop := turn.stops.get(item.key)) is not None:
                await self._write(_Result(webhook, [settlement_of_stop(item, stop, now)]))
                continue
            if item.recipient is not None and item.recipient.barred is not None:
                why = item.recipient.barred
                await self._write(_Result(webhook, [Settlement(item, State.NO_ADDRESS, "no-address", 0, error=why)]))
                continue
            status, error = await self._call(webhook, keys, item, now)
            if error is None:
                settlement = Settlement(item, State.DELIVERED, "delivered", 1, sent_to=webhook.host)
                is_first = webhook.failing_since is not None or webhook.paused_until is not None
                await self._write(_Result(webhook, [settlement], has_worked=position == 0 and is_first))
                continue
            off = is_to_turn_off(status, webhook.failing_since, now)
            pause = None if off is not None else retry_after(item.attempts + 1)
            if pause is None:
                settlement = Settlement(item, State.BOUNCED, "bounced", 1, sent_to=webhook.host, error=error)
            else:
                settlement = Settlement(item, State.QUEUED, "failed", 1, error=error, next_try_at=now + pause)
            left = _given_back(items[position + 1 :], now)
            until = now + pause_after(webhook.failing_since, now)
            await self._write(_Result(webhook, [settlement, *left], has_failed=True, off=off, paused_until=until))
            return

    async def _call(
        self, webhook: Webhook, keys: Sequence[str], item: Claimed, now: datetime
    ) -> tuple[int | None, str | None]:
        """The status of the answer, and what is wrong."""
        message_id = f"{item.notice.notice_id}.{item.recipient_role.replace(':', '-')}"
        body = message_of(item.notice, self._base_url)
        elapsed = start_stopwatch()
        try:
            answer = await _call_signed(self._client, webhook, keys, message_id, body, now)
        except Unreachable as error:
            self._quick.discard(webhook.webhook_id)
            return None, str(error)
        if answer.status in _OK and elapsed() < _QUICK:
            self._quick.add(webhook.webhook_id)
        else:
            self._quick.discard(webhook.webhook_id)
        return answer.status, None if answer.status in _OK else f"answered {answer.status}: {answer.says}"[:300]

    async def _write(self, result: _Result) -> None:
        """Write down what became of calls, together with all that waits to be: calls that end while others are written
        share a transaction. What cannot be written for one receiver is no fault of the others.
        """
        self._unwritten.append(result)
        async with self._database_free:
            if not result.is_written and result.error is None:
                results, self._unwritten = self._unwritten, []
                try:
                    await self._write_all(results)
                except BaseException:
                    self._unwritten[:0] = [each for each in results if not each.is_written and each.error is None]
                    raise
        if result.error is not None:
            raise result.error

    async def _write_all(self, results: Sequence[_Result]) -> None:
        try:
            await self._write_in_one(results)
        except Transient as error:
            for each in results:
                each.error = error
        except Exception as error:
            if len(results) == 1:
                results[0].error = error
                raise
            for each in results:
                with suppress(Exception):  # it is raised where the calls of that receiver are made
                    await self._write_all([each])

    async def _write_in_one(self, results: Sequence[_Result]) -> None:
        now = self._clock.now()
        async with transaction(self._database) as tx:
            changed = await store.settle(tx, [item for each in results for item in each.settlements], now)
            await outbox.add(tx, SOURCE, changes_told(changed, now))
            if worked := [each.webhook.webhook_id for each in results if each.has_worked]:
                await webhook_store.note_worked(tx, worked)
            for each in results:
                if each.has_failed:
                    until = each.paused_until or now
                    await webhook_store.note_failed(tx, each.webhook.webhook_id, now, until)
                elif each.paused_until is not None:
                    await webhook_store.pause(tx, each.webhook.webhook_id, each.paused_until)
                if each.off is not None:
                    host = host_of(each.settlements[0].claimed.message_id)
                    await turn_off(tx, each.webhook, each.off, host, now)
        for each in results:
            each.is_written = True


def _given_back(items: Sequence[Claimed], now: datetime) -> list[Settlement]:
    """Calls that were not made: they are due again, and a try that was not made costs none."""
    return [Settlement(item, State.QUEUED, None, 0, next_try_at=now) for item in items]
