"""Dry runs and the cut sheet of a cycle: made after the Wednesday cut, confirmed by two people."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Literal, get_args

from services.liquidation.acts.refusals import conflict
from services.liquidation.store import cut_sheets as store
from services.liquidation.store.cut_sheets import Capacity, Confirmation, CutSheetRow, Snapshot
from services.liquidation.store.cycles import DRY_RUN_PATIENCE, CycleDay, CycleFigures, find_cycle, forecast
from services.liquidation.store.hold_sets import keep_still
from services.liquidation.store.records import exclude_everyone
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction, be_patient
from shared.runtime.access import Matter, demand
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import Conflict, NotFound
from shared.runtime.identity import Identity
from shared.runtime.two_people import demand_second_person


@dataclass(frozen=True, slots=True)
class CutSheet:
    """The cut sheet of a cycle: its dry run, who confirmed its newest revision, and how far it has come."""

    date: date
    revision: int
    state: Literal["to be confirmed", "confirmed", "executed"]
    forecast: Snapshot
    made_at: datetime
    made_by: str
    confirmations: tuple[Confirmation, ...]


async def make_forecast(tx: Transaction, day: CycleDay, now: datetime, caller: Identity) -> Snapshot:
    """Keep what the cycle of a Friday would do as the next dry run of it; raises `Conflict` when the cycle has run."""
    await be_patient(tx, DRY_RUN_PATIENCE)
    # Two dry runs at once would take the same number, and the counts and the entries must be of one moment.
    await exclude_everyone(tx)
    await _demand_not_run(tx, day.friday)
    snapshot = await _take_snapshot(tx, day, now, caller)
    await store.prune_snapshots(tx, day.friday, snapshot.number)
    return snapshot


async def find_compared(tx: Transaction, friday: date, number: int, since: int | None) -> tuple[Snapshot, Snapshot]:
    """A dry run of a Friday after an earlier one, or the one before it.

    Raises `NotFound` for one that was not made, `Conflict` for one whose entries are no longer kept.
    """
    earlier = await _find_kept(tx, friday, number - 1 if since is None else since)
    return earlier, await _find_kept(tx, friday, number)


async def make_cut_sheet(tx: Transaction, day: CycleDay, now: datetime, caller: Identity) -> CutSheet:
    """Make the cut sheet of a Friday, or its next revision, which voids what was confirmed of the one before.

    Raises `Conflict` before the Wednesday cut, and when the cycle has run.
    """
    demand_cut(day, now)
    await be_patient(tx, DRY_RUN_PATIENCE)
    await exclude_everyone(tx)
    await _demand_not_run(tx, day.friday)
    known = await store.find_cut_sheet(tx.connection, day.friday, lock=True)
    snapshot = await _take_snapshot(tx, day, now, caller)
    revision = 1 if known is None else known.revision + 1
    await store.write_cut_sheet(tx, CutSheetRow(day.friday, revision, snapshot.number, now, caller.signature))
    # After the sheet is written: the dry run that the sheet before rested on need not be kept.
    await store.prune_snapshots(tx, day.friday, snapshot.number)
    return await find_cut_sheet(tx, day.friday)


def demand_cut(day: CycleDay, now: datetime) -> None:
    """Raise `Conflict` before the Wednesday cut of a cycle."""
    if now <= day.cutoff:
        raise conflict(
            "liq-cycle-314",
            "before-the-cut",
            f"The cut of the cycle of {day.friday} is at {day.cutoff.isoformat()}: decisions still come in until then.",
            "Make the cut sheet after the cut; POST a forecast meanwhile.",
        )


async def confirm_cut_sheet(
    tx: Transaction, friday: date, capacity: Capacity, now: datetime, meant: IfMatch, caller: Identity
) -> CutSheet:
    """Confirm the revision that the caller read, as specialist or as supervisor; a repetition changes nothing.

    Raises `Forbidden` without the role of the capacity, or to the same person (or one acting for that person) who
    confirmed in the other capacity, `Conflict` when somebody else has confirmed in this one, `Stale` for an earlier
    revision.
    """
    authority = demand(caller, f"cycle.confirm-as-{capacity}", legal_date(now), Matter(), f"cycle of {friday}")
    sheet = await store.find_cut_sheet(tx.connection, friday, lock=True)
    if sheet is None:
        raise NotFound(f"There is no cut sheet for {friday}.", remedy=f"POST /cycles/{friday}/cut-sheet first.")
    meant.check(sheet.revision)
    await _demand_not_run(tx, friday)
    confirmed = await store.list_confirmations(tx.connection, friday, sheet.revision)
    if any(each.capacity == capacity and not caller.people.isdisjoint(each.people) for each in confirmed):
        return await find_cut_sheet(tx, friday)
    _demand_capacity_open(confirmed, capacity, caller)
    confirmation = Confirmation(friday, sheet.revision, capacity, caller.subject, caller.acting_for, now, authority)
    await store.write_confirmation(tx, confirmation)
    return await find_cut_sheet(tx, friday)


def demand_confirmable(sheet: CutSheet, capacity: Capacity, caller: Identity) -> None:
    """Raise `Conflict` or `Forbidden` when the caller could not confirm the sheet in this capacity."""
    demand_not_executed(sheet)
    _demand_capacity_open(sheet.confirmations, capacity, caller)


def demand_not_executed(sheet: CutSheet) -> None:
    """Raise `Conflict` when the cycle has run."""
    if sheet.state == "executed":
        raise _has_run(sheet.date)


def _demand_capacity_open(confirmed: Iterable[Confirmation], capacity: Capacity, caller: Identity) -> None:
    for each in confirmed:
        if each.capacity == capacity:
            raise _not_confirmed(f"{each.subject} has confirmed it as {capacity} already.", "confirmed-already")
        demand_second_person(caller, each.people, f"confirmed it as {each.capacity}")


async def demand_confirmed(tx: Transaction, friday: date) -> None:
    """Raise `Conflict` unless two people have confirmed the newest revision of the cut sheet of a Friday."""
    sheet = await store.find_cut_sheet(tx.connection, friday)
    confirmed = [] if sheet is None else await store.list_confirmations(tx.connection, friday, sheet.revision)
    demand_both_capacities(friday, confirmed)


def demand_both_capacities(friday: date, confirmations: Iterable[Confirmation]) -> None:
    """Raise `Conflict` unless these are confirmations in both capacities."""
    confirmed = {each.capacity for each in confirmations}
    missing = sorted(set(get_args(Capacity)) - confirmed)
    if missing:
        raise _not_confirmed(
            f"The cut sheet of {friday} is not confirmed by: {', '.join(missing)}.", "cut-sheet-not-confirmed"
        )


async def find_cut_sheet(tx: Transaction, friday: date) -> CutSheet:
    """The cut sheet of a Friday with its dry run and who confirmed it; raises `NotFound` when there is none."""
    sheet = await store.find_cut_sheet(tx.connection, friday)
    if sheet is None:
        raise NotFound(f"There is no cut sheet for {friday}.", remedy=f"POST /cycles/{friday}/cut-sheet makes it.")
    snapshot = await store.find_snapshot(tx.connection, friday, sheet.forecast_number)
    assert snapshot is not None, "a cut sheet is written with its dry run"
    confirmations = tuple(await store.list_confirmations(tx.connection, friday, sheet.revision))
    has_run = await find_cycle(tx.connection, friday) is not None
    return CutSheet(
        friday,
        sheet.revision,
        "executed" if has_run else "confirmed" if len(confirmations) == len(get_args(Capacity)) else "to be confirmed",
        snapshot,
        sheet.made_at,
        sheet.made_by,
        confirmations,
    )


async def _take_snapshot(tx: Transaction, day: CycleDay, now: datetime, caller: Identity) -> Snapshot:
    await keep_still(tx)
    return await store.take_snapshot(tx, day, await forecast(tx, day), now, caller.signature)


async def _find_kept(tx: Transaction, friday: date, number: int) -> Snapshot:
    snapshot = await store.find_snapshot(tx.connection, friday, number)
    if snapshot is None:
        raise NotFound(f"There is no dry run {number} of {friday}.", remedy=f"GET /cycles/{friday}/forecasts.")
    if not snapshot.has_entries:
        raise Conflict(
            f"The entries of dry run {number} of {friday} are no longer kept.",
            rule="cycle-forecast",
            code="forecast-dropped",
            remedy="Compare the two newest dry runs, or one with that of the cut sheet.",
        )
    return snapshot


def demand_not_run(friday: date, figures: CycleFigures | None) -> None:
    """Raise `Conflict` where the cycle of a Friday has figures of its run."""
    if figures is not None:
        raise _has_run(friday)


async def _demand_not_run(tx: Transaction, friday: date) -> None:
    demand_not_run(friday, await find_cycle(tx.connection, friday))


def _has_run(friday: date) -> Conflict:
    text = f"The cycle of {friday} has run."
    return conflict("liquidation-date", "cycle-has-run", text, "GET /cycles says what it did.")


def _not_confirmed(detail: str, code: str) -> Conflict:
    return Conflict(
        detail,
        rule="cut-sheet",
        code=code,
        remedy="A liquidation specialist and a Center director or assistant director, two people, confirm it.",
    )
