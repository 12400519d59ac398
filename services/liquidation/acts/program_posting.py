"""Posting: what programs make due is liquidated and reliquidated in chunks, on the days that each program posts.

A chunk is one transaction: its entries are held, judged again, their money is assessed, and acts, events and the place
that was reached are written. Killed anywhere it goes on there. Chunks exclude the weekly cycle, which waits for one and
never for a run; another worker goes through another range of numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Context, Decimal
from typing import Final

import orjson

from services.liquidation.acts.assessment_judging import AssessedAct, has_moved_in_void, judge_act
from services.liquidation.acts.program_judging import judge_entries
from services.liquidation.acts.protest_judging import judge_protests_on
from services.liquidation.domain.bill_clocks import refund_due
from services.liquidation.domain.money.amounts import ADDITIONAL_DUTY, DUTY
from services.liquidation.domain.money.assessment import MINIMUM_CENTS, Occasion
from services.liquidation.domain.money.balance import find_deposit_due
from services.liquidation.domain.money.interest import PayeeKind, payee_kind
from services.liquidation.domain.money.payees import payee_on
from services.liquidation.domain.money.refunds import check_readiness
from services.liquidation.domain.money.settings import MoneyPolicy
from services.liquidation.domain.program.definition import Definition
from services.liquidation.domain.program.proving import definition_digest
from services.liquidation.domain.program.refunds import list_growths, terms_of
from services.liquidation.publishing import PROGRAM_EVENT, reasons_told
from services.liquidation.store import program_posting as store
from services.liquidation.store import program_runs as runs
from services.liquidation.store import programs as program_store
from services.liquidation.store.assessments import load_effects, load_terms
from services.liquidation.store.money_cases import MoneyRows, load_accounts, load_cases, write_money
from services.liquidation.store.payees import AccountRow, hold_accounts_unchanged
from services.liquidation.store.program_posting import PayeeRow, PlainMoney, PlainRow, Removed, Words
from services.liquidation.store.program_runs import Done, DueRow, Run
from services.liquidation.store.program_verdicts import AskedRow, judge_in_sql
from services.liquidation.store.programs import ProgramEvent, Revision
from services.liquidation.store.records import exclude_cycles
from shared.customs.calendar import legal_date
from shared.customs.money import round_fractional_cents
from shared.db.transaction import Connections, Transaction, transaction
from shared.runtime.clock import Clock

CHUNK: Final = 5_000
"""Entries that one transaction takes at most."""

_EXACT: Final = Context(prec=60)


async def post_programs(
    database: Connections, clock: Clock, policy: MoneyPolicy, *, parts: int = 1, chunk: int = CHUNK
) -> int:
    """Post today what programs make due, each program to the end of its run; gives how many entries were posted.

    A job: it may run late or twice, and beside others that do the same.
    """
    async with transaction(database) as tx:
        programs = await runs.list_posting(tx)
    total = 0
    for program in programs:
        total += await post_program(database, clock, program, policy, parts=parts, chunk=chunk)
    return total


async def post_program(
    database: Connections, clock: Clock, program: str, policy: MoneyPolicy, *, parts: int = 1, chunk: int = CHUNK
) -> int:
    """Post what one program makes due, chunk by chunk, until its run of today is through or may not go on."""
    total = 0
    while True:
        async with transaction(database) as tx:
            posted = await post_chunk(tx, program, clock.now(), policy, parts=parts, chunk=chunk)
        if posted is None:
            return total
        total += posted.set_based + posted.careful


async def post_chunk(
    tx: Transaction, program: str, now: datetime, policy: MoneyPolicy, *, parts: int = 1, chunk: int = CHUNK
) -> Done | None:
    """Post the next entries of a program, in one transaction; None: nothing is to be done today, or not yet.

    Nothing while the program is paused, stayed, aborted or ended, on days on which it does not post, while too many
    events wait to be published, and above the most that a day takes.
    """
    await exclude_cycles(tx)
    today = legal_date(now)
    revision = await program_store.find_released(tx.connection, program)
    if revision is None or await runs.hold_standing(tx, program) != "running":
        return None
    rules = revision.rules
    if not rules.posting.posts_on(today) or await runs.count_waiting_events(tx) > rules.posting.pause_outbox:
        return None
    run = await runs.find_run(tx, program, today)
    if run is None:
        ranges = parts if rules.posting.max_per_day is None else 1
        run = await runs.begin_run(tx, program, today, revision.revision, ranges, now)
    if run.state != "running":
        return None
    left = chunk if rules.posting.max_per_day is None else min(chunk, rules.posting.max_per_day - run.posted)
    if left <= 0:
        await runs.stop_runs(tx, program, run.run, f"the most of a day, {rules.posting.max_per_day}, is posted", now)
        return None
    part = await runs.take_part(tx, run)
    if part is None:
        return None
    numbers = await runs.list_numbers(tx, program, part, left)
    if not numbers:
        await runs.move_part(tx, run, part, part.reached, now, is_done=True)
        await runs.finish_run(tx, run, now)
        return Done()
    done = await _post(tx, replace(run, revision=revision.revision), revision, numbers, now, policy)
    await runs.move_part(tx, run, part, numbers[-1], now, is_done=False)
    await runs.add_done(tx, run, done)
    return done


async def _post(
    tx: Transaction, run: Run, revision: Revision, numbers: Sequence[str], now: datetime, policy: MoneyPolicy
) -> Done:
    rules, today = revision.rules, run.posted_on
    await runs.lock_entries(tx, numbers)
    due, dropped = await _judge(tx, rules, numbers, now, policy)
    if not due:
        return Done(dropped=dropped)
    await hold_accounts_unchanged(tx, [each.entry_number for each in due])
    keys = await store.find_act_keys(tx, due)
    removed = await store.list_removed(tx, rules, [each.entry_number for each in due])
    plain = await _assess_plain(tx, rules, due, removed, keys, today, policy)
    await store.use_decisions(tx, [each.entry_number for each in due if each.act == "liquidate"])
    careful = [each for each in due if each.entry_number not in plain]
    await _assess_careful(tx, rules, careful, removed, keys, today, policy)
    acts = [
        (each.entry_number, keys[each.entry_number], "set" if each.entry_number in plain else "careful") for each in due
    ]
    words = await _find_words(tx, revision)
    posted = await store.write_posted(tx, run, PROGRAM_EVENT, acts, removed, words, now)
    await judge_protests_on(tx, [each.entry_number for each in due], policy.law)
    return Done(
        len(plain),
        len(careful),
        dropped,
        posted.undetermined,
        posted.removed_cents,
        posted.interest_cents,
        posted.refund_cents,
    )


async def _judge(
    tx: Transaction, rules: Definition, numbers: Sequence[str], now: datetime, policy: MoneyPolicy
) -> tuple[list[DueRow], int]:
    """What of these held entries is due by all that is known now, and how many are not any more.

    What differs from what is written is judged anew by the pure rules, and taken if it is due then.
    """
    today = legal_date(now)
    due = await runs.load_due(tx, rules, numbers, today)
    agreed = await _list_agreed(tx, rules, due, today, policy)
    rest = sorted(due.keys() - agreed)
    if rest:
        await judge_entries(tx, rules.program, rest, now, policy.law.cycle, policy.law)
        again = await runs.load_due(tx, rules, rest, today)
        agreed |= await _list_agreed(tx, rules, again, today, policy)
        due |= again
    return [due[each] for each in sorted(agreed)], len(due) - len(agreed)


async def _list_agreed(
    tx: Transaction, rules: Definition, due: Mapping[str, DueRow], today: date, policy: MoneyPolicy
) -> set[str]:
    if not due:
        return set()
    asked = [
        AskedRow(each.entry_number, each.received_on, each.is_entitled, False, each.answer, each.offered_on)
        for each in due.values()
    ]
    agreed = set()
    for verdict in await judge_in_sql(tx, rules, asked, today, policy.law):
        row = due[verdict.entry_number]
        is_same = (verdict.code, verdict.cohort, verdict.removed_cents) == (None, row.cohort, row.removed_cents)
        if is_same and not any(note.startswith("waits-") for note in verdict.notes):
            agreed.add(verdict.entry_number)
    return agreed


def _occasion(row: DueRow) -> Occasion:
    """For which limit of a small difference an act counts (min-20-liquidation, min-20-reliquidation, min-20-court)."""
    if row.act == "liquidate":
        return "liquidation"
    return "reliquidation-by-court" if row.writer == "court-judgment" else "reliquidation"


async def _assess_plain(
    tx: Transaction,
    rules: Definition,
    due: Sequence[DueRow],
    removed: Mapping[str, Removed],
    keys: Mapping[str, str],
    today: date,
    policy: MoneyPolicy,
) -> set[str]:
    """Assess the plain cases among these as `judge_act` does, by arrays; gives which they are.

    A case is plain when its money is that of one deposit, not late, of which a part is refunded with interest from its
    day: whoever lacks a fact, is small, or moved money before is looked at one by one.
    """
    rows = await store.list_plain(tx, rules.program, removed)
    accounts = await load_accounts(tx, sorted({each.importer_number for each in rows}))
    growths = {
        (each.paid_on, each.payee): each.share
        for each in list_growths(rules.money, {each.paid_on for each in rows}, today, policy.settings)
    }
    of = {each.entry_number: each for each in due}
    found = []
    for row in rows:
        account = accounts[row.importer_number][-1] if accounts.get(row.importer_number) else None
        asked, key = of[row.entry_number], keys[row.entry_number]
        money = _judge_plain(row, asked, removed[row.entry_number], key, account, growths, today, policy)
        if money is not None:
            found.append(money)
    importers = {each.entry_number: each.importer_number for each in rows}
    payees = [
        _describe_payee(each, accounts.get(each, ()), today)
        for each in sorted({importers[each.entry_number] for each in found})
    ]
    terms = terms_of(rules)
    if terms.interest == "none":
        found = [each._replace(bears=False) for each in found]
    await store.write_plain_money(tx, found, payees, terms.as_json(), today, refund_due(today))
    return {each.entry_number for each in found}


def _judge_plain(
    row: PlainRow,
    due: DueRow,
    removed: Removed,
    act_key: str,
    account: AccountRow | None,
    growths: Mapping[tuple[date, PayeeKind], Decimal],
    today: date,
    policy: MoneyPolicy,
) -> PlainMoney | None:
    """The money of an entry as a plain case; None: it is none."""
    required = find_deposit_due(
        row.entry_date,
        row.released_on,
        row.paid_on,
        recorded_on=None,
        pays_monthly=account.pays_monthly if account is not None else None,
        policy=policy,
    )
    payee = payee_kind(row.importer_number, is_corporation=account.is_corporation if account is not None else None)
    if payee is None or row.paid_on > today or (required.on is not None and row.paid_on > required.on):
        return None
    share = growths.get((row.paid_on, payee))
    if share is None:
        return None
    interest = round_fractional_cents(_EXACT.multiply(Decimal(due.removed_cents), share))
    if due.removed_cents + interest < MINIMUM_CENTS:
        return None
    occasion = _occasion(due)
    rule = "min-20-liquidation" if occasion == "liquidation" else "min-20-reliquidation"
    return PlainMoney(
        row.entry_number,
        act_key,
        occasion,
        rule,
        removed.cents_of(ADDITIONAL_DUTY),
        removed.cents_of(DUTY),
        interest,
        row.paid_on,
        required.on,
        required.basis,
        payee,
        row.paid_on < today,
    )


def _describe_payee(importer_number: str, accounts: Sequence[AccountRow], today: date) -> PayeeRow:
    readiness = check_readiness(payee_on([each.state for each in accounts], today), today)
    state = "ready" if readiness.state == "ready" else "waiting-for-enrollment"
    missing = orjson.dumps(list(readiness.missing)).decode()
    return PayeeRow(importer_number, state, readiness.way, missing, readiness.remedy)


async def _assess_careful(
    tx: Transaction,
    rules: Definition,
    due: Sequence[DueRow],
    removed: Mapping[str, Removed],
    keys: Mapping[str, str],
    today: date,
    policy: MoneyPolicy,
) -> None:
    """Assess these entries as every liquidation and reliquidation is: what lacks a fact is undetermined until then."""
    numbers = [each.entry_number for each in due]
    of_decisions = [each.entry_number for each in due if each.act == "liquidate"]
    effects, mixed = await load_effects(tx, of_decisions), await load_terms(tx, of_decisions)
    cases, rows = await load_cases(tx, numbers), MoneyRows()
    for each in due:
        case, terms = cases[each.entry_number], terms_of(rules)
        changes = {class_code: -cents for class_code, cents in removed[each.entry_number].by_class.items()}
        if each.act == "liquidate":
            changes = dict(effects.get(each.entry_number, {}))
            terms = mixed.get(each.entry_number, terms)
        if any(changes.values()) or has_moved_in_void(case):
            act = AssessedAct(keys[each.entry_number], _occasion(each), today, today, terms=terms)
            judge_act(case, act, changes, policy, rows)
    await write_money(tx, rows)


async def _find_words(tx: Transaction, revision: Revision) -> Words:
    """What the history of each entry says of the program that posted it, and on whose release."""
    rules = revision.rules
    events = await program_store.list_events(tx.connection, rules.program)
    released = [each for each in events if (each.revision, each.change) == (revision.revision, "released")]
    by: ProgramEvent | None = released[-1] if released else None
    text = f"Program {rules.program}, revision {revision.revision}: {rules.order} ({rules.citation})"
    details = (text, f"center: {text}", f"court-judgment: {text}")
    told = (
        reasons_told("liquidation-date", details[0]),
        reasons_told("reliq-1501", details[1]),
        reasons_told("reliq-court", details[2]),
    )
    actor = f"program:{rules.program} revision {revision.revision}"
    if by is not None:
        actor = f"{actor}, released by {by.actor}"
    authority = by.authority if by is not None and by.authority is not None else "program.release"
    return Words(details, told, actor, authority, definition_digest(revision.definition))
