"""Importer accounts: registered one at a time or by the thousand, and changed field by field with their history."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any, Final, Literal

import orjson

from services.routing.acts.assignments import assign
from services.routing.acts.sight import demand_account
from services.routing.domain.accounts import (
    AccountRecord,
    Admission,
    FieldChange,
    GivenAccount,
    TrustedProgram,
    admit,
    is_reached_otherwise,
    keep_known_terms,
    keep_verification,
    list_changes,
    merge_given,
    revise,
)
from services.routing.domain.center import CITATION
from services.routing.publishing import SOURCE, account_changed
from services.routing.store import accounts as account_store
from services.routing.store import admissions as admission_store
from services.routing.store import assignments as assignment_store
from services.routing.store import directory as directory_store
from services.routing.store import families as family_store
from services.routing.store.accounts import AccountChange
from services.routing.store.assignments import LatestAssignment, NewAssignment
from shared.bus import outbox
from shared.customs.calendar import legal_date
from shared.db.transaction import Transaction
from shared.runtime.access import Matter, is_staff, judge, refusal_of
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import Forbidden, Refused
from shared.runtime.identity import Identity, RoleName

REGISTRARS: Final = (RoleName.OFFICE_OF_TRADE, RoleName.OPERATOR, RoleName.ASSISTANT_CENTER_DIRECTOR)
"""Who registers accounts and may change everything in them."""

_BY_ACCOUNT_MANAGER: Final = frozenset({"contacts", "other_names", "postal_address", "related_parties"})
_BY_HOLDER: Final = frozenset({"contacts", "brokers", "postal_address"})
_FIELD_OF_CODE: Final = {"unknown-center": "center", "assignment-decided": "center", "unknown-family": "family"}

_REASONS: Final = orjson.dumps(
    [{"code": "registered", "text": "Assigned as registered with the account.", "fact": None, "citation": None}]
).decode()

Outcome = Literal["created", "updated", "unchanged"]


@dataclass(frozen=True, slots=True)
class RegisteredAccount:
    """What one account's registration did; `assigned`: its Center is new or another one."""

    outcome: Outcome
    assigned: bool


@dataclass(frozen=True, slots=True)
class Registered:
    """What a call registered: accounts, and assignments that are new or changed."""

    accounts: int
    assignments: int


