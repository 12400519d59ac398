"""What a service's tables say, without what may differ between two runs that mean the same.

Left out: the platform's own tables, those that tell of the bus, and the columns that record when something happened to
arrive, run or be tried on this occasion. All else must be equal: every decision, legal event, date, item, notice and
delivery.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.ext.asyncio import AsyncEngine

from services.routing.store.tables.activity import counted_activity
from shared.db.transaction import reading
from shared.runtime.service import Service

PLATFORM = {
    "consumer_offsets",
    "inbox",
    "outbox",
    "outbox_set_aside",
    "dead_letters",
    "idempotency_keys",
    "job_runs",
    "rows_set_aside",
    "walks",
    "invariant_findings",
    "unsealed",
    "seals",
    "seal_runs",
}

OF_THE_BUS = {("liquidation", "cycle_cuts")}
"""Tables that say where the log ended when something was asked of it: a disturbed run has other offsets."""

IN_VIEWS = {("routing", "import_activity"): counted_activity, ("routing", "activity_changes"): None}
"""Tables that are compared by what a view makes of them: how much of it a job has folded by then differs."""

ARRIVAL: dict[tuple[str, str], set[str]] = {
    ("routing", "assignments"): {"recorded_at"},
    ("routing", "conflicts"): {"noted_at"},
    ("routing", "entry_standings"): {"previous"},  # which version had come before
    ("routing", "accounts"): {"ordinal"},  # in which order they were registered
    ("routing", "account_changes"): {"recorded_at"},
    ("routing", "account_family_changes"): {"recorded_at"},
    ("routing", "account_imports"): {"started_at", "progressed_at"},
    ("routing", "assignment_policies"): {"recorded_at", "confirmed_at"},
    ("routing", "assignment_proposals"): {"proposal_id", "recorded_at", "decided_at"},
    ("routing", "criteria_changes"): {"recorded_at"},
    ("routing", "unit_value_versions"): {"computed_at"},
    ("routing", "moves"): {"moved_at"},
    ("routing", "appeal_steps"): {"done_at"},
    ("routing", "party_changes"): {"recorded_at"},
    ("routing", "delegation_acts"): {"done_at"},
    ("routing", "directory_changes"): {"recorded_at"},
    ("routing", "tariff_map_changes"): {"recorded_at"},
    ("workqueue", "entries"): {"liquidated_at"},  # when the cycle ran
    ("workqueue", "item_events"): {"at"},
    ("liquidation", "conflicts"): {"noted_at"},
    ("liquidation", "instructions"): {"made_at", "confirmed_at", "went_round_at"},
    ("liquidation", "hold_sets"): {"made_at", "applied_at", "lifted_at"},
    ("liquidation", "hold_set_events"): {"at"},
    ("liquidation", "declarations"): {"progressed_at"},
    ("liquidation", "declared_entries"): {"judged_at"},
    ("liquidation", "cycle_forecasts"): {"made_at"},
    ("liquidation", "cut_sheets"): {"made_at"},
    ("liquidation", "cut_sheet_confirmations"): {"confirmed_at"},
    ("liquidation", "deemed_cases"): {"closed_at"},
    ("liquidation", "work_items"): {"ended_on"},  # people end items, and ask, in real time
    ("liquidation", "information_requests"): {"closed_on", "event_at", "issued_on", "due_on"},
    ("liquidation", "clock_facts"): {"recorded_at"},
    ("liquidation", "cycles"): {"run_at", "unseen"},  # what a disturbed run had parked by then
    ("liquidation", "entry_versions"): {"recorded_at"},
    ("liquidation", "legal_events"): {"recorded_at"},
    ("liquidation", "entries"): {"routed_at"},
    ("notifications", "notices"): {"caused_at"},  # accounts are registered and cycles run in real time
    ("notifications", "deliveries"): {"attempts", "queued_at", "next_try_at", "settled_at"},
    ("notifications", "delivery_events"): {"at"},
}


async def table_contents(
    engine: AsyncEngine, service: Service, known: Mapping[str, Collection[str]] | None = None
) -> dict[str, Counter[str]]:
    """The rows of each table as canonical JSON, counted; with `known`, of these tables and columns of them alone."""
    contents: dict[str, Counter[str]] = {}
    async with reading(engine) as connection:
        for table in service.metadata.sorted_tables:
            if table.name in PLATFORM or (service.name, table.name) in OF_THE_BUS:
                continue
            shown = IN_VIEWS.get((service.name, table.name), table)
            if shown is None:
                continue
            if known is not None and table.name not in known:
                continue
            left_out = ARRIVAL.get((service.name, table.name), set())
            columns = [
                column
                for column in shown.columns
                if column.name not in left_out
                and (known is None or shown is not table or column.name in known[table.name])
            ]
            rows = (await connection.execute(select(*columns))).mappings()
            contents[table.name] = Counter(json.dumps(dict(row), default=_canonical, sort_keys=True) for row in rows)
        dead = service.metadata.tables["dead_letters"]
        letters = await connection.execute(
            select(dead.c.topic, dead.c.key, dead.c.value, dead.c.reason, dead.c.state).distinct()
        )
        contents["dead_letters"] = Counter(json.dumps(dict(row), default=_canonical) for row in letters.mappings())
    return contents


def differences(clean: dict[str, Counter[str]], other: dict[str, Counter[str]], most: int = 5) -> list[str]:
    """The rows that only one side has, a few of each table; empty when both say the same."""
    found = []
    for table, rows in clean.items():
        missing, extra = rows - other[table], other[table] - rows
        if missing or extra:
            found.append(f"{table}: {missing.total()} missing, {extra.total()} extra")
            found.extend(f"  - {row}" for row in sorted(missing)[:most])
            found.extend(f"  + {row}" for row in sorted(extra)[:most])
    return found


def digest(contents: dict[str, Counter[str]]) -> str:
    """One line for all of it."""
    return hashlib.blake2b(
        json.dumps({name: sorted(rows.items()) for name, rows in sorted(contents.items())}).encode(), digest_size=16
    ).hexdigest()


def _canonical(value: Any) -> Any:
    if isinstance(value, bytes):
        return value.hex()
    return str(value)
