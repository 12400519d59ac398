"""Extending liquidation as a command: under the entry's lock, once for each Idempotency-Key."""

from datetime import datetime

from fastapi import Response
from fastapi.encoders import jsonable_encoder
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.responses import JSONResponse

from services.liquidation.domain.clocks import CyclePolicy
from services.liquidation.domain.extension import Extended, ExtensionRequest, NotExtended, OpenPeriod, extend
from services.liquidation.domain.rules import RULES
from services.liquidation.handlers import SOURCE, legal_basis
from services.liquidation.store import records as store
from services.liquidation.store.records import EntryRow, LegalEvent
from services.liquidation.store.tables import platform
from shared.bus import outbox
from shared.bus.outbox import Outgoing
from shared.contracts.decision import Reason
from shared.contracts.liquidation import EntryChanged
from shared.customs.calendar import legal_date
from shared.db.transaction import transaction
from shared.runtime.errors import Conflict, NotFound, Refused
from shared.runtime.ids import event_id
from shared.web.idempotency import IdempotentCall, recall, remember
from shared.web.identity import Identity

_FIRST_ACT = 10_000_000
"""Extensions come after every version of an entry: extension n is act 10,000,000 + n."""


async def post_extension(
    engine: AsyncEngine,
    policy: CyclePolicy,
    now: datetime,
    call: IdempotentCall,
    entry_number: str,
    request: ExtensionRequest,
    explanation: str,
    caller: Identity,
) -> Response:
    """Record an extension and publish it; raises `Refused` or `Conflict` with the rule that makes it void."""
    if request.posted_on > legal_date(now):
        raise _refused("ext-notice", f"{request.posted_on} has not come.", "Record an extension when it is posted.")
    async with transaction(engine) as tx:
        before = await recall(tx.connection, platform.idempotency_keys, call)
        if before is not None:
            return before.as_response()
        await store.exclude_cycles(tx)
        row = (await store.lock_entries(tx, [entry_number], create=False)).get(entry_number)
        if row is None:
            raise NotFound(f"There is no entry {entry_number} in liquidation.", remedy="Check the number.")
        outcome = extend(_open_period(row), request, policy)
        if isinstance(outcome, NotExtended):
            raise _refused(outcome.rule, outcome.why, outcome.remedy)
        act, event = _extended(row, request, outcome, policy, explanation, caller, now)
        period = (_open_period(row).deemed_on, outcome.deemed_on)
        row.state, row.extensions, row.extended_months = "extended", outcome.number, outcome.extended_months
        row.scheduled_on, row.deemed_on = outcome.scheduled_on, outcome.deemed_on
        row.why = f"entry date {row.entry_date}, {policy.version}, extended by {outcome.extended_months} months"
        await store.write_entries(tx, [row])
        await store.write_legal_events(tx, [act])
        await store.write_extension(
            tx,
            entry_number,
            outcome.number,
            request.reason,
            request.months,
            request.posted_on,
            request.requested_on,
            period,
            explanation,
            caller.subject,
        )
        answer = jsonable_encoder(
            {
                "number": outcome.number,
                "reason": request.reason,
                "months": request.months,
                "posted_on": request.posted_on,
                "requested_on": request.requested_on,
                "period_ended_on": period[0],
                "period_ends_on": period[1],
                "explanation": explanation,
                "posted_by": caller.subject,
            }
        )
        await outbox.add(tx, SOURCE, [event])
        await remember(tx.connection, platform.idempotency_keys, call, status=201, response=answer, now=now)
    return JSONResponse(answer, 201)


def _open_period(row: EntryRow) -> OpenPeriod:
    if row.liquidated_on is not None:
        raise Conflict(
            f"Entry {row.entry_number} was liquidated on {row.liquidated_on}.",
            rule="ext-notice",
            code="already-liquidated",
            citation=RULES["ext-notice"].citation,
            remedy="Only a period that is open can be extended.",
        )
    if row.entry_date is None or row.deemed_on is None or row.is_informal or row.state not in ("scheduled", "extended"):
        raise Conflict(
            f"Entry {row.entry_number} is {row.state}: {row.why or 'no period for liquidation runs'}.",
            rule=row.rule or "ext-length",
            code="no-open-period",
            citation=RULES[row.rule or "ext-length"].citation,
            remedy="There is no period to extend while the clock does not run.",
        )
    return OpenPeriod(row.entry_date, row.deemed_on, row.extended_months, row.extensions)


def _extended(
    row: EntryRow,
    request: ExtensionRequest,
    outcome: Extended,
    policy: CyclePolicy,
    explanation: str,
    caller: Identity,
    now: datetime,
) -> tuple[LegalEvent, Outgoing]:
    sequence = _FIRST_ACT + outcome.number
    rule = "ext-reasons"
    act = LegalEvent(
        row.entry_number,
        f"extension:{outcome.number}",
        sequence,
        "extended",
        "extended",
        request.posted_on,
        rule,
        f"{request.reason}: {explanation}",
        outcome.scheduled_on,
        outcome.deemed_on,
        actor=caller.subject,
    )
    assert row.importer_number is not None
    assert row.entry_type is not None
    assert row.port_of_entry is not None
    assert row.entry_date is not None
    data = EntryChanged(
        entry_number=row.entry_number,
        sequence=sequence,
        change="extended",
        importer_number=row.importer_number,
        filer_code=row.entry_number[:3],
        surety_code=row.surety_code,
        entry_type=row.entry_type,
        port_of_entry=row.port_of_entry,
        entry_date=row.entry_date,
        center=row.center,
        from_state="extended" if row.extensions else "scheduled",
        to_state="extended",
        occurred_on=request.posted_on,
        scheduled_on=outcome.scheduled_on,
        previous_scheduled_on=row.scheduled_on,
        deemed_on=outcome.deemed_on,
        legal_basis=legal_basis(rule),
        reasons=(Reason(code=request.reason, text=explanation, fact=policy.version, citation=RULES[rule].citation),),
    )
    return act, Outgoing(event_id("entry-changed", row.entry_number, str(sequence)), data, now)


def _refused(rule: str, detail: str, remedy: str) -> Refused:
    return Refused(detail, rule=rule, code="extension-void", citation=RULES[rule].citation, remedy=remedy)
