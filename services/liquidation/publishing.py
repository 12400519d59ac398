"""The events of liquidation: each has one builder, and all have one source.

Those of the weekly cycle are put together by the database, a million at a time: `CYCLE_EVENTS` says the same of the
same entry as `entry_changed` and `decision_refused`.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache, lru_cache
from hashlib import md5
from typing import Any, Final, Literal
from uuid import UUID

from services.liquidation.domain.clocks import PROTEST_DAYS
from services.liquidation.domain.correction_window import CorrectionBar, LockedField, describe_bar
from services.liquidation.domain.facts import Version
from services.liquidation.domain.law import LawSettings
from services.liquidation.domain.money.amounts import UNSPECIFIED_CLASSES, Amounts
from services.liquidation.domain.money.rules import MONEY_RULES
from services.liquidation.domain.protest.clocks import find_deemed_denial
from services.liquidation.domain.protest.further_review import set_aside_request_due
from services.liquidation.domain.protest.judging import JudgedProtest
from services.liquidation.domain.protest.record import LineDecision, NumberedAct
from services.liquidation.domain.protest.stages import OPEN
from services.liquidation.domain.protest.timeliness import (
    LEGACY_PROTEST_DAYS,
    LONGER_PROTEST_SINCE,
    join_known,
    safe_protest_day,
    surety_window,
)
from services.liquidation.domain.reminders import Reminder
from services.liquidation.domain.rules.rule import Rule
from services.liquidation.domain.rules.table import RULES
from services.liquidation.domain.sequences import OF_MONEY, sequence_in_turn
from services.liquidation.store.bills import BillRow
from services.liquidation.store.cycles import SEQUENCE, CycleEvents, EventSql
from services.liquidation.store.json_sql import json_case, json_code, json_members, json_object, json_text
from services.liquidation.store.money_acts import MoneyAct
from services.liquidation.store.money_cases import MoneyEntry
from services.liquidation.store.payments import OffsetRow, PaymentEvent, PaymentRow
from services.liquidation.store.records import EntryRow, LegalEvent
from services.liquidation.store.refunds import RefundRow
from shared.bus.outbox import Outgoing
from shared.bus.refusals import find_filer
from shared.contracts import lean
from shared.contracts.decision import DUTY_CLASSES, ClassEffect, LegalBasis, MoneyEffect, Reason
from shared.contracts.envelope import SPEC_VERSION
from shared.contracts.liquidation import (
    DeadlineChange,
    DeadlineNear,
    DecisionApplied,
    DecisionRefused,
    EntryChanged,
    ProtestChanged,
    ProtestOutcome,
)
from shared.contracts.payment import (
    MOST_BILLS,
    CodeCount,
    DeclarationJudged,
    PaymentChange,
    PaymentChanged,
    PaymentOffset,
)
from shared.contracts.refusal import EventRefused, RefusedField
from shared.contracts.registry import TOPIC_OF_DATA, TOPICS
from shared.contracts.terms import Contract
from shared.customs.calendar import legal_date
from shared.customs.importer_number import mask_importer_number
from shared.customs.money import format_cents
from shared.customs.problems import problem_kinds
from shared.runtime.ids import event_id

_EntryChanged: Callable[..., Any] = lean.lean_type(EntryChanged)
_Reason: Callable[..., Any] = lean.lean_type(Reason)
SOURCE: Final = "urn:centerline:liquidation"

MOST_TEXT: Final = 500
"""How many characters of a reason an event carries; the record has it whole."""

MOST_OUTCOMES: Final = 200
"""On how many entries and lines an event says what was decided; the record has all."""


def find_rule(rule: str) -> Rule:
    """A rule of money or of the deadline table; raises `KeyError`."""
    return MONEY_RULES[rule] if rule in MONEY_RULES else RULES[rule]


def legal_basis(rule: str) -> LegalBasis:
    """A rule as events name it."""
    return LegalBasis(rule=rule, citation=find_rule(rule).citation)


def reason_of(rule: str, text: str) -> Reason:
    """A ground of an act: the rule and what was found, as long as an event may carry it."""
    return Reason(code=rule, text=text[:MOST_TEXT], citation=find_rule(rule).citation)


@dataclass(frozen=True, slots=True)
class ChangedEntry:
    """What an event says of the entry that it is about; unknown values are None and refused by the contract."""

    entry_number: str
    importer_number: str | None
    surety_code: str | None
    entry_type: str | None
    port_of_entry: str | None
    entry_date: date | None
    center: str | None


def describe_effect(changes: Amounts) -> MoneyEffect:
    """Changes by class as events tell them: duty and fees, and the classes that change when any of them is named.

    >>> describe_effect({"duty": 150_00, "499": -5_00}).duty_usd
    '150.00'
    >>> describe_effect({"duty-unspecified": 150_00, "499": 0}).by_class
    ()
    """
    changes = {class_code: cents for class_code, cents in changes.items() if cents}
    duty = sum(cents for class_code, cents in changes.items() if class_code in DUTY_CLASSES)
    classes = changes.items() if changes.keys() - UNSPECIFIED_CLASSES else ()
    return MoneyEffect(
        duty_usd=format_cents(duty),
        fees_usd=format_cents(sum(changes.values()) - duty),
        by_class=tuple(
            ClassEffect(class_code=class_code, change_usd=format_cents(cents)) for class_code, cents in classes
        ),
    )


def as_held(row: EntryRow | MoneyEntry) -> ChangedEntry:
    """An entry as its row stands."""
    return ChangedEntry(
        row.entry_number,
        row.importer_number,
        row.surety_code,
        row.entry_type,
        row.port_of_entry,
        row.entry_date,
        row.center,
    )


def entry_changed(
    entry: ChangedEntry,
    act: LegalEvent,
    at: datetime,
    *,
    from_state: str | None,
    reasons: Sequence[Reason],
    told: Mapping[str, Any],
) -> Outgoing:
    """The event of an act on an entry. `told` is what only some acts say: effect, bill, refund, earlier dates."""
    data = EntryChanged.model_validate(
        {
            "entry_number": entry.entry_number,
            "sequence": act.sequence,
            "change": act.change,
            "importer_number": entry.importer_number,
            "filer_code": entry.entry_number[:3],
            "surety_code": entry.surety_code,
            "entry_type": entry.entry_type,
            "port_of_entry": entry.port_of_entry,
            "entry_date": entry.entry_date,
            "center": entry.center,
            "from_state": from_state,
            "to_state": act.to_state,
            "occurred_on": act.occurred_on,
            "scheduled_on": act.scheduled_on,
            "deemed_on": act.deemed_on,
            "kind": act.kind,
            "legal_basis": legal_basis(act.rule),
            "reasons": tuple(reasons),
            **told,
        }
    )
    return Outgoing(event_id("entry-changed", entry.entry_number, str(act.sequence)), data, at)


def version_announced(
    version: Version, act: LegalEvent, *, corrected_by: str | None, posted_on: date | None
) -> Outgoing:
    """The event of the act that a version is, told when it was filed; what the version says was checked when it came.

    Its id has the digest: versions that contradict each other are both announced. `corrected_by` is the filer of a
    correction by another than the filer of the entry, `posted_on` the day of a notice.
    """
    reasons: tuple[Any, ...] = (_lean_reason(act.rule, act.detail or ""),)
    if corrected_by is not None:
        text = f"version {version.number} was filed by {corrected_by}, the entry by {act.entry_number[:3]}"
        citation = RULES["psc-window"].citation
        reasons = (*reasons, _Reason(code="corrected-by-other-filer", text=text, citation=citation))
    data = _EntryChanged(
        entry_number=act.entry_number,
        sequence=act.sequence,
        change=act.change,
        importer_number=version.importer_number,
        filer_code=act.entry_number[:3],
        surety_code=version.surety_code,
        entry_type=version.entry_type,
        port_of_entry=version.port_of_entry,
        entry_date=version.entry_date,
        to_state=act.to_state,
        occurred_on=act.occurred_on,
        scheduled_on=act.scheduled_on,
        deemed_on=act.deemed_on,
        posted_on=posted_on,
        corrected_by=corrected_by,
        legal_basis=_lean_basis(act.rule),
        reasons=reasons,
    )
    identifier = event_id("entry-changed", act.entry_number, str(act.sequence), version.digest.hex)
    return Outgoing(identifier, data, version.origin.at)


@cache
def _lean_basis(rule: str) -> Any:
    return lean.to_lean(legal_basis(rule))


@lru_cache(maxsize=8_192)
def _lean_reason(rule: str, text: str) -> Any:
    return lean.to_lean(reason_of(rule, text))


def tell_liquidation(liquidated_on: date, posted_on: date, entry_date: date | None) -> dict[str, date]:
    """What an event says of a liquidation or reliquidation: its day in law, its posting, and until when to protest."""
    return {
        "liquidated_on": liquidated_on,
        "posted_on": posted_on,
        "protest_by": safe_protest_day(liquidated_on, entry_date),
    }


def protest_filed(
    *,
    protest_number: str,
    importer_number: str,
    entries: Sequence[str],
    received_at: datetime,
    decide_by: date,
    asks_further_review: bool,
    filer_role: str | None,
    filer_id: str | None,
    at: datetime,
) -> Outgoing:
    """The event of a protest that was received, by event or over HTTP."""
    data = ProtestChanged(
        protest_number=protest_number,
        sequence=1,
        change="filed",
        state="filed",
        importer_number=importer_number,
        entries=tuple(entries),
        received_at=received_at,
        decide_by=decide_by,
        further_review=asks_further_review,
        filer_role=filer_role,
        filer_id=filer_id,
        legal_basis=legal_basis("protest-decide-2y"),
    )
    return Outgoing(event_id("protest-changed", protest_number, "1"), data, at)


def protest_changed(
    after: JudgedProtest,
    done: NumberedAct,
    law: LawSettings,
    at: datetime,
    *,
    signed: Sequence[LineDecision] = (),
    effect: tuple[int, int] | None = None,
) -> Outgoing:
    """The event of an act on a protest, with where the protest stands after it.

    `at` is when it is told: an act of the law is dated on its own day and told when it was found. `signed` is what a
    signed decision says of each entry and line, `effect` what it changes: cents of duty and fees.
    """
    record, filing, act = after.record, after.record.filing, done.act
    deemed = find_deemed_denial(record, join_known(after.verdicts))
    refused_on = record.further_review_refused_on if record.further_review == "refused" else None
    reasons = str(act.details.get("reasons") or act.details.get("text") or "")
    sequence = done.number + 1
    data = ProtestChanged(
        protest_number=filing.number,
        sequence=sequence,
        change=_name_change(done),
        state=record.stage,
        importer_number=filing.importer_number,
        entries=filing.entries,
        received_at=filing.received_at,
        decide_by=after.decide_by,
        further_review=record.further_review != "none",
        act=act.kind,
        occurred_on=act.on,
        filer_role=filing.filer_role,
        filer_id=filing.filer_id,
        further_review_state=record.further_review,
        denied_on=record.denied_on,
        sue_by=after.sue_by,
        deemed_denied_on=deemed.on if deemed is not None else None,
        ask_set_aside_by=set_aside_request_due(refused_on, law).safe if refused_on is not None else None,
        lead_protest=record.lead,
        effect=_describe_effect(effect) if effect is not None else None,
        outcomes=tuple(map(_describe_decision, signed[:MOST_OUTCOMES])),
        legal_basis=legal_basis(done.rule),
        reasons=(Reason(code=act.kind, text=reasons[:MOST_TEXT], citation=RULES[done.rule].citation),)
        if reasons
        else (),
    )
    return Outgoing(event_id("protest-changed", filing.number, str(sequence)), data, at)


def _name_change(done: NumberedAct) -> Literal["changed", "decided", "withdrawn", "reopened"]:
    if done.from_stage in OPEN and done.to_stage not in OPEN:
        return "withdrawn" if done.act.kind == "withdraw" else "decided"
    return "reopened" if done.act.kind == "void-denial" else "changed"


def _describe_effect(effect: tuple[int, int]) -> MoneyEffect:
    duty_cents, fees_cents = effect
    return MoneyEffect(duty_usd=format_cents(duty_cents), fees_usd=format_cents(fees_cents))


def _describe_decision(line: LineDecision) -> ProtestOutcome:
    return ProtestOutcome(
        entry_number=line.entry_number,
        line_number=line.line_number or None,
        outcome=line.outcome,
        reasons=line.reasons[:MOST_TEXT],
    )


def money_determined(
    entry: MoneyEntry,
    act: MoneyAct,
    at: datetime,
    *,
    liquidated_on: date,
    effect: MoneyEffect,
    outcome: Mapping[str, str | date],
    program: str | None,
) -> Outgoing:
    """The event of a bill or refund for an act that had lacked a fact; `outcome` is what the act came to.

    `program` is the program that made the act, whose refunds are told by payment.
    """
    told = {
        "program": program,
        "liquidated_on": liquidated_on,
        "protest_by": safe_protest_day(liquidated_on, entry.entry_date),
        "effect": effect,
    }
    return _money_changed(entry, act, at, {**told, **outcome})


def bill_noticed(
    entry: MoneyEntry, act: MoneyAct, at: datetime, bill: BillRow, open_cents: int, law: LawSettings
) -> Outgoing:
    """The event of a notice or demand on a bill, with what was open on its day.

    Rule protest-surety [S], 19 USC 1514(c)(3), 19 CFR 174.12(e)(3): a surety's time runs from the mailing of the
    demand, which is the day of this event also where the demand was due before.
    """
    told = {
        "bill_number": bill.bill_number,
        "bill_due_on": bill.due_on,
        "bill_open_usd": format_cents(open_cents),
        "protest_by": surety_window(legal_date(at), entry.entry_date, law).safe
        if act.change == "surety-billed"
        else None,
    }
    return _money_changed(entry, act, at, told)


def refund_changed(
    entry: MoneyEntry, act: MoneyAct, at: datetime, refund: RefundRow, *, program: str | None = None
) -> Outgoing:
    """The event of a refund that moved, with what it comes to and what it still waits for; of which program it is."""
    told = {
        "program": program,
        "refund_number": refund.refund_number,
        "refund_state": refund.state,
        "refund_usd": format_cents(refund.refund_cents + (refund.delay_cents or 0)),
        "missing": refund.missing[0] if refund.missing else None,
    }
    return _money_changed(entry, act, at, told)


def _money_changed(entry: MoneyEntry, act: MoneyAct, at: datetime, told: Mapping[str, Any]) -> Outgoing:
    """The event of an act about money; the state of the entry stays what it is."""
    legal_event = LegalEvent(
        act.entry_number,
        act.event_key,
        sequence_in_turn(entry.turns, OF_MONEY + act.number),
        act.change,
        entry.state,
        act.occurred_on,
        act.rule,
        act.detail,
        entry.scheduled_on,
        entry.deemed_on,
    )
    reasons = (reason_of(act.rule, act.detail),)
    return entry_changed(as_held(entry), legal_event, at, from_state=entry.state, reasons=reasons, told=told)


def decision_applied(decision_id: str, entry_number: str, importer_number: str, at: datetime) -> Outgoing:
    """The answer to a review decision that stands in the record."""
    data = DecisionApplied(
        decision_id=decision_id,
        entry_number=entry_number,
        importer_number=importer_number,
        legal_basis=legal_basis("liquidation-date"),
    )
    return Outgoing(event_id("decision-applied", decision_id), data, at)


def deadline_near(reminder: Reminder, change: DeadlineChange, at: datetime) -> Outgoing:
    """A day by which a party has to act comes near, or one that was told so is not the clock's any more."""
    on = reminder.due_on.isoformat()
    is_near = change == "near"
    days_before = reminder.days_before if is_near else 0
    data = DeadlineNear(
        clock=reminder.clock,
        change=change,
        entry_number=reminder.entry_number,
        importer_number=reminder.importer_number,
        center=reminder.center,
        code=reminder.code,
        what=reminder.what[:MOST_TEXT],
        due_on=reminder.due_on,
        days_before=days_before,
        told_on=legal_date(at),
        overtaken_on=reminder.overtaken_on,
        if_nothing_is_done=reminder.lapse,
        legal_basis=legal_basis(reminder.rule),
    )
    # A day that comes back is reminded of at nearer distances, and may be withdrawn again.
    return Outgoing(event_id("deadline-near", reminder.clock, on, change, str(reminder.days_before)), data, at)


