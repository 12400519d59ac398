"""Who makes, certifies, pays and takes back payments of programs, for tests: the office with a desk for its money."""

import csv
import io
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, date, datetime, timedelta
from typing import Any

import httpx
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.payees import AccountFacts, record_account
from services.liquidation.acts.payment_closing import close_payments
from services.liquidation.acts.program_posting import post_programs
from services.liquidation.domain.money.settings import POLICY, PaymentPolicy
from services.liquidation.store.invariants import INVARIANTS
from shared.customs.calendar import legal_date
from shared.db.transaction import reading, transaction
from shared.runtime.concurrency import IfMatch
from shared.runtime.identity import Identity, RoleName
from shared.runtime.invariants import check_all
from tests.integration.liquidation.builders import published
from tests.integration.liquidation.program_office import IMPORTER, Office, open_office_on, program

MONDAY = date(2026, 6, 15)
TUESDAY = date(2026, 6, 16)
CLERK = Identity("eve", "Eve Ray", frozenset({RoleName.LIQUIDATION_SPECIALIST}))
SET_OFF = PaymentPolicy(29)


class Desk:
    """The office with who closes, certifies and pays."""

    def __init__(self, office: Office) -> None:
        self.office = office
        self._calls = 0
        self._posted_on = MONDAY

    async def account(self, importer: str = IMPORTER, revision: int = 0, on: str = "2026-01-01", **facts: Any) -> None:
        known = {
            "effective_on": date.fromisoformat(on),
            "is_corporation": True,
            "pays_monthly": None,
            "has_ach_enrollment": True,
            "has_valid_bank_data": True,
            "has_paper_waiver": False,
        }
        async with transaction(self.office.engine) as tx:
            meant = IfMatch(frozenset({f'"{revision}"'}))
            given = AccountFacts(**known | facts)
            await record_account(tx, self.office.clock.now(), importer, meant, given, CLERK, POLICY)

    async def post(self, *numbers: str, on: date = MONDAY) -> None:
        """Declared by whom they are, judged, posted."""
        await self.office.judge()
        self.office.on(on)
        self._posted_on = on
        assert await post_programs(self.office.engine, self.office.clock, POLICY) == len(numbers)

    async def close(self, on: date | None = None) -> int:
        """Payments are made on a day: of what was posted on it the day after, when it is over."""
        if on is not None or legal_date(self.office.clock.now()) == self._posted_on:
            self.office.on(on or self._posted_on + timedelta(days=1))
        return await close_payments(self.office.engine, self.office.clock, POLICY, SET_OFF)

    async def read(self, payment: str = "P000000001") -> dict[str, Any]:
        return await self.office.ok("GET", f"/payments/{payment}", self.office.staff("max"))

    async def bar(self, action: str, who: str = "max") -> str | None:
        """Why an officer may not do this with the payment now; None: it may be done."""
        told = (await self.office.ok("GET", "/payments/P000000001", self.office.staff(who)))["may_do"]
        return next(each["code"] for each in told if each["action"] == action)

    async def act(self, what: str, who: str, payment: str = "P000000001", **body: Any) -> httpx.Response:
        tag = (await self.office.call("GET", f"/payments/{payment}", self.office.staff(who))).headers["ETag"]
        self._calls += 1
        headers = {"If-Match": tag, "Idempotency-Key": f"{what}-{self._calls}"}
        given = {"json": body} if body else {}
        path = f"/payments/{payment}/{what}"
        return await self.office.call("POST", path, self.office.staff(who), headers=headers, **given)

    async def pay(self, on: date, payment: str = "P000000001") -> dict[str, Any]:
        self.office.on(on)
        certified = await self.act("certifications", "max", payment)
        assert certified.status_code == 201, certified.text
        paid = await self.act("payouts", "lee", payment, paid_on=on.isoformat())
        assert paid.status_code == 201, paid.text
        found: dict[str, Any] = paid.json()
        return found

    async def statement(self, payment: str = "P000000001") -> list[dict[str, str]]:
        answer = await self.office.call("GET", f"/payments/{payment}/statement.csv", self.office.importer)
        assert answer.status_code == 200, answer.text
        return list(csv.DictReader(io.StringIO(answer.text)))

    async def bill(self, cents: int, *, issued_on: date = date(2025, 6, 2), importer: str = IMPORTER) -> str:
        """A delinquent bill of an entry of its own, older than the time to protest; of no interest so far."""
        number = await self.office.file(importer_number=importer)
        values = {"number": f"{number}-B01", "entry": number, "importer": importer, "cents": cents, "on": issued_on}
        async with transaction(self.office.engine) as tx:
            await tx.connection.execute(
                text(
                    "INSERT INTO bills (bill_number, entry_number, act_key, importer_number, principal, interest_cents,"
                    " billed_cents, liquidated_on, issued_on, due_on, state, stood_on, open_cents, delinquency_cents,"
                    " surplus_cents, blocks, noticed_through) VALUES (:number, :entry, 'liquidation', :importer,"
                    " jsonb_build_object('duty', CAST(:cents AS bigint)), 0, :cents, :on, :on, CAST(:on AS date) + 30,"
                    " 'delinquent', :on, :cents, 0, 0, '[]', :on)"
                ),
                values,
            )
        return number

    async def protest(self, number: str) -> None:
        """A protest that came in time and is undecided."""
        async with transaction(self.office.engine) as tx:
            await tx.connection.execute(
                text(
                    "INSERT INTO protests (filing_number, state, importer_number, filed_by, entries, received_at,"
                    " decide_by, further_review, body, event_at, event_source, event_id)"
                    " SELECT 'P-1', 'filed', importer_number, '{}', jsonb_build_array(entry_number), :at, '2027-09-01',"
                    " false, '{}', :at, 'urn:filer:B76', 'p-1' FROM entries WHERE entry_number = :n"
                ),
                {"n": number, "at": datetime(2025, 9, 1, 13, tzinfo=UTC)},
            )
            await tx.connection.execute(
                text(
                    "INSERT INTO protest_entries (filing_number, entry_number, timeliness, rule, why)"
                    " VALUES ('P-1', :n, 'timely', 'protest-180', 'filed in time')"
                ),
                {"n": number},
            )


@asynccontextmanager
async def open_desk_on(engine: AsyncEngine) -> AsyncIterator[Desk]:
    """The desk on a database, the model of the first program in force; invariants of payments hold at last."""
    async with open_office_on(engine) as office:
        await office.release(program())
        yield Desk(office)
    found = await check_all(lambda: reading(engine), [each for each in INVARIANTS if "payment" in each.name])
    assert not any(found.values()), found


async def told(desk: Desk) -> list[tuple[str, str, str]]:
    """What was said of payments, in order: change, state, net."""
    events = [each.data for each in await published(desk.office.engine) if hasattr(each.data, "payment")]
    return [(each.change, each.state, each.net_usd) for each in events]
