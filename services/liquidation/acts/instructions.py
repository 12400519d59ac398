"""Messages of Commerce, of courts and of agencies: drafted, confirmed by a second person, applied to every entry meant.

A confirmed instruction is applied in chunks, each a transaction with the results of its entries, so that it can be
stopped anywhere and goes on where it was. It stays in force: entries that come later and are meant get it too.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Final, cast

from services.liquidation.acts.bulk import Applied, apply_in_chunks
from services.liquidation.acts.entries import HeldEntry, record_act, rederive
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
from services.liquidation.domain.history_order import NamedDay, find_disorder
from services.liquidation.domain.law import CyclePolicy, LawSettings
from services.liquidation.domain.sequences import OF_TURN, sequence_in_turn
from services.liquidation.domain.suspension import (
    LiftNotice,
    LiftNoticeKind,
    Suspension,
    judge_deemed_posting,
    judge_lift_notice,
    judge_liquidation,
)
from services.liquidation.store import instructions as store
from services.liquidation.store.instructions import Instruction, InstructionResult
from services.liquidation.store.suspensions import SuspensionRow, write_suspensions
from services.liquidation.store.walks import CHANGES_OF_ENTRIES
from shared.customs.calendar import legal_date
from shared.customs.entry_types import entry_type
from shared.db import walks
from shared.db.idempotency import IdempotentCall
from shared.db.transaction import Connections, Transaction, reading, transaction
from shared.runtime.access import Matter, demand
from shared.runtime.clock import Clock
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import Conflict, NotFound
from shared.runtime.identity import Identity, sign
from shared.runtime.ids import event_id
from shared.runtime.slices import JobSession
from shared.runtime.two_people import demand_second_person

CHUNKS_AT_ONCE: Final = 10
"""How much of an instruction is applied in the call that confirms it; the rest is the job's."""

CHANGED: Final = walks.Walk("apply-instructions", ("entries",), "entry_number", changes=CHANGES_OF_ENTRIES)
"""What was recorded on entries, as far as instructions have been applied to it."""

_RULE: Final = "susp-grounds"


@dataclass(frozen=True, slots=True)
class _Done:
    """What an instruction did to one entry, with the suspensions that it began or ended."""

    result: InstructionResult
    suspensions: tuple[SuspensionRow, ...] = ()


@dataclass(frozen=True, slots=True)
class _Reading:
    """By what an instruction is applied: the policy of cycles, the law in force, the time."""

    policy: CyclePolicy
    law: LawSettings
    now: datetime


async def draft_instruction(tx: Transaction, now: datetime, draft: Instruction) -> Instruction:
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
    await store.write_instruction(tx, draft)
    return draft


def name_instruction(call: IdempotentCall) -> str:
    """The id of the instruction that a call drafts: the same when it is sent again."""
    return event_id("instruction", call.identity, call.key)


async def confirm_instruction(
    tx: Transaction, now: datetime, instruction_id: str, meant: IfMatch, caller: Identity
) -> Instruction:
    """Confirm a draft as a second person, to be applied by `apply_instruction`.

    Raises `Conflict` for one that is confirmed, `Forbidden` without the authority and when the caller (or whom the
    caller acts for) drafted it.
    """
    draft = await store.lock_instruction(tx, instruction_id)
    if draft is None:
        raise NotFound(f"There is no instruction {instruction_id}.", remedy="GET /instructions lists them.")
    what = f"instruction {instruction_id}"
    authority = demand(caller, "instruction.confirm", legal_date(now), Matter(), what)
    meant.check(draft.revision)
    demand_confirmable(draft, caller)
    confirmed = replace(
        draft,
        revision=draft.revision + 1,
        state="confirmed",
        confirmed_at=now,
        confirmed_by=caller.subject,
        confirmed_for=caller.acting_for,
        authority=authority,
    )
    await store.confirm_instruction(tx, confirmed)
    return confirmed


def demand_confirmable(found: Instruction, caller: Identity) -> None:
    """Raise `Conflict` for an instruction that is confirmed, `Forbidden` to who drafted it or to whom that was for."""
    if found.state != "draft":
        raise Conflict(
            f"Instruction {found.instruction_id} is {found.state}.",
            rule=_RULE,
            code="instruction-state",
            remedy="Draft another one.",
        )
    demand_second_person(caller, (found.made_by, found.made_for), "drafted this instruction")


