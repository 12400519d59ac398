"""Settings from the environment, and what an operator reads when they are wrong."""

import platform
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from cli.demo import set_replay_clock
from cli.environment import open_environment
from shared.runtime.clock import ReplayClock, SystemClock
from shared.runtime.service import open_platform
from shared.runtime.settings import Role, ServiceSettings, SettingsError, load_settings

GOOD = {
    "SERVICE": "routing",
    "PORT": "8001",
    "DATABASE_URL": "postgresql+asyncpg://u:hush@db/routing",
    "BUS_DATABASE_URL": "postgresql://db/bus",
    "TOKEN_SECRET": "s" * 32,
}


@pytest.fixture(autouse=True)
def environment(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in GOOD.items():
        monkeypatch.setenv(f"CENTERLINE_{name}", value)


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CENTERLINE_ROLES", "api, consumer")
    settings = load_settings(ServiceSettings, port=9000)
    assert settings.roles == {Role.API, Role.CONSUMER}
    assert (settings.port, settings.batch_max_records, settings.bus) == (9000, 2000, "postgres")
    with pytest.raises(ValidationError, match="frozen"):
        settings.port = 1  # type: ignore[misc]


def test_all_roles_are_the_default_and_secrets_stay_out_of_sight() -> None:
    settings = load_settings(ServiceSettings)
    assert settings.roles == frozenset(Role)
    assert "hush" not in repr(settings)
    assert "sss" not in repr(settings)


def test_every_wrong_variable_is_named_with_what_to_set(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CENTERLINE_DATABASE_URL")
    monkeypatch.setenv("CENTERLINE_TOKEN_SECRET", "tooshort")
    monkeypatch.setenv("CENTERLINE_ROLES", "api,cook")
    with pytest.raises(SettingsError) as caught:
        load_settings(ServiceSettings)
    lines = dict(line.split(": ", 1) for line in str(caught.value).splitlines())
    assert lines.keys() == {"CENTERLINE_DATABASE_URL", "CENTERLINE_TOKEN_SECRET", "CENTERLINE_ROLES"}
    assert lines["CENTERLINE_DATABASE_URL"].startswith("where the service's own database is")
    assert "32 bytes" in lines["CENTERLINE_TOKEN_SECRET"]
    assert "tooshort" not in str(caught.value)


@pytest.mark.parametrize("given", ["0", "routing-0", "a.b_c"])
def test_slot_is_what_the_operator_says(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("CENTERLINE_FLEET_SLOT", given)
    assert load_settings(ServiceSettings).fleet_slot == given


def test_slot_may_be_the_name_of_the_container_or_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CENTERLINE_FLEET_SLOT", "hostname")
    assert load_settings(ServiceSettings).fleet_slot == platform.node()


@pytest.mark.parametrize("given", ["a b", "é", "x" * 201, "a/b"])
def test_slot_that_kafka_would_refuse_is_refused(monkeypatch: pytest.MonkeyPatch, given: str) -> None:
    monkeypatch.setenv("CENTERLINE_FLEET_SLOT", given)
    with pytest.raises(SettingsError, match=r"^CENTERLINE_FLEET_SLOT: a name among the processes of the service"):
        load_settings(ServiceSettings)


def test_process_has_no_slot_unless_it_is_given_one() -> None:
    assert load_settings(ServiceSettings).fleet_slot is None


def test_production_has_no_clock_but_that_of_the_machine(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The day of an act is the day on which it is done: nothing but a development system can name another."""
    monkeypatch.setenv("CENTERLINE_REPLAY_CLOCK", str(tmp_path / "replay-clock"))
    with pytest.raises(SettingsError, match=r"^CENTERLINE_REPLAY_CLOCK: a file that says .*only where development is"):
        load_settings(ServiceSettings)
    monkeypatch.setenv("CENTERLINE_DEVELOPMENT", "true")
    assert isinstance(open_platform(load_settings(ServiceSettings)).clock, ReplayClock)
    monkeypatch.delenv("CENTERLINE_REPLAY_CLOCK")
    assert isinstance(open_platform(load_settings(ServiceSettings)).clock, SystemClock)


def test_only_liquidation_lives_by_the_clock_of_a_replay(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("CENTERLINE_REPLAY_CLOCK", str(tmp_path / "given"))
    environment = open_environment(data=tmp_path, start_server=False)
    given = {each: environment.variables_of(each).get("CENTERLINE_REPLAY_CLOCK") for each in environment.ports}
    assert given.pop("liquidation") == str(tmp_path / "given")
    assert set(given.values()) == {None}
    monkeypatch.delenv("CENTERLINE_REPLAY_CLOCK")
    assert open_environment(data=tmp_path, start_server=False).replay_clock is None
    replayed = open_environment(data=tmp_path, start_server=False, replays=True)
    assert replayed.replay_clock == tmp_path / "replay-clock"
    set_replay_clock(replayed, datetime(2027, 1, 15, 18, tzinfo=UTC))
    assert ReplayClock(replayed.replay_clock).now() == datetime(2027, 1, 15, 18, tzinfo=UTC)
    for _ in range(2):
        set_replay_clock(replayed, None)
        assert not replayed.replay_clock.exists()


def test_the_embedded_bus_needs_its_database_in_every_role(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CENTERLINE_BUS_DATABASE_URL")
    with pytest.raises(SettingsError, match=r"^CENTERLINE_BUS_DATABASE_URL: where the embedded event log is"):
        load_settings(ServiceSettings)
    monkeypatch.setenv("CENTERLINE_BUS", "kafka")
    assert load_settings(ServiceSettings).bus_database_url is None
