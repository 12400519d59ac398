"""Proofs of programs as SQL and rows: leaves of what was posted, digests of blocks of them, roots of runs."""

from collections.abc import AsyncIterator, Mapping, Sequence
from datetime import date, datetime
from typing import Any, Final, NamedTuple

from services.liquidation.domain.program.merkle import BLOCK
from services.liquidation.domain.program.proving import LEAF_FIELDS, LEAF_FORM, Posted
from services.liquidation.store.tables.programs import program_run_blocks
from services.liquidation.store.voided_postings import POSTED
from shared.db import bulk
from shared.db.transaction import Transaction

_DAYS: Final = ("posted_on", "liquidated_on", "paid_on")


def leaf_sql(columns: str, definition_sha256: str) -> str:
    """The digest of a leaf (bytea) over columns named as those of `program_postings`: the bytes of `leaf_digest`.

    `columns` is the name of the row that has them, `definition_sha256` SQL for the definition's digest as
    hexadecimal text, such as `$3::text`.
    """
    text = " || '|' || ".join(
        [f"'{LEAF_FORM}'", *(_text_sql(columns, each, definition_sha256) for each in LEAF_FIELDS)]
    )
    return f"sha256(convert_to({text}, 'UTF8'))"


def _text_sql(columns: str, name: str, definition_sha256: str) -> str:
    if name == "definition_sha256":
        return definition_sha256
    column = f"{columns}.{name}"
    if name == "headings":
        column = f"array_to_string({column}, ',')"
    elif name in _DAYS:
        column = f"to_char({column}, 'YYYY-MM-DD')"
    return f"coalesce({column}::text, '')"


class RunRow(NamedTuple):
    """A posting day of a program, how far it is, and its root once it is sealed."""

    program: str
    run: int
    kind: str
    posted_on: date
    revision: int
    state: str
    ended_at: datetime | None
    leaves: int | None
    root: bytes | None


class Posting(NamedTuple):
    """What was posted of an entry as it is kept, in the order of a leaf without the definition, and what came of it."""

    posted: Mapping[str, Any]
    run: int
    importer_number: str
    lane: str
    leaf: bytes
    reversal: str | None
    reversal_reason: str | None
    reversed_key: str | None

    def as_posted(self, definition_sha256: str) -> Posted:
        """The fields of its leaf, with the digest of its revision's definition."""
        return Posted(**{**self.posted, "definition_sha256": definition_sha256})


_RUN: Final = "program, run, kind, posted_on, revision, state, ended_at, leaves, root"
_KEPT: Final = ", ".join(each for each in LEAF_FIELDS if each != "definition_sha256")
_UNSEALED: Final = """
SELECT program, run FROM program_runs
WHERE root IS NULL AND (posted_on < $1 OR (kind = 'cycle' AND ended_at IS NOT NULL))
    AND (program, run) > ($2, $3) AND NOT program || '/' || run = ANY($4::text[])
ORDER BY program, run LIMIT $5
"""
_BLOCK_OF: Final = """
SELECT block, first_number FROM program_run_blocks
WHERE program = $1 AND run = $2 AND first_number <= $3 ORDER BY first_number DESC LIMIT 1
"""


async def hold_run(tx: Transaction, program: str, run: int) -> RunRow | None:
    """A run of a program, held until the transaction ends, or None."""
    found = await bulk.fetch(
        tx, f"SELECT {_RUN} FROM program_runs WHERE program = $1 AND run = $2 FOR UPDATE", program, run
    )
    return RunRow(*found[0]) if found else None


async def find_run(tx: Transaction, program: str, run: int) -> RunRow | None:
    """A run of a program, or None."""
    found = await bulk.fetch(tx, f"SELECT {_RUN} FROM program_runs WHERE program = $1 AND run = $2", program, run)
    return RunRow(*found[0]) if found else None


async def list_unsealed(
    tx: Transaction, today: date, after: tuple[str, int], left_out: Sequence[str], limit: int
) -> list[tuple[str, int]]:
    """Runs whose day is over, and those of cycles, that have no root yet; `left_out` are written `program/run`."""
    return [tuple(row) for row in await bulk.fetch(tx, _UNSEALED, today, *after, list(left_out), limit)]


