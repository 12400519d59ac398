"""Runs of programs under one root each, and the proof of what a run did to an entry, rendered from what is kept."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

from services.liquidation.domain.money.settings import MoneySettings
from services.liquidation.domain.money.terms import terms_from_json
from services.liquidation.domain.program.judging import ProgramEntry, SpecialDuty, list_removed
from services.liquidation.domain.program.merkle import BLOCK, GrowingTree, find_root, hash_leaf, list_path
from services.liquidation.domain.program.proof_documents import (
    PROOF_FORM,
    clip_to_terms,
    describe_posted,
    describe_segment,
    leap_years_matter,
)
from services.liquidation.domain.program.proving import Posted, definition_digest, leaf_digest, leaf_text
from services.liquidation.domain.rules.table import RULES
from services.liquidation.publishing import posted_event_id
from services.liquidation.store import program_proofs as store
from services.liquidation.store import program_runs as runs
from services.liquidation.store.assessments import AssessmentRow
from services.liquidation.store.money_cases import MoneyCase, load_cases
from services.liquidation.store.program_facts import load_duties
from services.liquidation.store.program_proofs import Posting, RunRow
from services.liquidation.store.programs import Revision, find_program, find_revision
from services.liquidation.store.refunds import RefundRow
from services.liquidation.store.voided_postings import list_voided
from shared.customs.calendar import legal_date
from shared.customs.money import format_cents
from shared.db.engine import Patience
from shared.db.transaction import Connections, Transaction, be_patient
from shared.runtime.clock import Clock
from shared.runtime.errors import NotFound
from shared.runtime.slices import work_through

SEALING: Final = Patience(lock=30, statement=3_600)
"""A run of millions is read once, from the first entry to the last."""
_BLOCKS_AT_ONCE: Final = 100


@dataclass(frozen=True, slots=True)
class Proven:
    """What a program did to an entry, as a proof tells it, with the revision that was in force.

    `document` is the proof without the definition, of which whoever asks sees what they may, and without `told`.
    """

    document: Mapping[str, Any]
    told: Mapping[str, Any]
    importer_number: str
    revision: Revision


async def seal_run(tx: Transaction, program: str, run: int) -> bytes:
    """The root over all that a run posted, computed and kept; of a run that has one, that.

    The caller's run takes no more. Leaves are in order of entry number and come from a cursor, and what is held is one
    block of them: memory stays flat. Stopped before the transaction commits it leaves nothing, and does it again with
    the same root. Raises `NotFound` when there is no such run.
    """
    found = await store.hold_run(tx, program, run)
    if found is None:
        raise NotFound(f"Program {program} has no run {run}.", remedy="GET /programs/{program}/report lists its runs.")
    if found.root is not None:
        return found.root
    tree, leaves = GrowingTree(), 0
    blocks: list[tuple[int, str, bytes]] = []
    async for rows in store.stream_leaves(tx, program, run, BLOCK):
        digest = find_root([hash_leaf(leaf) for _, leaf in rows])
        blocks.append((tree.count, rows[0][0], digest))
        tree.add(digest)
        leaves += len(rows)
        if len(blocks) == _BLOCKS_AT_ONCE:
            await store.write_blocks(tx, program, run, blocks)
            blocks.clear()
    await store.write_blocks(tx, program, run, blocks)
    await store.write_root(tx, program, run, leaves, tree.root)
    return tree.root


async def seal_ended(database: Connections, clock: Clock) -> int:
    """Seal every run whose day is over and that has no root, each in a transaction of its own; gives how many.

    Until then one that is through may go on; that of a cycle takes no more. A job: it may run late or twice, and one
    that is stopped does what it had begun again, with the same root.
    """
    now = clock.now()

    async def list_next(
        tx: Transaction, after: tuple[str, int] | None, left_out: Sequence[str]
    ) -> Sequence[tuple[str, int]]:
        return await store.list_unsealed(tx, legal_date(now), after or ("", 0), left_out, 1)

    async def seal(tx: Transaction, found: Sequence[tuple[str, int]]) -> int:
        await be_patient(tx, SEALING)
        for program, run in found:
            # Chunks hold the program while they post: what one has begun is in before the run ends.
            await find_program(tx.connection, program, is_held=True)
            await runs.stop_runs(tx, program, run, "its day is over", now)
            await seal_run(tx, program, run)
        return len(found)

    return await work_through(database, list_next, seal, key_of=lambda each: f"{each[0]}/{each[1]}")


async def prove(tx: Transaction, program: str, entry_number: str, settings: MoneySettings) -> Proven:
    """The proof of what a program did to an entry; raises `NotFound` while it has posted nothing of it."""
    kept = await store.find_posting(tx, program, entry_number)
    if kept is None:
        raise NotFound(
            f"Program {program} has posted nothing of entry {entry_number}.",
            remedy=f"GET /programs/{program}/entries/{entry_number} says what becomes of it.",
        )
    revision = await find_revision(tx.connection, program, kept.posted["revision"])
    run = await store.find_run(tx, program, kept.run)
    assert revision is not None  # what was posted was judged by it
    assert run is not None  # and in a run
    posted = kept.as_posted(definition_digest(revision.definition))
    case = (await load_cases(tx, [entry_number]))[entry_number]
    assessed = next((each for each in case.assessments if each.act_key == posted.act_key), None)
    return Proven(
        {
            "form": PROOF_FORM,
            "posted": describe_posted(posted),
            "leaf": {"text": leaf_text(posted), "sha256": leaf_digest(posted).hex()},
            "tree": await _describe_tree(tx, run, posted),
            "lines": await _describe_lines(tx, kept, posted, revision),
            "money": _describe_money(posted, assessed, settings),
        },
        await _tell(tx, kept, run, posted, case, assessed, revision),
        kept.importer_number,
        revision,
    )


async def _describe_tree(tx: Transaction, run: RunRow, posted: Posted) -> dict[str, Any] | None:
    """The way to the run's root: the leaves of one block, and above them the digests of the blocks."""
    if run.root is None or run.leaves is None:
        return None
    found = await store.find_block(tx, run.program, run.run, posted.entry_number)
    if found is None:
        return None
    block, first = found
    leaves = await store.read_block(tx, run.program, run.run, first)
    index = next(place for place, (number, _) in enumerate(leaves) if number == posted.entry_number)
    path = list_path([hash_leaf(leaf) for _, leaf in leaves], index)
    path += list_path(await store.list_blocks(tx, run.program, run.run), block)
    return {
        "leaves": run.leaves,
        "index": block * BLOCK + index,
        "path": [each.hex() for each in path],
        "root": run.root.hex(),
    }


