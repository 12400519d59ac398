"""Messages of Commerce, of courts and of agencies: drafted, confirmed by a second person, applied to every entry meant.

A confirmed instruction is applied in chunks, each a transaction with the results of its entries, so that it can be
stopped anywhere and goes on where it was. It stays in force: entries that come later and are meant get it too.
"""

from dataclasses import replace
from datetime import datetime
from typing import Final, cast

from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.acts.entries import HeldEntry, hold_entries, record_act, rederive
from services.liquidation.acts.liquidations import Answer
from services.liquidation.acts.refusals import refused
from services.liquidation.domain.facts import EntryFacts, Version
from services.liquidation.domain.grounds import (
    AUTHORITY_OF,
    TYPE_GROUND,
    GroundKind,
    instructed_ground,
    join_grounds,
    name_case,
    select_lifted,
)
from services.liquidation.domain.law import LAW, CyclePolicy, LawSettings
from services.liquidation.domain.sequences import OF_TURN, sequence_in_turn
from services.liquidation.domain.suspension import (
    LiftNotice,
    LiftNoticeKind,
    Suspension,
    judge_deemed_posting,
    judge_lift_notice,
    judge_liquidation,
)
from services.liquidation.publishing import SOURCE
from services.liquidation.store import instructions as store
from services.liquidation.store import records
from services.liquidation.store.instructions import Instruction, InstructionResult
from services.liquidation.store.records import LegalEvent
from services.liquidation.store.suspensions import SuspensionRow, write_suspensions
from shared.bus import outbox
from shared.bus.outbox import Outgoing
from shared.customs.calendar import legal_date
from shared.customs.entry_types import entry_type
from shared.db.idempotency import IdempotentCall, recall, remember
from shared.db.transaction import reading, transaction
from shared.runtime.clock import Clock
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import Conflict, NotFound
from shared.runtime.identity import Identity
from shared.runtime.ids import event_id

_CHUNK: Final = 500
_CHUNKS_AT_ONCE: Final = 10
"""How much of an instruction is applied in the call that confirms it; the rest is the job's."""

_Done = tuple[InstructionResult, list[SuspensionRow], tuple[LegalEvent, Outgoing] | None]


async def draft_instruction(engine: AsyncEngine, now: datetime, call: IdempotentCall, draft: Instruction) -> Answer:
    """Keep a draft, which does nothing yet; raises `Refused` when the message cannot have the effect.

    Rule susp-lift-trigger [S], Int'l Trading, Fujitsu, Aspects (Fed. Cir.): only an unambiguous and public notice
    starts the six months, not a court's opinion and not a Timken notice.
    """
    if draft.noticed_on > legal_date(now):
        raise refused("susp-lift-trigger", "in-the-future", f"{draft.noticed_on} has not come.", "Wait for the day.")
    if draft.kind == "lift":
        finding = judge_lift_notice(LiftNotice(cast("LiftNoticeKind", draft.source), draft.noticed_on))
        if finding.outcome != "starts":
            remedy = "Wait for the public message of Commerce, the agency or the court's notice."
            raise refused(finding.rule, "no-notice-of-removal", f"{draft.source}: {finding.why}.", remedy)
    async with transaction(engine) as tx:
        if (before := await recall(tx.connection, call)) is not None:
            return Answer(before.status, before.response, is_replayed=True)
        await store.write_instruction(tx, draft)
        body: dict[str, object] = {"instruction_id": draft.instruction_id, "revision": draft.revision, "state": "draft"}
        await remember(tx.connection, call, status=201, response=body, now=now)
    return Answer(201, body)


def name_instruction(call: IdempotentCall) -> str:
    """The id of the instruction that a call drafts: the same when it is sent again."""
    return event_id("instruction", call.identity, call.key)


