"""Sending mail, which the service does by itself: claim a batch that is due, send it, write down what became of it.

The sending stands between transactions, so the act opens them itself: no mail server is waited for inside of one. What
became of a mail is committed as soon as it is known, not with the rest of its batch.
"""

import asyncio
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final, assert_never

import structlog

from services.notifications.acts.escalating import go_on
from services.notifications.acts.news import find_stops, settlement_of_stop, told_name
from services.notifications.acts.rendering import render_digest, render_mail
from services.notifications.domain.addresses import NO_ADDRESSES, MailAddresses
from services.notifications.domain.catalogue import CATALOGUE
from services.notifications.domain.delivery import (
    AWAY_PAUSE,
    DIGEST,
    NoAddress,
    SendTo,
    State,
    WaitForAddress,
    host_of,
    is_unreached,
    next_step,
    retry_after,
)
from services.notifications.domain.holding import (
    MOST_IN_DIGEST,
    DomainRates,
    HeldFor,
    Hold,
    hold_asked_for,
    may_wait,
)
from services.notifications.domain.kind import MAIL_LANES, RATED_LANES, Lane
from services.notifications.domain.lanes import Allowance
from services.notifications.domain.languages import DEFAULT
from services.notifications.domain.subscriptions import Links
from services.notifications.publishing import SOURCE, changes_told
from services.notifications.store import deliveries as store
from services.notifications.store.deliveries import Claimed, Settlement
from shared.bus import outbox
from shared.customs.calendar import legal_date
from shared.db.transaction import Connections, Transaction, transaction
from shared.mail.protocol import Fate, Mail, Mailer, Outcome
from shared.runtime.clock import Clock, start_stopwatch
from shared.runtime.ids import event_id
from shared.runtime.slices import JobSession, describe, do_or_set_aside

log: structlog.stdlib.BoundLogger = structlog.get_logger(__name__)

_WAITING: Final = (Lane.USUAL, *RATED_LANES)
_LOOK_AGAIN: Final = 0.5
"""Seconds after which it is looked whether an urgent mail is due, while others are being sent."""
_LONGEST_RUN: Final = 5.0
"""Seconds after which a run ends though more is due, so that a stop need not wait long."""


@dataclass(frozen=True, slots=True)
class SendingRules:
    """How long a batch is held after it should have ended, how long an unknown importer is waited for, what links in
    mails begin with, where answers and bounces go, and two rates: mails of the bulk lane and news in a second, mails
    that may wait to one domain in a minute. `links` make those by which a recipient is told no more news.
    """

    lease: timedelta
    grace: timedelta
    base_url: str
    addresses: MailAddresses = NO_ADDRESSES
    bulk_per_second: int | None = None
    domain_per_minute: int | None = None
    links: Links | None = None


@dataclass(frozen=True, slots=True)
class Addressed:
    """One mail to an address: a notice, or several that waited for a digest."""

    items: tuple[Claimed, ...]
    address: str


