"""What the work queue says, in the words of the domain: letters, what became of them, acts that cause a notice."""

from services.notifications.domain.facts import LetterChange, Request, WorkAct
from services.notifications.domain.notices import letter_change_causes_notice, request_causes_notice
from services.notifications.domain.work_notices import BY_ACT
from shared.contracts.envelope import Event
from shared.contracts.work import RequestChanged, RequestIssued, WorkItemChanged
from shared.customs.calendar import legal_date


def on_request_issued(event: Event[RequestIssued]) -> Request | None:
    """A request or notice of action to an importer; None for a form that no notice is known for."""
    data = event.data
    if not request_causes_notice(data.form):
        return None
    return Request(
        request_id=data.request_id,
        form=data.form,
        importer_number=data.importer_number,
        entry_numbers=data.entry_numbers,
        center=data.center,
        questions=data.questions,
        issued_on=data.issued_on,
        due_on=data.due_on,
        contact=data.issued_by.name,
    )


def on_request_changed(event: Event[RequestChanged]) -> LetterChange | None:
    """What became of a letter; None where the party did it itself, or is told of it by another notice."""
    data = event.data
    if not letter_change_causes_notice(data.form, data.change):
        return None
    return LetterChange(
        request_id=data.request_id,
        sequence=data.sequence,
        change=data.change,
        form=data.form,
        importer_number=data.importer_number,
        entry_numbers=data.entry_numbers,
        center=data.center,
        issued_on=data.issued_on,
        due_on=data.due_on,
        told_on=legal_date(event.time),
        contact=data.actor.name if data.actor is not None else None,
    )


def on_work_item_changed(event: Event[WorkItemChanged]) -> WorkAct | None:
    """An act on a process that causes a notice of its own; None for all others, which are most.

    A matter of nobody who has an importer number has no party to tell.
    """
    data = event.data
    if data.act is None or data.importer_number is None or (data.process, data.act) not in BY_ACT:
        return None
    return WorkAct(
        item_id=data.item_id,
        sequence=data.sequence,
        process=data.process,
        act=data.act,
        importer_number=data.importer_number,
        entry_number=data.entry_number,
        filing_number=data.filing_number,
        center=data.center,
        surety_code=data.surety_code,
        told_on=legal_date(data.at),
        recorded={fact.name: fact.value for fact in data.recorded},
        contact=data.actor.name,
    )
