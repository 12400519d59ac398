"""The compose file starts what its profiles say, and reads files that are there."""

from pathlib import Path
from typing import Any

import yaml
from typer.main import get_command

from cli.catalogue import EVERY_SERVICE
from cli.main import app

ROOT = Path(__file__).resolve().parents[2]
COMPOSE = ROOT / "docker-compose.yml"
OBSERVABILITY = ROOT / "deploy" / "observability"


def _services() -> dict[str, Any]:
    services: dict[str, Any] = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]
    return services


def test_each_profile_adds_what_it_is_named_for() -> None:
    of: dict[str, set[str]] = {}
    for name, service in _services().items():
        for profile in service.get("profiles", ["core"]):
            of.setdefault(profile, set()).add(name)
    assert of["core"] == {
        *("kafka", "postgres", "migrate", "topics"),
        *("routing", "workqueue", "liquidation", "notifications"),
    }
    assert (of["console"], of["mail"], of["archive"]) == ({"console"}, {"mailpit"}, {"archive"})
    assert of["observe"] == {"prometheus", "tempo", "grafana"}
    heading = COMPOSE.read_text(encoding="utf-8").partition("name: centerline")[0]
    assert all(f"#     {profile} " in heading for profile in of.keys() - {"core"})


def test_the_archive_keeps_what_services_publish_too() -> None:
    """A copy of one service alone is made from what the others published."""
    program, *words = _services()["archive"]["command"]
    assert program == "centerline"
    command: Any = get_command(app)
    for name in words[:2]:
        command = command.commands[name]
    given = command.make_context(name, words[2:]).params
    assert (words[:2], given["is_derived"], given["once"]) == (["archive", "run"], True, False)


def test_nothing_that_is_always_on_needs_what_is_not() -> None:
    services = _services()
    for name, service in services.items():
        for needed, how in (service.get("depends_on") or {}).items():
            is_optional = how.get("required") is False
            assert is_optional or "profiles" not in services[needed], (name, needed)


def test_files_that_are_mounted_are_there() -> None:
    for service in _services().values():
        for volume in service.get("volumes", []):
            source = volume.partition(":")[0]
            assert not source.startswith("./") or (ROOT / source).exists(), source


def test_every_variable_is_a_setting_or_one_of_the_command() -> None:
    known = {f"CENTERLINE_{name.upper()}" for service in EVERY_SERVICE for name in service.settings.model_fields}
    for name, service in _services().items():
        named = {each for each in service.get("environment", {}) if each.startswith("CENTERLINE_")}
        assert named <= known | {"CENTERLINE_ARCHIVE"}, name


def test_prometheus_scrapes_each_service_under_its_name() -> None:
    config = yaml.safe_load((OBSERVABILITY / "prometheus.yaml").read_text(encoding="utf-8"))
    services = _services()
    scraped = {each["job_name"]: each["static_configs"][0]["targets"] for each in config["scrape_configs"]}
    assert scraped.keys() == {service.name for service in EVERY_SERVICE}
    for name, (target,) in scraped.items():
        port = services[name]["ports"][0].rpartition(":")[2]
        assert target == f"{name}:{port}"
