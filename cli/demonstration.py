"""The clock of a demonstration: where it begins, how far it is behind the machine, and where it stopped."""

import asyncio
import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from shared.runtime.clock import Clock, DemonstrationClock

_NOTED_EVERY: Final = timedelta(seconds=10)


def read_behind(folder: Path) -> timedelta | None:
    """How far the clock of this data folder is behind the machine; None where no demonstration has run."""
    noted = _read(folder)
    return None if noted is None else noted[1] - noted[0]


def resume_clock(folder: Path, machine: Clock, *, begins_at: datetime | None) -> timedelta | None:
    """Let the clock of a data folder go on from where it stopped, or begin; gives how far it is behind the machine.

    It never goes back: not before `begins_at`, and after a crash by what it may have gone since it was noted. None
    where no demonstration has run and none begins.
    """
    noted = _read(folder)
    instants = [] if begins_at is None else [begins_at]
    if noted is not None:
        instants.append(noted[0])
    if not instants:
        return None
    behind = machine.now() - max(instants)
    _note(folder, machine, behind)
    return behind


@asynccontextmanager
async def keeping_clock(folder: Path, machine: Clock, behind: timedelta | None) -> AsyncIterator[None]:
    """Note for the length of a block where the clock of a demonstration is, so that it goes on from there.

    While nothing runs it stands: cycles that nobody saw would age what is shown.
    """
    if behind is None:
        yield
        return
    noting = asyncio.create_task(_note_often(folder, machine, behind))
    try:
        yield
    finally:
        noting.cancel()
        await asyncio.gather(noting, return_exceptions=True)
        _note(folder, machine, behind)


async def _note_often(folder: Path, machine: Clock, behind: timedelta) -> None:
    while True:
        _note(folder, machine, behind, ahead=_NOTED_EVERY)
        await asyncio.sleep(_NOTED_EVERY.total_seconds())


def _note(folder: Path, machine: Clock, behind: timedelta, *, ahead: timedelta = timedelta(0)) -> None:
    """Write where the clock is, or will be when it is noted next: what a crash leaves is not before what was seen."""
    at, of_machine = DemonstrationClock(behind, machine).now() + ahead, machine.now() + ahead
    fresh = folder / "demonstration-clock.new"
    folder.mkdir(parents=True, exist_ok=True)
    fresh.write_text(json.dumps({"at": at.isoformat(), "machine_at": of_machine.isoformat()}), encoding="utf-8")
    fresh.replace(folder / "demonstration-clock")


def _read(folder: Path) -> tuple[datetime, datetime] | None:
    """Where the clock is and what that of the machine showed then."""
    try:
        noted = json.loads((folder / "demonstration-clock").read_text(encoding="utf-8"))
    except FileNotFoundError:
        return None
    return datetime.fromisoformat(noted["at"]), datetime.fromisoformat(noted["machine_at"])
