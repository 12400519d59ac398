"""What programs change of entries that are not liquidated: decisions of their own, which wait like those of reviews.

The weekly cycle, its forecast, the cut sheet and the assessment take them as they take a decision of a person: an entry
that waits for whatever reason is never liquidated with the duty again. A cycle that took one has posted it.
"""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any, Final, NamedTuple

import orjson

from services.liquidation.domain.money.amounts import Amounts
from shared.customs.money import format_cents
from shared.db import bulk
from shared.db.transaction import Transaction

# What took effect stays; what was superseded or withdrawn waits again.
_APPLY: Final = """
INSERT INTO review_decisions AS known (decision_id, entry_number, item_id, process, outcome, duty_cents, fees_cents,
    decided_at, event_at, event_source, event_id, status, body)
SELECT $1 || ':' || entry_number, entry_number, $1, 'mass-change', 'refund', -removed_cents, 0, $4, $4, $5,
    $1 || ':' || entry_number, 'applied', body::jsonb
FROM unnest($2::text[], $3::bigint[], $6::text[]) AS given(entry_number, removed_cents, body) ORDER BY entry_number
ON CONFLICT (decision_id) DO UPDATE SET status = 'applied', duty_cents = excluded.duty_cents, body = excluded.body,
    decided_at = excluded.decided_at, rule = NULL, remedy = NULL
WHERE known.status NOT IN ('effective', 'applied') OR known.duty_cents <> excluded.duty_cents
    OR (known.status = 'applied' AND known.body <> excluded.body)
"""
_WITHDRAW: Final = """
UPDATE review_decisions SET status = 'withdrawn'
WHERE entry_number = ANY($2::text[]) AND item_id = $1 AND status = 'applied'
"""


class Effect(NamedTuple):
    """What a program removes from an entry, in cents by accounting class, under which tariff numbers."""

    removed: Amounts
    importer_number: str
    headings: tuple[str, ...]

    @property
    def removed_cents(self) -> int:
        """All of it."""
        return sum(self.removed.values())


def item_of(program: str) -> str:
    """The item on which a program's decisions stand: of several on one item one counts, so it changes an entry once."""
    return f"program:{program}"


async def write_effects(
    tx: Transaction,
    program: str,
    terms: Mapping[str, Any],
    effects: Mapping[str, Effect],
    without: list[str],
    source: str,
    now: datetime,
) -> None:
    """Let what a program removes of entries wait for their liquidation, and take back what it does not any more."""
    item = item_of(program)
    if effects:
        numbers = sorted(effects)
        bodies = [_body(effects[each], terms) for each in numbers]
        removed = [effects[each].removed_cents for each in numbers]
        await bulk.execute(tx, _APPLY, item, numbers, removed, now, source, bodies)
    if without:
        await bulk.execute(tx, _WITHDRAW, item, sorted(without))


def _body(effect: Effect, terms: Mapping[str, Any]) -> str:
    told = {
        "importer_number": effect.importer_number,
        "headings": list(effect.headings),
        "effect": {
            "duty_usd": format_cents(-effect.removed_cents),
            "fees_usd": format_cents(0),
            "by_class": [
                {"class_code": class_code, "change_usd": format_cents(-cents)}
                for class_code, cents in sorted(effect.removed.items())
            ],
        },
        "terms": dict(terms),
    }
    return orjson.dumps(told).decode()


async def list_taken_by_cycle(tx: Transaction, friday: date) -> list[str]:
    """The programs whose decisions took effect in the cycle of a Friday."""
    rows = await bulk.fetch(
        tx,
        "SELECT DISTINCT d.item_id FROM entries e JOIN review_decisions d ON d.entry_number = e.entry_number"
        " WHERE e.liquidation_cycle_on = $1 AND d.status = 'effective' AND d.item_id LIKE 'program:%' ORDER BY 1",
        friday,
    )
    return [row["item_id"].removeprefix("program:") for row in rows]
