"""What the work queue says, in the words of the domain: requests for information and notices of action."""

from services.notifications.domain.facts import Request
from services.notifications.domain.notices import request_causes_notice
from shared.contracts.envelope import Event
from shared.contracts.work import RequestIssued


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
    )
