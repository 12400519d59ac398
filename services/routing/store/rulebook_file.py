"""The rule book read for a file, in one state of the database, in one order."""

from collections.abc import AsyncIterator, Iterator, Mapping
from datetime import date
from typing import Any, Final

from services.routing.domain.accounts import DatedAssignment
from services.routing.domain.rulebook_file import (
    KeptAccount,
    RecordedMove,
    account_fields,
    tell_account,
    tell_center,
    tell_criterion,
    tell_map,
    tell_move,
    tell_policy,
    tell_start,
    tell_unit_values,
)
from services.routing.store import criteria, directory, policies, tariff_maps, unit_values
from shared.db import bulk
from shared.db.transaction import Transaction

_AT_ONCE: Final = 1_000
_ACCOUNTS: Final = """
SELECT importer_number, revision, name, is_broker, trusted_programs, family, size, registered_on, standing
FROM accounts WHERE importer_number > $1 ORDER BY importer_number LIMIT $2
"""
_ASSIGNMENTS: Final = """
SELECT importer_number, sequence, center, basis, effective_on FROM assignments
WHERE importer_number = ANY($1::text[]) ORDER BY importer_number, sequence
"""
_CHANGES: Final = """
SELECT importer_number, revision, changes FROM account_changes
WHERE importer_number = ANY($1::text[]) AND revision > 1 ORDER BY importer_number, revision
"""
_MOVES: Final = """
SELECT kind, number, sequence, from_center, to_center, moved_at FROM moves
WHERE (kind, number, sequence) > ($1, $2, $3) ORDER BY kind, number, sequence LIMIT $4
"""


async def read_lines(tx: Transaction, floor_basis_points: int) -> AsyncIterator[Mapping[str, Any]]:
    """What the file says, line by line without its end; accounts and moves a thousand at a time."""
    connection = tx.connection
    yield tell_start(floor_basis_points)
    for tariff_map in await tariff_maps.load_published(connection):
        yield tell_map(tariff_map)
    revisions = await criteria.load_all(connection)
    for revision in sorted(revisions, key=lambda item: (item.criterion.id, item.criterion.revision)):
        yield tell_criterion(revision)
    for policy in await policies.load_confirmed(connection):
        yield tell_policy(policy)
    for change in await directory.load_changes(connection, kinds=["center"]):
        yield tell_center(change)
    for effective_on, as_of in await unit_values.load_first_days(connection):
        medians = await unit_values.load_medians(connection, [as_of])
        yield tell_unit_values(effective_on, as_of, medians[as_of])
    async for account in _read_accounts(tx):
        yield tell_account(account)
    async for move in _read_moves(tx):
        yield tell_move(move)


async def _read_accounts(tx: Transaction) -> AsyncIterator[KeptAccount]:
    after = ""
    while rows := await bulk.fetch(tx, _ACCOUNTS, after, _AT_ONCE):
        numbers = [row["importer_number"] for row in rows]
        assignments: dict[str, list[DatedAssignment]] = {number: [] for number in numbers}
        for number, *assigned in await bulk.fetch(tx, _ASSIGNMENTS, numbers):
            assignments[number].append(DatedAssignment(*assigned))
        changes: dict[str, list[tuple[int, Mapping[str, Any]]]] = {number: [] for number in numbers}
        for number, revision, changed in await bulk.fetch(tx, _CHANGES, numbers):
            if seen := account_fields(dict(_sides(changed))):
                changes[number].append((revision, seen))
        for row in rows:
            number = row["importer_number"]
            yield KeptAccount(number, row["revision"], _fields(row), assignments[number], changes[number])
        after = numbers[-1]


async def _read_moves(tx: Transaction) -> AsyncIterator[RecordedMove]:
    after: tuple[str, str, int] = ("", "", 0)
    while rows := await bulk.fetch(tx, _MOVES, *after, _AT_ONCE):
        for row in rows:
            yield RecordedMove(*row)
        after = (rows[-1]["kind"], rows[-1]["number"], rows[-1]["sequence"])


def _fields(row: Mapping[str, Any]) -> dict[str, Any]:
    registered_on: date | None = row["registered_on"]
    return account_fields({**dict(row), "registered_on": None if registered_on is None else registered_on.isoformat()})


def _sides(changed: list[Mapping[str, Any]]) -> Iterator[tuple[str, list[Any]]]:
    for field in changed:
        yield field["field"], [field["from"], field["to"]]
