"""What notifications says: a notice and its state of delivery."""

from typing import Annotated, Literal

from pydantic import Field

from shared.contracts.party import PartyId
from shared.contracts.terms import Code, Contract, EntryNumber, ImporterNumber, Instant
from shared.contracts.words import Open

NoticeState = Literal["queued", "posted", "sent", "delivered", "acknowledged", "bounced", "no-address", "withdrawn"]


class NoticeChanged(Contract):
    """A notice moved to another state of its delivery ledger; `recipient` is the id of a party, null for others."""

    notice_id: Code
    sequence: Annotated[int, Field(ge=1)]
    kind: Code
    state: Open[NoticeState]
    channel: Code
    recipient_role: Code
    importer_number: ImporterNumber
    entry_number: EntryNumber | None = None
    at: Instant
    recipient: PartyId | None = None