async def stream_leaves(tx: Transaction, program: str, run: int, size: int) -> AsyncIterator[list[tuple[str, bytes]]]:
    """The leaves of a run with their entry numbers, in order of these, so many at a time."""
    statement = f"SELECT entry_number, leaf FROM {POSTED} p WHERE program = $1 AND run = $2 ORDER BY entry_number"
    async for rows in bulk.stream(tx, statement, program, run, size=size):
        yield [(row["entry_number"], row["leaf"]) for row in rows]


async def write_blocks(tx: Transaction, program: str, run: int, blocks: Sequence[tuple[int, str, bytes]]) -> None:
    """Keep digests of blocks of a run: the number, the first entry, the digest."""
    columns = ("program", "run", "block", "first_number", "digest")
    await bulk.insert(tx, program_run_blocks, columns, [(program, run, *each) for each in blocks])


async def write_root(tx: Transaction, program: str, run: int, leaves: int, root: bytes) -> None:
    """Keep the root of a run and over how many leaves it is."""
    await bulk.execute(
        tx,
        "UPDATE program_runs SET leaves = $3, root = $4 WHERE program = $1 AND run = $2",
        program,
        run,
        leaves,
        root,
    )


async def find_posting(tx: Transaction, program: str, entry_number: str) -> Posting | None:
    """What a program posted of an entry last, whether it stands or has no effect in law, or None."""
    found = await bulk.fetch(
        tx,
        f"SELECT {_KEPT}, run, importer_number, lane, leaf, reversal, reversal_reason, reversed_key"
        f" FROM {POSTED} p WHERE program = $1 AND entry_number = $2 ORDER BY posted_at DESC LIMIT 1",
        program,
        entry_number,
    )
    if not found:
        return None
    row = dict(found[0])
    rest = {name: row.pop(name) for name in Posting._fields if name != "posted"}
    return Posting(posted={**row, "headings": tuple(row["headings"])}, **rest)


async def find_block(tx: Transaction, program: str, run: int, entry_number: str) -> tuple[int, str] | None:
    """The block of a sealed run in which an entry's leaf is, with the first entry of it."""
    found = await bulk.fetch(tx, _BLOCK_OF, program, run, entry_number)
    return (found[0]["block"], found[0]["first_number"]) if found else None


async def read_block(tx: Transaction, program: str, run: int, first_number: str) -> list[tuple[str, bytes]]:
    """The leaves of one block with their entry numbers, in order of these."""
    found = await bulk.fetch(
        tx,
        f"SELECT entry_number, leaf FROM {POSTED} p WHERE program = $1 AND run = $2 AND entry_number >= $3"
        " ORDER BY entry_number LIMIT $4",
        program,
        run,
        first_number,
        BLOCK,
    )
    return [(row["entry_number"], row["leaf"]) for row in found]


async def list_blocks(tx: Transaction, program: str, run: int) -> list[bytes]:
    """The digests of all blocks of a run, in their order."""
    found = await bulk.fetch(
        tx, "SELECT digest FROM program_run_blocks WHERE program = $1 AND run = $2 ORDER BY block", program, run
    )
    return [row["digest"] for row in found]


async def find_entry_date(tx: Transaction, entry_number: str, version: int) -> date | None:
    """The day of entry that a version of a summary says."""
    found = await bulk.fetch(
        tx, "SELECT entry_date FROM entry_versions WHERE entry_number = $1 AND version = $2", entry_number, version
    )
    return found[0]["entry_date"] if found else None


async def find_act(tx: Transaction, entry_number: str, act_key: str) -> Mapping[str, Any] | None:
    """The legal act of a posting, as the history has it."""
    found = await bulk.fetch(
        tx,
        "SELECT change, occurred_on, rule, kind, authority FROM legal_events"
        " WHERE entry_number = $1 AND event_key = $2",
        entry_number,
        act_key,
    )
    return dict(found[0]) if found else None


async def find_payment(tx: Transaction, refund_number: str) -> Mapping[str, Any] | None:
    """The payment in which a refund is, as it stands; None: it is in none yet."""
    found = await bulk.fetch(
        tx,
        "SELECT p.payment, p.state, p.part, p.certified_on, p.paid_on FROM payment_refunds m"
        " JOIN payments p ON p.payment = m.payment WHERE m.refund_number = $1",
        refund_number,
    )
    return dict(found[0]) if found else None
