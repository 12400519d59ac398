"""Every topic with its event type, its data model, its key and who publishes it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from shared.contracts.entry import EntryCorrected, EntryFiled, EntryReleased
from shared.contracts.envelope import Event
from shared.contracts.lean import lean_type
from shared.contracts.liquidation import DeadlineNear, DecisionApplied, DecisionRefused, EntryChanged, ProtestChanged
from shared.contracts.notice import NoticeChanged
from shared.contracts.party import PartyChanged
from shared.contracts.payment import DeclarationJudged, PaymentChanged
from shared.contracts.post_entry import PostEntryFiled
from shared.contracts.refusal import EventRefused
from shared.contracts.routing import (
    AccountAssigned,
    AccountChanged,
    AppealDecided,
    BroadcastIssued,
    DirectoryChanged,
    EntryRouted,
    FilingRouted,
)
from shared.contracts.terms import Contract
from shared.contracts.work import ProgramAdmitted, RequestChanged, RequestIssued, ReviewDecided, WorkItemChanged


@dataclass(frozen=True, slots=True)
class TopicContract:
    """What travels on one topic. `key_field` names the data field that is message key and subject.

    `producer` says in words who publishes on it: `filers`, or one service, or several.
    """

    topic: str
    event_type: str
    data: type[Contract]
    event: type[Event[Any]]
    key_field: str
    producer: str

    @property
    def producers(self) -> tuple[str, ...]:
        """Who publishes on the topic, by name."""
        return tuple(self.producer.split(" and "))

    def key_of(self, data: Any) -> str:
        """The message key of this data; equals the CloudEvents subject."""
        key: str = getattr(data, self.key_field)
        return key


def _topic(topic: str, type_: str, data: type[Contract], key_field: str, producer: str) -> TopicContract:
    return TopicContract(topic, type_, data, Event[data], key_field, producer)  # type: ignore[valid-type]


_CONTRACTS = (
    _topic("entry-filed", "gov.cbp.entry.filed.v1", EntryFiled, "entry_number", "filers"),
    _topic("entry-corrected", "gov.cbp.entry.corrected.v1", EntryCorrected, "entry_number", "filers"),
    _topic("entry-released", "gov.cbp.entry.released.v1", EntryReleased, "entry_number", "filers"),
    _topic("post-entry-filed", "gov.cbp.postentry.filed.v1", PostEntryFiled, "importer_number", "filers"),
    _topic("entry-routed", "gov.cbp.entry.routed.v1", EntryRouted, "entry_number", "routing"),
    _topic("filing-routed", "gov.cbp.filing.routed.v1", FilingRouted, "importer_number", "routing"),
    _topic("account-assigned", "gov.cbp.account.assigned.v1", AccountAssigned, "importer_number", "routing"),
    _topic("account-changed", "gov.cbp.account.changed.v1", AccountChanged, "importer_number", "routing"),
    _topic("appeal-decided", "gov.cbp.appeal.decided.v1", AppealDecided, "importer_number", "routing"),
    _topic("broadcast-issued", "gov.cbp.broadcast.issued.v1", BroadcastIssued, "broadcast_id", "routing"),
    _topic("directory-changed", "gov.cbp.directory.changed.v1", DirectoryChanged, "center", "routing"),
    _topic("party-changed", "gov.cbp.party.changed.v1", PartyChanged, "party_id", "routing"),
    _topic("work-item-changed", "gov.cbp.work.item-changed.v1", WorkItemChanged, "item_id", "workqueue"),
    _topic("review-decided", "gov.cbp.work.review-decided.v1", ReviewDecided, "entry_number", "workqueue"),
    _topic("request-issued", "gov.cbp.work.request-issued.v1", RequestIssued, "importer_number", "workqueue"),
    _topic("request-changed", "gov.cbp.work.request-changed.v1", RequestChanged, "request_id", "workqueue"),
    _topic("program-admitted", "gov.cbp.work.program-admitted.v1", ProgramAdmitted, "importer_number", "workqueue"),
    _topic("entry-changed", "gov.cbp.liquidation.entry-changed.v1", EntryChanged, "entry_number", "liquidation"),
    _topic(
        "protest-changed",
        "gov.cbp.liquidation.protest-changed.v1",
        ProtestChanged,
        "protest_number",
        "liquidation",
    ),
    _topic("deadline-near", "gov.cbp.liquidation.deadline-near.v1", DeadlineNear, "entry_number", "liquidation"),
    _topic(
        "decision-applied",
        "gov.cbp.liquidation.decision-applied.v1",
        DecisionApplied,
        "entry_number",
        "liquidation",
    ),
    _topic(
        "decision-refused",
        "gov.cbp.liquidation.decision-refused.v1",
        DecisionRefused,
        "entry_number",
        "liquidation",
    ),
    _topic(
        "payment-changed", "gov.cbp.liquidation.payment-changed.v1", PaymentChanged, "importer_number", "liquidation"
    ),
    _topic(
        "declaration-judged",
        "gov.cbp.liquidation.declaration-judged.v1",
        DeclarationJudged,
        "declaration_id",
        "liquidation",
    ),
    _topic("event-refused", "gov.cbp.event.refused.v1", EventRefused, "filer_code", "routing and liquidation"),
    _topic("notice-changed", "gov.cbp.notice.changed.v1", NoticeChanged, "notice_id", "notifications"),
)

TOPICS: Mapping[str, TopicContract] = {contract.topic: contract for contract in _CONTRACTS}
TYPES: Mapping[str, TopicContract] = {contract.event_type: contract for contract in _CONTRACTS}
TOPIC_OF_DATA: Mapping[type[Any], TopicContract] = {
    kind: contract for contract in _CONTRACTS for kind in (contract.data, lean_type(contract.data))
}


def carries(event: Event[Any], *data: type[Contract]) -> bool:
    """Whether an event carries one of these data, read lean or by the model."""
    return TOPIC_OF_DATA[type(event.data)].data in data