def payment_changed(
    row: PaymentRow, event: PaymentEvent, change: PaymentChange, rule: str, offsets: Sequence[OffsetRow]
) -> Outgoing:
    """The event of what was done with a payment; `offsets` is what is set off, or is to be."""
    intended = [each for each in offsets if each.state == "intended"]
    is_intention = change == "set-off-intended"
    intended_cents = sum(each.cents for each in offsets) if is_intention else 0
    data = PaymentChanged(
        payment=row.payment,
        sequence=event.number,
        change=change,
        state=row.state,
        program=row.program,
        part=row.part,
        remittance=row.remittance,
        importer_number=row.importer_number,
        payee="importer" if row.payee_number == row.importer_number else "designee",
        posted_on=row.posted_on,
        occurred_on=event.occurred_on,
        refunds=row.refunds,
        removed_usd=format_cents(row.removed_cents),
        interest_usd=format_cents(row.interest_cents),
        other_usd=format_cents(row.other_cents),
        refund_usd=format_cents(row.refund_cents),
        delay_usd=format_cents(row.delay_cents),
        offset_usd=format_cents(intended_cents if is_intention else row.offset_cents),
        net_usd=format_cents(row.net_cents - intended_cents),
        offsets=tuple(
            PaymentOffset(bill_number=each.bill_number, offset_usd=format_cents(each.cents))
            for each in offsets[:MOST_BILLS]
        ),
        set_off_from=min((each.apply_from for each in intended), default=None) if is_intention else None,
        missing=row.missing[0] if row.missing else None,
        remedy=row.reason[:MOST_TEXT] if row.missing else None,
        reason=event.detail[:MOST_TEXT] if change == "returned" else None,
        statement=f"/payments/{row.payment}/statement.csv",
        legal_basis=legal_basis(rule),
    )
    return Outgoing(event_id("payment-changed", row.payment, str(event.number)), data, event.at)


