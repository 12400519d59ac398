"""The slot of a process in the fleet of its service: a name that it keeps over restarts and holds alone.

The bus gives the last to come the partitions of a name, since it cannot know a restart from a second process. The slot
is therefore held by a lock in the service's database, which ends with the connection of a process that died, and no
member joins the group before the slot is held.
"""

import asyncio
from collections.abc import Awaitable, Callable

import structlog
from sqlalchemy.ext.asyncio import AsyncEngine

from shared.db.transaction import ExclusiveSession, exclusive_session
from shared.runtime.clock import start_stopwatch
from shared.runtime.errors import Transient
from shared.runtime.lifecycle import Stopping

log = structlog.get_logger(__name__)

_RETRY_SECONDS = 0.2
_LOOK_SECONDS = 2.0
_STEP_SECONDS = 0.02
# A server under load notices late that the process before has died.
_PATIENCE_SECONDS = 3.0

Run = Callable[[Stopping], Awaitable[None]]


class SlotTaken(Exception):  # noqa: N818  says what happened
    """Another process of the service holds the slot: this one must not go on."""


class FleetSlot:
    """A slot of a service, and the members of the group that may join while it is held."""

    def __init__(self, engine: AsyncEngine, service: str, slot: str) -> None:
        self._engine = engine
        self._service = service
        self._slot = slot
        self._is_held = False
        self._members = 0
        self._all_left = asyncio.Event()

    def member(self, run: Run) -> Run:
        """The work of a member, to begin when the slot is held; the slot is held until it has ended."""
        self._members += 1

        async def run_when_held(stopping: Stopping) -> None:
            try:
                while not self._is_held:
                    if await stopping.sleep(_STEP_SECONDS):
                        return
                await run(stopping)
            finally:
                self._members -= 1
                if self._members == 0:
                    self._all_left.set()

        return run_when_held

    async def run(self, stopping: Stopping) -> None:
        """Hold the slot until told to stop and all members have left the group.

        While the database is away the members go on: they can commit nothing, and whoever takes the slot meanwhile
        takes their names as well. Raises `SlotTaken` when another process has it.
        """
        taken_for: Callable[[], float] | None = None
        pause = 0.0
        while not await stopping.sleep(pause):
            pause = _RETRY_SECONDS
            try:
                async with exclusive_session(self._engine, f"{self._service}.slot.{self._slot}") as session:
                    if session is not None:
                        taken_for = None
                        self._is_held = True
                        await self._keep(session, stopping)
                        return
            except Transient as error:
                log.warning("slot_not_held", slot=self._slot, error=str(error))
                continue
            taken_for = taken_for or start_stopwatch()
            if taken_for() > _PATIENCE_SECONDS:
                raise SlotTaken(
                    f"CENTERLINE_FLEET_SLOT: another process of {self._service} holds slot {self._slot}; give each "
                    "process of a service a slot of its own, or none"
                )
        await self._all_left.wait()

    async def _keep(self, session: ExclusiveSession, stopping: Stopping) -> None:
        while not await stopping.sleep(_LOOK_SECONDS):
            async with session.transaction():
                continue  # it fails when the connection, and the lock with it, is gone
        await self._all_left.wait()
