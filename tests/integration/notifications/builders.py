"""Builders of what notifications reads, and a whole service on a database."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.notifications.acts.sending import Sender, SendingRules
from services.notifications.app import SERVICE, build
from services.notifications.handlers.handler import MailRules, NotificationsHandler
from services.notifications.settings import NotificationsSettings
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
from tests.support.events import decoded, entry_number

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

NOW = datetime(2026, 3, 6, 21, 0, tzinfo=UTC)
IMPORTER = "07-345678900"
SSN_IMPORTER = "123-45-6789"
BASIS = {"rule": "liq-cycle-314", "citation": "19 USC 1504(a)"}


def entry_changed(number: str | None = None, change: str = "liquidated", **changes: Any) -> Event[Any]:
    """A legal act on an entry; one of a kind that is posted was posted on its day, unless another is given."""
    number = number or entry_number()
    states = {"liquidated": "liquidated", "deemed-liquidated": "liquidated", "reliquidated": "liquidated"}
    states |= {"suspended": "suspended", "extended": "extended", "liquidation-voided": "suspended"}
    states |= dict.fromkeys(("billed", "bill-overdue", "surety-billed", "refund-changed"), "liquidated")
    data = {
        "entry_number": number,
        "sequence": 2,
        "change": change,
        "importer_number": IMPORTER,
        "filer_code": number[:3],
        "surety_code": "036",
        "entry_type": "01",
        "port_of_entry": "2704",
        "entry_date": "2025-04-25",
        "center": "CEE007",
        "to_state": states.get(change, "scheduled"),
        "occurred_on": "2026-03-06",
        "scheduled_on": "2026-03-06",
        "kind": "no-change" if change in {"liquidated", "reliquidated"} else None,
        "legal_basis": BASIS,
    } | changes
    if change in {"liquidated", "deemed-liquidated", "reliquidated", "suspended", "extended", "liquidation-voided"}:
        data.setdefault("posted_on", data["occurred_on"])
    return decoded("entry-changed", data, id=f"{number}-{data['sequence']}-{change}", time="2026-03-06T20:00:00Z")


def account_assigned(importer: str = IMPORTER, sequence: int = 1, **changes: Any) -> Event[Any]:
    """An account with its Center and its address."""
    data = {
        "importer_number": importer,
        "sequence": sequence,
        "name": "SYNTHETIC IMPORTER 0001",
        "contact_email": "trade@importer.example",
        "center": "CEE007",
        "previous_center": None,
        "basis": "registered",
        "effective_on": "2025-01-01",
    } | changes
    return decoded("account-assigned", data, id=f"{importer}-{sequence}", time="2025-01-01T12:00:00Z")


def protest_changed(change: str = "filed", **changes: Any) -> Event[Any]:
    """A protest that was filed."""
    data = {
        "protest_number": "270426100001",
        "sequence": 1,
        "change": change,
        "state": "open",
        "importer_number": IMPORTER,
        "entries": [entry_number(900_001), entry_number(900_002)],
        "received_at": "2026-03-03T03:00:00Z",
        "decide_by": "2028-03-02",
        "further_review": True,
        "legal_basis": {"rule": "protest-180", "citation": "19 USC 1514(c)(3)"},
    } | changes
    told_at = f"{data['occurred_on']}T15:00:00Z" if "occurred_on" in data else "2026-03-03T03:00:00Z"
    return decoded("protest-changed", data, id=f"{data['protest_number']}-{data['sequence']}", time=told_at)


def protest_decided(act: str, sequence: int = 2, **changes: Any) -> Event[Any]:
    """An act of CBP, or of the law, on a protest."""
    decided = {"deny", "allow", "allow-in-part", "reject", "deem-denied"}
    change = "decided" if act in decided else "reopened" if act == "void-denial" else "changed"
    return protest_changed(
        change,
        **{
            "sequence": sequence,
            "act": act,
            "occurred_on": "2026-05-04",
            "legal_basis": {"rule": "protest-denial-notice", "citation": "19 USC 1515(a), 19 CFR 174.30"},
            "reasons": [{"code": act, "text": "The goods are described by 8471.30."}],
        }
        | changes,
    )


def request_issued(form: str = "CBP-28", **changes: Any) -> Event[Any]:
    """A request for information, or a notice of action."""
    data = {
        "request_id": f"request-{form}",
        "form": form,
        "item_id": "item-1",
        "entry_numbers": [entry_number(900_003)],
        "importer_number": IMPORTER,
        "center": "CEE007",
        "questions": ["What is it made of?"],
        "issued_on": "2026-03-02",
        "due_on": None,
        "issued_by": {"subject": "kim"},
    } | changes
    return decoded("request-issued", data, id=str(data["request_id"]))


def work_item_changed() -> Event[Any]:
    """A change of a work item, which nobody outside is told about."""
    data = {
        "item_id": "item-1",
        "sequence": 1,
        "change": "routed",
        "state": "open",
        "importer_number": IMPORTER,
        "center": "CEE007",
        "division": "validation-and-compliance",
        "process": "entry-review",
        "actor": {"subject": "system"},
        "at": "2026-03-02T12:00:00Z",
    }
    return decoded("work-item-changed", data)


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


def sender_of(engine: Connections, mailer: Any, clock: FixedClock) -> Sender:
    """A sender with a lease of a minute and a grace of a day."""
    rules = SendingRules(timedelta(minutes=1), timedelta(hours=24), "https://bulletin.example")
    return Sender(engine, mailer, clock, rules)


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


def client_of(engine: AsyncEngine, folder: Path, identity: Identity | None) -> httpx.AsyncClient:
    """A client of the service's API, with or without an identity."""
    settings = NotificationsSettings(
        database_url="postgresql://localhost/notifications",
        bus="kafka",
        token_secret="s" * 32,
        mail_folder=folder,
        public_base_url="https://bulletin.example",
    )
    platform = Platform(settings, engine, open_bus(settings), FixedClock(NOW), Metrics.create())
    app = build_app(SERVICE, platform, build(platform), Readiness())
    headers = {}
    if identity is not None:
        headers["Authorization"] = f"Bearer {issue_development_token(settings, identity, NOW)}"
    return httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="https://notifications", headers=headers)
