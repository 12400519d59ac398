"""Posting: what programs make due is liquidated and reliquidated in chunks, on the days that each program posts.

A chunk is one transaction: its entries are held, judged again, their money is assessed, and acts, events and the place
that was reached are written. Killed anywhere it goes on there. Chunks exclude the weekly cycle, which waits for one and
never for a run; another worker goes through another range of numbers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import date, datetime
from decimal import Context, Decimal
from typing import Any, Final

import orjson

from services.liquidation.acts.assessment_judging import AssessedAct, has_moved_in_void, judge_act
from services.liquidation.acts.program_judging import judge_entries
from services.liquidation.acts.protest_judging import judge_protests_on
from services.liquidation.domain.bill_clocks import refund_due
from services.liquidation.domain.money.assessment import MINIMUM_CENTS, Occasion
from services.liquidation.domain.money.balance import find_deposit_due
from services.liquidation.domain.money.interest import PayeeKind, payee_kind
from services.liquidation.domain.money.payees import payee_on
from services.liquidation.domain.money.refunds import check_readiness
from services.liquidation.domain.money.settings import MoneyPolicy
from services.liquidation.domain.program.definition import Definition
from services.liquidation.domain.program.proving import definition_digest
from services.liquidation.domain.program.refunds import list_growths, terms_of
from services.liquidation.domain.sequences import liquidation_key, reliquidation_key
from services.liquidation.publishing import PROGRAM_EVENT, reasons_told
from services.liquidation.store import program_posting as store
from services.liquidation.store import program_runs as runs
from services.liquidation.store import programs as program_store
from services.liquidation.store.assessments import load_effects, load_terms
from services.liquidation.store.money_cases import MoneyRows, load_accounts, load_cases, write_money
from services.liquidation.store.payees import AccountRow, hold_accounts_unchanged
from services.liquidation.store.program_posting import Alike, Looked, PayeeRow, Words
from services.liquidation.store.program_runs import Done, DueRow, Run
from services.liquidation.store.program_verdicts import list_differing
from services.liquidation.store.programs import Revision
from services.liquidation.store.records import exclude_cycles
from shared.customs.calendar import legal_date
from shared.customs.money import round_fractional_cents
from shared.db.transaction import Connections, Transaction, transaction
from shared.runtime.clock import Clock
from shared.runtime.errors import Transient
from shared.runtime.slices import JobSession

CHUNK: Final = 5_000
"""Entries that one transaction takes at most."""
_LEAST: Final = 100
"""Entries of a chunk, however many programs post."""

_EXACT: Final = Context(prec=60)
_PLAIN_KEYS: Final = {"liquidate": liquidation_key(0), "reliquidate": reliquidation_key(1)}
"""The act of a plain case: nothing was done to its money before."""


class PostingTurns:
    """Programs that post in turns: of each a chunk, the smaller the more of them there are.

    So a long program keeps no other one waiting for longer than a turn, which takes about as long as one chunk. Of a
    chunk that fails on an unexpected error smaller ones are tried, until the one entry is found: a job sets it aside
    and goes on behind it, and the run of another day tries it again. On a pool, which has nowhere to note what failed,
    the error goes on to the caller.
    """

    def __init__(
        self, database: Connections, clock: Clock, policy: MoneyPolicy, *, parts: int = 1, chunk: int = CHUNK
    ) -> None:
        self._database, self._clock, self._policy = database, clock, policy
        self._parts, self._chunk = parts, chunk
        self._sizes: dict[str, int] = {}

    async def take(self) -> tuple[int, bool]:
        """Post a chunk of each program that posts now; gives how many entries, and whether any of them goes on."""
        async with transaction(self._database) as tx:
            programs = await runs.list_posting(tx)
        most = min(self._chunk, max(_LEAST, self._chunk // max(1, len(programs))))
        posted, goes_on = 0, False
        for program in programs:
            done = await self._post(program, most)
            if done is not None:
                posted, goes_on = posted + done.set_based + done.careful, True
        return posted, goes_on

    async def _post(self, program: str, most: int) -> Done | None:
        size = min(most, self._sizes.get(program, most))
        if program not in self._sizes:
            async with transaction(self._database) as tx:
                await begin_run(tx, program, self._clock.now(), parts=self._parts)
        while True:
            try:
                async with transaction(self._database) as tx:
                    done = await post_chunk(tx, program, self._clock.now(), self._policy, parts=self._parts, chunk=size)
            except Transient:
                raise
            except Exception as error:
                if not isinstance(self._database, JobSession):
                    raise
                if size > 1:
                    size = max(1, size // 10)
                    continue
                async with transaction(self._database) as tx:
                    passed = await pass_over(tx, program, self._clock.now())
                if passed is None:
                    raise
                await self._database.set_aside(f"{program}/{passed}", error)
                done = Done(dropped=1)
            self._sizes[program] = size * 10
            return done


async def post_programs(
    database: Connections, clock: Clock, policy: MoneyPolicy, *, parts: int = 1, chunk: int = CHUNK
) -> int:
    """Post today what programs make due, in turns to the end of their runs; gives how many entries were posted.

    It may run late or twice, and beside others that do the same.
    """
    turns, total, goes_on = PostingTurns(database, clock, policy, parts=parts, chunk=chunk), 0, True
    while goes_on:
        posted, goes_on = await turns.take()
        total += posted
    return total


async def pass_over(tx: Transaction, program: str, now: datetime) -> str | None:
    """Leave the next entry of a run out of it, and count it as not posted; gives which, None: there is none."""
    await exclude_cycles(tx)
    run = await runs.find_run(tx, program, legal_date(now))
    part = await runs.take_part(tx, run) if run is not None else None
    if run is None or part is None:
        return None
    numbers, reached = await runs.list_next(tx, program, part, run.posted_on, 1)
    if not numbers:
        return None
    await runs.note_looked(tx, program, numbers, run.posted_on)
    await runs.move_part(tx, run, part, reached, now, is_done=False)
    await runs.add_done(tx, run, Done(dropped=1))
    return numbers[0]


async def post_chunk(
    tx: Transaction, program: str, now: datetime, policy: MoneyPolicy, *, parts: int = 1, chunk: int = CHUNK
) -> Done | None:
    """Post the next entries of a program, in one transaction; None: nothing is to be done today, or not yet.

    A run that is through goes on with what came due since, until its day ends. A program with a most for a day takes
    those first whose last legal day comes first. Nothing while the program is paused, stayed, aborted or ended, on days
    on which it does not post, while too many events wait to be published or one for too long, and above the most that a
    day takes.
    """
    found = await _find_open_run(tx, program, now, parts)
    if found is None:
        return None
    revision, run = found
    rules, today = revision.rules, run.posted_on
    left = chunk if rules.posting.max_per_day is None else min(chunk, rules.posting.max_per_day - run.posted)
    if left <= 0:
        await runs.stop_runs(tx, program, run.run, f"the most of a day, {rules.posting.max_per_day}, is posted", now)
        return None
    part = await runs.take_part(tx, run)
    if part is None:
        return None
    numbers, reached = await runs.list_next(tx, program, part, today, left)
    if not numbers:
        await runs.move_part(tx, run, part, part.reached, now, is_done=True)
        await runs.finish_run(tx, run, now)
        return Done()
    done = await _post(tx, replace(run, revision=revision.revision), revision, numbers, now, policy)
    posted = done.set_based + done.careful
    if posted < len(numbers):
        await runs.note_looked(tx, program, numbers, today)
    await runs.move_part(tx, run, part, reached, now, is_done=False, posted=posted)
    await runs.add_done(tx, run, done)
    return done


async def begin_run(tx: Transaction, program: str, now: datetime, *, parts: int = 1) -> None:
    """Begin the run of today where a program posts: by itself, so that nobody waits for the first chunk of another."""
    await _find_open_run(tx, program, now, parts)


async def _find_open_run(tx: Transaction, program: str, now: datetime, parts: int) -> tuple[Revision, Run] | None:
    """The run of today of a program that posts now, begun if there is none, and gone on with when more came due.

    With the revision in force. None: the program does not post, or its run was stopped, or nothing came due.
    """
    await exclude_cycles(tx)
    await runs.plan_anew(tx)
    today = legal_date(now)
    revision = await program_store.find_released(tx.connection, program)
    if revision is None or await runs.hold_standing(tx, program) != "running":
        return None
    posting = revision.rules.posting
    if not posting.posts_on(today) or posting.waits_for(*await runs.measure_waiting_events(tx)):
        return None
    is_by_days = posting.max_per_day is not None
    run = await runs.find_run(tx, program, today)
    if run is None:
        run = await runs.begin_run(tx, program, today, revision.revision, parts, now, is_by_days=is_by_days)
    elif run.state == "done" and await runs.has_ready(tx, program, today):
        await runs.go_on(tx, run, now, is_by_days=is_by_days)
        run = await runs.find_run(tx, program, today)
    return (revision, run) if run is not None and run.state == "running" else None


async def _post(
    tx: Transaction, run: Run, revision: Revision, numbers: Sequence[str], now: datetime, policy: MoneyPolicy
) -> Done:
    rules, today = revision.rules, run.posted_on
    await runs.lock_entries(tx, numbers)
    due, dropped = await _judge(tx, rules, numbers, now, policy)
    if not due:
        return Done(dropped=dropped)
    numbers = [each.entry_number for each in due]
    await hold_accounts_unchanged(tx, numbers)
    looked = await store.look_at(tx, rules, numbers)
    plain = await _assess_plain(tx, rules, due, looked, today, policy)
    careful = [each for each in due if each.entry_number not in plain]
    keys = await store.find_act_keys(tx, rules.program, [each.entry_number for each in careful])
    await store.use_decisions(tx, [each.entry_number for each in due if each.act == "liquidate"])
    await _assess_careful(tx, rules, careful, looked, keys, today, policy)
    acts = [
        (number, keys[number], "careful", looked[number].headings)
        if number in keys
        else (number, _PLAIN_KEYS[each.act], "set", looked[number].headings)
        for each in due
        for number in (each.entry_number,)
    ]
    words = await _find_words(tx, revision)
    posted = await store.write_posted(tx, run, PROGRAM_EVENT, acts, words, now)
    await judge_protests_on(tx, numbers, policy.law)
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
    differing = await list_differing(tx, rules, list(due), today, policy.law) if due else set()
    if not differing:
        return list(due.values()), 0
    await judge_entries(tx, rules.program, sorted(differing), now, policy.law.cycle, policy.law)
    left_due = await runs.list_still_due(tx, rules.program, differing)
    again = await runs.load_due(tx, rules, left_due, today) if left_due else {}
    still = await list_differing(tx, rules, list(again), today, policy.law) if again else set()
    left = {number: row for number, row in (due | again).items() if number not in differing or number in again}
    return [left[each] for each in sorted(left) if each not in still], len(due) - len(left) + len(still)


def _occasion(row: DueRow) -> Occasion:
    """For which limit of a small difference an act counts (min-20-liquidation, min-20-reliquidation, min-20-court)."""
    if row.act == "liquidate":
        return "liquidation"
    return "reliquidation-by-court" if row.writer == "court-judgment" else "reliquidation"


async def _assess_plain(
    tx: Transaction,
    rules: Definition,
    due: Sequence[DueRow],
    looked: Mapping[str, Looked],
    today: date,
    policy: MoneyPolicy,
) -> set[str]:
    """Assess the plain cases among these as `judge_act` does, by arrays; gives which they are.

    A case is plain when its money is that of one deposit, not late, of which a part is refunded with interest from its
    day: whoever lacks a fact, is small, or moved money before is looked at one by one.
    """
    rows = [looked[each.entry_number] for each in due if looked[each.entry_number].paid_on is not None]
    accounts = await load_accounts(tx, sorted({each.importer_number for each in rows}))
    days = {each.paid_on for each in rows if each.paid_on is not None}
    shares = {
        (each.paid_on, each.payee): each.share for each in list_growths(rules.money, days, today, policy.settings)
    }
    bears = terms_of(rules).interest != "none"
    known: dict[tuple[Any, ...], Alike | None] = {}
    places: dict[Alike, int] = {}
    plain: list[tuple[Looked, int]] = []
    for row in rows:
        account = accounts[row.importer_number][-1] if row.importer_number in accounts else None
        payee = payee_kind(row.importer_number, is_corporation=account.is_corporation if account is not None else None)
        pays_monthly = account.pays_monthly if account is not None else None
        key = (row.paid_on, row.entry_date, row.released_on, payee, pays_monthly)
        if key not in known:
            known[key] = _find_alike(row, payee, pays_monthly, shares, today, policy, bears=bears)
        alike = known[key]
        if alike is not None and _is_large(row.removed_cents, alike.share):
            plain.append((row, places.setdefault(alike, len(places) + 1)))
    importers = sorted({row.importer_number for row, _ in plain})
    payees = [_describe_payee(each, accounts.get(each, ()), today) for each in importers]
    terms = terms_of(rules).as_json()
    await store.write_plain_money(tx, rules.program, plain, list(places), payees, terms, today, refund_due(today))
    return {row.entry_number for row, _ in plain}


def _is_large(removed_cents: int, share: Decimal) -> bool:
    """Whether a refund is no small one, whatever the program or the law says of these."""
    if removed_cents >= MINIMUM_CENTS:
        return True
    return removed_cents + round_fractional_cents(_EXACT.multiply(Decimal(removed_cents), share)) >= MINIMUM_CENTS


def _find_alike(
    row: Looked,
    payee: PayeeKind | None,
    pays_monthly: bool | None,
    shares: Mapping[tuple[date, PayeeKind], Decimal],
    today: date,
    policy: MoneyPolicy,
    *,
    bears: bool,
) -> Alike | None:
    """What the money of an entry has in common with others, as a plain case; None: it is none."""
    assert row.paid_on is not None  # it would be no plain case
    required = find_deposit_due(
        row.entry_date, row.released_on, row.paid_on, recorded_on=None, pays_monthly=pays_monthly, policy=policy
    )
    if payee is None or row.paid_on > today or (required.on is not None and row.paid_on > required.on):
        return None
    share = shares.get((row.paid_on, payee))
    if share is None:
        return None
    return Alike(row.paid_on, required.on, required.basis, payee, share, bears and row.paid_on < today)


def _describe_payee(importer_number: str, accounts: Sequence[AccountRow], today: date) -> PayeeRow:
    readiness = check_readiness(payee_on([each.state for each in accounts], today), today)
    state = "ready" if readiness.state == "ready" else "waiting-for-enrollment"
    missing = orjson.dumps(list(readiness.missing)).decode()
    return PayeeRow(importer_number, state, readiness.way, missing, readiness.remedy)


async def _assess_careful(
    tx: Transaction,
    rules: Definition,
    due: Sequence[DueRow],
    looked: Mapping[str, Looked],
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
        changes = {class_code: -cents for class_code, cents in looked[each.entry_number].by_class.items()}
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
    by = released[-1]  # a revision is in force by nothing else
    assert by.authority is not None  # nobody releases without a row of the table
    text = f"Program {rules.program}, revision {revision.revision}: {rules.order} ({rules.citation})"
    details = (text, f"center: {text}", f"court-judgment: {text}")
    told = (
        reasons_told("liquidation-date", details[0]),
        reasons_told("reliq-1501", details[1]),
        reasons_told("reliq-court", details[2]),
    )
    actor = f"program:{rules.program} revision {revision.revision}, released by {by.actor}"
    return Words(details, told, actor, by.authority, definition_digest(revision.definition))
