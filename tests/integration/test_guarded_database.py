"""The database behind TLS: the pool and the listener check whom they talk to."""

import asyncio
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import text

from shared.db.engine import create_engine, is_transient
from shared.db.listen import Listener
from tests.support.certificates import Authority
from tests.support.guarded_postgres import guarded_postgres

PASSWORD = "hush-hush"


@pytest.fixture(scope="module")
def authority(module_folder: Path) -> Authority:
    return Authority.found(module_folder / "database-certificates")


@pytest.fixture(scope="module")
def server(module_folder: Path, authority: Authority) -> Iterator[str]:
    with guarded_postgres(module_folder / "guarded-postgres", authority, PASSWORD) as port:
        yield f"postgresql://postgres:{PASSWORD}@127.0.0.1:{port}/postgres"


async def test_pool_talks_tls_with_the_server_that_it_knows(server: str, authority: Authority) -> None:
    engine = create_engine(f"{server}?sslmode=verify-full&sslrootcert={authority.ca}", application="guarded")
    try:
        async with engine.connect() as connection:
            row = (
                await connection.execute(
                    text(
                        "SELECT ssl, version, application_name FROM pg_stat_ssl JOIN pg_stat_activity USING (pid)"
                        " WHERE pid = pg_backend_pid()"
                    )
                )
            ).one()
        assert row == (True, "TLSv1.3", "guarded")
    finally:
        await engine.dispose()


@pytest.mark.parametrize("words", ["sslmode=verify-full&sslrootcert={stranger}", "sslmode=disable"])
async def test_pool_talks_to_nobody_else_and_never_in_clear(server: str, module_folder: Path, words: str) -> None:
    stranger = Authority.found(module_folder / "strange-database-certificates").ca
    engine = create_engine(f"{server}?{words.format(stranger=stranger)}", application="guarded")
    try:
        with pytest.raises(Exception, match=r"CERTIFICATE_VERIFY_FAILED|no pg_hba\.conf entry") as refused:
            async with engine.connect():
                pass
        assert not is_transient(refused.value)
    finally:
        await engine.dispose()


async def test_listener_takes_the_same_address(server: str, authority: Authority) -> None:
    url = f"{server}?sslmode=verify-full&sslrootcert={authority.ca}"
    listener, engine = Listener(url, "news"), create_engine(url, application="guarded")
    try:
        waiting = asyncio.ensure_future(listener.wait(20))
        async with asyncio.timeout(10), engine.connect() as connection:
            while not waiting.done():
                await connection.execute(text("NOTIFY news"))
                await connection.commit()
                await asyncio.sleep(0.05)
        await waiting
    finally:
        await listener.close()
        await engine.dispose()
