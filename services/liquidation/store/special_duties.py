"""Duties by heading beside the lines, and amounts by class beside the version: what programs of mass change look at.

Both follow from the body of the version. Rows of before are made by a job, in chunks (`list_unread`).
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final, NamedTuple

import orjson

from services.liquidation.domain.program.duties import LineDuty
from services.liquidation.store.tables.programs import special_duties
from shared.db import bulk
from shared.db.transaction import Transaction

# A version that an earlier event replaces has other lines from then on; a new one has none to remove.
_CLEAR: Final = """
DELETE FROM special_duties d USING unnest($1::text[], $2::integer[]) AS given(entry_number, version)
WHERE d.entry_number = given.entry_number AND d.version = given.version
"""
_UNREAD: Final = """
SELECT entry_number, version, body FROM entry_versions
WHERE classes IS NULL AND (entry_number, version) > ($1, $2) ORDER BY entry_number, version LIMIT $3
"""
_CLASSIFY: Final = """
UPDATE entry_versions v SET classes = given.classes::jsonb
FROM unnest($1::text[], $2::integer[], $3::text[]) AS given(entry_number, version, classes)
WHERE v.entry_number = given.entry_number AND v.version = given.version
"""
_IS_UNREAD: Final = "SELECT EXISTS (SELECT FROM entry_versions WHERE classes IS NULL) AS is_unread"


_COLUMNS: Final = ("entry_number", "version", *LineDuty._fields)


class UnreadVersion(NamedTuple):
    """A version whose duties have not been read from its body yet."""

    entry_number: str
    version: int
    body: Mapping[str, Any]


async def write_special_duties(tx: Transaction, versions: Sequence[tuple[str, int, bool, Sequence[LineDuty]]]) -> None:
    """Write the duties of these versions (entry number, version, whether it is new, its duties)."""
    if replaced := [(number, version) for number, version, is_new, _ in versions if not is_new]:
        await bulk.execute(tx, _CLEAR, [number for number, _ in replaced], [version for _, version in replaced])
    rows = [(number, version, *duty) for number, version, _, duties in versions for duty in duties]
    await bulk.copy(tx, special_duties, _COLUMNS, rows)


async def list_unread(tx: Transaction, after: tuple[str, int], limit: int) -> list[UnreadVersion]:
    """The next versions of before that nobody has read duties from."""
    rows = await bulk.fetch(tx, _UNREAD, *after, limit)
    return [UnreadVersion(row["entry_number"], row["version"], row["body"]) for row in rows]


async def write_classes(tx: Transaction, classes: Sequence[tuple[str, int, Mapping[str, int]]]) -> None:
    """Note the amounts by class of versions, in cents."""
    numbers, versions = [each[0] for each in classes], [each[1] for each in classes]
    await bulk.execute(tx, _CLASSIFY, numbers, versions, [orjson.dumps(dict(each[2])).decode() for each in classes])


async def is_any_unread(tx: Transaction) -> bool:
    """Whether the duties of some version have not been read yet: then no program can be tried or released."""
    (row,) = await bulk.fetch(tx, _IS_UNREAD)
    return bool(row["is_unread"])
