"""The bill of materials: valid CycloneDX, the lock and nothing else, the same each time."""

import json
import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from cli import sbom
from cli.sbom import LOCK, NotAsLocked, build_bill, debian_packages
from tests.support.product import ROOT

EXPORTING = ROOT / "requirements-otel.lock"
STATUS = """Package: libc6
Status: install ok installed
Architecture: amd64
Version: 2.36-9+deb12u14

Package: gone
Status: deinstall ok config-files
Architecture: amd64
Version: 1
"""


def made() -> dict[str, Any]:
    return build_bill("1.2.3", lock=LOCK, with_system=False, only_locked=False)


def test_bill_is_valid_and_the_same_each_time() -> None:
    # Not above: the grammars of its formats take seconds to build, and every process of tests would build them.
    from cyclonedx.schema import SchemaVersion
    from cyclonedx.validation.json import JsonStrictValidator

    text = json.dumps(made())
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    assert json.dumps(made()) == text
    other = build_bill("1.2.4", lock=LOCK, with_system=False, only_locked=False)
    assert other["serialNumber"] != made()["serialNumber"]


@pytest.mark.verify
@pytest.mark.sharing
def test_bill_names_what_a_tool_of_cyclonedx_reads_from_the_lock() -> None:
    """Two ways to the same packages; the tool does not look at markers, so it also has what is for other systems."""
    command = [sys.executable, "-m", "cyclonedx_py", "requirements", str(LOCK), "--output-format=JSON"]
    read = json.loads(subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout)
    theirs = {each["purl"].partition("?")[0] for each in read["components"]}
    ours = {each["purl"] for each in made()["components"] if each["purl"].startswith("pkg:pypi/")}
    assert {re.sub("@.*", "", each) for each in theirs - ours} == {"pkg:pypi/colorama"}
    assert ours <= theirs


def test_bill_has_the_hashes_of_the_lock_and_what_the_pages_are_made_of() -> None:
    components = {each["name"]: each for each in made()["components"]}
    [wheels] = components["fastapi"]["externalReferences"]
    lock = LOCK.read_text(encoding="utf-8")
    assert wheels["hashes"]
    assert all(each["content"] in lock for each in wheels["hashes"])
    assert components["fastapi"]["licenses"] == [{"expression": "MIT"}]
    files = {each["name"] for each in components["@uswds/uswds"]["components"]}
    assert "css/uswds.min.css" in files
    assert components["htmx.org"]["hashes"][0]["alg"] == "SHA-512"


def test_packages_of_the_system_are_those_that_are_installed() -> None:
    [only] = debian_packages(STATUS, {"ID": "debian", "VERSION_ID": "12"})
    assert only["purl"] == "pkg:deb/debian/libc6@2.36-9+deb12u14?arch=amd64&distro=debian-12"


def test_bill_is_refused_where_something_else_is_installed(tmp_path: Path) -> None:
    with pytest.raises(NotAsLocked, match=r"pytest .* is installed, and the lock does not name it"):
        build_bill("1.2.3", lock=LOCK, with_system=False, only_locked=True)
    lock = tmp_path / "requirements.lock"
    lock.write_text("fastapi==0.0.1 --hash=sha256:00\n", encoding="utf-8")
    with pytest.raises(NotAsLocked, match=r"fastapi .* is installed, and the lock names 0\.0\.1"):
        build_bill("1.2.3", lock=lock, with_system=False, only_locked=False)


def test_bill_is_of_the_lock_that_was_installed(capsys: pytest.CaptureFixture[str]) -> None:
    assert sbom.main([]) == 0
    plain = _names(capsys.readouterr().out)
    assert sbom.main(["--lock", str(EXPORTING)]) == 0
    exporting = _names(capsys.readouterr().out)
    assert plain < exporting
    assert {"opentelemetry-sdk", "opentelemetry-exporter-otlp-proto-http", "protobuf"} <= exporting - plain


def test_image_can_be_built_from_each_lock_that_the_dockerfile_names() -> None:
    named = set(re.findall(r"requirements[a-z-]*\.lock", (ROOT / "deploy" / "Dockerfile").read_text(encoding="utf-8")))
    let_in = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert named == {LOCK.name, EXPORTING.name}
    assert {f"!{name}" for name in named} <= set(let_in)
    assert all((ROOT / name).is_file() for name in named)


def _names(bill: str) -> set[str]:
    return {each["name"] for each in json.loads(bill)["components"]}
