"""The inbox of a party: what it was told and has acknowledged, and what it asks for beside what the law requires."""

from datetime import datetime
from typing import Final
from uuid import UUID

from services.notifications.domain.catalogue import CATALOGUE
from services.notifications.domain.recipients import Asked
from services.notifications.publishing import SOURCE, changes_told
from services.notifications.store import deliveries as delivery_store
from services.notifications.store import notices as notice_store
from services.notifications.store import preferences as preference_store
from services.notifications.store.notices import WrittenNotice
from services.notifications.store.preferences import Preference
from shared.bus import outbox
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction
from shared.runtime.access import Matter, demand, no_such
from shared.runtime.errors import Refused
from shared.runtime.identity import Identity, RoleName
from shared.runtime.parties import party_ids

IMPORTER: Final = "importer"


def recipients_of(caller: Identity) -> frozenset[str]:
    """For whom the caller reads and acknowledges: the importer, or parties by their ids; nobody for staff."""
    if caller.has_role(RoleName.IMPORTER):
        return frozenset({IMPORTER}) | party_ids(caller)
    parties = party_ids(caller)
    # Who acts for an importer by the number in its token, and is no party, acknowledges for it.
    return parties or (frozenset({IMPORTER}) if caller.importer_numbers else frozenset())


def spoken_for(caller: Identity, notice: WrittenNotice) -> frozenset[str]:
    """For whom the caller reads and acknowledges one notice; nobody for staff."""
    is_its_importer = notice.importer_number in caller.importer_numbers
    # Who is an importer too may read this as its filer.
    return recipients_of(caller) if is_its_importer else recipients_of(caller) - {IMPORTER}


def demand_kind(kind: str | None) -> None:
    """Raise `Refused` for a kind that the catalogue does not have; None is any."""
    if kind is not None and kind not in CATALOGUE:
        raise Refused(
            f"There is no kind of notice {kind!r}.",
            rule="notice-kind-exists",
            code="unknown-kind",
            remedy=f"Give one of {', '.join(CATALOGUE)}.",
        )


def accounts_of(caller: Identity) -> frozenset[str]:
    """What the caller may ask for: the importer numbers and ids of parties that it speaks for."""
    return caller.importer_numbers | party_ids(caller)


def matter_of_notice(notice: WrittenNotice) -> Matter:
    """Whose a notice is."""
    return Matter(
        notice.importer_number,
        frozenset() if notice.center is None else frozenset({notice.center}),
        filer_code=notice.filer_code,
        surety_code=notice.surety_code,
        party_id=notice.party_id,
    )


async def acknowledge(tx: Transaction, caller: Identity, notice_id: UUID, now: datetime) -> WrittenNotice:
    """Acknowledge a notice for whom the caller speaks; doing so again changes nothing.

    Raises `NotFound` for a notice that the caller does not see.
    """
    notice = await notice_store.find_notice(tx.connection, notice_id)
    if notice is None:
        raise no_such(f"notice {notice_id}")
    demand(caller, "notice.acknowledge", legal_date(now), matter_of_notice(notice), f"notice {notice_id}")
    for recipient in sorted(spoken_for(caller, notice)):
        changed = await delivery_store.acknowledge(tx, notice, recipient, caller.subject, now)
        if changed is not None:
            await outbox.add(tx, SOURCE, changes_told([changed], now))
    return notice


async def ask(tx: Transaction, caller: Identity, recipient: str, asked: Asked, now: datetime) -> Preference:
    """Write what a recipient asks for. Raises `Refused` for a recipient that the caller does not speak for."""
    demand_recipient(caller, recipient)
    return await preference_store.write_preference(tx, recipient, asked, caller.subject, now)


def demand_recipient(caller: Identity, recipient: str) -> None:
    """Raise `Refused` unless the caller speaks for the recipient."""
    if recipient not in accounts_of(caller):
        raise Refused(
            f"Your token does not speak for {recipient!r}.",
            rule="recipient-is-yours",
            code="not-your-recipient",
            remedy="Name an importer number or a party that GET /me shows for you.",
        )
