"""The statement of a payment as CSV or JSON: a line for each entry, totals that equal the bank amount to the cent."""

import csv
from collections.abc import AsyncIterator, Mapping
from dataclasses import dataclass
from io import StringIO
from typing import Any, Final

import orjson

from services.liquidation.domain.program.rows import as_text
from services.liquidation.store.payment_statements import StatementLine, read_lines, sum_settled
from services.liquidation.store.payments import PaymentRow
from shared.customs.money import format_cents
from shared.db.transaction import Transaction

COLUMNS: Final = (
    "payment",
    "remittance",
    "payee",
    "entry",
    "declaration",
    "cohort",
    "liquidated_on",
    "heading",
    "duty_removed",
    "interest",
    "disregarded",
    "refund_number",
    "offset",
    "net",
    "proof_sha256",
    "other_changes",
    "replaced_by",
)
"""In each row `duty_removed`, `other_changes` and `interest` come to `disregarded`, `offset` and `net`.

`other_changes` is what the same act changed by decisions of others, or took up of an act before it.
"""
_AMOUNTS: Final = frozenset({"duty_removed", "other_changes", "interest", "disregarded", "offset", "net"})
TOTALS: Final = "totals"
"""What stands for the entry in the row of totals."""


@dataclass(slots=True)
class _Totals:
    removed: int = 0
    other: int = 0
    interest: int = 0
    disregarded: int = 0
    offset: int = 0
    net: int = 0


async def write_csv(tx: Transaction, row: PaymentRow, offset_cents: int, payee: str) -> AsyncIterator[bytes]:
    """The statement as CSV in pieces; the last row has the totals. No cell of text is a formula to a spreadsheet."""
    text = StringIO()
    writer = csv.DictWriter(text, COLUMNS, lineterminator="\n")
    writer.writeheader()
    async for line in _list_rows(tx, row, offset_cents, payee):
        writer.writerow({name: cell if name in _AMOUNTS else as_text(cell) for name, cell in line.items()})
        if text.tell() > 65_536:
            yield _take(text)
    yield _take(text)


async def write_json(tx: Transaction, row: PaymentRow, offset_cents: int, payee: str) -> AsyncIterator[bytes]:
    """The statement as one JSON document in pieces: `rows`, then `totals`."""
    yield b'{"payment":' + orjson.dumps(row.payment) + b',"rows":['
    is_first = True
    async for line in _list_rows(tx, row, offset_cents, payee):
        if line["entry"] == TOTALS:
            yield b'],"totals":' + orjson.dumps(line) + b"}"
        else:
            yield (b"" if is_first else b",") + orjson.dumps(line)
            is_first = False


async def _list_rows(
    tx: Transaction, row: PaymentRow, offset_cents: int, payee: str
) -> AsyncIterator[Mapping[str, Any]]:
    """Rows of text, the totals last.

    What was set off of an entry stands with it; what is certified to be is taken from the entries in their order until
    it is used up.
    """
    totals, left = _Totals(), offset_cents - await sum_settled(tx, row.payment)
    async for line in read_lines(tx, row):
        more = min(left, line.owed_cents - line.settled_cents)
        left -= more
        offset = line.settled_cents + more
        totals.removed += line.removed_cents
        totals.other += line.other_cents
        totals.interest += line.interest_cents
        totals.disregarded += line.disregarded_cents
        totals.offset += offset
        totals.net += line.owed_cents - offset
        yield _describe(row, payee, line, offset)
    yield {
        **dict.fromkeys(COLUMNS),
        "payment": row.payment,
        "remittance": row.remittance,
        "payee": payee,
        "entry": TOTALS,
        "duty_removed": format_cents(totals.removed),
        "interest": format_cents(totals.interest),
        "disregarded": format_cents(totals.disregarded),
        "offset": format_cents(totals.offset),
        "net": format_cents(totals.net),
        "other_changes": format_cents(totals.other),
    }


def _describe(row: PaymentRow, payee: str, line: StatementLine, offset: int) -> Mapping[str, Any]:
    return {
        "payment": row.payment,
        "remittance": row.remittance,
        "payee": payee,
        "entry": line.entry_number,
        "declaration": line.declaration_id,
        "cohort": line.cohort,
        "liquidated_on": line.liquidated_on.isoformat(),
        "heading": " ".join(line.headings),
        "duty_removed": format_cents(line.removed_cents),
        "interest": format_cents(line.interest_cents),
        "disregarded": format_cents(line.disregarded_cents),
        "refund_number": line.refund_number,
        "offset": format_cents(offset),
        "net": format_cents(line.owed_cents - offset),
        "proof_sha256": line.leaf.hex(),
        "other_changes": format_cents(line.other_cents),
        "replaced_by": line.replaced_by,
    }


def _take(text: StringIO) -> bytes:
    piece = text.getvalue().encode()
    text.seek(0)
    text.truncate()
    return piece
