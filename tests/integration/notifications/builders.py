"""Builders of what notifications reads, and a whole service on a database."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.domain.protest.timeliness import safe_protest_day
from services.notifications.acts.sending import Sender, SendingRules
from services.notifications.app import SERVICE, build
from services.notifications.handlers.handler import MailRules, NotificationsHandler
from services.notifications.settings import NotificationsSettings
from services.notifications.store.deliveries import Settlement
from services.workqueue.domain.clocks import Form, answer_due_on
from shared.bus.outbox import Outgoing
from shared.contracts.envelope import Event
from shared.db.transaction import Connections, reading, transaction
from shared.mail.protocol import Mail, Outcome, WriteDown
from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity
from shared.runtime.lifecycle import Readiness
from shared.runtime.metrics import Metrics
from shared.runtime.platform import Platform
from shared.runtime.service import build_app, open_bus
from shared.web.identity import issue_development_token
from tests.support.events import entry_number
from tests.support.recorded import recorded, with_

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

NOW = datetime(2026, 3, 6, 21, 0, tzinfo=UTC)
IMPORTER = "07-345678900"
SSN_IMPORTER = "123-45-6789"


def entry_changed(
    number: str | None = None, change: str = "liquidated", *, name: str | None = None, **changes: Any
) -> Event[Any]:
    """A legal act on an entry; `name` is that of a recorded one which is not the usual one of its kind.

    The days that are that of the act are all `occurred_on`, unless they are given.
    """
    usual = recorded(f"liquidation/{name or ENTRY_ACTS[change]}")
    given = {"entry_number": number or entry_number(), "sequence": 2} | changes
    if "occurred_on" in given:
        for field in ("liquidated_on", "posted_on"):
            if getattr(usual.data, field) is not None:
                given.setdefault(field, given["occurred_on"])
    if usual.data.liquidated_on is not None:
        entered = date.fromisoformat(str(given.get("entry_date", usual.data.entry_date)))
        liquidated = date.fromisoformat(str(given.get("liquidated_on", usual.data.liquidated_on)))
        given.setdefault("protest_by", safe_protest_day(liquidated, entered))
    named = f"{given['entry_number']}-{given['sequence']}-{usual.data.change}"
    return with_(usual, id=named, time="2026-03-06T20:00:00Z", **given)


ENTRY_ACTS = {
    "scheduled": "scheduled",
    "rescheduled": "rescheduled",
    "suspended": "suspended-by-injunction",
    "suspension-lifted": "suspension-lifted",
    "extended": "extended",
    "liquidated": "liquidated-as-entered",
    "deemed-liquidated": "deemed-liquidated",
    "reliquidated": "reliquidated-without-change",
    "liquidation-voided": "liquidation-voided",
    "bill-overdue": "bill-overdue",
    "surety-billed": "surety-billed",
}


def account_assigned(importer: str = IMPORTER, sequence: int = 1, **changes: Any) -> Event[Any]:
    """An account with its Center, or with none, and its address."""
    is_first = sequence == 1
    name = "account-registered" if is_first else "account-registered-elsewhere"
    if "center" in changes and changes["center"] is None:
        name = "account-without-center" if is_first else "account-without-center-again"
    given = {"importer_number": importer, "sequence": sequence} | changes
    return recorded(f"routing/{name}", id=f"{importer}-{sequence}", time="2025-01-01T12:00:00Z", **given)


def protest_filed(**changes: Any) -> Event[Any]:
    """A protest that was filed, in the evening of 2 March in New York."""
    given = OF_PROTEST | {"received_at": "2026-03-03T03:00:00Z"} | changes
    named = f"{given['protest_number']}-1"
    return recorded("liquidation/protest-filed-with-further-review", id=named, time="2026-03-03T03:00:00Z", **given)


def protest_act(act: str, sequence: int = 2, **changes: Any) -> Event[Any]:
    """An act of CBP, or of the law, on a protest."""
    usual = recorded(f"liquidation/protest-{act}")
    given = OF_PROTEST | {"sequence": sequence, "occurred_on": "2026-05-04"} | changes
    if usual.data.denied_on is not None:
        given.setdefault("denied_on", given["occurred_on"])
    named = f"{given['protest_number']}-{sequence}"
    return with_(usual, id=named, time=f"{given['occurred_on']}T15:00:00Z", **given)


OF_PROTEST: dict[str, Any] = {
    "protest_number": "270426100001",
    "entries": [entry_number(900_001), entry_number(900_002)],
    "decide_by": "2028-03-02",
}


def request_issued(form: Form = "CBP-28", **changes: Any) -> Event[Any]:
    """A request for information, or a notice of action, of 2 March 2026."""
    issued_on = date(2026, 3, 2)
    given = {
        "request_id": f"request-{form}",
        "entry_numbers": [entry_number(900_003)],
        "issued_on": issued_on,
        "due_on": answer_due_on(form, issued_on),
    } | changes
    name = {"CBP-28": "request-for-information", "CBP-29": "notice-of-action"}[form]
    return recorded(f"workqueue/{name}", id=str(given["request_id"]), **given)


def letter_changed(name: str = "request-reminded", **changes: Any) -> Event[Any]:
    """What became of a letter, as the work queue says it."""
    return recorded(f"workqueue/{name}", **changes)


def work_item_changed() -> Event[Any]:
    """A change of a work item, which nobody outside is told about."""
    return recorded("workqueue/review-routed")


async def apply(engine: AsyncEngine, events: Sequence[Event[Any]], now: datetime = NOW) -> Sequence[Outgoing]:
    """Let the handler apply a batch."""
    mail = MailRules("centerline.example", late_address=timedelta(days=30), late_party=timedelta(hours=24))
    handler = NotificationsHandler(FixedClock(now), mail)
    async with transaction(engine) as tx:
        return await handler(tx, events)


async def rows(engine: AsyncEngine, table: Any) -> list[Any]:
    """All rows of a table, in order of its key."""
    async with reading(engine) as connection:
        return list(await connection.execute(select(table).order_by(*table.primary_key.columns)))


def sender_of(engine: Connections, mailer: Any, clock: FixedClock, unsettled: list[Settlement] | None = None) -> Sender:
    """A sender with a lease of a minute and a grace of a day."""
    rules = SendingRules(timedelta(minutes=1), timedelta(hours=24), "https://bulletin.example")
    return Sender(engine, mailer, clock, rules, unsettled)


class ScriptedMailer:
    """Keeps what it is given; answers as told, mail by mail."""

    def __init__(self, answer: Callable[[Mail], Outcome], batch: int = 100) -> None:
        self.batch = batch
        self.longest = timedelta(0)
        self.mails: list[Mail] = []
        self._answer = answer

    async def send(self, mails: Sequence[Mail], write_down: WriteDown, /) -> None:
        self.mails.extend(mails)
        await write_down([(position, self._answer(mail)) for position, mail in enumerate(mails)])

    async def rest(self) -> None:
        """It keeps nothing open."""


def client_of(
    engine: AsyncEngine, folder: Path, identity: Identity | None, now: datetime = NOW, **changes: Any
) -> httpx.AsyncClient:
    """A client of the service's API, with or without an identity; `changes` are of its settings."""
    settings = NotificationsSettings(
        database_url="postgresql://localhost/notifications",
        bus="kafka",
        token_secret="s" * 32,
        mail_folder=folder,
        public_base_url="https://bulletin.example",
        **{"env": "development", **changes} if changes else {},
    )
    platform = Platform(settings, engine, open_bus(settings), FixedClock(now), Metrics.create())
    app = build_app(SERVICE, platform, build(platform), Readiness())
    headers = {}
    if identity is not None:
        headers["Authorization"] = f"Bearer {issue_development_token(settings, identity, now)}"
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://notifications", headers=headers)
