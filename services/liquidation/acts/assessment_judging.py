"""What an act comes to in money: judged on the money case of its entry, without reading or writing anything.

The classes of what was asserted come from the lines. What a decision changes stands under the classes that it names;
one that names none changes `duty-unspecified` and `fees-unspecified`.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from services.liquidation.domain.bill_clocks import bill_due, refund_due
from services.liquidation.domain.money.amounts import Amounts, add_amounts, amounts_of_entry
from services.liquidation.domain.money.assessment import (
    Assessment,
    Deposit,
    InvalidFinding,
    LiquidationFacts,
    Occasion,
    Outcome,
    apply_effect,
    assess,
    foresee_outcome,
)
from services.liquidation.domain.money.balance import (
    NO_BALANCE,
    Balance,
    DepositDue,
    carry_over,
    find_deposit_due,
    find_later_deposits,
)
from services.liquidation.domain.money.bills import find_next_step
from services.liquidation.domain.money.interest import Undetermined, payee_kind
from services.liquidation.domain.money.payees import payee_on
from services.liquidation.domain.money.refunds import SettledRefund, check_readiness, settle_refund
from services.liquidation.domain.money.settings import MoneyPolicy, MoneySettings
from services.liquidation.domain.money.terms import Terms
from services.liquidation.store.assessments import AssessmentOutcome, AssessmentRow
from services.liquidation.store.bills import BillRow
from services.liquidation.store.money_cases import MoneyCase, MoneyRows
from services.liquidation.store.refunds import RefundRow
from shared.customs.money import format_cents


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
    def event_fields(self) -> dict[str, str | date]:
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
class AssessedAct:
    """A liquidation or reliquidation whose money is judged; `claimed_on` is the day of a claim that it grants.

    `terms` are those of the program that orders the refund; None: nobody's but the statute's.
    """

    key: str
    occasion: Occasion
    liquidated_on: date
    assessed_on: date
    claimed_on: date | None = None
    terms: Terms | None = None


def judge_act(
    case: MoneyCase,
    act: AssessedAct,
    effects: Amounts,
    policy: MoneyPolicy,
    rows: MoneyRows,
    *,
    again: AssessmentRow | None = None,
) -> Consequence:
    """Assess an act, note what follows in the case and in the rows to be written, and describe it.

    `again` is the assessment of this act that lacked a fact; the new one takes its place.
    """
    ordinal = again.ordinal if again is not None else len(case.assessments) + 1
    before = stood_before(case, ordinal)
    earlier = _find_earlier(case, ordinal)
    try:
        found, invalid = apply_effect(before, effects), None
    except InvalidFinding as error:
        found = add_amounts(before, effects)
        invalid = Undetermined("refund-due", "finding", f"more is taken back than stood there: {error}")
    facts, due = _build_facts(case, act, before, found, policy)
    foreseen: Outcome | None = None
    result: Assessment | Undetermined
    if invalid is not None:
        result = invalid
    else:
        facts, result = _assess(case, act, facts, earlier, policy.settings)
        foreseen = foresee_outcome(facts, policy.settings) if not earlier else None
    row = _build_assessment(case, act, ordinal, facts, due, result, foreseen)
    if again is not None:
        case.assessments[case.assessments.index(again)] = row
    else:
        case.assessments.append(row)
    rows.assessments.append(row)
    if isinstance(result, Assessment) and result.outcome != "no-change":
        _settle_balance(case, row, act, carry_over(result, _find_carried(case)), policy, rows)
    return describe_assessment(case, row)


def describe_assessment(case: MoneyCase, row: AssessmentRow) -> Consequence:
    """What an assessed act came to, with its bill or refund as it stands."""
    bill = next((each for each in case.bills if each.bill_number == row.bill_number), None)
    refund = next((each for each in case.refunds if each.refund_number == row.refund_number), None)
    return Consequence(
        outcome=row.outcome,
        kind=_posted_as(row),
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


def void_assessments(case: MoneyCase) -> MoneyRows:
    """Take back the money of a liquidation that has no effect in law; gives what is to be written."""
    rows = MoneyRows(
        [row for row in case.assessments if row.outcome != "void"],
        [bill for bill in case.bills if bill.state not in ("replaced", "paid")],
        [refund for refund in case.refunds if refund.is_unpaid],
    )
    for row in rows.assessments:
        row.outcome, row.why = "void", "the liquidation has no effect in law"
    for bill in rows.bills:
        _replace_bill(bill, "voided")
    for refund in rows.refunds:
        _replace_refund(refund, "voided")
    return rows


def stood_before(case: MoneyCase, ordinal: int) -> Amounts:
    """What stands when an act comes: what the last one before it left, or what was asserted."""
    earlier = _find_earlier(case, ordinal)
    return _left_by(earlier[-1]) if earlier else amounts_of_entry(case.versions[-1].lines)


def find_standing_change(case: MoneyCase) -> Amounts:
    """By class, what the acts that stand changed against what was asserted."""
    standing = [row for row in case.assessments if row.outcome != "void"]
    if not standing:
        return {}
    asserted = amounts_of_entry(case.versions[-1].lines)
    return add_amounts(_left_by(standing[-1]), {class_code: -cents for class_code, cents in asserted.items()})


def has_moved_in_void(case: MoneyCase) -> bool:
    """Whether money of a liquidation without effect was paid or refunded that no act has taken into account yet."""
    void = _find_void_keys(case)
    if len(void) < len(case.assessments):
        return False
    is_paid = any(bill.act_key in void and case.payments[bill.bill_number] for bill in case.bills)
    return is_paid or any(
        refund.act_key in void and (refund.state == "paid" or refund.refund_number in case.settled)
        for refund in case.refunds
    )


def _build_facts(
    case: MoneyCase, act: AssessedAct, before: Amounts, found: Amounts, policy: MoneyPolicy
) -> tuple[LiquidationFacts, DepositDue]:
    """What the money of an act is computed from, as far as the summary, people and accounts say.

    The summary gives one day of payment. When versions of it assert different amounts, the day of the rest is not
    known, and neither are the deposits. By when the deposit was due: `find_deposit_due`.
    """
    entry, recorded = case.entry, case.deposit
    asserted = amounts_of_entry(case.versions[-1].lines)
    paid = [version.paid_on for version in case.versions if version.paid_on is not None]
    is_one = all(amounts_of_entry(version.lines) == asserted for version in case.versions)
    deposited_on = min(paid) if paid and is_one else None
    account = case.accounts[-1] if case.accounts else None
    due = find_deposit_due(
        entry.entry_date,
        entry.released_on,
        deposited_on,
        recorded_on=recorded.required_on if recorded else None,
        pays_monthly=account.pays_monthly if account else None,
        policy=policy,
    )
    facts = LiquidationFacts(
        entry_date=entry.entry_date,
        liquidated_on=act.liquidated_on,
        before=before,
        found=found,
        deposits=(Deposit(deposited_on, asserted),) if deposited_on is not None else None,
        required_on=due.on,
        payee=payee_kind(entry.importer_number, is_corporation=account.is_corporation if account else None),
        occasion=act.occasion,
        is_informal=entry.is_informal,
        claimed_on=act.claimed_on or (recorded.claimed_on if recorded else None),
        case_order_on=recorded.case_order_on if recorded else None,
        terms=act.terms,
    )
    return facts, due


def _assess(
    case: MoneyCase,
    act: AssessedAct,
    facts: LiquidationFacts,
    earlier: Sequence[AssessmentRow],
    settings: MoneySettings,
) -> tuple[LiquidationFacts, Assessment | Undetermined]:
    """Assess an act with what moved since the liquidation before; it rests on the acts before it."""
    if act.terms is not None and act.terms.is_mixed and not act.terms.is_statutory:
        why = f"program {act.terms.program} has terms of its own, and another decision changes the same act"
        return facts, Undetermined("refund-due", "finding", why)
    unknown = next((row for row in earlier if row.outcome == "undetermined"), None)
    if unknown is not None:
        why = f"the act before it, of {unknown.liquidated_on}, is not assessed yet"
        return facts, Undetermined(unknown.rule, unknown.missing or "finding", why)
    later = _find_moved(case, act, settings)
    if isinstance(later, Undetermined):
        return facts, later
    whole = _add_moved(case, facts, later, earlier)
    return whole, assess(whole, settings)


def _find_moved(case: MoneyCase, act: AssessedAct, settings: MoneySettings) -> tuple[Deposit, ...] | Undetermined:
    """Money that moved since the liquidation before, by the day of the act."""
    moved: list[Deposit] = []
    for bill in case.bills:
        if bill.act_key == act.key or (bill.state == "replaced" and not case.payments[bill.bill_number]):
            continue
        paid = find_later_deposits(bill.bill, case.payments[bill.bill_number], act.liquidated_on, settings)
        if isinstance(paid, Undetermined):
            return paid
        moved.extend(paid)
    for refund in case.refunds:
        if refund.act_key == act.key:
            continue
        part = _find_settled(case, refund)
        given = list(part.moved)
        if refund.paid_on is not None:
            given.append(Deposit(refund.paid_on, {name: -cents for name, cents in part.left.principal.items()}))
        if given and (last := max(each.on for each in given)) > act.liquidated_on:
            why = f"refund {refund.refund_number} was paid on {last}, after the act"
            return Undetermined("refund-due", "deposit-date", why)
        moved.extend(given)
    return tuple(moved)


def _find_settled(case: MoneyCase, refund: RefundRow) -> SettledRefund:
    """What of a refund was set off against bills, which stays paid whatever becomes of the rest."""
    return settle_refund(refund.refund, case.settled.get(refund.refund_number, ()))


def _add_moved(
    case: MoneyCase, facts: LiquidationFacts, later: tuple[Deposit, ...], earlier: Sequence[AssessmentRow]
) -> LiquidationFacts:
    void = _find_void_keys(case)
    kept = sum(bill.interest_cents for bill in case.bills if bill.act_key in void and case.payments[bill.bill_number])
    kept -= sum(
        each.interest_cents if each.state == "paid" else _find_settled(case, each).interest_cents
        for each in case.refunds
        if each.act_key in void
    )
    return replace(
        facts,
        # An original liquidation is measured by all that was deposited, even for one that was void.
        before=facts.before if earlier else add_amounts(facts.before, *(moved.amounts for moved in later)),
        deposits=(*facts.deposits, *later) if facts.deposits is not None else None,
        # Interest that was paid on a liquidation without effect is not paid again.
        assessed_interest_cents=kept + sum(row.interest_change_cents or 0 for row in earlier if not row.is_disregarded),
    )


def _find_carried(case: MoneyCase) -> Balance:
    """What was billed and not paid, or is to be refunded and was not, of the acts before.

    Of a refund that came back from the bank what was set off against bills is paid: the rest of it is carried.
    """
    carried = NO_BALANCE
    for bill in _find_unpaid_bills(case):
        carried = Balance(add_amounts(carried.principal, bill.principal), carried.interest_cents + bill.interest_cents)
    for refund in case.refunds:
        if refund.is_unpaid:
            left = _find_settled(case, refund).left
            owed = {class_code: -cents for class_code, cents in left.principal.items()}
            carried = Balance(add_amounts(carried.principal, owed), carried.interest_cents - left.interest_cents)
    return carried


def _find_unpaid_bills(case: MoneyCase) -> list[BillRow]:
    return [bill for bill in case.bills if bill.state != "replaced" and not case.payments[bill.bill_number]]


def _settle_balance(
    case: MoneyCase, row: AssessmentRow, act: AssessedAct, balance: Balance, policy: MoneyPolicy, rows: MoneyRows
) -> None:
    """Bill or refund a balance in place of what was not paid before."""
    for bill in _find_unpaid_bills(case):
        _replace_bill(bill, act.key)
        rows.bills.append(bill)
    for refund in case.refunds:
        if refund.is_unpaid:
            _replace_refund(refund, act.key)
            rows.refunds.append(refund)
    if balance.cents > 0:
        new_bill = _open_bill(case, row, act, balance, policy)
        case.bills.append(new_bill)
        case.payments[new_bill.bill_number] = []
        rows.bills.append(new_bill)
        row.bill_number = new_bill.bill_number
    elif balance.cents < 0:
        new_refund = _open_refund(case, row, act, balance)
        case.refunds.append(new_refund)
        rows.refunds.append(new_refund)
        row.refund_number = new_refund.refund_number


def _open_bill(case: MoneyCase, row: AssessmentRow, act: AssessedAct, balance: Balance, policy: MoneyPolicy) -> BillRow:
    bill = BillRow(
        bill_number=f"{row.entry_number}-B{row.ordinal:02d}",
        entry_number=row.entry_number,
        act_key=act.key,
        importer_number=case.entry.importer_number,
        surety_code=case.entry.surety_code,
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
    bill.next_step_on = find_next_step(bill.bill, bill.issued_on, has_surety=bill.has_surety, policy=policy)
    return bill


def _open_refund(case: MoneyCase, row: AssessmentRow, act: AssessedAct, balance: Balance) -> RefundRow:
    accounts = [account.state for account in case.accounts]
    readiness = check_readiness(payee_on(accounts, act.assessed_on), act.assessed_on)
    return RefundRow(
        refund_number=f"{row.entry_number}-R{row.ordinal:02d}",
        entry_number=row.entry_number,
        act_key=act.key,
        importer_number=case.entry.importer_number,
        surety_code=case.entry.surety_code,
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


def _build_assessment(
    case: MoneyCase,
    act: AssessedAct,
    ordinal: int,
    facts: LiquidationFacts,
    due: DepositDue,
    result: Assessment | Undetermined,
    foreseen: Outcome | None,
) -> AssessmentRow:
    row = AssessmentRow(
        entry_number=case.entry.entry_number,
        act_key=act.key,
        ordinal=ordinal,
        occasion=act.occasion,
        liquidated_on=act.liquidated_on,
        assessed_on=act.assessed_on,
        importer_number=case.entry.importer_number,
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
        terms=act.terms.as_json() if act.terms is not None else None,
    )
    if isinstance(result, Undetermined):
        row.missing, row.why = result.missing, result.why
        return row
    row.outcome, row.foreseen = result.outcome, None
    row.interest_cents, row.interest_change_cents = result.interest.cents, result.interest_change_cents
    row.total_cents, row.is_disregarded, row.reason_code = result.total_cents, result.is_disregarded, result.reason_code
    row.segments = list(result.interest.segments)
    return row


def _find_earlier(case: MoneyCase, ordinal: int) -> list[AssessmentRow]:
    """The assessments before one that stand."""
    return [row for row in case.assessments if row.ordinal < ordinal and row.outcome != "void"]


def _left_by(row: AssessmentRow) -> Amounts:
    """What stands after an act: what it found, or what was before it when the difference is disregarded."""
    return row.before if row.is_disregarded else row.found


def _posted_as(row: AssessmentRow) -> Outcome | None:
    match row.outcome:
        case "undetermined" | "void":
            return row.foreseen
        case outcome:
            return outcome


def _find_void_keys(case: MoneyCase) -> set[str]:
    return {row.act_key for row in case.assessments if row.outcome == "void"}


def _show(cents: int | None) -> str | None:
    return format_cents(cents) if cents is not None else None
