"""Leaves of proofs in SQL are those of the pure rules, and trees of any size prove each of their leaves."""

import json
import random
from collections.abc import Awaitable, Callable
from dataclasses import asdict
from datetime import date, timedelta
from typing import Any

from sqlalchemy.ext.asyncio import AsyncEngine

from services.liquidation.domain.program.proving import LEAF_FIELDS, Posted, leaf_digest
from services.liquidation.store.program_proofs import leaf_sql
from services.liquidation.store.tables.programs import program_postings
from shared.db import bulk
from shared.db.transaction import transaction

MakeEngine = Callable[[str], Awaitable[AsyncEngine]]
DIGEST = "0f" * 32
POSTINGS = 500


def draw_posted(draw: random.Random, place: int) -> Posted:
    def day() -> date:
        return date(1999, 12, 31) + timedelta(days=draw.randint(0, 20_000))

    def maybe(value: Any) -> Any:
        return value if draw.random() < 0.6 else None

    return Posted(
        draw.choice(("ieepa-2026", "gsp-retroactive")),
        draw.randint(1, 40),
        DIGEST,
        f"B76{place:08d}",
        draw.randint(1, 9),
        draw.choice(("0198f1c2-77aa", "Ünïcode | mit Strich", "a b,c;'\"\\", "RD|2026|1")),
        draw.randint(1, 2_000_000),
        draw.choice(("recent", "unliquidated", "final")),
        draw.choice(("liquidate", "reliquidate", "at-cycle")),
        draw.choice(("center", "court-judgment")),
        f"program:{draw.randint(1, 9)}:{place}",
        draw.choice((1, 2**31 + 5, 2**62)),
        day(),
        day(),
        maybe(day()),
        tuple(draw.sample(("99030120", "99030124", "9903022501", "98020080"), draw.randint(0, 4))),
        draw.choice((0, 1, 937_500, 2**53 + 1)),
        draw.choice(("refund", "no-change", "increase", "undetermined")),
        maybe(draw.choice((0, -79_968, 12))),
        maybe(draw.choice((0, 1_017_468))),
        maybe(f"R{place}"),
        maybe(draw.choice(("deposit-date", "payee-kind", ""))),
    )


async def test_leaves_in_sql_are_those_of_the_pure_rules(service_engine: MakeEngine) -> None:
    draw = random.Random(7)
    engine = await service_engine("liquidation")
    drawn = [draw_posted(draw, place) for place in range(POSTINGS)]
    rows = [{**asdict(each), "headings": list(each.headings)} for each in drawn]
    kinds = ", ".join(
        f"{name} {program_postings.c[name].type.compile(engine.dialect)}"
        for name in LEAF_FIELDS
        if name != "definition_sha256"
    )
    async with transaction(engine) as tx:
        await bulk.execute(tx, "SET LOCAL DateStyle = 'German'")
        found = await bulk.fetch(
            tx,
            f"SELECT p.entry_number, {leaf_sql('p', '$2::text')} AS leaf"
            f" FROM jsonb_to_recordset($1::text::jsonb) AS p({kinds})",
            json.dumps(rows, default=str),
            DIGEST,
        )
    assert {row["entry_number"]: row["leaf"] for row in found} == {
        each.entry_number: leaf_digest(each) for each in drawn
    }
