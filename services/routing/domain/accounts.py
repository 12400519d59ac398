"""Importer accounts: who they are, what is dated about them, and what a change of them changes."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from typing import Any, Literal, NamedTuple

from services.routing.domain.facts import Account
from shared.customs.postal import PostalAddress, write_address

Size = Literal["small", "mid", "large"]


@dataclass(frozen=True, slots=True)
class Term:
    """The legal days from `first_on` to `last_on`, both counted; None leaves that side open."""

    first_on: date | None = None
    last_on: date | None = None

    def holds(self, day: date) -> bool:
        """Whether the day is one of them."""
        return (self.first_on is None or self.first_on <= day) and (self.last_on is None or day <= self.last_on)


ALWAYS = Term()


@dataclass(frozen=True, slots=True)
class TrustedProgram:
    """A trusted-trader program that the account is in for a term."""

    program: str
    term: Term = ALWAYS


@dataclass(frozen=True, slots=True)
class Admission:
    """An importer's admission to a trusted-trader program, as the application for it ended; both signatures by id."""

    application: str
    importer_number: str
    program: str
    admitted_from: date
    admitted_by: str
    acting_for: str | None
    admitted_at: datetime


@dataclass(frozen=True, slots=True)
class Contact:
    """Whom to reach for a process (None: for every process): a person, a role, or both.

    `verified_on` is the day when somebody of the Center last found that it is right.
    """

    process: str | None
    person: str | None = None
    role: str | None = None
    email: str | None = None
    phone: str | None = None
    term: Term = ALWAYS
    verified_on: date | None = None


@dataclass(frozen=True, slots=True)
class BrokerAuthorisation:
    """A broker that may act for the account, for these processes (none named: for all of them) and a term."""

    filer_code: str
    name: str
    processes: tuple[str, ...] = ()
    term: Term = ALWAYS


@dataclass(frozen=True, slots=True)
class StandingLapse:
    """A term in which the account is not in good standing, and why."""

    reason: str
    term: Term = ALWAYS


@dataclass(frozen=True, slots=True)
class RelatedParty:
    """Somebody with whom the account is related, by importer number or by name, and how."""

    relation: str
    importer_number: str | None = None
    name: str | None = None


@dataclass(frozen=True, slots=True)
class AccountRecord:
    """What is known of an importer account beside its assignment; `revision` counts its changes from 1.

    `registered_on` is the first day of the account, None while nobody has said it: never guessed, because criteria for
    new importers rest on it. `family` groups several importer numbers of one company.
    """

    importer_number: str
    name: str
    size: Size
    is_broker: bool
    contact_email: str | None = None
    filer_code: str | None = None
    trusted_programs: tuple[TrustedProgram, ...] = ()
    other_names: tuple[str, ...] = ()
    contacts: tuple[Contact, ...] = ()
    brokers: tuple[BrokerAuthorisation, ...] = ()
    standing: tuple[StandingLapse, ...] = ()
    related_parties: tuple[RelatedParty, ...] = ()
    family: str | None = None
    registered_on: date | None = None
    postal_address: PostalAddress | None = None
    revision: int = field(default=1, compare=False)


@dataclass(frozen=True, slots=True)
class GivenAccount:
    """An account as somebody registers it, with its Center when it has one.

    `named` are the fields that were said; the others hold the default of a new account. None in what follows
    `effective_on` leaves that field as it is known.
    """

    importer_number: str
    name: str
    size: Size
    is_broker: bool
    contact_email: str | None
    filer_code: str | None
    trusted_programs: tuple[str | TrustedProgram, ...]
    named: frozenset[str]
    center: str | None
    effective_on: date
    other_names: tuple[str, ...] | None
    contacts: tuple[Contact, ...] | None
    brokers: tuple[BrokerAuthorisation, ...] | None
    standing: tuple[StandingLapse, ...] | None
    related_parties: tuple[RelatedParty, ...] | None
    family: str | None
    registered_on: date | None
    postal_address: PostalAddress | None = None


@dataclass(frozen=True, slots=True)
class FieldChange:
    """One field of an account with its value before and after, as JSON values."""

    name: str
    before: Any
    after: Any


def programs_on(programs: Sequence[TrustedProgram], day: date) -> tuple[str, ...]:
    """The names of the programs in force on a legal day, each once, in the order of the account.

    >>> programs_on([TrustedProgram("CTPAT", Term(date(2024, 1, 1), date(2024, 12, 31)))], date(2024, 12, 31))
    ('CTPAT',)
    """
    return tuple(dict.fromkeys([item.program for item in programs if item.term.holds(day)]))