async def confirm_instruction(
    engine: AsyncEngine,
    policy: CyclePolicy,
    now: datetime,
    instruction_id: str,
    meant: IfMatch,
    caller: Identity,
    law: LawSettings = LAW,
) -> Instruction:
    """Confirm a draft as a second person and begin to apply it.

    Raises `Conflict` for one that is confirmed, or when the caller (or whom the caller acts for) drafted it.
    """
    async with transaction(engine) as tx:
        draft = await store.lock_instruction(tx, instruction_id)
        if draft is None:
            raise NotFound(f"There is no instruction {instruction_id}.", remedy="GET /instructions lists them.")
        meant.check(draft.revision)
        if draft.state != "draft":
            raise Conflict(
                f"Instruction {instruction_id} is {draft.state}.",
                rule="susp-grounds",
                code="instruction-state",
                remedy="Draft another one.",
            )
        if {caller.subject, caller.acting_for or caller.subject} & {draft.made_by, draft.made_for or draft.made_by}:
            raise Conflict(
                f"{caller.subject} drafted this instruction.",
                rule="susp-grounds",
                code="second-person-needed",
                remedy="Somebody else, who looked at the preview, confirms it.",
            )
        await store.confirm_instruction(
            tx, instruction_id, confirmed_at=now, confirmed_by=caller.subject, confirmed_for=caller.acting_for
        )
    async with reading(engine) as connection:
        confirmed = await store.find_instruction(connection, instruction_id)
    assert confirmed is not None
    await apply_instruction(engine, policy, now, confirmed, law, chunks=_CHUNKS_AT_ONCE)
    return confirmed


async def apply_confirmed(engine: AsyncEngine, policy: CyclePolicy, clock: Clock, law: LawSettings = LAW) -> int:
    """Apply every confirmed instruction to the entries that it has not reached; gives how many it reached now."""
    async with reading(engine) as connection:
        confirmed = await store.list_confirmed(connection)
    reached = 0
    for instruction in confirmed:
        reached += await apply_instruction(engine, policy, clock.now(), instruction, law)
    return reached


async def apply_instruction(
    engine: AsyncEngine,
    policy: CyclePolicy,
    now: datetime,
    instruction: Instruction,
    law: LawSettings = LAW,
    *,
    chunks: int | None = None,
) -> int:
    """Apply an instruction to the entries that it means and has not reached, some chunks of them or all."""
    after, reached, done = "", 0, 0
    while chunks is None or done < chunks:
        async with transaction(engine) as tx:
            numbers = await store.list_entries_to_apply(tx, instruction, after, _CHUNK)
            held = await hold_entries(tx, numbers)
            results: list[InstructionResult] = []
            rows: list[SuspensionRow] = []
            acts: list[LegalEvent] = []
            events: list[Outgoing] = []
            touched = []
            for number in numbers:
                result, written, told = _apply_to(instruction, held[number], policy, law, now)
                results.append(result)
                rows.extend(written)
                if told is not None:
                    touched.append(held[number].row)
                    acts.append(told[0])
                    events.append(told[1])
            await write_suspensions(tx, rows)
            await records.write_entries(tx, touched)
            await records.write_legal_events(tx, acts)
            await store.write_results(tx, results)
            await outbox.add(tx, SOURCE, events)
        if not numbers:
            break
        after, reached, done = numbers[-1], reached + len(numbers), done + 1
    return reached


def _apply_to(instruction: Instruction, held: HeldEntry, policy: CyclePolicy, law: LawSettings, now: datetime) -> _Done:
    governing = next((each for each in held.facts.versions if each.number == held.row.version), None)
    if governing is None or not entry_type(governing.entry_type).liquidates:
        return _result(instruction, held, "no-effect", "tib-no-liq", "the entry does not liquidate"), [], None
    if instruction.kind == "suspend":
        return _suspend(instruction, held, governing, policy, law, now)
    return _lift(instruction, held, governing, policy, law, now)


