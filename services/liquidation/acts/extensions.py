"""Extending liquidation of one entry, when the notice of it has been posted."""

from dataclasses import replace
from datetime import date, datetime

from services.liquidation.acts.entries import hold_entry, rederive, write_act
from services.liquidation.acts.refusals import conflict, demand_order, refused
from services.liquidation.domain.extension import ExtensionRequest, NotExtended, OpenPeriod, find_excess, find_void
from services.liquidation.domain.history_order import name_days
from services.liquidation.domain.law import CyclePolicy, LawSettings
from services.liquidation.domain.record import STATES_WITH_A_PERIOD
from services.liquidation.domain.rules.table import RULES
from services.liquidation.domain.sequences import OF_EXTENSION, sequence_in_turn
from services.liquidation.publishing import as_held, entry_changed
from services.liquidation.store.extensions import ExtensionRow, write_extension
from services.liquidation.store.records import EntryRow, LegalEvent
from shared.bus.outbox import Outgoing
from shared.contracts.decision import Reason
from shared.customs.calendar import legal_date
from shared.customs.entry_types import entry_type
from shared.db.transaction import Transaction
from shared.runtime.errors import Refused
from shared.runtime.identity import Identity

_RULE = "ext-reasons"


async def post_extension(
    tx: Transaction,
    now: datetime,
    entry_number: str,
    request: ExtensionRequest,
    explanation: str,
    caller: Identity,
    policy: CyclePolicy,
    law: LawSettings,
) -> ExtensionRow:
    """Record an extension and publish it; raises `Refused` or `Conflict` with the rule that makes it void.

    While an entry is suspended no period runs that could be extended (susp-grounds): whether an extension posted then
    would lengthen the six months after the removal is unsettled, and the calculator shows both readings.
    """
    today = legal_date(now)
    held, authority = await hold_entry(tx, entry_number, caller, "entry.extend", today)
    if request.posted_on > today:
        why = f"{request.posted_on} has not come."
        raise _refused(NotExtended("ext-notice", why, "Record an extension when it is posted."))
    row, period = held.row, demand_open_period(held.row, today)
    _demand_order(row, request)
    void = find_void(period, request) or find_excess(period.extended_months, request)
    if void is not None:
        raise _refused(void)
    previous_scheduled_on = row.scheduled_on
    row.extensions, row.extended_months = row.extensions + 1, row.extended_months + request.months
    facts = replace(held.facts, extensions=(*held.facts.extensions, request), extended_months=row.extended_months)
    rederive(row, facts, policy, law)
    assert row.deemed_on is not None
    extension = ExtensionRow(
        entry_number=entry_number,
        number=row.extensions,
        reason=request.reason,
        months=request.months,
        posted_on=request.posted_on,
        requested_on=request.requested_on,
        period_ended_on=period.deemed_on,
        period_ends_on=row.deemed_on,
        explanation=explanation,
        posted_by=caller.signature,
    )
    await write_act(tx, row, *_tell(row, extension, previous_scheduled_on, policy, authority, now))
    await write_extension(tx, extension)
    return extension


def _demand_order(row: EntryRow, request: ExtensionRequest) -> None:
    fields = {"extension_posted_on": "posted_on", "extension_requested_on": "requested_on"}
    days = {
        "entry_date": row.entry_date,
        "extension_requested_on": request.requested_on,
        "extension_posted_on": request.posted_on,
    }
    assert row.entry_type is not None
    demand_order(name_days(days, fields), entry_type(row.entry_type))


def demand_open_period(row: EntryRow, today: date) -> OpenPeriod:
    """The period that can be extended on this day; raises `Conflict` or `Refused` when none runs."""
    if row.liquidated_on is not None:
        raise conflict(
            "ext-notice",
            "already-liquidated",
            f"Entry {row.entry_number} was liquidated on {row.liquidated_on}.",
            "Only a period that is open can be extended.",
        )
    has_period = row.state in STATES_WITH_A_PERIOD and not row.is_informal
    if row.entry_date is None or row.deemed_on is None or not has_period:
        raise conflict(
            row.rule or "ext-length",
            "no-open-period",
            f"Entry {row.entry_number} is {row.state}: {row.why or 'no period for liquidation runs'}.",
            "There is no period to extend while the clock does not run.",
        )
    if row.deemed_on < today:
        # Whatever day is stated: what was not on record when the period ended is not extended behind it.
        why = f"The period ended on {row.deemed_on}, and no extension was on record on that day."
        raise _refused(NotExtended("ext-notice", why, "None: the entry is deemed liquidated; the next cycle posts it."))
    return OpenPeriod(row.entry_date, row.deemed_on, row.extended_months, row.extensions)


def _tell(
    row: EntryRow,
    extension: ExtensionRow,
    previous_scheduled_on: date | None,
    policy: CyclePolicy,
    authority: str,
    now: datetime,
) -> tuple[LegalEvent, Outgoing]:
    """The act of an extension, of the day that is stated for its notice, and the event that posts it today."""
    act = LegalEvent(
        entry_number=row.entry_number,
        event_key=f"extension:{extension.number}",
        sequence=sequence_in_turn(row.turns, OF_EXTENSION + extension.number),
        change="extended",
        to_state="extended",
        occurred_on=extension.posted_on,
        rule=_RULE,
        detail=f"{extension.reason}: {extension.explanation}",
        scheduled_on=row.scheduled_on,
        deemed_on=row.deemed_on,
        actor=extension.posted_by,
        authority=authority,
    )
    reason = Reason(
        code=extension.reason, text=extension.explanation, fact=policy.version, citation=RULES[_RULE].citation
    )
    return act, entry_changed(
        as_held(row),
        act,
        now,
        from_state="extended" if extension.number > 1 else "scheduled",
        reasons=[reason],
        told={"previous_scheduled_on": previous_scheduled_on, "posted_on": legal_date(now)},
    )


def _refused(void: NotExtended) -> Refused:
    return refused(void.rule, "extension-void", void.why, void.remedy)
