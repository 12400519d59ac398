"""Every locked package stands under a licence that the list in pyproject.toml allows, or has a reason there."""

import tomllib
from collections.abc import Iterable, Mapping
from email.message import Message
from importlib.metadata import Distribution, PackageNotFoundError, distribution
from pathlib import Path
from typing import Any

import pytest

from cli.assets import SHIPPED, read_manifest
from cli.licences import Licence, is_allowed, licence_of
from cli.sbom import read_lock
from tests.support.product import ROOT

pytestmark = [pytest.mark.verify, pytest.mark.sharing]

RULES: dict[str, Any] = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["centerline"]
ALLOWED: list[str] = RULES["licences"]["allowed"]
EXCEPTIONS: dict[str, str] = RULES["licences"]["exceptions"]
OTHER_SYSTEMS = {"colorama", "pywin32", "httpx2-jsfetch"}
"""What the lock files name for other systems or older Pythons, and nobody installs here."""


class Said(Distribution):
    """A package that says what a test lets it say."""

    def __init__(self, **fields: str) -> None:
        self.fields = fields

    def read_text(self, filename: str) -> str | None:
        if filename != "METADATA":
            return None
        message = Message()
        for name, value in {"Name": "planted", "Version": "1", **self.fields}.items():
            message[name.replace("_", "-")] = value
        return message.as_string()

    def locate_file(self, path: Any) -> Path:
        return Path(path)


def not_allowed(packages: Mapping[str, Licence], allowed: Iterable[str], exceptions: Mapping[str, str]) -> list[str]:
    """The packages whose licence the list does not have, and that have no reason either."""
    bad = {name: found for name, found in packages.items() if not is_allowed(found, {*allowed})}
    return [f"{name}: {found}" for name, found in bad.items() if name not in exceptions]


def locked_packages() -> dict[str, Licence]:
    found = {}
    for file in ("requirements.lock", "requirements-dev.lock"):
        for name in read_lock(ROOT / file):
            try:
                found[name] = licence_of(distribution(name))
            except PackageNotFoundError:
                assert name in OTHER_SYSTEMS, f"{name} is locked and not installed here: nobody sees its licence"
    return found


def test_every_locked_package_has_a_licence_that_is_allowed() -> None:
    packages = locked_packages()
    assert len(packages) > 100
    assert not_allowed(packages, ALLOWED, EXCEPTIONS) == []


def test_every_exception_has_a_reason_and_is_needed() -> None:
    needed = {line.partition(":")[0] for line in not_allowed(locked_packages(), ALLOWED, {})}
    assert needed == set(EXCEPTIONS)
    assert all(len(reason) > 20 for reason in EXCEPTIONS.values())


def test_what_the_pages_are_made_of_is_free_to_be_shipped() -> None:
    packages = [package for manifest in SHIPPED for package in read_manifest(manifest)]
    assert {package["name"]: package["licence"].split(";")[0] for package in packages} == {
        "@uswds/uswds": "CC0-1.0",
        "htmx.org": "0BSD",
        "swagger-ui-dist": "Apache-2.0",
    }


@pytest.mark.parametrize(
    "planted",
    [
        Said(License_Expression="AGPL-3.0-only"),
        Said(License_Expression="MIT AND GPL-2.0-only"),
        Said(License="SSPL"),
        Said(Classifier="License :: OSI Approved :: GNU General Public License v3 (GPLv3)"),
        Said(),
    ],
    ids=["expression", "both", "name", "classifier", "nothing"],
)
def test_a_package_under_another_licence_or_under_none_is_found(planted: Distribution) -> None:
    assert len(not_allowed({"planted": licence_of(planted)}, ALLOWED, EXCEPTIONS)) == 1
