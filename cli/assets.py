"""Fetches what pages are made of from npm, as vendor.toml names it; for maintainers.

Everything is committed: neither the product nor its tests need Node.
"""

import hashlib
import shutil
import subprocess
import sys
import tarfile
import tempfile
import tomllib
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).resolve().parent.parent
SHIPPED: Final = (
    ROOT / "services" / "console" / "static" / "vendor" / "vendor.toml",
    ROOT / "shared" / "web" / "static" / "vendor" / "vendor.toml",
)
"""Of the console's pages, and of the page of each service's documents."""
MANIFESTS: Final = (*SHIPPED, ROOT / "tests" / "support" / "vendor" / "vendor.toml")


def read_manifest(path: Path) -> list[dict[str, Any]]:
    """The packages of a vendor.toml: name, version, licence, sha512 of the package, and sha256 of each file."""
    return list(tomllib.loads(path.read_text(encoding="utf-8"))["package"])


def differing(path: Path) -> list[str]:
    """The files beside a vendor.toml that are not as it says, and those that it does not name."""
    named = {file["as"]: file["sha256"] for package in read_manifest(path) for file in package["file"]}
    there = {str(file.relative_to(path.parent)): file for file in path.parent.rglob("*") if file.is_file()}
    del there[path.name]
    wrong = [name for name, digest in named.items() if name not in there or _sha256(there[name]) != digest]
    return sorted({*wrong, *(there.keys() - named.keys())})


def fetch(path: Path) -> None:
    """Replace the files beside a vendor.toml by those of the packages; raises ValueError where a hash differs."""
    for package in read_manifest(path):
        with tempfile.TemporaryDirectory() as folder:
            wanted = f"{package['name']}@{package['version']}"
            npm = shutil.which("npm") or "npm"
            subprocess.run([npm, "pack", wanted, "--silent"], cwd=folder, check=True, stdout=subprocess.DEVNULL)  # noqa: S603
            [packed] = Path(folder).glob("*.tgz")
            if hashlib.sha512(packed.read_bytes()).hexdigest() != package["sha512"]:
                raise ValueError(f"{wanted} is not the package that vendor.toml names")
            with tarfile.open(packed) as archive:
                for file in package["file"]:
                    member = archive.extractfile(f"package/{file['from']}")
                    assert member is not None
                    target = path.parent / file["as"]
                    target.parent.mkdir(parents=True, exist_ok=True)
                    target.write_bytes(member.read())
    if wrong := differing(path):
        raise ValueError(f"not as vendor.toml says: {', '.join(wrong)}")


def _sha256(path: Path) -> str:
    return hashlib.sha256(path.read_bytes()).hexdigest()


if __name__ == "__main__":
    for manifest in MANIFESTS:
        fetch(manifest)
        sys.stderr.write(f"{manifest.parent.relative_to(ROOT)} is as vendor.toml says\n")