@dataclass(frozen=True, slots=True)
class JudgedParty:
    """Whom a declaration was made for, what became of the rows of its entries, and what an importer lacks to be paid.

    `codes` are the rows by code; `payees_not_ready` counts importers of accepted entries who cannot be paid.
    """

    importer_number: str | None
    filer_code: str | None
    rows: int
    accepted: int
    dropped: int
    removed_cents: int
    codes: Mapping[str, int]
    payees_not_ready: int
    missing: str | None
    remedy: str | None


def declaration_judged(declaration_id: str, program: str, party: JudgedParty, at: datetime) -> Outgoing:
    """The event of a declaration of which every row is judged, to one of those for whom it was made."""
    codes = sorted(party.codes.items(), key=lambda each: (-each[1], each[0]))[:60]
    data = DeclarationJudged(
        declaration_id=declaration_id,
        program=program,
        importer_number=party.importer_number,
        filer_code=party.filer_code,
        judged_on=legal_date(at),
        rows=party.rows,
        accepted=party.accepted,
        dropped=party.dropped,
        removed_usd=format_cents(party.removed_cents),
        codes=tuple(CodeCount(code=code, entries=entries) for code, entries in codes),
        payees_not_ready=party.payees_not_ready,
        missing=party.missing,
        remedy=party.remedy,
        results=f"/programs/{program}/declarations/{declaration_id}/results.csv",
    )
    told = party.importer_number or f"filer:{party.filer_code}"
    return Outgoing(event_id("declaration-judged", declaration_id, told), data, at)


