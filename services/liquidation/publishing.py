"""The events of liquidation: each has one builder, and all have one source.

Those of the weekly cycle are put together by the database, a million at a time: `CYCLE_EVENTS` says the same of the
same entry as `entry_changed` and `decision_refused`.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final

from services.liquidation.domain.facts import Version
from services.liquidation.domain.money.rules import MONEY_RULES
from services.liquidation.domain.rules import RULES, Rule
from services.liquidation.store.cycles import SEQUENCE, CycleEvents, EventSql
from services.liquidation.store.json_sql import json_case, json_code, json_object, json_text
from services.liquidation.store.records import EntryRow, LegalEvent
from shared.bus.outbox import Outgoing
from shared.contracts.decision import LegalBasis, Reason
from shared.contracts.envelope import SPEC_VERSION
from shared.contracts.liquidation import DecisionApplied, DecisionRefused, EntryChanged, ProtestChanged
from shared.contracts.registry import TOPIC_OF_DATA
from shared.contracts.terms import Contract
from shared.runtime.ids import event_id

SOURCE: Final = "urn:centerline:liquidation"

MOST_TEXT: Final = 500
"""How many characters of a reason an event carries; the record has it whole."""


def find_rule(rule: str) -> Rule:
    """A rule of money or of the deadline table; raises `KeyError`."""
    return MONEY_RULES[rule] if rule in MONEY_RULES else RULES[rule]


def legal_basis(rule: str) -> LegalBasis:
    """A rule as events name it."""
    return LegalBasis(rule=rule, citation=find_rule(rule).citation)


def reason_of(rule: str, text: str) -> Reason:
    """A ground of an act: the rule and what was found, as long as an event may carry it."""
    return Reason(code=rule, text=text[:MOST_TEXT], citation=find_rule(rule).citation)


@dataclass(frozen=True, slots=True)
class ChangedEntry:
    """What an event says of the entry that it is about; unknown values are None and refused by the contract."""

    entry_number: str
    importer_number: str | None
    surety_code: str | None
    entry_type: str | None
    port_of_entry: str | None
    entry_date: date | None
    center: str | None


def as_held(row: EntryRow) -> ChangedEntry:
    """An entry as its row stands."""
    return ChangedEntry(
        row.entry_number,
        row.importer_number,
        row.surety_code,
        row.entry_type,
        row.port_of_entry,
        row.entry_date,
        row.center,
    )


def as_filed(entry_number: str, version: Version) -> ChangedEntry:
    """An entry as one version of its summary says, whatever else is known of it."""
    return ChangedEntry(
        entry_number,
        version.importer_number,
        version.surety_code,
        version.entry_type,
        version.port_of_entry,
        version.entry_date,
        None,
    )


def entry_changed(
    entry: ChangedEntry,
    act: LegalEvent,
    at: datetime,
    *,
    from_state: str | None,
    reasons: Sequence[Reason],
    told: Mapping[str, Any],
    digest: str | None = None,
) -> Outgoing:
    """The event of an act on an entry. `told` is what only some acts say: effect, bill, refund, earlier dates.

    `digest` parts versions that contradict each other: both are announced, each under its own id.
    """
    data = EntryChanged.model_validate(
        {
            "entry_number": entry.entry_number,
            "sequence": act.sequence,
            "change": act.change,
            "importer_number": entry.importer_number,
            "filer_code": entry.entry_number[:3],
            "surety_code": entry.surety_code,
            "entry_type": entry.entry_type,
            "port_of_entry": entry.port_of_entry,
            "entry_date": entry.entry_date,
            "center": entry.center,
            "from_state": from_state,
            "to_state": act.to_state,
            "occurred_on": act.occurred_on,
            "scheduled_on": act.scheduled_on,
            "deemed_on": act.deemed_on,
            "kind": act.kind,
            "legal_basis": legal_basis(act.rule),
            "reasons": tuple(reasons),
            **told,
        }
    )
    parts = [entry.entry_number, str(act.sequence), *([digest] if digest is not None else [])]
    return Outgoing(event_id("entry-changed", *parts), data, at)


def protest_changed(protest_number: str, sequence: int, at: datetime, told: Mapping[str, Any]) -> Outgoing:
    """The event of a protest that was filed or moved; `told` is the rest of the contract."""
    data = ProtestChanged.model_validate({"protest_number": protest_number, "sequence": sequence, **told})
    return Outgoing(event_id("protest-changed", protest_number, str(sequence)), data, at)


def decision_applied(decision_id: str, entry_number: str, importer_number: str, at: datetime) -> Outgoing:
    """The answer to a review decision that stands in the record."""
    data = DecisionApplied(
        decision_id=decision_id,
        entry_number=entry_number,
        importer_number=importer_number,
        legal_basis=legal_basis("liquidation-date"),
    )
    return Outgoing(event_id("decision-applied", decision_id), data, at)


def decision_refused(
    decision_id: str, entry_number: str, importer_number: str, rule: str, remedy: str, at: datetime
) -> Outgoing:
    """The answer to a review decision that the law does not allow, with the rule and what may be done instead."""
    data = DecisionRefused(
        decision_id=decision_id,
        entry_number=entry_number,
        importer_number=importer_number,
        rule=rule,
        legal_basis=legal_basis(rule),
        remedy=remedy,
    )
    return Outgoing(event_id("decision-refused", decision_id), data, at)


def _bases(column: str, *rules: str) -> str:
    return json_case(column, {rule: legal_basis(rule).model_dump_json() for rule in rules})


def _event_sql(contract: type[Contract], identity: str, data: str, time: str) -> EventSql:
    """An event of the outbox as `shared.bus.outbox` writes it. The database has no BLAKE2: these ids are MD5."""
    topic = TOPIC_OF_DATA[contract]
    envelope = json_object(
        {
            "specversion": json_code(f"'{SPEC_VERSION}'"),
            "id": json_code(f"md5({identity})::uuid"),
            "source": json_code(f"'{SOURCE}'"),
            "type": json_code(f"'{topic.event_type}'"),
            "subject": json_code("entry_number"),
            "time": json_code(time),
            "datacontenttype": json_code("'application/json'"),
            "data": data,
        }
    )
    return EventSql(topic.topic, f"convert_to({envelope}, 'UTF8')")


_LIQUIDATED: Final = {
    "entry_number": json_code("entry_number"),
    "sequence": SEQUENCE,
    "change": json_code("CASE liquidation_kind WHEN 'deemed' THEN 'deemed-liquidated' ELSE 'liquidated' END"),
    "importer_number": json_code("importer_number"),
    "filer_code": json_code("left(entry_number, 3)"),
    "surety_code": json_code("surety_code"),
    "entry_type": json_code("entry_type"),
    "port_of_entry": json_code("port_of_entry"),
    "entry_date": json_code("entry_date"),
    "center": json_code("center"),
    "from_state": json_code("CASE WHEN extensions > 0 THEN 'extended' ELSE 'scheduled' END"),
    "to_state": json_code("'liquidated'"),
    "occurred_on": json_code("liquidated_on"),
    "scheduled_on": json_code("scheduled_on"),
    "deemed_on": json_code("deemed_on"),
    "kind": json_code("liquidation_kind"),
    "legal_basis": _bases(
        "liquidation_rule", "liquidation-date", "liquidation-date-informal", "liquidation-date-deemed"
    ),
    "reasons": "'[]'",
}
_REFUSED: Final = {
    "decision_id": json_text("decision_id"),
    "entry_number": json_code("entry_number"),
    "importer_number": json_code("importer_number"),
    "rule": json_code("rule"),
    "legal_basis": _bases("rule", "reliq-1501", "liq-after-deemed"),
    "remedy": json_text("remedy"),
}
_OF_ENTRY: Final = f"'entry-changed:' || entry_number || ':' || {SEQUENCE}"
_NO_EFFECT: Final = """'{"duty_usd":"0.00","fees_usd":"0.00"}'"""

CYCLE_EVENTS: Final = CycleEvents(
    liquidated=_event_sql(EntryChanged, _OF_ENTRY, json_object(_LIQUIDATED | {"effect": _NO_EFFECT}), "$4::text"),
    assessed=_event_sql(EntryChanged, _OF_ENTRY, f"left({json_object(_LIQUIDATED)}, -1) || told.members", "$3::text"),
    refused=_event_sql(DecisionRefused, "'decision-refused:' || decision_id", json_object(_REFUSED), "$4::text"),
)
"""What a cycle tells of an entry that it liquidates and of a decision that comes too late."""
