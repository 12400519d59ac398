"""Assignments as events: what is published when an account gets a Center."""

from collections.abc import Mapping, Sequence
from datetime import date, datetime

import orjson

from services.routing.domain.accounts import AccountRecord, programs_on
from services.routing.store.assignments import NewAssignment
from shared.bus.outbox import Outgoing
from shared.contracts.decision import Reason
from shared.contracts.routing import AccountAssigned
from shared.customs.calendar import legal_date
from shared.runtime.ids import event_id


def assignment_events(
    new: Sequence[NewAssignment], accounts: Mapping[str, AccountRecord], at: datetime
) -> list[Outgoing]:
    """account-assigned for each assignment, with its reasons and the programs in force on its first day, or now."""
    return [Outgoing(_event_id(item), _data(item, accounts[item.importer_number], legal_date(at)), at) for item in new]


def _event_id(item: NewAssignment) -> str:
    return event_id("account-assigned", item.importer_number, str(item.sequence))


def _data(item: NewAssignment, account: AccountRecord, today: date) -> AccountAssigned:
    return AccountAssigned(
        importer_number=item.importer_number,
        sequence=item.sequence,
        name=account.name,
        contact_email=account.contact_email,
        center=item.center,
        previous_center=item.previous_center,
        basis=item.basis,
        effective_on=item.effective_on,
        trusted_programs=programs_on(account.trusted_programs, max(item.effective_on, today)),
        reasons=tuple(Reason(**reason) for reason in orjson.loads(item.reasons)),
    )
