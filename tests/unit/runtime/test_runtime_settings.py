"""Settings from the environment, and what an operator reads when they are wrong."""

import platform
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest
from pydantic import ValidationError

from cli.demo import set_replay_clock
from cli.environment import open_environment
from services.notifications.settings import NotificationsSettings
from services.workqueue.settings import WorkqueueSettings
from shared.db.embedded import EmbeddedPostgres
from shared.runtime.clock import ReplayClock, SystemClock
from shared.runtime.service import open_platform
from shared.runtime.settings import Role, ServiceSettings, SettingsError, load_settings
from tests.support.product import clean_environment

GOOD = {
    "SERVICE": "routing",
    "PORT": "8001",
    "DATABASE_URL": "postgresql+asyncpg://u:hush@db/routing?sslmode=verify-full",
    "BUS_DATABASE_URL": "postgresql://db/bus?sslmode=verify-full",
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
    assert (settings.port, settings.batch_max_records, settings.bus) == (9000, 1000, "postgres")
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


PROVIDER = "https://login.example.gov/centers"


def as_in_production(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CENTERLINE_ENV", "production")
    monkeypatch.delenv("CENTERLINE_TOKEN_SECRET")
    monkeypatch.setenv("CENTERLINE_TOKEN_ISSUER", PROVIDER)


def test_production_is_the_default_and_needs_a_provider(monkeypatch: pytest.MonkeyPatch) -> None:
    as_in_production(monkeypatch)
    monkeypatch.delenv("CENTERLINE_ENV")
    settings = load_settings(ServiceSettings)
    assert (settings.env, settings.token_issuer, settings.token_secret) == ("production", PROVIDER, None)
    monkeypatch.delenv("CENTERLINE_TOKEN_ISSUER")
    with pytest.raises(SettingsError, match=r"^CENTERLINE_TOKEN_ISSUER: the identity provider, .*\(production needs"):
        load_settings(ServiceSettings)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("CENTERLINE_DEVELOPMENT", "true"),
        ("CENTERLINE_REPLAY_CLOCK", "replay-clock"),
        ("CENTERLINE_TOKEN_SECRET", "s" * 32),
        ("CENTERLINE_TOKEN_ISSUER", "centerline-dev"),
        ("CENTERLINE_TOKEN_ISSUER", "http://login.example.gov"),
        ("CENTERLINE_TOKEN_ISSUER", "https://kim:hush@login.example.gov"),
        ("CENTERLINE_TOKEN_JWKS_URL", "http://login.example.gov/keys"),
        ("CENTERLINE_TOKEN_JWKS_URL", "file:///keys.json"),
        ("CENTERLINE_ENV", "prod"),
        ("CENTERLINE_TRUSTED_PROXIES", "10.0.0.0/8,everyone"),
    ],
)
def test_production_refuses_what_would_open_it_in_one_clear_line(
    monkeypatch: pytest.MonkeyPatch, name: str, value: str
) -> None:
    as_in_production(monkeypatch)
    load_settings(ServiceSettings)
    monkeypatch.setenv(name, value)
    with pytest.raises(SettingsError) as refused:
        load_settings(ServiceSettings)
    line, *others = str(refused.value).splitlines()
    assert line.startswith(f"{name}: ")
    assert others == []
    assert value not in ("s" * 32, "https://kim:hush@login.example.gov") or value not in line


@pytest.mark.parametrize("url", ["http://127.0.0.1:9000", "http://localhost:9000", "http://[::1]:9000"])
def test_a_provider_on_this_machine_may_do_without_tls(monkeypatch: pytest.MonkeyPatch, url: str) -> None:
    as_in_production(monkeypatch)
    monkeypatch.setenv("CENTERLINE_TOKEN_ISSUER", url)
    assert load_settings(ServiceSettings).token_issuer == url


def test_keys_at_a_named_place_need_no_issuer_that_is_a_url(monkeypatch: pytest.MonkeyPatch) -> None:
    as_in_production(monkeypatch)
    monkeypatch.setenv("CENTERLINE_TOKEN_ISSUER", "cbp-identity")
    with pytest.raises(SettingsError, match=r"^CENTERLINE_TOKEN_ISSUER"):
        load_settings(ServiceSettings)
    monkeypatch.setenv("CENTERLINE_TOKEN_JWKS_URL", f"{PROVIDER}/keys")
    load_settings(ServiceSettings)
    monkeypatch.delenv("CENTERLINE_TOKEN_ISSUER")
    monkeypatch.setenv("CENTERLINE_ENV", "development")
    monkeypatch.setenv("CENTERLINE_TOKEN_SECRET", "s" * 32)
    with pytest.raises(SettingsError, match=r"^CENTERLINE_TOKEN_ISSUER: .*needed beside token_jwks_url"):
        load_settings(ServiceSettings)