def is_in_good_standing(standing: Sequence[StandingLapse], day: date) -> bool:
    """Whether no lapse of good standing covers the legal day; an account without lapses is in good standing."""
    return not any(lapse.term.holds(day) for lapse in standing)


def may_represent(brokers: Sequence[BrokerAuthorisation], filer_code: str, process: str | None, day: date) -> bool:
    """Whether a broker may act for the account in a process on a legal day; process None asks for any process."""
    return any(
        item.filer_code == filer_code
        and item.term.holds(day)
        and (process is None or not item.processes or process in item.processes)
        for item in brokers
    )


def keep_known_terms(
    given: Sequence[str | TrustedProgram], known: Sequence[TrustedProgram]
) -> tuple[TrustedProgram, ...]:
    """The programs as given, where a bare name keeps the terms that are known for it and is always in force otherwise.

    Lists that know names only (a nightly file, say) can so be loaded again without wiping dates out.
    """
    kept: dict[TrustedProgram, None] = {}
    for item in given:
        if isinstance(item, TrustedProgram):
            kept[item] = None
        else:
            kept.update(dict.fromkeys([one for one in known if one.program == item] or [TrustedProgram(item)]))
    return tuple(kept)


def merge_given(given: GivenAccount, known: AccountRecord | None, *, keeps_absent: bool) -> AccountRecord:
    """The account after a registration.

    With `keeps_absent` a field that was not named stays as it is known; else it becomes the default of a new account.
    """
    programs = keep_known_terms(given.trusted_programs, known.trusted_programs if known else ())
    values: dict[str, Any] = {
        "name": given.name,
        "size": given.size,
        "is_broker": given.is_broker,
        "contact_email": given.contact_email,
        "filer_code": given.filer_code,
        "trusted_programs": programs,
    }
    if keeps_absent and known is not None:
        values = {name: value for name, value in values.items() if name in given.named}
    said = {
        "other_names": given.other_names,
        "contacts": given.contacts,
        "brokers": given.brokers,
        "standing": given.standing,
        "related_parties": given.related_parties,
        "family": given.family,
        "registered_on": given.registered_on,
        "postal_address": given.postal_address,
    }
    values |= {name: value for name, value in said.items() if value is not None}
    return replace(known, **values) if known else AccountRecord(given.importer_number, **values)


def keep_verification(given: Sequence[Contact], known: Sequence[Contact]) -> tuple[Contact, ...]:
    """The contacts as the account itself gives them: verified only where nothing but that word is new.

    The importer says whom to reach; that it was verified is for the Center to say.
    """
    verified = {_unverified(contact): contact.verified_on for contact in known}
    return tuple(
        Contact(
            contact.process,
            contact.person,
            contact.role,
            contact.email,
            contact.phone,
            contact.term,
            verified.get(_unverified(contact)),
        )
        for contact in given
    )


def admit(account: AccountRecord, admission: Admission) -> AccountRecord:
    """The account in the program from the day of its admission, without an end; as it is where it says so already."""
    member = [each for each in account.trusted_programs if each.program == admission.program]
    if any(each.term.last_on is None and each.term.holds(admission.admitted_from) for each in member):
        return account
    program = TrustedProgram(admission.program, Term(admission.admitted_from))
    return revise(account, trusted_programs=(*account.trusted_programs, program))


def revise(account: AccountRecord, **changes: Any) -> AccountRecord:
    """The account as its next revision, with these fields changed."""
    return replace(account, revision=account.revision + 1, **changes)


def is_reached_otherwise(before: AccountRecord, after: AccountRecord) -> bool:
    """Whether a change of an account is one of how it is reached, which those who write to it must know."""
    return any(getattr(before, name) != getattr(after, name) for name in ("name", "contact_email", "postal_address"))


def list_changes(before: AccountRecord, after: AccountRecord) -> tuple[FieldChange, ...]:
    """The fields in which two states of an account differ, in the order of the record."""
    old, new = write_document(before), write_document(after)
    return tuple(FieldChange(name, old[name], new[name]) for name in new if old[name] != new[name])


