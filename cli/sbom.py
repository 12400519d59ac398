"""Says what Centerline is made of where it runs: a bill of materials (CycloneDX 1.6), for the image and for people.

It lists what is installed, not what should be: the packages of a lock file (`--lock`, requirements.lock without it),
what the console's pages are made of, the Python that runs it and, of an image (`--system`), Debian's packages below.
The same parts give the same document.
"""

import json
import os
import platform
import re
import sys
from argparse import ArgumentParser
from collections.abc import Iterator, Mapping, Sequence
from importlib.metadata import Distribution, distributions
from pathlib import Path
from typing import Any, Final
from urllib.parse import quote
from uuid import NAMESPACE_URL, uuid5

from cli.assets import SHIPPED, read_manifest
from cli.licences import licence_of

ROOT: Final = Path(__file__).resolve().parent.parent
LOCK: Final = ROOT / "requirements.lock"
DEBIAN: Final = Path("/var/lib/dpkg/status")
RELEASE: Final = Path("/etc/os-release")

Component = dict[str, Any]

_PINNED: Final = re.compile(r"^(?P<name>[A-Za-z0-9._-]+)==(?P<version>[^\s;\\]+)")
_HASH: Final = re.compile(r"--hash=sha256:([0-9a-f]{64})")


class NotAsLocked(Exception):  # noqa: N818  says what is the matter
    """What is installed is not what the lock file names; the text says where they differ."""


def normal_name(name: str) -> str:
    """The one spelling of a package's name (PEP 503).

    >>> normal_name("Flask_Limiter.x")
    'flask-limiter-x'
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def read_lock(path: Path) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The version and the hashes of each package of a lock file, by its normal name."""
    found: dict[str, tuple[str, tuple[str, ...]]] = {}
    for block in path.read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
        if pinned := _PINNED.match(block):
            found[normal_name(pinned["name"])] = (pinned["version"], tuple(_HASH.findall(block)))
    return found


def build_bill(version: str, *, lock: Path, with_system: bool, only_locked: bool) -> dict[str, Any]:
    """The bill of materials of what is installed here from a lock file.

    `only_locked` demands that nothing else is installed, as in the image; a developer's environment has more, which is
    left out. Raises `NotAsLocked` where a version differs from the lock, or what is installed stands not in it.
    """
    components = [
        *_python_packages([*distributions()], read_lock(lock), only_locked=only_locked),
        *_vendored(),
        _interpreter(),
    ]
    if with_system:
        components += debian_packages(DEBIAN.read_text(encoding="utf-8"), _release(RELEASE.read_text(encoding="utf-8")))
    components.sort(key=lambda each: str(each["bom-ref"]))
    body: dict[str, Any] = {
        "bomFormat": "CycloneDX",
        "specVersion": "1.6",
        "version": 1,
        "metadata": {
            "component": {
                "type": "application",
                "bom-ref": "centerline",
                "name": "centerline",
                "version": version,
                "licenses": [{"expression": "Apache-2.0"}],
            }
        },
        "components": components,
        "dependencies": [{"ref": "centerline", "dependsOn": [each["bom-ref"] for each in components]}],
    }
    identity = uuid5(NAMESPACE_URL, json.dumps(body, sort_keys=True))
    return {**body, "serialNumber": f"urn:uuid:{identity}"}


def debian_packages(status: str, release: Mapping[str, str]) -> Iterator[Component]:
    """The packages that dpkg's status says are installed."""
    distribution = release.get("ID", "debian")
    for paragraph in status.split("\n\n"):
        fields = dict(re.findall(r"^([A-Za-z-]+): (.*)$", paragraph, re.MULTILINE))
        if not fields.get("Status", "").endswith(" installed"):
            continue
        name, version, architecture = fields["Package"], fields["Version"], fields["Architecture"]
        purl = f"pkg:deb/{distribution}/{name}@{quote(version, safe='.~:+-')}?arch={architecture}"
        if number := release.get("VERSION_ID"):
            purl += f"&distro={distribution}-{number}"
        yield {"type": "library", "bom-ref": purl, "name": name, "version": version, "purl": purl}


def _release(text: str) -> dict[str, str]:
    return {name: value.strip('"') for name, _, value in (line.partition("=") for line in text.splitlines())}


def _python_packages(
    installed: Sequence[Distribution], locked: Mapping[str, tuple[str, tuple[str, ...]]], *, only_locked: bool
) -> Iterator[Component]:
    wrong = []
    for package in installed:
        name = normal_name(package.name)
        if name not in locked:
            if only_locked:
                wrong.append(f"{name} {package.version} is installed, and the lock does not name it")
            continue
        version, hashes = locked[name]
        if version != package.version:
            wrong.append(f"{name} {package.version} is installed, and the lock names {version}")
            continue
        yield _python_package(name, package, hashes)
    if wrong:
        raise NotAsLocked("\n".join(wrong))


def _python_package(name: str, package: Distribution, hashes: Sequence[str]) -> Component:
    purl = f"pkg:pypi/{name}@{package.version}"
    licence = licence_of(package)
    licences = [{"expression": licence.expression}] if licence.expression else _named(licence.names)
    component = {
        "type": "library",
        "bom-ref": purl,
        "name": name,
        "version": package.version,
        "purl": purl,
        "externalReferences": [
            {
                "type": "distribution",
                "url": purl,
                "comment": "One of these files: the lock names those of every platform.",
                "hashes": [{"alg": "SHA-256", "content": each} for each in hashes],
            }
        ],
    }
    return component | ({"licenses": licences} if licences else {})


def _named(names: Sequence[str]) -> list[dict[str, Any]]:
    return [{"license": {"name": name}} for name in names]


def _vendored() -> Iterator[Component]:
    """What pages are made of; what stands beside the tests is in no image."""
    for package in (each for manifest in SHIPPED for each in read_manifest(manifest)):
        purl = f"pkg:npm/{quote(package['name'], safe='/')}@{package['version']}"
        yield {
            "type": "library",
            "bom-ref": purl,
            "name": package["name"],
            "version": package["version"],
            "purl": purl,
            "hashes": [{"alg": "SHA-512", "content": package["sha512"]}],
            "licenses": _named([package["licence"]]),
            "components": [
                {
                    "type": "file",
                    "bom-ref": f"{purl}#{file['as']}",
                    "name": file["as"],
                    "hashes": [{"alg": "SHA-256", "content": file["sha256"]}],
                }
                for file in package["file"]
            ],
        }


def _interpreter() -> Component:
    version = platform.python_version()
    purl = f"pkg:generic/cpython@{version}"
    return {"type": "platform", "bom-ref": purl, "name": "cpython", "version": version, "purl": purl}


def main(arguments: Sequence[str]) -> int:
    """Write the bill to standard output; with `--system` that of an image. Gives the exit code."""
    parser = ArgumentParser(prog="cli.sbom", description="Write a bill of materials.")
    parser.add_argument("--system", action="store_true", help="that of an image: nothing but what the lock names")
    parser.add_argument("--lock", type=Path, default=LOCK, help="the file that it was installed from")
    asked = parser.parse_args(arguments)
    version = os.environ.get("CENTERLINE_CODE_VERSION", "unknown")
    try:
        bill = build_bill(version, lock=asked.lock, with_system=asked.system, only_locked=asked.system)
    except NotAsLocked as wrong:
        sys.stderr.write(f"{wrong}\n")
        return 1
    sys.stdout.write(json.dumps(bill, indent=1, sort_keys=True) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
