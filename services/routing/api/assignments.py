"""Which Center an importer has, since when and why."""

from typing import Any

from fastapi import APIRouter, Request
from pydantic import BaseModel, Field

from services.routing.store import accounts as account_store
from services.routing.store import assignments as assignment_store
from shared.customs.centers import centers
from shared.db.transaction import reading
from shared.runtime.errors import NotFound
from shared.web.access import demand_sight, shown_importer_number
from shared.web.identity import CurrentIdentity
from shared.web.requests import engine_of

router = APIRouter()


class AssignmentOut(BaseModel):
    """An importer's Center, since when and why, with all earlier assignments."""

    importer_number: str
    name: str
    center: str | None
    explanation: str = Field(examples=["SYNTHETIC IMPORTER 0001 belongs to CEE007 (Electronics) since 2025-01-01."])
    history: list[dict[str, Any]]


@router.get("/importers/{importer_number}/assignment", summary="Which Center an importer has, and why")
async def read_assignment(importer_number: str, request: Request, caller: CurrentIdentity) -> AssignmentOut:
    """The Center, since when, on which basis, in one sentence and as data."""
    demand_sight(caller, f"importer {importer_number}", importer_number=importer_number)
    async with reading(engine_of(request)) as connection:
        account = await account_store.find_account(connection, importer_number)
        history = await assignment_store.find_assignments(connection, importer_number)
    if account is None:
        raise NotFound(
            f"There is no account for importer {shown_importer_number(caller, importer_number)}.",
            remedy="Register the importer with POST /importers.",
        )
    current = history[-1] if history else None
    return AssignmentOut(
        importer_number=shown_importer_number(caller, importer_number),
        name=account.name,
        center=current.center if current else None,
        explanation=_explain_assignment(account.name, current),
        history=[
            {
                "sequence": row.sequence,
                "center": row.center,
                "basis": row.basis,
                "effective_on": row.effective_on.isoformat(),
                "assigned_by": row.assigned_by,
                "reasons": row.reasons,
            }
            for row in history
        ],
    )


def _explain_assignment(name: str, current: Any | None) -> str:
    if current is None or current.center is None:
        return (
            f"{name} has no Center yet: its entries go by the predominant number of goods on each (19 CFR 101.10). "
            "It may ask for an assignment in writing at any time."
        )
    center = centers()[current.center]
    return (
        f"{name} belongs to {center.code} ({center.name}) since {current.effective_on}, basis {current.basis}. "
        "It may appeal in writing at any time to the Office of Field Operations (19 CFR 101.10)."
    )