async def apply_confirmed(database: Connections, policy: CyclePolicy, clock: Clock, law: LawSettings) -> int:
    """Apply every confirmed instruction to the entries that it has not reached; gives how many it reached now.

    Each goes through all entries once. Later it is asked only of entries on which something was recorded since, which
    is what makes an entry meant: its summary, its suspensions. Which Center it is with is not recorded that way, so an
    instruction that names a Center goes through its entries every time.
    """
    async with transaction(database) as tx:
        await walks.hold_place(tx, CHANGED, clock.now())  # what is recorded from now on is looked at below, or later
    async with reading(database) as connection:
        confirmed = await store.list_confirmed(connection)
        through = await store.find_through(connection)
    reached = 0
    for instruction in confirmed:
        if instruction.instruction_id not in through or instruction.predicate.center is not None:
            reached += await apply_instruction(database, policy, clock.now(), instruction, law, chunks=None)
            async with transaction(database) as tx:
                await store.note_through(tx, instruction.instruction_id, clock.now())
    while True:
        async with transaction(database) as tx:
            place = await walks.hold_place(tx, CHANGED, clock.now())
            numbers, place = await walks.take_changed(tx, CHANGED, place)
        for instruction in confirmed:
            again = [*numbers, *await _find_failed_before(database, instruction)]
            if again:
                reached += await apply_instruction(
                    database, policy, clock.now(), instruction, law, chunks=None, among=again
                )
        async with transaction(database) as tx:
            await walks.keep_place(tx, CHANGED, place)
        if not place.seen_key:  # not by how many keys: one that changed twice is given once
            return reached


async def _find_failed_before(database: Connections, instruction: Instruction) -> list[str]:
    """The entries that were set aside for an instruction and are to be tried again."""
    if not isinstance(database, JobSession):
        return []
    known = [key.rpartition(" ") for key in await database.find_failed_before()]
    return [number for name, _, number in known if name == instruction.instruction_id]


async def apply_instruction(
    database: Connections,
    policy: CyclePolicy,
    now: datetime,
    instruction: Instruction,
    law: LawSettings,
    *,
    chunks: int | None,
    among: Sequence[str] | None = None,
) -> int:
    """Apply an instruction to the entries that it means and has not reached: of these or of all, some chunks or all."""
    by = _Reading(policy, law, now)

    async def next_chunk(tx: Transaction, after: str, limit: int) -> list[str]:
        return await store.list_entries_to_apply(tx, instruction, after, limit, among)

    def apply_to(held: HeldEntry) -> Applied[_Done]:
        return _apply_to(instruction, held, by)

    name = instruction.instruction_id
    return await apply_in_chunks(database, next_chunk, apply_to, _write, name=name, chunks=chunks)


async def _write(tx: Transaction, done: Sequence[_Done]) -> None:
    await write_suspensions(tx, [row for each in done for row in each.suspensions])
    await store.write_results(tx, [each.result for each in done])


def _apply_to(instruction: Instruction, held: HeldEntry, by: _Reading) -> Applied[_Done]:
    governing = next((each for each in held.facts.versions if each.number == held.row.version), None)
    if governing is None or not entry_type(governing.entry_type).liquidates:
        return _leave(instruction, held, "no-effect", "tib-no-liq", "the entry does not liquidate")
    if instruction.kind == "suspend":
        return _suspend(instruction, held, governing, by)
    return _lift(instruction, held, governing, by)


def _suspend(instruction: Instruction, held: HeldEntry, governing: Version, by: _Reading) -> Applied[_Done]:
    row, kind = held.row, cast("GroundKind", instruction.ground)
    reference = instruction.reference or instruction.message_number
    ground = instructed_ground(kind, name_case(reference, None) if kind == "adcvd-case" else reference)
    if kind == TYPE_GROUND:
        ground = TYPE_GROUND
    known = join_grounds(governing, held.facts.suspensions)
    if any(each.lift_noticed_on is None and _is_same(each.ground, ground) for each in known):
        return _leave(instruction, held, "already-suspended", _RULE, f"suspended by {ground}")
    began_on = max(instruction.noticed_on, governing.entry_date)
    suspension = Suspension(ground, AUTHORITY_OF[kind], began_on)
    written = SuspensionRow(row.entry_number, ground, began_on, suspension.authority, False, instruction.instruction_id)
    if row.liquidated_on is not None:
        if began_on > row.liquidated_on:
            detail = f"liquidated on {row.liquidated_on}, before the suspension of {began_on}"
            return _leave(instruction, held, "liquidated-before", _RULE, detail)
        judge = judge_deemed_posting if row.liquidation_kind == "deemed" else judge_liquidation
        finding = judge([*known, suspension], row.liquidated_on)
        detail = f"liquidated on {row.liquidated_on}: {finding.outcome}, {finding.why}"
        result = _result(instruction, held, "liquidated-while-suspended", finding.rule, detail)
        return Applied(_Done(result, (written,)))
    from_state, previous = row.state, row.scheduled_on
    row.turns += 1
    rederive(row, _with(held, [suspension]), by.policy, by.law)
    rule = "eapa-suspend" if kind == "eapa" else _RULE
    outcome = "suspended" if row.is_suspended else "period-had-ended"
    detail = f"{ground} from {began_on}, message {instruction.message_number}"
    act = record_act(
        row,
        event_key=f"suspension:{row.turns}",
        sequence=sequence_in_turn(row.turns, OF_TURN),
        change="suspended",
        from_state=from_state,
        occurred_on=began_on,
        rule=rule,
        text=detail,
        actor=_actor(instruction),
        now=by.now,
        authority=instruction.authority,
        told={"previous_scheduled_on": previous, "posted_on": legal_date(by.now)},
    )
    return Applied(_Done(_result(instruction, held, outcome, rule, detail), (written,)), act)


