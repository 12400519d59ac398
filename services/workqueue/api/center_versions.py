"""What the routes share for what a Center sets by version: how it is shown, and who reads it."""

from collections.abc import Awaitable, Callable
from datetime import datetime
from typing import Annotated, TypeVar

from fastapi import Path, Request
from pydantic import BaseModel, ConfigDict
from sqlalchemy.ext.asyncio import AsyncConnection

from services.workqueue.domain.center_version import CenterVersion
from shared.contracts.terms import CenterCode
from shared.db.transaction import reading
from shared.runtime.access import Matter, demand_sight, no_such
from shared.runtime.identity import Identity
from shared.web.requests import engine_of, today_of

CenterPath = Annotated[CenterCode, Path(description="The Center.", examples=["CEE007"])]
Version = TypeVar("Version", bound=CenterVersion)


class CenterVersionOut(BaseModel):
    """What a Center set, as it stands."""

    model_config = ConfigDict(from_attributes=True)

    center: str
    version: int
    reason: str
    set_by: str
    set_by_name: str
    set_at: datetime


async def find_standing(
    request: Request,
    caller: Identity,
    center: str,
    subject: str,
    what: str,
    find: Callable[[AsyncConnection, str], Awaitable[Version | None]],
) -> Version:
    """What stands for a Center; raises `NotFound` before anything was set, and for who may not read it."""
    named = f"{what} of {center}"
    demand_sight(caller, subject, today_of(request), Matter(centers=frozenset({center})), named)
    async with reading(engine_of(request)) as connection:
        found = await find(connection, center)
    if found is None:
        raise no_such(named)
    return found
