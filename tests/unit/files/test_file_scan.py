"""Scans: by a server that speaks the protocol of clamd, by none, and by one that is away."""

import asyncio
import io

import pytest

from shared.files.file import demand_servable
from shared.files.scan import ClamdScanner, Found, NoScanner
from shared.files.settings import FileSettings
from shared.runtime.errors import Refused
from tests.support.files import EICAR, PDF, fake_clamd


async def test_clamd_gets_the_whole_file_and_its_verdict_counts() -> None:
    long = b"%PDF-" + b"0123456789" * 20_000
    async with fake_clamd() as clamd:
        scanner = ClamdScanner("127.0.0.1", clamd.port, 5)
        file = io.BytesIO(long)
        file.seek(100)
        assert await scanner.scan(file) == Found("clean")
        assert clamd.received == [long]
        assert await scanner.scan(io.BytesIO(PDF + EICAR)) == Found("infected", "Win.Test.EICAR_HDB-1")


async def test_file_waits_for_its_scan_when_clamd_is_away_or_silent() -> None:
    async with fake_clamd() as clamd:
        port = clamd.port
    assert (await ClamdScanner("127.0.0.1", port, 5).scan(io.BytesIO(PDF))).scan == "received"

    silenced = asyncio.Event()

    async def say_nothing(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await silenced.wait()
        writer.close()

    server = await asyncio.start_server(say_nothing, "127.0.0.1", 0)
    found = await ClamdScanner("127.0.0.1", server.sockets[0].getsockname()[1], 0.1).scan(io.BytesIO(PDF))
    assert found.scan == "received"
    silenced.set()
    server.close()
    await server.wait_closed()


async def test_without_a_scanner_every_file_says_so() -> None:
    assert await NoScanner().scan(io.BytesIO(EICAR)) == Found("not-scanned")


@pytest.mark.parametrize("is_required", [True, False])
def test_only_what_is_known_is_given_out_where_scans_are_required(is_required: bool) -> None:
    def code(scan: str) -> str | None:
        try:
            demand_servable(scan, is_scan_required=is_required)  # type: ignore[arg-type]
        except Refused as refused:
            return refused.code
        return None

    unknown = "file-not-scanned" if is_required else None
    assert [code(scan) for scan in ("clean", "infected", "received", "not-scanned")] == [
        None,
        "file-infected",
        unknown,
        unknown,
    ]


def test_scans_are_required_in_production_and_wherever_files_are_scanned() -> None:
    def required(**given: object) -> bool:
        urls = {
            "database_url": "postgresql:///here",
            "bus_database_url": "postgresql:///here",
            "files_url": "file:///srv",
        }
        own = {"service": "routing", "port": 0, "token_issuer": "https://login.example.gov"}
        return FileSettings(**urls | own | given).is_scan_required  # type: ignore[arg-type]

    assert required(env="production")
    assert not required(env="production", files_scan_required=False)
    assert not required(env="development")
    assert required(env="development", files_scan="clamd")
