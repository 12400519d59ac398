"""What upstream says of entries, importers, protests and filings. Rows are locked in order of their key."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import date, datetime
from typing import Any

import orjson

from services.workqueue.domain.filing import Clock, Filing, FilingRoute
from services.workqueue.domain.item import Goods
from services.workqueue.domain.protest import Protest, Turning
from services.workqueue.domain.review import Consultation, LegalDates, RoutedVersion, in_rank
from services.workqueue.store.tables import filings, protests, routed_versions
from shared.db import bulk
from shared.db.transaction import Transaction

_DATES_COLUMNS = (
    "entry_number",
    "sequence",
    "state",
    "scheduled_on",
    "deemed_on",
    "liquidated_on",
    "liquidated_at",
    "liquidated_sequence",
)
_STUB_ENTRIES = "INSERT INTO entries (entry_number) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING"
_LOCK_ENTRIES = (
    f"SELECT {', '.join(_DATES_COLUMNS)} FROM entries"
    " WHERE entry_number = ANY($1::text[]) ORDER BY entry_number FOR UPDATE"
)
_WRITE_DATES = """
UPDATE entries e
SET sequence = n.sequence, state = n.state, scheduled_on = n.scheduled_on, deemed_on = n.deemed_on,
    liquidated_on = n.liquidated_on, liquidated_at = n.liquidated_at, liquidated_sequence = n.liquidated_sequence
FROM unnest($1::text[], $2::int[], $3::text[], $4::date[], $5::date[], $6::date[], $7::timestamptz[], $8::int[])
    AS n(entry_number, sequence, state, scheduled_on, deemed_on, liquidated_on, liquidated_at, liquidated_sequence)
WHERE e.entry_number = n.entry_number
"""
_VERSION_COLUMNS = (
    "entry_number",
    "version",
    "event_id",
    "filed_at",
    "importer_number",
    "center",
    "division",
    "lane",
    "processes",
    "value_usd",
    "move",
    "move_reason",
    "consultations",
    "authority",
)
_LOAD_VERSIONS = f"SELECT {', '.join(_VERSION_COLUMNS)} FROM routed_versions WHERE entry_number = ANY($1::text[])"
_STUB_IMPORTERS = "INSERT INTO importers (importer_number) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING"
_LOAD_IMPORTERS = (
    "SELECT importer_number, sequence, name, center FROM importers"
    " WHERE importer_number = ANY($1::text[]) ORDER BY importer_number"
)
_WRITE_IMPORTERS = """
UPDATE importers i SET sequence = n.sequence, name = n.name, center = n.center
FROM unnest($1::text[], $2::int[], $3::text[], $4::text[]) AS n(importer_number, sequence, name, center)
WHERE i.importer_number = n.importer_number
"""
_PROTEST_COLUMNS = (
    "protest_number",
    "sequence",
    "importer_number",
    "entry_number",
    "received_at",
    "decide_by",
    "further_review",
    "is_filed",
    "settled_as",
    "settled_at",
    "turnings",
)
_STUB_PROTESTS = "INSERT INTO protests (protest_number) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING"
# Those of the batch, and those whose Center may follow from what the batch says of an entry or an importer.
_LOCK_PROTESTS = f"""
SELECT {", ".join(_PROTEST_COLUMNS)} FROM protests
WHERE protest_number IN (
    SELECT unnest($1::text[])
    UNION SELECT protest_number FROM protests WHERE entry_number = ANY($2::text[])
    UNION SELECT protest_number FROM protests WHERE importer_number = ANY($3::text[]))
ORDER BY protest_number FOR UPDATE
"""
_REPLACE_PROTEST = "(protest_number) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in _PROTEST_COLUMNS[1:]
)
_FILING_COLUMNS = (
    "filing_number",
    "sequence",
    "event_id",
    "routed_at",
    "kind",
    "importer_number",
    "entry_numbers",
    "center",
    "division",
    "process",
    "authority",
    "forwarded_from",
    "clocks",
    "received_at",
    "heard",
)
_STUB_FILINGS = "INSERT INTO filings (filing_number) SELECT unnest($1::text[]) ON CONFLICT DO NOTHING"
# Those of the batch, and those without a Center that may get the one of an importer's account.
LOCK_FILINGS = f"""
SELECT {", ".join(_FILING_COLUMNS)} FROM filings
WHERE filing_number IN (
    SELECT unnest($1::text[])
    UNION SELECT filing_number FROM filings WHERE importer_number = ANY($2::text[]) AND center = 'PNDING')
