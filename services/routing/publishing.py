"""The events that routing publishes, each built here and nowhere else."""

from collections.abc import Callable, Mapping, Sequence
from datetime import date, datetime
from functools import lru_cache
from typing import Any, Final

import orjson

from services.routing.domain.accounts import AccountRecord, programs_on
from services.routing.domain.decided import DecidedVersion
from services.routing.domain.decisions import MOVED, Decision, Move, tell_move
from services.routing.domain.directory import RecordedChange, describe_change, find_details_changed
from services.routing.domain.facts import Account, EntryFacts, Reason
from services.routing.store.appeals import StandingAppeal
from services.routing.store.assignments import NewAssignment
from services.routing.store.filings import StandingFiling
from shared.bus.outbox import Encoded, Outgoing
from shared.bus.refusals import Refusal
from shared.contracts import lean
from shared.contracts.decision import Reason as PublishedReason
from shared.contracts.faults import MOST_FAULTS
from shared.contracts.party import PartyChanged, PartyContact, PartyDelegation
from shared.contracts.refusal import MOST_TEXT, EventRefused, RefusedField
from shared.contracts.registry import TOPIC_OF_DATA
from shared.contracts.routing import (
    AccountAssigned,
    AccountChanged,
    AppealDecided,
    DetailChanged,
    DirectoryChanged,
    EntryRouted,
    FilingRouted,
    PostalAddress,
    RoutedGoods,
)
from shared.customs.calendar import legal_date
from shared.customs.goods import goods_key
from shared.customs.money import format_cents
from shared.customs.parties import Delegation, Party
from shared.customs.problems import problem_kinds
from shared.customs.programs import programs_for, recognise_programs
from shared.runtime.ids import event_id

SOURCE: Final = "urn:centerline:routing"

_LONGEST_DESCRIPTION: Final = 120
_SUBHEADING: Final = 6
_LONGEST_DETAIL: Final = 500
_LONGEST_SENTENCE: Final = 4000

_EntryRouted: Callable[..., Any] = lean.lean_type(EntryRouted)
_FilingRouted: Callable[..., Any] = lean.lean_type(FilingRouted)
_RoutedGoods: Callable[..., Any] = lean.lean_type(RoutedGoods)
_ENTRY_ROUTED = TOPIC_OF_DATA[EntryRouted]


def encode_decision(
    facts: EntryFacts, account: Account | None, decision: Decision, rule_versions: Mapping[str, str]
) -> bytes:
    """The data of entry-routed (JSON), as it is published and kept."""
    lines, on = facts.lines, facts.entry_date
    tariffs = tuple({tariff: None for line in lines for tariff in line.special_tariffs})
    cases = tuple({case: None for line in lines for case in line.cases})
    is_preferred = any(line.preference for line in lines)
    return lean.encode_to_publish(
        EntryRouted,
        _EntryRouted(
            entry_number=facts.entry_number,
            version=facts.version,
            importer_number=facts.importer_number,
            entry_type=facts.entry_type,
            port_of_entry=facts.port_of_entry,
            entry_date=on,
            center=decision.center,
            basis=decision.basis,
            division=decision.division,
            lane=decision.lane,
            processes=decision.processes,
            reasons=decision.reasons,
            rule_versions=rule_versions,
            value_usd=facts.value_usd,
            duty_usd=format_cents(facts.duty_cents),
            line_count=len(lines),
            predominant_tariff=decision.predominant_tariff,
            origins=tuple(sorted({line.origin for line in lines})),
            programs=_names_of(tariffs, on),
            program_families=_families_of(facts.entry_type, on, tariffs, cases, is_preferred),
            trusted_programs=account.trusted_programs if account else (),
            consultations=decision.consultations,
            authority=decision.authority,
            move=decision.move,
            instructions=decision.selection.instructions,
            goods=() if decision.lane == "no-review" else _list_goods(facts),
            headings=tuple(sorted({number[:_SUBHEADING] for line in lines for number, _ in line.goods})),
        ),
    )


def entry_routed(item: DecidedVersion) -> Outgoing:
    """The event that a decision is; its id follows from entry, version and what was filed."""
    facts = item.facts
    identifier = event_id("entry-routed", facts.entry_number, str(facts.version), item.digest.hex())
    return Outgoing(identifier, Encoded(_ENTRY_ROUTED, facts.entry_number, item.published), item.origin.filed_at)


