"""Events between services with words of a later release: whole samples of each topic, one word changed at a time."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from copy import deepcopy
from datetime import UTC, date, datetime
from itertools import count
from typing import Any, NamedTuple

import orjson

from shared.bus.outbox import Outgoing, encode
from shared.contracts.decision import Actor, ClassEffect, LegalBasis, MoneyEffect, Reason
from shared.contracts.liquidation import (
    DecisionApplied,
    DecisionRefused,
    EntryChanged,
    ProtestChanged,
    ProtestOutcome,
)
from shared.contracts.notice import NoticeChanged
from shared.contracts.party import PartyChanged, PartyContact, PartyDelegation
from shared.contracts.registry import TOPICS
from shared.contracts.routing import AccountAssigned, Consultation, EntryRouted, FilingClock, FilingRouted
from shared.contracts.terms import Contract
from shared.contracts.words import open_words
from shared.contracts.work import RequestIssued, ReviewDecided, WorkItemChanged
from tests.support.events import FUTURE_WORD, entry_number

AT = datetime(2026, 3, 6, 20, tzinfo=UTC)
_ON, _LATER = date(2026, 3, 6), date(2027, 3, 5)
_IMPORTER = "07-345678900"
_BASIS = LegalBasis(rule="liq-cycle-314", citation="19 USC 1504(a)")
_REASONS = (Reason(code="found", text="What was found.", citation="19 USC 1500"),)
_EFFECT = MoneyEffect(
    duty_usd="25.00",
    fees_usd="1.00",
    by_class=(ClassEffect(class_code="duty", change_usd="25.00"), ClassEffect(class_code="499", change_usd="1.00")),
)
_KIM = Actor(subject="kim", name="Kim Reyes")


def _entry_routed(serial: int) -> Contract:
    return EntryRouted(
        entry_number=entry_number(serial),
        version=1,
        importer_number=_IMPORTER,
        entry_type="01",
        port_of_entry="2704",
        entry_date=_ON,
        center="CEE007",
        basis="account",
        division="validation-and-compliance",
        lane="document-review",
        processes=("entry-summary-review",),
        reasons=_REASONS,
        rule_versions={"tariff-map": "1"},
        value_usd=1000,
        duty_usd="25.00",
        line_count=1,
        consultations=(Consultation(center="CEE003", tariff="6109100012", line_count=1, value_usd=100),),
        authority={"entry-summary-review": "A-1"},
    )


def _filing_routed(serial: int) -> Contract:
    return FilingRouted(
        filing_number=f"PD-2026-{serial}",
        sequence=1,
        kind="prior-disclosure",
        importer_number=_IMPORTER,
        entry_numbers=(entry_number(serial),),
        center="CEE007",
        basis="account",
        division="validation-and-compliance",
        process="prior-disclosure",
        authority="A-2",
        received_at=AT,
        clocks=(
            FilingClock(rule="pd-1", citation="19 CFR 162.74", what="to be answered", due_on=_LATER, evidence="S"),
        ),
        reasons=_REASONS,
    )


def _account_assigned(serial: int) -> Contract:
    return AccountAssigned(
        importer_number=f"08-{serial:07d}00",
        sequence=1,
        name="SYNTHETIC IMPORTER",
        center="CEE007",
        previous_center=None,
        basis="registered",
        effective_on=_ON,
        reasons=_REASONS,
    )


def _party_changed(serial: int) -> Contract:
    return PartyChanged(
        party_id=f"agent:{serial}",
        version=1,
        kind="agent",
        name="SYNTHETIC AGENT",
        state="active",
        contacts=(PartyContact(process="all", name="DESK", email="desk@agent.example"),),
        delegations=(
            PartyDelegation(
                delegation_id=f"delegation-{serial}",
                version=1,
                importer_number=_IMPORTER,
                scopes=("protest",),
                from_on=_ON,
            ),
        ),
    )


def _work_item_changed(serial: int) -> Contract:
    return WorkItemChanged(
        item_id=f"item-{serial}",
        sequence=1_000_001,
        change="completed",
        state="completed",
        entry_number=entry_number(serial),
        importer_number=_IMPORTER,
        center="CEE007",
        division="validation-and-compliance",
        process="entry-summary-review",
        actor=_KIM,
        at=AT,
        outcome="increase",
    )


def _review_decided(serial: int) -> Contract:
    return ReviewDecided(
        decision_id=f"decision-{serial}",
        item_id=f"item-{serial}",
        entry_number=entry_number(serial),
        importer_number=_IMPORTER,
        process="entry-summary-review",
        center="CEE007",
        outcome="increase",
        effect=_EFFECT,
        reasons=_REASONS,
        legal_basis=(_BASIS,),
        decided_by=_KIM,
        decided_at=AT,
    )


def _request_issued(serial: int) -> Contract:
    return RequestIssued(
        request_id=f"request-{serial}",
        form="CBP-28",
        item_id=f"item-{serial}",
        entry_numbers=(entry_number(serial),),
        importer_number=_IMPORTER,
        center="CEE007",
        questions=("What is it made of?",),
        issued_on=_ON,
        issued_by=_KIM,
    )


def _entry_changed(serial: int) -> Contract:
    number = entry_number(serial)
    return EntryChanged(
        entry_number=number,
        sequence=500_000_000,
        change="liquidated",
        importer_number=_IMPORTER,
        filer_code=number[:3],
        surety_code="036",
        entry_type="01",
        port_of_entry="2704",
        entry_date=date(2025, 4, 25),
        center="CEE007",
        from_state="scheduled",
        to_state="liquidated",
        occurred_on=_ON,
        scheduled_on=_ON,
        deemed_on=date(2026, 4, 25),
        kind="refund",
        effect=_EFFECT,
        interest_usd="0.10",
        refund_number=f"R{serial}",
        refund_state="ready",
        refund_usd="26.10",
        legal_basis=LegalBasis(rule="liquidation-date", citation="19 CFR 159.9(c)(1)"),
        reasons=_REASONS,
    )


def _protest_changed(serial: int) -> Contract:
    number = entry_number(serial)
    return ProtestChanged(
        protest_number=f"2704-{serial}",
        sequence=2,
        change="decided",
        state="denied",
        importer_number=_IMPORTER,
        entries=(number,),
        received_at=AT,
        decide_by=_LATER,
        act="deny",
        occurred_on=_ON,
        outcomes=(ProtestOutcome(entry_number=number, outcome="denied", reasons="As classified."),),
        legal_basis=LegalBasis(rule="protest-denial-notice", citation="19 USC 1515(a)"),
        reasons=_REASONS,
    )


def _decision_applied(serial: int) -> Contract:
    return DecisionApplied(
        decision_id=f"decision-{serial}",
        entry_number=entry_number(serial),
        importer_number=_IMPORTER,
        legal_basis=_BASIS,
    )


def _decision_refused(serial: int) -> Contract:
    return DecisionRefused(
        decision_id=f"decision-{serial}",
        entry_number=entry_number(serial),
        importer_number=_IMPORTER,
        rule="reliq-1501",
        legal_basis=_BASIS,
        remedy="Reliquidate.",
    )


def _notice_changed(serial: int) -> Contract:
    return NoticeChanged(
        notice_id=f"notice-{serial}",
        sequence=1,
        kind="N-09",
        state="queued",
        channel="email",
        recipient_role="importer",
        importer_number=_IMPORTER,
        at=AT,
    )


SAMPLES: Mapping[str, Callable[[int], Contract]] = {
    "entry-routed": _entry_routed,
    "filing-routed": _filing_routed,
    "account-assigned": _account_assigned,
    "party-changed": _party_changed,
    "work-item-changed": _work_item_changed,
    "review-decided": _review_decided,
    "request-issued": _request_issued,
    "entry-changed": _entry_changed,
    "protest-changed": _protest_changed,
    "decision-applied": _decision_applied,
    "decision-refused": _decision_refused,
    "notice-changed": _notice_changed,
}
"""Whole data of every topic of Centerline's own, made as its producer makes it: every open word is said."""


