"""The four services have the same rooms: who knows one knows the others."""

import ast
import shutil
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SERVICES = ("routing", "workqueue", "liquidation", "notifications")

FILES = {"README.md", "__init__.py", "__main__.py", "app.py", "jobs.py", "publishing.py", "settings.py"}
FOLDERS = {"acts", "api", "domain", "handlers", "migrations", "store"}
PACKAGES = FOLDERS - {"migrations"}
IN_STORE = {"invariants", "tables"}  # api/common.py stands where routes share something, so it is no demand
LEFT_BEHIND = {"__pycache__"}


OF_EVENTS = {"jobs.py", "publishing.py", "handlers", "store/invariants"}
"""Rooms that the console has not: it reads and publishes no events."""


def find_differences(service: Path) -> list[str]:
    """What the folder of a service lacks, and what it has that is no room."""
    names = {path.name for path in service.iterdir()} - LEFT_BEHIND
    found = [f"{name} is missing" for name in sorted((FILES | FOLDERS) - names)]
    found += [f"{name} is no room" for name in sorted(names - FILES - FOLDERS)]
    folders = {path.name for path in (service / "store").glob("*/")} - LEFT_BEHIND
    found += [f"store/{name} is missing" for name in sorted(IN_STORE - folders)]
    found += [f"store/{name} is no room" for name in sorted(folders - IN_STORE)]
    for path in [f"{name}/__init__.py" for name in sorted(PACKAGES)]:
        if (service / path).parent.is_dir() and not (service / path).is_file():
            found.append(f"{path} is missing")
    if (service / "publishing.py").is_file() and not _names_its_source(service):
        found.append(f'publishing.py does not say SOURCE = "urn:centerline:{service.name}"')
    return found


def _names_its_source(service: Path) -> bool:
    """Whether the module publishing binds SOURCE to the name of the service among the sources of events."""
    tree = ast.parse((service / "publishing.py").read_text(encoding="utf-8"))
    bound = {
        (target.id, ast.literal_eval(node.value))
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign) and isinstance(node.value, ast.Constant)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    return ("SOURCE", f"urn:centerline:{service.name}") in bound


@pytest.mark.parametrize("service", SERVICES)
def test_service_has_the_rooms_of_all(service: str) -> None:
    assert find_differences(ROOT / "services" / service) == []


def test_the_console_has_the_rooms_of_all_as_far_as_they_apply() -> None:
    missing = {f"{name} is missing" for name in OF_EVENTS}
    of_pages = {f"{name} is no room" for name in ("static", "templates")}
    found = set(find_differences(ROOT / "services" / "console"))
    assert {each for each in found if not each.startswith("publishing.py does not")} == missing | of_pages


@pytest.fixture
def planted(tmp_path: Path) -> Path:
    """The folder of a service as it should be."""
    service = tmp_path / "routing"
    for folder in [*FOLDERS, *(f"store/{name}" for name in IN_STORE)]:
        (service / folder).mkdir(parents=True, exist_ok=True)
    for name in [*FILES, *(f"{name}/__init__.py" for name in PACKAGES)]:
        (service / name).touch()
    (service / "publishing.py").write_text('SOURCE: Final = "urn:centerline:routing"\n', encoding="utf-8")
    (service / "__pycache__").mkdir()
    return service


def test_equal_rooms_are_found_equal(planted: Path) -> None:
    assert find_differences(planted) == []


@pytest.mark.parametrize("name", [*sorted(FILES), *(f"{name}/__init__.py" for name in sorted(PACKAGES))])
def test_missing_file_is_found(planted: Path, name: str) -> None:
    (planted / name).unlink()
    assert find_differences(planted) == [f"{name} is missing"]


@pytest.mark.parametrize("name", [*sorted(FOLDERS), *(f"store/{name}" for name in sorted(IN_STORE))])
def test_missing_folder_is_found(planted: Path, name: str) -> None:
    shutil.rmtree(planted / name)
    assert f"{name} is missing" in find_differences(planted)


@pytest.mark.parametrize("name", ["helpers.py", "reach.py", "rules.py", "templates", "store.py"])
def test_stray_entry_is_found(planted: Path, name: str) -> None:
    (planted / name).touch()
    assert find_differences(planted) == [f"{name} is no room"]


def test_stray_folder_of_the_store_is_found(planted: Path) -> None:
    (planted / "store" / "views").mkdir()
    assert find_differences(planted) == ["store/views is no room"]


@pytest.mark.parametrize(
    "text", ["", 'SOURCE = "urn:centerline:liquidation"', 'def f():\n    SOURCE = "urn:centerline:routing"']
)
def test_publishing_without_its_source_is_found(planted: Path, text: str) -> None:
    (planted / "publishing.py").write_text(text, encoding="utf-8")
    assert find_differences(planted) == ['publishing.py does not say SOURCE = "urn:centerline:routing"']
