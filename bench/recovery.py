"""How long the partitions of a killed process stand still after it has been started again, on Kafka."""

import sys
import time
from asyncio.subprocess import DEVNULL, create_subprocess_exec
from dataclasses import dataclass

from bench.site import Site
from tests.support.fleet import routing_fleet


@dataclass(frozen=True, slots=True)
class Recovery:
    """The longest of the returns, and what loading the service alone takes at best, in seconds."""

    seconds: float
    floor_seconds: float


async def measure_recovery(site: Site, times: int = 3) -> Recovery:
    """Kill a process of routing in the middle of traffic and start it again.

    Counts from the start of the process until a record published since is committed on every partition.
    """
    folder = site.folder / "recovery"
    folder.mkdir()
    async with routing_fleet(folder, "kafka", site.kafka) as fleet:
        fleet.start("0")
        await fleet.until_all_are_consumed()
        returns, floors = [], []
        for _ in range(times):
            floors.append(await _load_seconds())
            fleet.kill("0")
            returns.append((await fleet.bring_back("0")).seconds)
    return Recovery(max(returns), min(floors))


async def _load_seconds() -> float:
    began = time.perf_counter()
    loading = await create_subprocess_exec(sys.executable, "-c", "import services.routing.app", stdin=DEVNULL)
    await loading.wait()
    return time.perf_counter() - began
