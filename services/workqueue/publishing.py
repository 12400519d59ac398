"""The events that the work queue publishes, made from its items, history, decisions and requests."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any, Final

from services.workqueue.domain.decision import Decision, FoundOn, Outcome, ReviewOutcome
from services.workqueue.domain.goods import DeclaredGoods
from services.workqueue.domain.item import Item, Note, Person
from services.workqueue.domain.notice_facts import facts_told
from services.workqueue.domain.processes.shape import Act
from services.workqueue.domain.request import Letter, LetterAnswer, RequestChange
from services.workqueue.store.claims import ClaimFrame
from shared.bus.outbox import Outgoing, frame_of
from shared.contracts.decision import Actor, ClassEffect, LegalBasis, MoneyEffect, Reason
from shared.contracts.work import FoundOn as PublishedFinding
from shared.contracts.work import (
    ProgramAdmitted,
    RecordedFact,
    RequestChanged,
    RequestIssued,
    ReviewDecided,
    WorkItemChanged,
)
from shared.customs.money import format_cents
from shared.runtime.ids import event_id

SOURCE: Final = "urn:centerline:workqueue"
_LONGEST_FACT: Final = 4000


def act_done(
    item: Item, note: Note, act: Act, fields: Mapping[str, Any], facts: Mapping[str, Any], surety_code: str | None
) -> Outgoing:
    """An act on the process of an item; what it recorded goes out where it causes a notice, and what that tells beside.

    `facts` are those of the matter, `surety_code` is that of the bond of its entry.
    """
    said = {**facts_told(act, facts), **fields} if act.tells else {}
    recorded = tuple(RecordedFact(name=name, value=_as_text(value)) for name, value in said.items())
    told = {
        "act": act.code,
        "stage": item.stage,
        "waits_for": item.waits_for,
        "due_on": item.due_on,
        "notices": act.tells,
        "recorded": recorded,
        "surety_code": surety_code,
    }
    return work_item_changed(item, note, told=told)


def program_admitted(item: Item, note: Note, facts: Mapping[str, Any]) -> list[Outgoing]:
    """An admission to a program, for the account of the matter and each number that its application covers."""
    assert item.importer_number is not None, "an application is of an importer"
    numbers = dict.fromkeys((item.importer_number, *facts["importer_numbers"]))
    return [
        Outgoing(
            event_id("program-admitted", str(item.item_id), number),
            ProgramAdmitted(
                item_id=str(item.item_id),
                importer_number=number,
                program=facts["program"],
                admitted_from=facts["admitted_from"],
                center=item.center,
                admitted_by=_actor(note.by),
                admitted_at=note.at,
            ),
            note.at,
        )
        for number in numbers
    ]


def _as_text(value: Any) -> str:
    if isinstance(value, list):
        text = ", ".join(map(str, value))
        return text if len(text) <= _LONGEST_FACT else f"{text[: text.rindex(', ', 0, _LONGEST_FACT - 3)]}, …"
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value).lower() if isinstance(value, bool) else str(value)


def work_item_changed(
    item: Item, note: Note, outcome: Outcome | None = None, told: Mapping[str, Any] = MappingProxyType({})
) -> Outgoing:
    """One line of an item's history as an event; `outcome` is that of the decision which completed it.

    `told` is what only acts on its process say.
    """
    data = WorkItemChanged(
        item_id=str(item.item_id),
        sequence=note.sequence,
        change=note.change,
        state=note.state,
        entry_number=item.entry_number,
        importer_number=item.importer_number,
        center=item.center,
        division=item.division,
        process=item.process,
        actor=_actor(note.by),
        at=note.at,
        outcome=outcome,
        filing_number=item.filing_number,
        asking_center=item.asking_center,
        **told,
    )
    return Outgoing(event_id("work-item-changed", str(item.item_id), note.key), data, note.at)


def frame_of_claim(person: Person, now: datetime) -> ClaimFrame:
    """What goes around the event of a claim, whose data the statement that makes the claim writes itself."""
    return ClaimFrame(frame_of(WorkItemChanged, SOURCE, now), _actor(person).model_dump_json())


def review_decided(
    item: Item, decision: Decision, entry_number: str, outcome: ReviewOutcome, declared: Sequence[DeclaredGoods]
) -> Outgoing:
    """A decision on an entry under review, for the legal record to apply, with findings and the goods that they name.

    `declared` are the lines of the entry.
    """
    assert item.importer_number is not None, "a review has the importer of its entry"
    finding = decision.finding
    by_line = {each.line_number: each for each in declared}
    data = ReviewDecided(
        decision_id=str(decision.decision_id),
        item_id=str(item.item_id),
        entry_number=entry_number,
        importer_number=item.importer_number,
        process=item.process,
        center=item.center,
        outcome=outcome,
        effect=MoneyEffect(
            duty_usd=format_cents(finding.duty_cents),
            fees_usd=format_cents(finding.fees_cents),
            by_class=tuple(
                ClassEffect(class_code=code, change_usd=format_cents(cents)) for code, cents in finding.by_class
            ),
        ),
        reasons=tuple(
            Reason(code=each.code, text=each.text, fact=each.fact, citation=each.citation) for each in finding.reasons
        ),
        legal_basis=tuple(LegalBasis(rule=each.rule, citation=each.citation) for each in finding.legal_basis),
        decided_by=_actor(decision.by),
        decided_at=decision.at,
        findings=tuple(_found_on(each, by_line.get(each.line_number)) for each in finding.found),
    )
    return Outgoing(event_id("review-decided", str(decision.decision_id)), data, decision.at)


def _found_on(found: FoundOn, goods: DeclaredGoods | None) -> PublishedFinding:
    return PublishedFinding(
        line_number=found.line_number,
        issue=found.issue,
        declared=found.declared,
        found=found.found,
        ruling=found.ruling,
        criterion=found.criterion,
        criterion_was=found.criterion_was,
        key=goods.key if goods is not None else None,
        tariff=goods.tariff if goods is not None else None,
        origin=goods.origin if goods is not None else None,
        manufacturer_id=goods.manufacturer_id if goods is not None else None,
        description=goods.description if goods is not None else None,
    )


def request_issued(letter: Letter) -> Outgoing:
    """A request or notice to an importer, that was issued."""
    assert letter.issued_on is not None
    assert letter.issued_at is not None
    data = RequestIssued(
        request_id=str(letter.request_id),
        form=letter.form,
        item_id=str(letter.item_id),
        entry_numbers=letter.entry_numbers,
        importer_number=letter.importer_number,
        center=letter.center,
        questions=letter.questions,
        issued_on=letter.issued_on,
        due_on=letter.due_on,
        issued_by=_actor(letter.by),
    )
    return Outgoing(event_id("request-issued", str(letter.request_id)), data, letter.issued_at)


def request_changed(
    letter: Letter, change: RequestChange, state: str, at: datetime, by: Person | None, answer: LetterAnswer | None
) -> Outgoing:
    """A change of a request or notice, which is the one of its number; `answer` is the first, if there is one."""
    data = RequestChanged(
        request_id=str(letter.request_id),
        sequence=letter.changes,
        change=change,
        state=state,
        form=letter.form,
        item_id=str(letter.item_id),
        entry_numbers=letter.entry_numbers,
        importer_number=letter.importer_number,
        center=letter.center,
        issued_on=letter.issued_on,
        due_on=letter.due_on,
        answered_at=answer.at if answer is not None else None,
        filing_number=answer.filing_number if answer is not None else None,
        actor=_actor(by) if by is not None else None,
        at=at,
    )
    return Outgoing(event_id("request-changed", str(letter.request_id), str(letter.changes)), data, at)


def _actor(person: Person) -> Actor:
    return Actor(subject=person.subject, name=person.name, acting_for=person.acting_for)