class Registration:
    """One transaction's registrations: what was known before, then account after account, written at the end.

    Several registrations of one number follow one another, as if each had come alone.
    """

    def __init__(
        self,
        caller: Identity,
        now: datetime,
        reason: str,
        known: Mapping[str, AccountRecord],
        latest: Mapping[str, LatestAssignment],
        centers: frozenset[str],
        families: frozenset[str],
        admissions: Sequence[Admission],
    ) -> None:
        self._caller = caller
        self._now = now
        self._reason = reason
        self._accounts = dict(known)
        self._latest = dict(latest)
        self._centers = centers
        self._families = families
        self._admissions = admissions
        self._touched: dict[str, AccountRecord] = {}
        self._changes: list[AccountChange] = []
        self._reached: dict[str, AccountRecord] = {}
        self._assignments: list[NewAssignment] = []

    def register(self, given: GivenAccount, *, keeps_absent: bool) -> RegisteredAccount:
        """Create the account or bring it up to date; raises `Refused` when it names what does not exist.

        `keeps_absent`: what is absent, the Center too, stays as it is known; else it means the default, and no Center.
        """
        if given.center is not None and given.center not in self._centers:
            raise Refused(
                f"{given.center} is not a Center.",
                rule="center-exists",
                code="unknown-center",
                remedy="Take a code from GET /centers, or null when no Center is assigned.",
            )
        if given.family is not None and given.family not in self._families:
            raise _unknown_family(given.family, "Create it with PUT /families/{family}, then register the account.")
        number = given.importer_number
        is_silent = keeps_absent and "center" not in given.named and number in self._latest
        if not is_silent:
            self._demand_registered(given)
        before = self._accounts.get(number)
        after = merge_given(given, before, keeps_absent=keeps_absent)
        outcome: Outcome = "created"
        if before is not None:
            changed = list_changes(before, after)
            outcome = "updated" if changed else "unchanged"
            if changed:
                after = revise(after)
                self._note(after, "changed", changed)
                if is_reached_otherwise(before, after):
                    self._reached[number] = after
        else:
            self._note(after, "registered", ())
            self._admit(after)
        return RegisteredAccount(outcome, not is_silent and self._assign(given))

    async def write(self, tx: Transaction) -> int:
        """Write what is new, publish the assignments; gives how many these are."""
        await account_store.write_accounts(tx, list(self._touched.values()))
        await account_store.append_changes(tx, self._changes)
        await assign(tx, self._assignments, self._accounts, self._now)
        await outbox.add(tx, SOURCE, [account_changed(each, self._now) for each in self._reached.values()])
        return len(self._assignments)

    def _note(self, after: AccountRecord, action: str, changed: tuple[FieldChange, ...]) -> None:
        self._accounts[after.importer_number] = self._touched[after.importer_number] = after
        self._changes.append(_change_of(after, action, changed, self._reason, self._caller, self._now))

    def _admit(self, registered: AccountRecord) -> None:
        """Write the programs into a new account to which its importer was admitted before there was one."""
        after = registered
        for admission in self._admissions:
            if admission.importer_number == registered.importer_number:
                before, after = after, admit(after, admission)
                if after.revision != before.revision:
                    self._accounts[after.importer_number] = self._touched[after.importer_number] = after
                    self._changes.append(_change_by_admission(before, after, admission))

    def _demand_registered(self, given: GivenAccount) -> None:
        """Refuse another Center for an account whose Center was decided: registration is no way around the decision."""
        latest = self._latest.get(given.importer_number)
        if latest is not None and latest.center != given.center and not latest.is_registered:
            raise Refused(
                f"The account was given {latest.center} on {latest.effective_on} by a decision ({latest.basis}).",
                rule="assignment-is-decided",
                code="assignment-decided",
                citation=CITATION,
                remedy="Leave the Center as it is; another one takes a proposal with an override, or an appeal.",
            )

    def _assign(self, given: GivenAccount) -> bool:
        number = given.importer_number
        latest = self._latest.get(number)
        if latest is not None and latest.center == given.center:
            return False
        item = NewAssignment(
            importer_number=number,
            sequence=latest.sequence + 1 if latest else 1,
            center=given.center,
            previous_center=latest.center if latest else None,
            basis="registered" if given.center else "unaligned",
            effective_on=given.effective_on,
            reasons=_REASONS,
            assigned_by=self._caller.signature,
        )
        self._latest[number] = LatestAssignment(item.sequence, item.center, item.effective_on, item.basis)
        self._assignments.append(item)
        return True


async def open_registration(
    tx: Transaction, caller: Identity, given: Sequence[GivenAccount], *, reason: str, now: datetime
) -> Registration:
    """Lock what these accounts need and load what is known of them.

    Any Center of the directory may be named, open or closed: an assignment may lie in the past.
    """
    numbers = sorted({account.importer_number for account in given})
    await account_store.lock_registration(tx)
    latest = await assignment_store.lock_and_load_latest(tx, numbers)
    known = await account_store.load_accounts(tx, numbers)
    families = sorted({account.family for account in given if account.family is not None})
    return Registration(
        caller,
        now,
        reason,
        known,
        latest,
        frozenset((await directory_store.load(tx.connection)).centers),
        await family_store.find_known_families(tx.connection, families),
        await admission_store.load(tx, [number for number in numbers if number not in known]),
    )


async def register_accounts(
    tx: Transaction, caller: Identity, given: Sequence[GivenAccount], *, reason: str, now: datetime
) -> Registered:
    """Create accounts or bring them up to date; of several for one number the last counts.

    Raises `Refused`, naming the place of the account in the call, when one names what does not exist.
    """
    wanted = {account.importer_number: account for account in given}
    registration = await open_registration(tx, caller, list(wanted.values()), reason=reason, now=now)
    for position, account in enumerate(given):
        if wanted[account.importer_number] is not account:
            continue
        try:
            registration.register(account, keeps_absent=False)
        except Refused as error:
            raise Refused(
                f"accounts[{position + 1}].{_FIELD_OF_CODE[error.code]}: {error.detail}",
                rule=error.rule,
                code=error.code,
                citation=error.citation,
                remedy=error.remedy,
            ) from None
    return Registered(len(wanted), await registration.write(tx))


