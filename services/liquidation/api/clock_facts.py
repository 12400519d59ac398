"""The HTTP side of days that start a clock and that no summary carries."""

from datetime import date, datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Request, Response
from pydantic import BaseModel, ConfigDict, Field

from services.liquidation.acts.clock_facts import record_clock_facts
from services.liquidation.api.common import EntryNumberPath, cycle_policy_of, demand_entry_sight, law_of
from services.liquidation.domain.clock_facts import NO_CLOCK_FACTS, ClockFacts
from services.liquidation.domain.liquidation_period import DesignatedImport
from services.liquidation.store import clock_facts as store
from services.liquidation.store.clock_facts import ClockFactsRow
from services.liquidation.store.sight import find_matter
from shared.db.transaction import reading, transaction
from shared.runtime.concurrency import etag
from shared.runtime.identity import Identity, sign
from shared.web.access import allow
from shared.web.answer_headers import tells
from shared.web.concurrency import RequiredIfMatch
from shared.web.fields import LegalDay
from shared.web.requests import canonical_entry_number, engine_of, now_of

router = APIRouter(tags=["deadlines"])


class DesignatedImportIn(BaseModel):
    """An import that a drawback claim designates; null: not known."""

    model_config = ConfigDict(extra="forbid")

    liquidated_on: LegalDay | None = None
    final_1514_on: LegalDay | None = Field(default=None, description="The first day on which nobody can protest it.")
    is_protested: bool | None = Field(
        default=None, description="Whether a protest is on file against it; false lets its finality be derived."
    )


class ClockFactsIn(BaseModel):
    """What is known of an entry's days beside the summary; null where nothing is. It takes the place of all before."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [
                {"final_withdrawal_on": "2026-09-01", "explanation": "Type 31, the last one."},
                {
                    "designated_imports": [{"liquidated_on": "2025-05-02", "is_protested": False}],
                    "explanation": "The imports as the claim lists them.",
                },
                {
                    "entry_basis": "quota",
                    "presented_on": "2026-03-05",
                    "explanation": "As the quota opened.",
                },
            ]
        },
    )

    final_withdrawal_on: LegalDay | None = Field(default=None, description="Of a warehouse entry (21, 22).")
    reconciliation_due_on: LegalDay | None = Field(default=None, description="Of a reconciliation (09).")
    designated_imports: list[DesignatedImportIn] = Field(
        default=[], max_length=500, description="Of a drawback claim: all of them."
    )
    deposited_on: LegalDay | None = Field(default=None, description="Drawback: estimated duties of the imports.")
    waived_on: LegalDay | None = Field(default=None, description="Drawback: the written request and waiver.")
    entry_basis: Literal["release", "filing-elected", "immediate-delivery", "withdrawal", "quota"] | None = Field(
        default=None, description="Which day is the time of entry; null: the one that the summary asserts."
    )
    entry_filed_on: LegalDay | None = None
    presented_on: LegalDay | None = Field(default=None, description="Presentation of quota goods in proper form.")
    withdrawn_on: LegalDay | None = Field(default=None, description="Withdrawal from warehouse for consumption.")
    explanation: str = Field(min_length=1, max_length=400, description="What the days rest on.")


class ClockFactsOut(BaseModel):
    """What holds now; revision 0 when nothing was recorded. Its ETag is the revision."""

    entry_number: str
    revision: int
    final_withdrawal_on: date | None
    reconciliation_due_on: date | None
    designated_imports: list[DesignatedImportIn]
    deposited_on: date | None
    waived_on: date | None
    entry_basis: str | None
    entry_filed_on: date | None
    presented_on: date | None
    withdrawn_on: date | None
    explanation: str | None
    recorded_at: datetime | None
    recorded_by: str | None


@router.get("/entries/{entry_number}/clock-facts", summary="Days of an entry that no summary carries")
@tells("ETag")
async def read_clock_facts(
    entry_number: EntryNumberPath,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("entry.read")],
) -> ClockFactsOut:
    """What was recorded; send the ETag back to record more."""
    number = canonical_entry_number(entry_number)
    async with reading(engine_of(request)) as connection:
        matter = await find_matter(connection, number)
        rows = await store.list_clock_facts(connection, number)
    demand_entry_sight(caller, request, matter, number)
    response.headers["ETag"] = etag(rows[-1].revision if rows else 0)
    return _show(number, rows[-1] if rows else None)


@router.put("/entries/{entry_number}/clock-facts", summary="Record days of an entry that no summary carries")
@tells("ETag")
async def put_clock_facts(
    entry_number: EntryNumberPath,
    body: ClockFactsIn,
    request: Request,
    response: Response,
    caller: Annotated[Identity, allow("entry.record-clock-facts")],
    meant: RequiredIfMatch,
) -> ClockFactsOut:
    """The clocks of the entry are derived from them at once; refused once it is liquidated."""
    number = canonical_entry_number(entry_number)
    given = body.model_dump(exclude={"explanation", "designated_imports"})
    imports = tuple(
        DesignatedImport(each.liquidated_on, each.final_1514_on, each.is_protested) for each in body.designated_imports
    )
    async with transaction(engine_of(request)) as tx:
        row = await record_clock_facts(
            tx,
            now_of(request),
            number,
            meant,
            ClockFacts(designated_imports=imports, **given),
            body.explanation,
            caller,
            cycle_policy_of(request),
            law_of(request),
        )
    response.headers["ETag"] = etag(row.revision)
    return _show(number, row)


def _show(number: str, row: ClockFactsRow | None) -> ClockFactsOut:
    facts = row.facts if row is not None else NO_CLOCK_FACTS
    return ClockFactsOut(
        entry_number=number,
        revision=row.revision if row is not None else 0,
        final_withdrawal_on=facts.final_withdrawal_on,
        reconciliation_due_on=facts.reconciliation_due_on,
        designated_imports=[
            DesignatedImportIn(
                liquidated_on=each.liquidated_on, final_1514_on=each.final_1514_on, is_protested=each.is_protested
            )
            for each in facts.designated_imports
        ],
        deposited_on=facts.deposited_on,
        waived_on=facts.waived_on,
        entry_basis=facts.entry_basis,
        entry_filed_on=facts.entry_filed_on,
        presented_on=facts.presented_on,
        withdrawn_on=facts.withdrawn_on,
        explanation=row.explanation if row is not None else None,
        recorded_at=row.recorded_at if row is not None else None,
        recorded_by=sign(row.recorded_by, row.recorded_for) if row is not None else None,
    )