def _lift(instruction: Instruction, held: HeldEntry, governing: Version, by: _Reading) -> Applied[_Done]:
    row = held.row
    known = join_grounds(governing, held.facts.suspensions)
    named = _select_named(instruction, known)
    chosen = [each for each in named if each.began_on <= instruction.noticed_on]
    if not chosen:
        detail = _explain_nothing_to_lift(instruction, named)
        return _leave(instruction, held, "nothing-to-lift", "susp-lift-6mo", detail)
    recorded = {(each.ground, each.began_on) for each in held.facts.suspensions}
    written = tuple(
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
    )
    ended = [Suspension(each.ground, each.authority, each.began_on, instruction.noticed_on) for each in chosen]
    row.turns += 1
    rederive(row, _with(held, ended), by.policy, by.law)
    rule = "susp-lift-multiline" if row.is_suspended else row.deemed_rule or "susp-lift-6mo"
    lifted = ", ".join(sorted(each.ground for each in chosen))
    detail = f"lifted: {lifted}, notice of {instruction.noticed_on}, message {instruction.message_number}"
    act = record_act(
        row,
        event_key=f"lift:{row.turns}",
        sequence=sequence_in_turn(row.turns, OF_TURN),
        change="suspension-lifted",
        from_state="suspended",
        occurred_on=instruction.noticed_on,
        rule=rule,
        text=f"{detail}; {row.why}",
        actor=_actor(instruction),
        now=by.now,
        authority=instruction.authority,
    )
    outcome = "still-suspended" if row.is_suspended else "lifted"
    return Applied(_Done(_result(instruction, held, outcome, rule, detail), written), act)


def _select_named(instruction: Instruction, known: Sequence[Suspension]) -> Sequence[Suspension]:
    """The standing suspensions that a message of removal names, whenever they began."""
    meant = instruction.predicate
    return select_lifted(
        [each for each in known if each.lift_noticed_on is None],
        cast("GroundKind", instruction.ground),
        instruction.reference,
        meant.case_numbers,
        meant.manufacturer_ids,
        meant.exporter_ids,
    )


def _explain_nothing_to_lift(instruction: Instruction, named: Sequence[Suspension]) -> str:
    """Why a removal ends nothing: no such ground stands, or those that stand began after its notice."""
    days = [NamedDay("suspension_lifted_on", instruction.noticed_on, "noticed_on")]
    days += [NamedDay("suspension_began_on", each.began_on, f"began_on of {each.ground}") for each in named]
    disorder = "; ".join(each.text for each in find_disorder(days, kind=None))
    return disorder or f"no {instruction.ground} of this message stands on {instruction.noticed_on}"


def _with(held: HeldEntry, changed: list[Suspension]) -> EntryFacts:
    keys = {(each.ground, each.began_on) for each in changed}
    others = (each for each in held.facts.suspensions if (each.ground, each.began_on) not in keys)
    return replace(held.facts, suspensions=(*others, *changed))


def _is_same(known: str, ground: str) -> bool:
    """Whether a ground is known already; a case without a maker is known when any of it is."""
    return known == ground or (ground.startswith("adcvd-case:") and known.startswith(ground))


def _leave(instruction: Instruction, held: HeldEntry, outcome: str, rule: str, detail: str) -> Applied[_Done]:
    """The entry stays as it is, with the rule and why."""
    return Applied(_Done(_result(instruction, held, outcome, rule, detail)))


def _result(instruction: Instruction, held: HeldEntry, outcome: str, rule: str, detail: str) -> InstructionResult:
    return InstructionResult(instruction.instruction_id, held.row.entry_number, outcome, rule, detail)


def _actor(instruction: Instruction) -> str:
    drafted = sign(instruction.made_by, instruction.made_for)
    assert instruction.confirmed_by is not None, "only a confirmed instruction is applied"
    return f"{drafted}, confirmed by {sign(instruction.confirmed_by, instruction.confirmed_for)}"
