"""A criterion tried on past entries from its page: asked for, followed, by Center and week, as a file, withdrawn."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest
from sqlalchemy.ext.asyncio import AsyncEngine

from services.routing.acts.backtests import go_on
from services.routing.domain.backtests import Limits
from services.routing.handlers.handler import RoutingHandler
from services.routing.store.rulebook import RulesInForce
from shared.db.transaction import transaction
from shared.runtime.metrics import Metrics
from tests.integration.console.house import House, open_house
from tests.integration.console.test_console_specialists import CRITERION
from tests.support.archives import write_archive
from tests.support.events import decoded, entry_body, entry_number, line

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]

NOW = datetime(2026, 3, 16, 15, tzinfo=UTC)
NOTEBOOKS = {name: value for name, value in CRITERION.items() if "." not in name}
NOTEBOOKS |= {"id": "notebooks", "weekly_budget": "1", "what.tariff_prefixes": "8471"}


@pytest.fixture
async def house(service_engine: MakeEngine, tmp_path: Path) -> House:
    return await open_house(service_engine, NOW, "routing", archive=tmp_path / "archive")


async def file_entries(house: House, folder: Path) -> None:
    """Two entries of notebooks and one of chairs, decided and archived."""
    lines = ([line()], [line()], [line(hts="9403200000")])
    bodies = [entry_body(entry_number(), lines=each, entry_date="2026-03-03") for each in lines]
    handler = RoutingHandler(RulesInForce(0), Metrics.create().conflicts_total)
    async with transaction(house.engines["routing"]) as tx:
        await handler(tx, [decoded("entry-filed", body) for body in bodies])
    write_archive(folder, NOW, [("entry-filed", body) for body in bodies])


async def test_trial_is_asked_for_followed_and_told_by_center_and_week(house: House, tmp_path: Path) -> None:
    archive, period = tmp_path / "archive", {"from": "2026-03-01", "to": "2026-03-15"}
    async with house.reading_as("ivan") as ivan:
        await ivan.fill("/criteria", "draft", NOTEBOOKS)
        page = "/criteria/notebooks"
        bare = await ivan.fill(page, "backtest", period)
        assert (bare.status_code, "No archive of what was filed is kept" in bare.text) == (409, True)
        assert 'value="2026-03-01"' in bare.text
        await file_entries(house, archive)
        wrong = await ivan.fill(page, "backtest", {"from": "2026-03-15", "to": "2026-03-01"})
        assert (wrong.status_code, "cannot be tried" in wrong.text) == (400, True)
        asked = await ivan.fill(page, "backtest", period)
        here = asked.url.path
        assert "It waits." in asked.text
        moving = await ivan.client.get(f"{here}/progress")
        assert f'hx-get="{here}/progress"' in moving.text
        await go_on(house.engines["routing"], house.clock, RulesInForce(0), archive, Limits(1_000, 60))
        assert (await ivan.client.get(f"{here}/progress")).headers["hx-refresh"] == "true"
        told = await ivan.read(here)
        assert "It is done." in told
        assert "<dt>Entries tried</dt><dd>3</dd>" in told
        assert "<dd>2, 66.66 %</dd>" in told
        assert "over budget" in told
        assert "3 entries of the period are known." in told
        rows = (await ivan.client.get(f"{here}/centers.csv")).text.splitlines()
        assert rows[0] == "center,entries,hits,live_hits,both,reviewed,hits_reviewed,hit_basis_points"
        assert sum(int(each.split(",")[1]) for each in rows[1:]) == 3
        assert "2 of 3 entries (66.66 %)" in await ivan.read(page)
        again = await ivan.fill(page, "backtest", period)
        withdrawn = await ivan.fill(again.url.path, "withdraw")
        assert "It is withdrawn." in withdrawn.text
    async with house.reading_as("kim") as kim:
        assert "It is done." in await kim.read(here)
        assert 'id="backtest"' not in await kim.read(page)
        refused = await kim.send("/words", f"{page}/backtests", period)
        assert refused.status_code == 403
    async with house.reading_as("ida") as ida:
        assert (await ida.client.get(here)).status_code == 404
