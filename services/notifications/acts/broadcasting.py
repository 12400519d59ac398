"""Sending broadcasts, which the service does by itself: find whom each is for, then begin their notices at a rate.

A slice of recipients, their notices, their deliveries and the events of these are one transaction: killed at any
instant, whoever was told has the notice and everybody else still waits. The mails go out by the delivery ledger, in a
lane behind all others.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final

import structlog

from services.notifications.acts.broadcasts import changes_since, notice_of
from services.notifications.acts.calling import begin_webhooks
from services.notifications.domain.broadcasts import Broadcast, NewsChange
from services.notifications.domain.catalogue import CATALOGUE
from services.notifications.domain.delivery import State, message_id_of
from services.notifications.domain.lanes import Allowance
from services.notifications.domain.notices import Notice
from services.notifications.publishing import SOURCE, begun_told
from services.notifications.store import audiences as audience_store
from services.notifications.store import broadcasts as store
from services.notifications.store import deliveries as delivery_store
from services.notifications.store import notices as notice_store
from services.notifications.store.broadcasts import Waiting
from services.notifications.store.deliveries import NewDelivery
from services.notifications.store.notices import IssuedNotice, issue
from shared.bus import outbox
from shared.customs.calendar import legal_date
from shared.customs.importer_number import InvalidImporterNumber, parse_importer_number
from shared.customs.parties import is_party_id, read_contacts
from shared.db.transaction import Connections, Transaction, reading, transaction
from shared.runtime.clock import Clock
from shared.runtime.slices import JobSession, describe, do_or_set_aside

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

SLICE: Final = 500
"""Recipients whose notices begin in one transaction."""
_SECONDS_AHEAD: Final = 60
"""Mails for so many seconds may wait for the sender; more are not begun, so that pausing stops nearly all."""
_BY_ITSELF: Final = "the service"


class Broadcaster:
    """Begins what is released, at a rate; `allowance` is what an earlier run of this process left of it."""

    def __init__(self, database: Connections, clock: Clock, host: str, allowance: Allowance, per_second: int) -> None:
        self._database = database
        self._clock = clock
        self._host = host
        self._allowance = allowance
        self._ahead = per_second * _SECONDS_AHEAD

    async def run(self) -> int:
        """Begin what the rate allows now, and no more however long it takes; gives how many notices were begun."""
        async with reading(self._database) as connection:
            sending = await store.list_sending(connection)
        if not sending:
            return 0
        for broadcast in sending:
            if broadcast.planned_at is None:
                await self._plan(broadcast)
        begun, room = 0, await self._room()
        for broadcast in sending:
            if room <= 0:
                break
            async with reading(self._database) as connection:
                changes = await changes_since(connection, broadcast)
            while room > 0:
                left_out = await self._find_left_out(broadcast)
                async with transaction(self._database) as tx:
                    if not await store.hold_sending(tx, broadcast.broadcast_id):
                        break
                    waiting = await store.list_waiting(tx, broadcast.broadcast_id, left_out, min(room, SLICE))
                    if not waiting:
                        if not await store.is_waited_for(tx, broadcast.broadcast_id):
                            await self._finish(tx, broadcast)
                        break
                # What fails counts as well: a slice that fails is not tried at more than the rate.
                self._allowance.take(len(waiting))
                room -= len(waiting)
                begun += await self._begin(broadcast, waiting, changes)
        return begun

    async def _find_left_out(self, broadcast: Broadcast) -> frozenset[int]:
        """Recipients who could not be told for a fault that is not theirs, and are tried again another day."""
        if not isinstance(self._database, JobSession):
            return frozenset()
        keys = [each.split() for each in await self._database.find_left_out()]
        return frozenset(int(ordinal) for name, ordinal in keys if name == str(broadcast.broadcast_id))

    async def _room(self) -> int:
        """How many notices may begin now."""
        now = self._clock.now()
        left = self._allowance.left(now)
        if not left:
            return 0
        async with transaction(self._database) as tx:
            return min(left, self._ahead - await store.count_begun(tx, now, self._ahead))

    async def _plan(self, broadcast: Broadcast) -> None:
        """Write down whom it is for today, once."""
        async with transaction(self._database) as tx:
            held = await store.hold_broadcast(tx, broadcast.broadcast_id)
            if held is None or held.state != "sending" or held.planned_at is not None:
                return
            now = self._clock.now()
            planned = await audience_store.plan_recipients(tx, held, legal_date(now))
            await store.change_broadcast(tx, replace(held, planned_at=now), with_content=False)
        log.info("broadcast_planned", broadcast=str(broadcast.broadcast_id), recipients=planned)

    async def _finish(self, tx: Transaction, broadcast: Broadcast) -> None:
        """Everybody has been told, or set aside with a reason."""
        held = await store.find_broadcast(tx.connection, broadcast.broadcast_id)
        assert held is not None  # it is held
        now = self._clock.now()
        done = replace(held, state="sent", ended_at=now, revision=held.revision + 1)
        await store.change_broadcast(tx, done, with_content=False)
        await store.write_act(tx, done, "finish", _BY_ITSELF, now)

    async def _begin(self, broadcast: Broadcast, waiting: Sequence[Waiting], changes: Sequence[NewsChange]) -> int:
        now = self._clock.now()

        async def begin(tx: Transaction, rows: Sequence[Waiting]) -> int:
            if not await store.hold_sending(tx, broadcast.broadcast_id):
                return 0  # paused or withdrawn meanwhile
            issued = {row.recipient: issue(_notice_to(broadcast, row, changes, now), now) for row in rows}
            await notice_store.write_notices(tx, list(issued.values()))
            mails = [_mail_to(row.recipient, issued[row.recipient], self._host, now) for row in rows]
            begun = await delivery_store.write_deliveries(tx, mails)
            begun += await delivery_store.write_deliveries(tx, await begin_webhooks(tx, begun, self._host, now))
            told = [(recipient, item.notice_id) for recipient, item in issued.items()]
            await store.note_told(tx, broadcast.broadcast_id, told)
            await outbox.add(tx, SOURCE, begun_told(begun, now))
            return len(rows)

        async def give_up(row: Waiting, error: Exception) -> bool:
            if not isinstance(error, Untellable):
                return False  # a fault of ours is no reason not to tell: it is tried again when it may be mended
            log.error(
                "broadcast_recipient_set_aside",
                broadcast=str(broadcast.broadcast_id),
                recipient=row.recipient,
                error=describe(error),
            )
            async with transaction(self._database) as tx:
                await store.set_aside(tx, broadcast.broadcast_id, row.recipient, describe(error))
            return True

        return await do_or_set_aside(
            self._database,
            waiting,
            begin,
            key_of=lambda row: f"{broadcast.broadcast_id} {row.ordinal}",
            give_up=give_up,
        )


class Untellable(Exception):  # noqa: N818  says what is wrong with a recipient
    """What is known of a recipient is broken, so that no notice could reach it."""


def _notice_to(broadcast: Broadcast, row: Waiting, changes: Sequence[NewsChange], now: datetime) -> Notice:
    """The notice to a recipient; raises `Untellable` when what is known of it is broken."""
    if is_party_id(row.recipient):
        try:
            read_contacts(row.contacts)
        except (AttributeError, KeyError, TypeError, ValueError) as error:
            raise Untellable("its contacts cannot be read") from error
    else:
        try:
            parse_importer_number(row.recipient)
        except InvalidImporterNumber as error:
            raise Untellable("its importer number is none") from error
    return notice_of(broadcast, row.recipient, row.kind, changes, now)


def _mail_to(recipient: str, item: IssuedNotice, host: str, now: datetime) -> NewDelivery:
    notice = item.notice
    role = recipient if is_party_id(recipient) else "importer"
    return NewDelivery(
        notice_id=item.notice_id,
        channel="email",
        recipient_role=role,
        kind=notice.kind,
        importer_number=notice.importer_number,
        entry_number=None,
        state=State.QUEUED,
        message_id=message_id_of(notice.kind, item.notice_id, role, host),
        at=now,
        lane=CATALOGUE[notice.kind].lane,
    )