ORDER BY filing_number FOR UPDATE
"""
_REPLACE_FILING = "(filing_number) DO UPDATE SET " + ", ".join(
    f"{name} = excluded.{name}" for name in _FILING_COLUMNS[1:]
)


@dataclass(frozen=True, slots=True)
class Importer:
    """An importer account as its newest assignment leaves it; sequence 0 while none is known."""

    importer_number: str
    sequence: int = 0
    name: str | None = None
    center: str | None = None


async def lock_entries(tx: Transaction, entry_numbers: Iterable[str]) -> dict[str, LegalDates]:
    """The legal dates of entries, each locked for this transaction; an entry not seen before gets its row."""
    numbers = sorted(set(entry_numbers))
    if not numbers:
        return {}
    await bulk.execute(tx, _STUB_ENTRIES, numbers)
    rows = await bulk.fetch(tx, _LOCK_ENTRIES, numbers)
    return {row["entry_number"]: LegalDates(*row) for row in rows}


async def write_dates(tx: Transaction, changed: Sequence[LegalDates]) -> None:
    """Write the legal dates of entries that are locked."""
    if changed:
        await bulk.execute(tx, _WRITE_DATES, *_columns(_DATES_COLUMNS, changed))


async def load_versions(tx: Transaction, entry_numbers: Iterable[str]) -> Mapping[str, list[RoutedVersion]]:
    """Every routed version of entries, by entry number."""
    versions: defaultdict[str, list[RoutedVersion]] = defaultdict(list)
    numbers = sorted(set(entry_numbers))
    for row in await bulk.fetch(tx, _LOAD_VERSIONS, numbers) if numbers else ():
        consulted = tuple(
            Consultation(each["center"], Goods(each["tariff"], each["line_count"], each["value_usd"]))
            for each in row["consultations"]
        )
        version = RoutedVersion(**{**row, "processes": tuple(row["processes"]), "consultations": consulted})
        versions[version.entry_number].append(version)
    return versions


async def load_standing(tx: Transaction, entry_numbers: Iterable[str]) -> dict[str, RoutedVersion]:
    """The routed version that stands for each entry."""
    return {number: in_rank(found)[-1] for number, found in (await load_versions(tx, entry_numbers)).items()}


async def write_versions(tx: Transaction, versions: Sequence[RoutedVersion]) -> None:
    """Add routed versions; a repeat changes nothing."""
    rows = [
        (
            item.entry_number,
            item.version,
            item.event_id,
            item.filed_at,
            item.importer_number,
            item.center,
            item.division,
            item.lane,
            orjson.dumps(item.processes).decode(),
            item.value_usd,
            item.move,
            item.move_reason,
            orjson.dumps(_consultations(item)).decode() if item.consultations else "[]",
            orjson.dumps(item.authority).decode(),
        )
        for item in versions
    ]
    await bulk.insert(tx, routed_versions, _VERSION_COLUMNS, rows, on_conflict="DO NOTHING")


def _consultations(version: RoutedVersion) -> list[dict[str, Any]]:
    return [{"center": each.center, **asdict(each.goods)} for each in version.consultations]


async def lock_importers(tx: Transaction, importer_numbers: Iterable[str]) -> dict[str, Importer]:
    """Importers, each locked for this transaction; one not seen before gets its row."""
    numbers = sorted(set(importer_numbers))
    if not numbers:
        return {}
    await bulk.execute(tx, _STUB_IMPORTERS, numbers)
    return {
        row["importer_number"]: Importer(*row) for row in await bulk.fetch(tx, f"{_LOAD_IMPORTERS} FOR UPDATE", numbers)
    }


async def load_importers(tx: Transaction, importer_numbers: Iterable[str]) -> dict[str, Importer]:
    """Importers as they are known, without a lock."""
    numbers = sorted(set(importer_numbers))
    rows = await bulk.fetch(tx, _LOAD_IMPORTERS, numbers) if numbers else ()
    return {row["importer_number"]: Importer(*row) for row in rows}


async def write_importers(tx: Transaction, changed: Sequence[Importer]) -> None:
    """Write importers that are locked."""
    if changed:
        columns = ("importer_number", "sequence", "name", "center")
        await bulk.execute(tx, _WRITE_IMPORTERS, *_columns(columns, changed))


async def lock_protests(
    tx: Transaction, protest_numbers: Iterable[str], *, entry_numbers: Iterable[str], importer_numbers: Iterable[str]
) -> dict[str, Protest]:
    """Protests by number, and those of these entries and importers, each locked for this transaction."""
    numbers = sorted(set(protest_numbers))
    if numbers:
        await bulk.execute(tx, _STUB_PROTESTS, numbers)
    rows = await bulk.fetch(tx, _LOCK_PROTESTS, numbers, sorted(set(entry_numbers)), sorted(set(importer_numbers)))
    return {row["protest_number"]: _protest(row) for row in rows}


async def write_protests(tx: Transaction, changed: Sequence[Protest]) -> None:
    """Write protests that are locked."""
    facts = _PROTEST_COLUMNS[:-1]
    rows = [
        (*(getattr(item, name) for name in facts), orjson.dumps([asdict(each) for each in item.turnings]).decode())
        for item in changed
    ]
    await bulk.insert(tx, protests, _PROTEST_COLUMNS, rows, on_conflict=_REPLACE_PROTEST)


def _protest(row: Any) -> Protest:
    """A protest as it is kept. One that was settled before turnings were kept counts as settled by its newest act."""
    turnings = tuple(
        Turning(each["sequence"], each["change"], datetime.fromisoformat(each["at"])) for each in row["turnings"]
    )
    if not turnings and row["settled_at"] is not None:
        turnings = (Turning(row["sequence"], row["settled_as"], row["settled_at"]),)
    return replace(Protest(*row), turnings=turnings)


async def lock_filings(
    tx: Transaction, filing_numbers: Iterable[str], *, importer_numbers: Iterable[str]
) -> dict[str, Filing]:
    """Filings by number, and those of these importers without a Center, each locked for this transaction."""
    numbers, importers = sorted(set(filing_numbers)), sorted(set(importer_numbers))
    if not numbers and not importers:
        return {}
    if numbers:
        await bulk.execute(tx, _STUB_FILINGS, numbers)
    rows = await bulk.fetch(tx, LOCK_FILINGS, numbers, importers)
    return {row["filing_number"]: _filing(row) for row in rows}


async def write_filings(tx: Transaction, changed: Sequence[Filing]) -> None:
    """Write filings that are locked."""
    rows = [
        (
            filing.filing_number,
            route.sequence,
            route.event_id,
            route.routed_at,
            route.kind,
            route.importer_number,
            orjson.dumps(route.entry_numbers).decode(),
            route.center,
            route.division,
            route.process,
            route.authority,
            route.forwarded_from,
            orjson.dumps([asdict(clock) for clock in route.clocks]).decode(),
            filing.received_at,
            orjson.dumps(filing.heard).decode(),
        )
        for filing in changed
        if (route := filing.standing) is not None
    ]
    await bulk.insert(tx, filings, _FILING_COLUMNS, rows, on_conflict=_REPLACE_FILING)


def _filing(row: Any) -> Filing:
    """A filing as it is kept; the reasons of its routing are in the history of its item."""
    if row["sequence"] is None:
        return Filing(row["filing_number"])
    route = FilingRoute(
        filing_number=row["filing_number"],
        sequence=row["sequence"],
        event_id=row["event_id"],
        routed_at=row["routed_at"],
        kind=row["kind"],
        importer_number=row["importer_number"],
        entry_numbers=tuple(row["entry_numbers"]),
        center=row["center"],
        division=row["division"],
        process=row["process"],
        authority=row["authority"],
        received_at=row["received_at"],
        forwarded_from=row["forwarded_from"],
        clocks=tuple(Clock(**{**each, "due_on": date.fromisoformat(each["due_on"])}) for each in row["clocks"]),
        reasons=(),
    )
    return Filing(row["filing_number"], route, row["received_at"], tuple(row["heard"]))


def _columns(names: Sequence[str], rows: Sequence[Any]) -> list[list[Any]]:
    return [[getattr(row, name) for row in rows] for name in names]