def entry_moved(decision: Mapping[str, Any], move: Move, at: datetime) -> Outgoing:
    """The decision for the newest version of an entry again, with the Center that its matter was moved to."""
    number, version = decision["entry_number"], decision["version"]
    reason = {"code": MOVED, "text": tell_move(move), "fact": str(move.sequence), "citation": None}
    others = [item for item in decision["reasons"] if item["code"] != MOVED]
    changes = {
        "center": move.center,
        "move": move.sequence,
        "reasons": [reason, *others],
        "consultations": [item for item in decision.get("consultations", ()) if item["center"] != move.center],
    }
    data = {**decision, **changes}
    identifier = event_id("entry-routed", number, str(version), "move", str(move.sequence))
    return Outgoing(identifier, Encoded(_ENTRY_ROUTED, number, orjson.dumps(data)), at)


def filing_routed(filing: StandingFiling, at: datetime | None) -> Outgoing:
    """Where a filing goes, or was moved to; `at` is the time of the move that is just made, None: as it was filed.

    Receipt and clocks are those of the filing whatever became of it. The id follows from what was filed, by
    which event, and from the moves.
    """
    row, move = filing
    route = row.route
    sequence = 1 if move is None else move.sequence + 1
    reasons = route.reasons if move is None else (Reason(MOVED, tell_move(move)), *route.reasons)
    data = _FilingRouted(
        filing_number=row.filing_number,
        sequence=sequence,
        kind=row.kind,
        importer_number=row.importer_number,
        entry_numbers=row.entries,
        center=route.center if move is None else move.center,
        basis=route.basis,
        division=route.division,
        process=route.process,
        authority=route.authority,
        received_at=row.received_at,
        forwarded_from=route.forwarded_from,
        clocks=route.clocks,
        reasons=reasons,
        answers_request=row.answers_request,
        goods_center=row.goods_center,
    )
    origin = row.origin
    identifier = event_id(
        "filing-routed", row.filing_number, str(sequence), row.digest.hex(), origin.filed_at.isoformat(), origin.id
    )
    return Outgoing(identifier, data, at or origin.filed_at)


def account_assigned(new: NewAssignment, account: AccountRecord, at: datetime) -> Outgoing:
    """The Center that an account gets, with its reasons and the programs in force on its first day, or now if later."""
    in_force = programs_on(account.trusted_programs, max(new.effective_on, legal_date(at)))
    data = AccountAssigned(
        importer_number=new.importer_number,
        sequence=new.sequence,
        name=account.name,
        contact_email=account.contact_email,
        center=new.center,
        previous_center=new.previous_center,
        basis=new.basis,
        effective_on=new.effective_on,
        trusted_programs=in_force,
        reasons=tuple(PublishedReason(**reason) for reason in orjson.loads(new.reasons)),
        size=account.size,
        revision=account.revision,
        postal_address=_postal_address(account),
    )
    return Outgoing(event_id("account-assigned", new.importer_number, str(new.sequence)), data, at)


def account_changed(account: AccountRecord, at: datetime) -> Outgoing:
    """How an account is reached from a revision on."""
    data = AccountChanged(
        importer_number=account.importer_number,
        revision=account.revision,
        name=account.name,
        contact_email=account.contact_email,
        postal_address=_postal_address(account),
    )
    return Outgoing(event_id("account-changed", account.importer_number, str(account.revision)), data, at)


def _postal_address(account: AccountRecord) -> PostalAddress | None:
    address = account.postal_address
    if address is None:
        return None
    return PostalAddress(
        street=address.street,
        city=address.city,
        country=address.country,
        state=address.state,
        postal_code=address.postal_code,
        attention=address.attention,
    )


def appeal_decided(
    appeal: StandingAppeal,
    *,
    outcome: str,
    center: str | None,
    effective_on: date | None,
    reasons: Sequence[str],
    at: datetime,
) -> Outgoing:
    """What was decided on an appeal; it is decided once, so its number makes the id."""
    data = AppealDecided(
        appeal_number=appeal.appeal_number,
        importer_number=appeal.importer_number,
        outcome=outcome,
        center=center,
        effective_on=effective_on,
        reasons=tuple(reasons),
        decided_at=at,
    )
    return Outgoing(event_id("appeal-decided", appeal.appeal_number), data, at)


