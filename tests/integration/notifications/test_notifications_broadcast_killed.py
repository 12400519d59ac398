"""A process that is killed in the middle of a broadcast: nobody is told twice, and nobody is left out."""

import asyncio
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import text

from services.notifications.store.invariants import INVARIANTS
from services.notifications.store.tables import broadcast_recipients, notices
from services.notifications.store.tables.deliveries import delivery_events
from shared.db.transaction import transaction
from shared.runtime.clock import FixedClock
from shared.runtime.slices import JobSession
from tests.integration.notifications.builders import MakeEngine, client_of, rows
from tests.integration.notifications.community import CENTER, DIRECTOR, SPECIALIST, broadcaster, send_mails
from tests.integration.notifications.filling import fill_accounts
from tests.integration.notifications.test_notifications_killed import a_process
from tests.support.databases import TestDatabases
from tests.support.invariants import find_violations

pytestmark = pytest.mark.timeout(300)

MANY = 1500
WRITERS = "SELECT count(*) FROM pg_locks WHERE relation = 'broadcast_recipients'::regclass AND NOT granted"


async def test_a_killed_process_leaves_nobody_out_and_tells_nobody_twice(
    service_engine: MakeEngine, databases: TestDatabases, tmp_path: Path
) -> None:
    engine, now = await service_engine("notifications"), datetime.now(UTC)
    async with transaction(engine) as tx:
        await fill_accounts(tx, MANY, CENTER)
    said = {"center": CENTER, "subject": "SYNTHETIC", "text": "SYNTHETIC."}
    async with client_of(engine, tmp_path, SPECIALIST, now) as api:
        made = (await api.post("/broadcasts", json=said, headers={"Idempotency-Key": "one"})).json()
    async with client_of(engine, tmp_path, DIRECTOR, now) as api:
        released = await api.post(f"/broadcasts/{made['broadcast_id']}/release", headers={"If-Match": "*"})
        assert released.status_code == 200, released.text

    bus = await databases.empty()
    with a_process(engine, bus, 9, tmp_path / "log") as process:
        async with asyncio.timeout(200):
            while not 0 < sum(row.state == "told" for row in await rows(engine, broadcast_recipients)) < MANY:
                await asyncio.sleep(0)
            async with engine.begin() as connection:
                await connection.execute(text("LOCK TABLE broadcast_recipients IN SHARE MODE"))
                while await connection.scalar(text(WRITERS)) != 1:
                    await asyncio.sleep(0)  # its notices and deliveries are written, and who was told is not
                process.kill()
                process.wait()
    told = sum(row.state == "told" for row in await rows(engine, broadcast_recipients))
    assert 0 < told < MANY
    assert len(await rows(engine, notices)) == told

    clock = FixedClock(now + timedelta(minutes=5))
    job = broadcaster(JobSession("send-broadcasts", engine, clock), clock, per_second=10_000)
    while await job.run():
        pass
    recipients = await rows(engine, broadcast_recipients)
    assert {row.state for row in recipients} == {"told"}
    assert len({row.recipient for row in recipients}) == len({row.notice_id for row in recipients}) == MANY
    assert len(await rows(engine, notices)) == MANY
    while await send_mails(engine, clock):
        clock.advance(timedelta(seconds=20))
    sent = [line for line in await rows(engine, delivery_events) if line.event == "sent"]
    assert len({line.notice_id for line in sent}) == len(sent) == MANY
    found = await find_violations(engine, INVARIANTS)
    assert not any(found.values()), found


async def test_a_few_thousand_are_planned_in_one_statement_and_told_at_the_rate(
    service_engine: MakeEngine, tmp_path: Path
) -> None:
    engine, now = await service_engine("notifications"), datetime.now(UTC)
    async with transaction(engine) as tx:
        await fill_accounts(tx, 4000, CENTER)
    said = {"center": CENTER, "subject": "SYNTHETIC", "text": "SYNTHETIC."}
    async with client_of(engine, tmp_path, SPECIALIST, now) as api:
        made = (await api.post("/broadcasts", json=said, headers={"Idempotency-Key": "one"})).json()
    async with client_of(engine, tmp_path, DIRECTOR, now) as api:
        await api.post(f"/broadcasts/{made['broadcast_id']}/release", headers={"If-Match": "*"})
    clock = FixedClock(now)
    job = broadcaster(JobSession("send-broadcasts", engine, clock), clock, per_second=100)
    begun = []
    for _ in range(12):
        begun.append(await job.run())
        clock.advance(timedelta(seconds=1))
    assert len(await rows(engine, broadcast_recipients)) == 4000
    assert begun == [100] * 12
    clock.advance(timedelta(hours=1))
    # What a pause left unused is no debt: a burst of ten seconds at most.
    assert await job.run() == 1000
