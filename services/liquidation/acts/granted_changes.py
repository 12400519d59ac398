"""What an allowed protest or a granted claim changes: its entries are reliquidated, each from how it stands."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal

from services.liquidation.acts.reliquidations import reliquidate
from services.liquidation.domain.money.settings import MoneyPolicy
from services.liquidation.publishing import SOURCE
from services.liquidation.store import records
from services.liquidation.store.records import EntryRow
from shared.bus import outbox
from shared.db.transaction import Transaction
from shared.runtime.identity import Identity


async def reliquidate_granted(
    tx: Transaction,
    now: datetime,
    rows: Mapping[str, EntryRow],
    changes: Mapping[str, tuple[int, int]],
    writer: Literal["allowed-protest", "claim-1520d"],
    explanation: str,
    caller: Identity,
    authority: str,
    policy: MoneyPolicy,
    *,
    claimed_on: date | None,
) -> None:
    """Reliquidate each of these held entries so that it changes by so many cents of duty and fees; write and publish.

    `claimed_on` is the day of a claim for a preference.
    """
    legal_events, events = [], []
    for entry_number, (duty, fees) in sorted(changes.items()):
        row = rows[entry_number]
        effect = ((row.effect_duty_cents or 0) + duty, (row.effect_fees_cents or 0) + fees)
        _, legal_event, event, _ = await reliquidate(
            tx, row, now, writer, effect, explanation, caller, authority, policy, claimed_on=claimed_on
        )
        legal_events.append(legal_event)
        events.append(event)
    await records.write_entries(tx, [rows[each.entry_number] for each in legal_events])
    await records.write_legal_events(tx, legal_events)
    await outbox.add(tx, SOURCE, events)
