"""Files of every kind that is taken, as small as they can be, and what only looks like one."""

import asyncio
import io
import struct
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

EICAR = b"X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
"""The test file that every scanner knows as harmful (eicar.org); it harms nobody."""


def office(*names: str) -> bytes:
    """A zip file with these members, each empty."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name in names:
            archive.writestr(name, "")
    return made.getvalue()


PDF = b"%PDF-1.7\n1 0 obj <<>> endobj\ntrailer <<>>\n%%EOF\n"
PNG = b"\x89PNG\r\n\x1a\n" + b"\x00\x00\x00\rIHDR"
XLSX = office("[Content_Types].xml", "xl/workbook.xml", "xl/printerSettings/printerSettings1.bin")
DOCX = office("[Content_Types].xml", "word/document.xml")
EMAIL = (
    b"From: ada@example.com\r\nTo: center@example.gov\r\nDate: Mon, 2 Mar 2026 10:00:00 -0500\r\n\r\nSee attached.\r\n"
)


class FakeClamd:
    """Speaks INSTREAM as clamd(8) says: zero or newline terminated command, chunks with their length, an empty one."""

    def __init__(self) -> None:
        self.port = 0
        self.received: list[bytes] = []

    async def answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            assert await reader.readline() == b"nINSTREAM\n"
            content = b""
            while size := struct.unpack("!L", await reader.readexactly(4))[0]:
                content += await reader.readexactly(size)
            self.received.append(content)
            found = b"stream: Win.Test.EICAR_HDB-1 FOUND\n" if EICAR in content else b"stream: OK\n"
            writer.write(found)
            await writer.drain()
        finally:
            writer.close()


@asynccontextmanager
async def fake_clamd() -> AsyncIterator[FakeClamd]:
    """A scanner that finds the test file of eicar.org and nothing else."""
    clamd = FakeClamd()
    server = await asyncio.start_server(clamd.answer, "127.0.0.1", 0)
    clamd.port = server.sockets[0].getsockname()[1]
    try:
        yield clamd
    finally:
        server.close()
        await server.wait_closed()