def write_document(account: AccountRecord) -> dict[str, Any]:
    """What may change of an account, as JSON values by field: how it is kept, compared and told in its history."""
    return {
        "name": account.name,
        "size": account.size,
        "is_broker": account.is_broker,
        "contact_email": account.contact_email,
        "filer_code": account.filer_code,
        "trusted_programs": [{"program": item.program, **_write_term(item.term)} for item in account.trusted_programs],
        "other_names": list(account.other_names),
        "contacts": [
            {
                "process": item.process,
                "person": item.person,
                "role": item.role,
                "email": item.email,
                "phone": item.phone,
                **_write_term(item.term),
                "verified_on": _write_day(item.verified_on),
            }
            for item in account.contacts
        ],
        "brokers": [
            {
                "filer_code": item.filer_code,
                "name": item.name,
                "processes": list(item.processes),
                **_write_term(item.term),
            }
            for item in account.brokers
        ],
        "standing": [{"reason": item.reason, **_write_term(item.term)} for item in account.standing],
        "related_parties": [
            {"relation": item.relation, "importer_number": item.importer_number, "name": item.name}
            for item in account.related_parties
        ],
        "family": account.family,
        "registered_on": _write_day(account.registered_on),
        "postal_address": write_address(account.postal_address),
    }


def read_programs(stored: Sequence[Mapping[str, Any]]) -> tuple[TrustedProgram, ...]:
    """Trusted-trader programs as they are kept."""
    return tuple([TrustedProgram(item["program"], _read_term(item)) for item in stored])


def read_standing(stored: Sequence[Mapping[str, Any]]) -> tuple[StandingLapse, ...]:
    """Lapses of good standing as they are kept."""
    return tuple([StandingLapse(item["reason"], _read_term(item)) for item in stored])


def read_contacts(stored: Sequence[Mapping[str, Any]]) -> tuple[Contact, ...]:
    """Contacts as they are kept."""
    return tuple(
        Contact(
            item["process"],
            item["person"],
            item["role"],
            item["email"],
            item["phone"],
            _read_term(item),
            _read_day(item["verified_on"]),
        )
        for item in stored
    )


def read_brokers(stored: Sequence[Mapping[str, Any]]) -> tuple[BrokerAuthorisation, ...]:
    """Authorisations of brokers as they are kept."""
    return tuple(
        BrokerAuthorisation(item["filer_code"], item["name"], tuple(item["processes"]), _read_term(item))
        for item in stored
    )


def read_related_parties(stored: Sequence[Mapping[str, Any]]) -> tuple[RelatedParty, ...]:
    """Related parties as they are kept."""
    return tuple(RelatedParty(item["relation"], item["importer_number"], item["name"]) for item in stored)


def _unverified(contact: Contact) -> tuple[Any, ...]:
    return (contact.process, contact.person, contact.role, contact.email, contact.phone, contact.term)


def _write_term(term: Term) -> dict[str, str | None]:
    return {"from": _write_day(term.first_on), "to": _write_day(term.last_on)}


def _write_day(day: date | None) -> str | None:
    return day.isoformat() if day else None


def _read_term(stored: Mapping[str, Any]) -> Term:
    first, last = stored["from"], stored["to"]
    return ALWAYS if first is None and last is None else Term(_read_day(first), _read_day(last))


def _read_day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


class DatedAssignment(NamedTuple):
    """One assignment of an account: from `effective_on` it has this Center (None: unaligned)."""

    sequence: int
    center: str | None
    basis: str
    effective_on: date


class DatedAccount(NamedTuple):
    """An account at a revision with all its assignments, oldest first."""

    importer_number: str
    name: str
    is_broker: bool
    trusted_programs: tuple[TrustedProgram, ...]
    family: str | None
    size: str
    registered_on: date | None
    standing: tuple[StandingLapse, ...]
    revision: int
    assignments: list[DatedAssignment]

    def on(self, day: date) -> Account:
        """The account as it stood on a legal day."""
        center, basis, assigned_on, assignment = None, "unaligned", None, None
        for item in self.assignments:
            if item.effective_on <= day:
                center, basis, assignment = item.center, item.basis, item.sequence
                assigned_on = item.effective_on if center else None
        return Account(
            importer_number=self.importer_number,
            name=self.name,
            center=center,
            assigned_on=assigned_on,
            assignment_basis=basis,
            trusted_programs=programs_on(self.trusted_programs, day) if self.trusted_programs else (),
            is_broker=self.is_broker,
            family=self.family,
            size=self.size,
            registered_on=self.registered_on,
            is_in_good_standing=not self.standing or is_in_good_standing(self.standing, day),
            revision=self.revision,
            assignment=assignment,
        )