def decision_refused(
    decision_id: str, entry_number: str, importer_number: str, rule: str, remedy: str, at: datetime
) -> Outgoing:
    """The answer to a review decision that the law does not allow, with the rule and what may be done instead."""
    data = DecisionRefused(
        decision_id=decision_id,
        entry_number=entry_number,
        importer_number=importer_number,
        rule=rule,
        legal_basis=legal_basis(rule),
        remedy=remedy,
    )
    return Outgoing(event_id("decision-refused", decision_id), data, at)


def _bases(column: str, *rules: str) -> str:
    return json_case(column, {rule: legal_basis(rule).model_dump_json() for rule in rules})


def _event_sql(contract: type[Contract], identity: str, data: str, time: str) -> EventSql:
    """An event of the outbox as `shared.bus.outbox` writes it. The database has no BLAKE2: these ids are MD5."""
    topic = TOPIC_OF_DATA[contract]
    envelope = json_object(
        {
            "specversion": json_code(f"'{SPEC_VERSION}'"),
            "id": json_code(f"md5({identity})::uuid"),
            "source": json_code(f"'{SOURCE}'"),
            "type": json_code(f"'{topic.event_type}'"),
            "subject": json_code("entry_number"),
            "time": json_code(time),
            "datacontenttype": json_code("'application/json'"),
            "data": data,
        }
    )
    return EventSql(topic.topic, f"convert_to({envelope}, 'UTF8')")