async def _describe_lines(tx: Transaction, kept: Posting, posted: Posted, revision: Revision) -> list[dict[str, Any]]:
    """The duty of each line under each number that was removed, by the version that governed."""
    duties = (await load_duties(tx, [posted.entry_number])).get(posted.entry_number, {}).get(posted.version, ())
    entered_on = await store.find_entry_date(tx, posted.entry_number, posted.version)
    if entered_on is None:
        return []
    entry = ProgramEntry(posted.entry_number, kept.importer_number, "", entered_on, False, False, None, None, duties)
    return [_describe_line(each) for each in list_removed(revision.rules, entry)]


def _describe_line(duty: SpecialDuty) -> dict[str, Any]:
    before = format_cents(duty.duty_cents)
    return {
        "line_number": duty.line_number,
        "hts": duty.hts,
        "before_usd": before,
        "removed_usd": before,
        "after_usd": format_cents(0),
    }


def _describe_money(posted: Posted, assessed: AssessmentRow | None, settings: MoneySettings) -> dict[str, Any] | None:
    """What the interest as it was posted rests on; None where none was."""
    if posted.interest_cents is None or assessed is None or assessed.interest_cents is None:
        return None
    terms = terms_from_json(assessed.terms)
    interest = terms.interest if terms is not None else "1505c"
    is_ordered = terms is not None and interest == "ordered"
    segments = clip_to_terms(assessed.segments, terms)
    needs_payee = interest == "1505c" and any(each.debtor == "cbp" for each in segments)
    return {
        "payee": assessed.payee if needs_payee else None,
        "terms": interest,
        "ordered_rate_pct": terms.ordered_rate_pct if terms is not None and is_ordered else None,
        "ordered_from": terms.ordered_from if terms is not None and is_ordered else None,
        "days_in_leap_year": settings.days_in_leap_year if leap_years_matter(segments) else None,
        "segments": [describe_segment(each, assessed.payee, terms) for each in segments],
        "interest_usd": format_cents(assessed.interest_cents),
        "assessed_before_usd": format_cents(assessed.interest_cents - (assessed.interest_change_cents or 0)),
        "change_usd": format_cents(assessed.change_cents),
        "total_usd": format_cents(assessed.total_cents or 0),
        "is_disregarded": assessed.is_disregarded,
    }