async def change_account(
    tx: Transaction,
    caller: Identity,
    importer_number: str,
    if_match: IfMatch,
    changes: Mapping[str, Any],
    *,
    reason: str,
    now: datetime,
) -> AccountRecord:
    """Change the named fields of an account, in the terms of `AccountRecord`, and note what changed in its history.

    A bare name among `trusted_programs` keeps the terms that are known for it. Registrars may change everything;
    national account managers contacts, postal address, other names and related parties; the holder its contacts, postal
    address and brokers, where only the Center can say that a contact is verified. Who writes to the importer is told
    of another name or address. Raises `NotFound`, `Forbidden`, `Stale`, `Refused`.
    """
    await account_store.lock_registration(tx)
    known = (await account_store.load_accounts(tx, [importer_number])).get(importer_number)
    before = demand_account(caller, importer_number, known, legal_date(now))
    _demand_right(caller, importer_number, changes, legal_date(now))
    if_match.check(before.revision)
    after = await _apply(tx, caller, changes, before)
    changed = list_changes(before, after)
    if changed:
        after = revise(after)
        await account_store.write_accounts(tx, [after])
        await account_store.append_changes(tx, [_change_of(after, "changed", changed, reason, caller, now)])
    if is_reached_otherwise(before, after):
        await outbox.add(tx, SOURCE, [account_changed(after, now)])
    return after


async def hear_admissions(tx: Transaction, admissions: Sequence[Admission]) -> None:
    """Write programs into the accounts of importers who were admitted; who has no account yet gets them with it."""
    if not admissions:
        return
    await account_store.lock_registration(tx)
    await admission_store.write(tx, admissions)
    known = await account_store.load_accounts(tx, sorted({each.importer_number for each in admissions}))
    touched: dict[str, AccountRecord] = {}
    changes: list[AccountChange] = []
    for admission in admissions:
        before = known.get(admission.importer_number)
        after = admit(before, admission) if before is not None else None
        if before is not None and after is not None and after.revision != before.revision:
            known[after.importer_number] = touched[after.importer_number] = after
            changes.append(_change_by_admission(before, after, admission))
    await account_store.write_accounts(tx, list(touched.values()))
    await account_store.append_changes(tx, changes)


def _change_by_admission(before: AccountRecord, after: AccountRecord, admission: Admission) -> AccountChange:
    return AccountChange(
        importer_number=after.importer_number,
        revision=after.revision,
        action="changed",
        fields=list_changes(before, after),
        reason=f"Admitted to {admission.program}: application {admission.application}.",
        changed_by=admission.admitted_by,
        acting_for=admission.acting_for,
        recorded_at=admission.admitted_at,
    )


def _demand_right(caller: Identity, importer_number: str, changes: Mapping[str, Any], on: date) -> None:
    permission = judge(caller, "account.change", on, Matter(importer_number))
    if not permission.is_given:
        raise refusal_of(permission)
    allowed: frozenset[str] = frozenset()
    if caller.has_role(*REGISTRARS):
        return
    if caller.has_role(RoleName.NATIONAL_ACCOUNT_MANAGER):
        allowed |= _BY_ACCOUNT_MANAGER
    if importer_number in caller.importer_numbers:
        allowed |= _BY_HOLDER
    if beyond := sorted(changes.keys() - allowed):
        may = ", ".join(sorted(allowed)) or "nothing"
        raise Forbidden(
            f"You may not change {', '.join(beyond)}; you may change {may}.",
            code="field-not-yours",
            remedy="Leave these fields out, or ask the Center to change them.",
        )


async def _apply(tx: Transaction, caller: Identity, changes: Mapping[str, Any], before: AccountRecord) -> AccountRecord:
    values = dict(changes)
    family: str | None = values.get("family")
    if family is not None and not await family_store.find_known_families(tx.connection, [family]):
        raise _unknown_family(family, "Create it with PUT /families/{family} first.")
    programs: Sequence[str | TrustedProgram] | None = values.get("trusted_programs")
    if programs is not None:
        values["trusted_programs"] = keep_known_terms(programs, before.trusted_programs)
    if "contacts" in values and not is_staff(caller):
        values["contacts"] = keep_verification(values["contacts"], before.contacts)
    return replace(before, **values)


def _change_of(
    after: AccountRecord,
    action: str,
    changed: tuple[FieldChange, ...],
    reason: str,
    caller: Identity,
    now: datetime,
) -> AccountChange:
    return AccountChange(
        importer_number=after.importer_number,
        revision=after.revision,
        action=action,
        fields=changed,
        reason=reason,
        changed_by=caller.subject,
        acting_for=caller.acting_for,
        recorded_at=now,
    )


def _unknown_family(family: str, remedy: str) -> Refused:
    return Refused(f"There is no account family {family}.", rule="family-exists", code="unknown-family", remedy=remedy)