_LIQUIDATED: Final = {
    "entry_number": json_code("entry_number"),
    "sequence": SEQUENCE,
    "change": json_code("CASE liquidation_kind WHEN 'deemed' THEN 'deemed-liquidated' ELSE 'liquidated' END"),
    "importer_number": json_code("importer_number"),
    "filer_code": json_code("left(entry_number, 3)"),
    "surety_code": json_code("surety_code"),
    "entry_type": json_code("entry_type"),
    "port_of_entry": json_code("port_of_entry"),
    "entry_date": json_code("entry_date"),
    "center": json_code("center"),
    "from_state": json_code("CASE WHEN extensions > 0 THEN 'extended' ELSE 'scheduled' END"),
    "to_state": json_code("'liquidated'"),
    "occurred_on": json_code("liquidated_on"),
    "liquidated_on": json_code("liquidated_on"),
    "posted_on": json_code("liquidation_posted_on"),
    "protest_by": json_code(
        f"(liquidated_on + CASE WHEN entry_date < DATE '{LONGER_PROTEST_SINCE}' THEN {LEGACY_PROTEST_DAYS}"
        f" ELSE {PROTEST_DAYS} END)"
    ),
    "scheduled_on": json_code("scheduled_on"),
    "deemed_on": json_code("deemed_on"),
    "kind": json_code("liquidation_kind"),
    "legal_basis": _bases(
        "liquidation_rule", "liquidation-date", "liquidation-date-informal", "liquidation-date-deemed"
    ),
    "reasons": "'[]'",
}
_REFUSED: Final = {
    "decision_id": json_text("decision_id"),
    "entry_number": json_code("entry_number"),
    "importer_number": json_code("importer_number"),
    "rule": json_code("rule"),
    "legal_basis": _bases("rule", "reliq-1501", "liq-after-deemed"),
    "remedy": json_text("remedy"),
}
_OF_ENTRY: Final = f"'entry-changed:' || entry_number || ':' || {SEQUENCE}"
_NO_EFFECT: Final = """'{"duty_usd":"0.00","fees_usd":"0.00"}'"""

