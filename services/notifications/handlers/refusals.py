"""What of a filer's messages was refused, in the words of the domain."""

from services.notifications.domain.facts import Fault, Refusal
from shared.contracts.envelope import Event
from shared.contracts.refusal import EventRefused
from shared.customs.calendar import legal_date


def on_event_refused(event: Event[EventRefused]) -> Refusal:
    """A message that has no effect: no event of its topic, or a correction that is barred, which has no place on it."""
    data = event.data
    return Refusal(
        refusal_id=event.id,
        filer_code=data.filer_code,
        entry_number=data.entry_number,
        is_barred=data.offset is None,
        topic=data.topic,
        event_id=data.id,
        code=data.code,
        reason=data.reason,
        remedy=data.remedy,
        citation=data.citation,
        faults=tuple(Fault(each.field, each.came, each.right) for each in data.faults),
        told_on=legal_date(data.refused_at),
    )
