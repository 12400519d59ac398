"""An office of liquidation with a clock that is set by hand, for tests of programs of mass change."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import httpx
from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.program_enrolling import enrol_known
from services.liquidation.acts.program_judging import judge_again, judge_declared
from services.liquidation.api.program_models import templates
from services.liquidation.app import SERVICE
from services.liquidation.domain.law import LAW
from services.liquidation.settings import LiquidationSettings
from services.liquidation.store.invariants.programs import PROGRAM_INVARIANTS
from services.liquidation.store.tables.records import entries
from shared.bus.postgres import PostgresBus
from shared.runtime.clock import FixedClock
from shared.runtime.identity import Identity, RoleName
from shared.runtime.lifecycle import Readiness
from shared.runtime.metrics import Metrics
from shared.runtime.platform import Platform
from shared.runtime.service import build_app
from shared.web.identity import issue_development_token
from tests.integration.liquidation.builders import apply, cycle, rows
from tests.support.events import decoded, entry_body, entry_number, line
from tests.support.invariants import find_violations
from tests.support.people import EVERY_CENTER

IMPORTER = "07-345678900"
START = datetime(2026, 4, 20, 13, tzinfo=UTC)
IEEPA = "99030124"
IEEPA_MODEL, GSP_MODEL, PRODUCT_MODEL = templates()


def duties(*tariffs: tuple[str, int, str], number: int = 1, **changes: Any) -> dict[str, Any]:
    """A line of goods with duty under these numbers: number, value, duty."""
    given = [{"hts": hts, "value_usd": value, "duty_usd": duty} for hts, value, duty in tariffs]
    return line(number, tariffs=given, **changes)


GOODS = duties(("8471300100", 125_000, "0.00"), (IEEPA, 0, "9375.00"))

DAYS = {"entry_date": "2026-02-10", "import_date": "2026-02-09", "paid_on": "2026-02-20"}


@dataclass(frozen=True, slots=True)
class Office:
    """The service on a database, with a clock that is set by hand."""

    engine: AsyncEngine
    clock: FixedClock
    client: httpx.AsyncClient
    settings: LiquidationSettings

    def on(self, day: date, hour: int = 13) -> None:
        self.clock.advance(datetime(day.year, day.month, day.day, hour, tzinfo=UTC) - self.clock.now())

    def headers(self, *roles: RoleName, subject: str, **grants: Any) -> dict[str, str]:
        caller = Identity(subject, subject.title(), frozenset(roles), **{"centers": EVERY_CENTER} | grants)
        return {"Authorization": f"Bearer {issue_development_token(self.settings, caller, self.clock.now())}"}

    def staff(self, subject: str) -> dict[str, str]:
        return self.headers(RoleName.LIQUIDATION_SPECIALIST, RoleName.IMPORT_SPECIALIST, subject=subject)

    @property
    def importer(self) -> dict[str, str]:
        return self.headers_of(IMPORTER)

    def headers_of(self, importer_number: str) -> dict[str, str]:
        grants = {"importer_numbers": frozenset({importer_number}), "centers": frozenset()}
        return self.headers(RoleName.IMPORTER, subject="owner", **grants)

    def broker(self, filer: str = "B76") -> dict[str, str]:
        return self.headers(RoleName.BROKER, subject=f"broker-{filer}", filer_code=filer, centers=frozenset())

    async def call(self, method: str, path: str, who: dict[str, str], **given: Any) -> httpx.Response:
        return await self.client.request(method, path, headers=who | given.pop("headers", {}), **given)

    async def ok(self, method: str, path: str, who: dict[str, str], **given: Any) -> dict[str, Any]:
        answer = await self.call(method, path, who, **given)
        assert answer.status_code < 300, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def draft(self, definition: dict[str, Any], *, path: str = "/programs", key: str = "p-1") -> dict[str, Any]:
        body = {"definition": definition, "reason": "The order of 4 March 2026."}
        return await self.ok("POST", path, self.staff("kim"), json=body, headers={"Idempotency-Key": key})

    async def release(self, definition: dict[str, Any], revision: int = 1) -> None:
        code = definition["program"]
        path = "/programs" if revision == 1 else f"/programs/{code}/revisions"
        await self.draft(definition, path=path, key=f"{code}-{revision}")
        at = f"/programs/{code}/revisions/{revision}"
        key = {"Idempotency-Key": f"t-{code}-{revision}"}
        await self.ok("POST", f"{at}/trials", self.staff("kim"), headers=key)
        await self.ok("POST", f"{at}/confirmations", self.staff("lee"), headers={"If-Match": "*"})
        await self.ok("POST", f"{at}/releases", self.staff("max"), headers={"If-Match": "*"})

    async def file(self, *lines: dict[str, Any], at: str = "2026-02-10T19:03:11Z", **changes: Any) -> str:
        number = changes.pop("number", None) or entry_number()
        body = entry_body(number, **{"lines": list(lines) or [GOODS]} | DAYS | changes)
        await apply(self.engine, [decoded("entry-filed", body, time=at)], now=self.clock.now())
        return number

    async def correct(self, number: str, version: int, *lines: dict[str, Any], at: str, **changes: Any) -> None:
        body = entry_body(number, **{"version": version, "reasons": ["H06"], "lines": list(lines)} | DAYS | changes)
        await apply(self.engine, [decoded("entry-corrected", body, time=at)], now=self.clock.now())

    async def send(
        self,
        content: str | bytes,
        *,
        key: str = "d-1",
        program: str = "ieepa-2026",
        who: dict[str, str] | None = None,
        kind: str = "text/csv",
        certified: str = "true",
    ) -> httpx.Response:
        headers = {"Idempotency-Key": key, "Content-Type": kind}
        path = f"/programs/{program}/declarations?certified={certified}"
        return await self.call("POST", path, who or self.importer, content=content, headers=headers)

    async def declare(self, numbers: Sequence[str], **given: Any) -> dict[str, Any]:
        answer = await self.send("Entry number\n" + "\n".join(numbers) + "\n", **given)
        assert answer.status_code == 201, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def results(self, declared: dict[str, Any], who: dict[str, str] | None = None) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = (await self.ok("GET", declared["results"], who or self.importer))["items"]
        return found

    async def verdict(self, number: str, program: str = "ieepa-2026") -> dict[str, Any]:
        shown = await self.ok("GET", f"/programs/{program}/entries/{number}", self.staff("kim"))
        found: dict[str, Any] = shown["requests"][-1]
        return found

    async def judge(self) -> None:
        await enrol_known(self.engine, self.clock, LAW.cycle, LAW)
        await judge_declared(self.engine, self.clock, LAW.cycle, LAW)
        await judge_again(self.engine, self.clock, LAW.cycle, LAW)


@asynccontextmanager
async def open_office_on(engine: AsyncEngine) -> AsyncIterator[Office]:
    """The office on a database; when it closes every invariant of programs must hold."""
    settings = LiquidationSettings(
        database_url="postgresql://unused", bus_database_url="postgresql://unused", token_secret="s" * 32
    )
    clock = FixedClock(START)
    platform = Platform(settings, engine, PostgresBus("postgresql+asyncpg://unused"), clock, Metrics.create())
    app = build_app(SERVICE, platform, SERVICE.build(platform), Readiness())
    async with httpx.AsyncClient(transport=httpx.ASGITransport(app), base_url="http://liquidation") as client:
        yield Office(engine, clock, client, settings)
    found = await find_violations(engine, PROGRAM_INVARIANTS)
    assert not any(found.values()), found


def program(**changes: Any) -> dict[str, Any]:
    """The model of the first program with other parts."""
    return IEEPA_MODEL | changes


LIQUIDATED = date(2026, 12, 25)  # the scheduled Friday of an entry of 10 February 2026


async def liquidated(office: Office, *lines: dict[str, Any], **changes: Any) -> tuple[str, date]:
    """An entry that the weekly cycle has liquidated, and the day."""
    number = await office.file(*lines, **changes)
    await cycle(office.engine, LIQUIDATED)
    (row,) = [each for each in await rows(office.engine, entries) if each.entry_number == number]
    assert row.liquidated_on is not None
    return number, row.liquidated_on
