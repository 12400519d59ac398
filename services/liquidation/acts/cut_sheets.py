"""Dry runs and the cut sheet of a cycle as commands: made after the Wednesday cut, confirmed by two people."""

from datetime import date, datetime
from typing import Any, Final, Literal

from fastapi import Response
from fastapi.encoders import jsonable_encoder
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.responses import JSONResponse

from services.liquidation.domain.rules import RULES
from services.liquidation.store import cut_sheets as store
from services.liquidation.store import cycles as cycle_store
from services.liquidation.store.cycle_reports import Basis
from services.liquidation.store.cycles import CycleDay
from services.liquidation.store.records import exclude_everyone
from shared.customs.calendar import wednesday_cutoff
from shared.customs.money import format_cents
from shared.db.idempotency import IdempotentCall, recall, remember
from shared.db.transaction import Transaction, transaction
from shared.runtime.concurrency import IfMatch, etag
from shared.runtime.errors import Conflict, Forbidden, NotFound
from shared.runtime.identity import Identity, RoleName
from shared.web.idempotency import replay

Capacity = Literal["specialist", "supervisor"]

SPECIALISTS: Final = frozenset({RoleName.LIQUIDATION_SPECIALIST})
SUPERVISORS: Final = frozenset({RoleName.CENTER_DIRECTOR, RoleName.ASSISTANT_CENTER_DIRECTOR})

_ROLES: Final[dict[Capacity, frozenset[RoleName]]] = {"specialist": SPECIALISTS, "supervisor": SUPERVISORS}
_RULE: Final = RULES["liq-cycle-314"]


async def make_forecast(
    engine: AsyncEngine, day: CycleDay, now: datetime, call: IdempotentCall, caller: Identity
) -> Response:
    """Keep what the cycle of a Friday would do as the next dry run of it; raises `Conflict` when the cycle has run."""
    async with transaction(engine) as tx:
        before = await recall(tx.connection, call)
        if before is not None:
            return replay(before)
        # Two dry runs at once would take the same number, and the counts and the entries must be of one moment.
        await exclude_everyone(tx)
        await _demand_not_run(tx, day.friday)
        number = await store.take_snapshot(tx, day, await cycle_store.forecast(tx, day), now, caller.signature)
        await store.prune_snapshots(tx, day.friday, number)
        row = await store.find_snapshot(tx.connection, day.friday, number)
        answer = jsonable_encoder(show_snapshot(row))
        await remember(tx.connection, call, status=201, response=answer, now=now)
    return JSONResponse(answer, 201)


async def make_cut_sheet(
    engine: AsyncEngine, day: CycleDay, now: datetime, call: IdempotentCall, caller: Identity
) -> Response:
    """Make the cut sheet of a Friday, or its next revision, which voids what was confirmed of the one before.

    Raises `Conflict` before the Wednesday cut, and when the cycle has run.
    """
    if now <= day.cutoff:
        raise Conflict(
            f"The cut of the cycle of {day.friday} is at {day.cutoff.isoformat()}: decisions still come in until then.",
            rule=_RULE.id,
            code="before-the-cut",
            citation=_RULE.citation,
            remedy="Make the cut sheet after the cut; POST a forecast meanwhile.",
        )
    async with transaction(engine) as tx:
        before = await recall(tx.connection, call)
        if before is not None:
            return replay(before)
        await exclude_everyone(tx)
        await _demand_not_run(tx, day.friday)
        known = await store.find_cut_sheet(tx.connection, day.friday, lock=True)
        revision = 1 if known is None else known.revision + 1
        made_by = caller.signature
        number = await store.take_snapshot(tx, day, await cycle_store.forecast(tx, day), now, made_by)
        await store.write_cut_sheet(tx, day.friday, revision, number, now, made_by)
        await store.prune_snapshots(tx, day.friday, number)
        answer = jsonable_encoder(await show_cut_sheet(tx, day.friday))
        await remember(tx.connection, call, status=201, response=answer, now=now)
    return JSONResponse(answer, 201, headers={"ETag": etag(revision)})


async def confirm_cut_sheet(
    engine: AsyncEngine, friday: date, capacity: Capacity, now: datetime, meant: IfMatch, caller: Identity
) -> dict[str, Any]:
    """Confirm the revision that the caller read, as specialist or as supervisor; a repetition changes nothing.

    Raises `Forbidden` without the role of the capacity, `Conflict` when the same person (or one acting for that
    person) has confirmed in the other capacity or somebody else in this one, `Stale` for an earlier revision.
    """
    if not caller.has_role(*_ROLES[capacity]):
        wanted = " or ".join(sorted(_ROLES[capacity]))
        raise Forbidden(f"Confirming as {capacity} needs the role {wanted}.", code="role-required")
    async with transaction(engine) as tx:
        sheet = await store.find_cut_sheet(tx.connection, friday, lock=True)
        if sheet is None:
            raise NotFound(f"There is no cut sheet for {friday}.", remedy=f"POST /cycles/{friday}/cut-sheet first.")
        meant.check(sheet.revision)
        await _demand_not_run(tx, friday)
        people = {caller.subject, caller.acting_for or caller.subject}
        for each in await store.list_confirmations(tx.connection, friday, sheet.revision):
            is_same = not people.isdisjoint({each.subject, each.acting_for or each.subject})
            if each.capacity == capacity and is_same:
                return await show_cut_sheet(tx, friday)
            if each.capacity == capacity:
                raise _not_confirmed(f"{each.subject} has confirmed it as {capacity} already.", "confirmed-already")
            if is_same:
                raise _not_confirmed("The same person cannot confirm a cut sheet twice.", "second-person-needed")
        await store.write_confirmation(
            tx,
            cycle_on=friday,
            revision=sheet.revision,
            capacity=capacity,
            subject=caller.subject,
            acting_for=caller.acting_for,
            confirmed_at=now,
        )
        return await show_cut_sheet(tx, friday)


