"""Cases on liquidated entries, the rates that messages name, what was said of errors, and the bills that are open."""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, NamedTuple
from uuid import UUID

from sqlalchemy import Integer, Text, and_, cast, exists, func, select, true
from sqlalchemy.ext.asyncio import AsyncConnection

from services.liquidation.domain.adcvd_errors import InstructedRate, LiquidatedCase
from services.liquidation.store.sight import entries_within
from services.liquidation.store.tables.adcvd_errors import adcvd_explanations, instructed_rates
from services.liquidation.store.tables.bills import bills
from services.liquidation.store.tables.lines import entry_lines
from services.liquidation.store.tables.records import entries, entry_versions
from shared.db.idempotency import demand_new
from shared.db.reach import is_one_of
from shared.db.transaction import Transaction
from shared.runtime.access import Reach

_RATE = ("message_number", "case_number", "rate_pct", "manufacturer_id", "entered_from", "entered_to")


class Explanation(NamedTuple):
    """What was said of an error, by whom and when."""

    entry_number: str
    line_number: int
    case_number: str
    number: int
    explanation: str
    made_by: str
    made_at: datetime


class OpenBill(NamedTuple):
    """A bill of an entry under a case that is not paid; `last_entry_on` is when its importer last entered anything."""

    bill_number: str
    entry_number: str
    importer_number: str
    surety_code: str | None
    open_cents: int
    due_on: date
    state: str
    last_entry_on: date | None


async def write_rate(
    tx: Transaction, rate_id: UUID, rate: InstructedRate, *, made_by: str, made_at: datetime, authority: str
) -> None:
    """Keep a rate that a message names; raises `Refused` for a key by which one was recorded before."""
    await demand_new(tx.connection, instructed_rates.c.rate_id, rate_id)
    told = {name: getattr(rate, name) for name in _RATE}
    made = {"rate_id": rate_id, "made_by": made_by, "made_at": made_at, "authority": authority}
    await tx.connection.execute(instructed_rates.insert().values(**told, **made))


async def list_rates(connection: AsyncConnection, case_numbers: Collection[str]) -> list[InstructedRate]:
    """Every rate that messages name for these cases, the newest first: of two for one thing the later stands."""
    query = select(*(instructed_rates.c[name] for name in _RATE)).where(
        is_one_of(instructed_rates.c.case_number, case_numbers)
    )
    rows = await connection.execute(query.order_by(instructed_rates.c.made_at.desc(), instructed_rates.c.rate_id))
    return [InstructedRate(*row) for row in rows]


async def has_case(connection: AsyncConnection, entry_number: str, line_number: int, case_number: str) -> bool:
    """Whether a line of an entry, as it stands, is under a case."""
    query = select(
        exists()
        .where(entry_lines.c.entry_number == entry_number, entry_lines.c.line_number == line_number)
        .where(entry_lines.c.case_number == case_number)
        .where(entries.c.entry_number == entry_number, entries.c.version == entry_lines.c.version)
    )
    return bool(await connection.scalar(query))


async def list_liquidated_cases(
    connection: AsyncConnection, reach: Reach, since: date, *, after: str | None, entry_limit: int
) -> tuple[list[LiquidatedCase], str | None]:
    """Cases on entries liquidated since a day, entry by entry; and after which entry to go on, None: that was all."""
    of_case = exists().where(
        entry_lines.c.entry_number == entries.c.entry_number,
        entry_lines.c.version == entries.c.version,
        entry_lines.c.case_number != "",
    )
    query = select(entries.c.entry_number).where(entries.c.liquidated_on >= since, of_case, entries_within(reach))
    if after is not None:
        query = query.where(entries.c.entry_number > after)
    numbers = list(await connection.scalars(query.order_by(entries.c.entry_number).limit(entry_limit)))
    line = func.jsonb_array_elements(entry_versions.c.body["lines"]).table_valued("value").lateral("line")
    one = func.jsonb_array_elements(line.c.value.op("->")("cases")).table_valued("value").lateral("one")
    rows: Any = await connection.execute(
        select(
            entries.c.entry_number,
            cast(line.c.value.op("->>")("line_number"), Integer),
            one.c.value.op("->>")("case_number"),
            one.c.value.op("->>")("rate_pct"),
            line.c.value.op("->")("tariffs"),
            cast(line.c.value.op("->>")("manufacturer_id"), Text),
            entries.c.entry_date,
            entries.c.liquidated_on,
            entries.c.liquidation_kind == "deemed",
            entries.c.effect_duty_cents.is_distinct_from(0),  # what it came to may not be known yet
        )
        .select_from(entries)
        .join(
            entry_versions,
            and_(
                entry_versions.c.entry_number == entries.c.entry_number,
                entry_versions.c.version == entries.c.version,
            ),
        )
        .join(line, true())
        .join(one, true())
        .where(entries.c.entry_number.in_(numbers))
        .order_by(entries.c.entry_number)
    )
    found = [_case(row) for row in rows]
    return found, numbers[-1] if len(numbers) == entry_limit else None


def _case(row: Any) -> LiquidatedCase:
    number, line_number, case_number, rate, tariffs, maker, entry_date, liquidated_on, is_deemed, changed = row
    return LiquidatedCase(
        number,
        line_number,
        case_number,
        Decimal(rate) if rate is not None else None,
        sum(int(tariff.get("value_usd") or 0) for tariff in tariffs),
        maker,
        entry_date,
        liquidated_on,
        bool(is_deemed),
        changed,
    )


async def list_explanations(connection: AsyncConnection, entry_numbers: Sequence[str]) -> list[Explanation]:
    """What was said of errors of these entries, the first first."""
    columns = (adcvd_explanations.c[name] for name in Explanation._fields)
    query = select(*columns).where(adcvd_explanations.c.entry_number.in_(sorted(set(entry_numbers))))
    rows = await connection.execute(query.order_by(adcvd_explanations.c.number))
    return [Explanation(*row) for row in rows]


async def write_explanation(tx: Transaction, said: Explanation, authority: str) -> None:
    """Keep what was said of an error of an entry whose turn the caller has."""
    await tx.connection.execute(adcvd_explanations.insert().values(**said._asdict(), authority=authority))


async def list_open_bills(
    connection: AsyncConnection, reach: Reach, *, after: str | None, limit: int
) -> list[OpenBill]:
    """Bills that are not settled of entries under a case, by number."""
    of_case = exists().where(
        entry_lines.c.entry_number == entries.c.entry_number,
        entry_lines.c.version == entries.c.version,
        entry_lines.c.case_number != "",
    )
    other = entries.alias("other")
    newest = (
        select(func.max(other.c.entry_date)).where(other.c.importer_number == bills.c.importer_number).scalar_subquery()
    )
    query = (
        select(
            *(bills.c[name] for name in OpenBill._fields[:-1]),
            newest,
        )
        .join(entries, entries.c.entry_number == bills.c.entry_number)
        .where(bills.c.settled_on.is_(None), bills.c.replaced_by.is_(None), of_case, entries_within(reach))
    )
    if after is not None:
        query = query.where(bills.c.bill_number > after)
    rows = await connection.execute(query.order_by(bills.c.bill_number).limit(limit))
    return [OpenBill._make(row) for row in rows]
