"""What the legal record says, in the words of the domain: acts on entries and on protests, decisions refused."""

from uuid import UUID

from services.workqueue.domain.decision import RefusedDecision
from services.workqueue.domain.exception import Oversight
from services.workqueue.domain.protest import ProtestAct
from services.workqueue.domain.review import LegalAct
from shared.contracts.envelope import Event
from shared.contracts.liquidation import DecisionApplied, DecisionRefused, EntryChanged, ProtestChanged


def on_entry_changed(event: Event[EntryChanged]) -> LegalAct:
    """An act of the legal record; the first liquidation ends review, a reliquidation only changes the dates."""
    data = event.data
    is_liquidation = data.change in {"liquidated", "deemed-liquidated"}
    return LegalAct(
        entry_number=data.entry_number,
        sequence=data.sequence,
        state=data.to_state,
        scheduled_on=data.scheduled_on,
        deemed_on=data.deemed_on,
        liquidated_on=(data.liquidated_on or data.occurred_on) if is_liquidation else None,
        surety_code=data.surety_code,
        at=event.time,
    )


def on_deemed_liquidation(event: Event[EntryChanged]) -> Oversight | None:
    """An entry that the law liquidated because nobody did; None for every other act."""
    data = event.data
    if data.change != "deemed-liquidated":
        return None
    return Oversight(
        key=data.entry_number,
        entry_number=data.entry_number,
        importer_number=data.importer_number,
        center=data.center,
        at=event.time,
        reason={
            "code": "deemed-liquidated",
            "text": f"The entry was deemed liquidated on {data.liquidated_on or data.occurred_on}.",
            "fact": data.legal_basis.rule,
            "citation": data.legal_basis.citation,
        },
    )


def on_protest_changed(event: Event[ProtestChanged]) -> ProtestAct:
    """An act on a protest."""
    data = event.data
    return ProtestAct(
        protest_number=data.protest_number,
        sequence=data.sequence,
        change=data.change,
        importer_number=data.importer_number,
        entry_number=data.entries[0] if data.entries else None,
        received_at=data.received_at,
        decide_by=data.decide_by,
        further_review=data.further_review,
        at=event.time,
    )


def on_decision_applied(event: Event[DecisionApplied]) -> UUID | None:
    """The decision that stands in the legal record; None for one whose id the work queue has not given."""
    try:
        return UUID(event.data.decision_id)
    except ValueError:
        return None


def on_decision_refused(event: Event[DecisionRefused]) -> tuple[RefusedDecision, ...]:
    """A decision that the legal record cannot apply; nothing for one whose id the work queue has not given."""
    data = event.data
    try:
        decision_id = UUID(data.decision_id)
    except ValueError:
        return ()
    return (RefusedDecision(decision_id, data.rule, data.legal_basis.citation, data.remedy, event.time),)
