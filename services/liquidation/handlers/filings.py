"""Post-entry filings: kept as they come; a new protest is announced with the day by which it is to be decided.

Where protests stand is judged in the same transaction once they are written (`acts/protest_judging.py`).
"""

from collections.abc import Collection, Sequence
from datetime import datetime

import orjson

from services.liquidation.domain.clocks import protest_decision_due
from services.liquidation.domain.facts import Origin
from services.liquidation.publishing import protest_filed
from services.liquidation.store.filings import FilingRow
from shared.bus.outbox import Outgoing
from shared.contracts import lean
from shared.contracts.envelope import Event
from shared.contracts.post_entry import FilingKind, PostEntryFiled
from shared.customs.calendar import legal_date


def on_post_entry_filed(
    post_entry: Sequence[Event[PostEntryFiled]], known_protests: Collection[str], now: datetime
) -> tuple[list[FilingRow], list[Outgoing]]:
    """Keep each filing, of several events for one the earliest; announce, now, protests that were not known."""
    chosen: dict[str, Event[PostEntryFiled]] = {}
    for event in post_entry:
        before = chosen.get(event.data.filing_number)
        if before is None or _origin(event).order < _origin(before).order:
            chosen[event.data.filing_number] = event
    announced = [
        event
        for number, event in chosen.items()
        if event.data.kind is FilingKind.PROTEST and number not in known_protests
    ]
    return [_keep(event) for event in chosen.values()], [_announce(event, now) for event in announced]


def _origin(event: Event[PostEntryFiled]) -> Origin:
    return Origin(event.time, event.source, event.id)


def _keep(event: Event[PostEntryFiled]) -> FilingRow:
    data = event.data
    return FilingRow(
        filing_number=data.filing_number,
        kind=data.kind.value,
        importer_number=data.importer_number,
        filed_by=lean.encode(data.filed_by).decode(),
        entries=orjson.dumps(data.entries).decode(),
        received_at=data.received_at,
        body=orjson.dumps(data.body).decode(),
        origin=_origin(event),
        decide_by=protest_decision_due(legal_date(data.received_at)),
        further_review=_asks_for_further_review(data),
    )


def _announce(event: Event[PostEntryFiled], now: datetime) -> Outgoing:
    data = event.data
    return protest_filed(
        protest_number=data.filing_number,
        importer_number=data.importer_number,
        entries=data.entries,
        received_at=data.received_at,
        decide_by=protest_decision_due(legal_date(data.received_at)),
        asks_further_review=_asks_for_further_review(data),
        filer_role=data.filed_by.role,
        filer_id=data.filed_by.id,
        at=now,
    )


def _asks_for_further_review(data: PostEntryFiled) -> bool:
    return data.body.get("further_review") is True