class Sender:
    """Empties the queue of mails, batch by batch."""

    def __init__(
        self,
        database: Connections,
        mailer: Mailer,
        clock: Clock,
        rules: SendingRules,
        unsettled: list[Settlement] | None = None,
        allowance: Allowance | None = None,
        rates: DomainRates | None = None,
    ) -> None:
        """`unsettled` is what an earlier sender of this process sent and could not write down, `allowance` what it
        left of the bulk lane, `rates` what it left of each domain.
        """
        self._database = database
        self._mailer = mailer
        self._clock = clock
        self._rules = rules
        self._database_free = asyncio.Lock()
        self._allowance = allowance or Allowance(rules.bulk_per_second)
        self._rates = rates or DomainRates(rules.domain_per_minute)
        self._unsettled = unsettled if unsettled is not None else []

    async def run(self) -> None:
        """Send what is due, until nothing is, or the mail server is away, or it has taken long enough.

        Urgent mails have connections of their own, so that they wait for no batch of others, however long the server
        takes over that.
        """
        elapsed = start_stopwatch()
        ended = asyncio.Event()

        async def send_urgent() -> None:
            while not (ended.is_set() and elapsed() >= _LONGEST_RUN):
                if await self.send_batch((Lane.URGENT,)):
                    continue
                with suppress(TimeoutError):
                    async with asyncio.timeout(_LOOK_AGAIN):
                        await ended.wait()
                if ended.is_set():
                    return

        async def send_others() -> None:
            try:
                while await self.send_batch(_WAITING) and elapsed() < _LONGEST_RUN:
                    pass
            finally:
                ended.set()

        # One that fails must not leave the other behind with mails in hand: both are waited for.
        try:
            ends = await asyncio.gather(send_urgent(), send_others(), return_exceptions=True)
        finally:
            await self._mailer.rest()
        for end in ends:
            if end is not None:
                raise end

    async def send_batch(self, lanes: Sequence[Lane] = MAIL_LANES) -> bool:
        """Send one batch of these lanes; whether more may be due. Raises `Transient` when the database is away.

        What could not be written down is kept, and written before anything else is sent. A mail that was accepted is
        not sent again for that: its claim is taken over, until its result can be written.
        """
        await self._settle([])
        now = self._clock.now()
        lease = self._rules.lease + self._mailer.longest
        async with self._database_free, transaction(self._database) as tx:
            bulk = self._allowance.left(now)
            claimed = await store.claim_due(tx, now, lease, self._mailer.batch, bulk, lanes)
            stops = await find_stops(tx, claimed)
        self._allowance.take(sum(item.lane in RATED_LANES for item in claimed))
        if not claimed:
            return False
        to_send: list[tuple[Claimed, SendTo]] = []
        waiting: list[tuple[Claimed, datetime]] = []
        settlements: list[Settlement] = []
        async with self._database_free:
            left_out = await self._database.find_left_out() if isinstance(self._database, JobSession) else set()
        for item in claimed:
            # What is left out could not be put into words, or what became of it not be written down.
            if self._take_over(item) or _name(item) in left_out:
                continue
            if (stop := stops.get(item.key)) is not None:
                settlements.append(settlement_of_stop(item, stop, now))
                continue
            match step := next_step(item.recipient, item.queued_at, now, self._rules.grace):
                case SendTo(address):
                    match self._place(item, address, now):
                        case Hold() as hold:
                            settlements.append(
                                Settlement(item, State.QUEUED, "held", 0, next_try_at=hold.until, held=hold)
                            )
                        case placed:
                            to_send.append((placed, step))
                case WaitForAddress(until):
                    waiting.append((item, until))
                case NoAddress(why):
                    settlements.append(Settlement(item, State.NO_ADDRESS, "no-address", 0, error=why))
                case _:
                    assert_never(step)

        async def wait(tx: Transaction, items: Sequence[tuple[Claimed, datetime]]) -> int:
            await store.wait_for_address(tx, items)
            return len(items)

        if waiting:
            async with self._database_free:
                await do_or_set_aside(self._database, waiting, wait, key_of=lambda each: _name(each[0]))
        await self._settle(settlements)
        outcomes = await self._send(await self._render(_put_together(to_send)))
        is_away = bool(outcomes) and all(outcome.fate is Fate.AWAY for outcome in outcomes)
        if is_away:
            log.warning("mail_server_away", mails=len(outcomes), error=outcomes[0].error)
        is_more = len(claimed) == self._mailer.batch or any(outcome.fate is Fate.LEFT for outcome in outcomes)
        return is_more and not is_away

    def _place(self, item: Claimed, address: str, now: datetime) -> Claimed | Hold:
        """A mail that goes now, with its place at its domain, which it keeps when it is tried again; or until when it
        waits though it could go out. One to a second contact does not wait.
        """
        notice, recipient = item.notice, item.recipient
        kind = CATALOGUE.get(notice.kind)
        if kind is None or recipient is None or item.channel != "email":
            return item
        if not may_wait(kind, notice.variant, notice.due_on, legal_date(now)):
            return item
        if (asked := hold_asked_for(recipient.manner, told_name(item), item.held_for, now)) is not None:
            return asked
        if self._rules.domain_per_minute is None or item.held_for in {HeldFor.RATE, HeldFor.DIGEST}:
            return item
        return self._rates.hold(address, now) or replace(item, held_for=HeldFor.RATE)

    async def _send(self, rendered: Sequence[tuple[Addressed, Mail]]) -> Sequence[Outcome]:
        outcomes: list[Outcome] = []
        if not rendered:
            return outcomes

        async def write_down(known: Sequence[tuple[int, Outcome]]) -> None:
            outcomes.extend(outcome for _, outcome in known)
            now = self._clock.now()
            await self._settle(
                [
                    settlement
                    for position, outcome in known
                    for settlement in settlements_of(*rendered[position], outcome, now)
                ]
            )

        await self._mailer.send([mail for _, mail in rendered], write_down)
        return outcomes

    async def _render(self, to_send: Sequence[Addressed]) -> list[tuple[Addressed, Mail]]:
        """The mails; what cannot be put into words is set aside, and stays queued."""
        rendered = []
        for addressed in to_send:
            try:
                mail = self._render_one(addressed)
            except Exception as error:
                if not isinstance(self._database, JobSession):
                    raise
                first, *others = addressed.items
                if others:  # each alone, so that one holds up no other
                    rendered += await self._render([replace(addressed, items=(item,)) for item in addressed.items])
                else:
                    async with self._database_free:
                        await self._database.set_aside(_name(first), error)
            else:
                rendered.append((addressed, mail))
        return rendered

    def _render_one(self, addressed: Addressed) -> Mail:
        item = addressed.items[0]
        mail = render_mail(
            item.notice,
            to=addressed.address,
            name=item.recipient.name if item.recipient else "",
            message_id=item.message_id,
            base_url=self._rules.base_url,
            language=item.recipient.language if item.recipient else DEFAULT,
            addresses=self._rules.addresses,
            delivery=(item.channel, item.recipient_role),
            links=self._rules.links,
        )
        if len(addressed.items) == 1:
            return mail
        told = event_id("digest", *(" ".join(map(str, each.key)) for each in addressed.items))
        return render_digest(
            [each.notice for each in addressed.items],
            mail,
            message_id=f"{DIGEST}{told}@{host_of(item.message_id)}>",
            name=item.recipient.name if item.recipient else "",
            base_url=self._rules.base_url,
            language=item.recipient.language if item.recipient else DEFAULT,
            recipient_role=item.recipient_role,
            links=self._rules.links,
        )

    async def _settle(self, settlements: Sequence[Settlement]) -> None:
        """Write settlements down, with all that wait: mails that end while another is written share a transaction."""
        unsettled = self._unsettled
        unsettled.extend(settlements)
        async with self._database_free:
            if not (taken := list(unsettled)):
                return
            now = self._clock.now()

            async def settle(tx: Transaction, items: Sequence[Settlement]) -> int:
                changed = await store.settle(tx, items, now)
                await outbox.add(tx, SOURCE, changes_told(changed, now))
                ended = {(each.notice_id, each.channel, each.recipient_role) for each in changed}
                unreached = [
                    item.claimed
                    for item in items
                    if is_unreached(item.state, item.claimed.recipient)
                    and (str(item.claimed.notice.notice_id), *item.claimed.key[1:]) in ended
                ]
                await go_on(tx, unreached, now)
                return len(changed)

            kept: list[Settlement] = []

            async def keep_sent(item: Settlement, error: Exception) -> bool:
                if item.state is not State.SENT:
                    return False
                # Set aside it would be sent again the next day, and every day.
                log.error("sent_mail_not_written", key=_name(item.claimed), error=describe(error))
                kept.append(item)
                return True

            def key_of(item: Settlement) -> str:
                return _name(item.claimed)

            await do_or_set_aside(self._database, taken, settle, key_of=key_of, give_up=keep_sent)
            unsettled[: len(taken)] = kept

    def _take_over(self, item: Claimed) -> bool:
        """Whether the mail of a delivery was sent already; its result is then written under this claim."""
        for position, known in enumerate(self._unsettled):
            if known.state is State.SENT and known.claimed.key == item.key:
                self._unsettled[position] = replace(known, claimed=item)
                return True
        return False


