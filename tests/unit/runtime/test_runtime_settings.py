"""Settings from the environment, and what an operator reads when they are wrong."""

import pytest
from pydantic import ValidationError

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


def test_the_embedded_bus_needs_its_database_in_every_role(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CENTERLINE_BUS_DATABASE_URL")
    with pytest.raises(SettingsError, match=r"^CENTERLINE_BUS_DATABASE_URL: where the embedded event log is"):
        load_settings(ServiceSettings)
    monkeypatch.setenv("CENTERLINE_BUS", "kafka")
    assert load_settings(ServiceSettings).bus_database_url is None
