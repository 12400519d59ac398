"""The measurement of mass change in its short form, and the file of a whole importer in bounded memory."""

import tracemalloc
from collections.abc import AsyncIterator, Awaitable, Callable

from sqlalchemy.ext.asyncio import AsyncEngine

from bench.mass_change import measure_mass_change, number_of
from services.liquidation.api.declaration_files import read_rows

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]


async def test_every_declared_entry_of_the_measurement_is_judged_and_tried(service_engine: MakeEngine) -> None:
    measured = await measure_mass_change(await service_engine("liquidation"), 1_500)
    assert (measured.entries, measured.accepted) == (1_500, 1_500)
    assert min(measured.intake, measured.judging, measured.trial, measured.trial_floor) > 0


async def test_a_file_is_read_in_the_same_memory_however_long_it_is() -> None:
    """Two million rows are as many chunks of a thousand; what is held is one chunk of bytes and one row."""
    row = (number_of(1) + "\r\n").encode()

    async def body(chunks: int) -> AsyncIterator[bytes]:
        yield b"Entry number\r\n"
        for _ in range(chunks):
            yield row * 1_000

    async def peak(chunks: int) -> tuple[int, int]:
        tracemalloc.start()
        count = 0
        async for _ in read_rows(body(chunks), "csv"):
            count += 1
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return count, found

    (few, small), (many, large) = await peak(5), await peak(100)
    assert (few, many) == (5_000, 100_000)
    assert large < small * 1.5
