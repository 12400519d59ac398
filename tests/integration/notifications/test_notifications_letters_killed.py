"""A process that is killed in the middle of a batch of letters: each is printed once, and the batch is whole."""

import asyncio
import io
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from services.notifications.acts.batching import make_batches
from services.notifications.settings import NotificationsSettings
from services.notifications.store.tables import delivery_events, letter_batches, letters
from shared.files.depot import open_depot
from shared.runtime.clock import FixedClock, SystemClock
from shared.runtime.settings import load_settings
from tests.integration.notifications.builders import MakeEngine, rows
from tests.integration.notifications.test_notifications_killed import a_process
from tests.integration.notifications.test_notifications_letters import (
    CHICAGO,
    RULES,
    holds,
    letters_wait,
    number_of,
    open_one,
)
from tests.support.databases import TestDatabases

pytestmark = pytest.mark.timeout(300)

MANY = 120


async def test_a_killed_process_leaves_no_letter_out_and_prints_none_twice(
    service_engine: MakeEngine, databases: TestDatabases, tmp_path: Path
) -> None:
    engine, files = await service_engine("notifications"), (tmp_path / "files").as_uri()
    await letters_wait(
        engine, FixedClock(datetime.now(UTC)), {number_of(serial): CHICAGO for serial in range(1, MANY + 1)}
    )
    batch = await open_one(engine, tmp_path, files)
    bus = await databases.empty()
    with a_process(engine, bus, 9, tmp_path / "log", CENTERLINE_FILES_URL=files) as process:
        async with asyncio.timeout(200):
            while not (printed := len(await rows(engine, letters))):
                await asyncio.sleep(0.01)
            process.kill()
            process.wait()
    assert 0 < printed <= len(await rows(engine, letters)) < MANY
    assert [row.state for row in await rows(engine, letter_batches)] == ["making"]

    url = engine.url.render_as_string(hide_password=False)
    given = {"database_url": url, "bus": "kafka", "token_secret": "0" * 32, "files_url": files}
    settings = load_settings(NotificationsSettings, **given)
    depot = open_depot(settings)
    await make_batches(engine, depot, RULES, SystemClock())
    done = await rows(engine, letters)
    assert sorted(row.position for row in done) == list(range(1, MANY + 1))
    assert len({row.notice_id for row in done}) == MANY
    assert {str(row.batch_id) for row in done} == {batch}
    assert sum(line.event == "printed" for line in await rows(engine, delivery_events)) == MANY
    (row,) = await rows(engine, letter_batches)
    archive = b"".join([piece async for piece in await depot.open(row.archive_sha256)])
    with zipfile.ZipFile(io.BytesIO(archive)) as opened:
        assert sum(name.endswith(".pdf") for name in opened.namelist()) == MANY
        assert opened.testzip() is None
    await holds(engine)