CYCLE_EVENTS: Final = CycleEvents(
    liquidated=_event_sql(EntryChanged, _OF_ENTRY, json_object(_LIQUIDATED | {"effect": _NO_EFFECT}), "$5::text"),
    assessed=_event_sql(EntryChanged, _OF_ENTRY, f"left({json_object(_LIQUIDATED)}, -1) || told.members", "$3::text"),
    refused=_event_sql(DecisionRefused, "'decision-refused:' || decision_id", json_object(_REFUSED), "$5::text"),
)
"""What a cycle tells of an entry that it liquidates and of a decision that comes too late."""


_MONEY_TOLD: Final = {
    "interest_usd": "CASE WHEN NOT is_disregarded THEN round(interest_change_cents::numeric / 100, 2) END",
    "bill_number": "bill_number",
    "bill_due_on": "bill_due_on",
    "bill_open_usd": "round(billed_cents::numeric / 100, 2)",
    "refund_number": "refund_number",
    "refund_state": "refund_state",
    "refund_usd": "round(refund_cents::numeric / 100, 2)",
    "missing": "coalesce(missing, refund_missing)",
}
_POSTED: Final = _LIQUIDATED | {
    "sequence": "sequence::text",
    "change": json_code("change"),
    "from_state": json_code("from_state"),
    "occurred_on": json_code("today"),
    "liquidated_on": json_code("today"),
    "posted_on": json_code("today"),
    "protest_by": json_code(
        f"(today + CASE WHEN entry_date < DATE '{LONGER_PROTEST_SINCE}' THEN {LEGACY_PROTEST_DAYS}"
        f" ELSE {PROTEST_DAYS} END)"
    ),
    "kind": json_code("kind"),
    "effect": "told_effect",
    "program": json_code("program"),
    "legal_basis": _bases("rule", "liquidation-date", "reliq-1501", "reliq-court"),
    "reasons": "told_reasons",
}
PROGRAM_EVENT: Final = _event_sql(
    EntryChanged,
    "'entry-changed:' || entry_number || ':' || sequence",
    f"left({json_object(_POSTED)}, -1) || {json_members(_MONEY_TOLD)} || '}}'",
    "run_at",
)
"""What a program tells of an entry that it posts, over the columns of `store/program_posting.py`."""


