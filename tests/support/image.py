"""The image of deploy/Dockerfile, built and run without a Docker engine: podman and runc, from Debian's packages.

Its base is made by debootstrap from the machine's own mirror: no registry is asked. The base is kept in
`$CENTERLINE_CACHE` or `~/.cache/centerline` for a month, and podman keeps the layers. Certificates and pip's
configuration of the machine are mounted while it builds, and stay out of the image.
"""

import ast
import json
import os
import shutil
import ssl
import subprocess
import sys
import tarfile
import tempfile
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.support.apt import install
from tests.support.kafka_broker import file_lock
from tests.support.product import ROOT

TOOLS = ("podman", "runc", "buildah", "debootstrap")
TAG = "localhost/centerline:under-test"
VERSION = "0.0.0+under-test"
USER = 10001
IN_BASE = ("ca-certificates", "netbase", "python-is-python3", "python3-venv", "tzdata")
"""What the official images of Python have beside Debian's essential packages, as far as the Dockerfile needs it."""
BASE_DAYS = 30.0
CERTIFICATES = "/etc/ssl/certs/ca-certificates.crt"
PIP_SETTINGS = "/etc/pip.conf"

# crun wants a hierarchy of control groups that a machine inside a container does not have.
PODMAN = ("podman", "--runtime", "runc")
LIMITS = ("--ulimit", "nofile=1024:1024", "--ulimit", "nproc=1000:1000")
CLOSED = ("--read-only", "--read-only-tmpfs=false", "--cap-drop=all", "--security-opt=no-new-privileges")


class ImageError(AssertionError):
    """The image cannot be built or run; the text has what the tool said."""


@dataclass(frozen=True, slots=True)
class Image:
    """An image that was built."""

    tag: str
    base: str

    def inspect(self) -> dict[str, Any]:
        """What podman knows of it: Labels, User, Config."""
        return dict(json.loads(call("image", "inspect", self.tag))[0])

    def run(self, *command: str) -> str:
        """Run a command in a container of its own, as closed as a service; gives what it printed."""
        return call("run", "--rm", "--network=host", *CLOSED, *LIMITS, self.tag, *command)


@dataclass(frozen=True, slots=True)
class Container:
    """A container of a service, running or not."""

    name: str

    @classmethod
    def start(
        cls, name: str, tag: str, command: Sequence[str], variables: Mapping[str, str], mounts: Sequence[str]
    ) -> "Container":
        """Start a container in the background, with a root that nobody writes to and without any capability."""
        given = [f"--env={name}={value}" for name, value in variables.items()]
        shared = [f"--volume={mount}" for mount in mounts]
        call(
            *("run", "--detach", f"--name={name}", "--network=host", "--log-driver=k8s-file", *CLOSED, *LIMITS),
            *(*given, *shared, tag, *command),
        )
        return cls(name)

    def wait(self) -> int:
        """Wait for its end; gives the exit code."""
        return int(call("wait", self.name))

    def stop(self) -> int:
        """Ask it to end with SIGTERM, as an orchestrator would; gives the exit code, 137 when it had to be killed."""
        call("stop", "--time=40", self.name)
        return self.wait()

    def start_again(self) -> None:
        """Start it after it has ended."""
        call("start", self.name)

    def execute(self, *command: str) -> tuple[int, str]:
        """Run a command in it; gives the exit code and what was written."""
        done = _run("exec", self.name, *command)
        return done.returncode, done.stdout + done.stderr

    def log(self) -> str:
        """What it has written so far."""
        done = _run("logs", self.name)
        return done.stdout + done.stderr

    @property
    def is_running(self) -> bool:
        """Whether it has not ended."""
        return call("inspect", "--format={{.State.Running}}", self.name) == "true"

    @property
    def pid(self) -> int:
        """Its first process, as the machine numbers it."""
        return int(call("inspect", "--format={{.State.Pid}}", self.name))

    def remove(self) -> None:
        """Leave nothing of it behind."""
        _run("rm", "--force", "--time=0", self.name)


def ensure_tools() -> None:
    """Have podman, runc, buildah and debootstrap; raises `NotInstalled` with what to install otherwise."""
    if missing := [tool for tool in TOOLS if shutil.which(tool) is None]:
        install("tools that build and run the image", " ".join(missing), alone=True)


