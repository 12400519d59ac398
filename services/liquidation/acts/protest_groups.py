"""One act on a group of protests: each on its own, so that one that is refused does not stop the others."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.protests import ActRequest, act_on_protest, prepare_act
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.money.settings import MoneyPolicy
from services.liquidation.domain.protest.record import ProtestRecord
from shared.db.transaction import transaction
from shared.runtime.concurrency import IfMatch, etag
from shared.runtime.errors import Refused
from shared.runtime.identity import Identity


@dataclass(frozen=True, slots=True)
class GroupResult:
    """What came of an act on one protest of a group: where it stands, or why it was refused."""

    protest_number: str
    outcome: ProtestRecord | Refused


async def preview_on_group(
    engine: AsyncEngine,
    now: datetime,
    numbers: Collection[str],
    request: ActRequest,
    caller: Identity,
    law: LawSettings,
) -> list[GroupResult]:
    """What an act would do on each of these protests as it stands now; what the law has done by now is done."""
    results = []
    for number in dict.fromkeys(numbers):
        try:
            async with transaction(engine) as tx:
                prepared = await prepare_act(tx, now, number, IfMatch(None), request, caller, law)
            results.append(GroupResult(number, prepared.protest.record))
        except Refused as refusal:
            results.append(GroupResult(number, refusal))
    return results


async def act_on_group(
    engine: AsyncEngine,
    now: datetime,
    versions: Mapping[str, int],
    request: ActRequest,
    caller: Identity,
    policy: MoneyPolicy,
) -> list[GroupResult]:
    """Do an act on each of these protests at the version that the caller saw; one that changed since is refused."""
    results = []
    for number, version in versions.items():
        meant = IfMatch(frozenset({etag(version)}))
        try:
            async with transaction(engine) as tx:
                after = await act_on_protest(tx, now, number, meant, request, caller, policy)
            results.append(GroupResult(number, after.record))
        except Refused as refusal:
            results.append(GroupResult(number, refusal))
    return results
