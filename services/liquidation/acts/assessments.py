"""The money of liquidations and reliquidations: assessed once for each act, billed, refunded, or kept as not known yet.

The classes of what was asserted come from the lines. What a decision changes stands under the classes that it names;
one that names none changes `duty-unspecified` and `fees-unspecified`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final

from services.liquidation.domain.bill_clocks import bill_due, refund_due
from services.liquidation.domain.money.amounts import UNSPECIFIED_CLASSES, Amounts, add_amounts, amounts_of_entry
from services.liquidation.domain.money.assessment import (
    Assessment,
    Deposit,
    InvalidFinding,
    LiquidationFacts,
    Occasion,
    Outcome,
    apply_effect,
    assess,
    find_changes,
    foresee_outcome,
)
from services.liquidation.domain.money.balance import (
    NO_BALANCE,
    Balance,
    DepositDue,
    MoneyPolicy,
    carry_over,
    find_deposit_due,
    find_later_deposits,
    find_next_step,
    payee_on,
)
from services.liquidation.domain.money.interest import PayeeKind, Undetermined, payee_kind
from services.liquidation.domain.money.refunds import check_readiness
from services.liquidation.domain.sequences import OF_MONEY, liquidation_key, sequence_in_turn
from services.liquidation.publishing import CYCLE_EVENTS, SOURCE, ChangedEntry, entry_changed, reason_of
from services.liquidation.store import money as store
from services.liquidation.store.cycles import publish_assessed
from services.liquidation.store.money import AssessmentOutcome, AssessmentRow, BillRow, MoneyAct, MoneyCase, RefundRow
from services.liquidation.store.records import LegalEvent
from shared.bus import outbox
from shared.bus.outbox import Outgoing
from shared.contracts.decision import DUTY_CLASSES, ClassEffect, MoneyEffect
from shared.contracts.liquidation import EntryChange
from shared.customs.money import format_cents
from shared.db.transaction import Transaction

CHUNK: Final = 2_000
"""Entries with an effect that are assessed at a time."""

POLICY: Final = MoneyPolicy()
_KIND_OF_OUTCOME: Final[Mapping[str, Outcome]] = {
    "no-change": "no-change",
    "increase": "increase",
    "refund": "refund",
}


@dataclass(frozen=True, slots=True)
class Consequence:
    """What an act comes to in money. `total_cents` and `interest_cents` are None while a fact is missing.

    `kind` is how the act is posted: as foreseen while interest is not known, `no-change` when the difference is
    disregarded; None when not even the direction is known. The amounts are those of the act; a bill or refund may hold
    what was carried over from an unpaid one, which it replaces.
    """

    outcome: AssessmentOutcome
    kind: Outcome | None
    total_cents: int | None = None
    interest_cents: int | None = None
    is_disregarded: bool = False
    bill_number: str | None = None
    bill_due_on: date | None = None
    bill_cents: int | None = None
    refund_number: str | None = None
    refund_state: str | None = None
    refund_cents: int | None = None
    missing: str | None = None
    why: str | None = None

    @property
    def event_fields(self) -> dict[str, Any]:
        """What the entry-changed event of the act says of it, beside `kind` and `effect`."""
        told = {
            "interest_usd": None if self.is_disregarded else _show(self.interest_cents),
            "bill_number": self.bill_number,
            "bill_due_on": self.bill_due_on,
            "bill_open_usd": _show(self.bill_cents),
            "refund_number": self.refund_number,
            "refund_state": self.refund_state,
            "refund_usd": _show(self.refund_cents),
            "missing": self.missing,
        }
        return {name: value for name, value in told.items() if value is not None}


@dataclass(frozen=True, slots=True)
class CycleMoney:
    """What a cycle came to; `undetermined` wait for a fact. Cents."""

    increases: int = 0
    refunds: int = 0
    disregarded: int = 0
    undetermined: int = 0
    billed_cents: int = 0
    refund_cents: int = 0


@dataclass(frozen=True, slots=True)
class _Act:
    key: str
    occasion: Occasion
    liquidated_on: date
    assessed_on: date
    claimed_on: date | None = None


@dataclass(slots=True)
class _Written:
    """What one transaction writes."""

    assessments: list[AssessmentRow]
    bills: list[BillRow]
    refunds: list[RefundRow]


async def assess_cycle(tx: Transaction, friday: date, run_at: datetime, policy: MoneyPolicy = POLICY) -> CycleMoney:
    """Assess and publish what a cycle liquidated by decision, in the cycle's transaction, after its liquidations.

    Entries without an effect need nothing: they are found by an index and left alone. What is under twenty dollars
    becomes as entered (min-20-liquidation [S], 19 USC 1321(a)(1)). Running it again writes nothing.
    """
    figures, after = CycleMoney(), ""
    while numbers := await store.find_assessable(tx, friday, after, CHUNK):
        after = numbers[-1]
        written = _Written([], [], [])
        told: dict[str, dict[str, Any]] = {}
        disregarded: list[str] = []
        effects = await store.load_effects(tx, numbers)
        for number, case in (await store.load_cases(tx, numbers)).items():
            entry = case.entry
            act = _Act(liquidation_key(entry["turns"]), "liquidation", entry["liquidated_on"], friday)
            consequence = _follow(case, act, effects.get(number, {}), policy, written)
            figures = _count(figures, consequence)
            effect = describe_effect({} if consequence.is_disregarded else effects.get(number, {}))
            told[number] = {"effect": effect.model_dump()} | consequence.event_fields
            if consequence.is_disregarded:
                disregarded.append(number)
        await _write(tx, written)
        await store.mark_disregarded(tx, disregarded)
        await publish_assessed(tx, CYCLE_EVENTS.assessed, told, run_at)
    return figures


async def assess_act(
    tx: Transaction,
    entry_number: str,
    act_key: str,
    occurred_on: date,
    effects: Amounts,
    *,
    occasion: Occasion = "reliquidation",
    claimed_on: date | None = None,
    policy: MoneyPolicy = POLICY,
) -> Consequence:
    """Assess one act on an entry that this transaction holds, and write what follows; by its key, once.

    `effects` is what the act changes by class, in cents against what stood before it (`name_effects` when no class is
    known). `claimed_on` is the day of a claim under 1520(d) that the act grants (int-overpay-1520d). The caller
    publishes the act with the consequence's `event_fields`, and posts it by its `kind`.
    """
    case = (await store.load_cases(tx, [entry_number]))[entry_number]
    known = {row.act_key: row for row in case.assessments}
    if act_key in known:
        return _describe(case, known[act_key])
    if not any(effects.values()) and not _has_moved_in_void(case):
        return Consequence("no-change", "no-change", 0, 0)
    written = _Written([], [], [])
    consequence = _follow(case, _Act(act_key, occasion, occurred_on, occurred_on, claimed_on), effects, policy, written)
    await _write(tx, written)
    return consequence


async def find_standing_effect(tx: Transaction, entry_number: str) -> Amounts:
    """By class, what the acts that stand changed against what was asserted."""
    case = (await store.load_cases(tx, [entry_number]))[entry_number]
    standing = [row for row in case.assessments if row.outcome != "void"]
    if not standing:
        return {}
    asserted = amounts_of_entry(case.versions[-1].lines)
    return add_amounts(_standing(standing[-1]), {class_code: -cents for class_code, cents in asserted.items()})


def describe_effect(changes: Amounts) -> MoneyEffect:
    """Changes by class as events tell them: duty and fees, and the classes when any is named.

    >>> describe_effect({"duty": 150_00, "499": -5_00}).duty_usd
    '150.00'
    """
    duty = sum(cents for class_code, cents in changes.items() if class_code in DUTY_CLASSES)
    classes = changes.items() if changes.keys() - UNSPECIFIED_CLASSES else ()
    return MoneyEffect(
        duty_usd=format_cents(duty),
        fees_usd=format_cents(sum(changes.values()) - duty),
        by_class=tuple(
            ClassEffect(class_code=class_code, change_usd=format_cents(cents)) for class_code, cents in classes
        ),
    )


async def void_assessment(tx: Transaction, entry_number: str) -> None:
    """Take back the money of a liquidation that has no effect in law, and of what followed on it.

    Rule susp-injunction-breach [S]: such a liquidation is void. Its bill or refund ends if it was not paid; what was
    paid stays recorded as paid and counts as deposited in the next assessment.
    """
    case = (await store.load_cases(tx, [entry_number]))[entry_number]
    rows = [row for row in case.assessments if row.outcome != "void"]
    bills = [bill for bill in case.bills if bill.state not in ("replaced", "paid")]
    refunds = [refund for refund in case.refunds if refund.state not in ("replaced", "paid")]
    for row in rows:
        row.outcome, row.why = "void", "the liquidation has no effect in law"
    for bill in bills:
        _replace_bill(bill, "voided")
    for refund in refunds:
        _replace_refund(refund, "voided")
    await _write(tx, _Written(rows, bills, refunds))


async def determine(
    tx: Transaction, entry_numbers: Sequence[str], today: date, now: datetime, policy: MoneyPolicy = POLICY
) -> int:
    """Assess again what lacked a fact, oldest act first, on entries that this transaction holds; publish what follows.

    A bill is issued today and due 30 days later, the interest still runs to the day of the act. Gives how many are
    known now.
    """
    cases = await store.load_cases(tx, entry_numbers)
    last = await store.load_last_acts(tx, list(cases))
    acts: list[MoneyAct] = []
    events: list[Outgoing] = []
    disregarded: list[str] = []
    not_reliquidated: list[str] = []
    written = _Written([], [], [])
    done = 0
    for number, case in cases.items():
        for row in [each for each in case.assessments if each.outcome == "undetermined"]:
            # What was found stands, whatever became of the act before it: the change is against what stands now.
            changes = find_changes(_stood_before(case, row.ordinal), row.found)
            effects = {change.class_code: change.difference for change in changes}
            act = _Act(row.act_key, row.occasion, row.liquidated_on, today, row.claimed_on)
            consequence = _follow(case, act, effects, policy, written, again=row)
            if consequence.outcome == "undetermined":
                break  # those after it rest on it
            done += 1
            if consequence.is_disregarded and row.ordinal == len(case.assessments):
                (disregarded if row.occasion == "liquidation" else not_reliquidated).append(number)
            change: EntryChange | None = None
            if consequence.bill_number is not None:
                change = "billed"
            elif consequence.refund_number is not None:
                change = "refund-changed"
            last[number] = last.get(number, 0) + 1
            rule = "bill-due" if change == "billed" else "refund-due"
            made = MoneyAct(
                number,
                f"determined:{row.act_key}",
                last[number],
                change or "determined",
                today,
                rule,
                f"{row.act_key} of {row.liquidated_on} is assessed: {consequence.outcome}",
                consequence.bill_number,
                consequence.refund_number,
                consequence.total_cents,
            )
            acts.append(made)
            if change is not None:
                told = {"liquidated_on": row.liquidated_on, "effect": describe_effect(effects)}
                events.append(announce_money(case.entry, made, change, now, told | consequence.event_fields))
    await _write(tx, written)
    await store.mark_disregarded(tx, disregarded)
    await store.mark_not_reliquidated(tx, not_reliquidated)
    await store.write_acts(tx, acts)
    await outbox.add(tx, SOURCE, events)
    return done


def announce_money(
    entry: Mapping[str, Any], act: MoneyAct, change: EntryChange, now: datetime, told: Mapping[str, Any]
) -> Outgoing:
    """The event of an act about money; the state of the entry stays what it is."""
    changed = ChangedEntry(
        act.entry_number,
        entry["importer_number"],
        entry["surety_code"],
        entry["entry_type"],
        entry["port_of_entry"],
        entry["entry_date"],
        entry["center"],
    )
    legal_event = LegalEvent(
        act.entry_number,
        act.event_key,
        sequence_in_turn(entry["turns"], OF_MONEY + act.number),
        change,
        entry["state"],
        act.occurred_on,
        act.rule,
        act.detail,
        entry["scheduled_on"],
        entry["deemed_on"],
    )
    reasons = (reason_of(act.rule, act.detail),)
    return entry_changed(changed, legal_event, now, from_state=entry["state"], reasons=reasons, told=told)


def build_facts(
    case: MoneyCase,
    act_on: date,
    occasion: Occasion,
    before: Amounts,
    found: Amounts,
    policy: MoneyPolicy,
    claimed_on: date | None = None,
) -> tuple[LiquidationFacts, DepositDue]:
    """What the money of an act is computed from, as far as the summary, people and accounts say.

    The summary gives one day of payment. When versions of it assert different amounts, the day of the rest is not
    known, and neither are the deposits. By when the deposit was due: `find_deposit_due`.
    """
    entry, stands = case.entry, case.versions[-1]
    asserted = amounts_of_entry(stands.lines)
    paid = [version.paid_on for version in case.versions if version.paid_on is not None]
    is_one = all(amounts_of_entry(version.lines) == asserted for version in case.versions)
    deposited_on = min(paid) if paid and is_one else None
    account = case.accounts[-1] if case.accounts else None
    recorded = case.deposit
    due = find_deposit_due(
        entry["entry_date"],
        entry["released_on"],
        deposited_on,
        recorded_on=recorded.required_on if recorded else None,
        pays_monthly=account.pays_monthly if account else None,
        policy=policy,
    )
    facts = LiquidationFacts(
        entry_date=entry["entry_date"],
        liquidated_on=act_on,
        before=before,
        found=found,
        deposits=(Deposit(deposited_on, asserted),) if deposited_on is not None else None,
        required_on=due.on,
        payee=_payee(case),
        occasion=occasion,
        is_informal=entry["is_informal"],
        claimed_on=claimed_on or (recorded.claimed_on if recorded else None),
        case_order_on=recorded.case_order_on if recorded else None,
    )
    return facts, due


def _follow(
    case: MoneyCase,
    act: _Act,
    effects: Amounts,
    policy: MoneyPolicy,
    written: _Written,
    *,
    again: AssessmentRow | None = None,
) -> Consequence:
    """Assess an act, note what follows in the case and in what is to be written, and describe it."""
    ordinal = again.ordinal if again is not None else len(case.assessments) + 1
    earlier = [row for row in case.assessments if row.ordinal < ordinal and row.outcome != "void"]
    before = _stood_before(case, ordinal)
    invalid: Undetermined | None = None
    try:
        found = apply_effect(before, effects)
    except InvalidFinding as error:
        found = add_amounts(before, effects)
        invalid = Undetermined("refund-due", "finding", f"more is taken back than stood there: {error}")
    facts, due = build_facts(case, act.liquidated_on, act.occasion, before, found, policy, act.claimed_on)
    later = _find_later(case, act)
    result: Assessment | Undetermined
    unknown = next((row for row in earlier if row.outcome == "undetermined"), None)
    if invalid is not None:
        result = invalid
    elif unknown is not None:
        result = Undetermined(
            unknown.rule,
            unknown.missing or "finding",
            f"the act before it, of {unknown.liquidated_on}, is not assessed yet",
        )
    elif isinstance(later, Undetermined):
        result = later
    else:
        facts = _with_later(case, facts, later, earlier)
        result = assess(facts, policy.settings)
    foreseen = foresee_outcome(facts, policy.settings) if invalid is None and not earlier else None
    row = _row(case, act, ordinal, facts, due, result, foreseen)
    if again is not None:
        case.assessments[case.assessments.index(again)] = row
    else:
        case.assessments.append(row)
    written.assessments.append(row)
    if isinstance(result, Assessment) and result.outcome != "no-change":
        _settle_balance(case, row, act, carry_over(result, _carried(case)), policy, written)
    return _describe(case, row)


def _find_later(case: MoneyCase, act: _Act) -> tuple[Deposit, ...] | Undetermined:
    """Money that moved since the liquidation before, by the day of the act."""
    moved: list[Deposit] = []
    for bill in case.bills:
        if bill.act_key == act.key or (bill.state == "replaced" and not case.payments[bill.bill_number]):
            continue
        paid = find_later_deposits(bill.bill, case.payments[bill.bill_number], act.liquidated_on)
        if isinstance(paid, Undetermined):
            return paid
        moved.extend(paid or ())
    for refund in case.refunds:
        if refund.paid_on is None or refund.act_key == act.key:
            continue
        if refund.paid_on > act.liquidated_on:
            why = f"refund {refund.refund_number} was paid on {refund.paid_on}, after the act"
            return Undetermined("refund-due", "deposit-date", why)
        moved.append(Deposit(refund.paid_on, {name: -cents for name, cents in refund.principal.items()}))
    return tuple(moved)


def _with_later(
    case: MoneyCase, facts: LiquidationFacts, later: tuple[Deposit, ...], earlier: Sequence[AssessmentRow]
) -> LiquidationFacts:
    void = _void_keys(case)
    kept = sum(bill.interest_cents for bill in case.bills if bill.act_key in void and case.payments[bill.bill_number])
    kept -= sum(each.interest_cents for each in case.refunds if each.act_key in void and each.state == "paid")
    return replace(
        facts,
        # An original liquidation is measured by all that was deposited, even for one that was void.
        before=facts.before if earlier else add_amounts(facts.before, *(moved.amounts for moved in later)),
        deposits=(*facts.deposits, *later) if facts.deposits is not None else None,
        # Interest that was paid on a liquidation without effect is not paid again.
        assessed_interest_cents=kept + sum(row.interest_change_cents or 0 for row in earlier if not row.is_disregarded),
    )


def _carried(case: MoneyCase) -> Balance:
    """What was billed and not paid, or is to be refunded and was not, of the acts before."""
    carried = NO_BALANCE
    for bill in case.bills:
        if bill.state != "replaced" and not case.payments[bill.bill_number]:
            carried = Balance(
                add_amounts(carried.principal, bill.principal), carried.interest_cents + bill.interest_cents
            )
    for refund in case.refunds:
        if refund.state not in ("replaced", "paid"):
            owed = {class_code: -cents for class_code, cents in refund.principal.items()}
            carried = Balance(add_amounts(carried.principal, owed), carried.interest_cents - refund.interest_cents)
    return carried


def _settle_balance(
    case: MoneyCase, row: AssessmentRow, act: _Act, balance: Balance, policy: MoneyPolicy, written: _Written
) -> None:
    """Bill or refund a balance in place of what was not paid before."""
    for bill in case.bills:
        if bill.state != "replaced" and not case.payments[bill.bill_number]:
            _replace_bill(bill, act.key)
            written.bills.append(bill)
    for refund in case.refunds:
        if refund.state not in ("replaced", "paid"):
            _replace_refund(refund, act.key)
            written.refunds.append(refund)
    if balance.cents > 0:
        new_bill = _open_bill(case, row, act, balance, policy)
        case.bills.append(new_bill)
        case.payments[new_bill.bill_number] = []
        written.bills.append(new_bill)
        row.bill_number = new_bill.bill_number
    elif balance.cents < 0:
        new_refund = _open_refund(case, row, act, balance)
        case.refunds.append(new_refund)
        written.refunds.append(new_refund)
        row.refund_number = new_refund.refund_number


def _open_bill(case: MoneyCase, row: AssessmentRow, act: _Act, balance: Balance, policy: MoneyPolicy) -> BillRow:
    entry = case.entry
    bill = BillRow(
        bill_number=f"{row.entry_number}-B{row.ordinal:02d}",
        entry_number=row.entry_number,
        act_key=act.key,
        importer_number=entry["importer_number"],
        surety_code=entry["surety_code"],
        principal=dict(balance.principal),
        interest_cents=balance.interest_cents,
        billed_cents=balance.cents,
        liquidated_on=act.liquidated_on,
        issued_on=act.assessed_on,
        due_on=bill_due(act.assessed_on),
        state="open",
        replaced_by=None,
        stood_on=act.assessed_on,
        open_cents=balance.cents,
        delinquency_cents=0,
        surplus_cents=0,
        settled_on=None,
        blocks=[],
        unknown_because=None,
        noticed_through=act.assessed_on,
        next_step_on=None,
    )
    has_surety = bill.surety_code is not None
    bill.next_step_on = find_next_step(bill.bill, bill.issued_on, has_surety=has_surety, policy=policy)
    return bill


def _open_refund(case: MoneyCase, row: AssessmentRow, act: _Act, balance: Balance) -> RefundRow:
    accounts = [account.state for account in case.accounts]
    readiness = check_readiness(payee_on(accounts, act.assessed_on), act.assessed_on)
    return RefundRow(
        refund_number=f"{row.entry_number}-R{row.ordinal:02d}",
        entry_number=row.entry_number,
        act_key=act.key,
        importer_number=case.entry["importer_number"],
        surety_code=case.entry["surety_code"],
        principal={class_code: -cents for class_code, cents in balance.principal.items()},
        interest_cents=-balance.interest_cents,
        refund_cents=-balance.cents,
        liquidated_on=act.liquidated_on,
        opened_on=act.assessed_on,
        due_on=refund_due(act.liquidated_on),
        revision=1,
        state="ready" if readiness.state == "ready" else "waiting-for-enrollment",
        way=readiness.way,
        missing=list(readiness.missing),
        reason=readiness.remedy,
    )


def _replace_bill(bill: BillRow, by: str) -> None:
    bill.state, bill.replaced_by = "replaced", by
    bill.open_cents, bill.next_step_on = 0, None


def _replace_refund(refund: RefundRow, by: str) -> None:
    refund.state, refund.replaced_by = "replaced", by
    refund.revision += 1


def _row(
    case: MoneyCase,
    act: _Act,
    ordinal: int,
    facts: LiquidationFacts,
    due: DepositDue,
    result: Assessment | Undetermined,
    foreseen: Outcome | None,
) -> AssessmentRow:
    row = AssessmentRow(
        entry_number=case.entry["entry_number"],
        act_key=act.key,
        ordinal=ordinal,
        occasion=act.occasion,
        liquidated_on=act.liquidated_on,
        assessed_on=act.assessed_on,
        importer_number=case.entry["importer_number"],
        before=facts.before,
        found=facts.found,
        outcome="undetermined",
        rule=result.rule,
        change_cents=sum(facts.found.values()) - sum(facts.before.values()),
        interest_cents=None,
        interest_change_cents=None,
        total_cents=None,
        segments=[],
        is_disregarded=False,
        reason_code=None,
        missing=None,
        why=None,
        foreseen=foreseen,
        required_on=due.on,
        required_basis=due.basis,
        payee=facts.payee,
        claimed_on=act.claimed_on,
    )
    if isinstance(result, Undetermined):
        row.missing, row.why = result.missing, result.why
        return row
    row.outcome, row.foreseen = result.outcome, None
    row.interest_cents, row.interest_change_cents = result.interest.cents, result.interest_change_cents
    row.total_cents, row.is_disregarded, row.reason_code = result.total_cents, result.is_disregarded, result.reason_code
    row.segments = [store.show_segment(segment) for segment in result.interest.segments]
    return row


def _describe(case: MoneyCase, row: AssessmentRow) -> Consequence:
    bill = next((each for each in case.bills if each.bill_number == row.bill_number), None)
    refund = next((each for each in case.refunds if each.refund_number == row.refund_number), None)
    return Consequence(
        outcome=row.outcome,
        kind=_KIND_OF_OUTCOME.get(row.outcome, row.foreseen),
        total_cents=row.total_cents,
        interest_cents=row.interest_change_cents,
        is_disregarded=row.is_disregarded,
        bill_number=row.bill_number,
        bill_due_on=bill.due_on if bill is not None else None,
        bill_cents=bill.billed_cents if bill is not None else None,
        refund_number=row.refund_number,
        refund_state=refund.state if refund is not None else None,
        refund_cents=refund.refund_cents if refund is not None else None,
        missing=row.missing or (refund.missing[0] if refund is not None and refund.missing else None),
        why=row.why,
    )


def _show(cents: int | None) -> str | None:
    return format_cents(cents) if cents is not None else None


def _standing(row: AssessmentRow) -> Amounts:
    """What stands after an act: what it found, or what was before it when the difference is disregarded."""
    return row.before if row.is_disregarded else row.found


def _stood_before(case: MoneyCase, ordinal: int) -> Amounts:
    """What stands when an act comes: what the last one before it left, or what was asserted."""
    earlier = [row for row in case.assessments if row.ordinal < ordinal and row.outcome != "void"]
    return _standing(earlier[-1]) if earlier else amounts_of_entry(case.versions[-1].lines)


def _void_keys(case: MoneyCase) -> set[str]:
    return {row.act_key for row in case.assessments if row.outcome == "void"}


def _has_moved_in_void(case: MoneyCase) -> bool:
    """Whether money of a liquidation without effect was paid or refunded that no act has taken into account yet."""
    void = _void_keys(case)
    if len(void) < len(case.assessments):
        return False
    is_paid = any(bill.act_key in void and case.payments[bill.bill_number] for bill in case.bills)
    return is_paid or any(refund.act_key in void and refund.state == "paid" for refund in case.refunds)


def _payee(case: MoneyCase) -> PayeeKind | None:
    is_corporation = case.accounts[-1].is_corporation if case.accounts else None
    return payee_kind(case.entry["importer_number"], is_corporation=is_corporation)


def _count(figures: CycleMoney, consequence: Consequence) -> CycleMoney:
    total = consequence.total_cents or 0
    return CycleMoney(
        figures.increases + (consequence.outcome == "increase"),
        figures.refunds + (consequence.outcome == "refund"),
        figures.disregarded + consequence.is_disregarded,
        figures.undetermined + (consequence.outcome == "undetermined"),
        figures.billed_cents + (total if consequence.outcome == "increase" else 0),
        figures.refund_cents - (total if consequence.outcome == "refund" else 0),
    )


async def _write(tx: Transaction, written: _Written) -> None:
    await store.write_assessments(tx, written.assessments)
    await store.write_bills(tx, list({bill.bill_number: bill for bill in written.bills}.values()))
    await store.write_refunds(tx, list({refund.refund_number: refund for refund in written.refunds}.values()))
