"""Several things at once, none of which goes on alone when another has failed."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


async def together(*work: Awaitable[T]) -> list[T]:
    """The results of all, in the order given.

    Raises the first failure, in that order, once all have ended: what `asyncio.gather` alone would leave running goes
    on with connections and tables that its caller has already given back.
    """
    results = await asyncio.gather(*work, return_exceptions=True)
    for result in results:
        if isinstance(result, BaseException):
            raise result
    return [result for result in results if not isinstance(result, BaseException)]
