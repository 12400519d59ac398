"""The clock of a demonstration: where it stands in a year, and that nothing real ever has it."""

import asyncio
import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from cli.demonstration import keeping_clock, read_behind, resume_clock
from cli.environment import NotHere, open_environment
from shared.runtime.clock import DemonstrationClock, FixedClock, ReplayClock, SystemClock, is_replaying
from shared.runtime.service import choose_clock
from shared.runtime.settings import ServiceSettings, SettingsError, load_settings

LAST_DAY = datetime(2026, 11, 22, 5, 39, 36, tzinfo=UTC)
TODAY = datetime(2026, 11, 29, 12, tzinfo=UTC)
YEAR = timedelta(days=365)
MINUTE = timedelta(minutes=1)


def settings(**changes: object) -> ServiceSettings:
    given = {"service": "routing", "port": 8001, "database_url": "postgresql://localhost/x", "bus": "kafka"}
    return load_settings(ServiceSettings, **(given | {"token_secret": "s" * 32, "development": True} | changes))


@pytest.mark.parametrize("machine_at", [TODAY, TODAY + YEAR, LAST_DAY - YEAR])
def test_a_demonstration_begins_on_the_last_day_of_its_sample_and_goes_on(tmp_path: Path, machine_at: datetime) -> None:
    machine = FixedClock(machine_at)
    behind = resume_clock(tmp_path, machine, begins_at=LAST_DAY)
    assert behind == machine_at - LAST_DAY
    clock = choose_clock(settings(clock_behind_seconds=behind.total_seconds()), machine)
    assert clock.now() == LAST_DAY
    machine.advance(MINUTE)
    assert clock.now() == LAST_DAY + MINUTE


async def test_a_demonstration_that_is_stopped_does_not_age(tmp_path: Path) -> None:
    machine = FixedClock(TODAY)
    behind = resume_clock(tmp_path, machine, begins_at=LAST_DAY)
    async with keeping_clock(tmp_path, machine, behind):
        machine.advance(3 * MINUTE)
    machine.advance(YEAR)
    behind = resume_clock(tmp_path, machine, begins_at=LAST_DAY)
    assert behind == read_behind(tmp_path)
    assert DemonstrationClock(behind, machine).now() == LAST_DAY + 3 * MINUTE
    assert resume_clock(tmp_path, machine, begins_at=None) == behind, "`up` on the same data goes on as well"


async def test_a_demonstration_that_is_killed_does_not_go_back(tmp_path: Path) -> None:
    machine = FixedClock(TODAY)
    behind = resume_clock(tmp_path, machine, begins_at=LAST_DAY)
    async with keeping_clock(tmp_path, machine, behind):
        await asyncio.sleep(0)  # it is noted for the first time
        kept = (tmp_path / "demonstration-clock").read_text(encoding="utf-8")
    (tmp_path / "demonstration-clock").write_text(kept, encoding="utf-8")  # as a killed process leaves it
    assert datetime.fromisoformat(json.loads(kept)["at"]) > LAST_DAY
    machine.advance(YEAR)
    resumed = resume_clock(tmp_path, machine, begins_at=LAST_DAY)
    assert LAST_DAY < DemonstrationClock(resumed or YEAR, machine).now() <= LAST_DAY + MINUTE


def test_data_without_a_demonstration_live_by_the_machine(tmp_path: Path) -> None:
    assert read_behind(tmp_path) is None
    assert resume_clock(tmp_path, FixedClock(TODAY), begins_at=None) is None
    assert isinstance(choose_clock(settings(), SystemClock()), SystemClock)
    assert list(tmp_path.iterdir()) == []


def test_weeks_are_replayed_in_a_demonstration_and_then_it_goes_on(tmp_path: Path) -> None:
    behind = (TODAY - LAST_DAY).total_seconds()
    clock = choose_clock(settings(clock_behind_seconds=behind, replay_clock=tmp_path / "at"), FixedClock(TODAY))
    assert isinstance(clock, ReplayClock)
    assert (clock.now(), is_replaying(clock)) == (LAST_DAY, False)
    (tmp_path / "at").write_text("2025-10-03T23:59:59-04:00", encoding="utf-8")
    assert (clock.now(), is_replaying(clock)) == (datetime(2025, 10, 4, 3, 59, 59, tzinfo=UTC), True)


@pytest.mark.parametrize(
    "changes",
    [
        {"development": False},
        {"env": "production", "development": False, "token_secret": None, "token_issuer": "https://id.example"},
    ],
)
def test_no_process_that_may_be_real_takes_the_clock_of_a_demonstration(changes: dict[str, object]) -> None:
    settings(**changes)
    with pytest.raises(SettingsError, match=r"^CENTERLINE_CLOCK_BEHIND_SECONDS: .*never in production"):
        settings(clock_behind_seconds=0, **changes)


@pytest.mark.parametrize(
    "variables",
    [
        {"CENTERLINE_ENV": "production"},
        {"CENTERLINE_DEVELOPMENT": "false"},
        {"CENTERLINE_DATABASE_URL": "postgresql://db/{service}"},
        {"CENTERLINE_DATABASE_URL": "postgresql://db/{service}", "CENTERLINE_DEVELOPMENT": "true"},
    ],
)
def test_no_demonstration_begins_or_goes_on_where_something_may_be_real(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, variables: dict[str, str]
) -> None:
    for name in ("ENV", "DEVELOPMENT", "DATABASE_URL"):
        monkeypatch.delenv(f"CENTERLINE_{name}", raising=False)
    assert open_environment(data=tmp_path, start_server=False, demonstrates_from=LAST_DAY, runs=True).behind is not None
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    with pytest.raises(NotHere, match="for development only"):
        open_environment(data=tmp_path, start_server=False, demonstrates_from=LAST_DAY, runs=True)
    if "CENTERLINE_DATABASE_URL" in variables:
        assert open_environment(data=tmp_path, start_server=False, runs=True).behind is None
    else:
        with pytest.raises(NotHere, match="for development only"):
            open_environment(data=tmp_path, start_server=False, runs=True)