def _suspend(
    instruction: Instruction, held: HeldEntry, governing: Version, policy: CyclePolicy, law: LawSettings, now: datetime
) -> _Done:
    row, kind = held.row, cast("GroundKind", instruction.ground)
    reference = instruction.reference or instruction.message_number
    ground = instructed_ground(kind, name_case(reference, None) if kind == "adcvd-case" else reference)
    if kind == TYPE_GROUND:
        ground = TYPE_GROUND
    known = join_grounds(governing, held.facts.suspensions)
    if any(each.lift_noticed_on is None and _is_same(each.ground, ground) for each in known):
        return _result(instruction, held, "already-suspended", "susp-grounds", f"suspended by {ground}"), [], None
    began_on = max(instruction.noticed_on, governing.entry_date)
    suspension = Suspension(ground, AUTHORITY_OF[kind], began_on)
    written = SuspensionRow(row.entry_number, ground, began_on, suspension.authority, False, instruction.instruction_id)
    if row.liquidated_on is not None:
        if began_on > row.liquidated_on:
            detail = f"liquidated on {row.liquidated_on}, before the suspension of {began_on}"
            return _result(instruction, held, "liquidated-before", "susp-grounds", detail), [], None
        judge = judge_deemed_posting if row.liquidation_kind == "deemed" else judge_liquidation
        finding = judge([*known, suspension], row.liquidated_on)
        detail = f"liquidated on {row.liquidated_on}: {finding.outcome}, {finding.why}"
        return _result(instruction, held, "liquidated-while-suspended", finding.rule, detail), [written], None
    from_state, previous = row.state, row.scheduled_on
    row.turns += 1
    rederive(row, _with(held, [suspension]), policy, law)
    rule = "eapa-suspend" if kind == "eapa" else "susp-grounds"
    outcome = "suspended" if row.is_suspended else "period-had-ended"
    detail = f"{ground} from {began_on}, message {instruction.message_number}"
    told = record_act(
        row,
        event_key=f"suspension:{row.turns}",
        sequence=sequence_in_turn(row.turns, OF_TURN),
        change="suspended",
        from_state=from_state,
        occurred_on=began_on,
        rule=rule,
        text=detail,
        actor=_actor(instruction),
        now=now,
        told={"previous_scheduled_on": previous},
    )
    return _result(instruction, held, outcome, rule, detail), [written], told


def _lift(
    instruction: Instruction, held: HeldEntry, governing: Version, policy: CyclePolicy, law: LawSettings, now: datetime
) -> _Done:
    row, meant = held.row, instruction.predicate
    known = join_grounds(governing, held.facts.suspensions)
    standing = [each for each in known if each.lift_noticed_on is None and each.began_on <= instruction.noticed_on]
    chosen = select_lifted(
        standing,
        cast("GroundKind", instruction.ground),
        instruction.reference,
        meant.case_numbers,
        meant.manufacturer_ids,
        meant.exporter_ids,
    )
    if not chosen:
        detail = f"no {instruction.ground} of this message stands on {instruction.noticed_on}"
        return _result(instruction, held, "nothing-to-lift", "susp-lift-6mo", detail), [], None
    recorded = {(each.ground, each.began_on) for each in held.facts.suspensions}
    written = [
        SuspensionRow(
            row.entry_number,
            each.ground,
            each.began_on,
            each.authority,
            (each.ground, each.began_on) not in recorded,
            None,
            instruction.noticed_on,
            f"{instruction.source} {instruction.message_number}",
            instruction.instruction_id,
        )
        for each in chosen
    ]
    ended = [Suspension(each.ground, each.authority, each.began_on, instruction.noticed_on) for each in chosen]
    row.turns += 1
    rederive(row, _with(held, ended), policy, law)
    rule = "susp-lift-multiline" if row.is_suspended else "susp-lift-6mo"
    lifted = ", ".join(sorted(each.ground for each in chosen))
    detail = f"lifted: {lifted}, notice of {instruction.noticed_on}, message {instruction.message_number}"
    told = record_act(
        row,
        event_key=f"lift:{row.turns}",
        sequence=sequence_in_turn(row.turns, OF_TURN),
        change="suspension-lifted",
        from_state="suspended",
        occurred_on=instruction.noticed_on,
        rule=rule,
        text=f"{detail}; {row.why}",
        actor=_actor(instruction),
        now=now,
    )
    return _result(instruction, held, "still-suspended" if row.is_suspended else "lifted", rule, detail), written, told


def _with(held: HeldEntry, changed: list[Suspension]) -> EntryFacts:
    keys = {(each.ground, each.began_on) for each in changed}
    others = (each for each in held.facts.suspensions if (each.ground, each.began_on) not in keys)
    return replace(held.facts, suspensions=(*others, *changed))


def _is_same(known: str, ground: str) -> bool:
    """Whether a ground is known already; a case without a maker is known when any of it is."""
    return known == ground or (ground.startswith("adcvd-case:") and known.startswith(ground))


def _result(instruction: Instruction, held: HeldEntry, outcome: str, rule: str, detail: str) -> InstructionResult:
    return InstructionResult(instruction.instruction_id, held.row.entry_number, outcome, rule, detail)


def _actor(instruction: Instruction) -> str:
    return f"{instruction.made_by}, confirmed by {instruction.confirmed_by}"