def build_image(folder: Path, *arguments: str, tag: str = TAG) -> Image:
    """Build the image from the tree, with further arguments of `podman build`; `folder` has what is mounted."""
    ensure_tools()
    base = ensure_base()
    mounts = [f"--volume={mount}" for mount in _mounts(folder)]
    done = _run(
        *("build", "--isolation=chroot", "--network=host", f"--file={ROOT / 'deploy' / 'Dockerfile'}"),
        *(f"--build-arg=BASE={base}", f"--build-arg=CODE_VERSION={VERSION}", f"--tag={tag}"),
        *(*arguments, *mounts, str(ROOT)),
    )
    if done.returncode != 0:
        raise ImageError(f"the image was not built:\n{(done.stdout + done.stderr)[-3000:]}")
    return Image(tag, base)


def ensure_base() -> str:
    """The name of an image with Debian's Python, made once a month; several processes may ask at once."""
    suite = _release()["VERSION_CODENAME"]
    name = f"localhost/centerline-base:{suite}"
    cache = Path(os.environ.get("CENTERLINE_CACHE") or Path.home() / ".cache" / "centerline")
    cache.mkdir(parents=True, exist_ok=True)
    packed = cache / f"base-{suite}.tar"
    with file_lock(cache / f"base-{suite}.lock"):
        if packed.exists() and time.time() - packed.stat().st_mtime > BASE_DAYS * 86_400:
            packed.unlink()
        is_new = not packed.exists()
        if is_new:
            _bootstrap(suite, packed)
        if is_new or _run("image", "exists", name).returncode != 0:
            call("import", str(packed), name)
    return name


def call(*arguments: str) -> str:
    """What podman printed; raises `ImageError` when it failed."""
    done = _run(*arguments)
    if done.returncode != 0:
        raise ImageError(f"podman {arguments[0]} failed ({done.returncode}):\n{(done.stdout + done.stderr)[-3000:]}")
    return done.stdout.strip()


def _run(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*PODMAN, *arguments], stdin=subprocess.DEVNULL, capture_output=True, text=True, errors="replace", check=False
    )


def _bootstrap(suite: str, packed: Path) -> None:
    """Make the base with debootstrap, from where this machine's own packages come."""
    asked = ["apt-get", "indextargets", "--format", "$(REPO_URI) $(CODENAME) $(COMPONENT)", "Created-By: Packages"]
    lines = subprocess.run(asked, capture_output=True, text=True, check=True).stdout.splitlines()
    mirrors = [
        address for address, codename, component in map(str.split, lines) if (codename, component) == (suite, "main")
    ]
    if not mirrors:
        raise ImageError(f"apt knows no mirror of {suite}: name one in its sources")
    with tempfile.TemporaryDirectory(dir=packed.parent) as made:
        root = Path(made) / "root"
        command = ["debootstrap", "--variant=minbase", f"--include={','.join(IN_BASE)}", suite, str(root), mirrors[0]]
        done = subprocess.run(command, capture_output=True, text=True, errors="replace", check=False)
        if done.returncode != 0:
            raise ImageError(f"debootstrap failed:\n{(done.stdout + done.stderr)[-3000:]}")
        shutil.rmtree(root / "var" / "cache" / "apt" / "archives", ignore_errors=True)
        fresh = Path(made) / "root.tar"
        with tarfile.open(fresh, "w") as archive:
            archive.add(root, arcname=".")
        fresh.replace(packed)


def _release() -> dict[str, str]:
    lines = Path("/etc/os-release").read_text(encoding="utf-8").splitlines()
    return {name: value.strip('"') for name, _, value in (line.partition("=") for line in lines)}


def _mounts(folder: Path) -> list[str]:
    """What pip needs of this machine while the image is built."""
    settings, places = pip_settings()
    file = folder / "pip.conf"
    file.touch(mode=0o600)
    file.write_text("[global]\n" + "".join(f"{name} = {value}\n" for name, value in settings.items()), encoding="utf-8")
    trusted = ssl.get_default_verify_paths().cafile or CERTIFICATES
    mounts = {PIP_SETTINGS: str(file)} | ({CERTIFICATES: trusted} if Path(trusted).exists() else {})
    for place in places:
        mounts.setdefault(place, place)
    return [f"{source}:{target}:ro" for target, source in mounts.items()]


def pip_settings() -> tuple[dict[str, str], list[str]]:
    """How pip is set here, by file or by environment, and the files and folders of this machine that it names."""
    said = subprocess.run(
        [sys.executable, "-m", "pip", "config", "list"], capture_output=True, text=True, check=True
    ).stdout.splitlines()
    settings = {}
    for name, _, value in (line.partition("=") for line in said):
        settings[name.rpartition(".")[2]] = str(ast.literal_eval(value)).replace("\n", " ")
    words = [word.removeprefix("file://") for value in settings.values() for word in value.split()]
    return settings, [word for word in words if word.startswith("/") and Path(word).exists()]
