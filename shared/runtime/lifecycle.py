"""How the parts of a process learn that they should stop, and how it says whether it can take work."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Final

Check = Callable[[], Awaitable[str | None]]
"""Looks at one thing that the service needs; returns None or the problem in a few words."""

CHECK_SECONDS: Final = 2.0


class Stopping:
    """A request to stop, handed to every role: finish what is in hand, begin nothing new, return."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def set(self) -> None:
        """Ask to stop; asking again changes nothing."""
        self._event.set()

    def is_set(self) -> bool:
        return self._event.is_set()

    async def wait(self) -> None:
        """Return when asked to stop."""
        await self._event.wait()

    async def sleep(self, seconds: float) -> bool:
        """Wait that long, or until asked to stop; return whether to stop."""
        try:
            async with asyncio.timeout(seconds):
                await self._event.wait()
        except TimeoutError:
            return self._event.is_set()
        return True


class Readiness:
    """Whether the process can take work: flags that its parts raise, and checks that are made on asking."""

    def __init__(self) -> None:
        self._flags: dict[str, str] = {}
        self._checks: dict[str, Check] = {}

    def add_check(self, name: str, check: Check) -> None:
        """Make `check` a part of every report."""
        if name in self._checks:
            raise ValueError(f"there is a check named {name} already")
        self._checks[name] = check

    def raise_flag(self, name: str, problem: str) -> None:
        """Report `problem` under `name` until the flag is lowered."""
        self._flags[name] = problem

    def lower_flag(self, name: str) -> None:
        self._flags.pop(name, None)

    async def report(self) -> dict[str, str | None]:
        """Return each flag and check with its problem, or None where all is well; ready means no problems.

        Checks run one after the other, each for two seconds at most; one that raises is a problem, no error.
        """
        results: dict[str, str | None] = dict(self._flags)
        for name, check in self._checks.items():
            try:
                async with asyncio.timeout(CHECK_SECONDS):
                    results[name] = await check()
            except TimeoutError:
                results[name] = f"no answer within {CHECK_SECONDS:g} seconds"
            except Exception as error:  # noqa: BLE001 - whatever a check trips over is its finding
                results[name] = f"failed: {type(error).__name__}"
        return results
