"""Extending liquidation as a command: under the entry's lock, once for each Idempotency-Key."""

from dataclasses import replace
from datetime import date, datetime

from fastapi import Response
from fastapi.encoders import jsonable_encoder
from sqlalchemy.ext.asyncio import AsyncEngine
from starlette.responses import JSONResponse

from services.liquidation.acts.entries import hold_entry, rederive
from services.liquidation.domain.extension import ExtensionRequest, NotExtended, OpenPeriod, find_void
from services.liquidation.domain.law import LAW, CyclePolicy, LawSettings
from services.liquidation.domain.rules import RULES
from services.liquidation.domain.sequences import OF_EXTENSION, sequence_in_turn
from services.liquidation.publishing import SOURCE, as_held, entry_changed
from services.liquidation.store import records as store
from services.liquidation.store.records import EntryRow, LegalEvent
from shared.bus import outbox
from shared.bus.outbox import Outgoing
from shared.contracts.decision import Reason
from shared.customs.calendar import legal_date
from shared.db.idempotency import IdempotentCall, recall, remember
from shared.db.transaction import transaction
from shared.runtime.errors import Conflict, Refused
from shared.runtime.identity import Identity
from shared.web.idempotency import replay


async def post_extension(
    engine: AsyncEngine,
    policy: CyclePolicy,
    now: datetime,
    call: IdempotentCall,
    entry_number: str,
    request: ExtensionRequest,
    explanation: str,
    caller: Identity,
    law: LawSettings = LAW,
) -> Response:
    """Record an extension and publish it; raises `Refused` or `Conflict` with the rule that makes it void.

    While an entry is suspended no period runs that could be extended (susp-grounds): whether an extension posted then
    would lengthen the six months after the removal is unsettled, and the calculator shows both readings.
    """
    if request.posted_on > legal_date(now):
        why = f"{request.posted_on} has not come."
        raise _refused(NotExtended("ext-notice", why, "Record an extension when it is posted."))
    async with transaction(engine) as tx:
        before = await recall(tx.connection, call)
        if before is not None:
            return replay(before)
        held = await hold_entry(tx, entry_number)
        row, period = held.row, _open_period(held.row)
        void = find_void(period, request)
        if void is not None:
            raise _refused(void)
        previous_scheduled_on = row.scheduled_on
        row.extensions, row.extended_months = row.extensions + 1, row.extended_months + request.months
        facts = replace(held.facts, extensions=(*held.facts.extensions, request), extended_months=row.extended_months)
        rederive(row, facts, policy, law)
        assert row.deemed_on is not None
        act, event = _extended(row, request, previous_scheduled_on, policy, explanation, caller, now)
        await store.write_entries(tx, [row])
        await store.write_legal_events(tx, [act])
        await store.write_extension(
            tx,
            entry_number,
            row.extensions,
            request.reason,
            request.months,
            request.posted_on,
            request.requested_on,
            (period.deemed_on, row.deemed_on),
            explanation,
            caller.subject,
        )
        answer = jsonable_encoder(
            {
                "number": row.extensions,
                "reason": request.reason,
                "months": request.months,
                "posted_on": request.posted_on,
                "requested_on": request.requested_on,
                "period_ended_on": period.deemed_on,
                "period_ends_on": row.deemed_on,
                "explanation": explanation,
                "posted_by": caller.subject,
            }
        )
        await outbox.add(tx, SOURCE, [event])
        await remember(tx.connection, call, status=201, response=answer, now=now)
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
    previous_scheduled_on: date | None,
    policy: CyclePolicy,
    explanation: str,
    caller: Identity,
    now: datetime,
) -> tuple[LegalEvent, Outgoing]:
    sequence = sequence_in_turn(row.turns, OF_EXTENSION + row.extensions)
    rule = "ext-reasons"
    act = LegalEvent(
        row.entry_number,
        f"extension:{row.extensions}",
        sequence,
        "extended",
        "extended",
        request.posted_on,
        rule,
        f"{request.reason}: {explanation}",
        row.scheduled_on,
        row.deemed_on,
        actor=caller.subject,
    )
    return act, entry_changed(
        as_held(row),
        act,
        now,
        from_state="extended" if row.extensions > 1 else "scheduled",
        reasons=(Reason(code=request.reason, text=explanation, fact=policy.version, citation=RULES[rule].citation),),
        told={"previous_scheduled_on": previous_scheduled_on},
    )


def _refused(void: NotExtended) -> Refused:
    citation = RULES[void.rule].citation
    return Refused(void.why, rule=void.rule, code="extension-void", citation=citation, remedy=void.remedy)