async def demand_confirmed(tx: Transaction, friday: date) -> None:
    """Raise `Conflict` unless two people have confirmed the newest revision of the cut sheet of a Friday."""
    sheet = await store.find_cut_sheet(tx.connection, friday)
    confirmed = set()
    if sheet is not None:
        confirmed = {each.capacity for each in await store.list_confirmations(tx.connection, friday, sheet.revision)}
    missing = sorted(set(_ROLES) - confirmed)
    if missing:
        raise _not_confirmed(
            f"The cut sheet of {friday} is not confirmed by: {', '.join(missing)}.", "cut-sheet-not-confirmed"
        )


async def find_basis(tx: Transaction, friday: date) -> Basis:
    """The confirmed cut sheet of a Friday and its run, to be compared.

    Raises `NotFound` when there is no sheet, `Conflict` when two people have not confirmed it or the cycle has not run.
    """
    sheet = await store.find_cut_sheet(tx.connection, friday)
    if sheet is None:
        raise NotFound(f"There is no cut sheet for {friday}.", remedy="A cycle is compared with its cut sheet only.")
    await demand_confirmed(tx, friday)
    ran = await cycle_store.find_cycle(tx.connection, friday)
    if ran is None:
        raise Conflict(
            f"The cycle of {friday} has not run.",
            rule=RULES["liquidation-date"].id,
            code="cycle-has-not-run",
            citation=RULES["liquidation-date"].citation,
            remedy=f"GET /cycles/{friday}/cut-sheet says what it is going to do.",
        )
    return Basis(friday, sheet.revision, sheet.forecast_number, sheet.made_at, ran.run_at, wednesday_cutoff(friday))


async def show_cut_sheet(tx: Transaction, friday: date) -> dict[str, Any]:
    """The cut sheet of a Friday with its dry run and who confirmed it; raises `NotFound` when there is none."""
    sheet = await store.find_cut_sheet(tx.connection, friday)
    if sheet is None:
        raise NotFound(f"There is no cut sheet for {friday}.", remedy=f"POST /cycles/{friday}/cut-sheet makes it.")
    confirmations = await store.list_confirmations(tx.connection, friday, sheet.revision)
    ran = await cycle_store.find_cycle(tx.connection, friday)
    state = "executed" if ran else "confirmed" if len(confirmations) == len(_ROLES) else "to be confirmed"
    return {
        "date": friday,
        "revision": sheet.revision,
        "state": state,
        "forecast": show_snapshot(await store.find_snapshot(tx.connection, friday, sheet.forecast_number)),
        "made_at": sheet.made_at,
        "made_by": sheet.made_by,
        "confirmations": [
            {
                "capacity": each.capacity,
                "subject": each.subject,
                "acting_for": each.acting_for,
                "confirmed_at": each.confirmed_at,
            }
            for each in confirmations
        ],
    }


def show_snapshot(row: Any) -> dict[str, Any]:
    """A dry run as the API shows it."""
    counts = ("liquidated", "with_decision", "deemed", "held", "despite_hold", "late_decisions", "suspended")
    amounts = ("duty", "fees", "effect_duty", "effect_fees")
    return {
        "date": row.cycle_on,
        "number": row.number,
        "made_at": row.made_at,
        "made_by": row.made_by,
        **{name: getattr(row, name) for name in counts},
        **{f"{name}_usd": format_cents(getattr(row, f"{name}_cents")) for name in amounts},
        "has_entries": row.has_entries,
    }


async def _demand_not_run(tx: Transaction, friday: date) -> None:
    if await cycle_store.find_cycle(tx.connection, friday) is not None:
        raise Conflict(
            f"The cycle of {friday} has run.",
            rule=RULES["liquidation-date"].id,
            code="cycle-has-run",
            citation=RULES["liquidation-date"].citation,
            remedy="GET /cycles says what it did.",
        )


def _not_confirmed(detail: str, code: str) -> Conflict:
    return Conflict(
        detail,
        rule="cut-sheet",
        code=code,
        remedy="A liquidation specialist and a Center director or assistant director, two people, confirm it.",
    )
