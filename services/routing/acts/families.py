"""Account families: created, renamed, given the importer numbers of one company."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from services.routing.domain.accounts import AccountRecord, FieldChange, revise
from services.routing.store import accounts as account_store
from services.routing.store import families as store
from services.routing.store.accounts import AccountChange
from services.routing.store.families import FamilyChange, FamilyRecord
from shared.customs.importer_number import mask_importer_number
from shared.db.transaction import Transaction
from shared.runtime.access import shown_importer_number
from shared.runtime.concurrency import IfMatch
from shared.runtime.errors import Conflict, PreconditionMissing, Refused, Stale
from shared.runtime.identity import Identity


async def write_family(
    tx: Transaction,
    caller: Identity,
    family: str,
    if_match: IfMatch | None,
    *,
    name: str,
    importer_numbers: Sequence[str],
    reason: str,
    now: datetime,
) -> FamilyRecord:
    """Give a family this name and exactly these importer numbers; each account that comes or goes notes it.

    A masked number stands for the one of this family that it masks. Raises `PreconditionMissing` or `Stale` for a
    family that exists, `Refused` for a number without account, `Conflict` for one of another family.
    """
    await account_store.lock_registration(tx)
    before = await store.find_family(tx.connection, family)
    _check_precondition(before, if_match)
    members = before.importer_numbers if before else ()
    wanted = _resolve(importer_numbers, members)
    known = await account_store.load_accounts(tx, sorted({*wanted, *members}))
    _check_members(caller, family, wanted, known)
    added, removed = sorted(set(wanted) - set(members)), sorted(set(members) - set(wanted))
    if before is None or before.name != name or added or removed:
        change = FamilyChange(
            family,
            before.revision + 1 if before else 1,
            name,
            tuple(added),
            tuple(removed),
            reason,
            caller.subject,
            caller.acting_for,
            now,
        )
        await store.write_family(tx, change)
        await _move(tx, [known[number] for number in added], family, change)
        await _move(tx, [known[number] for number in removed], None, change)
    after = await store.find_family(tx.connection, family)
    assert after is not None  # just written
    return after


def _check_precondition(before: FamilyRecord | None, if_match: IfMatch | None) -> None:
    if before is None:
        if if_match is not None:
            raise Stale("There is no such family yet; the change was meant for one.")
        return
    if if_match is None:
        raise PreconditionMissing("The family exists: the change must say which version it is meant for.")
    if_match.check(before.tag)


def _resolve(given: Sequence[str], members: Sequence[str]) -> list[str]:
    """The numbers whole: who reads the family sees some of them masked, and sends them back like that."""
    whole: dict[str, None] = {}
    for text in given:
        if "*" in text:
            masked = [number for number in members if mask_importer_number(number) == text]
            if len(masked) != 1:
                raise _unknown(f"{text} does not stand for exactly one number of this family.")
            whole[masked[0]] = None
        else:
            whole[text] = None
    return list(whole)


def _check_members(caller: Identity, family: str, wanted: Sequence[str], known: Mapping[str, AccountRecord]) -> None:
    for position, number in enumerate(wanted):
        account = known.get(number)
        if account is None:
            raise _unknown(f"importer_numbers.{position}: there is no account of this number.")
        if account.family not in (None, family):
            raise Conflict(
                f"{shown_importer_number(caller, number)} belongs to the family {account.family}.",
                rule="one-family",
                code="in-another-family",
                remedy=f"Take it out of {account.family} first: PUT /families/{account.family} without it.",
            )


def _unknown(detail: str) -> Refused:
    return Refused(
        detail,
        rule="account-exists",
        code="unknown-importer",
        remedy="Send registered importer numbers; POST /importers registers one.",
    )


async def _move(tx: Transaction, members: Sequence[AccountRecord], family: str | None, change: FamilyChange) -> None:
    moved = [revise(account, family=family) for account in members]
    await account_store.write_accounts(tx, moved)
    await account_store.append_changes(
        tx,
        [
            AccountChange(
                after.importer_number,
                after.revision,
                "changed",
                (FieldChange("family", before.family, family),),
                change.reason,
                change.changed_by,
                change.acting_for,
                change.recorded_at,
            )
            for before, after in zip(members, moved, strict=True)
        ],
    )
