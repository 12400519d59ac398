"""The inventory of flagged, unreconciled summaries of an importer, with the months in which they are due."""

from datetime import date
from typing import Annotated

from fastapi import APIRouter, Path, Request
from pydantic import BaseModel, Field

from services.liquidation.api.common import demand_sight_of_importer, law_of, shown_number
from services.liquidation.domain.reconciliation import RULES, ReconciliationIssue, inventory_of
from services.liquidation.publishing import legal_basis
from services.liquidation.store import reconciliation as store
from shared.contracts.decision import LegalBasis
from shared.contracts.terms import ImporterNumber
from shared.db.transaction import reading
from shared.runtime.access import reach_of
from shared.runtime.identity import Identity
from shared.web.access import allow
from shared.web.requests import engine_of, today_of

router = APIRouter(tags=["reconciliation"])

_MOST = 20_000
_SHOWN = 200


class DueMonthOut(BaseModel):
    """Flagged summaries of one issue that are due in one month."""

    issue: ReconciliationIssue = Field(description="A summary that is flagged twice stands under both.")
    month: str | None = Field(description="Null: the day that counts is not known.", examples=["2026-10"])
    due_on: date | None = Field(description="Of the earliest of them: a reconciliation is due by its earliest entry.")
    last_arguable_on: date | None = Field(description="Later by the other way to count months; not to be relied on.")
    is_past: bool
    legal_basis: LegalBasis
    entries: int
    entry_numbers: list[str] = Field(description="The first 200.")


class InventoryOut(BaseModel):
    """What an importer has flagged and not reconciled, as far as the caller sees its entries."""

    importer_number: str | None
    entries: int
    is_cut: bool = Field(description="There are more than 20,000: the rest is not counted.")
    months: list[DueMonthOut]


@router.get("/importers/{importer_number}/reconciliation", summary="Flagged summaries that are not reconciled")
async def read_reconciliation_inventory(
    importer_number: Annotated[ImporterNumber, Path(description="Importer of record.")],
    request: Request,
    caller: Annotated[Identity, allow("entry.read")],
) -> InventoryOut:
    """By issue and by the month in which they are due: 12 months from importation for a trade agreement, else 21 months
    from the summary (rules recon-fta and recon-other).

    A summary that a reconciliation of the importer names has left the inventory, whatever that says of it.
    """
    today = today_of(request)
    async with reading(engine_of(request)) as connection:
        reach = reach_of(caller, "entry.read", today)
        flagged = await store.list_unreconciled(connection, importer_number, reach, _MOST + 1)
        if not flagged:
            await demand_sight_of_importer(connection, reach, importer_number)
    months = inventory_of(flagged[:_MOST], law_of(request))
    return InventoryOut(
        importer_number=shown_number(importer_number, caller),
        entries=len(flagged[:_MOST]),
        is_cut=len(flagged) > _MOST,
        months=[
            DueMonthOut(
                issue=each.issue,
                month=each.month,
                due_on=each.due.safe if each.due is not None else None,
                last_arguable_on=each.due.last_arguable if each.due is not None else None,
                is_past=each.due is not None and each.due.safe < today,
                legal_basis=legal_basis(RULES[each.issue]),
                entries=len(each.entry_numbers),
                entry_numbers=list(each.entry_numbers[:_SHOWN]),
            )
            for each in months
        ],
    )