def test_development_needs_somebody_who_issues_tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CENTERLINE_TOKEN_SECRET")
    with pytest.raises(SettingsError, match=r"^CENTERLINE_TOKEN_SECRET: the key that signs development tokens"):
        load_settings(ServiceSettings)
    monkeypatch.setenv("CENTERLINE_TOKEN_ISSUER", PROVIDER)
    assert load_settings(ServiceSettings).token_secret is None
    monkeypatch.setenv("CENTERLINE_DEVELOPMENT", "true")
    with pytest.raises(SettingsError, match=r"^CENTERLINE_TOKEN_SECRET"):
        load_settings(ServiceSettings)


def test_trusted_proxies_are_a_list(monkeypatch: pytest.MonkeyPatch) -> None:
    assert load_settings(ServiceSettings).trusted_proxies == ()
    monkeypatch.setenv("CENTERLINE_TRUSTED_PROXIES", "10.0.0.0/8, 192.0.2.7")
    assert load_settings(ServiceSettings).trusted_proxies == ("10.0.0.0/8", "192.0.2.7")


def test_a_process_of_production_with_settings_of_development_exits_with_2_and_a_line_for_each() -> None:
    variables = {f"CENTERLINE_{name}": value for name, value in GOOD.items() if name not in ("SERVICE", "PORT")}
    variables |= {"CENTERLINE_ENV": "production", "CENTERLINE_DEVELOPMENT": "true"}
    process = subprocess.run(
        [sys.executable, "-m", "services.routing"],
        env=clean_environment(variables),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    first, *lines = process.stderr.splitlines()
    assert (process.returncode, first) == (2, "routing cannot start:")
    assert [line.partition(":")[0] for line in lines] == [
        "CENTERLINE_DEVELOPMENT",
        "CENTERLINE_TOKEN_SECRET",
        "CENTERLINE_TOKEN_ISSUER",
    ]


def test_services_start_as_development_on_the_embedded_server_only(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.delenv("CENTERLINE_ENV", raising=False)
    elsewhere = open_environment(data=tmp_path, start_server=False)
    given = elsewhere.variables_of("routing")
    assert given["CENTERLINE_ENV"] == "production"
    assert "CENTERLINE_DEVELOPMENT" not in given
    embedded = replace(elsewhere, server=EmbeddedPostgres(tmp_path, 0)).variables_of("routing")
    assert (embedded["CENTERLINE_ENV"], embedded["CENTERLINE_DEVELOPMENT"]) == ("development", "true")
    assert embedded["CENTERLINE_TOKEN_SECRET"] == elsewhere.token_secret


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
    assert ReplayClock(replayed.replay_clock, SystemClock()).now() == datetime(2027, 1, 15, 18, tzinfo=UTC)
    for _ in range(2):
        set_replay_clock(replayed, None)
        assert not replayed.replay_clock.exists()


def test_the_embedded_bus_needs_its_database_in_every_role(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CENTERLINE_BUS_DATABASE_URL")
    with pytest.raises(SettingsError, match=r"^CENTERLINE_BUS_DATABASE_URL: where the embedded event log is"):
        load_settings(ServiceSettings)
    monkeypatch.setenv("CENTERLINE_BUS", "kafka")
    assert load_settings(ServiceSettings).bus_database_url is None


def names_refused(model: type[ServiceSettings] = ServiceSettings) -> set[str]:
    """The variables that are named when these settings are read, without their prefix."""
    with pytest.raises(SettingsError) as refused:
        load_settings(model)
    return {line.partition(":")[0].removeprefix("CENTERLINE_") for line in str(refused.value).splitlines()}


@pytest.mark.parametrize(
    ("name", "opened", "safe"),
    [
        ("DATABASE_URL", "postgresql://db/routing", "postgresql://db/routing?sslmode=verify-ca"),
        ("DATABASE_URL", "postgresql://db/routing?sslmode=require", "postgresql://127.0.0.1/routing"),
        (
            "DATABASE_URL",
            "postgresql://localhost/routing?host=db:5432",
            "postgresql://localhost/routing?host=localhost",
        ),
        ("BUS_DATABASE_URL", "postgresql://db/bus?sslmode=prefer", "postgresql:///bus?host=/run/postgresql"),
    ],
)
def test_production_reaches_databases_by_tls_or_on_this_machine(
    monkeypatch: pytest.MonkeyPatch, name: str, opened: str, safe: str
) -> None:
    as_in_production(monkeypatch)
    monkeypatch.setenv(f"CENTERLINE_{name}", opened)
    assert names_refused() == {name}
    monkeypatch.setenv("CENTERLINE_PRIVATE_NETWORK", "true")  # as a service mesh makes it
    load_settings(ServiceSettings)
    monkeypatch.delenv("CENTERLINE_PRIVATE_NETWORK")
    monkeypatch.setenv(f"CENTERLINE_{name}", safe)
    load_settings(ServiceSettings)


def test_production_reaches_kafka_by_tls(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    as_in_production(monkeypatch)
    monkeypatch.setenv("CENTERLINE_BUS", "kafka")
    monkeypatch.setenv("CENTERLINE_KAFKA_BOOTSTRAP", "127.0.0.1:9092,broker:9092")
    assert names_refused() == {"KAFKA_PROTOCOL"}
    ca = tmp_path / "ca.pem"
    monkeypatch.setenv("CENTERLINE_KAFKA_CA", str(ca))
    monkeypatch.setenv("CENTERLINE_KAFKA_PROTOCOL", "SASL_SSL")
    monkeypatch.setenv("CENTERLINE_KAFKA_USERNAME", "centerline")
    assert names_refused() == {"KAFKA_PASSWORD"}
    monkeypatch.setenv("CENTERLINE_KAFKA_PASSWORD", "hush")
    assert names_refused() == {"KAFKA_CA"}
    ca.touch()
    access = load_settings(ServiceSettings).kafka_access
    assert (access.protocol, access.mechanism, access.username, access.password) == (
        "SASL_SSL",
        "SCRAM-SHA-512",
        "centerline",
        "hush",
    )
    assert "hush" not in repr(load_settings(ServiceSettings))
    monkeypatch.setenv("CENTERLINE_KAFKA_PROTOCOL", "SSL")
    assert names_refused() == {"KAFKA_PROTOCOL"}


def test_production_refuses_all_of_development_at_once(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    as_in_production(monkeypatch)
    for name, value in {
        "CLOCK_BEHIND_SECONDS": "60",
        "REPLAY_CLOCK": str(tmp_path),
        "MAIL_FOLDER": str(tmp_path),
        "SMTP_URL": "smtp://relay:25",
        "WEBHOOK_KEY": "k" * 32,
        "WEBHOOK_ALLOW_PRIVATE": "true",
        "LIQUIDATION_URL": "http://liquidation:8003",
        "FILES_URL": "memory:///",
    }.items():
        monkeypatch.setenv(f"CENTERLINE_{name}", value)
    assert names_refused(NotificationsSettings) == {
        "CLOCK_BEHIND_SECONDS",
        "REPLAY_CLOCK",
        "MAIL_FOLDER",
        "WEBHOOK_ALLOW_PRIVATE",
        "PUBLIC_BASE_URL",
        "LIQUIDATION_URL",
        "FILES_URL",
    }
    monkeypatch.delenv("CENTERLINE_MAIL_FOLDER")
    assert "SMTP_URL" in names_refused(NotificationsSettings)
    monkeypatch.setenv("CENTERLINE_FILES_SCAN", "clamd")
    monkeypatch.setenv("CENTERLINE_FILES_CLAMD", "scanner:3310")
    assert names_refused(WorkqueueSettings) >= {"FILES_URL", "FILES_CLAMD", "LIQUIDATION_URL"}


def test_secrets_come_from_files_as_well(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    held = tmp_path / "url"
    held.write_text("postgresql://u:hush@db/routing?sslmode=verify-full\n")
    monkeypatch.setenv("CENTERLINE_DATABASE_URL_FILE", str(held))
    assert names_refused() == {"DATABASE_URL_FILE"}  # both are set
    monkeypatch.delenv("CENTERLINE_DATABASE_URL")
    assert load_settings(ServiceSettings).database_url == held.read_text().strip()
    held.write_text("")
    assert names_refused() == {"DATABASE_URL_FILE"}
    held.unlink()
    assert names_refused() == {"DATABASE_URL_FILE"}
    monkeypatch.setenv("CENTERLINE_PORT_FILE", str(held))  # no secret, so it is not read from files
    monkeypatch.setenv("CENTERLINE_DATABASE_URL", GOOD["DATABASE_URL"])
    monkeypatch.delenv("CENTERLINE_DATABASE_URL_FILE")
    load_settings(ServiceSettings)


def test_the_command_line_reads_the_same_files(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    held = tmp_path / "url"
    held.write_text("postgresql://u:hush@db/{service}?sslmode=verify-full\n")
    monkeypatch.delenv("CENTERLINE_DATABASE_URL")
    monkeypatch.setenv("CENTERLINE_DATABASE_URL_FILE", str(held))
    environment = open_environment(data=tmp_path, start_server=False)
    assert environment.database_of("routing") == "postgresql://u:hush@db/routing?sslmode=verify-full"
    given = environment.variables_of("routing")
    assert given["CENTERLINE_DATABASE_URL"] == environment.database_of("routing")
    assert "CENTERLINE_DATABASE_URL_FILE" not in given
