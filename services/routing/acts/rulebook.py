"""The rule book taken out as a file."""

from collections.abc import AsyncIterator
from datetime import datetime
from typing import IO

from services.routing.domain.rulebook_file import Writer
from services.routing.store.rulebook_file import read_lines
from shared.db.transaction import Connections, snapshot


async def write_rulebook(database: Connections, file: IO[bytes], floor_basis_points: int, now: datetime) -> str:
    """Write the whole rule book of one state of the database; gives the SHA-256 of its lines but the last."""
    writer = Writer()
    async with snapshot(database) as tx:
        async for told in read_lines(tx, floor_basis_points):
            file.write(writer.line(told))
    file.write(writer.end(now))
    return writer.sha256


async def read_pieces(file: IO[bytes], size: int = 256 * 1024) -> AsyncIterator[bytes]:
    """The file from its beginning, piece by piece; it is closed at the end, or when nobody reads on."""
    with file:
        file.seek(0)
        while piece := file.read(size):
            yield piece
