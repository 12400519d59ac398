"""The embedded PostgreSQL server: found again, recovered after a crash, never started twice."""

import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import asyncpg
import pytest

from shared.db import embedded
from shared.db.embedded import EmbeddedPostgres, EmbeddedPostgresError


@pytest.fixture
def data_dir() -> Iterator[Path]:
    """Outside pytest's own directories: those are closed to the account that the server runs as."""
    top = Path(tempfile.mkdtemp(prefix="centerline-test-"))
    top.chmod(0o755)
    data_dir = top / "data"
    yield data_dir
    embedded.kill(EmbeddedPostgres(data_dir=data_dir, port=0))
    shutil.rmtree(top)


async def connect(server: EmbeddedPostgres, database: str = "postgres") -> asyncpg.Connection:
    return await asyncpg.connect(server.url(database).replace("+asyncpg", ""))


async def test_second_start_finds_the_running_server(data_dir: Path) -> None:
    first = embedded.start(data_dir)
    assert embedded.start(data_dir) == first


async def test_start_on_another_port_than_the_running_server_is_refused(data_dir: Path) -> None:
    server = embedded.start(data_dir)
    with pytest.raises(EmbeddedPostgresError, match="already runs on port"):
        embedded.start(data_dir, port=server.port + 1)


async def test_committed_data_survives_a_crash(data_dir: Path) -> None:
    server = embedded.start(data_dir)
    connection = await connect(server)
    await connection.execute("CREATE TABLE entries AS SELECT 'B7603245275' AS entry_number")
    embedded.kill(server)
    connection.terminate()

    assert embedded.start(data_dir, port=server.port) == server

    connection = await connect(server)
    assert await connection.fetchval("SELECT entry_number FROM entries") == "B7603245275"
    await connection.close()


@pytest.mark.parametrize("mode", ["fast", "immediate"])
async def test_stopped_server_starts_again(data_dir: Path, mode: str) -> None:
    server = embedded.start(data_dir)
    embedded.stop(server, mode="fast" if mode == "fast" else "immediate")
    embedded.stop(server)
    again = embedded.start(data_dir)
    connection = await connect(again)
    assert await connection.fetchval("SELECT 1") == 1
    await connection.close()


def test_server_outlives_the_process_that_started_it(data_dir: Path) -> None:
    program = (
        "import os, signal, sys; from pathlib import Path; from shared.db import embedded;"
        "print(embedded.start(Path(sys.argv[1])).port, flush=True);"
        "os.kill(os.getpid(), signal.SIGKILL)"
    )
    done = subprocess.run([sys.executable, "-c", program, str(data_dir)], capture_output=True, text=True, check=False)
    assert done.returncode == -9, done.stderr
    assert embedded.start(data_dir).port == int(done.stdout)


def test_processes_that_start_at_once_share_one_server(data_dir: Path) -> None:
    program = (
        "import sys; from pathlib import Path; from shared.db import embedded;"
        "print(embedded.start(Path(sys.argv[1])).port)"
    )
    starters = [
        subprocess.Popen([sys.executable, "-c", program, str(data_dir)], stdout=subprocess.PIPE) for _ in range(3)
    ]
    assert len({starter.communicate()[0] for starter in starters}) == 1


async def test_pid_file_that_names_a_stranger_does_not_stop_a_start(data_dir: Path) -> None:
    embedded.kill(embedded.start(data_dir))
    pid_file = data_dir / "cluster" / "postmaster.pid"
    stale = pid_file.read_text().splitlines()
    pid_file.write_text("\n".join([str(os.getpid()), *stale[1:], ""]))
    connection = await connect(embedded.start(data_dir))
    await connection.close()


async def test_database_is_made_once_and_sorts_by_code_point(data_dir: Path) -> None:
    server = embedded.start(data_dir)
    embedded.ensure_database(server, "routing")
    embedded.ensure_database(server, "routing")
    connection = await connect(server, "routing")
    assert await connection.fetchval("SELECT 'Z' < 'a'") is True
    assert await connection.fetchval("SHOW server_encoding") == "UTF8"
    assert await connection.fetchval("SHOW fsync") == "on"
    await connection.close()


async def test_unknown_setting_is_reported_in_the_servers_words(data_dir: Path) -> None:
    with pytest.raises(EmbeddedPostgresError, match="unrecognized configuration parameter"):
        embedded.start(data_dir, settings={"no_such_setting": "1"})


@pytest.mark.skipif(os.geteuid() != 0, reason="only root hands the server to another account")
async def test_directory_closed_to_the_servers_account_is_named(data_dir: Path) -> None:
    closed = data_dir.parent / "closed"
    closed.mkdir(mode=0o700)
    with pytest.raises(EmbeddedPostgresError, match=r"cannot enter .*closed"):
        embedded.start(closed / "data")