async def _tell(
    tx: Transaction,
    kept: Posting,
    run: RunRow,
    posted: Posted,
    case: MoneyCase,
    assessed: AssessmentRow | None,
    revision: Revision,
) -> dict[str, Any]:
    """What is said beside the proof, as it stands now: nothing of it is under the root."""
    rules, act = revision.rules, await store.find_act(tx, posted.entry_number, posted.act_key)
    refund = next((each for each in case.refunds if each.act_key == posted.act_key), None)
    named = [each for each in (act["rule"] if act else None, assessed.rule if assessed else None) if each]
    if assessed is not None and assessed.segments:
        named += ["int-overpay", "int-rate-source"]
    return {
        "program": {"title": rules.title, "order": rules.order, "citation": rules.citation},
        "run": {"run": run.run, "kind": run.kind, "state": run.state, "posted_on": run.posted_on, "lane": kept.lane},
        "entry_date": await store.find_entry_date(tx, posted.entry_number, posted.version),
        "act": act,
        "event_id": posted_event_id(posted.entry_number, posted.sequence),
        "rules": [
            {"rule": each, "citation": RULES[each].citation, "says": RULES[each].text}
            for each in dict.fromkeys(named)
            if each in RULES
        ],
        "assessment": _describe_assessment(assessed, posted.removed_cents),
        "refund": _describe_refund(refund, posted.removed_cents),
        "payment": await _describe_payment(tx, refund),
        "reversal": {
            "state": kept.reversal,
            "reason": kept.reversal_reason,
            "act_key": kept.reversed_key,
        }
        if kept.reversal is not None
        else None,
        "voided": [
            {"posted_on": each.posted_on, "act_key": each.act_key, "voided_on": each.voided_on}
            for each in await list_voided(tx, rules.program, posted.entry_number)
        ],
    }


def _describe_assessment(assessed: AssessmentRow | None, removed_cents: int) -> dict[str, Any] | None:
    """What the act came to; it may be of more than the program, and end in a bill."""
    if assessed is None:
        return None
    total, other = assessed.total_cents, -assessed.change_cents - removed_cents
    return {
        "outcome": assessed.outcome,
        "total_usd": format_cents(total) if total is not None else None,
        "other_usd": format_cents(other),
        "says": _tell_other("act", other),
        "is_disregarded": assessed.is_disregarded,
        "why": assessed.why,
    }


async def _describe_payment(tx: Transaction, refund: RefundRow | None) -> dict[str, Any] | None:
    paid = await store.find_payment(tx, refund.refund_number) if refund is not None else None
    return {**paid, "statement": f"/payments/{paid['payment']}/statement"} if paid is not None else None


def _describe_refund(refund: RefundRow | None, removed_cents: int) -> dict[str, Any] | None:
    """The refund as it stands: of the whole act, so also of what others decided in it."""
    if refund is None:
        return None
    other = refund.refund_cents - refund.interest_cents - removed_cents
    return {
        "refund_number": refund.refund_number,
        "state": refund.state,
        "refund_usd": format_cents(refund.refund_cents),
        "removed_usd": format_cents(removed_cents),
        "interest_usd": format_cents(refund.interest_cents),
        "other_usd": format_cents(other),
        "says": _tell_other("refund", other),
        "due_on": refund.due_on,
        "certified_on": refund.certified_on,
        "paid_on": refund.paid_on,
    }


def _tell_other(what: Literal["act", "refund"], other_cents: int) -> str:
    """Whether an act or its refund is all of the program, in words."""
    if other_cents == 0:
        return f"The {what} is what the program removed, with interest."
    more = "more was found for the importer" if other_cents > 0 else "was found owed to CBP"
    amount = format_cents(abs(other_cents))
    return (
        f"The {what} is of the whole liquidation, of which the program is a part: {amount} {more} by other decisions in"
        " it, or was left of an act before it."
    )
