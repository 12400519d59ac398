"""What tests need of Debian: installed when root, else said in one sentence."""

import os
import shutil
import subprocess


class NotInstalled(Exception):  # noqa: N818  says what is the matter
    """A program is missing and cannot be installed from here; the text says what to do."""


def install(what: str, package: str, otherwise: str = "", *, alone: bool = False) -> None:
    """Install packages of Debian, named in one text; `alone` without what they recommend.

    Raises `NotInstalled` where that is not possible.
    """
    if os.geteuid() != 0 or shutil.which("apt-get") is None:
        raise NotInstalled(f"these tests need {what}: install it (Debian: {package}){otherwise}")
    options = ["--no-install-recommends"] if alone else []
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["apt-get", "update"], ["apt-get", "install", "-y", *options, *package.split()]):
        done = subprocess.run(
            command,
            env=environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode != 0:
            raise NotInstalled(f"{' '.join(command)} failed:\n{(done.stdout + done.stderr)[-2000:]}")