def posted_event_id(entry_number: str, sequence: int) -> str:
    """The id of the event that tells what a program or a cycle posted of an entry, as the database makes it."""
    return str(UUID(md5(f"entry-changed:{entry_number}:{sequence}".encode(), usedforsecurity=False).hexdigest()))


def reasons_told(rule: str, text: str) -> str:
    """The reasons of an event as JSON: one rule, and what was found."""
    return f"[{reason_of(rule, text).model_dump_json()}]"


_PLACES: Final[Mapping[LockedField, str]] = {
    "importer-number": "data.importer_number",
    "port": "data.port_of_entry",
    "reconciliation-flag": "data.reconciliation_issues",
    "entry-number": "data.entry_number",
}
"""Where each field that no correction changes stands in the event."""

_FLAGGED: Final = {"true": "flagged for reconciliation", "false": "not flagged for reconciliation"}


def correction_refused(
    entry_number: str, first: Version, version: Version, bars: Sequence[CorrectionBar], at: datetime
) -> Outgoing | None:
    """What goes back to the filer of a correction that cannot be made, with everything that bars it.

    None when its sender is no filer. Importer numbers are masked: the correction may be another filer's.
    """
    origin, bar = version.origin, bars[0]
    filer_code = find_filer(origin.source, entry_number)
    if filer_code is None:
        return None
    contract = TOPICS["entry-corrected"]
    why = "; ".join(describe_bar(each, mask_importer_number) for each in bars)
    data = EventRefused.model_validate(
        {
            "filer_code": filer_code,
            "source": origin.source,
            "id": origin.id,
            "type": contract.event_type,
            "topic": contract.topic,
            "entry_number": entry_number,
            "code": bar.kind,
            "reason": f"version {version.number} does not govern: {why}",
            "faults": tuple(fault for each in bars for fault in _fault_of(each, first, version)),
            "remedy": problem_kinds()[bar.kind].remedy,
            "rule": bar.rule,
            "citation": find_rule(bar.rule).citation,
            "refused_at": at,
        }
    )
    return Outgoing(event_id("event-refused", origin.source, origin.id, bar.kind), data, at)


def _fault_of(bar: CorrectionBar, first: Version, version: Version) -> Sequence[RefusedField]:
    """The field that a correction changes and may not; none for a bar of time."""
    if bar.kind == "correction-changes-type":
        right = f"{first.entry_type}, as filed"
        return [RefusedField(field="data.entry_type", code=bar.kind, right=right, came=version.entry_type)]
    change = bar.change
    if change is None or change.before is None or change.after is None:
        return []
    before, after = change.before, change.after
    if change.field == "importer-number":
        before, after = mask_importer_number(before), mask_importer_number(after)
    elif change.field == "reconciliation-flag":
        before, after = _FLAGGED[before], _FLAGGED[after]
    return [RefusedField(field=_PLACES[change.field], code=bar.kind, right=f"{before}, as filed", came=after)]
