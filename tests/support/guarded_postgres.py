"""A PostgreSQL server that speaks TLS, from Debian's package: the one that comes as a wheel is built without."""

import contextlib
import os
import pwd
import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.support.apt import install
from tests.support.certificates import Authority
from tests.support.kafka_broker import _free_ports

_READY_WITHIN_SECONDS = 60.0


@contextmanager
def guarded_postgres(folder: Path, authority: Authority, password: str) -> Iterator[int]:
    """Gives the port of a server that lets in its user `postgres` by TLS and password alone."""
    programs = _programs()
    owner = pwd.getpwnam("postgres" if os.geteuid() == 0 else pwd.getpwuid(os.geteuid()).pw_name)
    as_owner = {"user": owner.pw_uid, "group": owner.pw_gid, "extra_groups": ()} if os.geteuid() == 0 else {}
    (data := folder / "data").mkdir(parents=True)
    held = folder / "password"
    held.write_text(password)
    chain = authority.issue("localhost", key_apart=True)
    for source, name in ((chain, "server.crt"), (chain.with_suffix(".key"), "server.key")):
        shutil.copy(source, folder / name)
        (folder / name).chmod(0o600)
    for path in (folder, data, held, folder / "server.crt", folder / "server.key"):
        os.chown(path, owner.pw_uid, owner.pw_gid)
    make = [programs / "initdb", "-D", data, "-U", "postgres", "--auth=scram-sha-256", f"--pwfile={held}"]
    subprocess.run([*make, "--no-sync"], check=True, capture_output=True, **as_owner)
    (data / "pg_hba.conf").write_text("hostssl all all 127.0.0.1/32 scram-sha-256\n")
    (port,) = _free_ports(1)
    settings = {
        "port": str(port),
        "listen_addresses": "127.0.0.1",
        "unix_socket_directories": "",
        "ssl": "on",
        "ssl_cert_file": str(folder / "server.crt"),
        "ssl_key_file": str(folder / "server.key"),
        "fsync": "off",
    }
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(
            [programs / "postgres", "-D", data, *(f"--{name}={value}" for name, value in settings.items())],
            stdout=log,
            stderr=log,
            **as_owner,
        )
    try:
        deadline = time.monotonic() + _READY_WITHIN_SECONDS
        ready = [programs / "pg_isready", "-h", "127.0.0.1", "-p", str(port)]
        while subprocess.run(ready, check=False, capture_output=True).returncode != 0:
            assert process.poll() is None, (folder / "log").read_text(errors="replace")
            assert time.monotonic() < deadline, "PostgreSQL did not become ready"
            time.sleep(0.05)
        yield port
    finally:
        process.terminate()
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(20)
        process.kill()
        process.wait()


def _programs() -> Path:
    found = _newest()
    if found is None:
        install("PostgreSQL with TLS", "postgresql", "")
        found = _newest()
    assert found is not None, "Debian's postgresql brings its programs"
    return found


def _newest() -> Path | None:
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"), key=lambda path: float(path.parts[-3]))
    return found[-1].parent if found else None
