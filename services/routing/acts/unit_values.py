"""Medians of unit values: a version computed over twelve months of entries, used from the day after."""

from datetime import date, datetime, timedelta

from services.routing.domain.unit_values import year_before
from services.routing.store import rulebook
from services.routing.store import unit_values as store
from services.routing.store.unit_values import ComputedVersion, NewVersion
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction
from shared.runtime.errors import Conflict, Refused
from shared.runtime.identity import Identity


async def compute_medians(
    tx: Transaction, caller: Identity, *, as_of: date, minimum_sample: int, now: datetime
) -> ComputedVersion:
    """Compute a version over the twelve months that end on `as_of`; criteria use it from tomorrow on.

    So no decision already made changes. Raises `Refused` for a day to come, `Conflict` when the version exists.
    """
    today = legal_date(now)
    if as_of > today:
        raise Refused(
            f"{as_of} has not come yet.",
            rule="unit-values-as-of",
            code="not-in-the-past",
            remedy=f"Take {today} or an earlier day.",
        )
    version = NewVersion(as_of, today + timedelta(days=1), minimum_sample)
    computed = await store.compute(
        tx, version, year_before(as_of), computed_by=caller.subject, acting_for=caller.acting_for, now=now
    )
    if computed is None:
        raise Conflict(
            f"The medians as of {as_of} have been computed.",
            rule="unit-values-version",
            code="version-exists",
            remedy="A version is never changed: compute one as of another day.",
        )
    await rulebook.note_change(tx, "unit-values", as_of.isoformat(), caller.signature)
    return computed