def party_changed(party: Party, delegations: Sequence[Delegation], at: datetime) -> Outgoing:
    """A party as it is, with those of its delegations that have just changed; at most 100 of them in one event.

    The id follows from the versions, so that the same state told again is recognised.
    """
    data = PartyChanged(
        party_id=party.party_id,
        version=party.version,
        kind=party.kind,
        name=party.name,
        state=party.state,
        closed_on=party.closed_on,
        contacts=tuple(
            PartyContact(
                process=contact.process,
                name=contact.name,
                email=contact.email,
                phone=contact.phone,
                verified_on=contact.verified_on,
            )
            for contact in party.contacts
        ),
        delegations=tuple(
            PartyDelegation(
                delegation_id=each.delegation_id,
                version=each.version,
                importer_number=each.importer_number,
                scopes=each.scopes,
                from_on=each.from_on,
                to_on=each.to_on,
                revoked_on=each.revoked_on,
            )
            for each in delegations
        ),
    )
    versions = (f"{each.delegation_id}:{each.version}" for each in delegations)
    return Outgoing(event_id("party-changed", party.party_id, str(party.version), *versions), data, at)


def directory_changed(change: RecordedChange, before: Mapping[str, Any]) -> Outgoing:
    """A change of the directory as anybody may read it, beside the details that the unit had before."""
    data = DirectoryChanged(
        center=change.center,
        sequence=change.sequence,
        kind=change.kind,
        code=change.code,
        action=change.action,
        effective_on=change.effective_on,
        text=describe_change(change)[:_LONGEST_SENTENCE],
        details=tuple(
            DetailChanged(name=name, before=_detail(was), after=_detail(now))
            for name, was, now in find_details_changed(change, before)
        ),
        recorded_at=change.recorded_at,
    )
    return Outgoing(event_id("directory-changed", str(change.sequence)), data, change.recorded_at)


def _detail(value: object) -> str | None:
    return None if value is None else str(value)[:_LONGEST_DETAIL]


# Few combinations make up most entries of a day; what is remembered is short, however many lines name the same.
@lru_cache(maxsize=4096)
def _names_of(tariffs: tuple[str, ...], on: date) -> tuple[str, ...]:
    return tuple(dict.fromkeys(program.name for tariff in tariffs for program in programs_for(tariff, on)))


def _list_goods(facts: EntryFacts) -> tuple[Any, ...]:
    """The lines as they were declared, with the keys of their goods."""
    return tuple(
        [
            _RoutedGoods(
                line_number=line.line_number,
                key=goods_key(line.description, line.manufacturer, line.origin),
                tariff=line.tariff,
                special_tariffs=line.special_tariffs,
                origin=line.origin,
                manufacturer_id=line.manufacturer,
                description=line.description[:_LONGEST_DESCRIPTION],
                value_usd=line.value_usd,
                duty_usd=format_cents(line.duty_cents),
                preference=line.preference,
                cases=line.cases,
                quantity=line.quantity[0] if line.quantity else None,
                unit=line.quantity[1] if line.quantity else None,
            )
            for line in facts.lines
        ]
    )


@lru_cache(maxsize=4096)
def _families_of(
    entry_type: str, on: date, tariffs: tuple[str, ...], cases: tuple[str, ...], is_preferred: bool
) -> tuple[str, ...]:
    return recognise_programs(entry_type, on, tariffs, cases, is_preferred=is_preferred)


def events_refused(refusals: Sequence[Refusal], at: datetime) -> Sequence[Outgoing]:
    """What goes back to the filers of messages that are no events of their topic; each names its filer."""
    return [_event_refused(refusal, at) for refusal in refusals]


def _event_refused(refusal: Refusal, at: datetime) -> Outgoing:
    data = EventRefused.model_validate(
        {
            "filer_code": refusal.filer_code,
            "source": refusal.source,
            "id": refusal.id,
            "type": refusal.type,
            "topic": refusal.record.topic,
            "partition": refusal.record.partition,
            "offset": refusal.record.offset,
            "entry_number": refusal.entry_number,
            "code": refusal.code,
            "reason": refusal.reason[:MOST_TEXT],
            "faults": tuple(
                RefusedField(field=each.field[:MOST_TEXT], code=each.code, right=each.right[:MOST_TEXT], came=each.came)
                for each in refusal.faults[:MOST_FAULTS]
            ),
            "remedy": problem_kinds()[refusal.code].remedy,
            "refused_at": at,
        }
    )
    return Outgoing(event_id("event-refused", *refusal.told_apart_by), data, at)