def _put_together(to_send: Sequence[tuple[Claimed, SendTo]]) -> list[Addressed]:
    """The mails to be sent: what waited for the digest of one recipient in one, each other notice in one of its own."""
    digests: dict[tuple[str, str], list[Claimed]] = {}
    alone: list[Addressed] = []
    for item, step in to_send:
        if item.held_for is HeldFor.DIGEST:
            digests.setdefault((told_name(item), step.address), []).append(item)
        else:
            alone.append(Addressed((item,), step.address))
    together = [
        Addressed(tuple(items[begin : begin + MOST_IN_DIGEST]), address)
        for (_, address), items in digests.items()
        for begin in range(0, len(items), MOST_IN_DIGEST)
    ]
    return [*alone, *together]


def _name(item: Claimed) -> str:
    """What tells a delivery apart, in a line."""
    return " ".join(map(str, item.key))


def settlements_of(addressed: Addressed, mail: Mail, outcome: Outcome, now: datetime) -> list[Settlement]:
    """What a mail's outcome means for each notice that it tells."""
    found = [settlement_of(item, addressed.address, outcome, now) for item in addressed.items]
    if len(found) == 1 or outcome.fate is not Fate.SENT:
        return found
    return [replace(each, digest=mail.message_id) for each in found]


def settlement_of(item: Claimed, address: str, outcome: Outcome, now: datetime) -> Settlement:
    """What a mail's outcome means for its delivery; a server that is away costs no try."""
    match outcome.fate:
        case Fate.SENT:
            return Settlement(item, State.SENT, "sent", 1, sent_to=address)
        case Fate.AWAY:
            return Settlement(item, State.QUEUED, None, 0, error=outcome.error, next_try_at=now + AWAY_PAUSE)
        case Fate.LEFT:
            return Settlement(item, State.QUEUED, None, 0, next_try_at=now)
        case Fate.REFUSED:
            return Settlement(item, State.BOUNCED, "bounced", 1, sent_to=address, error=outcome.error)
        case Fate.DEFERRED:
            pause = retry_after(item.attempts + 1)
            if pause is None:
                return Settlement(item, State.BOUNCED, "bounced", 1, sent_to=address, error=outcome.error)
            return Settlement(item, State.QUEUED, "failed", 1, error=outcome.error, next_try_at=now + pause)
        case _:
            assert_never(outcome.fate)