class Told(NamedTuple):
    """An event as bytes. `future` is the place of the word that nobody knows yet, None where all are known.

    `is_plain`: all other words are those of the sample. `name` is what readers know the subject of the event by.
    """

    topic: str
    name: str
    key: str
    value: bytes
    future: str | None
    is_plain: bool


def tell_all(topic: str) -> Iterator[Told]:
    """Every sample of a topic with each open word in turn replaced; one with known words only is the last.

    The samples are the whole one, and one for each known word of each place.
    """
    known = open_words(TOPICS[topic].data)
    for place in known:
        yield _tell(topic, {}, future=place)
    for said, words in known.items():
        for word in sorted(words):
            yield _tell(topic, {said: word}, future=None)
            for place in known.keys() - {said}:
                yield _tell(topic, {said: word}, future=place)
    yield _tell(topic, {}, future=None)


def parts_at(data: Any, place: Sequence[str]) -> list[Any]:
    """What data holds at a place; where there are many, all of them."""
    found = [data]
    for name in place:
        held = [each[name] for each in found]
        found = [part for each in held for part in (each if isinstance(each, list) else [each])]
    return found


def say(data: dict[str, Any], place: str, word: str) -> dict[str, Any]:
    """The same data with another word at a place."""
    changed = deepcopy(data)
    *parents, name = place.split(".")
    for owner in parts_at(changed, parents):
        owner[name] = word
    return changed


_NAMED_BY = {"filing-routed": "filing_number", "review-decided": "decision_id", "request-issued": "request_id"}
_serials = count(5_000_000)


def _tell(topic: str, said: Mapping[str, str], *, future: str | None) -> Told:
    serial = next(_serials)
    _, key, value = encode(Outgoing(f"{topic}-{serial}", SAMPLES[topic](serial), AT), f"urn:centerline:{topic}")
    event = orjson.loads(value)
    for place, word in (*said.items(), *(((future, FUTURE_WORD),) if future is not None else ())):
        event["data"] = say(event["data"], place, word)
    name = event["data"][_NAMED_BY.get(topic, TOPICS[topic].key_field)]
    return Told(topic, name, key, orjson.dumps(event), future, is_plain=not said)
