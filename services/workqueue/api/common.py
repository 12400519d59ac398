"""What the modules of this API share: who works on items, how an item and a claim are named."""

from datetime import datetime, timedelta
from typing import Annotated
from uuid import UUID

from fastapi import Path, Request
from pydantic import Field

from services.workqueue.domain.bulk import Limits
from services.workqueue.domain.clocks import pending_cutoff
from services.workqueue.domain.item import Item
from shared.runtime.access import shown_importer_number
from shared.runtime.identity import Identity
from shared.web.fields import BigOrdinal
from shared.web.requests import today_of

ItemId = Annotated[UUID, Path(description="The item's id.", examples=["0f1f6d2e-8f0b-5b7c-9d0e-3f6c1a2b4d5e"])]
Token = Annotated[BigOrdinal, Field(description="The token that the claim gave; a stale one is refused with 409.")]


def importer_of(item: Item, caller: Identity) -> str | None:
    """The importer number of an item as the caller may see it."""
    return shown_importer_number(caller, item.importer_number) if item.importer_number is not None else None


def lease_of(request: Request) -> timedelta:
    """For how long a claim holds without a heartbeat."""
    lease: timedelta = request.app.state.lease
    return lease


def center_goal_of(request: Request) -> int:
    """Within how many working days a Center should be found for what waits for one."""
    working_days: int = request.app.state.center_goal
    return working_days


def pending_cutoff_of(request: Request) -> datetime:
    """What has waited for a Center since then or longer is past the goal today."""
    return pending_cutoff(today_of(request), center_goal_of(request))


def repetition_of(request: Request) -> timedelta:
    """Within how long a second request on one matter is a repetition."""
    repetition: timedelta = request.app.state.repetition
    return repetition


def notice_over_cents_of(request: Request) -> int | None:
    """The increase above which notice of it is due before a review ends with it; None: it is not demanded."""
    cents: int | None = request.app.state.notice_over_cents
    return cents


def limits_of(request: Request) -> Limits:
    """Beyond which a second person begins an act on many items."""
    limits: Limits = request.app.state.bulk_limits
    return limits
